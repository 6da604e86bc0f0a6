"""The PostgreSQL queue (procrastinate).

No service besides the database, jobs commit with the data they belong to. The library is imported where it is used:
a web process starts without it.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.conninfo import make_conninfo

from banyan.db.database import Connection, session_options
from banyan.db.roles import ConnectionTargets
from banyan.jobs.ports import JobKind, JobRegistry, Payload

if TYPE_CHECKING:
    import procrastinate

_ARGUMENT = "payload"
STALLED_AFTER_S = 30.0
SWEEP_EVERY_S = 20.0
GRACE_S = 8.0


class PostgresJobQueue:
    """Defers on the caller's connection. It needs no pool of its own and may live as long as the process."""

    @cached_property
    def _app(self) -> "procrastinate.App":
        import procrastinate

        return procrastinate.App(connector=procrastinate.PsycopgConnector())

    async def defer(
        self, connection: Connection, name: str, payload: Payload, *, lock: str | None = None
    ) -> int:
        return (await self.defer_many(connection, name, [(payload, lock)]))[0]

    async def defer_many(
        self, connection: Connection, name: str, items: list[tuple[Payload, str | None]]
    ) -> list[int]:
        manager = self._app.job_manager
        jobs = [
            self._app.configure_task(name, lock=lock).make_new_job(**{_ARGUMENT: dict(payload)})
            for payload, lock in items
        ]
        with _driver_errors():
            queued = await manager.batch_defer_jobs_async(jobs=jobs, connection=connection)
        return [int(job.id or 0) for job in queued]

    async def cancel(self, connection: Connection, job_id: int) -> bool:
        from procrastinate import sql

        with _driver_errors():
            row = await self._app.connector.execute_query_one_async_with_connection(
                connection, sql.queries["cancel_job"], job_id=job_id, abort=True, delete_job=False
            )
        return row["id"] is not None


@contextlib.contextmanager
def _driver_errors() -> Any:
    """Let the driver's own error pass, so that the edge of the transaction translates it like any other."""
    from procrastinate import exceptions

    try:
        yield
    except exceptions.ConnectorException as error:
        if isinstance(error.__cause__, psycopg.Error):
            raise error.__cause__ from None
        raise


async def run_worker(
    targets: ConnectionTargets,
    registry: JobRegistry,
    *,
    concurrency: int = 2,
    wait: bool = True,
    stop: asyncio.Event | None = None,
    on_open: Callable[[], None] = lambda: None,
) -> None:
    """Run jobs until `stop` is set (or, with `wait=False`, until the queue is empty).

    `on_open` is called once the queue is reachable. Stopping lets running jobs finish for a few seconds; those
    that do not are tried again later.
    """
    stopping = stop or asyncio.Event()
    async with _open_app(targets, registry) as app:
        on_open()
        sweeper = asyncio.create_task(_retry_stalled(app))
        working = asyncio.create_task(
            app.run_worker_async(
                wait=wait,
                concurrency=concurrency,
                install_signal_handlers=False,
                delete_jobs="successful",
                shutdown_graceful_timeout=GRACE_S,
                fetch_job_polling_interval=5.0,
                stalled_worker_timeout=STALLED_AFTER_S,
            )
        )
        told = asyncio.create_task(stopping.wait())
        try:
            await asyncio.wait({working, told}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sweeper.cancel()
            told.cancel()
            working.cancel()
            (outcome,) = await asyncio.gather(working, return_exceptions=True)
        if isinstance(outcome, Exception):
            raise outcome


@contextlib.asynccontextmanager
async def _open_app(targets: ConnectionTargets, registry: JobRegistry) -> AsyncIterator["procrastinate.App"]:
    import procrastinate

    connector = procrastinate.PsycopgConnector(
        conninfo=make_conninfo(targets.app, options=session_options(0), application_name="banyan jobs"),
        min_size=1,
        max_size=3,
    )
    app = procrastinate.App(connector=connector)
    for kind in registry.kinds.values():
        _add(app, kind)
    async with app.open_async():
        yield app


def _add(app: "procrastinate.App", kind: JobKind) -> None:
    from procrastinate.retry import RetryStrategy

    async def run(payload: dict[str, Any]) -> None:
        await kind.handler(payload)

    retry = RetryStrategy(max_attempts=kind.attempts, exponential_wait=3) if kind.attempts > 1 else False
    app.task(name=kind.name, retry=retry)(run)


async def _retry_stalled(app: "procrastinate.App") -> None:
    """Give jobs of killed workers back to the queue: their heartbeat has stopped."""
    from procrastinate import exceptions

    while True:
        with contextlib.suppress(exceptions.ConnectorException):
            for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_S):
                await app.job_manager.retry_job(job)
        await asyncio.sleep(SWEEP_EVERY_S)
