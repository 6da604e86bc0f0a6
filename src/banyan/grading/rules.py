"""What rules make of one record's field. Pure: the same marks and the same value always give the same answer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from banyan.kernel.collation import fold

HELD, EXPIRED, GONE = "held", "expired", "gone"


@dataclass(frozen=True)
class Mark:
    """What one rule holds of a record, in the order of the rules."""

    rule: UUID
    value: str
    state: str
    placed: bool | None


@dataclass(frozen=True)
class Decision:
    """What the field holds from now on, and which marks put it there."""

    value: str | tuple[str, ...] | None
    placed: Mapping[UUID, bool]


def decide_one(current: str | None, marks: Sequence[Mark]) -> Decision:
    """A field of one value: the first rule that holds sets it, unless a person has set something else."""
    held = [mark for mark in marks if mark.state == HELD]
    ruled = current is None or any(mark.placed and mark.value == current for mark in marks)
    if not ruled:
        return Decision(current, {mark.rule: False for mark in marks})
    first = held[0] if held else None
    placed = {mark.rule: mark is first for mark in marks}
    return Decision(None if first is None else first.value, placed)


def decide_tags(current: Sequence[str], marks: Sequence[Mark]) -> Decision:
    """Tags: each rule adds its own. One that was there before is a person's, and so is one a person took off."""
    tags, placed = list(current), dict[UUID, bool]()
    for key in dict.fromkeys(fold(mark.value) for mark in marks):
        mine = [mark for mark in marks if fold(mark.value) == key]
        there = any(fold(tag) == key for tag in tags)
        by_rule = any(mark.placed for mark in mine)
        held = [mark for mark in mine if mark.state == HELD]
        if held and not there and not by_rule:
            tags.append(held[0].value)
            by_rule = True
        elif not held and by_rule:
            tags = [tag for tag in tags if fold(tag) != key]
        placed |= {mark.rule: by_rule for mark in mine}
    return Decision(tuple(tags), placed)


@dataclass(frozen=True)
class Reads:
    """Which fields a rule's condition asks, and which it writes."""

    rule: UUID
    name: str
    asks: frozenset[UUID]
    writes: UUID


def in_order(rules: Iterable[Reads]) -> list[Reads] | None:
    """Rules so that each comes after those that write what it asks; None where they would go round in a circle."""
    waiting, found = list(rules), list[Reads]()
    while waiting:
        unwritten = {each.writes for each in waiting}
        ready = [each for each in waiting if not each.asks & unwritten]
        # Rules of one field go together: the first that holds decides.
        ready = [
            each for each in ready if not any(o.writes == each.writes for o in waiting if o not in ready)
        ]
        if not ready:
            return None
        found += ready
        waiting = [each for each in waiting if each not in ready]
    return found
