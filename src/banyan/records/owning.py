"""Records changing hands by the house: out of a pool, back, from one to another; set statements, then what follows.

Who may is asked before, by the feature that calls. What is computed is set, hooks hear of it, people are told of what
came to them by another's hand: as for any other change of owner.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import sql

from banyan.db.database import Connection
from banyan.events import Event, EventBus
from banyan.extension.writes import HOOKS, Write
from banyan.metadata.catalog import DEPARTMENT_COLUMN, Field, Object
from banyan.query import load_plans, owning
from banyan.query.owning import Kept
from banyan.query.recycling import condition_of
from banyan.query.resolved import ResolvedFilter
from banyan.records.commands import ASSIGNED
from banyan.records.following import follow
from banyan.records.session import Session

UPDATED = "record.updated"
MOST_EVENTS = 1_000  # of one move: a pass over a million tells nobody of each


@dataclass(frozen=True)
class Given:
    """How records come to somebody: the word kept in their history, and the moments that follow from the pool."""

    began: str
    now: datetime
    protected: datetime | None = None
    respond: datetime | None = None


@dataclass(frozen=True)
class Moved:
    id: UUID
    version: int
    person: UUID | None


@dataclass(frozen=True)
class Settled:
    """Of the rows of a write: those that are nobody's and in no pool, and the owned ones by their pool."""

    nobodys: tuple[UUID, ...]
    by_pool: Mapping[UUID, Sequence[UUID]]


