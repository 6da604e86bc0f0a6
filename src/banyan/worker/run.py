"""The job worker: opens the database, learns from the application what jobs there are, runs them."""

import asyncio
import importlib
import os
import signal
from collections.abc import Callable
from typing import Any

import structlog

from banyan.db.database import Database
from banyan.db.roles import ConnectionTargets
from banyan.db.targets import resolve_targets
from banyan.jobs import JobRegistry, Round, run_worker
from banyan.kernel.settings import METRICS_FOLDER, Settings
from banyan.observing.metrics import FOLDER
from banyan.observing.observer import Observer
from banyan.worker.lifeline import say_ready
from banyan.worker.renewing import Renewal

# The composition root stands above this package, so it is named and not imported.
COMPOSITION_ROOT = "banyan.app"
REGISTER_JOBS = "register_jobs"
CONCURRENCY = 2
_log = structlog.get_logger("banyan.worker")

RegisterJobs = Callable[[JobRegistry, Database, Settings], Any]


def run(settings: Settings, *, ready: int | None = None, root: str = COMPOSITION_ROOT) -> None:
    """Run jobs until SIGTERM or SIGINT.

    `ready` is a descriptor to write to once the worker listens; `root` is the module that knows the jobs.
    """
    with resolve_targets(settings) as targets:
        asyncio.run(_run(settings, targets, ready, root))


async def _run(settings: Settings, targets: ConnectionTargets, ready: int | None, root: str) -> None:
    observer = _observer(settings)
    database = await Database.open(
        targets,
        max_size=6,
        statement_timeout_ms=settings.statement_timeout_ms,
        watches=observer.watches,
    )
    try:
        registry = JobRegistry()
        register = application_jobs(root)
        if register is not None:
            outcome = register(registry, database, settings)
            if asyncio.iscoroutine(outcome):
                await outcome
        observer.watch_jobs(registry, database)
        renewal = Renewal()
        renewal.watch_jobs(registry)
        stop, loop = asyncio.Event(), asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        rounds = [asyncio.create_task(_repeat(each, renewal)) for each in registry.rounds]
        rounds.append(asyncio.create_task(observer.keep(database)))
        if ready is not None:  # Somebody starts another.
            rounds.append(asyncio.create_task(renewal.keep(stop.set)))
        try:
            await run_worker(
                targets, registry, concurrency=CONCURRENCY, stop=stop, on_open=lambda: say_ready(ready)
            )
        finally:
            for task in rounds:
                task.cancel()
            await asyncio.gather(*rounds, return_exceptions=True)
            await observer.close(database)
    finally:
        await database.close()


def _observer(settings: Settings) -> Observer:
    """What this worker observes; one that runs beside `banyan serve` counts into the same files."""
    folder = settings.home / METRICS_FOLDER
    if settings.observing.metrics and folder.is_dir():
        os.environ.setdefault(FOLDER, str(folder))
    return Observer(settings, "worker")


async def _repeat(each: Round, renewal: Renewal) -> None:
    """One round after the other. A failure is told once until a round succeeds again: the next may come through."""
    failing = False
    while True:
        try:
            with renewal.under_way():
                await each.work()
            failing = False
        except Exception as error:  # noqa: BLE001 - the round outlives any one failure
            if not failing:
                _log.warning("round_failed", round=each.name, reason=str(error))
            failing = True
        await asyncio.sleep(each.every_s)


def application_jobs(name: str) -> RegisterJobs | None:
    """Return `register_jobs(registry, database, settings)` of the application, if it has one."""
    try:
        root = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        return None
    return getattr(root, REGISTER_JOBS, None)
