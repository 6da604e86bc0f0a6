"""The worker's rounds: protections that have passed end at night; owners hear of it a week before."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import structlog

from banyan.access.policy import system_policy
from banyan.db import control
from banyan.db.database import Connection, Database
from banyan.events import EventBus
from banyan.kernel.actor import system_actor
from banyan.metadata.store import load_catalog
from banyan.notifications.inbox import Notice, notify
from banyan.partners.hooks import REGISTRATION
from banyan.partners.registrations import EXPIRED
from banyan.query.partners import ENDED, ENDING
from banyan.records.commands import Change
from banyan.records.desk import Desk
from banyan.records.ledgers import ask
from banyan.records.locking import as_house
from banyan.records.session import Session

EVERY_S = 900.0
SOON = timedelta(days=7)
_log = structlog.get_logger("banyan.partners")


class Rounds:
    """All workspaces, one after the other, each once a day."""

    def __init__(self, database: Database, bus: EventBus) -> None:
        self._database = database
        self._bus = bus
        self._done: dict[str, date] = {}

    async def work(self, schema: str, now: datetime | None = None) -> None:
        async with self._database.transaction() as connection:
            desk = Desk(connection, await _house(connection, schema, now or datetime.now(UTC)), self._bus)
            if self._done.get(schema) == desk.today or REGISTRATION not in desk.session.full.by_name:
                return
            await expire(desk)
            await remind(desk)
            self._done[schema] = desk.today


async def expire(desk: Desk) -> int:
    """What was protected until before today is free."""
    rows = await ask(desk.connection, desk.session, ENDED, today=desk.today)
    if rows:
        async with as_house(desk.connection):
            changes = [Change(row[0], {"status": EXPIRED}) for row in rows]
            await desk.house.update(desk.full(REGISTRATION), changes)
    return len(rows)


async def remind(desk: Desk) -> int:
    """One word to each owner. A round that runs twice in a day says it once: equal notices are one."""
    rows = await ask(desk.connection, desk.session, ENDING, soon=desk.today + SOON)
    obj = desk.full(REGISTRATION)
    notices = [
        Notice(
            row[0],
            "registration_ends",
            obj.id,
            row[1],
            None,
            {"day": row[2].isoformat()},
            f"registration_ends:{row[1]}",
        )
        for row in rows
    ]
    await notify(desk.connection, desk.session.full.schema, notices)
    return len(notices)


async def _house(connection: Connection, schema: str, now: datetime) -> Session:
    actor = system_actor(schema, await control.read_language(connection, schema))
    catalog = await load_catalog(connection, schema)
    currency = await control.read_currency(connection, schema)
    return replace(Session(actor, system_policy(actor), catalog, currency=currency), now=now)
