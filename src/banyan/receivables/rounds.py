"""The worker's rounds: once a day all money is reconciled, and owners are told of what is due, late or ends."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog

from banyan.access.policy import system_policy
from banyan.db import control
from banyan.db.database import Connection, Database
from banyan.events import EventBus
from banyan.kernel.actor import system_actor
from banyan.metadata.store import load_catalog
from banyan.notifications.inbox import Notice, notify
from banyan.query.receivables_reports import TELL_DUE, TELL_RENEWAL
from banyan.receivables.reconciliation import reconcile
from banyan.receivables.working import Desk
from banyan.records.ledgers import ask
from banyan.records.session import Session

EVERY_S = 900.0
NIGHT_HOUR, DAY_HOUR = 3, 8
SOON = timedelta(days=7)
_log = structlog.get_logger("banyan.receivables")


class Rounds:
    """All workspaces, one after the other; each does its night's and its day's work once."""

    def __init__(self, database: Database, bus: EventBus) -> None:
        self._database = database
        self._bus = bus
        self._done: dict[tuple[str, str], date] = {}

    async def work(self, schema: str, now: datetime | None = None) -> None:
        """Nothing before its hour, or twice in a day."""
        async with self._database.reader() as connection:
            session = await _house(connection, schema, now or datetime.now(UTC))
        local = (session.now or datetime.now(UTC)).astimezone(ZoneInfo(session.timezone))
        for name, hour in (("check", NIGHT_HOUR), ("tell", DAY_HOUR)):
            if local.hour < hour or self._done.get((schema, name)) == local.date():
                continue
            async with self._database.transaction() as connection:
                desk = Desk(connection, session, self._bus)
                if name == "check":
                    await reconcile(desk, local.date())
                elif "payment_plan" in session.full.by_name:
                    await remind(desk)
            self._done[schema, name] = local.date()


async def remind(desk: Desk) -> int:
    """Tell owners once before an instalment is due, once when it is late, and once before a contract ends."""
    today, session = desk.today, desk.session
    binds = {"now": desk.now, "today": today, "timezone": session.timezone}
    due = await ask(desk.connection, session, TELL_DUE, soon=today + SOON, **binds)
    ending = await ask(desk.connection, session, TELL_RENEWAL, **binds)
    late = [(row[0], row[1], row[3]) for row in due if row[2]]
    soon = [(row[0], row[1], row[3]) for row in due if not row[2]]
    notices = [
        *_notices(session, "plan_late", "payment_plan", late),
        *_notices(session, "plan_due", "payment_plan", soon),
        *_notices(session, "renewal_due", "contract", ending),
    ]
    await notify(desk.connection, session.full.schema, notices)
    return len(notices)


def _notices(session: Session, kind: str, name: str, rows: Sequence[Any]) -> list[Notice]:
    """One to each owner: of the first of theirs, with how many there are."""
    theirs: dict[UUID, list[tuple[UUID, date]]] = {}
    for owner, record, day in rows:
        theirs.setdefault(owner, []).append((record, day))
    obj, found = session.full.object(name), []
    for owner, records in theirs.items():
        record, day = min(records, key=lambda each: (each[1], each[0]))
        params = {"day": day.isoformat()}
        found.append(Notice(owner, kind, obj.id, record, None, params, f"{kind}:{record}", len(records)))
    return found


async def _house(connection: Connection, schema: str, now: datetime) -> Session:
    actor = system_actor(schema, await control.read_language(connection, schema))
    catalog = await load_catalog(connection, schema)
    currency = await control.read_currency(connection, schema)
    return replace(Session(actor, system_policy(actor), catalog, currency=currency), now=now)
