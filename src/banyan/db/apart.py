"""What is written apart from the transaction at hand: it stands at once, whatever becomes of the transaction.

For counters that everybody steps on, where a gap is no harm: in the transaction they would make each writer wait for
the commit of the one before.
"""

import asyncio
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from math import exp
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from psycopg import AsyncConnection

from banyan.db.driver import SwiftConnection

_Row = tuple[Any, ...]
_Connection = AsyncConnection[_Row]


# No longer than this does one statement keep the others: whoever steps on a counter elsewhere is over at once.
OPTIONS = "-c synchronous_commit=off -c lock_timeout=3000"
CONNECT_TIMEOUT_S = 10
_LOST = ("08", "57P")  # classes of a connection that is gone; without a class it was never there


COUNT, COMMIT = "count", "commit"
# Where many come, each asking takes some numbers for those who will come, too: so many at most, and for so long.
AHEAD_MOST, AHEAD_S = 16, 1.0
# Many are so many within about a tenth of a second: nobody by hand, nor some who happen to save at once.
RUSH, RUSH_S = 8.0, 0.1
_COUNTERS_MOST = 1_000


class _Left(Exception):
    """Who was to ask for the others was cancelled: another of them asks."""


@dataclass(eq=False)
class _Round:
    """Those who come for one counter while it is somebody's turn: it is asked once for all of them."""

    count: int
    before: asyncio.Future[int] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


@dataclass
class _Pace:
    """Of one counter: numbers taken ahead and until when they are given, and how many have come of late."""

    last: int = 0
    left: int = 0
    until: float = 0.0
    came: float = 0.0  # the longer ago, the less it counts
    seen: float = 0.0

    def comes(self, now: float) -> None:
        self.came = self.came * exp((self.seen - now) / RUSH_S) + 1
        self.seen = now

    def given(self, count: int, now: float) -> int | None:
        """The last of `count` numbers out of those taken ahead, if these are enough."""
        if self.left < count or now > self.until:
            return None
        self.left -= count
        return self.last - self.left

    def ahead(self) -> int:
        """How many to take ahead: as many as have come of late, where these are many."""
        return min(int(self.came), AHEAD_MOST) if self.came >= RUSH else 0


class Apart:
    """One connection of a database beside its pool, opened when first asked for; one statement at a time.

    Not one of the pool: who holds a connection and waits for a second one could wait for somebody who does the same.
    """

    def __init__(self, target: str) -> None:
        """`target` has OPTIONS: no commit there waits for the disk, for that of the record writes the log up to it."""
        self._target = target
        self._turn = asyncio.Lock()
        self._connection: _Connection | None = None
        self._gathering: dict[Hashable, _Round] = {}
        self._paces: dict[Hashable, _Pace] = {}

    async def take(self, statement: str, binds: Mapping[str, Any], count: int) -> int:
        """The last of `count` numbers of a counter. `statement` takes as many as COUNT says and returns the last.

        As a rule in the order of coming. What was taken for somebody who is cancelled is a gap, and so is what was
        taken ahead and nobody came for. COMMIT says how: numbers that are given without another look at the counter
        must not be forgotten by a server that falls.
        """
        key = (statement, *binds.values())
        pace, now = self._pace_of(key), monotonic()
        pace.comes(now)
        given = pace.given(count, now)
        if given is not None:
            return given
        while (gathering := self._gathering.get(key)) is not None:
            gathering.count += count
            mine = gathering.count
            try:
                return await asyncio.shield(gathering.before) + mine
            except _Left:
                continue
        return await self._take_for_all(key, pace, statement, {**binds, COUNT: count})

    async def _take_for_all(
        self, key: Hashable, pace: _Pace, statement: str, binds: Mapping[str, Any]
    ) -> int:
        count: int = binds[COUNT]
        led = self._gathering[key] = _Round(count)
        try:
            async with self._turn:
                del self._gathering[key]  # Who comes from now on is asked for next.
                ahead = pace.ahead()
                asked = {**binds, COUNT: led.count + ahead, COMMIT: "on" if ahead else "off"}
                last = _number(await self._row_or_again(statement, asked)) - ahead
        except BaseException as error:
            if self._gathering.get(key) is led:
                del self._gathering[key]
            led.before.set_exception(error if isinstance(error, Exception) else _Left())
            led.before.exception()  # Perhaps nobody else waits for it.
            raise
        pace.last, pace.left, pace.until = last + ahead, ahead, monotonic() + AHEAD_S
        led.before.set_result(last - led.count)
        return last - led.count + count

    def _pace_of(self, key: Hashable) -> _Pace:
        found = self._paces.get(key)
        if found is None:
            if len(self._paces) >= _COUNTERS_MOST:  # Counters of past months, of workspaces that are gone.
                self._paces.clear()
            found = self._paces[key] = _Pace()
        return found

    async def row(self, statement: str, binds: Mapping[str, Any]) -> _Row | None:
        """The first row that `statement` returns, committed. Raises what the driver raises."""
        async with self._turn:
            return await self._row_or_again(statement, binds)

    async def _row_or_again(self, statement: str, binds: Mapping[str, Any]) -> _Row | None:
        try:
            return await self._row(statement, binds)
        except psycopg.OperationalError as error:
            if error.sqlstate is not None and not error.sqlstate.startswith(_LOST):
                raise
            # The server went away since the last statement. Said twice, it leaves a gap at most.
            return await self._row(statement, binds)

    async def _row(self, statement: str, binds: Mapping[str, Any]) -> _Row | None:
        try:
            connection = await self._opened()
            return await (await connection.execute(statement, binds)).fetchone()
        except (
            BaseException
        ):  # Cancelled, too: what the server answers then would be read as another's answer.
            await self.close()
            raise

    async def _opened(self) -> _Connection:
        if self._connection is None or self._connection.closed:
            self._connection = await SwiftConnection.connect(
                self._target, autocommit=True, prepare_threshold=1
            )
        return self._connection

    async def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()


# Of a connection inside a transaction, what its database has apart.
APART: WeakKeyDictionary[_Connection, Apart] = WeakKeyDictionary()


async def take_apart(connection: _Connection, statement: str, binds: Mapping[str, Any], count: int) -> int:
    """As `Apart.take`, beside the transaction of `connection`; on it where it is no transaction of a pool."""
    beside = APART.get(connection)
    if beside is not None:
        return await beside.take(statement, binds, count)
    asked = {**binds, COUNT: count, COMMIT: "on"}
    return _number(await (await connection.execute(statement, asked)).fetchone())


def _number(row: _Row | None) -> int:
    if row is None:
        raise LookupError("a counter without a number")
    return int(row[0])
