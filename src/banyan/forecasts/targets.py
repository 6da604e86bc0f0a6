"""Targets beside what was attained: of people and departments, for a month, a quarter or a year.

A target of the period itself holds; without one, those of the shorter periods in it are added up. Somebody's target is
told to themself and to those who lead them, whoever wrote it. What was attained is made of what the reader may see.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson

from banyan.db.database import Connection
from banyan.forecasts.checks import TARGET
from banyan.forecasts.periods import MONTHS, Period
from banyan.forecasts.sheet import View, text
from banyan.kernel.errors import BanyanError
from banyan.query.parsed import Group, ParsedAggregate
from banyan.records import deals, queries
from banyan.records.session import Session
from banyan.records.shares import TargetRow, targets_between

MEASURES = ("won_amount", "won_count", "new_accounts", "activities")
_MOST_PEOPLE = 1_000


@dataclass(frozen=True)
class Target:
    """What is to be reached, and of how many targets it is made."""

    value: Decimal
    kind: str
    parts: int


@dataclass(frozen=True)
class Attained:
    """`apart`: amounts in other currencies, which no target in the workspace's currency counts."""

    value: Decimal = Decimal(0)
    apart: tuple[tuple[str, Decimal], ...] = ()


async def read_rows(connection: Connection, session: Session, view: View, measure: str) -> list[TargetRow]:
    """Targets within the period that the reader may be told of."""
    obj = session.full.by_name.get(TARGET)
    if obj is None:
        return []
    found = await targets_between(connection, obj, measure, view.period.start, view.period.end)
    if session.policy.unrestricted(obj.grant_key, "read"):
        return found
    departments = led_departments(session, view)
    return [row for row in found if row.person in view.led or row.department in departments]


def led_departments(session: Session, view: View) -> set[UUID]:
    """Departments that the reader heads, with those below."""
    me = session.actor.user_id
    organisation = view.organisation
    return organisation.below(each.id for each in organisation.departments.values() if each.head == me and me)


def target_of(rows: Iterable[TargetRow], period: Period) -> Target | None:
    """The target of the period, or the sum of those of the longest shorter periods that there are."""
    known = list(rows)
    for kind in sorted(MONTHS, key=lambda each: -MONTHS[each]):
        if MONTHS[kind] > MONTHS[period.kind]:
            continue
        mine = [row for row in known if row.period == kind]
        if mine:
            return Target(sum((row.value for row in mine), Decimal(0)), kind, len(mine))
    return None


async def read_attained(
    connection: Connection, session: Session, view: View, measure: str
) -> dict[UUID, Attained]:
    """What each person reached in the period."""
    if measure in ("won_amount", "won_count"):
        return await _won(connection, session, view, measure)
    return await _counted(connection, session, view, measure)


async def _won(connection: Connection, session: Session, view: View, measure: str) -> dict[UUID, Attained]:
    found: dict[UUID, Attained] = {}
    for figure in await deals.read_figures(connection, session, view.deal, view.span):
        if figure.person is None or figure.category != view.deal.closed:
            continue
        before = found.get(figure.person, Attained())
        if measure == "won_count":
            found[figure.person] = Attained(before.value + figure.count)
        elif figure.currency == session.currency:
            found[figure.person] = Attained(before.value + figure.amount, before.apart)
        else:
            apart = (*before.apart, (figure.currency, figure.amount))
            found[figure.person] = Attained(before.value, apart)
    return found


async def _counted(
    connection: Connection, session: Session, view: View, measure: str
) -> dict[UUID, Attained]:
    """Records by owner: accounts made, activities that happened."""
    name, field, also = (
        ("account", "created_at", [])
        if measure == "new_accounts"
        else ("activity", "happened_at", [{"field": "kind", "op": "ne", "value": "task"}])
    )
    obj = session.catalog.by_name.get(name)
    if obj is None or not session.policy.allows(obj.grant_key, "read"):
        return {}
    zone = ZoneInfo(session.timezone)
    start, end = (
        datetime.combine(day, time(), zone).isoformat() for day in (view.period.start, view.period.end)
    )
    parts: list[dict[str, Any]] = [
        {"field": field, "op": "gte", "value": start},
        {"field": field, "op": "lt", "value": end},
        *also,
    ]
    if view.people is not None:
        people = [str(each) for each in sorted(view.people)][:_MOST_PEOPLE]
        parts.append({"field": "owner", "op": "in", "value": people})
    query = ParsedAggregate(where={"and": parts}, group_by=(Group(field="owner"),))
    try:
        found = orjson.loads(await queries.aggregate(connection, session, obj, query))
    except BanyanError as error:
        if error.code == "invalid_query":  # An administrator has reshaped what is counted.
            return {}
        raise
    return {
        UUID(row["key"][0]["id"]): Attained(Decimal(row["values"][0]))
        for row in found["groups"]
        if row["key"][0]
    }


async def attainment(connection: Connection, session: Session, view: View, measure: str) -> dict[str, Any]:
    """{people, departments}: target, attained and what is missing of each."""
    rows = await read_rows(connection, session, view, measure)
    attained = await read_attained(connection, session, view, measure)
    shown = _people(view, rows, attained)
    mine: Mapping[UUID, Target | None] = {
        person: target_of((row for row in rows if row.person == person), view.period) for person in shown
    }
    people = [_line(view.organisation.people[each].name, each, mine[each], attained.get(each, Attained()))
              for each in sorted(shown, key=lambda each: view.organisation.people[each].name)]  # fmt: skip
    told = {row.department for row in rows if row.department is not None}
    departments = []
    for key in sorted(told, key=str):
        if key not in view.organisation.departments:
            continue
        members = view.organisation.members_of(view.organisation.below([key]))
        reached = [attained[each] for each in members if each in attained]
        value = sum((each.value for each in reached), Decimal(0))
        target = target_of((row for row in rows if row.department == key), view.period)
        line = _line(view.organisation.departments[key].name, key, target, Attained(value))
        sums = [t.value for each in members if (t := mine.get(each)) is not None]
        departments.append({**line, "of_people": text(sum(sums, Decimal(0)))})
    return {"people": people, "departments": departments}


def _people(view: View, rows: Sequence[TargetRow], attained: Mapping[UUID, Attained]) -> set[UUID]:
    """Whose line is shown: those asked for; where that is everybody, those there is something to tell of."""
    known = view.organisation.people.keys()
    if view.people is not None:
        return set(view.people) & known
    return ({row.person for row in rows if row.person} | attained.keys() | view.led) & known


def _line(name: str, key: UUID, target: Target | None, attained: Attained) -> dict[str, Any]:
    return {"id": str(key), "name": name, **standing(target, attained)}


def standing(target: Target | None, attained: Attained) -> dict[str, Any]:
    """Target, what was attained, what is missing (never less than nothing) and the share in percent."""
    share = None
    if target is not None and target.value > 0:
        share = text((attained.value * 100 / target.value).quantize(Decimal("0.1")))
    return {
        "target": None if target is None else text(target.value),
        "made_of": None if target is None else {"kind": target.kind, "parts": target.parts},
        "attained": text(attained.value),
        "apart": {currency: text(amount) for currency, amount in attained.apart},
        "missing": None if target is None else text(max(Decimal(0), target.value - attained.value)),
        "share": share,
    }
