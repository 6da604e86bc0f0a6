"""The listening socket that web processes share, so that each takes its part of the connections.

The kernel gives a connection to whoever comes first, and who is awake takes all that are there: of sixteen that came
at once one process had them all, and did the work of two alone. Here each tells in a shared page how many it has; one
that has more than another leaves a new connection for a moment to whoever has fewer, and takes it then.
"""

import asyncio
import errno
import mmap
import socket
import struct
from collections.abc import Callable, Sized

import structlog

ABSENT = 0xFFFF_FFFF  # of a process that takes none now
GIVE_WAY_S = 0.005
VAIN, IN_VAIN_S = 4, 0.1  # so often for nothing, and for so long nothing is left to the others
PAUSE_S = 1.0  # where there is no room for another connection
_FULL = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
COUNT = struct.Struct("<I")
_log = structlog.get_logger("banyan.door")


class Crowd:
    """How many connections each of some processes has; a page of numbers in a file that they share."""

    def __init__(self, descriptor: int, number: int) -> None:
        """`number` is which of them we are, from 0 on."""
        self._page = mmap.mmap(descriptor, 0)
        self._number = number
        self._told: int | None = None

    def tell(self, count: int) -> None:
        if count != self._told:
            self._told = count
            COUNT.pack_into(self._page, self._number * COUNT.size, count)

    def others(self) -> list[int]:
        counts = [count for (count,) in COUNT.iter_unpack(self._page[:])]
        del counts[self._number]
        return counts


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
        self._is_full = False  # there is no room for another connection
        self._others: list[int] = []  # their counts when we last left a connection to them
        self._vain = 0  # how often since nobody came, one after the other
        self._until = 0.0

    def open(self) -> None:
        self._listener.settimeout(0)
        self._is_open = True
        self.tell()
        self._loop.add_reader(self._listener.fileno(), self._knock)

    def tell(self) -> None:
        """Tell the others how many we have; to be said now and then, for connections end by themselves."""
        if self._is_open:
            self._crowd.tell(ABSENT if self._is_full else self._count)

    def close(self) -> None:
        if self._is_open:
            self._is_open = False
            self._crowd.tell(ABSENT)
            self._loop.remove_reader(self._listener.fileno())
        if self._bell is not None:
            self._bell.cancel()

    async def wait_closed(self) -> None:
        await asyncio.gather(*self._entering, return_exceptions=True)

    @property
    def _count(self) -> int:
        return len(self._present) + len(self._entering)

    def _knock(self) -> None:
        self.tell()
        others = self._crowd.others()
        if others != self._others:
            self._vain = 0
        if self._count <= min(others, default=ABSENT) or self._is_in_vain():
            self._take()
        else:
            self._others = others
            self._wait(GIVE_WAY_S)

    def _is_in_vain(self) -> bool:
        """Whether one of them lets connections wait, for it is busy with something else, or gone."""
        return self._vain >= VAIN and self._loop.time() < self._until

    def _wait(self, seconds: float) -> None:
        self._loop.remove_reader(self._listener.fileno())
        self._bell = self._loop.call_later(seconds, self._return)

    def _return(self) -> None:
        self._bell = None
        self._loop.add_reader(self._listener.fileno(), self._knock)
        was_full, self._is_full = self._is_full, False
        if self._take() and not was_full:
            self._vain = self._vain + 1 if self._crowd.others() == self._others else 0
            self._until = self._loop.time() + IN_VAIN_S

    def _take(self) -> bool:
        """Whether there was a connection."""
        try:
            connection, _ = self._listener.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return False
        except OSError as error:
            if error.errno not in _FULL:
                raise
            _log.warning("connections_full", error=str(error), connections=self._count)
            self._is_full = True
            self.tell()
            self._wait(PAUSE_S)
            return False
        connection.settimeout(0)
        task = self._loop.create_task(self._let_in(connection))
        self._entering.add(task)
        task.add_done_callback(self._entering.discard)
        self.tell()
        return True

    async def _let_in(self, connection: socket.socket) -> None:
        try:
            await self._loop.connect_accepted_socket(self._protocol, connection)
        except OSError:  # It has gone away already.
            connection.close()
