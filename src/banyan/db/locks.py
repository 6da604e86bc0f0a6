"""Advisory locks: one process at a time does a named piece of work."""

import contextlib
import hashlib
from collections.abc import AsyncIterator, Sequence

from banyan.db.database import Connection, Database


@contextlib.asynccontextmanager
async def one_at_a_time(database: Database, name: str) -> AsyncIterator[None]:
    """Hold the lock called `name` across the installation until the block ends or the process dies."""
    async with database.transaction() as connection:
        await take_turn(connection, name)
        yield


async def take_turn(connection: Connection, name: str) -> None:
    """Hold the lock called `name` until the end of the transaction; who comes second waits, then sees what was done."""
    await connection.execute("SELECT pg_advisory_xact_lock(%s)", (_key(name),))


async def try_session_lock(connection: Connection, name: str) -> bool:
    """Take the lock called `name` until the connection closes, where nobody holds it."""
    row = await (await connection.execute("SELECT pg_try_advisory_lock(%s)", (_key(name),))).fetchone()
    return bool(row and row[0])


def _key(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)


async def hold_keys(
    connection: Connection, spaces: Sequence[int], keys: Sequence[int], *, whole: bool
) -> None:
    """Advisory locks until the end of the transaction, in the order given: single keys, or their spaces as wholes.

    Who holds a single key shares its space, so that a holder of the whole space waits for it and it for them.
    """
    kind = "pg_advisory_xact_lock" if whole else "pg_advisory_xact_lock_shared"
    for space in spaces:
        await connection.execute(f"SELECT {kind}(%s)", (space,))
    # One statement, one row after the other in the order of the array.
    if keys:
        await connection.execute(
            "SELECT pg_advisory_xact_lock(k.key) FROM unnest(%s::bigint[]) WITH ORDINALITY AS k(key, place) "
            "ORDER BY k.place",
            (list(keys),),
        )