class Owning:
    """Moves records of one object in the caller's transaction."""

    def __init__(
        self, connection: Connection, session: Session, bus: EventBus, obj: Object, kept: Kept
    ) -> None:
        self._connection = connection
        self._session = session
        self._bus = bus
        self._obj = self.obj = session.full.by_id[obj.id]
        self._kept = kept

    async def let_in(
        self, pool: UUID, ids: Sequence[UUID], node: ResolvedFilter | None, now: datetime
    ) -> list[UUID]:
        """What has neither owner nor pool, and matches, lies in this one from now on."""
        text, values = ("true", {}) if node is None else condition_of(self._obj, node)
        binds = {**values, "ids": list(ids), "pool": pool, "now": now}
        cursor = await self._execute(owning.let_in(self._obj, self._kept, text), binds)
        found = [row[0] for row in await cursor.fetchall()]
        await self._follow(found, {self._kept.pool, self._kept.pooled_at})
        return found

    async def lock(self, ids: Sequence[UUID]) -> None:
        """Hold the rows, in the one order that everybody keeps who takes several."""
        await self._connection.execute(owning.give_in_order(self._obj), {"ids": list(ids)})

    async def give(self, pool: UUID, pairs: Sequence[tuple[UUID, UUID]], how: Given) -> list[Moved]:
        """Those of the records (with whom they go to) that nobody owned; the claim itself, and its history."""
        ids = [pair[0] for pair in pairs]
        if len(ids) > 1:
            await self.lock(ids)
        moved = await self._run(
            owning.give(self._obj, self._kept),
            {
                "ids": ids,
                "people": [pair[1] for pair in pairs],
                "pool": pool,
                "now": how.now,
                "protected": how.protected,
                "respond": how.respond,
                "began": how.began,
            },
        )
        await self._after(moved)
        return moved

    async def take(
        self,
        pool: UUID | None,
        ids: Sequence[UUID],
        reason: str | None,
        ended: str,
        now: datetime,
        *,
        owned: bool = True,
    ) -> list[Moved]:
        """Into a pool; `owned`: only what somebody has."""
        binds = {"ids": list(ids), "pool": pool, "now": now, "reason": reason, "ended": ended, "run": None}
        moved = await self._run(owning.take(self._obj, self._kept, owned=owned), binds)
        await self._after(moved)
        return moved

    async def take_due(self, due: str, binds: Mapping[str, Any]) -> list[Moved]:
        """One chunk of a recycle pass."""
        moved = await self._run(owning.take_due(self._obj, self._kept, due), binds)
        await self._after(moved)
        return moved

    async def hand(self, to: UUID, ids: Sequence[UUID], reason: str | None, how: Given) -> list[Moved]:
        """From who has them to another person."""
        binds = {"ids": list(ids), "to": to, "now": how.now, "reason": reason, "ended": how.began}
        moved = await self._run(owning.hand(self._obj, self._kept), binds)
        await self._open([each.id for each in moved], how)
        await self._after([Moved(each.id, each.version, to) for each in moved])
        return moved

    async def restore(self, run: UUID, now: datetime) -> list[Moved]:
        """What a run took and nobody has claimed since, to those who had it."""
        cursor = await self._execute(owning.restore(self._obj, self._kept), {"run": run, "now": now})
        moved = [Moved(row[0], 0, row[1]) for row in await cursor.fetchall()]
        await self._after(moved)
        return moved

    async def mark(self, ids: Sequence[UUID], column: str, value: object) -> list[UUID]:
        """Set a lock or a protection, with history."""
        statement = owning.mark(self._obj, self._kept, column)
        cursor = await self._execute(statement, {"ids": list(ids), "value": value})
        rows = await cursor.fetchall()
        found = [row[0] for row in rows]
        await self._follow(found, {column})
        return found

    async def settle(self, write: Write, began: str, now: datetime) -> Settled:
        """After a write by any path: periods of what changed hands end and begin, and the times that follow."""
        cursor = await self._execute(owning.standing(self._obj, self._kept), {"ids": list(write.ids)})
        rows = await cursor.fetchall()
        changed = [row for row in rows if row[1] != row[2]]
        ids = [row[0] for row in changed]
        me = self._session.actor.user_id
        former: dict[str, list[UUID]] = {}
        for row in changed:
            if row[2] is not None:
                # Out of hand without another owner is given back or taken, whatever path it went: it cools off too.
                emptied = "released" if row[2] == me else "taken"
                former.setdefault("changed" if row[1] else emptied, []).append(row[0])
        for ended, gone in former.items():
            binds = {"ids": gone, "now": now, "ended": ended}
            await self._execute(owning.close_periods(self._obj, self._kept), binds)
        if any(row[1] is not None for row in changed):
            await self._open(ids, Given(began, now))
        if any(row[3] is not None for row in changed):
            await self._execute(owning.stamp_owners(self._obj, self._kept), {"ids": ids, "now": now})
        return Settled(
            tuple(row[0] for row in rows if row[1] is None and row[3] is None),
            {row[3]: [r[0] for r in rows if r[3] == row[3]] for row in rows if row[1] and row[3]},
        )

    async def _open(self, ids: Sequence[UUID], how: Given) -> None:
        binds = {"ids": list(ids), "now": how.now, "began": how.began, "respond": how.respond}
        await self._execute(owning.open_periods(self._obj, self._kept), binds)

    async def _run(self, statement: sql.Composed, binds: Mapping[str, Any]) -> list[Moved]:
        cursor = await self._execute(statement, binds)
        return [Moved(row[0], row[1], row[2]) for row in await cursor.fetchall()]

    async def _execute(self, statement: sql.Composed, binds: Mapping[str, Any]) -> Any:
        actor = self._session.actor
        common = {"actor": actor.user_id, "kind": actor.kind, "object_id": self._obj.id}
        # The same text each time, so that the driver finds it prepared.
        return await self._connection.execute(statement, {**common, **binds})

    async def _after(self, moved: Sequence[Moved]) -> None:
        kept = self._kept
        columns = {
            "owner_id",
            DEPARTMENT_COLUMN,
            kept.pool,
            kept.pooled_at,
            kept.pool_reason,
            kept.claimed_at,
        }
        await self._follow([each.id for each in moved], {*columns, "version", "updated_at", "updated_by"})
        ids = [each.id for each in moved]
        write = Write(self._connection, self._session, self._obj, ids, frozenset(columns))
        await HOOKS.after(write)
        await self._announce(moved)

    async def _follow(self, ids: Sequence[UUID], columns: set[str]) -> None:
        if ids:
            await follow(self._connection, self._session, self._obj, ids, columns)

    async def _announce(self, moved: Sequence[Moved]) -> None:
        actor, obj = self._session.actor, self._obj
        events: list[Event] = []
        if self._bus.wants(UPDATED):
            told = {"object": obj.api_name, "changed": ["owner"]}
            events = [
                Event(UPDATED, obj.id, each.id, actor.user_id, {**told, "version": each.version})
                for each in moved[:MOST_EVENTS]
            ]
        theirs: dict[UUID, list[UUID]] = {}
        for each in moved if actor.kind != "system" else ():
            if each.person is not None and each.person != actor.user_id:
                theirs.setdefault(each.person, []).append(each.id)
        events += [
            Event(
                ASSIGNED,
                obj.id,
                ids[0],
                actor.user_id,
                {"object": obj.api_name, "to": str(to), "count": len(ids)},
            )
            for to, ids in theirs.items()
        ]
        await self._bus.publish(self._connection, obj.schema, events)


