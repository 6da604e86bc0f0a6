"""Imports as rows: their states, and which may follow which. The statement that moves one also checks it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import orjson
import sqlalchemy as sa

from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.imports.tables import import_table
from banyan.kernel.errors import Conflict, NotFound

State = Literal[
    "analysed", "checking", "checked", "loading", "done", "cancelling", "cancelled", "failed", "undone"
]
# What may become what. Anything else is refused by the UPDATE itself, whoever asks at the same moment.
_MOVES: Mapping[State, frozenset[State]] = {
    "analysed": frozenset({"analysed", "checked", "cancelled", "failed"}),
    "checking": frozenset({"analysed", "checked", "cancelled", "failed"}),
    "checked": frozenset({"checking"}),
    "loading": frozenset({"analysed", "checked", "cancelled", "failed"}),
    "done": frozenset({"loading"}),
    "cancelling": frozenset({"checking", "loading"}),
    "cancelled": frozenset({"cancelling", "checking", "loading", "analysed", "checked"}),
    "failed": frozenset({"checking", "loading", "cancelling"}),
    "undone": frozenset({"done"}),
}


@dataclass(frozen=True)
class Import:
    id: UUID
    object_id: UUID
    created_by: UUID | None
    state: State
    file_name: str
    size: int
    data: dict[str, Any]
    progress: dict[str, Any] | None
    report: dict[str, Any] | None
    error: dict[str, Any] | None
    created_at: str = ""

    def document(self, object_name: str) -> dict[str, Any]:
        return {
            "id": str(self.id),
            "object": object_name,
            "state": self.state,
            "file_name": self.file_name,
            "size": self.size,
            "created_at": self.created_at,
            **self.data,
            "progress": self.progress,
            "report": self.report,
            "error": self.error,
        }


def _columns(table: sa.Table) -> list[Any]:
    names = (
        "id",
        "object_id",
        "created_by",
        "state",
        "file_name",
        "size",
        "data",
        "progress",
        "report",
        "error",
    )
    return [*(table.c[name] for name in names), sa.func.to_json(table.c.created_at)]


def _read(row: Any) -> Import:
    documents = [None if part is None else orjson.loads(part) for part in row[6:11]]
    return Import(*row[:6], *documents)


async def add_import(connection: Connection, schema: str, made: Import) -> None:
    await run(
        connection,
        sa.insert(import_table(schema)).values(
            id=made.id,
            object_id=made.object_id,
            created_by=made.created_by,
            state=made.state,
            file_name=made.file_name,
            size=made.size,
            data=made.data,
        ),
    )


async def read_import(
    connection: Connection, schema: str, import_id: UUID, user: UUID | None, *, all_users: bool
) -> Import:
    """An import of the caller's own; `all_users` is for the worker and the command line. Raises NotFound."""
    table = import_table(schema)
    mine = sa.true() if all_users else table.c.created_by == user
    row = await (
        await run(connection, sa.select(*_columns(table)).where(table.c.id == import_id, mine))
    ).fetchone()
    if row is None:
        raise NotFound("unknown_import")
    return _read(row)


async def list_imports(
    connection: Connection, schema: str, user: UUID | None, limit: int = 50
) -> list[Import]:
    table = import_table(schema)
    mine = table.c.created_by == user
    cursor = await run(
        connection, sa.select(*_columns(table)).where(mine).order_by(table.c.id.desc()).limit(limit)
    )
    return [_read(row) for row in await cursor.fetchall()]


async def move(connection: Connection, schema: str, import_id: UUID, to: State, **values: Any) -> None:
    """Change the state, if the present one allows it. Raises Conflict naming the present state."""
    table = import_table(schema)
    moved = await run(
        connection,
        sa.update(table)
        .where(table.c.id == import_id, table.c.state.in_(sorted(_MOVES[to])))
        .values(state=to, updated_at=sa.func.now(), version=table.c.version + 1, **values)
        .returning(table.c.id),
    )
    if await moved.fetchone() is None:
        row = await (
            await run(connection, sa.select(table.c.state).where(table.c.id == import_id))
        ).fetchone()
        raise Conflict("import_not_ready", state=row[0] if row else "?")


async def note_progress(
    connection: Connection, schema: str, import_id: UUID, progress: Mapping[str, Any]
) -> State:
    """Show how far it is; returns the state, so that a cancel is seen."""
    table = import_table(schema)
    row = await (
        await run(
            connection,
            sa.update(table)
            .where(table.c.id == import_id)
            .values(progress=dict(progress), updated_at=sa.func.now())
            .returning(table.c.state),
        )
    ).fetchone()
    return row[0] if row else "cancelled"
