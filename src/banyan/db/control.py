"""The rows of the `control` schema: workspaces and set-up tokens.

SQL lives here; meaning lives in `workspaces`.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.rows import class_row

from banyan.db.database import Connection
from banyan.db.roles import ConnectionTargets
from banyan.db.schema_version import staging_schema

_COLUMNS = "id, key, schema_name, name, language, currency, set_up_at IS NOT NULL AS is_set_up, sandbox_of"


@dataclass(frozen=True)
class WorkspaceRow:
    """One line of control.workspace."""

    id: UUID
    key: str
    schema_name: str
    name: str
    language: str
    currency: str
    is_set_up: bool
    sandbox_of: str | None


def insert_workspace(
    targets: ConnectionTargets, *, key: str, schema: str, name: str, language: str, currency: str
) -> WorkspaceRow:
    """Register a workspace, or return the one already registered under the key."""
    with psycopg.connect(targets.owner, autocommit=True, row_factory=class_row(WorkspaceRow)) as connection:
        connection.execute(
            "INSERT INTO control.workspace (key, schema_name, name, language, currency)"
            " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (key) DO NOTHING",
            (key, schema, name, language, currency),
        )
        row = connection.execute(
            f"SELECT {_COLUMNS} FROM control.workspace WHERE key = %s", (key,)
        ).fetchone()
    if row is None:
        raise LookupError(key)
    return row


def read_workspaces(targets: ConnectionTargets) -> list[WorkspaceRow]:
    """Return every workspace, oldest first."""
    with psycopg.connect(targets.owner, autocommit=True, row_factory=class_row(WorkspaceRow)) as connection:
        return connection.execute(f"SELECT {_COLUMNS} FROM control.workspace ORDER BY id").fetchall()


async def read_all(connection: Connection) -> list[WorkspaceRow]:
    """Every workspace, oldest first."""
    async with connection.cursor(row_factory=class_row(WorkspaceRow)) as cursor:
        await cursor.execute(f"SELECT {_COLUMNS} FROM control.workspace ORDER BY id")
        return await cursor.fetchall()


async def read_workspace(connection: Connection, key: str) -> WorkspaceRow | None:
    """Return one workspace by key."""
    async with connection.cursor(row_factory=class_row(WorkspaceRow)) as cursor:
        await cursor.execute(f"SELECT {_COLUMNS} FROM control.workspace WHERE key = %s", (key,))
        return await cursor.fetchone()


async def read_currency(connection: Connection, schema: str) -> str:
    """The currency of a workspace by its schema; CNY for one that is not listed."""
    cursor = await connection.execute(
        "SELECT currency FROM control.workspace WHERE schema_name = %s", (schema,)
    )
    row = await cursor.fetchone()
    return str(row[0]) if row else "CNY"


async def read_language(connection: Connection, schema: str) -> str:
    """The language of a workspace by its schema; Chinese for one that is not listed."""
    cursor = await connection.execute(
        "SELECT language FROM control.workspace WHERE schema_name = %s", (schema,)
    )
    row = await cursor.fetchone()
    return str(row[0]) if row else "zh-CN"


async def mark_sandbox(connection: Connection, key: str, parent: str) -> None:
    """Write down that a workspace is a sandbox of `parent`."""
    await connection.execute("UPDATE control.workspace SET sandbox_of = %s WHERE key = %s", (parent, key))


async def read_sandboxes(connection: Connection, parent: str) -> list[str]:
    """Keys of the sandboxes of a workspace, oldest first."""
    cursor = await connection.execute(
        "SELECT key FROM control.workspace WHERE sandbox_of = %s ORDER BY id", (parent,)
    )
    return [str(row[0]) for row in await cursor.fetchall()]


async def sandbox_parent(connection: Connection, key: str) -> str | None:
    """The workspace that a sandbox is of; None for one that is none."""
    cursor = await connection.execute("SELECT sandbox_of FROM control.workspace WHERE key = %s", (key,))
    row = await cursor.fetchone()
    return None if row is None or row[0] is None else str(row[0])


async def complete_set_up(
    connection: Connection, key: str, *, name: str, language: str, currency: str
) -> WorkspaceRow | None:
    """Give a workspace its name and mark it set up; None when it already was (only one caller can win)."""
    async with connection.cursor(row_factory=class_row(WorkspaceRow)) as cursor:
        await cursor.execute(
            "UPDATE control.workspace SET name = %s, language = %s, currency = %s, set_up_at = now()"
            f" WHERE key = %s AND set_up_at IS NULL RETURNING {_COLUMNS}",
            (name, language, currency, key),
        )
        return await cursor.fetchone()


def replace_setup_token(targets: ConnectionTargets, token_hash: bytes) -> None:
    """Make this the only set-up token that works."""
    with psycopg.connect(targets.owner) as connection:
        connection.execute("DELETE FROM control.setup_token WHERE used_at IS NULL")
        connection.execute("INSERT INTO control.setup_token (token_hash) VALUES (%s)", (token_hash,))


async def use_setup_token(connection: Connection, token_hash: bytes) -> bool:
    """Spend a set-up token inside the caller's transaction; False when it is unknown or spent."""
    cursor = await connection.execute(
        "UPDATE control.setup_token SET used_at = now() WHERE token_hash = %s AND used_at IS NULL",
        (token_hash,),
    )
    return cursor.rowcount == 1


def drop_workspace(targets: ConnectionTargets, key: str) -> None:
    """Remove a workspace with all its data (tests and trial workspaces)."""
    with psycopg.connect(targets.owner) as connection:
        row = connection.execute(
            "DELETE FROM control.workspace WHERE key = %s RETURNING schema_name", (key,)
        ).fetchone()
        if row is None:
            return
        _drop_staging(targets, str(row[0]))
        connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(str(row[0]))))


def _drop_staging(targets: ConnectionTargets, schema: str) -> None:
    """Staging tables belong to the app role, so it drops them; the emptied schema is the owner's."""
    staging = staging_schema(schema)
    with psycopg.connect(targets.app) as connection:
        for name in _tables(connection, staging):
            connection.execute(sql.SQL("DROP TABLE {} CASCADE").format(sql.Identifier(staging, name)))
    with psycopg.connect(targets.owner) as connection:
        connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {}").format(sql.Identifier(staging)))


def _tables(connection: psycopg.Connection[Any], schema: str) -> list[str]:
    rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", (schema,)).fetchall()
    return [str(name) for (name,) in rows]
