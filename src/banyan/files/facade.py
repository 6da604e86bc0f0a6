"""Rows of files: taken in loose, held by a record once its value names them, given out in parts."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from banyan.db.database import Connection, Database
from banyan.db.seals import workspace_schemas
from banyan.db.statements import run
from banyan.files.content import look_at, safe_name

PART = 1 << 20
LOOSE_FOR = timedelta(hours=24)


@dataclass(frozen=True)
class StoredFile:
    """`record_id` None: uploaded, but no record names it yet."""

    id: UUID
    field_id: UUID
    record_id: UUID | None
    name: str
    media_type: str
    size: int
    created_by: UUID | None

    def document(self) -> dict[str, object]:
        """As it stands in a record's value."""
        return {"id": str(self.id), "name": self.name, "type": self.media_type, "size": self.size}


def _tables(schema: str) -> tuple[sa.Table, sa.Table]:
    meta = sa.MetaData(schema=schema)
    column = sa.Column
    file = sa.Table(
        "file",
        meta,
        column("id", sa.Uuid),
        column("field_id", sa.Uuid),
        column("record_id", sa.Uuid),
        column("name", sa.Text),
        column("media_type", sa.Text),
        column("size", sa.BigInteger),
        column("sha256", sa.LargeBinary),
        column("width", sa.Integer),
        column("height", sa.Integer),
        column("thumbnail", sa.LargeBinary),
        column("created_by", sa.Uuid),
        column("created_at", sa.DateTime(timezone=True)),
    )
    part = sa.Table(
        "file_part",
        meta,
        column("file_id", sa.Uuid),
        column("place", sa.Integer),
        column("content", sa.LargeBinary),
    )
    return file, part


_SHOWN = ("id", "field_id", "record_id", "name", "media_type", "size", "created_by")


async def keep_file(
    connection: Connection, schema: str, field_id: UUID, name: str | None, data: bytes, user: UUID | None
) -> StoredFile:
    """Take a file in, loose: whoever sent it may name it in a record within a day."""
    content = await asyncio.to_thread(look_at, data)  # A large picture takes a while.
    file, part = _tables(schema)
    values = {
        "field_id": field_id,
        "name": safe_name(name),
        "media_type": content.media_type,
        "size": len(data),
        "sha256": hashlib.sha256(data).digest(),
        "width": content.width,
        "height": content.height,
        "thumbnail": content.thumbnail,
        "created_by": user,
    }
    columns = [file.c[column] for column in _SHOWN]
    row = await (await run(connection, sa.insert(file).values(**values).returning(*columns))).fetchone()
    if row is None:
        raise LookupError(schema)
    kept = StoredFile(*row)
    for place, start in enumerate(range(0, len(data), PART)):
        await run(
            connection,
            sa.insert(part).values(file_id=kept.id, place=place, content=data[start : start + PART]),
        )
    return kept


async def find_files(connection: Connection, schema: str, ids: Sequence[UUID]) -> dict[UUID, StoredFile]:
    file, _ = _tables(schema)
    columns = [file.c[column] for column in _SHOWN]
    cursor = await run(
        connection, sa.select(*columns).where(file.c.id == sa.any_(sa.literal(list(ids), sa.ARRAY(sa.Uuid))))
    )
    return {row[0]: StoredFile(*row) for row in await cursor.fetchall()}


async def hold_files(connection: Connection, schema: str, record_id: UUID, ids: Sequence[UUID]) -> bool:
    """From now on they are the record's. False where another record was there first."""
    file, _ = _tables(schema)
    known = file.c.id == sa.any_(sa.literal(list(ids), sa.ARRAY(sa.Uuid)))
    free = sa.or_(file.c.record_id.is_(None), file.c.record_id == record_id)
    held = await run(connection, sa.update(file).where(known, free).values(record_id=record_id))
    return held.rowcount == len(set(ids))


async def thumbnail_of(connection: Connection, schema: str, file_id: UUID) -> bytes | None:
    file, _ = _tables(schema)
    row = await (await run(connection, sa.select(file.c.thumbnail).where(file.c.id == file_id))).fetchone()
    return None if row is None or row[0] is None else bytes(row[0])


async def parts_of(connection: Connection, schema: str, file_id: UUID) -> AsyncIterator[bytes]:
    """The content, a part at a time."""
    _, part = _tables(schema)
    place = 0
    while True:
        wanted = sa.select(part.c.content).where(part.c.file_id == file_id, part.c.place == place)
        row = await (await run(connection, wanted)).fetchone()
        if row is None:
            return
        yield bytes(row[0])
        place += 1


async def sweep_loose(connection: Connection, schema: str) -> int:
    """Throw away what nobody has named for a day; returns how many."""
    file, _ = _tables(schema)
    old = sa.and_(file.c.record_id.is_(None), file.c.created_at < sa.func.now() - LOOSE_FOR)
    return (await run(connection, sa.delete(file).where(old))).rowcount


class Sweeper:
    """The worker's round over all workspaces."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def round(self) -> None:
        async with self._database.reader() as connection:
            schemas = await workspace_schemas(connection)
        for schema in schemas:
            async with self._database.transaction() as connection:
                await sweep_loose(connection, schema)
