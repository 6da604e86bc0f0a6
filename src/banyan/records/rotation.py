"""Sealing again what older keys sealed, so that they can be given up: all encrypted fields, in chunks."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from banyan.db.database import Connection, Database
from banyan.metadata.catalog import Catalog, Field, Object
from banyan.metadata.field_types.encrypted import purpose
from banyan.query import sealed

CHUNK = 1_000


class Keys(Protocol):
    """Seals and opens, and knows what its newest key sealed (db.vault's Vault)."""

    def seal(self, purpose: str, text: str) -> str: ...
    def open(self, purpose: str, sealed: str) -> str: ...
    def is_current(self, sealed: str) -> bool: ...


@dataclass(frozen=True)
class Rotated:
    object: str
    field: str
    count: int


async def rotate(database: Database, catalog: Catalog, keys: Keys) -> AsyncIterator[Rotated]:
    """Seal every value again that the newest key did not seal; each chunk is a transaction of its own.

    Records in the trash and fields taken away are among them: both can come back. A value that changes meanwhile is
    left to its writer, who seals with the newest key. What is running can be stopped and begun again.
    """
    for obj in (*catalog.objects, *catalog.archived_objects):
        for field in (*obj.fields, *obj.archived_fields):
            if field.kind.sealed and not field.purged:
                yield Rotated(obj.api_name, field.api_name, await _rotate_field(database, obj, field, keys))


async def _rotate_field(database: Database, obj: Object, field: Field, keys: Keys) -> int:
    count, last, more = 0, UUID(int=0), True
    while more:
        async with database.transaction() as connection:
            found, last, more = await _chunk(connection, obj, field, keys, last)
        count += found
    return count


async def _chunk(
    connection: Connection, obj: Object, field: Field, keys: Keys, last: UUID
) -> tuple[int, UUID, bool]:
    cursor = await connection.execute(sealed.chunk(obj, field), {"last": last, "limit": CHUNK})
    rows = await cursor.fetchall()
    old = [(key, text) for key, text in rows if not keys.is_current(text)]
    if old:
        fresh = [keys.seal(purpose(field), keys.open(purpose(field), text)) for _, text in old]
        binds = {"ids": [key for key, _ in old], "old": [text for _, text in old], "new": fresh}
        await connection.execute(sealed.replace(obj, field), binds)
    return len(old), rows[-1][0] if rows else last, len(rows) == CHUNK
