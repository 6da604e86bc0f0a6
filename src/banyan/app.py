"""The composition root: the one file that knows everybody and wires ports to adapters."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from fastapi import FastAPI, Request

from banyan.activities import follow_ups, recurrence
from banyan.api import (
    account,
    audit,
    audit_limits,
    calendar,
    change_sets,
    comments,
    configuration,
    exports,
    files,
    formulas,
    grid,
    identity_providers,
    identity_settings,
    imports,
    inbox,
    live,
    metadata,
    openapi,
    organisation,
    people,
    problems,
    records,
    roles,
    sandboxes,
    search,
    sessions,
    sharing,
    static,
    today,
    tokens,
    usage,
)
from banyan.api.edge import MAX_BODY, Edge
from banyan.api.runtime import Runtime
from banyan.audit.archive import Archiver
from banyan.audit.seals import EVERY_S, Sealer
from banyan.db.database import Database
from banyan.db.roles import ConnectionTargets
from banyan.db.targets import resolve_targets
from banyan.db.vault import open_vault
from banyan.events import EventBus, SubscriberRegistry
from banyan.exports.facade import JOB as EXPORT_JOB
from banyan.exports.writing import Writer as ExportWriter
from banyan.files.facade import Sweeper
from banyan.files.stores import open_stores
from banyan.imports.facade import JOB, Imports
from banyan.jobs import JobRegistry, PostgresJobQueue
from banyan.kernel.settings import Settings
from banyan.metadata.changes.apply import Changes
from banyan.metadata.changes.purge import EVERY_S as PURGE_EVERY_S
from banyan.metadata.changes.purge import Purger
from banyan.metadata.store import CatalogStore
from banyan.notifications.delivery import EVERY_S as DELIVER_EVERY_S
from banyan.notifications.delivery import Delivery
from banyan.notifications.facade import register_jobs as register_mail_jobs
from banyan.notifications.subscribers import Notifier
from banyan.records import sealing
from banyan.records.recalculating import EVERY_S as RECALCULATE_EVERY_S
from banyan.records.recalculating import Recalculator
from banyan.setup.facade import install_packages
from banyan.workspaces import DEFAULT_KEY

WEB_POOL = 12


def subscribers(database: Database) -> SubscriberRegistry:
    """Who listens to which events. Feature modules are added here as they land."""
    registry = SubscriberRegistry()
    Notifier(database).subscribe(registry)
    return registry


def register_hooks(bus: EventBus) -> None:
    """What features add to the writing of records."""
    follow_ups.register_hooks()
    recurrence.register_hooks(bus)


async def open_runtime(settings: Settings, targets: ConnectionTargets) -> Runtime:
    """An open runtime on a running database."""
    sealing.wire(lambda: open_vault(settings.home))
    database = await Database.open(
        targets, min_size=2, max_size=WEB_POOL, statement_timeout_ms=settings.statement_timeout_ms
    )
    queue = PostgresJobQueue()
    bus = EventBus(subscribers(database), queue)
    register_hooks(bus)
    return Runtime(
        settings=settings,
        targets=targets,
        database=database,
        bus=bus,
        queue=queue,
        catalogs=CatalogStore(database),
        changes=Changes(database, settings.limits),
    )


# Every route of the API. More exact paths stand before those with a name in their place.
ROUTERS = (
    sessions.router,
    account.router,
    identity_settings.router,
    identity_providers.router,
    tokens.router,
    people.router,
    roles.router,
    organisation.router,
    sharing.router,
    change_sets.router,
    configuration.router,
    formulas.router,
    calendar.router,
    sandboxes.router,
    files.router,
    usage.router,
    metadata.router,
    openapi.router,
    search.router,
    imports.router,
    audit.router,
    audit_limits.router,
    comments.router,
    inbox.router,
    today.router,
    live.router,
    exports.router,
    grid.router,
    records.router,
)


def create_app(settings: Settings | None = None, targets: ConnectionTargets | None = None) -> FastAPI:
    """The web application. With `targets` the database is somebody else's (tests); else it is found by settings."""
    chosen = settings or Settings.from_environment()

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        found = contextlib.nullcontext(targets) if targets else resolve_targets(chosen)
        with found as ready:
            runtime = await open_runtime(chosen, ready)
            app.state.runtime = runtime
            await install_packages(runtime.database, (await runtime.workspace(DEFAULT_KEY)).schema)
            follower = asyncio.create_task(runtime.follow_changes())
            books = asyncio.create_task(runtime.keep_books())
            try:
                yield
            finally:
                await runtime.close(follower, books)

    app = FastAPI(title="Banyan", openapi_url=None, docs_url=None, redoc_url=None, lifespan=lifespan)
    problems.install(app)
    app.add_middleware(
        Edge,
        larger={
            imports.UPLOAD_PATH: imports.MAX_FILE + MAX_BODY,
            files.UPLOAD_PATH: files.MAX_FILE + MAX_BODY,
        },
    )
    for router in ROUTERS:
        app.include_router(router, prefix="/api/v1")

    @app.get("/healthz", include_in_schema=False)
    async def health(request: Request) -> dict[str, str]:
        await request.app.state.runtime.database.ping()
        return {"status": "ok"}

    static.install(app, web_folder())
    return app


def web_folder() -> Path | None:
    """The built web client: beside the sources, or shipped inside the package."""
    here = Path(__file__).resolve()
    for folder in (here.parents[2] / "web" / "dist", here.parent / "web"):
        if folder.is_dir():
            return folder
    return None


async def register_jobs(registry: JobRegistry, database: Database, settings: Settings) -> None:
    """Jobs of every feature, for the worker."""
    sealing.wire(lambda: open_vault(settings.home))
    queue = PostgresJobQueue()
    bus = EventBus(subscribers(database), queue)
    register_hooks(bus)
    bus.add_jobs(registry, database)
    loads = Imports(database, queue, bus, Changes(database, settings.limits), settings.home / "uploads")
    registry.register(JOB, loads.work, attempts=3)
    writer = ExportWriter(database, settings.home / "exports")
    registry.register(EXPORT_JOB, writer.work, attempts=2)
    registry.repeat("exports.sweep", writer.sweep, every_s=600)
    delivery = Delivery(database, queue, open_vault(settings.home), settings.public_url)
    registry.repeat("notifications.deliver", delivery.round, every_s=DELIVER_EVERY_S)
    register_mail_jobs(registry, database, queue, settings)
    registry.repeat("records.recalculate", Recalculator(database).round, every_s=RECALCULATE_EVERY_S)
    registry.repeat("metadata.purge", Purger(database, settings.limits).round, every_s=PURGE_EVERY_S)
    registry.repeat(
        "files.sweep",
        Sweeper(database, open_stores(database, settings.files), settings.home / "uploads" / "pieces").round,
        every_s=3_600,
    )
    registry.repeat("audit.seal", Sealer(database).round, every_s=EVERY_S)
    registry.repeat("audit.archive", Archiver(database, settings.home / "audit").round, every_s=3_600)
