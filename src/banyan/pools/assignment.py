"""Automatic assignment: who gets which waiting record. Choosing is pure; the pass that does it stands in `passes`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from banyan.pools.limits import Room
from banyan.pools.settings import Assignment, AssignRule
from banyan.records.recycling import Waiting


@dataclass
class Chooser:
    """Gives records to people one by one. `turns` is what smooth weighted round robin remembers between passes."""

    assignment: Assignment
    rooms: Mapping[UUID, Room]
    turns: dict[str, int]
    absent: frozenset[UUID]
    given: dict[UUID, int] = field(default_factory=dict)

    def choose(self, record: Waiting) -> UUID | None:
        """None where nobody can take it now: it waits."""
        if record.rule is None:
            return None
        rule = self.assignment.rules[record.rule]
        weights = self._candidates(rule, record)
        free = {person: weight for person, weight in weights.items() if self._is_free(person, record.level)}
        if not free:
            return None
        if self.assignment.method == "load":
            chosen = min(free, key=lambda person: (self.rooms[person].held / free[person], str(person)))
        else:
            chosen = self._in_turn(record.rule, free)
        self.rooms[chosen].taken(record.level)
        self.given[chosen] = self.given.get(chosen, 0) + 1
        return chosen

    def _candidates(self, rule: AssignRule, record: Waiting) -> dict[UUID, int]:
        if rule.territory_head and record.head is not None:
            return {record.head: 1}
        weighted = self.assignment.method != "round_robin"
        return {share.person: share.weight if weighted else 1 for share in rule.people}

    def _is_free(self, person: UUID, level: str | None) -> bool:
        room = self.rooms.get(person)
        if room is None or person in self.absent or room.holding(level) is not None:
            return False
        capacity = self.assignment.capacities.get(person, self.assignment.capacity)
        return capacity is None or room.held < capacity

    def _in_turn(self, rule: int, free: Mapping[UUID, int]) -> UUID:
        """Each gains its weight; whoever has most gets the record and pays for all. Equal shares in equal turns."""
        keys = {person: f"{rule}:{person}" for person in free}
        for person, weight in free.items():
            self.turns[keys[person]] = self.turns.get(keys[person], 0) + weight
        chosen = max(free, key=lambda person: (self.turns[keys[person]], str(person)))
        self.turns[keys[chosen]] -= sum(free.values())
        return chosen


def people_in(assignment: Assignment, records: Sequence[Waiting]) -> set[UUID]:
    """Everybody who might get one of these."""
    named = {share.person for rule in assignment.rules for share in rule.people}
    heads = {
        record.head
        for record in records
        if record.head is not None
        and record.rule is not None
        and assignment.rules[record.rule].territory_head
    }
    return named | heads
