"""What was dropped is kept for some days with its data; after that its columns, tables and files go, for good.

The rows of metadata stay, marked: the history of records goes on naming the field, no later field takes its physical
name, and PostgreSQL counts its columns for ever. Taking back the change that dropped it is refused from then on.
"""

import asyncio
import random
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import structlog
from psycopg import sql

from banyan.audit.facade import write_audit
from banyan.db.database import Connection, Database
from banyan.kernel.actor import system_actor
from banyan.kernel.errors import BanyanError
from banyan.kernel.limits import DEFAULT_LIMITS, BuildLimits
from banyan.metadata.catalog import Field, Object
from banyan.metadata.changes.apply import LOCK_TIMEOUT_MS, read_state
from banyan.metadata.changes.ddl import table_of
from banyan.metadata.changes.state import State
from banyan.metadata.changes.steps import Statement
from banyan.metadata.store import CHANGED_CHANNEL

EVERY_S = 3_600
ATTEMPTS = 20
_log = structlog.get_logger("banyan.purge")


@dataclass(frozen=True)
class Batch:
    """What goes in one transaction: columns of one table, or whole tables that point at each other."""

    objects: frozenset[UUID] = frozenset()
    fields: frozenset[UUID] = frozenset()


class Purger:
    """The worker's round over all workspaces."""

    def __init__(self, database: Database, limits: BuildLimits = DEFAULT_LIMITS) -> None:
        self._database = database
        self._kept = timedelta(days=limits.kept_days)

    async def purge(self, schema: str, now: datetime | None = None) -> int:
        """Drop what was dropped longer ago than it is kept; returns how many fields and objects are gone.

        What stands in the way of one table holds up no other; the next round comes back to it.
        """
        before = (now or datetime.now(UTC)) - self._kept
        async with self._database.reader() as connection:
            waiting = await _expired(connection, schema, before)
            if not (waiting.fields or waiting.objects):
                return 0
            state = await read_state(connection, schema)
        count = 0
        for batch in _batches(state, waiting):
            try:
                count += await self._in_tries(schema, batch, before)
            except (BanyanError, psycopg.Error) as error:
                _log.warning("purge_put_off", schema=schema, reason=str(error))
        return count

    async def _in_tries(self, schema: str, batch: Batch, before: datetime) -> int:
        for attempt in range(ATTEMPTS):
            try:
                return await self._attempt(schema, batch, before)
            except BanyanError as error:
                if error.code != "lock_not_available" or attempt == ATTEMPTS - 1:
                    raise
                await asyncio.sleep(random.uniform(0.02, 0.1) * (1 + attempt / 10))  # noqa: S311 - jitter
        raise AssertionError

    async def _attempt(self, schema: str, batch: Batch, before: datetime) -> int:
        async with self._database.schema_change() as connection:
            await connection.execute(
                sql.SQL("SET LOCAL lock_timeout = {}").format(sql.Literal(f"{LOCK_TIMEOUT_MS}ms"))
            )
            await connection.execute("SET LOCAL statement_timeout = 0")  # Files of years may be many.
            state = await read_state(connection, schema, lock=True)
            # Looked at again behind the lock: somebody may have brought it back a moment ago.
            still = await _expired(connection, schema, before)
            fields = {each for each in batch.fields & still.fields if _dropped(state, each)}
            objects = _free(state, batch.objects & still.objects, fields)
            if not fields and not objects:
                return 0
            told = _told(state, fields, objects)
            await _mark(connection, schema, fields, objects)
            # Last, so that nobody waits behind these locks for the rest.
            for statement in _drops(state, fields, objects):
                await connection.execute(statement)
            await write_audit(connection, system_actor(schema), "configuration_purged", {}, {"purged": told})
            await connection.execute(
                "SELECT pg_notify(%(channel)s, %(schema)s)", {"channel": CHANGED_CHANNEL, "schema": schema}
            )
            return len(fields) + len(objects)


async def _expired(connection: Connection, schema: str, before: datetime) -> Batch:
    query = sql.SQL(
        "SELECT 'object', id FROM {0}.meta_object WHERE archived_at < %(before)s AND purged_at IS NULL "
        "UNION ALL SELECT 'field', id FROM {0}.meta_field WHERE archived_at < %(before)s AND purged_at IS NULL"
    ).format(sql.Identifier(schema))
    rows = await (await connection.execute(query, {"before": before})).fetchall()
    return Batch(
        frozenset(key for kind, key in rows if kind == "object"),
        frozenset(key for kind, key in rows if kind == "field"),
    )


