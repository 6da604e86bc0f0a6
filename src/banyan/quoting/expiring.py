"""The worker's round: quotes whose validity is over are expired, and their links answer no more."""

from datetime import UTC, datetime
from uuid import UUID

import orjson
import structlog

from banyan.access.policy import system_policy
from banyan.db import control
from banyan.db.database import Database
from banyan.events import EventBus
from banyan.kernel.actor import system_actor
from banyan.metadata.store import load_catalog
from banyan.query.parsed import ParsedQuery
from banyan.quoting.repricing import today_of
from banyan.quoting.sending import end_links
from banyan.records import documents, queries
from banyan.records.commands import Change, Commands
from banyan.records.locking import as_house
from banyan.records.session import Session

EVERY_S = 900.0
_AT_ONCE = 500
_log = structlog.get_logger("banyan.quoting")


class Expiry:
    """All workspaces, one after the other."""

    def __init__(self, database: Database, bus: EventBus) -> None:
        self._database = database
        self._bus = bus

    async def work(self, schema: str, now: datetime | None = None) -> int:
        """How many expired now."""
        async with self._database.reader() as connection:
            actor = system_actor(schema, await control.read_language(connection, schema))
            currency = await control.read_currency(connection, schema)
            catalog = await load_catalog(connection, schema)
        moment = now or datetime.now(UTC)
        session = Session(actor, system_policy(actor), catalog, currency=currency, now=moment)
        count = 0
        while (some := await self._some(session)) > 0:
            count += some
        return count

    async def _some(self, session: Session) -> int:
        kind = documents.document_kind(session.full, "quote")
        if kind is None:
            return 0
        where = {
            "and": [
                {"field": "status", "op": "eq", "value": "sent"},
                {"field": "valid_until", "op": "lt", "value": today_of(session).isoformat()},
            ]
        }
        query = ParsedQuery(select=("version",), where=where, limit=_AT_ONCE)
        async with self._database.transaction() as connection:
            page = await queries.query_page(connection, session, kind.head, query)
            rows = orjson.loads(page.rows)
            if not rows:
                return 0
            # With its version: one that is being answered at this moment stays with its answer.
            changes = [Change(UUID(row["id"]), {"status": "expired"}, row["version"]) for row in rows]
            async with as_house(connection):
                await Commands(connection, session, self._bus, house=True).update(kind.head, changes)
            ids = [change.id for change in changes]
            await end_links(connection, session.full.schema, ids, session.now or datetime.now(UTC))
        return len(rows)
