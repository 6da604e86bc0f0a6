"""The composition root: the one file that knows everybody and wires ports to adapters."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.telemetry import TelemetryConfig

from banyan.activities import follow_ups, recurrence
from banyan.advisor.making import JOB as INDEX_JOB
from banyan.advisor.making import Maker as IndexMaker
from banyan.api import (
    account,
    advisor,
    audit,
    audit_limits,
    calendar,
    change_sets,
    comments,
    commissions,
    configuration,
    documents,
    duplicate_review,
    duplicates,
    exports,
    files,
    forecasts,
    formulas,
    grading,
    grid,
    health,
    identity_providers,
    identity_settings,
    imports,
    inbox,
    invoices,
    live,
    merges,
    metadata,
    metrics,
    openapi,
    organisation,
    payments,
    people,
    pipelines,
    plans,
    pool_reports,
    pools,
    prices,
    printing,
    problems,
    public_quotes,
    quotes,
    receivables,
    records,
    registrations,
    roles,
    sandboxes,
    search,
    sessions,
    sharing,
    static,
    targets,
    today,
    tokens,
    usage,
)
from banyan.api.directory import Directory
from banyan.api.edge import MAX_BODY, Edge
from banyan.api.pressure import Pressure
from banyan.api.runtime import Runtime
from banyan.api.strict import Shortcut
from banyan.audit.archive import Archiver
from banyan.audit.seals import EVERY_S, Sealer
from banyan.commissions import expenses as commission_expenses
from banyan.commissions import sample as commission_sample
from banyan.db.database import Database
from banyan.db.everywhere import Everywhere, Work
from banyan.db.roles import ConnectionTargets
from banyan.db.targets import resolve_targets
from banyan.db.vault import open_vault
from banyan.db.watching import Watch
from banyan.duplicates import guard
from banyan.duplicates import sample as duplicate_sample
from banyan.duplicates.looking import EVERY_S as LOOK_EVERY_S
from banyan.duplicates.looking import Looker
from banyan.duplicates.scanning import JOB as SCAN_JOB
from banyan.duplicates.scanning import Scanner
from banyan.events import EventBus, SubscriberRegistry
from banyan.exports.facade import JOB as EXPORT_JOB
from banyan.exports.writing import Writer as ExportWriter
from banyan.extension.approvals import APPROVALS
from banyan.extension.printing import PRINTING
from banyan.extension.samples import SAMPLES
from banyan.files.facade import Sweeper
from banyan.files.stores import open_stores
from banyan.forecasts import sample as forecast_sample
from banyan.forecasts.checks import register_checks as register_forecast_checks
from banyan.forecasts.snapshots import EVERY_S as SNAPSHOT_EVERY_S
from banyan.forecasts.snapshots import Snapshots
from banyan.grading import passes as grading_passes
from banyan.imports.facade import JOB, Imports
from banyan.jobs import JobRegistry, PostgresJobQueue
from banyan.kernel.settings import Settings
from banyan.metadata.changes.apply import Changes
from banyan.metadata.changes.indexing import EVERY_S as INDEX_EVERY_S
from banyan.metadata.changes.indexing import Indexer
from banyan.metadata.changes.purge import EVERY_S as PURGE_EVERY_S
from banyan.metadata.changes.purge import Purger
from banyan.metadata.store import CatalogStore
from banyan.notifications.delivery import EVERY_S as DELIVER_EVERY_S
from banyan.notifications.delivery import Delivery
from banyan.notifications.facade import register_jobs as register_mail_jobs
from banyan.notifications.subscribers import Notifier
from banyan.observing.observer import Observer
from banyan.observing.requests import Requests
from banyan.partners import hooks as partner_hooks
from banyan.partners import rounds as partner_rounds
from banyan.partners import sample as partner_sample
from banyan.pipelines import hooks as pipeline_hooks
from banyan.pools import hooks as pool_hooks
from banyan.pools import sample as pool_sample
from banyan.pools.passes import EVERY_S as POOLS_EVERY_S
from banyan.pools.passes import Passes
from banyan.printing.facade import Printing
from banyan.printing.rendering import Press, font_folders
from banyan.quoting import amending as quoting_amending
from banyan.quoting import converting as quoting_converting
from banyan.quoting import expiring as quoting_expiring
from banyan.quoting import frozen as quoting_frozen
from banyan.quoting import kept as quoting_kept
from banyan.quoting import repricing
from banyan.quoting import returning as quoting_returning
from banyan.quoting import sample as quoting_sample
from banyan.quoting.telling import Telling
from banyan.receivables import hooks as receivables_hooks
from banyan.receivables import rounds as receivables_rounds
from banyan.receivables import sample as receivables_sample
from banyan.records import sealing
from banyan.records.recalculating import EVERY_S as RECALCULATE_EVERY_S
from banyan.records.recalculating import Recalculator
from banyan.setup.facade import install_packages
from banyan.workspaces import DEFAULT_KEY

# The framework's own spans hold paths and queries, and so what people wrote; ours (`observing`) do not.
NO_TELEMETRY = TelemetryConfig(
    tracing=False, metrics=False, logs=False, operation_spans=False, auto_configure=False
)
WEB_SPARE = 4  # connections beyond the places to work in: files, streams, the books
HEAVY_SPARE = 1


def subscribers(database: Database) -> SubscriberRegistry:
    """Who listens to which events. Feature modules are added here as they land."""
    registry = SubscriberRegistry()
    Notifier(database).subscribe(registry)
    return registry


def register_hooks(bus: EventBus) -> None:
    """What features add to the writing of records."""
    follow_ups.register_hooks()
    recurrence.register_hooks(bus)
    pipeline_hooks.register_hooks()
    register_forecast_checks()
    grading_passes.register_hooks(bus)
    pool_hooks.register_hooks(bus)
    receivables_hooks.register_hooks()
    partner_hooks.register_hooks()
    commission_expenses.register_checks()
    guard.register_hooks()
    repricing.register_hooks(bus)
    quoting_returning.register_hooks()
    quoting_amending.register_hooks(bus)
    quoting_frozen.register_checks()
    quoting_converting.register_checks()
    quoting_kept.register_checks()
    APPROVALS.approvals = Telling()
    register_samples()


def register_samples() -> None:
    """What features add to the sample data."""
    SAMPLES.weekly["forecasts"] = forecast_sample.weekly
    SAMPLES.finally_["forecasts"] = forecast_sample.sample
    SAMPLES.finally_["duplicates"] = duplicate_sample.sample
    SAMPLES.finally_["pools"] = pool_sample.sample
    SAMPLES.finally_["quoting"] = quoting_sample.sample
    SAMPLES.finally_["receivables"] = receivables_sample.sample
    SAMPLES.finally_["partners"] = partner_sample.sample
    SAMPLES.finally_["commissions"] = commission_sample.sample


def register_printing(database: Database, settings: Settings) -> None:
    """The printer of this process, for every feature that sends a document."""
    press = Press(font_folders(settings.fonts))
    PRINTING.printer = Printing(open_stores(database, settings.files), press)


async def open_runtime(
    settings: Settings, targets: ConnectionTargets, watches: Sequence[Watch] = ()
) -> Runtime:
    """An open runtime on a running database."""
    sealing.wire(lambda: open_vault(settings.home))
    places = settings.places
    database = await Database.open(
        targets,
        min_size=2,
        max_size=places.working + places.entry + WEB_SPARE,
        statement_timeout_ms=settings.statement_timeout_ms,
        watches=watches,
        heavy_size=places.heavy + HEAVY_SPARE,
        heavy_timeout_ms=places.heavy_timeout_ms,
    )
    queue = PostgresJobQueue()
    bus = EventBus(subscribers(database), queue)
    register_hooks(bus)
    register_printing(database, settings)
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
    advisor.router,
    health.router,
    metadata.router,
    openapi.router,
    search.router,
    imports.router,
    audit.router,
    audit_limits.router,
    comments.router,
    inbox.router,
    today.router,
    pipelines.router,
    forecasts.router,
    targets.router,
    grading.router,
    documents.router,
    prices.router,
    public_quotes.router,
    quotes.router,
    printing.router,
    payments.router,
    plans.router,
    invoices.router,
    receivables.router,
    registrations.router,
    commissions.router,
    live.router,
    exports.router,
    pool_reports.router,
    pools.router,
    grid.router,
    duplicates.router,
    duplicate_review.router,
    merges.router,
    records.router,
)


def create_app(settings: Settings | None = None, targets: ConnectionTargets | None = None) -> FastAPI:
    """The web application. With `targets` the database is somebody else's (tests); else it is found by settings."""
    chosen = settings or Settings.from_environment()
    observer = Observer(chosen, "web")

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        found = contextlib.nullcontext(targets) if targets else resolve_targets(chosen)
        with found as ready:
            runtime = await open_runtime(chosen, ready, observer.watches)
            app.state.runtime, app.state.observer = runtime, observer
            observer.streams = runtime.hub.streams
            await install_packages(runtime.database, (await runtime.workspace(DEFAULT_KEY)).schema)
            follower = asyncio.create_task(runtime.follow_changes())
            books = asyncio.create_task(runtime.keep_books())
            seen = asyncio.create_task(observer.keep(runtime.database))
            try:
                yield
            finally:
                await observer.close(runtime.database)
                await runtime.close(follower, books, seen)

    app = FastAPI(
        title="Banyan",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        telemetry=NO_TELEMETRY,
    )
    problems.install(app)
    directory = Directory("/api/v1", ROUTERS)
    app.add_middleware(Shortcut, find=directory.matches)
    app.add_middleware(Pressure, places=chosen.places)
    app.add_middleware(
        Edge,
        unexpected=problems.unexpected,
        larger={
            imports.UPLOAD_PATH: imports.MAX_FILE + MAX_BODY,
            files.UPLOAD_PATH: files.MAX_FILE + MAX_BODY,
        },
    )
    if observer.watches:
        app.add_middleware(
            Requests, metrics=observer.metrics, tracing=observer.tracing, timing=observer.timing
        )
    app.router.routes.append(directory)
    app.include_router(metrics.router)

    @app.get("/healthz", include_in_schema=False)
    async def alive(request: Request) -> dict[str, str]:
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
    register_printing(database, settings)
    bus.add_jobs(registry, database)
    loads = Imports(database, queue, bus, Changes(database, settings.limits), settings.home / "uploads")
    registry.register(JOB, loads.work, attempts=3)
    registry.register(INDEX_JOB, IndexMaker(database).work, attempts=3)
    writer = ExportWriter(database, settings.home / "exports")
    registry.register(EXPORT_JOB, writer.work, attempts=2)
    registry.repeat("exports.sweep", writer.sweep, every_s=600)
    delivery = Delivery(database, queue, open_vault(settings.home), settings.public_url)
    registry.repeat("notifications.deliver", delivery.round, every_s=DELIVER_EVERY_S)
    register_mail_jobs(registry, database, queue, settings)
    registry.register(SCAN_JOB, Scanner(database, settings.home / "scans").work, attempts=2)
    pieces = settings.home / "uploads" / "pieces"
    rounds: dict[str, tuple[Work, float]] = {
        "records.recalculate": (Recalculator(database).pass_over, RECALCULATE_EVERY_S),
        "duplicates.look": (Looker(database).work, LOOK_EVERY_S),
        "metadata.purge": (Purger(database, settings.limits).purge, PURGE_EVERY_S),
        "metadata.indexes": (Indexer(database).fit, INDEX_EVERY_S),
        "files.sweep": (Sweeper(database, open_stores(database, settings.files), pieces).work, 3_600),
        "grading.nightly": (grading_passes.Nightly(database, bus).work, grading_passes.EVERY_S),
        "forecasts.snapshots": (Snapshots(database).work, SNAPSHOT_EVERY_S),
        "pools.passes": (Passes(database, bus).work, POOLS_EVERY_S),
        "receivables.rounds": (receivables_rounds.Rounds(database, bus).work, receivables_rounds.EVERY_S),
        "quoting.expire": (quoting_expiring.Expiry(database, bus).work, quoting_expiring.EVERY_S),
        "partners.rounds": (partner_rounds.Rounds(database, bus).work, partner_rounds.EVERY_S),
        "audit.seal": (Sealer(database).work, EVERY_S),
        "audit.archive": (Archiver(database, settings.home / "audit").work, 3_600),
    }
    for name, (work, every_s) in rounds.items():
        registry.repeat(name, Everywhere(database, name, work).round, every_s=every_s)
