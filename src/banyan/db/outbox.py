"""Rows of a workspace's outbox: what has happened and is yet to be told."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg import sql
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from banyan.db.database import Connection


@dataclass(frozen=True)
class OutboxRow:
    """One row; `payload` is JSON text as stored, `at` RFC 3339 text."""

    id: UUID
    at: str
    kind: str
    object_id: UUID | None
    record_id: UUID | None
    actor_id: UUID | None
    payload: bytes
    depth: int


async def insert_events(connection: Connection, schema: str, rows: Sequence[dict[str, Any]]) -> None:
    """Append events in the caller's transaction.

    Keys: kind, object_id, record_id, actor_id, payload, depth.
    """
    statement = sql.SQL(
        "INSERT INTO {} (kind, object_id, record_id, actor_id, payload, depth)"
        " VALUES (%(kind)s, %(object_id)s, %(record_id)s, %(actor_id)s, %(payload)s, %(depth)s)"
    ).format(sql.Identifier(schema, "outbox"))
    async with connection.cursor() as cursor:
        await cursor.executemany(statement, [{**row, "payload": Jsonb(row["payload"])} for row in rows])


async def take_events(connection: Connection, schema: str, most: int) -> list[OutboxRow]:
    """Remove and return the oldest events, in order. They are gone only if the caller commits."""
    statement = sql.SQL(
        "WITH taken AS (DELETE FROM {table} WHERE id IN"
        " (SELECT id FROM {table} ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED) RETURNING *)"
        " SELECT id, to_json(at) #>> '{{}}' AS at, kind, object_id, record_id, actor_id, payload, depth"
        " FROM taken ORDER BY id"
    ).format(table=sql.Identifier(schema, "outbox"))
    async with connection.cursor(row_factory=class_row(OutboxRow)) as cursor:
        await cursor.execute(statement, (most,))
        return await cursor.fetchall()
