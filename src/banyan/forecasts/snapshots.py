"""Snapshots: the deals of a workspace written down as they stand, weekly, at the end of each month, and by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
import structlog
from sqlalchemy.dialects.postgresql import insert

from banyan.access.policy import system_policy
from banyan.db import control
from banyan.db.database import Connection, Database
from banyan.db.statements import run
from banyan.forecasts.periods import next_to, period_of
from banyan.forecasts.settings import ForecastSettings, read_settings
from banyan.forecasts.tables import forecast_tables
from banyan.kernel.actor import system_actor
from banyan.kernel.errors import NotFound
from banyan.kernel.ids import new_id
from banyan.metadata.store import load_catalog
from banyan.query.deals import DealFields
from banyan.records import deals
from banyan.records.deals import DealNames, deal_fields
from banyan.records.session import Session

EVERY_S = 600.0
MOST_SHOWN = 400
Kind = Literal["weekly", "month_end", "by_hand"]
_log = structlog.get_logger("banyan.forecasts")


@dataclass(frozen=True)
class Snapshot:
    id: UUID
    taken_at: datetime
    kind: str
    deals: int

    def document(self) -> dict[str, Any]:
        at = self.taken_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
        return {"id": str(self.id), "taken_at": at, "kind": self.kind, "deals": self.deals}


def deals_of(session: Session, settings: ForecastSettings) -> DealFields:
    """The fields of a deal in this workspace. Raises InvalidInput where an administrator has taken them apart."""
    names = settings.model_dump(include=set(DealNames.__dataclass_fields__))
    return deal_fields(session.full, DealNames(**names), session.currency)


async def take_snapshot(
    connection: Connection, session: Session, kind: Kind, due_on: date | None = None
) -> Snapshot | None:
    """Write the deals down as they stand; None where one that is due was taken by somebody else meanwhile."""
    settings, _ = await read_settings(connection, session.full.schema)
    deal = deals_of(session, settings)
    table = forecast_tables(session.full.schema).snapshot
    now = session.now or datetime.now(UTC)
    key = new_id()
    values = {"id": key, "taken_at": now, "kind": kind, "due_on": due_on, "taken_by": session.actor.user_id}
    taken = await run(
        connection, insert(table).values(**values).on_conflict_do_nothing().returning(table.c.id)
    )
    if await taken.fetchone() is None:
        return None
    today = now.astimezone(ZoneInfo(session.timezone)).date()
    # Periods that a comparison may still ask for; what closed before is history that moves no forecast.
    since = next_to(period_of("quarter", today, settings.fiscal_start), -2, settings.fiscal_start).start
    count = await deals.take_snapshot(connection, deal, key, since)
    await run(connection, sa.update(table).where(table.c.id == key).values(deals=count))
    return Snapshot(key, now, kind, count)


async def list_snapshots(connection: Connection, schema: str) -> list[Snapshot]:
    """Newest first."""
    table = forecast_tables(schema).snapshot.c
    asked = sa.select(table.id, table.taken_at, table.kind, table.deals)
    cursor = await run(connection, asked.order_by(table.taken_at.desc(), table.id.desc()).limit(MOST_SHOWN))
    return [Snapshot(*row) for row in await cursor.fetchall()]


async def find_snapshot(connection: Connection, schema: str, key: UUID) -> Snapshot:
    """Raises NotFound."""
    table = forecast_tables(schema).snapshot.c
    asked = sa.select(table.id, table.taken_at, table.kind, table.deals).where(table.id == key)
    row = await (await run(connection, asked)).fetchone()
    if row is None:
        raise NotFound("unknown_snapshot")
    return Snapshot(*row)


async def last_before(connection: Connection, schema: str, moment: datetime) -> Snapshot | None:
    """The newest snapshot taken at that moment or before."""
    table = forecast_tables(schema).snapshot.c
    asked = sa.select(table.id, table.taken_at, table.kind, table.deals).where(table.taken_at <= moment)
    row = await (
        await run(connection, asked.order_by(table.taken_at.desc(), table.id.desc()).limit(1))
    ).fetchone()
    return None if row is None else Snapshot(*row)


async def last_of(connection: Connection, schema: str, kind: Kind) -> date | None:
    """For which day the last snapshot of the kind was due."""
    table = forecast_tables(schema).snapshot.c
    row = await (
        await run(connection, sa.select(sa.func.max(table.due_on)).where(table.kind == kind))
    ).fetchone()
    return row[0] if row else None


def due(today: date, weekday: int) -> dict[Kind, date]:
    """For which days snapshots should be there by today: this week's day, and the last month's end."""
    week = today - timedelta(days=(today.weekday() - weekday) % 7)
    # Taken once the month is over: on the first day of the next one, for the day before.
    return {"weekly": week, "month_end": today.replace(day=1) - timedelta(days=1)}


class Snapshots:
    """The worker's round: takes what is due in every workspace and lets go of what is kept no longer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def work(self, schema: str, now: datetime | None = None) -> list[Snapshot]:
        """What was taken now."""
        async with self._database.reader() as connection:
            session = await house(connection, schema, now)
            settings, _ = await read_settings(connection, schema)
            known = {kind: await last_of(connection, schema, kind) for kind in ("weekly", "month_end")}
        moment = session.now or datetime.now(UTC)
        today = moment.astimezone(ZoneInfo(session.timezone)).date()
        found = []
        for kind, day in due(today, settings.weekday).items():
            last = known[kind]
            # An installation that stood still for weeks gets one snapshot, not those it missed.
            if last is None or last < day:
                async with self._database.transaction() as connection:
                    taken = await take_snapshot(connection, session, kind, day)
                found += [taken] if taken else []
        if found:
            async with self._database.transaction() as connection:
                await _let_go(connection, schema, moment - timedelta(weeks=settings.weeks_kept))
        return found


async def house(connection: Connection, schema: str, now: datetime | None = None) -> Session:
    """The house itself at work."""
    actor = system_actor(schema)
    catalog = await load_catalog(connection, schema)
    currency = await control.read_currency(connection, schema)
    return Session(actor, system_policy(actor), catalog, currency=currency, now=now or datetime.now(UTC))


async def _let_go(connection: Connection, schema: str, before: datetime) -> None:
    table = forecast_tables(schema).snapshot
    cursor = await run(connection, sa.delete(table).where(table.c.taken_at < before).returning(table.c.id))
    gone: Sequence[UUID] = [row[0] for row in await cursor.fetchall()]
    if gone:
        await deals.drop_snapshots(connection, schema, gone)
