"""Recalculations: computed values of many rows set anew in the background, resumable, visible while they last.

A row of `recalculation` says which fields of which object, and which rows: all, or those a way leads from to given ids.
A worker takes the oldest, does a chunk per transaction and remembers how far it is; a killed worker loses one chunk.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from psycopg import sql

from banyan.db.database import Connection


@dataclass(frozen=True)
class Recalculation:
    id: UUID
    object_id: UUID
    field_ids: tuple[UUID, ...]
    scope: Mapping[str, Any] | None
    reason: str
    last: UUID | None
    done: int
    total: int | None


def _table(schema: str) -> sql.Identifier:
    return sql.Identifier(schema, "recalculation")


async def write_recalculation(
    connection: Connection,
    schema: str,
    object_id: UUID,
    field_ids: Sequence[UUID],
    reason: str,
    scope: Mapping[str, Any] | None = None,
) -> None:
    """Write down, in the caller's transaction, that rows are to be set anew. One that waits for all rows is enough."""
    text = sql.SQL(
        "INSERT INTO {table} (object_id, field_ids, scope, reason) SELECT %(object)s, %(fields)s::uuid[], "
        "%(scope)s::jsonb, %(reason)s WHERE NOT EXISTS (SELECT 1 FROM {table} WHERE object_id = %(object)s "
        "AND field_ids @> %(fields)s::uuid[] AND scope IS NULL AND last IS NULL)"
    ).format(table=_table(schema))
    values = {
        "object": object_id,
        "fields": list(field_ids),
        "scope": None if scope is None else orjson.dumps(scope).decode(),
        "reason": reason,
    }
    await connection.execute(text, values)


async def take_next(connection: Connection, schema: str) -> Recalculation | None:
    """The oldest one that nobody works at, locked until the transaction ends.

    Those of later writes wait for earlier ones: fields computed from each other were written down in their order.
    """
    text = sql.SQL(
        "SELECT id, object_id, field_ids, scope, reason, last, done, total FROM {} WHERE attempts < 5 "
        "ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED"
    ).format(_table(schema))
    row = await (await connection.execute(text)).fetchone()
    if row is None:
        return None
    scope = None if row[3] is None else orjson.loads(row[3])
    return Recalculation(row[0], row[1], tuple(row[2]), scope, *row[4:])


async def note_progress(
    connection: Connection, schema: str, found: Recalculation, last: UUID, done: int
) -> None:
    text = sql.SQL(
        "UPDATE {} SET last = %(last)s, done = done + %(done)s, updated_at = now() WHERE id = %(id)s"
    ).format(_table(schema))
    await connection.execute(text, {"last": last, "done": done, "id": found.id})


async def note_total(connection: Connection, schema: str, found: Recalculation, total: int) -> None:
    text = sql.SQL("UPDATE {} SET total = %(total)s WHERE id = %(id)s").format(_table(schema))
    await connection.execute(text, {"total": total, "id": found.id})


async def note_failure(connection: Connection, schema: str, recalculation_id: UUID, error: str) -> None:
    text = sql.SQL(
        "UPDATE {} SET attempts = attempts + 1, error = %(error)s, updated_at = now() WHERE id = %(id)s"
    ).format(_table(schema))
    await connection.execute(text, {"error": error[:500], "id": recalculation_id})


async def finish(connection: Connection, schema: str, found: Recalculation) -> None:
    await connection.execute(
        sql.SQL("DELETE FROM {} WHERE id = %(id)s").format(_table(schema)), {"id": found.id}
    )


async def pending(connection: Connection, schema: str) -> list[dict[str, Any]]:
    """What is being computed, for screens: object and field ids, progress, and why it stopped if it did."""
    text = sql.SQL(
        "SELECT id, object_id, field_ids, reason, done, total, attempts, error, created_at "
        "FROM {} ORDER BY id LIMIT 200"
    ).format(_table(schema))
    names = ("id", "object_id", "field_ids", "reason", "done", "total", "attempts", "error", "created_at")
    rows = await (await connection.execute(text)).fetchall()
    return [dict(zip(names, row, strict=True)) for row in rows]


async def read_mark(connection: Connection, schema: str, pace: str) -> datetime | None:
    """When fields of this pace were last written down to be set anew."""
    text = sql.SQL("SELECT at FROM {} WHERE kind = %(kind)s").format(
        sql.Identifier(schema, "recalculation_mark")
    )
    row = await (await connection.execute(text, {"kind": pace})).fetchone()
    return None if row is None else row[0]


async def note_mark(connection: Connection, schema: str, pace: str, at: datetime) -> None:
    text = sql.SQL(
        "INSERT INTO {} (kind, at) VALUES (%(kind)s, %(at)s) ON CONFLICT (kind) DO UPDATE SET at = EXCLUDED.at"
    ).format(sql.Identifier(schema, "recalculation_mark"))
    await connection.execute(text, {"kind": pace, "at": at})
