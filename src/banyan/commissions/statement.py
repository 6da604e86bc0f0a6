"""The commission of people in a month: from rules and rows as they stand, or as it was closed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson

from banyan.commissions.rules import HUNDRED, RECEIVED, SIGNED, WON, Base, Line, Rule, lines_of
from banyan.db.database import Connection
from banyan.kernel.errors import FieldProblem, InvalidInput
from banyan.kernel.money import EXACT, NOTHING, rounded
from banyan.metadata.states import WON as WON_CATEGORY
from banyan.metadata.states import machine_of
from banyan.query import commissions as statements
from banyan.records.ledgers import ask
from banyan.records.session import Session

_FINEST = Decimal("0.0001")


@dataclass(frozen=True)
class Month:
    """`end` is the first day after it."""

    start: date

    @property
    def end(self) -> date:
        return (self.start + timedelta(days=32)).replace(day=1)

    @property
    def key(self) -> str:
        return self.start.isoformat()[:7]


@dataclass(frozen=True)
class Closed:
    at: datetime
    by: UUID | None


@dataclass(frozen=True)
class Statement:
    """`unpaid`: what counted in the month and lies below every step: seen when it is closed, and not again."""

    person: UUID
    month: Month
    lines: tuple[Line, ...]
    expected: Mapping[str, Decimal]
    closed: Closed | None = None
    unpaid: tuple[Base, ...] = ()


def today_of(session: Session) -> date:
    now = session.now or datetime.now(UTC)
    return now.astimezone(ZoneInfo(session.timezone)).date()


LAST_MONTH = date(2199, 12, 1)


def month_of(text: str | None, today: date) -> Month:
    """`2026-03`; none: the month of today. Raises InvalidInput."""
    try:
        start = date.fromisoformat(f"{text}-01") if text else today.replace(day=1)
    except ValueError:
        start = None
    if start is None or start > LAST_MONTH:
        raise InvalidInput("commission_month", problems=[FieldProblem("/period", "commission_month")])
    return Month(start)


async def statements_of(
    connection: Connection, session: Session, people: Sequence[UUID], month: Month, *, expect: bool = False
) -> list[Statement]:
    """In the order of `people`, in a few statements however many they are. Whose they may be is asked before."""
    wanted = {"people": list(people)}
    months: dict[UUID, dict[date, tuple[UUID, Closed]]] = defaultdict(dict)
    for person, key, start, at, by in await ask(connection, session, statements.CLOSED, **wanted):
        months[person][start] = (key, Closed(at, by))
    kept = await _kept(connection, session, [m[month.start][0] for m in months.values() if month.start in m])
    opened = [person for person in people if month.start not in months[person]]
    made = await _computed(connection, session, opened, month, months, expect=expect)
    return [
        Statement(person, month, kept.get(known[0], ()), {}, known[1])
        if (known := months[person].get(month.start))
        else made[person]
        for person in people
    ]


async def _kept(
    connection: Connection, session: Session, keys: Sequence[UUID]
) -> dict[UUID, tuple[Line, ...]]:
    found: dict[UUID, list[Line]] = defaultdict(list)
    rows = await ask(connection, session, statements.KEPT_LINES, months=list(keys)) if keys else []
    for key, basis, source, share, day, rule, name, rate, currency, base, amount, adjusts, places in rows:
        what = Base(basis, source, day, currency, base, share, orjson.loads(places))
        found[key].append(Line(what, rule, name, rate, base, amount, adjusts))
    return {key: tuple(lines) for key, lines in found.items()}


async def _computed(
    connection: Connection,
    session: Session,
    people: Sequence[UUID],
    month: Month,
    months: Mapping[UUID, Mapping[date, Any]],
    *,
    expect: bool,
) -> dict[UUID, Statement]:
    if not people:
        return {}
    rules = [Rule(*row) for row in await ask(connection, session, statements.RULES)]
    departments: dict[UUID, list[UUID]] = defaultdict(list)
    for person, department in await ask(connection, session, statements.DEPARTMENTS, people=list(people)):
        departments[person].append(department)
    # After closed months, the first that is open also has what came to light of them.
    follows = {
        p: min(months[p]) for p in people if months.get(p) and Month(max(months[p])).end == month.start
    }
    first = min((*follows.values(), month.start))
    bases = await _bases(connection, session, people, first, month.end)
    paid = await _paid(connection, session, bases)
    undone = await _undone(connection, session, people, month, months)
    coming = await _coming(connection, session, people, month) if expect else {}
    made = {}
    for person in people:
        since = follows.get(person, month.start)
        mine = [base for base in bases.get(person, ()) if base.day >= since and not paid.has(base)]
        lines = [
            replace(line, adjusts=line.base.day < month.start)
            for line in lines_of(mine, rules, person, departments[person])
        ]
        more = lines_of([*mine, *coming.get(person, ())], rules, person, departments[person])
        expected = {key: amount - _sums(lines).get(key, NOTHING) for key, amount in _sums(more).items()}
        paid_on = {_key(line.base) for line in lines}
        unpaid = tuple(base for base in mine if _key(base) not in paid_on)
        told = (*lines, *undone.get(person, ()))
        made[person] = Statement(person, month, told, expected if expect else {}, unpaid=unpaid)
    return made


def _key(base: Base) -> tuple[str, UUID, UUID | None]:
    return base.basis, base.source, base.share


def _sums(lines: Sequence[Line]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        found[line.base.currency] += line.amount
    return found


async def _bases(
    connection: Connection, session: Session, people: Sequence[UUID], start: date, end: date
) -> dict[UUID, list[Base]]:
    binds = {"people": list(people), "start": start, "end": end, "own": session.currency}
    found: dict[UUID, list[Base]] = defaultdict(list)
    rows = [(RECEIVED, row) for row in await ask(connection, session, statements.RECEIVED, **binds)]
    rows += [(SIGNED, row) for row in await ask(connection, session, statements.SIGNED, **binds)]
    deal = session.full.by_name.get("opportunity")
    machine = None if deal is None else machine_of(session.full, deal)
    if machine is not None:
        won = {"won": list(machine.of_category(WON_CATEGORY)), "timezone": session.timezone}
        rows += [(WON, row) for row in await ask(connection, session, statements.WON, **binds, **won)]
    for basis, row in rows:
        found[row[0]].append(_base(basis, row))
    return found


def _base(basis: str, row: Sequence[Any]) -> Base:
    _, source, share, day, currency, amount, places = row
    return Base(basis, source, day, currency, rounded(amount, currency), share, orjson.loads(places))


async def _coming(
    connection: Connection, session: Session, people: Sequence[UUID], month: Month
) -> dict[UUID, list[Base]]:
    """Open instalments as if they were paid when they are due, those that are late today."""
    binds = {"people": list(people), "end": month.end, "own": session.currency, "today": today_of(session)}
    found: dict[UUID, list[Base]] = defaultdict(list)
    for row in await ask(connection, session, statements.OPEN, **binds):
        found[row[0]].append(_base(RECEIVED, row))
    return found


@dataclass(frozen=True)
class Paid:
    """What closed months have paid on, to whomever: it is not paid on again, whoever has it now and on what day.

    A deal that was paid as a whole is not paid again in shares, nor one in shares as a whole.
    """

    shares: Mapping[tuple[str, UUID], frozenset[UUID | None]]

    def has(self, base: Base) -> bool:
        shares = self.shares.get((base.basis, base.source))
        return shares is not None and (base.share is None or None in shares or base.share in shares)


async def _paid(connection: Connection, session: Session, bases: Mapping[UUID, Sequence[Base]]) -> Paid:
    sources = sorted({base.source for each in bases.values() for base in each})
    rows = await ask(connection, session, statements.PAID_SOURCES, sources=sources) if sources else []
    shares: dict[tuple[str, UUID], set[UUID | None]] = defaultdict(set)
    for basis, source, share in rows:
        shares[basis, source].add(share)
    return Paid({key: frozenset(each) for key, each in shares.items()})


async def _undone(
    connection: Connection,
    session: Session,
    people: Sequence[UUID],
    month: Month,
    months: Mapping[UUID, Mapping[date, Any]],
) -> dict[UUID, list[Line]]:
    """What closed months paid on money that was taken back since: less, in the first open month from then on."""
    found: dict[UUID, list[Line]] = defaultdict(list)
    rows = await ask(connection, session, statements.UNDONE, people=list(people), timezone=session.timezone)
    for person, source, day, currency, base, amount, rule, undone_on, places in rows:
        when = (undone_on or month.start).replace(day=1)
        if max(Month(max(months[person])).end, when) != month.start:
            continue
        rate = EXACT.divide(amount * HUNDRED, base).quantize(_FINEST) if base else NOTHING
        what = Base(RECEIVED, source, undone_on or day, currency, -base, None, orjson.loads(places))
        found[person].append(Line(what, None, rule, rate, -base, -amount, adjusts=True))
    return found
