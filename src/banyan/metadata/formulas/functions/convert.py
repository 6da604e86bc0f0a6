"""Conversions a formula makes by itself: a day where an instant is asked for, and back; anything as text."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import sqlalchemy as sa

from banyan.metadata.formulas.functions.base import (
    Lowered,
    Site,
    Sql,
    first_error,
    sited,
    text_bound,
    way,
)
from banyan.metadata.formulas.tree import Apply, Literal, Typed
from banyan.metadata.formulas.types import BLANK, BY_NAME, NUMBER, STORED, TEXT, ValueType


def _instant(site: Site, day: Sql) -> Sql:
    return sa.func.timezone(text_bound(site.context.timezone), sa.cast(day, sa.DateTime()))


def _day(site: Site, moment: Sql) -> Sql:
    return sa.cast(sa.func.timezone(text_bound(site.context.timezone), moment), sa.Date)


def _written(site: Site, value: Sql) -> Sql:
    """A value as text: numbers without needless zeros, days as 2026-11-22, instants in the workspace's time."""
    match site.args[0].type.name:
        case "number":
            return sa.cast(sa.func.trim_scale(value), sa.Text)
        case "boolean":
            return sa.func.upper(sa.cast(value, sa.Text))
        case "date":
            return sa.func.to_char(value, text_bound("YYYY-MM-DD"))
        case "datetime":
            local = sa.func.timezone(text_bound(site.context.timezone), value)
            return sa.func.to_char(local, text_bound("YYYY-MM-DD HH24:MI"))
        case _:
            return value


def _typed(site: Site, value: Sql) -> Sql:
    """Nothing, of the type that is asked for."""
    return sa.cast(value, STORED[site.node.type.name])


def _zero(site: Site, args: Sequence[Lowered]) -> Lowered:
    return Lowered(
        sa.func.coalesce(args[0].value, sa.literal_column("0")), first_error(*(arg.error for arg in args))
    )


TO_INSTANT = way("instant", "value:date", "datetime", sited(_instant))
TO_DAY = way("day", "value:datetime", "date", sited(_day))
TO_TEXT = way("text", "value:scalar", "text", sited(_written))
ZERO = way("zero", "value:number", "number", _zero)
TYPED = way("typed", "value:any", "same", sited(_typed))


_CONVERSIONS = {("date", "datetime"): TO_INSTANT, ("datetime", "date"): TO_DAY}


def zero(arg: Typed) -> Typed:
    """An empty number read as 0."""
    return Apply(NUMBER, arg.start, arg.end, ZERO, (arg,))


def to(arg: Typed, kind: str, meant: Mapping[str, ValueType]) -> Typed:
    """`arg` as what a parameter of `kind` takes."""
    if kind == "scalar":
        wanted: ValueType | None = TEXT
    else:
        wanted = meant.get(kind) or BY_NAME.get(kind.removeprefix("only "))
    if wanted is None or arg.type == wanted:
        return arg
    if arg.type == BLANK:
        if isinstance(arg, Literal):
            return replace(arg, type=wanted)
        return Apply(wanted, arg.start, arg.end, TYPED, (arg,))
    made = _CONVERSIONS.get((arg.type.name, wanted.name))
    if made is None and wanted == TEXT:
        made = TO_TEXT
    return arg if made is None else Apply(wanted, arg.start, arg.end, made, (arg,))
