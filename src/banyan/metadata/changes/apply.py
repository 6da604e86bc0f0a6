"""Plan a change and apply it: DDL and metadata in one transaction of the schema owner, announced when it commits."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from psycopg import sql

from banyan.audit.facade import write_audit
from banyan.db.database import Connection, Database
from banyan.kernel.actor import Actor
from banyan.kernel.errors import Conflict, NotFound, Unavailable
from banyan.kernel.ids import new_id
from banyan.metadata.changes import fields, objects, retype
from banyan.metadata.changes.operations import (
    AddField,
    CreateObject,
    Operation,
    RemoveField,
    RemoveObject,
    RestoreField,
    RestoreObject,
    RetypeField,
    UpdateField,
    UpdateObject,
)
from banyan.metadata.changes.state import State
from banyan.metadata.changes.steps import Impact, Plan, Step
from banyan.metadata.store import CHANGED_CHANNEL, stored_parts, uncollected

LOCK_TIMEOUT_MS = 40
ATTEMPTS = 60
_MOST_NAMED = 50

_HANDLERS: Mapping[type[Any], Any] = {
    CreateObject: objects.create_object,
    UpdateObject: objects.update_object,
    RemoveObject: objects.remove_object,
    RestoreObject: objects.restore_object,
    AddField: fields.add_field,
    UpdateField: fields.update_field,
    RemoveField: fields.remove_field,
    RestoreField: fields.restore_field,
    RetypeField: retype.retype_field,
}


def plan(state: State, operations: Sequence[Operation]) -> Plan:
    """Pure: where the operations lead and how. Raises what a handler refuses, before anything is touched."""
    result = Plan(state)
    for operation in operations:
        step: Step = _HANDLERS[type(operation)](result.state, operation)
        result.steps.append(step)
        result.state = step.state
    return result


async def read_state(connection: Connection, schema: str, *, lock: bool = False) -> State:
    """The stored definitions; with `lock` no other change can run until this transaction ends."""
    query = sql.SQL(
        "SELECT version, (SELECT coalesce(json_agg(o), '[]') FROM {}.meta_object o), "
        "(SELECT coalesce(json_agg(f), '[]') FROM {}.meta_field f) FROM {}.meta_version"
    ).format(*[sql.Identifier(schema)] * 3)
    if lock:
        await connection.execute(
            sql.SQL("SELECT 1 FROM {}.meta_version FOR UPDATE").format(sql.Identifier(schema))
        )
    row = await (await connection.execute(query)).fetchone()
    if row is None:
        raise Unavailable("workspace_not_ready", workspace=schema)
    with uncollected():
        found, parts = stored_parts(row[1], row[2])
    return State(schema, int(row[0]), {o.id: o for o in found}, {f.id: f for f in parts})


class Changes:
    """The only door to a workspace's configuration."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def preview(self, schema: str, operations: Sequence[Operation]) -> list[Impact]:
        """What a change would do, counted; nothing is written and no lock is taken."""
        async with self._database.reader() as connection:
            state = await read_state(connection, schema)
            planned = plan(state, operations)
            return [await _impact(connection, step, state) for step in planned.steps]

    async def apply(
        self,
        schema: str,
        operations: Sequence[Operation],
        actor: Actor,
        *,
        base_version: int | None = None,
        reverts: UUID | None = None,
    ) -> tuple[UUID, int, list[Impact]]:
        """Apply all operations or none; `reverts` marks the change that they take back.

        Locks are waited for in short tries, so that readers do not queue behind a waiting change. Once the lock is
        held, building an index on a large table keeps it: that belongs into hours of rest.

        Returns the change's id, the new version and the impact per operation.
        """
        for attempt in range(ATTEMPTS):
            try:
                return await self._attempt(schema, operations, actor, base_version, reverts)
            except Unavailable as error:
                if error.code != "lock_not_available" or attempt == ATTEMPTS - 1:
                    raise
                await asyncio.sleep(random.uniform(0.02, 0.1) * (1 + attempt / 10))  # noqa: S311 - jitter
        raise AssertionError

    async def _attempt(
        self,
        schema: str,
        operations: Sequence[Operation],
        actor: Actor,
        base_version: int | None,
        reverts: UUID | None,
    ) -> tuple[UUID, int, list[Impact]]:
        async with self._database.schema_change() as connection:
            state = await read_state(connection, schema, lock=True)
            if base_version is not None and base_version != state.version:
                raise Conflict("configuration_changed", version=state.version)
            planned = plan(state, operations)
            await connection.execute(
                sql.SQL("SET LOCAL lock_timeout = {}").format(sql.Literal(f"{LOCK_TIMEOUT_MS}ms"))
            )
            # All counting before the first lock: readers wait for none of it.
            impacts = [await _impact(connection, step, state) for step in planned.steps]
            for step in planned.steps:
                await _execute(connection, step)
            await _write_definitions(connection, state, planned.state)
            change = await _record(connection, state, planned, impacts, actor)
            if reverts is not None:
                await _mark_reverted(connection, schema, reverts, change)
            return change, state.version + 1, impacts

    async def history(self, schema: str, limit: int = 100) -> bytes:
        """Published changes as a JSON array, newest first; a change without an actor is a package's."""
        query = sql.SQL(
            "SELECT coalesce(json_agg(c), '[]') FROM (SELECT id, version, actor_id, at, operations, reverted_by "
            "FROM {}.meta_change ORDER BY version DESC LIMIT %(limit)s) c"
        ).format(sql.Identifier(schema))
        async with self._database.reader() as connection:
            row = await (await connection.execute(query, {"limit": limit})).fetchone()
        return bytes(row[0]) if row else b"[]"

    async def revert(self, schema: str, change_id: UUID, actor: Actor) -> tuple[UUID, int, list[Impact]]:
        """Take a published change back by its inverse. Refused clearly where later changes stand in the way."""
        table = sql.Identifier(schema, "meta_change")
        async with self._database.reader() as connection:
            query = sql.SQL("SELECT inverse, reverted_by, actor_id FROM {} WHERE id = %(id)s").format(table)
            row = await (await connection.execute(query, {"id": change_id})).fetchone()
        if row is None:
            raise NotFound("unknown_change", change=str(change_id))
        if row[1] is not None:
            raise Conflict("already_reverted")
        if row[2] is None:
            raise Conflict("package_change")
        operations = read_operations(orjson.loads(row[0]))
        async with self._database.reader() as connection:
            await _check_untouched(connection, schema, change_id, operations)
        return await self.apply(schema, operations, actor, reverts=change_id)


