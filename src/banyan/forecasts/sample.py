"""Forecast of the sample: what each should reach, and the deals as they stood at the end of each of the last weeks."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from banyan.db.database import Connection
from banyan.events import EventBus
from banyan.forecasts.periods import next_to, period_of
from banyan.forecasts.snapshots import take_snapshot
from banyan.records.commands import Commands
from banyan.records.session import Session

A_QUARTER = (2_400_000, 1_600_000, 1_200_000, 900_000)


async def weekly(
    connection: Connection,
    session: Session,
    bus: EventBus,  # noqa: ARG001 - as every sample is called
    made: Mapping[str, Sequence[UUID]],  # noqa: ARG001 - as every sample is called
) -> None:
    await take_snapshot(connection, session, "weekly", _today(session))


async def sample(
    connection: Connection, session: Session, bus: EventBus, made: Mapping[str, Sequence[UUID]]
) -> None:
    quarter = period_of("quarter", _today(session))
    rows: list[dict[str, Any]] = [
        {
            "person": str(person),
            "measure": "won_amount",
            "period": "quarter",
            "starts_on": next_to(quarter, step).start.isoformat(),
            "value": str(A_QUARTER[min(place, len(A_QUARTER) - 1)]),
            "owner": str(made["user"][0]),
        }
        for place, person in enumerate(made["user"])
        for step in (-1, 0)
    ]
    obj = session.catalog.object("sales_target")
    await Commands(connection, session, bus).create(obj, rows, [""] * len(rows))


def _today(session: Session) -> date:
    return (session.now or datetime.now(UTC)).astimezone(ZoneInfo(session.timezone)).date()
