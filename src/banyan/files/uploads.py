"""Uploads in pieces: a large file goes on where it broke off. Pieces gather on this machine, then the file is kept."""

import asyncio
import contextlib
import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa

from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.files.content import safe_name
from banyan.kernel.errors import Conflict, InvalidInput, NotFound

GIVEN_UP_AFTER = timedelta(hours=24)
MOST_OPEN = 20  # of one person: what is never finished fills the disk for a day


@dataclass(frozen=True)
class Upload:
    id: UUID
    field_id: UUID
    name: str
    size: int
    received: int


@lru_cache(maxsize=256)
def _table(schema: str) -> sa.Table:
    column = sa.Column
    return sa.Table(
        "file_upload",
        sa.MetaData(schema=schema),
        column("id", sa.Uuid),
        column("field_id", sa.Uuid),
        column("name", sa.Text),
        column("size", sa.BigInteger),
        column("received", sa.BigInteger),
        column("user_id", sa.Uuid),
        column("file_id", sa.Uuid),
        column("created_at", sa.DateTime(timezone=True)),
    )


def place_of(staging: Path, key: UUID) -> Path:
    """Where the pieces gather."""
    return staging / f"{key}.part"


async def begin(
    connection: Connection, schema: str, field_id: UUID, name: str, size: int, user: UUID
) -> Upload:
    """Raises Conflict `uploads_many`."""
    table = _table(schema)
    mine = sa.select(sa.func.count()).where(table.c.user_id == user, table.c.file_id.is_(None))
    found = await (await run(connection, mine)).fetchone()
    if found and found[0] >= MOST_OPEN:
        raise Conflict("uploads_many", limit=MOST_OPEN)
    statement = (
        sa.insert(table)
        .values(field_id=field_id, name=safe_name(name), size=size, user_id=user)
        .returning(table.c.id, table.c.field_id, table.c.name, table.c.size, sa.literal(0))
    )
    row = await (await run(connection, statement)).fetchone()
    if row is None:
        raise LookupError(schema)
    return Upload(*row)


async def find(connection: Connection, schema: str, key: UUID, user: UUID, *, lock: bool = False) -> Upload:
    """One's own upload that is under way. Raises NotFound."""
    table = _table(schema)
    asked = sa.select(table.c.id, table.c.field_id, table.c.name, table.c.size, table.c.received)
    asked = asked.where(table.c.id == key, table.c.user_id == user, table.c.file_id.is_(None))
    row = await (await run(connection, asked.with_for_update() if lock else asked)).fetchone()
    if row is None:
        raise NotFound("unknown_upload")
    return Upload(*row)


async def take_piece(
    connection: Connection, schema: str, staging: Path, upload: Upload, offset: int, piece: bytes
) -> int:
    """Write one piece where the last ended; returns how much there is. The row is locked by the caller.

    A piece that came before (its answer was lost) is written again over itself. Raises Conflict `upload_offset` for one
    that would leave a hole, InvalidInput for more than was announced.
    """
    end = offset + len(piece)
    if offset > upload.received:
        raise Conflict("upload_offset", offset=upload.received)
    if end > upload.size:
        raise InvalidInput("upload_longer", size=upload.size)
    await asyncio.to_thread(_write, place_of(staging, upload.id), offset, piece)
    received = max(upload.received, end)
    table = _table(schema)
    await run(connection, sa.update(table).where(table.c.id == upload.id).values(received=received))
    return received


def _write(place: Path, offset: int, piece: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _locked(place, os.O_RDWR | os.O_CREAT) as opened:
        os.pwrite(opened, piece, offset)
        os.fsync(opened)


@contextlib.contextmanager
def alone(place: Path) -> Iterator[None]:
    """Nobody else writes or finishes these pieces meanwhile. Raises Conflict `upload_busy`, NotFound."""
    try:
        with _locked(place, os.O_RDWR):
            yield
    except FileNotFoundError as error:
        raise NotFound("unknown_upload") from error


@contextlib.contextmanager
def _locked(place: Path, flags: int) -> Iterator[int]:
    """The lock is the file's own, for all processes of this machine; who is killed lets go of it."""
    opened = os.open(place, flags, 0o600)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield opened
    except BlockingIOError as error:
        raise Conflict("upload_busy") from error
    finally:
        os.close(opened)


async def kept_as(connection: Connection, schema: str, key: UUID, user: UUID) -> UUID | None:
    """The file that one's own upload has become, should its answer have been lost."""
    table = _table(schema)
    asked = sa.select(table.c.file_id).where(table.c.id == key, table.c.user_id == user)
    row = await (await run(connection, asked)).fetchone()
    return None if row is None else row[0]


async def finish(connection: Connection, schema: str, key: UUID, file_id: UUID) -> None:
    """From now on it is a file; what it became is known until the sweep."""
    table = _table(schema)
    await run(connection, sa.update(table).where(table.c.id == key).values(file_id=file_id))


async def end(connection: Connection, schema: str, key: UUID) -> None:
    """The upload is given up."""
    table = _table(schema)
    await run(connection, sa.delete(table).where(table.c.id == key))


async def sweep(connection: Connection, schema: str) -> list[UUID]:
    """Uploads nobody went on with for a day are forgotten; whose pieces are to be thrown away."""
    table = _table(schema)
    old = sa.delete(table).where(table.c.created_at < sa.func.now() - GIVEN_UP_AFTER).returning(table.c.id)
    return [row[0] for row in await (await run(connection, old)).fetchall()]
