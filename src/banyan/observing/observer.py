"""What a process observes, made from its settings. What is off is absent: no watch, no middleware, no import."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from typing import Literal

import psycopg
import structlog

from banyan.db.database import Database
from banyan.db.slow import write_failure
from banyan.db.watching import Watch
from banyan.jobs import Handler, JobRegistry, Payload
from banyan.kernel.errand import JobErrand, begin_errand, current_errand, end_errand
from banyan.kernel.errors import BanyanError
from banyan.kernel.settings import Settings
from banyan.observing.metrics import Metrics
from banyan.observing.slow import SlowLog
from banyan.observing.tracing import Tracing

EVERY_S = 2.0
_log = structlog.get_logger("banyan.observing")


def _no_streams() -> int:
    return 0


class Observer:
    """One per process."""

    def __init__(self, settings: Settings, process: Literal["web", "worker"]) -> None:
        chosen = settings.observing
        self.slow = SlowLog(chosen.slow_ms / 1000) if chosen.slow_ms else None
        self.metrics = Metrics() if chosen.metrics else None
        self.tracing = (
            Tracing(chosen.otlp_endpoint, process, version("banyan")) if chosen.otlp_endpoint else None
        )
        self.timing = chosen.server_timing
        self.streams: Callable[[], int] = _no_streams
        self._slow_told = 0

    @property
    def watches(self) -> tuple[Watch, ...]:
        """Who is told of statements."""
        found: list[Watch] = []
        if self.slow is not None:
            found.append(self.slow)
        if self.metrics is not None:
            found.append(self.metrics.statement)
        if self.tracing is not None:
            found.append(self.tracing.statement)
        if self.timing:
            found.append(_count)
        return tuple(found)

    async def keep(self, database: Database) -> None:
        """Write down every other second what was seen, for as long as the process lives."""
        while True:
            await asyncio.sleep(EVERY_S)
            await self.round(database)

    async def round(self, database: Database) -> None:
        """Slow statements into their tables, figures of the moment into the metrics."""
        if self.slow is not None:
            await self.slow.flush(database)
        if self.metrics is not None:
            self.metrics.look(database, self.streams())
            if self.slow is not None and self.slow.seen > self._slow_told:
                self.metrics.slow(self.slow.seen - self._slow_told)
                self._slow_told = self.slow.seen

    async def close(self, database: Database) -> None:
        """The last round, and what waits to be sent."""
        with contextlib.suppress(BanyanError, psycopg.Error):
            await self.round(database)
        if self.tracing is not None:
            await asyncio.to_thread(self.tracing.close)

    def watch_jobs(self, registry: JobRegistry, database: Database) -> None:
        """Have every kind of job say what it is about, be measured, and leave the code of its failure."""
        for name, kind in registry.kinds.items():
            registry.kinds[name] = replace(kind, handler=self._watched(name, kind.handler, database))

    def _watched(self, name: str, handler: Handler, database: Database) -> Handler:
        async def run(payload: Payload) -> None:
            schema = payload.get("schema")
            token = begin_errand(JobErrand(name, schema))
            started, outcome = time.perf_counter(), "done"
            try:
                with self.tracing.job(name) if self.tracing else contextlib.nullcontext():
                    await handler(payload)
            except Exception as error:
                outcome = "failed"
                if schema is not None:
                    await _keep_failure(database, schema, name, error)
                raise
            finally:
                end_errand(token)
                if self.metrics is not None:
                    self.metrics.job(name, outcome, time.perf_counter() - started)

        return run


def _count(query: object, seconds: float) -> None:
    del query
    errand = current_errand()
    if errand is not None:
        errand.statements += 1
        errand.database_s += seconds


async def _keep_failure(database: Database, schema: str, name: str, error: Exception) -> None:
    """The code of a refusal, or the kind of an error nobody expected: messages could hold what people wrote."""
    code = error.code if isinstance(error, BanyanError) else type(error).__name__
    try:
        async with database.transaction() as connection:
            await write_failure(connection, schema, name, code)
    except (BanyanError, psycopg.Error) as lost:
        _log.warning("job_failure_not_kept", job=name, error=type(lost).__name__)
