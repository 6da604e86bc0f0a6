"""Exports as jobs: the request, the list of one's own, the file while it lasts."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa

from banyan.db.database import Connection
from banyan.db.statements import as_text, run
from banyan.exports.tables import export_table
from banyan.jobs import JobQueue
from banyan.kernel.errors import Conflict, NotFound
from banyan.metadata.catalog import Object
from banyan.records.export import ExportBody
from banyan.records.session import Session

JOB = "exports.write"
KEPT_HOURS = 24
SHOWN = 50


@dataclass(frozen=True)
class Asked:
    """What an export is made of. `mark` says in the file who took it and when."""

    body: ExportBody
    name: str
    mark: str
    rows: int


async def ask(
    connection: Connection, session: Session, queue: JobQueue, obj: Object, user: UUID, asked: Asked
) -> UUID:
    """Write the request down and queue its job, in the caller's transaction."""
    table = export_table(session.full.schema)
    request = {
        "body": asked.body.model_dump(mode="json"),
        "mark": asked.mark,
        "language": session.actor.language,
        "currency": session.currency,
    }
    statement = (
        sa.insert(table)
        .values(
            user_id=user,
            object_id=obj.id,
            request=request,
            name=asked.name,
            format=asked.body.format,
            rows=asked.rows,
        )
        .returning(table.c.id)
    )
    row = await (await run(connection, statement)).fetchone()
    key: UUID = row[0] if row else UUID(int=0)
    await queue.defer(connection, JOB, {"schema": session.full.schema, "export": str(key)})
    return key


async def list_exports(connection: Connection, session: Session, user: UUID) -> list[dict[str, Any]]:
    """One's own, newest first."""
    table = export_table(session.full.schema)
    c = table.c
    times = [as_text(c[name]) for name in ("created_at", "expires_at")]
    asked = sa.select(
        c.id, c.object_id, c.name, c.format, c.state, c.rows, c.done, c.size, c.error, *times
    ).where(c.user_id == user)
    rows = await (await run(connection, asked.order_by(c.created_at.desc()).limit(SHOWN))).fetchall()
    return [_shown(session, row) for row in rows]


def _shown(session: Session, row: Any) -> dict[str, Any]:
    obj = session.catalog.by_id.get(row[1])
    return {
        "id": str(row[0]),
        "object": None if obj is None else obj.api_name,
        "name": row[2],
        "format": row[3],
        "state": row[4],
        "rows": row[5],
        "done": row[6],
        "size": row[7],
        "error": row[8],
        "created_at": row[9],
        "expires_at": row[10],
    }


@dataclass(frozen=True)
class Ready:
    name: str
    format: str
    object_id: UUID


async def ready_file(connection: Connection, schema: str, user: UUID, key: UUID) -> Ready:
    """One's own finished export. Raises NotFound for any other, Conflict `export_not_ready`, `export_failed`."""
    c = export_table(schema).c
    asked = sa.select(c.state, c.name, c.format, c.object_id, c.error, c.expires_at < sa.func.now())
    row = await (await run(connection, asked.where(c.id == key, c.user_id == user))).fetchone()
    if row is None or row[0] == "gone" or row[5]:
        raise NotFound("unknown_export")
    if row[0] == "failed":
        raise Conflict("export_failed", reason=row[4] or "")
    if row[0] != "ready":
        raise Conflict("export_not_ready")
    return Ready(row[1], row[2], row[3])


def place_of(folder: Path, schema: str, key: UUID) -> Path:
    """Where a file lies: names are the server's own."""
    return folder / schema / str(key)


def request_of(raw: bytes) -> Mapping[str, Any]:
    found: Mapping[str, Any] = orjson.loads(raw)
    return found
