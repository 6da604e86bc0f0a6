"""Groups and measures as a single statement whose answer is finished JSON.

Where each measure can be had so, rows come together in parts first (a group, split by what its measures tell apart, as
currencies), and the few parts make the groups: then nothing is asked of each row that sorts them, and labels are joined
to groups and not to rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from banyan.db.compile import CompiledStatement, compile_statement
from banyan.metadata.field_types.base import Parts
from banyan.query.authorised import AuthorisedAggregate
from banyan.query.lower import Binds, Source, lower
from banyan.query.parsed import Group, Measure
from banyan.query.resolved import FieldRef, ResolvedFilter

_COUNT = "n"


def bound_nodes(query: AuthorisedAggregate) -> list[ResolvedFilter]:
    return [query.where, *(join.guard for join in query.joins.values())]


def aggregate_sql(query: AuthorisedAggregate, *, parted: bool = True) -> CompiledStatement:
    """SQL giving a JSON array of `{key, values}` and whether there are more groups than the limit.

    `parted` False: over the rows themselves, whatever is asked.
    """
    binds = Binds()
    for node in bound_nodes(query):
        binds.number(node)
    source = Source(query.object.table.alias("r"), query.joins, binds)
    measures = _measures_in_parts(query, source) if parted and _keys_stand_alone(query) else None
    groups = (
        _over_rows(query, source, binds) if measures is None else _over_parts(query, source, binds, measures)
    )
    grouped = groups.limit(sa.literal_column(str(query.limit + 1))).cte("g")
    out = sa.select(grouped).limit(sa.literal_column(str(query.limit))).subquery("o")
    rows = sa.select(sa.func.coalesce(sa.func.json_agg(sa.text("o")), sa.text("'[]'::json"))).select_from(out)
    more = sa.select(sa.func.count() > sa.literal_column(str(query.limit))).select_from(grouped)
    return compile_statement(sa.select(rows.scalar_subquery(), more.scalar_subquery()))


def _over_rows(query: AuthorisedAggregate, source: Source, binds: Binds) -> sa.Select[Any]:
    keys = [_key(ref, group, source, query.timezone) for ref, group in query.groups]
    shown = [_shown(ref, group, key, source) for (ref, group), key in zip(query.groups, keys, strict=True)]
    measures = [_measure(ref, measure, source) for ref, measure in query.measures]
    where = lower(query.where, source, binds)
    by = [*keys, *(column for ref, _ in query.groups for column in _label_columns(ref, source))]
    return (
        sa.select(_array(shown).label("key"), _array(measures).label("values"))
        .select_from(source.clause)
        .where(source.base.c.deleted_at.is_(None), where)
        .group_by(*by)
        .order_by(*_order(query, sa.func.count(), keys))
    )


@dataclass(frozen=True)
class _Column:
    """A column of the parts: under which name it is had, and from what."""

    name: str
    made: ColumnElement[Any]


def _keys_stand_alone(query: AuthorisedAggregate) -> bool:
    """Whether no label hangs on a row that only another one leads to."""
    return not any(ref.hops and ref.field.target is not None for ref, _ in query.groups)


def _measures_in_parts(query: AuthorisedAggregate, source: Source) -> list[Parts | None] | None:
    """For each measure its parts, None for the count; None where it does not pay or cannot be."""
    found: list[Parts | None] = []
    for ref, measure in query.measures:
        parts = None
        if ref is not None:
            parts = ref.field.kind.in_parts(ref.field, source.columns(ref), measure.fn)
            if parts is None:
                return None
        found.append(parts)
    splits = any(parts is not None and parts.by for parts in found)
    labelled = any(ref.field.target is not None for ref, group in query.groups if group.bucket is None)
    return found if splits or labelled else None


def _over_parts(
    query: AuthorisedAggregate, source: Source, binds: Binds, measures: Sequence[Parts | None]
) -> sa.Select[Any]:
    keys = [
        _Column(_key_name(ref, group, place), _key(ref, group, source, query.timezone))
        for place, (ref, group) in enumerate(query.groups)
    ]
    split = [_Column(f"b{i}_{k}", by) for i, of in enumerate(measures) if of for k, by in enumerate(of.by)]
    each = [
        _Column(f"m{i}_{k}", made) for i, of in enumerate(measures) if of for k, made in enumerate(of.each)
    ]
    where = lower(query.where, source, binds)
    by = list({column.name: column for column in (*keys, *split)}.values())
    parts = (
        sa.select(*(column.made.label(column.name) for column in (*by, *each)), sa.func.count().label(_COUNT))
        .select_from(source.clause)
        .where(source.base.c.deleted_at.is_(None), where)
        .group_by(*(column.made for column in by))
        .subquery("p")
    )
    return _joined(query, Source(parts, query.joins, binds, name="s"), [key.name for key in keys], measures)


def _joined(
    query: AuthorisedAggregate, parts: Source, names: Sequence[str], measures: Sequence[Parts | None]
) -> sa.Select[Any]:
    """Groups of `parts`, a source whose columns are the keys, what splits them, and what is had of each."""
    rows = parts.base
    keys: list[ColumnElement[Any]] = [rows.c[name] for name in names]
    shown = [_shown(ref, group, key, parts) for (ref, group), key in zip(query.groups, keys, strict=True)]
    labels = [
        column for ref, group in query.groups if group.bucket is None for column in _label_columns(ref, parts)
    ]
    count = sa.cast(sa.func.coalesce(sa.func.sum(rows.c[_COUNT]), sa.literal_column("0")), sa.BigInteger)
    values: list[ColumnElement[Any]] = []
    for place, measure in enumerate(measures):
        if measure is None:
            values.append(count)
            continue
        by = [rows.c[f"b{place}_{index}"] for index in range(len(measure.by))]
        each = [rows.c[f"m{place}_{index}"] for index in range(len(measure.each))]
        values.append(measure.whole(by, each))
    return (
        sa.select(_array(shown).label("key"), _array(values).label("values"))
        .select_from(parts.clause)
        .group_by(*keys, *labels)
        .order_by(*_order(query, count, keys))
    )


def _key_name(ref: FieldRef, group: Group, place: int) -> str:
    """A relation keeps the name of its column: its label is joined by it."""
    plain = group.bucket is None and not ref.hops and ref.field.target is not None
    return ref.field.physical() if plain else f"k{place}"


def _array(parts: Sequence[ColumnElement[Any]]) -> ColumnElement[Any]:
    return sa.func.json_build_array(*parts)


def _key(ref: FieldRef, group: Group, source: Source, timezone: str) -> ColumnElement[Any]:
    value = ref.field.kind.comparable(ref.field, source.columns(ref))
    if group.bucket is None:
        return value
    # Literal, not bound: the same expression must stand in SELECT, GROUP BY and ORDER BY; the values are checked.
    unit: ColumnElement[Any] = sa.literal_column(f"'{group.bucket}'")
    if isinstance(ref.field.kind.operand_type(ref.field), sa.DateTime):
        zone: ColumnElement[Any] = sa.literal_column("'" + timezone.replace("'", "''") + "'")
        value = sa.func.timezone(zone, value)
    else:
        value = sa.cast(value, sa.DateTime())
    return sa.cast(sa.func.date_trunc(unit, value), sa.Date)


def _label_columns(ref: FieldRef, source: Source) -> list[ColumnElement[Any]]:
    related = source.target(ref)
    return [] if related is None else [related[0].title.columns(related[1])[""]]


def _shown(ref: FieldRef, group: Group, key: ColumnElement[Any], source: Source) -> ColumnElement[Any]:
    if group.bucket is None and source.target(ref) is not None:
        return source.json(ref)
    return key


def _measure(ref: FieldRef | None, measure: Measure, source: Source) -> ColumnElement[Any]:
    if ref is None:
        return sa.func.count()
    return ref.field.kind.aggregate(ref.field, source.columns(ref), measure.fn)


def _order(
    query: AuthorisedAggregate, count: ColumnElement[Any], keys: Sequence[ColumnElement[Any]]
) -> list[ColumnElement[Any]]:
    """Periods run in time; everything else starts with the largest group."""
    ordered: list[ColumnElement[Any]] = []
    if not any(group.bucket for _, group in query.groups):
        ordered.append(count.desc())
    return [*ordered, *(key.asc().nulls_last() for key in keys)]
