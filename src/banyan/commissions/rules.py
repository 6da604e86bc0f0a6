"""What a commission comes to: pure. Whose rule counts, how a month's amounts climb its steps, one line per step.

Of the rules of one basis those of the person count; where there are none, those of the nearest department; else those
for everybody. `from_amount` is a step: what of the month's amounts, in one currency and in the order of their days,
lies above it and below the next is paid by that rule. Each line is rounded half up to the cent (ADR 18).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from banyan.kernel.money import EXACT, NOTHING, rounded

RECEIVED, SIGNED, WON = "received", "signed", "won"
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Rule:
    id: UUID
    name: str
    basis: str
    rate: Decimal
    from_amount: Decimal
    person: UUID | None
    department: UUID | None
    valid_from: date | None
    valid_until: date | None

    def valid(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )


@dataclass(frozen=True)
class Base:
    """An amount that commission is paid on. `share`: of a deal shared out, the row that shares."""

    basis: str
    source: UUID
    day: date
    currency: str
    amount: Decimal
    share: UUID | None = None
    places: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Line:
    """`adjusts`: something of a month closed before."""

    base: Base
    rule: UUID | None
    rule_name: str
    rate: Decimal
    part: Decimal
    amount: Decimal
    adjusts: bool = False


def rules_for(
    rules: Sequence[Rule], basis: str, day: date, person: UUID, departments: Sequence[UUID]
) -> list[Rule]:
    """The steps that count for a person on a day, the lowest first. `departments` from the person's own upwards."""
    valid = [rule for rule in rules if rule.basis == basis and rule.valid(day)]
    theirs = [rule for rule in valid if rule.person == person]
    for department in departments:
        theirs = theirs or [rule for rule in valid if rule.person is None and rule.department == department]
    found = theirs or [rule for rule in valid if rule.person is None and rule.department is None]
    return sorted(found, key=lambda rule: (rule.from_amount, rule.id))


def lines_of(
    bases: Sequence[Base], rules: Sequence[Rule], person: UUID, departments: Sequence[UUID]
) -> list[Line]:
    """Every step of every amount, in the order of days."""
    reached: dict[tuple[str, str], Decimal] = {}
    found: list[Line] = []
    for base in sorted(bases, key=lambda each: (each.day, each.source, each.share or each.source)):
        steps = rules_for(rules, base.basis, base.day, person, departments)
        key = (base.basis, base.currency)
        begins = reached.get(key, NOTHING)
        reached[key] = begins + base.amount
        for rule, part in _parts(steps, begins, base.amount):
            amount = rounded(EXACT.divide(EXACT.multiply(part, rule.rate), HUNDRED), base.currency)
            found.append(Line(base, rule.id, rule.name, rule.rate, part, amount))
    return found


def _parts(steps: Sequence[Rule], begins: Decimal, amount: Decimal) -> Iterator[tuple[Rule, Decimal]]:
    """How much of an amount lies on each step; less than nothing goes down the steps again."""
    low, high = min(begins, begins + amount), max(begins, begins + amount)
    sign = 1 if amount > 0 else -1
    for place, rule in enumerate(steps):
        top = steps[place + 1].from_amount if place + 1 < len(steps) else None
        # Below nothing the lowest step goes on: what is taken back is taken back by it.
        bottom = rule.from_amount if place or rule.from_amount > 0 else min(low, rule.from_amount)
        part = min(high, top if top is not None else high) - max(low, bottom)
        if part > 0:
            yield rule, sign * part
