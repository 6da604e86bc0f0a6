"""Indexes that administrators asked for: made and dropped in the worker, while everybody goes on working.

A job that is killed is given back to the queue: the index that it left half made is dropped and made anew.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
import psycopg
import sqlalchemy as sa

from banyan.advisor.looking import can_lead, columns_of
from banyan.advisor.tables import index_table
from banyan.audit.facade import write_audit
from banyan.db.database import Connection, Database
from banyan.db.indexes import progress_on, uses_of
from banyan.db.locks import try_session_lock
from banyan.db.statements import as_text, run
from banyan.jobs import JobQueue, Payload
from banyan.kernel.actor import Actor
from banyan.kernel.errors import BanyanError, Conflict, FieldProblem, InvalidInput, NotFound
from banyan.kernel.ids import new_id
from banyan.metadata.catalog import Catalog, Field, Object
from banyan.metadata.changes import ddl
from banyan.metadata.changes.indexing import MAKING, make_index
from banyan.metadata.store import load_catalog

JOB = "advisor.index"
MOST_FIELDS = 4
WATCH_S = 1.0
KEPT = 20  # of those that failed or were dropped, the newest are told
_COMING, _OVER = ("waiting", "making"), ("failed", "dropped")


@dataclass(frozen=True)
class Asked:
    """What an administrator asked for, and how it stands."""

    id: UUID
    object: Object | None
    fields: tuple[Field, ...]
    name: str
    state: str
    progress: dict[str, Any]
    error: str | None
    created_at: str


def fields_of(obj: Object, names: Sequence[str]) -> tuple[Field, ...]:
    """Raises InvalidInput for a name that no plain column stands behind, and for texts too long to stand in one."""
    found = []
    for place, name in enumerate(names):
        field = obj.field(name)
        if field is None or not can_lead(field):
            raise InvalidInput(
                problems=[FieldProblem(f"/fields/{place}", "advisor_no_column", {"field": name})]
            )
        found.append(field)
    if not 1 <= len(found) <= MOST_FIELDS or len(set(found)) != len(found):
        raise InvalidInput(problems=[FieldProblem("/fields", "advisor_fields", {"most": MOST_FIELDS})])
    if not ddl.fit_together(found):
        raise InvalidInput(problems=[FieldProblem("/fields", "advisor_too_long", {})])
    return tuple(found)


async def ask_for(
    connection: Connection, actor: Actor, queue: JobQueue, obj: Object, fields: Sequence[Field]
) -> UUID:
    """Queue the making of an index on these fields. Raises Conflict where it stands or is being made."""
    name, index_id = ddl.joint_index_name(obj, columns_of(fields)), new_id()
    table = index_table(obj.schema)
    stands = (await uses_of(connection, obj.schema, [name])).get(name)
    if stands is not None and stands.is_valid:  # What a failed attempt could not take away is made anew.
        raise Conflict("advisor_stands")
    values = {
        "id": index_id,
        "object_id": obj.id,
        "fields": [field.id for field in fields],
        "name": name,
        "asked_by": actor.user_id,
    }
    try:
        async with connection.transaction():
            await run(connection, sa.insert(table).values(**values))
    except psycopg.errors.UniqueViolation as error:
        raise Conflict("advisor_stands") from error
    await _queue(connection, queue, obj.schema, index_id)
    await _audit(connection, actor, "index_asked", obj, fields)
    return index_id


async def ask_to_drop(
    connection: Connection, actor: Actor, queue: JobQueue, catalog: Catalog, index_id: UUID
) -> None:
    """Queue the dropping of an index that an administrator asked for; one that is being made is given up.

    Raises NotFound for any other.
    """
    table = index_table(catalog.schema)
    wanted = (
        sa.update(table)
        .where(table.c.id == index_id, table.c.state.in_((*_COMING, "ready")))
        .values(state="dropping", error=None)
        .returning(table.c.object_id, table.c.fields)
    )
    row = await (await run(connection, wanted)).fetchone()
    if row is None:
        raise NotFound("advisor_unknown")
    await _queue(connection, queue, catalog.schema, index_id)
    obj = catalog.by_id.get(row[0])
    if obj is not None:
        await _audit(connection, actor, "index_dropped", obj, _fields(obj, row[1]))


async def asked_for(connection: Connection, catalog: Catalog) -> list[Asked]:
    """What was asked for, the newest first; of what is over only the latest. What went with a field is not told."""
    table = index_table(catalog.schema)
    over = sa.case((table.c.state.in_(_OVER), 1), else_=0)
    columns = (
        table.c.id,
        table.c.object_id,
        table.c.fields,
        table.c.name,
        table.c.state,
        table.c.progress,
        table.c.error,
        as_text(table.c.created_at),
    )
    rows = await (await run(connection, sa.select(*columns).order_by(over, table.c.id.desc()))).fetchall()
    found, ended, told = [], 0, set()
    for row in rows:
        if row[3] in told:
            continue  # It was asked for again since.
        told.add(row[3])
        ended += row[4] in _OVER
        obj = catalog.by_id.get(row[1])
        fields = () if obj is None else _fields(obj, row[2])
        if ended <= KEPT and len(fields) == len(row[2]):
            found.append(Asked(row[0], obj, fields, row[3], row[4], orjson.loads(row[5]), row[6], row[7]))
    return found


@dataclass
class Maker:
    """Does in the worker what was asked for."""

    database: Database

    async def work(self, payload: Payload) -> None:
        """One index, made or dropped. What hinders is written where administrators look."""
        schema, index_id = str(payload["schema"]), UUID(str(payload["index"]))
        table = index_table(schema)
        async with self.database.reader() as connection:
            catalog = await load_catalog(connection, schema)
            asked = sa.select(table.c.object_id, table.c.fields, table.c.name, table.c.state)
            row = await (await run(connection, asked.where(table.c.id == index_id))).fetchone()
        obj = None if row is None else catalog.by_id.get(row[0])
        if row is None or row[3] not in (*_COMING, "dropping"):
            return
        fields = () if obj is None else _fields(obj, row[1])
        try:
            if obj is None or len(fields) != len(row[1]):
                raise NotFound("advisor_field_gone")
            if row[3] != "dropping":
                await self._make_one(obj, row[2], columns_of(fields), index_id)
            # Asked of the table: another run of this job may have been the one that made it ready.
            if await self._set(schema, index_id, ("dropping",), error=None):
                await self._drop(obj, row[2])
                await self._set(schema, index_id, ("dropping",), state="dropped", ended_at=sa.func.now())
        except (BanyanError, psycopg.Error) as error:  # Such as a text too long to stand in an index.
            code = error.code if isinstance(error, BanyanError) else "advisor_not_made"
            # One that was to be dropped meanwhile is left to the job that drops it.
            came_from = ("dropping",) if row[3] == "dropping" else _COMING
            await self._set(schema, index_id, came_from, state="failed", error=code, ended_at=sa.func.now())

    async def _make_one(self, obj: Object, name: str, columns: Sequence[str], index_id: UUID) -> None:
        """Make it and say so, unless it is to be dropped, also where that was asked for meanwhile."""
        if await self._set(obj.schema, index_id, _COMING, state="making", error=None) and (
            await self._stands(obj, name, columns, index_id)
        ):
            await self._set(obj.schema, index_id, _COMING, state="ready", ended_at=sa.func.now())

    async def _stands(self, obj: Object, name: str, columns: Sequence[str], index_id: UUID) -> bool:
        """Wait until it stands; False where it was given up meanwhile."""
        making = asyncio.create_task(self._make(obj, name, columns))
        watch = asyncio.create_task(self._watch(obj, index_id, making))
        try:
            await making
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise  # The whole job is broken off.
            return False
        else:
            return True
        finally:
            watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watch

    async def _make(self, obj: Object, name: str, columns: Sequence[str]) -> None:
        """Until it stands: while another is being made somewhere, this one waits."""
        while True:
            await make_index(self.database, obj, columns)
            async with self.database.reader() as connection:
                stands = (await uses_of(connection, obj.schema, [name])).get(name)
            if stands is not None and stands.is_valid:
                return
            await asyncio.sleep(WATCH_S)

    async def _watch(self, obj: Object, index_id: UUID, making: asyncio.Task[None]) -> None:
        """Write down how far it is, and give it up where it is to be dropped.

        Whether it stands is not a matter of whether anybody could look on: who is cut off looks again.
        """
        while not making.done():
            with contextlib.suppress(BanyanError, psycopg.Error):
                # Only the role that makes an index is told how far it is.
                async with self.database.upkeep() as owner:
                    while True:
                        if await self._is_unwanted(owner, obj, index_id):
                            making.cancel()
                            return
                        await asyncio.sleep(WATCH_S)
            await asyncio.sleep(WATCH_S)

    async def _is_unwanted(self, owner: Connection, obj: Object, index_id: UUID) -> bool:
        """Whether it is to be dropped; else it is written down how far it is."""
        table = index_table(obj.schema)
        row = await (await run(owner, sa.select(table.c.state).where(table.c.id == index_id))).fetchone()
        if row is not None and row[0] == "dropping":
            return True
        found = await progress_on(owner, obj.schema, obj.table_name)
        if found is not None:
            said = {"phase": found.phase, "part": round(found.part, 3)}
            await self._set(obj.schema, index_id, progress=said)
        return False

    async def _drop(self, obj: Object, name: str) -> None:
        """When no other index is being made: two that wait for each other's work would wait for ever."""
        async with self.database.upkeep() as connection:
            while True:
                if await try_session_lock(connection, MAKING):
                    await connection.execute(ddl.drop_beside(obj, name))
                    return
                await asyncio.sleep(WATCH_S)

    async def _set(self, schema: str, index_id: UUID, states: Sequence[str] = (), **values: Any) -> bool:
        """Write values of one that is in one of `states`, or in any; whether it was."""
        table = index_table(schema)
        where = [table.c.id == index_id, *([table.c.state.in_(states)] if states else [])]
        async with self.database.transaction() as connection:
            return (await run(connection, sa.update(table).where(*where).values(**values))).rowcount > 0


def _fields(obj: Object, keys: Sequence[UUID]) -> tuple[Field, ...]:
    known = {field.id: field for field in obj.fields}
    return tuple(known[key] for key in keys if key in known)


async def _queue(connection: Connection, queue: JobQueue, schema: str, index_id: UUID) -> None:
    await queue.defer(
        connection, JOB, {"schema": schema, "index": str(index_id)}, lock=f"advisor.index:{schema}"
    )


async def _audit(
    connection: Connection, actor: Actor, action: str, obj: Object, fields: Sequence[Field]
) -> None:
    target = {"object": obj.api_name, "fields": [field.api_name for field in fields]}
    await write_audit(connection, actor, action, target, {}, object_id=obj.id)
