"""The newest of a workspace's history and inbox, read together for all who listen in this process.

History ids are UUIDv7: made in the order of time, but committed a little out of it. Each look therefore goes back some
seconds, and what was told already is remembered for as long.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa

from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.live.tables import live_tables

LOOK_BACK_S = 10.0
MOST = 2_000


@dataclass(frozen=True)
class RecordChange:
    object_id: UUID
    record_id: UUID
    version: int
    actor_id: UUID | None


@dataclass(frozen=True)
class News:
    """`objects`: something of them changed. `inbox`: people to whom something came. `flood`: too much to name."""

    records: tuple[RecordChange, ...] = ()
    objects: frozenset[UUID] = frozenset()
    inbox: frozenset[UUID] = frozenset()
    flood: bool = False

    def __bool__(self) -> bool:
        return bool(self.records or self.inbox or self.flood)


def id_at(seconds: float) -> UUID:
    """The least UUIDv7 of a moment (Unix seconds)."""
    return UUID(int=(int(seconds * 1000) & 0xFFFFFFFFFFFF) << 80 | 0x7 << 76 | 0x2 << 62)


@dataclass
class Newest:
    """What one workspace's listeners have been told, and what is new since."""

    schema: str
    _told: dict[UUID, float] = field(default_factory=dict)
    _began: float = field(default_factory=time.time)

    async def read(self, connection: Connection) -> News:
        """Everything committed since the last look."""
        now = time.time()
        since = id_at(max(now - LOOK_BACK_S, self._began - 1))
        tables = live_tables(self.schema)
        h = tables.history.c
        recent = sa.select(h.id, h.object_id, h.record_id, h.version, h.actor_id).where(h.id > since)
        rows = await (await run(connection, recent.order_by(h.id.desc()).limit(MOST))).fetchall()
        n = tables.notification.c
        window = sa.func.now() - sa.cast(f"{LOOK_BACK_S} seconds", sa.Interval)
        came = sa.select(n.id, n.user_id, sa.func.extract("epoch", n.created_at)).where(n.created_at > window)
        letters = await (await run(connection, came.limit(MOST))).fetchall()
        fresh = [row for row in rows if self._new(row[0], now)]
        # A notification that grows keeps its id: its time is part of what was told.
        people = [row[1] for row in letters if self._new(_key(row[0], row[2]), now)]
        self._forget(now)
        return News(
            tuple(RecordChange(row[1], row[2], row[3], row[4]) for row in reversed(fresh)),
            frozenset(row[1] for row in fresh),
            frozenset(people),
            flood=len(rows) == MOST and len(fresh) > MOST // 2,
        )

    def _new(self, key: UUID, now: float) -> bool:
        known = key in self._told
        self._told[key] = self._told.get(key, now)
        return not known

    def _forget(self, now: float) -> None:
        if len(self._told) > MOST:
            horizon = now - 3 * LOOK_BACK_S
            self._told = {key: at for key, at in self._told.items() if at > horizon}


def _key(notification: UUID, at: float) -> UUID:
    return UUID(int=notification.int ^ int(at * 1_000_000))


def wanted(news: News, records: Iterable[UUID]) -> list[RecordChange]:
    """The last change of each record that is watched."""
    watched, found = set(records), {}
    for change in news.records:
        if change.record_id in watched:
            found[change.record_id] = change
    return list(found.values())
