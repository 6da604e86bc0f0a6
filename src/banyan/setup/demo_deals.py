"""Deals of the sample as they went: begun, moved from stage to stage, changed and closed, each at its time.

So the figures of a funnel, of the time in a stage and of a forecast's changes are those of records, not made up.
"""

import random
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from banyan.db.database import Connection
from banyan.events import EventBus
from banyan.records.commands import Change, Commands
from banyan.records.session import Session

ORDER = ("prospecting", "engaging", "proposal", "negotiation")
WEEKS = 8
_CHANGED = 0.35
Row = dict[str, Any]
Each = Callable[[Session], Awaitable[None]]


@dataclass(frozen=True)
class Event:
    """At a moment a deal (by its place among all) begins, where `begins`, or gets other values."""

    at: datetime
    deal: int
    values: Row
    begins: bool = False


def events(rows: Sequence[Row], now: datetime, chance: random.Random) -> list[Event]:
    """What happened to each deal, in the order of time."""
    found: list[Event] = []
    for deal, row in enumerate(rows):
        start = min(_day(row["start_date"]), now)
        ended = row["stage"] in ("won", "lost")
        until = min(_day(row["close_date"]), now) if ended else now - timedelta(days=chance.randint(0, 40))
        way = _way(row["stage"], chance)
        begins = {**row, "stage": way[0]} | {"loss_reason": None}
        found.append(Event(start, deal, begins, begins=True))
        span = max(until - start, timedelta(days=1))
        moments = sorted(start + span * chance.random() for _ in way[1:])
        if ended and moments:
            moments[-1] = start + span
        for at, stage in zip(moments, way[1:], strict=True):
            more = {"loss_reason": row["loss_reason"]} if stage == "lost" else {}
            found.append(Event(min(at, now), deal, {"stage": stage, **more}))
        if not ended and chance.random() < _CHANGED:
            at = max(start, now - timedelta(days=chance.randint(1, 20), hours=1))
            found.append(Event(at, deal, _changed(row, chance)))
    return sorted(found, key=lambda event: (event.at, not event.begins))


def _way(stage: str, chance: random.Random) -> list[str]:
    if stage == "won":
        return [*ORDER, "won"]
    if stage == "lost":
        return [*ORDER[: chance.randint(1, len(ORDER))], "lost"]
    return list(ORDER[: ORDER.index(stage) + 1])


def _changed(row: Row, chance: random.Random) -> Row:
    """Another amount, or another day."""
    if chance.random() < 0.5:  # noqa: PLR2004 - either
        later = _day(row["close_date"]) + timedelta(days=chance.choice((-14, 21, 35)))
        return {"close_date": later.date().isoformat()}
    amount = Decimal(row["amount"]["amount"]) * chance.choice(
        (Decimal("0.8"), Decimal("1.15"), Decimal("1.3"))
    )
    return {"amount": {**row["amount"], "amount": str(amount.quantize(Decimal("0.01")))}}


def _day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(hour=2, tzinfo=UTC)


async def play(
    connection: Connection,
    session: Session,
    bus: EventBus,
    rows: Sequence[Row],
    now: datetime,
    chance: random.Random,
    weekly: Each,
) -> list[UUID]:
    """Write the deals as they went, week by week; `weekly` is called at the end of each of the last ones."""
    keys: dict[int, UUID] = {}
    waiting = events(rows, now, chance)
    weeks = [now - timedelta(weeks=back) for back in range(WEEKS, -1, -1)]
    before = [weeks[0] - timedelta(weeks=back) for back in range(80, 0, -1)]
    for at in (*before, *weeks):
        due = [event for event in waiting if event.at <= at]
        waiting = [event for event in waiting if event.at > at]
        await _write(connection, replace(session, now=at), bus, due, keys)
        if at in weeks:
            await weekly(replace(session, now=at))
    return [keys[deal] for deal in range(len(rows))]


async def _write(
    connection: Connection, session: Session, bus: EventBus, due: Sequence[Event], keys: dict[int, UUID]
) -> None:
    obj = session.catalog.object("opportunity")
    begun = [event for event in due if event.begins]
    commands = Commands(connection, session, bus)
    if begun:
        pointers = [f"/{event.deal}" for event in begun]
        written = await commands.create(obj, [event.values for event in begun], pointers)
        keys |= {event.deal: item.id for event, item in zip(begun, written, strict=True)}
    steps: Mapping[int, list[Event]] = defaultdict(list)
    seen: dict[int, int] = defaultdict(int)
    for event in (event for event in due if not event.begins):
        steps[seen[event.deal]].append(event)  # A deal moves once in a command.
        seen[event.deal] += 1
    for number in sorted(steps):
        changes = [Change(keys[event.deal], event.values) for event in steps[number]]
        await commands.update(obj, changes)


def competitors() -> list[Row]:
    """Two whom one meets."""
    return [
        {
            "name": "远山科技",
            "website": "https://www.yuanshan.example.com",
            "strengths": "价格低，本地实施团队多",
            "weaknesses": "移动端弱，二次开发周期长",
            "answer": "请客户看移动端演示，给出三年总成本对比",
        },
        {
            "name": "Northwind CRM",
            "website": "https://www.northwind.example.com",
            "strengths": "Well known, many integrations",
            "weaknesses": "No Chinese support, priced per seat",
            "answer": "Offer a pilot with the customer's own data",
        },
    ]


def lines(
    rows: Sequence[Row], deals: Sequence[UUID], prices: Mapping[str, Decimal], chance: random.Random
) -> list[Row]:
    """What one offers in the later stages: the main product as often as the amount holds it, and a training."""
    found: list[Row] = []
    late = [place for place, row in enumerate(rows) if row["stage"] in ("proposal", "negotiation")]
    for place in chance.sample(late, len(late) // 3):
        row, price = rows[place], prices[rows[place]["product"]]
        currency = row["amount"]["currency"]
        times = max(1, round(Decimal(row["amount"]["amount"]) / price))
        common = {"opportunity": str(deals[place]), "owner": row["owner"]}
        unit = {"amount": f"{price:.2f}", "currency": currency}
        found.append(
            {
                **common,
                "product": row["product"],
                "quantity": str(times),
                "unit_price": unit,
                "discount": chance.choice((None, "5", "10")),
            }
        )
        training = {"amount": "6000.00", "currency": currency}
        found.append({**common, "name": "上线培训", "quantity": "1", "unit_price": training})
    return found
