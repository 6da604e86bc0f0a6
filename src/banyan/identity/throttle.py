"""Slows guessing down without locking anybody out. Attempts are shared by all processes.

A place is one address trying one name, or one known device of the person: each has its own few attempts, so
failures from elsewhere never block a person at home or at a device they have used before. An address has a
limit over all names. A name that is tried from everywhere is not locked: its answers only come more slowly.
"""

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from banyan.db.database import Connection, Database
from banyan.db.statements import run
from banyan.identity.tables import identity_tables
from banyan.kernel.errors import TooMany

WINDOW = timedelta(minutes=5)
MOST_FAILURES, MOST_PER_ADDRESS = 8, 60
PATIENCE, LONGEST_PAUSE_S = 20, 4.0


@dataclass(frozen=True)
class Attempt:
    """One attempt, booked before the secret is looked at, so that parallel guesses do not slip through together."""

    schema: str
    place: bytes
    address: str
    name: bytes
    at_home: bool

    @classmethod
    def of(cls, schema: str, address: str, name: str, device: str | None) -> "Attempt":
        """`device` is given when it is known to be the person's own."""
        where = f"device {device}" if device else f"address {address}"
        return cls(schema, _digest(f"{where} {name}"), address, _digest(name), device is not None)


async def book(database: Database, attempt: Attempt) -> None:
    """Count an attempt in. Raises TooMany while its place, or its address over all names, has failed too often."""
    table = identity_tables(attempt.schema).sign_in_attempt
    async with database.transaction() as connection:
        made = await run(
            connection,
            sa.insert(table)
            .values(place=attempt.place, address=attempt.address, name_hash=attempt.name)
            .returning(table.c.id),
        )
        row = await made.fetchone()
    # Counted after the commit: of many at once, each sees the others.
    own = row[0] if row else 0
    async with database.reader() as connection:
        here, address, name, wait = await _counts(connection, attempt, own)
    if here > MOST_FAILURES or (address > MOST_PER_ADDRESS and not attempt.at_home):
        async with database.transaction() as connection:
            await run(connection, sa.delete(table).where(table.c.id == own))
        raise TooMany("too_many_attempts", retry_after=wait)
    if not attempt.at_home:
        await asyncio.sleep(pause_s(name))


async def forget(connection: Connection, attempt: Attempt) -> None:
    """After a success: the place starts anew, and what is past the window goes."""
    table = identity_tables(attempt.schema).sign_in_attempt
    over = table.c.at < sa.func.now() - WINDOW
    await run(connection, sa.delete(table).where((table.c.place == attempt.place) | over))


def pause_s(attempts: int) -> float:
    """How long an answer waits when a name has been tried this often from anywhere within the window."""
    return 0.0 if attempts <= PATIENCE else min(LONGEST_PAUSE_S, 0.1 * (attempts - PATIENCE))


async def _counts(connection: Connection, attempt: Attempt, own: int) -> tuple[int, int, int, int]:
    """Attempts up to this one, within the window, by place, by address, by name; seconds until the oldest is over."""
    table = identity_tables(attempt.schema).sign_in_attempt
    here, address, name = (
        table.c.place == attempt.place,
        table.c.address == attempt.address,
        table.c.name_hash == attempt.name,
    )
    count = sa.func.count
    left = sa.func.min(table.c.at) + WINDOW - sa.func.now()
    found = await run(
        connection,
        sa.select(
            count().filter(here),
            count().filter(address),
            count().filter(name),
            sa.func.extract("epoch", left),
        ).where(table.c.at > sa.func.now() - WINDOW, table.c.id <= own, here | address | name),
    )
    row = await found.fetchone() or (0, 0, 0, None)
    return row[0], row[1], row[2], max(1, int(row[3] or WINDOW.total_seconds()) + 1)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
