"""Rows of files: taken in loose, held by a record once its value names them, given out in parts."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa

from banyan.db.database import Connection, Database
from banyan.db.statements import run
from banyan.files import uploads
from banyan.files.content import Content, look_at_file, safe_name
from banyan.files.stores import PART, Stores
from banyan.kernel.errors import Unavailable

MOST_AT_ONCE = 1_000
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
    store: str = "database"

    def document(self) -> dict[str, object]:
        """As it stands in a record's value."""
        return {"id": str(self.id), "name": self.name, "type": self.media_type, "size": self.size}


@lru_cache(maxsize=256)
def _table(schema: str) -> sa.Table:
    meta = sa.MetaData(schema=schema)
    column = sa.Column
    return sa.Table(
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
        column("store", sa.Text),
        column("created_by", sa.Uuid),
        column("created_at", sa.DateTime(timezone=True)),
    )


_SHOWN = ("id", "field_id", "record_id", "name", "media_type", "size", "created_by", "store")


@dataclass(frozen=True)
class Taken:
    """What a file was found to be before it is kept."""

    content: Content
    size: int
    sha256: bytes

    @classmethod
    async def of(cls, path: Path) -> "Taken":
        """Read it once. Raises InvalidInput for a broken picture."""
        return await asyncio.to_thread(cls._look, path)

    @classmethod
    def _look(cls, path: Path) -> "Taken":
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while piece := file.read(PART):
                digest.update(piece)
        size = path.stat().st_size
        return cls(look_at_file(path, size), size, digest.digest())


async def keep_file(
    connection: Connection,
    schema: str,
    field_id: UUID,
    name: str | None,
    taken: Taken,
    user: UUID | None,
    store: str,
) -> StoredFile:
    """The row of a file, loose: whoever sent it may name it in a record within a day. Its content follows."""
    file = _table(schema)
    values = {
        "field_id": field_id,
        "name": safe_name(name),
        "media_type": taken.content.media_type,
        "size": taken.size,
        "sha256": taken.sha256,
        "width": taken.content.width,
        "height": taken.content.height,
        "thumbnail": taken.content.thumbnail,
        "created_by": user,
        "store": store,
    }
    columns = [file.c[column] for column in _SHOWN]
    row = await (await run(connection, sa.insert(file).values(**values).returning(*columns))).fetchone()
    if row is None:
        raise LookupError(schema)
    return StoredFile(*row)


async def keep_content(
    database: Database,
    stores: Stores,
    schema: str,
    field_id: UUID,
    name: str | None,
    taken: Taken,
    path: Path,
    user: UUID | None,
) -> StoredFile:
    """The row, then the content in the store of new files. Where that fails the row goes again."""
    async with database.transaction() as connection:
        kept = await keep_file(connection, schema, field_id, name, taken, user, stores.new.key)
    try:
        await stores.new.put(schema, kept.id, path)
    except BaseException:
        async with database.transaction() as connection:
            await run(connection, sa.delete(_table(schema)).where(_table(schema).c.id == kept.id))
        raise
    return kept


async def find_files(connection: Connection, schema: str, ids: Sequence[UUID]) -> dict[UUID, StoredFile]:
    file = _table(schema)
    columns = [file.c[column] for column in _SHOWN]
    cursor = await run(
        connection, sa.select(*columns).where(file.c.id == sa.any_(sa.literal(list(ids), sa.ARRAY(sa.Uuid))))
    )
    return {row[0]: StoredFile(*row) for row in await cursor.fetchall()}


async def hold_files(connection: Connection, schema: str, record_id: UUID, ids: Sequence[UUID]) -> bool:
    """From now on they are the record's. False where another record was there first."""
    file = _table(schema)
    known = file.c.id == sa.any_(sa.literal(list(ids), sa.ARRAY(sa.Uuid)))
    free = sa.or_(file.c.record_id.is_(None), file.c.record_id == record_id)
    held = await run(connection, sa.update(file).where(known, free).values(record_id=record_id))
    return held.rowcount == len(set(ids))


async def thumbnail_of(connection: Connection, schema: str, file_id: UUID) -> bytes | None:
    file = _table(schema)
    row = await (await run(connection, sa.select(file.c.thumbnail).where(file.c.id == file_id))).fetchone()
    return None if row is None or row[0] is None else bytes(row[0])


async def sweep_loose(connection: Connection, schema: str) -> int:
    """Throw away what nobody has named for a day; returns how many."""
    file = _table(schema)
    old = sa.and_(file.c.record_id.is_(None), file.c.created_at < sa.func.now() - LOOSE_FOR)
    return (await run(connection, sa.delete(file).where(old))).rowcount


class Sweeper:
    """The worker's round over all workspaces: loose files, uploads nobody went on with, contents without a row."""

    def __init__(self, database: Database, stores: Stores, staging: Path) -> None:
        self._database = database
        self._stores = stores
        self._staging = staging

    async def work(self, schema: str) -> None:
        async with self._database.transaction() as connection:
            await sweep_loose(connection, schema)
            old = await uploads.sweep(connection, schema)
        for key in old:
            uploads.place_of(self._staging, key).unlink(missing_ok=True)
        await self.throw_away(schema)

    async def throw_away(self, schema: str) -> int:
        """Contents outside of the database whose rows are gone; those in a store that is away wait."""
        gone = sa.Table(
            "file_gone",
            sa.MetaData(schema=schema),
            sa.Column("file_id", sa.Uuid),
            sa.Column("store", sa.Text),
        )
        async with self._database.reader() as connection:
            rows = await (
                await run(connection, sa.select(gone.c.file_id, gone.c.store).limit(MOST_AT_ONCE))
            ).fetchall()
        count = 0
        for file_id, store in rows:
            try:
                await self._stores.of(store).remove(schema, file_id)
            except Unavailable:
                continue
            async with self._database.transaction() as connection:
                await run(connection, sa.delete(gone).where(gone.c.file_id == file_id))
            count += 1
        return count
