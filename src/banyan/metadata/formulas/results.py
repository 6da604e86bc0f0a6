"""A checked formula as a value, and how its text is kept."""

from dataclasses import dataclass

from banyan.metadata.formulas.checking import Checker
from banyan.metadata.formulas.functions.base import Volatile
from banyan.metadata.formulas.lowering import size_of, uses_of
from banyan.metadata.formulas.reading import fold
from banyan.metadata.formulas.tree import Apply, Rows, Typed, Use
from banyan.metadata.formulas.types import BLANK, TEXT, ValueType

LARGEST_SQL = 8_000


@dataclass(frozen=True, eq=False)
class Checked:
    """A formula that can be computed. `text` is how it is kept: API names, signs half-width."""

    text: str
    tree: Typed
    type: ValueType
    uses: tuple[Use, ...]
    volatile: Volatile
    reads: frozenset[str]


def finished(text: str, checker: Checker, tree: Typed | None, expect: ValueType | None = None) -> Checked:
    """The result of a check. Raises FormulaInvalid with every fault found."""
    faults = checker.faults
    if not faults.found and isinstance(tree, Rows):
        faults.add("formula_many_outside", tree.start, tree.end, field=tree.rows.object.api_name)
    if faults.found or tree is None:
        raise faults.error()
    if sum(size_of(tree)) > LARGEST_SQL:
        faults.add("formula_too_complex", tree.start, tree.end)
    elif expect is not None and tree.type not in (expect, BLANK):
        faults.add("formula_wrong_result", tree.start, tree.end, expected=expect.name, found=tree.type.name)
    if faults.found:
        raise faults.error()
    volatile, reads = _depends(tree)
    uses = tuple(Use(hops, field) for hops, field in uses_of(tree).values())
    given = TEXT if tree.type == BLANK else tree.type
    return Checked(canonical(text, checker), tree, expect or given, uses, volatile, reads)


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


def canonical(text: str, checker: Checker) -> str:
    """The text as written, with names as they are kept; what stands between stays."""
    pieces = [(node.start, node.end, path) for node, path, _ in checker.paths]
    pieces += [
        (call.name_start, call.name_end, key) for call, key in checker.calls if call.name[:1].isalpha()
    ]
    pieces += [(word.start, word.end, f'"{key}"') for word, key in checker.keys]
    out = fold(text)
    for start, end, new in sorted(pieces, reverse=True):
        out = f"{out[:start]}{new}{out[end:]}"
    return out.strip()
