"""The worker's side of recalculations: chunk after chunk, each in its own transaction."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
import sqlalchemy as sa
import structlog

from banyan.db import recalculations
from banyan.db.compile import compile_statement
from banyan.db.database import Connection, Database
from banyan.db.recalculations import Recalculation
from banyan.kernel.errors import BanyanError
from banyan.metadata.catalog import Catalog, Field, Object
from banyan.metadata.computing import Node, computed_of, id_array, reached_back
from banyan.metadata.formulas.facade import Hop
from banyan.records.computed import Computing
from banyan.records.house import HouseSessions
from banyan.records.session import Session

CHUNK = 2_000
EVERY_S = 1.0
_PACES = {"daily": "%Y-%m-%d", "hourly": "%Y-%m-%d %H"}
_log = structlog.get_logger("banyan.recalculating")


class Recalculator:
    """Works off what waits in every workspace; several workers may do so at once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sessions = HouseSessions()

    async def pass_over(self, schema: str) -> None:
        """What a round does in one workspace."""
        await self.mark_the_time(schema)
        await self.work(schema)

    async def work(self, schema: str) -> int:
        """Until nothing waits; returns how many chunks were done."""
        count = 0
        while await self._chunk(schema):
            count += 1
        return count

    async def mark_the_time(self, schema: str, now: datetime | None = None) -> None:
        """When a day or an hour has passed, what depends on it is written down to be set anew."""
        async with self._database.reader() as connection:
            session = await self._sessions.of(connection, schema)
        moment = (now or datetime.now(UTC)).astimezone(ZoneInfo(session.timezone))
        for pace, form in _PACES.items():
            nodes = computed_of(session.full).reading(volatile=pace)
            if nodes and await self._is_new(schema, pace, moment, form):
                async with self._database.transaction() as connection:
                    await recalculate(connection, session.full, nodes, pace)
                    await recalculations.note_mark(connection, schema, pace, moment)

    async def _is_new(self, schema: str, pace: str, moment: datetime, form: str) -> bool:
        async with self._database.reader() as connection:
            last = await recalculations.read_mark(connection, schema, pace)
        return last is None or last.astimezone(moment.tzinfo).strftime(form) != moment.strftime(form)

    async def _chunk(self, schema: str) -> bool:
        found: Recalculation | None = None
        try:
            async with self._database.transaction() as connection:
                found = await recalculations.take_next(connection, schema)
                if found is None:
                    return False
                await _set_chunk(connection, await self._sessions.of(connection, schema), found)
        except (BanyanError, psycopg.Error) as error:
            if found is None:
                raise
            if getattr(error, "code", None) == "serialization_failure":
                return True  # Somebody wrote the same rows; the chunk is done again.
            _log.warning("recalculation_failed", schema=schema, error=str(error))
            async with self._database.transaction() as connection:
                await recalculations.note_failure(connection, schema, found.id, str(error))
        return True


async def recalculate(connection: Connection, catalog: Catalog, nodes: Sequence[Node], reason: str) -> None:
    """Write down that `nodes` and all that follows from them are to be set anew in all rows, in their order."""
    for object_id, field_id in computed_of(catalog).downstream(nodes):
        await recalculations.write_recalculation(connection, catalog.schema, object_id, [field_id], reason)


async def _set_chunk(connection: Connection, session: Session, found: Recalculation) -> None:
    computed, schema = computed_of(session.full), session.full.schema
    nodes = [
        (found.object_id, each)
        for each in found.field_ids
        if (found.object_id, each) in computed.computations
    ]
    obj = session.full.by_id.get(found.object_id)
    if not nodes or obj is None:  # The field is gone since.
        await recalculations.finish(connection, schema, found)
        return
    rows = await _next_rows(connection, session.full, obj, found)
    if found.total is None:
        await recalculations.note_total(connection, schema, found, await _count(connection, obj))
    if rows:
        await Computing(connection, session).settle({node: set(rows) for node in nodes})
        await recalculations.note_progress(connection, schema, found, rows[-1], len(rows))
    if len(rows) < CHUNK:
        await recalculations.finish(connection, schema, found)


async def _next_rows(
    connection: Connection, catalog: Catalog, obj: Object, found: Recalculation
) -> list[UUID]:
    table = obj.table.alias("r")
    query = sa.select(table.c.id).where(table.c.deleted_at.is_(None)).order_by(table.c.id).limit(CHUNK)
    binds: dict[str, Any] = {}
    if found.last is not None:
        query = query.where(table.c.id > sa.cast(sa.bindparam("last", type_=sa.types.NULLTYPE), sa.Uuid))
        binds["last"] = found.last
    if found.scope is not None:
        way = _way(catalog, obj, found.scope["way"])
        if way is None:
            return []
        query = query.where(table.c.id.in_(reached_back(way, obj, id_array("scope"))))
        binds["scope"] = found.scope["ids"]
    statement = compile_statement(query)
    cursor = await connection.execute(statement.sql, {**statement.params, **binds})
    return [row[0] for row in await cursor.fetchall()]


def _way(catalog: Catalog, obj: Object, written: Sequence[tuple[str, bool]]) -> tuple[Hop, ...] | None:
    """The hops as the catalog has them today; None when one is gone."""
    hops: list[Hop] = []
    current = obj
    for field_id, many in written:
        holders = catalog.objects if many else (current,)
        place = next(((each, f) for each in holders for f in each.fields if str(f.id) == field_id), None)
        if place is None:
            return None
        holder, field = place
        reached = holder if many else _target(catalog, field)
        if reached is None:
            return None
        hops.append(Hop(field, many, reached))
        current = reached
    return tuple(hops)


def _target(catalog: Catalog, field: Field) -> Object | None:
    return catalog.by_name.get(str(field.target))


async def _count(connection: Connection, obj: Object) -> int:
    table = obj.table
    statement = compile_statement(
        sa.select(sa.func.count()).select_from(table).where(table.c.deleted_at.is_(None))
    )
    row = await (await connection.execute(statement.sql, dict(statement.params))).fetchone()
    return int(row[0]) if row else 0
