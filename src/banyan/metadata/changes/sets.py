"""Change sets 变更集: operations in draft, which their authors return to, have checked, and publish as one change.

States: draft → published | discarded. A draft has a row version: of two people who edit one, the second is told. It
remembers the configuration's version it began from; publishing compares what was published since, setting by setting.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import orjson
from psycopg import sql

from banyan.db.database import Connection
from banyan.kernel.actor import Actor
from banyan.kernel.errors import Conflict, InvalidInput, NotFound
from banyan.kernel.limits import DEFAULT_LIMITS, BuildLimits, setting
from banyan.metadata.changes.conflicts import Setting, clashes

LONGEST_NAME = 120
_COLUMNS = (
    "id, name, note, state, base_version, operations, version, "
    "created_by, created_at, updated_by, updated_at, change_id"
)


@dataclass(frozen=True)
class ChangeSet:
    id: UUID
    name: str
    note: str | None
    state: Literal["draft", "published", "discarded"]
    base_version: int
    operations: Sequence[Mapping[str, Any]]
    version: int
    created_by: UUID | None
    created_at: Any
    updated_by: UUID | None
    updated_at: Any
    change_id: UUID | None

    @classmethod
    def of(cls, row: Sequence[Any]) -> "ChangeSet":
        values = list(row)
        values[5] = orjson.loads(values[5])
        return cls(*values)


def _table(schema: str) -> sql.Identifier:
    return sql.Identifier(schema, "change_set")


async def _one(connection: Connection, query: sql.Composed, binds: Mapping[str, Any]) -> ChangeSet | None:
    row = await (await connection.execute(query, dict(binds))).fetchone()
    return None if row is None else ChangeSet.of(row)


async def create_set(
    connection: Connection,
    schema: str,
    actor: Actor,
    name: str,
    operations: Sequence[Mapping[str, Any]] = (),
    *,
    limits: BuildLimits = DEFAULT_LIMITS,
) -> ChangeSet:
    """A new draft on the configuration of this moment."""
    require_size(operations, limits)
    made = await _one(
        connection,
        sql.SQL(
            "INSERT INTO {} (name, base_version, operations, created_by, updated_by) SELECT %(name)s, version, "
            "%(operations)s::jsonb, %(actor)s::uuid, %(actor)s::uuid FROM {} RETURNING " + _COLUMNS
        ).format(_table(schema), sql.Identifier(schema, "meta_version")),
        {"name": _named(name), "operations": orjson.dumps(list(operations)).decode(), "actor": actor.user_id},
    )
    if made is None:
        raise NotFound("workspace_not_ready", workspace=schema)
    return made


async def list_sets(
    connection: Connection, schema: str, *, state: str | None = "draft", limit: int = 100
) -> list[ChangeSet]:
    """Change sets, the one touched last first; of one state, or all."""
    cursor = await connection.execute(
        sql.SQL(
            "SELECT " + _COLUMNS + " FROM {} WHERE %(state)s::text IS NULL OR state = %(state)s "
            "ORDER BY updated_at DESC, id DESC LIMIT %(limit)s"
        ).format(_table(schema)),
        {"state": state, "limit": limit},
    )
    return [ChangeSet.of(row) for row in await cursor.fetchall()]


async def read_set(connection: Connection, schema: str, set_id: UUID, *, lock: bool = False) -> ChangeSet:
    """Raises NotFound."""
    text = "SELECT " + _COLUMNS + " FROM {} WHERE id = %(id)s" + (" FOR UPDATE" if lock else "")
    found = await _one(connection, sql.SQL(text).format(_table(schema)), {"id": set_id})
    if found is None:
        raise NotFound("unknown_change_set")
    return found


async def open_draft(connection: Connection, schema: str, set_id: UUID, version: int) -> ChangeSet:
    """The draft as its caller knows it, locked. Raises Conflict when it is none any more or has moved on."""
    found = await read_set(connection, schema, set_id, lock=True)
    if found.state != "draft":
        raise Conflict(f"change_set_{found.state}", name=found.name)
    if found.version != version:
        raise Conflict("change_set_changed", name=found.name, version=found.version)
    return found


async def save_set(
    connection: Connection,
    schema: str,
    actor: Actor,
    draft: ChangeSet,
    changes: Mapping[str, Any],
    *,
    limits: BuildLimits = DEFAULT_LIMITS,
) -> ChangeSet:
    """Write name, note, operations or the version it builds on; the row's version goes up."""
    if "operations" in changes:
        require_size(changes["operations"], limits)
    values = {
        "name": _named(changes.get("name", draft.name)),
        "note": changes.get("note", draft.note),
        "operations": orjson.dumps(list(changes.get("operations", draft.operations))).decode(),
        "base_version": changes.get("base_version", draft.base_version),
        "state": changes.get("state", draft.state),
        "change_id": changes.get("change_id"),
    }
    saved = await _one(
        connection,
        sql.SQL(
            "UPDATE {} SET name = %(name)s, note = %(note)s, operations = %(operations)s::jsonb, state = %(state)s, "
            "base_version = %(base_version)s, change_id = %(change_id)s::uuid, version = version + 1, "
            "updated_at = now(), updated_by = %(actor)s::uuid WHERE id = %(id)s RETURNING " + _COLUMNS
        ).format(_table(schema)),
        {**values, "actor": actor.user_id, "id": draft.id},
    )
    if saved is None:
        raise NotFound("unknown_change_set")
    return saved


async def clashes_of(connection: Connection, schema: str, draft: ChangeSet) -> list[Setting]:
    """Settings of the draft that were published by somebody since it began."""
    cursor = await connection.execute(
        sql.SQL("SELECT operations FROM {} WHERE version > %(base)s ORDER BY version").format(
            sql.Identifier(schema, "meta_change")
        ),
        {"base": draft.base_version},
    )
    theirs = [operation for (document,) in await cursor.fetchall() for operation in orjson.loads(document)]
    return clashes(draft.operations, theirs)


def _named(name: str) -> str:
    text = name.strip()
    if not text or len(text) > LONGEST_NAME:
        raise InvalidInput("change_set_name", limit=LONGEST_NAME)
    return text


def require_size(operations: Sequence[Any], limits: BuildLimits) -> None:
    """Raises InvalidInput for more operations than one change may hold."""
    most, count = limits.operations, len(operations)
    if count > most:
        raise InvalidInput("change_set_too_large", limit=most, count=count, setting=setting("operations"))
