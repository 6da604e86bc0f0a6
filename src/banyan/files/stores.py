"""Where the content of files lies: in the database (as it comes), in a folder, or in an S3-compatible store.

A file remembers its store, so that an installation may change its mind: old files stay where they are.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import sqlalchemy as sa

from banyan.db.database import Connection, Database
from banyan.db.statements import run
from banyan.kernel.errors import NotFound, Unavailable
from banyan.kernel.settings import FileStorage

PART = 1 << 20
DATABASE, FOLDER, S3 = "database", "folder", "s3"


class Store(Protocol):
    """Content by workspace schema and file id. Writing the same again replaces it."""

    key: str

    async def put(self, schema: str, file_id: UUID, content: Path) -> None: ...

    def read(self, schema: str, file_id: UUID) -> AsyncIterator[bytes]: ...

    async def remove(self, schema: str, file_id: UUID) -> None: ...


def part_table(schema: str) -> sa.Table:
    column = sa.Column
    return sa.Table(
        "file_part",
        sa.MetaData(schema=schema),
        column("file_id", sa.Uuid),
        column("place", sa.Integer),
        column("content", sa.LargeBinary),
    )


class DatabaseStore:
    """Parts of 1 MB in the workspace's own schema: backed up, restored and thrown away with the records."""

    key = DATABASE

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, schema: str, file_id: UUID, content: Path) -> None:
        part = part_table(schema)
        with content.open("rb") as file:
            async with self._database.transaction() as connection:
                await run(connection, sa.delete(part).where(part.c.file_id == file_id))
                for place in itertools.count():
                    piece = await asyncio.to_thread(file.read, PART)
                    if not piece:
                        return
                    await run(connection, sa.insert(part).values(file_id=file_id, place=place, content=piece))

    async def read(self, schema: str, file_id: UUID) -> AsyncIterator[bytes]:
        for place in itertools.count():
            async with self._database.reader() as connection:
                piece = await _piece(connection, schema, file_id, place)
            if piece is None:
                return
            yield piece

    @staticmethod
    async def read_over(connection: Connection, schema: str, file_id: UUID) -> AsyncIterator[bytes]:
        """The same for whoever holds a connection already: nobody waits for a second one with the first in hand."""
        for place in itertools.count():
            piece = await _piece(connection, schema, file_id, place)
            if piece is None:
                return
            yield piece

    async def remove(self, schema: str, file_id: UUID) -> None:
        part = part_table(schema)
        async with self._database.transaction() as connection:
            await run(connection, sa.delete(part).where(part.c.file_id == file_id))


async def _piece(connection: Connection, schema: str, file_id: UUID, place: int) -> bytes | None:
    part = part_table(schema)
    wanted = sa.select(part.c.content).where(part.c.file_id == file_id, part.c.place == place)
    row = await (await run(connection, wanted)).fetchone()
    return None if row is None else bytes(row[0])


class FolderStore:
    """One file each, under names the server made; moved into place whole."""

    key = FOLDER

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _place(self, schema: str, file_id: UUID) -> Path:
        return self._folder / schema / file_id.hex[-2:] / str(file_id)

    async def put(self, schema: str, file_id: UUID, content: Path) -> None:
        await asyncio.to_thread(self._move, content, self._place(schema, file_id))

    @staticmethod
    def _move(content: Path, place: Path) -> None:
        import shutil

        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        half = place.with_suffix(".half")
        shutil.copyfile(content, half)
        half.replace(place)

    async def read(self, schema: str, file_id: UUID) -> AsyncIterator[bytes]:
        try:
            file = self._place(schema, file_id).open("rb")
        except FileNotFoundError as error:
            raise NotFound("unknown_file") from error
        with file:
            while piece := await asyncio.to_thread(file.read, PART):
                yield piece

    async def remove(self, schema: str, file_id: UUID) -> None:
        await asyncio.to_thread(self._place(schema, file_id).unlink, missing_ok=True)


class S3Store:
    """Objects of a bucket, by its published protocol; large ones go up in parts."""

    key = S3

    def __init__(self, storage: FileStorage) -> None:
        self._storage = storage
        self._opened: Any = None

    @property
    def _store(self) -> Any:
        """Opened when first needed: most installations have none."""
        if self._opened is None:
            from obstore.store import S3Store as Bucket

            storage = self._storage
            options: dict[str, Any] = {
                "region": storage.region,
                "access_key_id": storage.access_key,
                "secret_access_key": storage.secret_key,
                "virtual_hosted_style_request": False,
            }
            if storage.endpoint:
                options["endpoint"] = storage.endpoint
                options["client_options"] = {"allow_http": storage.endpoint.startswith("http://")}
            self._opened = Bucket(storage.bucket, prefix=storage.prefix or None, **options)
        return self._opened

    @staticmethod
    def _name(schema: str, file_id: UUID) -> str:
        return f"{schema}/{file_id}"

    async def put(self, schema: str, file_id: UUID, content: Path) -> None:
        import obstore

        try:
            await obstore.put_async(self._store, self._name(schema, file_id), content)
        except obstore.exceptions.BaseError as error:
            raise Unavailable("file_store_away", reason=str(error)[:200]) from error

    async def read(self, schema: str, file_id: UUID) -> AsyncIterator[bytes]:
        import obstore

        try:
            found = await obstore.get_async(self._store, self._name(schema, file_id))
            async for piece in found.stream(min_chunk_size=PART):
                yield bytes(piece)
        except FileNotFoundError as error:
            raise NotFound("unknown_file") from error
        except obstore.exceptions.BaseError as error:
            raise Unavailable("file_store_away", reason=str(error)[:200]) from error

    async def remove(self, schema: str, file_id: UUID) -> None:
        import obstore

        try:
            await obstore.delete_async(self._store, self._name(schema, file_id))
        except FileNotFoundError:
            return
        except obstore.exceptions.BaseError as error:
            raise Unavailable("file_store_away", reason=str(error)[:200]) from error


class Stores:
    """All stores of an installation by key, and the one that new files go to."""

    def __init__(self, found: Iterable[Store], new: str) -> None:
        self._by_key = {store.key: store for store in found}
        self.new = self._by_key[new]

    def of(self, key: str) -> Store:
        """Raises Unavailable where files lie in a store that is set up no more."""
        if key not in self._by_key:
            raise Unavailable("file_store_away", reason=key)
        return self._by_key[key]

    def read(self, key: str, connection: Connection, schema: str, file_id: UUID) -> AsyncIterator[bytes]:
        """The content of a file, for whoever holds a connection."""
        store = self.of(key)
        if isinstance(store, DatabaseStore):
            return store.read_over(connection, schema, file_id)
        return store.read(schema, file_id)


def open_stores(database: Database, storage: FileStorage) -> Stores:
    found: list[Store] = [DatabaseStore(database)]
    if storage.folder is not None:
        found.append(FolderStore(storage.folder))
    if storage.bucket:
        found.append(S3Store(storage))
    return Stores(found, storage.kind)
