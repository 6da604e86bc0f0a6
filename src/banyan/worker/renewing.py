"""A worker that has grown over its jobs ends when it has nothing to do, and its parent starts another.

Reading a large file, or looking through its records for duplicates, takes a hundred megabytes and more. Python frees
the objects; the allocator keeps most of their pages. A new process has them not, and starts in a second or two.
"""

import asyncio
import contextlib
import os
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace

import structlog

from banyan.jobs import JobRegistry
from banyan.jobs.ports import Handler, Payload

GROWN_MB = 80.0
QUIET_S = 20.0  # without a job, so that a row of jobs is not held up by a start
LIVES_S = 60.0  # at least: a process that ends earlier counts as failing
EVERY_S = 2.0
_MB = 1024 * 1024
_log = structlog.get_logger("banyan.worker")


def resident_mb() -> float | None:
    """Resident memory of this process; None where the system does not say."""
    try:
        with open("/proc/self/statm", "rb") as file:  # noqa: PTH123 - a path of the system
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / _MB
    except OSError:
        return None


class Renewal:
    """Knows what is under way, and says when the process had better be another."""

    def __init__(
        self,
        resident: Callable[[], float | None] = resident_mb,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._resident, self._clock = resident, clock
        self._started = clock()
        self._under_way = 0
        self._last_job: float | None = None
        self._before: float | None = None  # as large as it was before its first job

    def watch_jobs(self, registry: JobRegistry) -> None:
        """Have every job of the registry noted."""
        for name, kind in registry.kinds.items():
            registry.kinds[name] = replace(kind, handler=self._noted(kind.handler))

    def _noted(self, handler: Handler) -> Handler:
        async def run(payload: Payload) -> None:
            if self._before is None:
                self._before = self._resident()
            with self.under_way():
                try:
                    await handler(payload)
                finally:
                    self._last_job = self._clock()

        return run

    @contextlib.contextmanager
    def under_way(self) -> Iterator[None]:
        """While something is done that should not be broken off."""
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1

    def is_due(self) -> bool:
        """Whether the process has grown over its jobs, has lived a while and has nothing to do."""
        now = self._clock()
        if self._under_way or self._before is None or self._last_job is None:
            return False
        if now - self._last_job < QUIET_S or now - self._started < LIVES_S:
            return False
        resident = self._resident()
        return resident is not None and resident - self._before > GROWN_MB

    async def keep(
        self, end: Callable[[], None], pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        """Call `end` once it is due."""
        while not self.is_due():
            await pause(EVERY_S)
        _log.info("worker_renewed", grown_over_mb=GROWN_MB)
        end()
