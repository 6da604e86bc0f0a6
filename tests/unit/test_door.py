"""Web processes share what comes in; none waits for one that takes nothing, and none takes it all."""

import asyncio
import errno
import socket
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from banyan.worker import door as door_module
from banyan.worker.door import ABSENT, Crowd, Door

pytestmark = pytest.mark.anyio


class _Guest(asyncio.Protocol):
    def __init__(self, present: set["_Guest"]) -> None:
        self._present = present

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self._present.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._present.discard(self)


class _House:
    """Some processes' doors on one socket, in one loop, and who came in by which."""

    def __init__(self, listener: socket.socket, count: int) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the house
        self._file.write(ABSENT.to_bytes(4, "little") * count)
        self._file.flush()
        self.crowds = [Crowd(self._file.fileno(), number) for number in range(count)]
        self.present: list[set[_Guest]] = [set() for _ in range(count)]
        self._listeners = [listener.dup() for _ in range(count)]
        self.doors = [
            Door(each, crowd, present, lambda present=present: _Guest(present))
            for each, crowd, present in zip(self._listeners, self.crowds, self.present, strict=True)
        ]

    @property
    def counts(self) -> list[int]:
        return [len(each) for each in self.present]

    async def close(self) -> None:
        for door in self.doors:
            door.close()
            await door.wait_closed()
        for guest in [each for present in self.present for each in present]:
            guest.transport.close()
        await asyncio.sleep(0.01)
        for each in self._listeners:
            each.close()
        self._file.close()


@asynccontextmanager
async def _house(count: int) -> AsyncIterator[tuple[_House, list[socket.socket]]]:
    guests: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        house = _House(listener, count)
        try:
            yield house, guests
        finally:
            await house.close()
            for each in guests:
                each.close()
            await asyncio.sleep(0.01)


async def _come(house: _House, guests: list[socket.socket], count: int) -> None:
    address = house._listeners[0].getsockname()
    before = sum(house.counts)
    guests += [socket.create_connection(address) for _ in range(count)]
    async with asyncio.timeout(10):
        while sum(house.counts) < before + count:  # noqa: ASYNC110 - the doors tell nobody
            await asyncio.sleep(0.001)


def _told(house: _House, number: int) -> int:
    house._file.seek(4 * number)
    return int.from_bytes(house._file.read(4), "little")


async def test_all_that_come_at_once_are_shared(monkeypatch):
    monkeypatch.setattr(door_module, "GIVE_WAY_S", 0.05)
    async with _house(2) as (house, guests):
        for door in house.doors:
            door.open()
        await _come(house, guests, 16)
        assert max(house.counts) - min(house.counts) <= 2
        # Who has lost some gets the next ones.
        for guest in list(house.present[0]):
            guest.transport.close()
        await asyncio.sleep(0.05)
        assert house.counts[0] == 0
        for door in house.doors:
            door.tell()
        await _come(house, guests, 6)
        assert house.counts[0] >= 5


async def test_who_is_absent_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(door_module, "GIVE_WAY_S", 60)
    async with _house(2) as (house, guests):
        house.doors[0].open()
        await _come(house, guests, 5)
        house.doors[1].open()
        house.doors[1].close()
        await _come(house, guests, 5)
        assert house.counts == [10, 0]


async def test_who_says_there_is_room_and_takes_nobody_is_waited_for_some_times_only(monkeypatch):
    monkeypatch.setattr(door_module, "GIVE_WAY_S", 0.1)
    monkeypatch.setattr(door_module, "IN_VAIN_S", 60)
    async with _house(2) as (house, guests):
        house.crowds[1].tell(0)
        house.doors[0].open()
        begin = time.monotonic()
        await _come(house, guests, 40)
        assert house.counts == [40, 0]
        assert 0.4 <= time.monotonic() - begin < 2  # and not forty times a tenth
        house.crowds[1].tell(1)  # It lives: the next one is left for it again.
        begin = time.monotonic()
        await _come(house, guests, 1)
        assert time.monotonic() - begin >= 0.1


async def test_without_room_for_another_connection_it_is_tried_again(monkeypatch):
    monkeypatch.setattr(door_module, "PAUSE_S", 0.05)
    async with _house(1) as (house, guests):
        door = house.doors[0]
        real, tries = door._listener, list[int]()

        class Full:
            def __getattr__(self, name: str) -> object:
                return getattr(real, name)

            def accept(self) -> tuple[socket.socket, object]:
                tries.append(1)
                if len(tries) < 3:
                    raise OSError(errno.EMFILE, "too many")
                return real.accept()

        door._listener = Full()  # type: ignore[assignment]
        door.open()
        coming = asyncio.create_task(_come(house, guests, 2))
        while not tries:  # noqa: ASYNC110 - the doors tell nobody
            await asyncio.sleep(0.001)
        assert _told(house, 0) == ABSENT  # The others are not to leave it any.
        await coming
        assert len(tries) >= 4
        assert house.counts == [2]
        assert _told(house, 0) == 2


async def test_a_closed_door_lets_nobody_in():
    async with _house(2) as (house, guests):
        for door in house.doors:
            door.open()
        house.doors[0].close()
        await _come(house, guests, 3)
        assert house.counts == [0, 3]
        assert _told(house, 0) == ABSENT
