"""The filter AST: one shape for views, sharing, automation, validation and reports.

Two-valued: a condition over an empty value is false, its negative twin (ne, not_in, …) is true, and `Not` is the
exact complement of what it holds.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Condition:
    """`path` is a field's API name, dotted across to-one relations; `value` is as in JSON."""

    path: str
    op: str
    value: Any = None
    pointer: str = ""


@dataclass(frozen=True)
class And:
    parts: "tuple[Filter, ...]"


@dataclass(frozen=True)
class Or:
    parts: "tuple[Filter, ...]"


@dataclass(frozen=True)
class Not:
    part: "Filter"


@dataclass(frozen=True)
class Related:
    """Some (or none) of the records that point here through `relation` (`contact.account`) match `where`."""

    quantifier: Literal["some", "none"]
    relation: str
    where: "Filter"
    pointer: str = ""


Filter = Condition | And | Or | Not | Related

ALWAYS = And(())
NEVER = Or(())


def both(left: Filter, right: Filter) -> Filter:
    """Conjunction that keeps the tree flat. ALWAYS is neutral, NEVER absorbs."""
    if NEVER in (left, right):
        return NEVER
    parts = tuple(
        part for side in (left, right) for part in (side.parts if isinstance(side, And) else (side,))
    )
    return parts[0] if len(parts) == 1 else And(parts)


def is_hollow(node: Filter) -> bool:
    """Whether a branch of the filter asks nothing, `{"and": []}` anywhere in it.

    In a list that is no restriction; where a filter opens rows it would open them all, so there it is a mistake.
    """
    match node:
        case Condition():
            return False
        case And(parts) | Or(parts):
            return not parts or any(is_hollow(part) for part in parts)
        case Not(part):
            return is_hollow(part)
        case Related(where=where):
            return where != ALWAYS and is_hollow(where)


def conditions(node: Filter) -> Iterator[Condition]:
    """All conditions in reading order, those inside relations included."""
    match node:
        case Condition():
            yield node
        case And(parts) | Or(parts):
            for part in parts:
                yield from conditions(part)
        case Not(part):
            yield from conditions(part)
        case Related(where=where):
            yield from conditions(where)
