"""The log of slow statements: a ring in memory, written down every other second by who keeps it."""

from collections import defaultdict, deque
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import psycopg
import structlog
from psycopg.abc import Query

from banyan.db.database import Connection, Database
from banyan.db.plans import generic_plan
from banyan.db.slow import SlowStatement, write_slow
from banyan.kernel.errand import Errand, Place, current_errand
from banyan.kernel.errors import BanyanError
from banyan.observing.scrub import for_plan, mark, scrubbed, text_of

MOST_WAITING = 500
MOST_PLANS = 1_000
_log = structlog.get_logger("banyan.slow")


@dataclass(frozen=True)
class _Seen:
    at: datetime
    seconds: float
    query: Query
    errand: Errand | None


class SlowLog:
    """One per process. Told of every statement; a fast one costs a comparison."""

    def __init__(self, threshold_s: float) -> None:
        self._threshold_s = threshold_s
        self._waiting: deque[_Seen] = deque(maxlen=MOST_WAITING)
        self._plans: dict[str, str | None] = {}
        self.seen = 0

    def __call__(self, query: Query, seconds: float) -> None:
        if seconds < self._threshold_s:
            return
        self.seen += 1
        self._waiting.append(_Seen(datetime.now(UTC), seconds, query, current_errand()))

    async def flush(self, database: Database) -> None:
        """Write down what was seen, each in its workspace; what belongs to none is only logged."""
        if not self._waiting:
            return
        seen = [self._waiting.popleft() for _ in range(len(self._waiting))]
        rows: dict[str, list[SlowStatement]] = defaultdict(list)
        for each in seen:
            place = None if each.errand is None else each.errand.place()
            text = text_of(each.query)
            if place is None or place.schema is None:
                where = "unknown" if place is None else place.route
                _log.warning(
                    "slow_statement", route=where, seconds=round(each.seconds, 3), statement=scrubbed(text)
                )
                continue
            rows[place.schema].append(_row(each, place, text, await self._plan(database, text)))
        for schema, found in rows.items():
            try:
                async with database.transaction() as connection:
                    await write_slow(connection, schema, found)
            except (
                BanyanError,
                psycopg.Error,
            ) as error:  # A workspace that is being dropped, a database away.
                _log.warning("slow_statements_not_kept", schema=schema, error=type(error).__name__)

    async def _plan(self, database: Database, text: str) -> str | None:
        """The hash of the statement's generic plan, asked once per text."""
        if text in self._plans:
            return self._plans[text]
        if len(self._plans) >= MOST_PLANS:
            self._plans.clear()
        asked, found = for_plan(text), None
        if asked is not None:
            found = await _plan_hash(database, asked)
        self._plans[text] = found
        return found


async def _plan_hash(database: Database, asked: str) -> str | None:
    try:
        async with database.reader() as connection:
            return mark(await _plan_of(connection, asked))
    except (BanyanError, psycopg.Error):  # A parameter whose type only its value tells.
        return None


async def _plan_of(connection: Connection, asked: str) -> str:
    return scrubbed(await generic_plan(connection, asked))


def _row(each: _Seen, place: Place, text: str, plan: str | None) -> SlowStatement:
    bare = scrubbed(text)
    return SlowStatement(
        kind=place.kind,
        route=place.route,
        object=place.object,
        view_id=_uuid(place.view),
        seconds=each.seconds,
        statement=bare,
        statement_hash=mark(bare),
        plan_hash=plan,
        roles=list(place.roles),
        at=each.at,
    )


def _uuid(text: str | None) -> UUID | None:
    try:
        return None if text is None else UUID(text)
    except ValueError:
        return None
