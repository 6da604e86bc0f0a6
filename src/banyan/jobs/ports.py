"""Work that happens later: the port, and the registry of what can be done."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from banyan.db.database import Connection

Payload = Mapping[str, Any]
Handler = Callable[[Payload], Awaitable[None]]

DEFAULT_ATTEMPTS = 5


class JobQueue(Protocol):
    """Defers jobs on the caller's connection, so that a job exists exactly when its write was committed."""

    async def defer(
        self, connection: Connection, name: str, payload: Payload, *, lock: str | None = None
    ) -> int:
        """Queue a job and return its id. Jobs with the same `lock` run one at a time, in order."""
        ...

    async def defer_many(
        self, connection: Connection, name: str, items: list[tuple[Payload, str | None]]
    ) -> list[int]:
        """Queue several jobs (payload, lock) in one statement."""
        ...

    async def cancel(self, connection: Connection, job_id: int) -> bool:
        """Cancel a waiting job or ask a running one to stop; False when it is over or unknown."""
        ...


@dataclass(frozen=True)
class JobKind:
    """One kind of job. A failing one is tried `attempts` times with growing pauses, then kept as failed."""

    name: str
    handler: Handler
    attempts: int = DEFAULT_ATTEMPTS


@dataclass(frozen=True)
class Round:
    """Work done again and again while a worker lives. Several workers may be at it: it takes its own locks."""

    name: str
    work: Callable[[], Awaitable[None]]
    every_s: float


@dataclass
class JobRegistry:
    """What a worker can do, by name. Names are stored with waiting jobs: renaming one strands them."""

    kinds: dict[str, JobKind] = field(default_factory=dict)
    rounds: list[Round] = field(default_factory=list)

    def register(self, name: str, handler: Handler, *, attempts: int = DEFAULT_ATTEMPTS) -> None:
        """Add a kind of job; a name taken twice is a mistake that shows at start."""
        if name in self.kinds:
            raise ValueError(f"job {name!r} is registered twice")
        self.kinds[name] = JobKind(name, handler, attempts)

    def repeat(self, name: str, work: Callable[[], Awaitable[None]], *, every_s: float) -> None:
        """Add work that every worker does each `every_s` seconds; a round that fails is logged and done again."""
        self.rounds.append(Round(name, work, every_s))