def read_operations(documents: Sequence[Any]) -> list[Operation]:
    """Operations from their JSON. Raises pydantic's ValidationError."""
    from pydantic import TypeAdapter

    adapter: TypeAdapter[list[Operation]] = TypeAdapter(list[Operation])
    return adapter.validate_python(documents)


async def _impact(connection: Connection, step: Step, before: State) -> Impact:
    """Rows and losses are counted only on tables that exist before the change."""
    object_name = getattr(step.operation, "object", None)
    exists = object_name is not None and any(
        object_name in (stored.definition.api_name, *stored.definition.aliases)
        for stored in before.objects.values()
    )
    affected = await step.rows_affected(connection) if exists else 0
    lost = await step.values_lost(connection) if exists else 0
    return Impact(step.operation.kind, step.summary, affected, lost, step.reversible)


async def _execute(connection: Connection, step: Step) -> None:
    for statement in step.statements:
        await connection.execute(statement)
    if step.fill is not None:
        await step.fill(connection)
    for statement in step.finish:
        await connection.execute(statement)


async def _write_definitions(connection: Connection, before: State, after: State) -> None:
    """Store the definitions that differ."""
    schema = sql.Identifier(after.schema)
    save_object = sql.SQL(
        "INSERT INTO {}.meta_object (id, api_name, table_name, definition, position, archived_at) VALUES "
        "(%(id)s, %(api_name)s, %(table)s, %(definition)s, %(position)s, CASE WHEN %(archived)s THEN now() END) "
        "ON CONFLICT (id) DO UPDATE SET api_name = EXCLUDED.api_name, definition = EXCLUDED.definition, "
        "position = EXCLUDED.position, archived_at = EXCLUDED.archived_at"
    ).format(schema)
    save_field = sql.SQL(
        "INSERT INTO {}.meta_field (id, object_id, api_name, slug, type, definition, position, archived_at) VALUES "
        "(%(id)s, %(object_id)s, %(api_name)s, %(slug)s, %(type)s, %(definition)s, %(position)s, "
        "CASE WHEN %(archived)s THEN now() END) ON CONFLICT (id) DO UPDATE SET api_name = EXCLUDED.api_name, "
        "definition = EXCLUDED.definition, position = EXCLUDED.position, archived_at = EXCLUDED.archived_at"
    ).format(schema)
    # Archived ones first: a restored or new field may take a name that another one gives up in the same change.
    changed_objects = [o for o in after.objects.values() if before.objects.get(o.id) != o]
    for stored in sorted(changed_objects, key=lambda o: not o.archived):
        await connection.execute(
            save_object,
            {
                "id": stored.id,
                "api_name": stored.definition.api_name,
                "table": stored.table_name,
                "definition": stored.definition.model_dump_json(),
                "position": stored.position,
                "archived": stored.archived,
            },
        )
    changed_fields = [f for f in after.fields.values() if before.fields.get(f.id) != f]
    for field in sorted(changed_fields, key=lambda f: not f.archived):
        await connection.execute(
            save_field,
            {
                "id": field.id,
                "object_id": field.object_id,
                "api_name": field.definition.api_name,
                "slug": field.slug,
                "type": field.definition.type,
                "definition": field.definition.model_dump_json(),
                "position": field.position,
                "archived": field.archived,
            },
        )


