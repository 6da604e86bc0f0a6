"""What a published change leaves behind: the definitions as they are now, its entry with the way back, its mark."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson
from psycopg import sql

from banyan.audit.facade import write_audit
from banyan.db.database import Connection
from banyan.kernel.actor import Actor
from banyan.kernel.errors import Conflict
from banyan.kernel.ids import new_id
from banyan.metadata.changes.operations import Operation, UpdateField, UpdateObject
from banyan.metadata.changes.sets import ChangeSet
from banyan.metadata.changes.state import State
from banyan.metadata.changes.steps import Impact, Plan
from banyan.metadata.store import CHANGED_CHANNEL

_MOST_NAMED = 50


async def write_definitions(connection: Connection, before: State, after: State) -> None:
    """Store the definitions that differ."""
    schema = sql.Identifier(after.schema)
    save_object = sql.SQL(
        "INSERT INTO {}.meta_object AS o (id, api_name, table_name, definition, position, archived_at) VALUES "
        "(%(id)s, %(api_name)s, %(table)s, %(definition)s, %(position)s, CASE WHEN %(archived)s THEN now() END) "
        "ON CONFLICT (id) DO UPDATE SET api_name = EXCLUDED.api_name, definition = EXCLUDED.definition, "
        "position = EXCLUDED.position, archived_at = "
        "CASE WHEN EXCLUDED.archived_at IS NOT NULL THEN coalesce(o.archived_at, EXCLUDED.archived_at) END"
    ).format(schema)
    save_field = sql.SQL(
        "INSERT INTO {}.meta_field AS f (id, object_id, api_name, slug, type, definition, position, archived_at) "
        "VALUES (%(id)s, %(object_id)s, %(api_name)s, %(slug)s, %(type)s, %(definition)s, %(position)s, "
        "CASE WHEN %(archived)s THEN now() END) ON CONFLICT (id) DO UPDATE SET api_name = EXCLUDED.api_name, "
        "definition = EXCLUDED.definition, position = EXCLUDED.position, archived_at = "
        "CASE WHEN EXCLUDED.archived_at IS NOT NULL THEN coalesce(f.archived_at, EXCLUDED.archived_at) END"
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
    changed_fields = [
        f for f in after.fields.values() if (known := before.fields.get(f.id)) is not f and known != f
    ]
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


async def mark_reverted(connection: Connection, schema: str, change: UUID, by: UUID) -> None:
    """In the transaction of the revert itself, so that a change is taken back once."""
    mark = sql.SQL("UPDATE {} SET reverted_by = %(by)s WHERE id = %(id)s AND reverted_by IS NULL").format(
        sql.Identifier(schema, "meta_change")
    )
    if (await connection.execute(mark, {"by": by, "id": change})).rowcount == 0:
        raise Conflict("already_reverted")


async def record_change(
    connection: Connection,
    before: State,
    planned: Plan,
    impacts: Sequence[Impact],
    actor: Actor,
    draft: ChangeSet | None,
) -> UUID:
    """Bump the version, keep the change with its inverse, announce it at commit."""
    change_id, schema = new_id(), sql.Identifier(before.schema)
    inverse = [operation for step in reversed(planned.steps) for operation in step.inverse]
    await connection.execute(sql.SQL("UPDATE {}.meta_version SET version = version + 1").format(schema))
    await connection.execute(
        sql.SQL(
            "INSERT INTO {}.meta_change (id, version, actor_id, operations, inverse, name, note) "
            "VALUES (%(id)s, %(version)s, %(actor)s, %(operations)s, %(inverse)s, %(name)s, %(note)s)"
        ).format(schema),
        {
            "id": change_id,
            "version": before.version + 1,
            "actor": actor.user_id,
            "operations": _told([step.operation for step in planned.steps], impacts),
            "inverse": _document(inverse),
            "name": None if draft is None else draft.name,
            "note": None if draft is None else draft.note,
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
