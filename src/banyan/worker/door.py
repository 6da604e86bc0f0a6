"""The listening socket that web processes share, so that each takes its part of the connections.

The kernel gives a connection to whoever comes first, and who is awake takes all that are there: of sixteen that came
at once one process had them all, and did the work of two alone. Here each tells in a shared page how many it has; one
that has more than another leaves a new connection for a moment to whoever has fewer, and takes it then.
"""

import asyncio
import contextlib
import errno
import mmap
import socket
import struct
from collections.abc import Callable, Sized

ABSENT = 0xFFFF_FFFF  # of a process that takes none now
GIVE_WAY_S = 0.003
PAUSE_S = 1.0  # where there is no room for another connection
_FULL = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
_COUNT = struct.Struct("<I")


class Crowd:
    """How many connections each of some processes has; a page of numbers in a file that they share."""

    def __init__(self, descriptor: int, number: int) -> None:
        """`number` is which of them we are, from 0 on."""
        self._page = mmap.mmap(descriptor, 0)
        self._number = number

    def tell(self, count: int) -> None:
        _COUNT.pack_into(self._page, self._number * _COUNT.size, count)

    def is_fuller(self) -> bool:
        """Whether we have more than another."""
        counts = [count for (count,) in _COUNT.iter_unpack(self._page[:])]
        return bool(counts[self._number] > min(counts))


class Door:
    """Takes connections for one process; in the place of the event loop's own server."""

    def __init__(
        self,
        listener: socket.socket,
        crowd: Crowd,
        present: Sized,
        protocol: Callable[[], asyncio.BaseProtocol],
    ) -> None:
        """`present` are the connections that the process has."""
        self._listener = listener
        self._crowd = crowd
        self._present = present
        self._protocol = protocol
        self._loop = asyncio.get_running_loop()
        self._entering: set[asyncio.Task[object]] = set()
        self._bell: asyncio.TimerHandle | None = None
        self._is_open = False

    def open(self) -> None:
        self._listener.settimeout(0)
        self._is_open = True
        self.tell()
        self._loop.add_reader(self._listener.fileno(), self._knock)

    def tell(self) -> None:
        """Tell the others how many we have; to be said now and then, for connections end by themselves."""
        if self._is_open:
            self._crowd.tell(len(self._present) + len(self._entering))

    def close(self) -> None:
        if self._is_open:
            self._is_open = False
            self._crowd.tell(ABSENT)
            self._loop.remove_reader(self._listener.fileno())
        if self._bell is not None:
            self._bell.cancel()

    async def wait_closed(self) -> None:
        await asyncio.gather(*self._entering, return_exceptions=True)

    def _knock(self) -> None:
        self.tell()
        if self._crowd.is_fuller():
            self._leave_for(GIVE_WAY_S)
        else:
            self._take()

    def _leave_for(self, seconds: float) -> None:
        self._loop.remove_reader(self._listener.fileno())
        self._bell = self._loop.call_later(seconds, self._return)

    def _return(self) -> None:
        """Nobody else may have come: then it is ours."""
        self._bell = None
        self._loop.add_reader(self._listener.fileno(), self._knock)
        self._take()

    def _take(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return
        except OSError as error:
            if error.errno not in _FULL:
                raise
            self._leave_for(PAUSE_S)
            return
        connection.settimeout(0)
        with contextlib.suppress(OSError):  # It may have gone away already.
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        task = self._loop.create_task(self._let_in(connection))
        self._entering.add(task)
        task.add_done_callback(self._entering.discard)
        self.tell()

    async def _let_in(self, connection: socket.socket) -> None:
        try:
            await self._loop.connect_accepted_socket(self._protocol, connection)
        except OSError:
            connection.close()
