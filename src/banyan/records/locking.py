"""Holding a record, and moving it where only the house does."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from banyan.db.database import Connection
from banyan.kernel.errors import NotFound
from banyan.metadata.catalog import Object
from banyan.query import locking


async def hold(connection: Connection, obj: Object, record_id: UUID) -> None:
    """Until the end of the transaction. Raises NotFound where the record is gone meanwhile."""
    row = await (await connection.execute(locking.lock_row(obj), {"id": record_id})).fetchone()
    if row is None:
        raise NotFound("record_not_found", object=obj.api_name, id=str(record_id))


@asynccontextmanager
async def as_house(connection: Connection) -> AsyncIterator[None]:
    """Inside, a state may go where only the house moves it. A failed transaction forgets it by itself."""
    await connection.execute(locking.as_house(on=True))
    yield
    await connection.execute(locking.as_house(on=False))
