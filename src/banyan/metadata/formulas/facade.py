"""The door of the formula language: check, lower, rewrite."""

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from banyan.metadata.catalog import Catalog, Object
from banyan.metadata.formulas.checking import Checker
from banyan.metadata.formulas.functions.base import LowerContext, Lowered, Volatile
from banyan.metadata.formulas.lowering import Lowering, size_of, uses_of
from banyan.metadata.formulas.names import written
from banyan.metadata.formulas.problems import Faults, FormulaInvalid
from banyan.metadata.formulas.reading import fold, parse
from banyan.metadata.formulas.tree import Apply, Hop, Rows, Typed, Use
from banyan.metadata.formulas.types import BLANK, TEXT, ValueType

LARGEST_SQL = 20_000
Rename = Callable[[str, str], str | None]

__all__ = [
    "Checked",
    "FormulaInvalid",
    "Hop",
    "LowerContext",
    "Lowered",
    "Use",
    "ValueType",
    "check",
    "lower",
    "rewrite",
]


@dataclass(frozen=True, eq=False)
class Checked:
    """A formula that can be computed. `text` is how it is kept: API names, signs half-width."""

    text: str
    tree: Typed
    type: ValueType
    uses: tuple[Use, ...]
    volatile: Volatile
    reads: frozenset[str]


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
    tree = checker.typed(parse(text))
    if checker.faults.found:
        raise checker.faults.error()
    if tree is None or isinstance(tree, Rows):
        raise TypeError(text)
    _check_result(tree, expect, checker.faults)
    volatile, reads = _depends(tree)
    uses = tuple(Use(hops, field) for hops, field in uses_of(tree).values())
    given = TEXT if tree.type == BLANK else tree.type
    return Checked(_canonical(text, checker), tree, expect or given, uses, volatile, reads)


def _check_result(tree: Typed, expect: ValueType | None, faults: Faults) -> None:
    if sum(size_of(tree)) > LARGEST_SQL:
        faults.add("formula_too_complex", tree.start, tree.end)
    elif expect is not None and tree.type not in (expect, BLANK):
        faults.add("formula_wrong_result", tree.start, tree.end, expected=expect.name, found=tree.type.name)
    if faults.found:
        raise faults.error()


def _depends(tree: Typed) -> tuple[Volatile, frozenset[str]]:
    """How often the value changes by itself, and what beside records it is computed from."""
    order: tuple[Volatile, ...] = ("never", "daily", "hourly")
    worst, reads, waiting = 0, set[str](), [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Apply):
            worst = max(worst, order.index(node.function.volatile))
            reads |= node.function.reads
            waiting += node.args
    return order[worst], frozenset(reads)


def _canonical(text: str, checker: Checker) -> str:
    """The text as written, with names as they are kept; what stands between stays."""
    pieces = [(node.start, node.end, path) for node, path, _ in checker.paths]
    pieces += [
        (call.name_start, call.name_end, key) for call, key in checker.calls if call.name[:1].isalpha()
    ]
    pieces += [(word.start, word.end, f'"{key}"') for word, key in checker.keys]
    return _replaced(fold(text), pieces)


def _replaced(text: str, pieces: list[tuple[int, int, str]]) -> str:
    for start, end, new in sorted(pieces, reverse=True):
        text = f"{text[:start]}{new}{text[end:]}"
    return text.strip()


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
    return _canonical(text, checker)


def lower(checked: Checked, base: sa.FromClause, schema: str, context: LowerContext) -> Lowered:
    """The formula as SQL over `base`, an alias of the object's table (or anything with its columns).

    The value is NULL wherever there is an error.
    """
    lowered = Lowering(base, schema, context).lower(checked.tree)
    if lowered.error is None:
        return lowered
    return Lowered(sa.case((lowered.error.is_(None), lowered.value)), lowered.error)