async def _mark_reverted(connection: Connection, schema: str, change: UUID, by: UUID) -> None:
    """In the transaction of the revert itself, so that a change is taken back once."""
    mark = sql.SQL("UPDATE {} SET reverted_by = %(by)s WHERE id = %(id)s AND reverted_by IS NULL").format(
        sql.Identifier(schema, "meta_change")
    )
    if (await connection.execute(mark, {"by": by, "id": change})).rowcount == 0:
        raise Conflict("already_reverted")


async def _check_untouched(
    connection: Connection, schema: str, change_id: UUID, inverse: Sequence[Operation]
) -> None:
    """Refuse to bring back old settings over newer ones: a choice added since would be lost."""
    query = sql.SQL(
        "SELECT operations FROM {0} WHERE version > (SELECT version FROM {0} WHERE id = %(id)s) "
        "AND reverted_by IS NULL AND id NOT IN (SELECT reverted_by FROM {0} WHERE reverted_by IS NOT NULL)"
    ).format(sql.Identifier(schema, "meta_change"))
    ours = {place for operation in inverse for place in _settings(operation.model_dump(exclude_unset=True))}
    for (document,) in await (await connection.execute(query, {"id": change_id})).fetchall():
        for later in orjson.loads(document):
            if ours.intersection(_settings(later)):
                raise Conflict("changed_since")


def _settings(operation: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """What an operation sets, as (object, field, setting)."""
    place = (str(operation.get("object")), str(operation.get("field", "")))
    return [(*place, name) for name in operation.get("set") or ()]


async def _record(
    connection: Connection, before: State, planned: Plan, impacts: Sequence[Impact], actor: Actor
) -> UUID:
    """Bump the version, keep the change with its inverse, announce it at commit."""
    change_id, schema = new_id(), sql.Identifier(before.schema)
    inverse = [operation for step in reversed(planned.steps) for operation in step.inverse]
    await connection.execute(sql.SQL("UPDATE {}.meta_version SET version = version + 1").format(schema))
    await connection.execute(
        sql.SQL(
            "INSERT INTO {}.meta_change (id, version, actor_id, operations, inverse) "
            "VALUES (%(id)s, %(version)s, %(actor)s, %(operations)s, %(inverse)s)"
        ).format(schema),
        {
            "id": change_id,
            "version": before.version + 1,
            "actor": actor.user_id,
            "operations": _told([step.operation for step in planned.steps], impacts),
            "inverse": _document(inverse),
        },
    )
    # What it was before and is now stands in the change itself.
    told = [_named(step.operation) for step in planned.steps[:_MOST_NAMED]]
    detail = {"version": before.version + 1, "operations": told, "count": len(planned.steps)}
    await write_audit(connection, actor, "configuration_changed", {"change": str(change_id)}, detail)
    await connection.execute(
        "SELECT pg_notify(%(channel)s, %(schema)s)", {"channel": CHANGED_CHANNEL, "schema": before.schema}
    )
    return change_id


def _named(operation: Operation) -> dict[str, str]:
    """Which operation it was, on what."""
    document = operation.model_dump(mode="json", include={"kind", "object", "field", "api_name"})
    return {name: value for name, value in document.items() if isinstance(value, str)}


def _told(operations: Sequence[Operation], impacts: Sequence[Impact]) -> str:
    """Operations with what they did, as the history of changes shows them."""
    return orjson.dumps(
        [
            {**document, **impact.document()}
            for document, impact in zip(_dumped(operations), impacts, strict=True)
        ]
    ).decode()


def _document(operations: Sequence[Operation]) -> str:
    return orjson.dumps(_dumped(operations)).decode()


def _dumped(operations: Sequence[Operation]) -> list[dict[str, Any]]:
    dumped = [operation.model_dump(mode="json", exclude_unset=False) for operation in operations]
    for document, operation in zip(dumped, operations, strict=True):
        if isinstance(operation, UpdateField | UpdateObject):
            document["set"] = operation.set.model_dump(mode="json", exclude_unset=True)
    return dumped
