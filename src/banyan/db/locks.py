"""Advisory locks: one process at a time does a named piece of work."""

import contextlib
import hashlib
from collections.abc import AsyncIterator

from banyan.db.database import Database


@contextlib.asynccontextmanager
async def one_at_a_time(database: Database, name: str) -> AsyncIterator[None]:
    """Hold the lock called `name` across the installation until the block ends or the process dies."""
    key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
    async with database.transaction() as connection:
        await connection.execute("SELECT pg_advisory_xact_lock(%s)", (key,))
        yield
