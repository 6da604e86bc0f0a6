"""A queue in memory, for tests of commands: same port, no database."""

from dataclasses import dataclass, field

from banyan.db.database import Connection
from banyan.jobs.ports import JobRegistry, Payload


@dataclass(frozen=True)
class MemoryJob:
    id: int
    name: str
    payload: Payload
    lock: str | None


@dataclass
class MemoryJobQueue:
    """Keeps what was deferred; `run_all` runs it in order, including what running it defers."""

    waiting: list[MemoryJob] = field(default_factory=list)
    last_id: int = 0

    async def defer(
        self, connection: Connection, name: str, payload: Payload, *, lock: str | None = None
    ) -> int:
        del connection
        self.last_id += 1
        self.waiting.append(MemoryJob(self.last_id, name, dict(payload), lock))
        return self.last_id

    async def defer_many(
        self, connection: Connection, name: str, items: list[tuple[Payload, str | None]]
    ) -> list[int]:
        return [await self.defer(connection, name, payload, lock=lock) for payload, lock in items]

    async def cancel(self, connection: Connection, job_id: int) -> bool:
        del connection
        before = len(self.waiting)
        self.waiting = [job for job in self.waiting if job.id != job_id]
        return len(self.waiting) < before

    async def run_all(self, registry: JobRegistry) -> int:
        """Run every waiting job; returns how many ran. Errors are raised, not retried."""
        done = 0
        while self.waiting:
            job = self.waiting.pop(0)
            await registry.kinds[job.name].handler(job.payload)
            done += 1
        return done