async def unhurried(connection: Connection) -> None:
    """A pass may take longer than a request."""
    await connection.execute(load_plans.unhurried())


async def held(
    connection: Connection,
    obj: Object,
    kept: Kept,
    pool: UUID,
    people: Sequence[UUID],
    level: str | None,
    counted: str,
) -> list[tuple[UUID, str | None, int, int]]:
    """What people hold of a pool, by level: person, level, how many count, how many of them were never contacted."""
    binds = {"people": list(people), "pool": pool}
    cursor = await connection.execute(owning.held(obj, kept, level, counted), binds)
    return [(row[0], row[1], row[2], row[3]) for row in await cursor.fetchall()]


@dataclass(frozen=True)
class State:
    """How a record stands. `lost` is when the asking person last had it and it went back."""

    id: UUID
    owner: UUID | None
    pool: UUID | None
    locked: bool
    deleted: bool
    level: str | None
    lost: datetime | None
    version: int


async def states(
    connection: Connection, obj: Object, kept: Kept, ids: Sequence[UUID], me: UUID | None, level: str | None
) -> dict[UUID, State]:
    """A plain read, which waits for nobody."""
    cursor = await connection.execute(owning.state_of(obj, kept, level), {"ids": list(ids), "me": me})
    return {row[0]: State(*row) for row in await cursor.fetchall()}


async def first_contact(
    connection: Connection,
    session: Session,
    obj: Object,
    kept: Kept,
    child: Object,
    link: Field,
    ids: Sequence[UUID],
    now: datetime,
) -> None:
    """Activities that happened, on the records they were with; nothing where the fields are others today."""
    happened, kind = child.field("happened_at"), child.field("kind")
    if happened is None or happened.definition.type != "datetime":
        return
    choice = kind.physical() if kind is not None and kind.definition.type == "single_choice" else None
    statement = owning.first_contact(obj, kept, child, link.physical(), happened.physical(), choice)
    rows = await (await connection.execute(statement, {"ids": list(ids), "now": now})).fetchall()
    if rows:
        await follow(connection, session, obj, [row[0] for row in rows], {kept.first_contacted_at})


async def pools_of_parents(
    connection: Connection, obj: Object, kept: Kept, child: Object, link: Field, ids: Sequence[UUID]
) -> dict[UUID, list[UUID]]:
    """Owned records of a pool that the children name, by pool."""
    statement = owning.pools_of_parents(obj, kept, child, link.physical())
    found: dict[UUID, list[UUID]] = {}
    for pool, record in await (await connection.execute(statement, {"ids": list(ids)})).fetchall():
        found.setdefault(pool, []).append(record)
    return found
