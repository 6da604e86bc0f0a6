"""How deals flow: per stage who came in, went on, was lost; and the velocity of the whole pipeline."""

from decimal import Decimal
from typing import Any

from banyan.db.database import Connection
from banyan.metadata.catalog import Object
from banyan.records.session import Session
from banyan.records.stage_flow import Asked, read_rows
from banyan.records.stages import followers_of


async def read_flow(connection: Connection, session: Session, obj: Object, asked: Asked) -> dict[str, Any]:
    """{stages, totals}. Money is told only to whom the amount is shown, and only of one currency: the workspace's."""
    rows, ended, standing = await read_rows(connection, session, obj, asked)
    by_stage = {row[0]: row for row in rows}
    followers = followers_of(asked.machine)
    summed = [each for each in (followers.amount, followers.won_amount) if each is not None]
    seen = [obj.field(each.api_name) for each in summed]
    money = bool(seen) and all(each is not None and not each.masked for each in seen)
    return {
        "pipeline": asked.pipeline.key,
        "from": asked.since.isoformat(),
        "to": asked.until.isoformat(),
        "currency": session.currency,
        "stages": [
            _stage(stage.key, by_stage.get(stage.key), money=money) for stage in asked.pipeline.stages
        ],
        "totals": _totals(ended, standing, money=money),
    }


def _stage(key: str, row: tuple[Any, ...] | None, *, money: bool) -> dict[str, Any]:
    entered, moved_on, lost, back, still = (int(value) for value in row[1:6]) if row else (0,) * 5
    days, leaked, stands = (row[6], row[7], row[8]) if row else (None, None, None)
    return {
        "stage": key,
        "entered": entered,
        "moved_on": moved_on,
        "lost": lost,
        "back": back,
        "still": still,
        "median_days": None if days is None else round(float(days), 1),
        "conversion": round(moved_on / entered, 4) if entered else None,
        "leakage": round(lost / entered, 4) if entered else None,
        "lost_amount": _text(leaked) if money else None,
        "standing_amount": _text(stands) if money else None,
    }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _totals(ended: tuple[Any, ...], standing: int, *, money: bool) -> dict[str, Any]:
    """`velocity`: what the open deals bring in a day, were they to go as those that were decided.

    What took less than a day counts as one: else deals entered after the fact would bring in any sum.
    """
    won, lost, value, counted, others, days, median = ended
    rate = won / (won + lost) if won + lost else None
    average = (Decimal(value) / counted).quantize(Decimal("0.01")) if counted else None
    velocity = None
    if rate is not None and average is not None and days is not None:
        cycle = max(Decimal(str(days)), Decimal(1))
        velocity = (Decimal(standing) * average * Decimal(str(rate)) / cycle).quantize(Decimal("0.01"))
    return {
        "open": standing,
        "won": won,
        "lost": lost,
        "win_rate": None if rate is None else round(rate, 4),
        "cycle_days": None if days is None else round(float(days), 1),
        "median_cycle_days": None if median is None else round(float(median), 1),
        "won_amount": str(value) if money else None,
        "average_won": str(average) if money and average is not None else None,
        "velocity": str(velocity) if money and velocity is not None else None,
        "other_currencies": others,
    }
