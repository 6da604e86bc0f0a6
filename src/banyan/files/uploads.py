"""Uploads in pieces: a large file goes on where it broke off. Pieces gather on this machine, then the file is kept."""

import asyncio
import os
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
    table = _table(schema)
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
    """One's own upload. Raises NotFound."""
    table = _table(schema)
    asked = sa.select(table.c.id, table.c.field_id, table.c.name, table.c.size, table.c.received)
    asked = asked.where(table.c.id == key, table.c.user_id == user)
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
    opened = os.open(place, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        os.pwrite(opened, piece, offset)
        os.fsync(opened)
    finally:
        os.close(opened)


async def end(connection: Connection, schema: str, key: UUID) -> None:
    """The upload is over: kept, or given up."""
    table = _table(schema)
    await run(connection, sa.delete(table).where(table.c.id == key))


async def sweep(connection: Connection, schema: str) -> list[UUID]:
    """Uploads nobody went on with for a day are forgotten; whose pieces are to be thrown away."""
    table = _table(schema)
    old = sa.delete(table).where(table.c.created_at < sa.func.now() - GIVEN_UP_AFTER).returning(table.c.id)
    return [row[0] for row in await (await run(connection, old)).fetchall()]
