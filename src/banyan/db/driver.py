"""The driver's connection and cursor, with what they do for each statement done once.

Nothing here changes what a statement means. The driver tells the event loop of a connection's socket before each wait
and takes it back after it, which under uvloop is half a dozen system calls; it looks for the places of values in a text
anew where the text is long or none of the last 128; it keeps a hundred prepared statements per connection and forgets
all of them whenever a transaction is rolled back, although the server keeps them.
"""

import asyncio
import select
from collections import OrderedDict
from collections.abc import Generator
from time import monotonic
from typing import Any, TypeVar

from psycopg import AsyncConnection, AsyncCursor, OperationalError, waiting
from psycopg._preparing import PrepareManager
from psycopg._queries import PostgresQuery, _query2pg_nocache
from psycopg.abc import Params, Query
from psycopg.pq import ConnStatus, Format
from psycopg.rows import AsyncRowFactory

PREPARED_MOST = 250  # per connection; each holds memory in the server, so there is an end
PARSED_MOST = 3_000
BUSY_S = 0.005  # so long what never has to wait, such as a long copy, may keep the event loop from others
_INTERVAL_S = 0.1  # the driver's own
_BAD = ConnStatus.BAD
_WRITE = waiting.WAIT_W
_READABLE = waiting.READY_R

T = TypeVar("T")
_PARSED: OrderedDict[tuple[str, str], Any] = OrderedDict()


class ParsedQuery(PostgresQuery):
    """A query whose text is parsed once, however long it is."""

    __slots__ = ()

    def convert(self, query: Query, vars: Params | None) -> None:  # noqa: A002 - the driver's name
        if vars is None or not isinstance(query, str):
            super().convert(query, vars)
            return
        key = (query, self._tx.encoding)
        found = _PARSED.get(key)
        if found is None:
            found = _PARSED[key] = _query2pg_nocache(query.encode(self._tx.encoding), self._tx.encoding)
            if len(_PARSED) > PARSED_MOST:
                _PARSED.popitem(last=False)
        self.query, self._want_formats, self._order, self._parts = found
        self.dump(vars)


class SwiftCursor(AsyncCursor[tuple[Any, ...]]):
    """A cursor with its connection's adapters: the driver copies them for each, so that one may be taught more."""

    __slots__ = ()
    _query_cls = ParsedQuery

    def __init__(
        self,
        connection: AsyncConnection[Any],
        *,
        row_factory: AsyncRowFactory[tuple[Any, ...]] | None = None,
    ) -> None:
        self._conn = connection
        self.format = Format.TEXT
        self._pgconn = connection.pgconn
        self._adapters = connection.adapters
        self.arraysize = 1
        self._closed = False
        self._last_query = None
        self._row_factory = row_factory or connection.row_factory
        self._reset()


class _Prepared(PrepareManager):
    """Prepared statements outlive a rollback, as they do in the server."""

    def __init__(self) -> None:
        super().__init__()
        self.is_rolling_back = False
        self.named: set[str] = set()  # by ourselves, under names of our own

    def clear(self) -> bool:
        if self.is_rolling_back:
            return False
        is_cleared = super().clear()
        if is_cleared:  # All of the server's are taken back, ours with them.
            self.named.clear()
        return is_cleared


class _Resumed:
    """A generator of the driver that has begun: goes on from `state`, or from the interruption of its wait."""

    def __init__(self, generator: Any, state: Any, interruption: BaseException | None = None) -> None:
        self.send = generator.send
        self._state = state
        self._interruption = interruption

    def __next__(self) -> Any:
        if self._interruption is not None:
            interruption, self._interruption = self._interruption, None
            raise interruption
        return self._state


class SwiftConnection(AsyncConnection[tuple[Any, ...]]):
    """A connection that stays with its event loop: the loop is told of its socket once, not for each wait."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cursor_factory = SwiftCursor
        self._prepared: _Prepared = _Prepared()
        self.prepared_max = PREPARED_MOST
        self._told: tuple[asyncio.AbstractEventLoop, int] | None = (
            None  # the loop that watches, and which socket
        )
        self._readable: asyncio.Future[None] | None = None
        self._ended: select.poll | None = None  # tells whether the server is gone
        self._breathed = 0.0

    @property
    def named(self) -> set[str]:
        """Statements prepared by ourselves, under names of our own."""
        return self._prepared.named

    async def wait(
        self,
        gen: Generator[Any, Any, T],
        interval: float = _INTERVAL_S,
        timeout: float | None = None,  # noqa: ASYNC109 - the driver's name
    ) -> T:
        """Drive `gen` to its end, as the driver does; only how readable sockets are awaited is our own."""
        if timeout is not None:
            self._untell()
            return await super().wait(gen, interval, timeout)
        state: Any = None
        try:
            state = next(gen)
            loop = asyncio.get_running_loop()
            while not state & _WRITE:
                self._tell(loop)
                self._readable = loop.create_future()
                try:
                    await self._readable
                finally:
                    self._readable = None
                state = gen.send(_READABLE)
                # Of a socket in error uvloop tells once and no more, and that was for the server's last word.
                while not state & _WRITE and self._is_ended():
                    state = gen.send(_READABLE)
        except StopIteration as ended:
            if state is None and monotonic() - self._breathed >= BUSY_S:
                await asyncio.sleep(0)
                self._breathed = monotonic()
            value: T = ended.value
            return value
        except (asyncio.CancelledError, KeyboardInterrupt, SystemExit) as interruption:
            self._untell()
            resumed: Any = _Resumed(gen, state, interruption)
            return await super().wait(resumed, interval)  # It asks the server to stop, and raises this again.
        except OSError as error:
            raise OperationalError("connection socket closed") from error
        finally:
            if self.pgconn.status == _BAD:
                self._untell()
        self._untell()
        resumed = _Resumed(gen, state)
        return await super().wait(resumed, interval)

    async def close(self) -> None:
        """As the driver; the loop forgets the socket before its number may be another's."""
        self._untell()
        await super().close()

    def _tell(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._told is not None and self._told[0] is loop:
            return
        self._untell()
        socket = self.pgconn.socket
        loop.add_reader(socket, self._wake)
        self._told = loop, socket
        self._ended = select.poll()
        self._ended.register(socket, 0)  # Nothing is asked for: the end is told all the same.

    def _untell(self) -> None:
        if self._told is not None:
            (loop, socket), self._told = self._told, None
            if not loop.is_closed():
                loop.remove_reader(socket)

    def _is_ended(self) -> bool:
        """Whether the server closed the socket; what is left in it can be read."""
        return self._told is not None and self._ended is not None and bool(self._ended.poll(0))

    def _wake(self) -> None:
        if self._readable is None or self._readable.done():
            self._untell()  # Something came that nobody asked for, such as the end: it is read by the next statement.
        else:
            self._readable.set_result(None)

    def _rollback_gen(self) -> Generator[Any, Any, None]:
        self._prepared.is_rolling_back = True
        try:
            yield from super()._rollback_gen()
        finally:
            self._prepared.is_rolling_back = False
