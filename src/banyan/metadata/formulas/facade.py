"""The door of the formula language: check, lower, rewrite; what computed fields compute and in which order."""

from collections.abc import Callable

import sqlalchemy as sa

from banyan.metadata.catalog import Catalog, Object
from banyan.metadata.formulas.checking import Checker
from banyan.metadata.formulas.computations import Computation, computation
from banyan.metadata.formulas.dependencies import Graph, dependencies, sources_of
from banyan.metadata.formulas.functions.base import LowerContext, Lowered
from banyan.metadata.formulas.lowering import Lowering
from banyan.metadata.formulas.names import written
from banyan.metadata.formulas.problems import FormulaInvalid
from banyan.metadata.formulas.reading import measure, parse
from banyan.metadata.formulas.results import Checked, canonical, finished
from banyan.metadata.formulas.tree import Hop, Use
from banyan.metadata.formulas.types import BOOLEAN, DATE, DATETIME, LIST, NUMBER, TEXT, ValueType, type_of

Rename = Callable[[str, str], str | None]

__all__ = [
    "BOOLEAN",
    "DATE",
    "DATETIME",
    "LIST",
    "NUMBER",
    "TEXT",
    "Checked",
    "Computation",
    "FormulaInvalid",
    "Graph",
    "Hop",
    "LowerContext",
    "Lowered",
    "Use",
    "ValueType",
    "check",
    "computation",
    "dependencies",
    "lower",
    "measure",
    "rewrite",
    "sources_of",
    "type_of",
]


def check(
    text: str,
    catalog: Catalog,
    obj: Object,
    *,
    expect: ValueType | None = None,
    blank_as_zero: bool = False,
) -> Checked:
    """Check a formula over records of `obj`. Raises FormulaInvalid with every fault found."""
    checker = Checker(catalog, obj, blank_as_zero)
    return finished(text, checker, checker.typed(parse(text)), expect)


def rewrite(text: str, rename: Rename, catalog: Catalog, obj: Object) -> str:
    """The formula as kept, with names that change: `rename(object, field)` gives a field's new API name or None.

    For an object that an aggregate names, `rename(object, "")` is asked.
    """
    checker = Checker(catalog, obj)
    checker.typed(parse(text))
    if checker.faults.found:
        raise checker.faults.error()
    renamed = []
    for node, _, path in checker.paths:
        new = {step: name for step in path.steps if (name := rename(step[0], step[1] or "")) is not None}
        renamed.append((node, written(path.steps, new), path))
    checker.paths = renamed
    return canonical(text, checker)


def lower(checked: Checked, base: sa.FromClause, schema: str, context: LowerContext) -> Lowered:
    """The formula as SQL over `base`, an alias of the object's table (or anything with its columns).

    The value is NULL wherever there is an error.
    """
    lowered = Lowering(base, schema, context).lower(checked.tree)
    if lowered.error is None:
        return lowered
    return Lowered(sa.case((lowered.error.is_(None), lowered.value)), lowered.error)