def _batches(state: State, waiting: Batch) -> Iterator[Batch]:
    """Fields table by table, and only then whole tables: a column that is gone points nowhere any more."""
    by_object: dict[UUID, set[UUID]] = {}
    for each in waiting.fields:
        by_object.setdefault(state.fields[each].object_id, set()).add(each)
    for fields in by_object.values():
        yield Batch(fields=frozenset(fields))
    if waiting.objects:
        yield Batch(objects=waiting.objects)


def _dropped(state: State, field_id: UUID) -> bool:
    stored = state.fields[field_id]
    return stored.archived and not stored.purged and not state.objects[stored.object_id].purged


def _free(state: State, objects: Collection[UUID], gone: Collection[UUID]) -> set[UUID]:
    """Those of `objects` that no field which stays points at; one that is pointed at waits for it."""
    found = {each for each in objects if state.objects[each].archived and not state.objects[each].purged}
    if not found:
        return found
    names = {stored.definition.api_name for stored in state.objects.values() if not stored.archived}
    pointing = [
        (field.object_id, name)
        for field in state.fields.values()
        if not field.purged and field.id not in gone and not state.objects[field.object_id].purged
        for name in _field(state, field.id).reaches
        if name not in names  # Else it leads to the live object of that name.
    ]
    while True:
        held = {name for home, name in pointing if home not in found}
        left = {each for each in found if state.objects[each].definition.api_name not in held}
        if left == found:
            return found
        found = left


def _field(state: State, field_id: UUID) -> Field:
    obj = state.built(state.fields[field_id].object_id)
    return next(each for each in (*obj.fields, *obj.archived_fields) if each.id == field_id)


def _told(state: State, fields: Iterable[UUID], objects: Iterable[UUID]) -> list[str]:
    """What goes, as the audit names it."""
    named = [
        f"{state.objects[state.fields[each].object_id].definition.api_name}.{state.fields[each].definition.api_name}"
        for each in fields
    ]
    return sorted([*named, *(state.objects[each].definition.api_name for each in objects)])


async def _mark(connection: Connection, schema: str, fields: Iterable[UUID], objects: Iterable[UUID]) -> None:
    """Metadata says so; files of the fields go with their values. Files are not of this layer, as rights are not."""
    names = {
        name: sql.Identifier(schema, name) for name in ("meta_object", "meta_field", "meta_version", "file")
    }
    theirs = "id = ANY(%(fields)s) OR object_id = ANY(%(objects)s)"
    texts = (
        "UPDATE {meta_object} SET purged_at = now() WHERE id = ANY(%(objects)s)",
        f"DELETE FROM {{file}} WHERE field_id IN (SELECT id FROM {{meta_field}} WHERE {theirs})",
        f"UPDATE {{meta_field}} SET purged_at = now() WHERE purged_at IS NULL AND ({theirs})",
        "UPDATE {meta_version} SET version = version + 1",
    )
    binds = {"fields": list(fields), "objects": list(objects)}
    for text in texts:
        await connection.execute(sql.SQL(text).format(**names), binds)


def _drops(state: State, fields: Iterable[UUID], objects: Iterable[UUID]) -> list[Statement]:
    """Columns of one table in one ALTER; tables in one DROP, since they may point at each other.

    Without CASCADE: what still hangs on them is a fault here, and stops this.
    """
    columns: dict[Object, list[str]] = {}
    for each in fields:
        field = _field(state, each)
        held = columns.setdefault(state.built(state.fields[each].object_id), [])
        held.extend(field.physical(spec.suffix) for spec in field.specs)
    statements = [
        sql.SQL("ALTER TABLE {} {}").format(
            table_of(obj),
            sql.SQL(", ").join(sql.SQL("DROP COLUMN {}").format(sql.Identifier(name)) for name in names),
        )
        for obj, names in columns.items()
        if names
    ]
    tables = [table_of(state.built(each)) for each in objects]
    if tables:
        statements.append(sql.SQL("DROP TABLE {}").format(sql.SQL(", ").join(tables)))
    return statements
