"""What the dispatcher needs of a job queue. `banyan.jobs` fits; the two packages do not know each other."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from banyan.db.database import Connection

Payload = Mapping[str, Any]


class Queue(Protocol):
    async def defer(
        self, connection: Connection, name: str, payload: Payload, *, lock: str | None = None
    ) -> int: ...

    async def defer_many(
        self, connection: Connection, name: str, items: list[tuple[Payload, str | None]]
    ) -> list[int]: ...


class Registry(Protocol):
    def register(
        self, name: str, handler: Callable[[Payload], Awaitable[None]], *, attempts: int = ...
    ) -> None: ...
