"""Archive files of the audit: what was recorded of them, and the one way out of the hot table."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg import sql
from psycopg.rows import class_row

from banyan.db.database import Connection


@dataclass(frozen=True)
class ArchiveRow:
    """One line of audit_archive: which seals a file holds, and the hash of the whole file."""

    id: UUID
    at: datetime
    first_seq: int
    last_seq: int
    file: str
    count: int
    sha256: bytes


async def recorded_archives(connection: Connection, schema: str) -> list[ArchiveRow]:
    """Every archive file of a workspace, oldest first."""
    statement = sql.SQL("SELECT id, at, first_seq, last_seq, file, count, sha256 FROM {} ORDER BY first_seq")
    async with connection.cursor(row_factory=class_row(ArchiveRow)) as cursor:
        await cursor.execute(statement.format(sql.Identifier(schema, "audit_archive")))
        return await cursor.fetchall()


async def hot_days(connection: Connection, schema: str) -> int:
    cursor = await connection.execute(
        sql.SQL("SELECT hot_days FROM {}").format(sql.Identifier(schema, "audit_setting"))
    )
    row = await cursor.fetchone()
    return 180 if row is None else int(row[0])


async def last_seal_before(connection: Connection, schema: str, days: int, after: int) -> int | None:
    """The newest seal after number `after` that was made more than `days` days ago."""
    cursor = await connection.execute(
        sql.SQL("SELECT max(seq) FROM {} WHERE seq > %s AND at < now() - make_interval(days => %s)").format(
            sql.Identifier(schema, "audit_seal")
        ),
        (after, days),
    )
    row = await cursor.fetchone()
    return None if row is None or row[0] is None else int(row[0])


async def record_archive(
    connection: Connection, schema: str, *, first: int, last: int, file: str, count: int, sha256: bytes
) -> UUID:
    """Say what a file holds (owner role)."""
    cursor = await connection.execute(
        sql.SQL(
            "INSERT INTO {} (first_seq, last_seq, file, count, sha256) VALUES (%s, %s, %s, %s, %s) RETURNING id"
        ).format(sql.Identifier(schema, "audit_archive")),
        (first, last, file, count, sha256),
    )
    row = await cursor.fetchone()
    if row is None:
        raise LookupError(file)
    return UUID(str(row[0]))


async def forget(connection: Connection, schema: str, archive: UUID) -> int:
    """Remove from the hot table what a recorded file holds (owner role); returns how many entries."""
    cursor = await connection.execute(
        sql.SQL("SELECT {}(%s)").format(sql.Identifier(schema, "audit_forget")), (archive,)
    )
    row = await cursor.fetchone()
    return 0 if row is None else int(row[0])
