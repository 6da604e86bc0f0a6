"""One look at each workspace's news for all who listen in this process."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from uuid import UUID

import psycopg
import structlog

from banyan.db.database import Database
from banyan.kernel.errors import BanyanError
from banyan.live.changes import Newest, News

EVERY_S = 0.5
MOST_WAITING = 100
MOST_LISTENERS = 2_000
MOST_OF_ONE = 50  # of one person: nobody takes the places of all others
_log = structlog.get_logger("banyan.live")


_ENDING = asyncio.Event()


def end_streams() -> None:
    """This process is about to stop: streams end by themselves, rather than hold it up."""
    _ENDING.set()


def ending() -> bool:
    return _ENDING.is_set()


@dataclass
class _Room:
    newest: Newest
    listeners: set[asyncio.Queue[News]] = field(default_factory=set)
    task: asyncio.Task[None] | None = None


class Hub:
    """Listeners by workspace; where nobody listens nothing is read."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rooms: dict[str, _Room] = {}
        self._people: Counter[tuple[str, UUID]] = Counter()

    def streams(self) -> int:
        """How many streams are open in this process."""
        return self._people.total()

    def is_full_for(self, schema: str, user: UUID) -> bool:
        """Whether there is no place for one more stream, or none for this person."""
        return self._people.total() >= MOST_LISTENERS or self._people[schema, user] >= MOST_OF_ONE

    @contextlib.asynccontextmanager
    async def listen(self, schema: str, user: UUID) -> AsyncIterator["asyncio.Queue[News]"]:
        """A queue of news from now on."""
        room = self._rooms.setdefault(schema, _Room(Newest(schema)))
        queue: asyncio.Queue[News] = asyncio.Queue(MOST_WAITING)
        room.listeners.add(queue)
        self._people[schema, user] += 1
        if room.task is None:
            room.task = asyncio.create_task(self._look(schema, room))
        try:
            yield queue
        finally:
            room.listeners.discard(queue)
            self._people[schema, user] -= 1
            if not self._people[schema, user]:
                del self._people[schema, user]
            if not room.listeners and room.task is not None:
                room.task.cancel()
                self._rooms.pop(schema, None)

    async def _look(self, schema: str, room: _Room) -> None:
        failing = False
        while True:
            await asyncio.sleep(EVERY_S)
            try:
                async with self._database.reader() as connection:
                    news = await room.newest.read(connection)
                failing = False
            except (BanyanError, psycopg.Error) as error:
                if not failing:
                    _log.warning("live_not_read", schema=schema, error=str(error))
                failing = True
                continue
            if news:
                for queue in room.listeners:
                    _put(queue, news)

    async def close(self) -> None:
        for room in self._rooms.values():
            if room.task is not None:
                room.task.cancel()
        self._rooms.clear()


def _put(queue: "asyncio.Queue[News]", news: News) -> None:
    """Who does not keep up is told that much happened, rather than kept waiting."""
    try:
        queue.put_nowait(news)
    except asyncio.QueueFull:
        while not queue.empty():
            queue.get_nowait()
        queue.put_nowait(News(flood=True))
