"""The open database: pooled psycopg connections with the transaction at the edge.

Reads run on an autocommit connection (one statement, no BEGIN and COMMIT); a command runs in one
transaction that
commits when its block ends. Errors leave here as kernel errors, so no caller repeats the translation.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Sequence
from contextvars import ContextVar
from typing import Any, cast

import psycopg
import psycopg_pool
from psycopg import AsyncConnection, sql
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.conninfo import make_conninfo
from psycopg.pq import Format

from banyan.db.apart import APART, CONNECT_TIMEOUT_S, Apart
from banyan.db.apart import OPTIONS as APART_OPTIONS
from banyan.db.arrays import PlainListDumper
from banyan.db.beginning import begin
from banyan.db.constraints import translate
from banyan.db.driver import SwiftConnection
from banyan.db.kept import Kept
from banyan.db.lending import LastFirstPool
from banyan.db.proofs import PROOFS, Proof
from banyan.db.roles import ConnectionTargets
from banyan.db.watching import Watch, watched
from banyan.kernel.actor import acting_origin
from banyan.kernel.errors import Unavailable

JOBS_SCHEMA = "banyan_jobs"
APPLICATION = "banyan"
PREPARE_AFTER = 2
# A connection that rests for hours is lost unnoticed where something between drops what is silent; not for sockets.
KEEP_ALIVE = {
    "keepalives_idle": 60,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
POOL_WAIT_S = 10.0
LONGEST_QUEUE = 400
_LISTEN_RETRY_S = (0.1, 0.5, 1.0, 2.0, 5.0)
_JSONB_VERSION = 1

Connection = AsyncConnection[tuple[Any, ...]]
Pool = psycopg_pool.AsyncConnectionPool[Connection]

# Set around a read over many rows: it works on connections kept apart, so that it takes none from lists and saves.
HEAVY: ContextVar[bool] = ContextVar("banyan_heavy", default=False)


class RawJson(Loader):
    """json and jsonb arrive as the server wrote them: answers pass through Python untouched."""

    format = Format.TEXT

    def load(self, data: Buffer) -> bytes:
        return bytes(data)


class RawBinaryJsonb(Loader):
    """The binary form of jsonb puts one version byte before the same text."""

    format = Format.BINARY

    def load(self, data: Buffer) -> bytes:
        raw = bytes(data)
        if raw[:1] != bytes([_JSONB_VERSION]):
            raise psycopg.DataError("unknown jsonb version")
        return raw[1:]


class RawBinaryJson(RawJson):
    format = Format.BINARY


def session_options(statement_timeout_ms: int, *, alone: bool = False) -> str:
    """Return the libpq `options` every session starts with: no round trip is spent on SET.

    `alone`: for short statements, which begin no further processes and keep no joined rows for others that may ask for
    the same; with few rows both cost more than they spare (the second a tenth of a page).
    """
    short = " -c max_parallel_workers_per_gather=0 -c enable_memoize=off" if alone else ""
    return (
        f"-c search_path={JOBS_SCHEMA} -c timezone=UTC -c statement_timeout={int(statement_timeout_ms)} "
        f"-c client_min_messages=warning{short}"
    )


class Database:
    """Pool of app-role connections, plus owner-role connections on demand for schema changes."""

    def __init__(
        self, targets: ConnectionTargets, pool: Pool, timeout_ms: int, heavy: Pool | None = None
    ) -> None:
        self._targets = targets
        self._pool = pool
        self._kept = Kept()
        self._heavy = heavy or pool
        self._timeout_ms = timeout_ms
        self._sweep: asyncio.Task[None] | None = None
        self._apart = Apart(
            make_conninfo(
                targets.app,
                options=f"{session_options(timeout_ms, alone=True)} {APART_OPTIONS}",
                application_name=f"{APPLICATION} apart",
                connect_timeout=CONNECT_TIMEOUT_S,
                **KEEP_ALIVE,
            )
        )

    @classmethod
    async def open(
        cls,
        targets: ConnectionTargets,
        *,
        min_size: int = 1,
        max_size: int = 10,
        statement_timeout_ms: int = 30_000,
        pool_wait_s: float = POOL_WAIT_S,
        heavy_size: int = 0,
        heavy_timeout_ms: int = 60_000,
        watches: Sequence[Watch] = (),
    ) -> "Database":
        """Open the pool; returns once one connection works. `watches` are told how long statements take.

        With `heavy_size`, reads under `HEAVY` have connections of their own, made when first asked for; they alone may
        use several processors then.
        """
        options = session_options(statement_timeout_ms, alone=heavy_size > 0)
        pool = _pool(targets, options, (min_size, max_size), pool_wait_s, watches)
        try:
            await pool.open(wait=True, timeout=pool_wait_s)
        except psycopg_pool.PoolTimeout as error:
            await pool.close()
            raise Unavailable("database_gone") from error
        heavy = None
        if heavy_size:
            options = session_options(heavy_timeout_ms)
            heavy = _pool(targets, options, (0, heavy_size), pool_wait_s, watches)
            await heavy.open()
        return cls(targets, pool, statement_timeout_ms, heavy)

    def pool_figures(self) -> tuple[int, int, int]:
        """Connections in use, connections idle, requests waiting for one."""
        pools = [self._pool] if self._heavy is self._pool else [self._pool, self._heavy]
        found = [pool.get_stats() for pool in pools]
        size, idle, waiting = (
            sum(each.get(name, 0) for each in found)
            for name in ("pool_size", "pool_available", "requests_waiting")
        )
        return size - idle, idle, waiting

    async def close(self) -> None:
        """Close every connection; waits shortly for those in use."""
        if self._sweep is not None:
            self._sweep.cancel()
        await self._apart.close()
        await self._pool.close()
        if self._heavy is not self._pool:
            await self._heavy.close()

    async def ping(self) -> None:
        """Prove that the database answers.

        Raises:
            Unavailable: it does not.
        """
        async with self.reader() as connection:
            await connection.execute("SELECT 1")

    def reader(self, proof: Proof | None = None) -> "Lent":
        """Lend an autocommit connection of the app role: for reads of one statement each.

        `proof` is there for statements that carry it along (`PROOFS`); whoever lends so looks whether one did.
        """
        return Lent(self, self._heavy if HEAVY.get() else self._pool, proof)

    @contextlib.asynccontextmanager
    async def transaction(
        self, *, steady: bool = False, brief: bool = False, proof: Proof | None = None
    ) -> AsyncIterator[Connection]:
        """Lend a connection inside BEGIN … COMMIT; any exception rolls back.

        `steady`: it reads one moment only, and writes nothing. `brief`: it touches a handful of records by their ids.
        Then statements keep the plan they were given once: PostgreSQL would make one anew for each array of ids, which
        takes longer than to carry it out.

        `proof` is asked with BEGIN, before anything else is done.

        Raises:
            Outdated: what was to be proven is no longer so.
            Unavailable: `commit_unknown` when the connection broke during COMMIT, so that nobody takes
                the outcome
                for known; the caller repeats with its idempotency key.
        """
        async with self.reader() as connection:
            schema, version_of = self._kept.beginning()
            origin = acting_origin()
            said = await begin(
                cast("SwiftConnection", connection),
                steady=steady,
                brief=brief,
                origin=json.dumps(origin) if origin else "",
                asked=[*([version_of] if version_of else []), *([proof.function] if proof else [])],
                about=proof.about if proof else None,
            )
            version = str(said[0]) if version_of and said[0] is not None else None
            if proof is not None:
                proof.hear(None if said[-1] is None else said[-1].encode())
            APART[connection] = self._apart
            with self._kept.during(connection, schema, version):
                yield connection
            await _commit(connection)

    @contextlib.asynccontextmanager
    async def schema_change(self) -> AsyncIterator[Connection]:
        """Lend a fresh connection of the owner role inside one transaction.

        The caller sets `lock_timeout`.
        """
        target = make_conninfo(
            self._targets.owner,
            options=session_options(self._timeout_ms),
            application_name=f"{APPLICATION} schema",
        )
        try:
            connection = await AsyncConnection.connect(target, prepare_threshold=None)
        except psycopg.OperationalError as error:
            raise Unavailable("database_gone") from error
        await _configure(connection)
        try:
            yield connection
            await _commit(connection)
        except psycopg.Error as error:
            if refusal := translate(error):
                raise refusal from error
            raise
        finally:
            await connection.close()  # Without a commit this rolls back.

    @contextlib.asynccontextmanager
    async def upkeep(self) -> AsyncIterator[Connection]:
        """Lend a fresh connection of the owner role outside any transaction and without a statement time-out.

        For what can only be done so, such as an index made beside the work on its table.
        """
        target = make_conninfo(
            self._targets.owner, options=session_options(0), application_name=f"{APPLICATION} upkeep"
        )
        try:
            connection = await AsyncConnection.connect(target, autocommit=True, prepare_threshold=None)
        except psycopg.OperationalError as error:
            raise Unavailable("database_gone") from error
        await _configure(connection)
        try:
            yield connection
        except psycopg.Error as error:
            if refusal := translate(error):
                raise refusal from error
            raise
        finally:
            await connection.close()

    async def listen(self, channel: str) -> AsyncIterator[str | None]:
        """Yield payloads sent to `channel`, for ever; yields None after each (re)connect.

        None means: something may have been missed, look again at what the channel announces.
        """
        failures = 0
        while True:
            try:
                async with await AsyncConnection.connect(
                    make_conninfo(self._targets.app, **KEEP_ALIVE),
                    autocommit=True,
                    application_name=f"{APPLICATION} listen",
                ) as connection:
                    await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
                    failures = 0
                    yield None
                    async for notice in connection.notifies():
                        yield notice.payload
            except psycopg.OperationalError:
                await asyncio.sleep(_LISTEN_RETRY_S[min(failures, len(_LISTEN_RETRY_S) - 1)])
                failures += 1

    async def give_up(self, pool: Pool, connection: Connection) -> None:
        """Roll back what is open.

        Where the server went away, have the pool replace its other dead connections.
        """
        if not connection.closed:
            with contextlib.suppress(psycopg.Error):
                await connection.rollback()
        if connection.closed and (self._sweep is None or self._sweep.done()):
            self._sweep = asyncio.create_task(pool.check())


class Lent:
    """A connection of a pool for as long as a block lasts. A class and not a generator: each request enters some."""

    __slots__ = ("_connection", "_database", "_pool", "_proof")

    def __init__(self, database: Database, pool: Pool, proof: Proof | None) -> None:
        self._database, self._pool = database, pool
        self._proof = None if proof is None or proof.is_heard else proof

    async def __aenter__(self) -> Connection:
        try:
            self._connection = await self._pool.getconn()
        except (psycopg_pool.PoolTimeout, psycopg_pool.TooManyRequests) as error:
            raise Unavailable("database_busy") from error
        if self._proof is not None:
            PROOFS[self._connection] = self._proof
        return self._connection

    async def __aexit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if self._proof is not None:
            PROOFS.pop(self._connection, None)
        try:
            if error is not None:
                await self._broken_off(error)
        finally:
            await self._pool.putconn(self._connection)

    async def _broken_off(self, error: BaseException) -> None:
        """Raises what the caller is to hear instead of `error`, if it is to hear something else."""
        if not isinstance(error, Exception):
            # Cancelled: closing needs no answer from the server, which rolls back by itself.
            await self._connection.close()
            return
        await self._database.give_up(self._pool, self._connection)
        if isinstance(error, psycopg.errors.FeatureNotSupported):
            # What it has prepared may be of columns as they were: the server refuses that each time.
            await self._connection.close()
        if isinstance(error, psycopg.Error) and (refusal := translate(error)):
            raise refusal from error


def _pool(
    targets: ConnectionTargets,
    options: str,
    sizes: tuple[int, int],
    wait_s: float,
    watches: Sequence[Watch],
) -> Pool:
    cursors = {"cursor_factory": watched(watches)} if watches else {}
    return LastFirstPool(
        make_conninfo(targets.app, options=options, application_name=APPLICATION, **KEEP_ALIVE),
        connection_class=SwiftConnection,
        min_size=sizes[0],
        max_size=sizes[1],
        open=False,
        timeout=wait_s,
        max_waiting=LONGEST_QUEUE,
        max_idle=300.0,
        reconnect_timeout=60.0,
        name=APPLICATION,
        configure=_configure,
        kwargs={"autocommit": True, "prepare_threshold": PREPARE_AFTER, **cursors},
    )


async def _configure(connection: Connection) -> None:
    adapters = connection.adapters
    adapters.register_dumper(list, PlainListDumper)
    adapters.register_loader("json", RawJson)
    adapters.register_loader("jsonb", RawJson)
    adapters.register_loader("json", RawBinaryJson)
    adapters.register_loader("jsonb", RawBinaryJsonb)


async def _commit(connection: Connection) -> None:
    try:
        await connection.commit()
    except psycopg.OperationalError as error:
        if connection.closed:
            raise Unavailable("commit_unknown") from error
        raise
