"""What a plan does with the rows of a table, told in numbers: how many are read, and how many sorted."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

MANY = 10_000  # rows; below it reading them all costs less than an index costs writers
# Nodes that need all their input before they give anything: a limit above them saves no reading below them.
_WHOLE = frozenset({"Sort", "Aggregate", "Hash", "HashAggregate", "Materialize", "WindowAgg", "Unique"})

Way = Literal["all", "walk", "index"]


@dataclass(frozen=True)
class Reading:
    """`way`: the whole table, along an index until enough rows satisfy, or by an index. `rows` of `of` are read."""

    way: Way
    rows: int
    of: int
    sorted: int

    @property
    def is_slow(self) -> bool:
        return (self.way != "index" and self.rows >= MANY) or self.sorted >= MANY


@dataclass(frozen=True)
class _Place:
    """A node with what stands above it: rows a limit takes, where nothing in between needs them all; processes."""

    node: dict[str, Any]
    take: float | None
    hands: int


def read_plan(plan: dict[str, Any], table: str, rows: float) -> Reading:
    """`rows` are those of the whole table, as the planner counts them."""
    whole = max(rows, 1.0)
    readings = [_scan(place, whole) for place in _places(plan) if place.node.get("Relation Name") == table]
    way, read = max(readings, key=lambda each: each[1], default=("index", 0.0))
    return Reading(way, round(read), round(rows), round(_sorted(plan, table)))


def _scan(place: _Place, whole: float) -> tuple[Way, float]:
    node = place.node
    found = max(float(node.get("Plan Rows", 0)) * place.hands, 1.0)
    if node["Node Type"] == "Seq Scan":
        read = whole if place.take is None else min(whole, place.take * whole / found)
        return "all", read
    if place.take is not None and "Filter" in node and "Index Cond" not in node:
        return "walk", min(whole, place.take * whole / found)
    return "index", found


def _sorted(plan: dict[str, Any], table: str) -> float:
    """The most rows that any sort above the table is given."""
    given = [
        float(below.get("Plan Rows", 0)) * place.hands
        for place in _places(plan)
        if place.node["Node Type"] == "Sort"
        for below in place.node.get("Plans", ())
        if any(inner.node.get("Relation Name") == table for inner in _places(below))
    ]
    return max(given, default=0.0)


def _places(node: dict[str, Any], take: float | None = None, hands: int = 1) -> Iterator[_Place]:
    kind = node["Node Type"]
    yield _Place(node, take, hands)
    if kind == "Limit":
        take = float(node.get("Plan Rows", 0))
    elif kind in _WHOLE:
        take = None
    elif kind in ("Gather", "Gather Merge"):
        hands *= int(node.get("Workers Planned", 0)) + 1
    for below in node.get("Plans", ()):
        yield from _places(below, take, hands)
