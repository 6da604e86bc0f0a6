"""Metrics for Prometheus. The library is imported when they are on; labels are of few values and name nobody.

Under `banyan serve` all processes write to files of one folder (the library's multi-process mode), so that a scrape of
any web process tells of all of them.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from psycopg.abc import Query

from banyan.db.database import Database
from banyan.observing.figures import Figures
from banyan.observing.scrub import kind_of

if TYPE_CHECKING:
    from prometheus_client.core import GaugeMetricFamily

FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # the name the library reads
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_STATEMENTS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30)


class Metrics:
    """What this process counts."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

        self._folder = os.environ.get(FOLDER)
        if self._folder:
            _forget_the_dead(Path(self._folder))
        self._registry = own = CollectorRegistry()
        self._requests = Counter(
            "banyan_requests", "Requests answered.", ("method", "route", "status"), registry=own
        )
        self._request_seconds = Histogram(
            "banyan_request_seconds",
            "Time to the end of an answer; streams are left out.",
            ("method", "route"),
            buckets=_SECONDS,
            registry=own,
        )
        self._statements = Histogram(
            "banyan_statement_seconds",
            "Time waited for a statement.",
            ("verb",),
            buckets=_STATEMENTS,
            registry=own,
        )
        self._verbs: dict[str, Histogram] = {}
        self._slow = Counter("banyan_slow_statements", "Statements above the threshold.", registry=own)
        self._jobs = Counter("banyan_jobs_finished", "Attempts of jobs.", ("name", "outcome"), registry=own)
        self._job_seconds = Histogram(
            "banyan_job_seconds",
            "Time of an attempt.",
            ("name",),
            buckets=(*_SECONDS, 120, 600),
            registry=own,
        )
        self._pool = Gauge(
            "banyan_pool_connections",
            "Connections of the pools of all processes.",
            ("state",),
            multiprocess_mode="livesum",
            registry=own,
        )
        self._waiting = Gauge(
            "banyan_pool_waiting",
            "Who waits for a connection of a pool.",
            multiprocess_mode="livesum",
            registry=own,
        )
        self._streams = Gauge(
            "banyan_open_streams", "Open streams of live changes.", multiprocess_mode="livesum", registry=own
        )

    def request(self, method: str, route: str, status: int, seconds: float | None) -> None:
        """A request was answered; `seconds` is None for a stream."""
        self._requests.labels(method, route, f"{status // 100}xx").inc()
        if seconds is not None:
            self._request_seconds.labels(method, route).observe(seconds)

    def statement(self, query: Query, seconds: float) -> None:
        verb = kind_of(query)
        counted = self._verbs.get(verb)
        if counted is None:
            counted = self._verbs[verb] = self._statements.labels(verb)
        counted.observe(seconds)

    def slow(self, count: int) -> None:
        self._slow.inc(count)

    def job(self, name: str, outcome: str, seconds: float) -> None:
        self._jobs.labels(name, outcome).inc()
        self._job_seconds.labels(name).observe(seconds)

    def look(self, database: Database, streams: int) -> None:
        """Take the figures that have no moment of their own."""
        used, idle, waiting = database.pool_figures()
        self._pool.labels("in_use").set(used)
        self._pool.labels("idle").set(idle)
        self._waiting.set(waiting)
        self._streams.set(streams)

    def exposition(self, figures: Figures) -> bytes:
        """Everything counted here and beside, and what was read for this scrape, as text."""
        from prometheus_client import CollectorRegistry, generate_latest
        from prometheus_client.multiprocess import MultiProcessCollector

        counted = self._registry
        if self._folder:
            counted = CollectorRegistry()
            MultiProcessCollector(counted, self._folder)  # type: ignore[no-untyped-call]
        read = CollectorRegistry()
        read.register(_Read(figures))
        return generate_latest(counted) + generate_latest(read)


class _Read:
    """Figures as the library collects them."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Any]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        figures = self._figures
        jobs = GaugeMetricFamily("banyan_jobs", "Jobs in the queue.", labels=["state"])
        queue = figures.queue
        for state, count in (
            ("waiting", queue.waiting),
            ("running", queue.running),
            ("failed", queue.failed),
        ):
            jobs.add_metric([state], count)
        yield jobs
        singles: tuple[tuple[str, str, float | None], ...] = (
            ("jobs_oldest_seconds", "Age of the oldest waiting job.", figures.queue.oldest_s or 0.0),
            ("outbox_events", "Events yet to be handed on.", figures.outbox.waiting),
            ("outbox_oldest_seconds", "Age of the oldest of them.", figures.outbox.oldest_s or 0.0),
            ("database_size_bytes", "Size of the database.", figures.database.size),
            ("database_connections", "Connections to the server.", figures.database.connections),
            ("backup_age_seconds", "Since the last base backup ended.", figures.backup_age_s),
            ("backup_verified_age_seconds", "Since a backup was last restored.", figures.verified_age_s),
        )
        for name, help_text, value in singles:
            if value is not None:
                yield _one(GaugeMetricFamily(f"banyan_{name}", help_text), value)
        memory = GaugeMetricFamily("banyan_process_memory_bytes", "Resident memory.", labels=["process"])
        cpu = CounterMetricFamily("banyan_process_cpu_seconds", "Processor time.", labels=["process"])
        for each in figures.processes:
            memory.add_metric([each.role], each.memory)
            cpu.add_metric([each.role], each.cpu_s)
        yield memory
        yield cpu


def _one(family: "GaugeMetricFamily", value: float) -> "GaugeMetricFamily":
    family.add_metric([], value)
    return family


def _forget_the_dead(folder: Path) -> None:
    """Gauges of processes that have ended would be summed up for ever; what they counted stays."""
    import psutil
    from prometheus_client.multiprocess import mark_process_dead

    for file in folder.glob("gauge_live*_*.db"):
        pid = file.stem.rpartition("_")[2]
        if pid.isdigit() and not psutil.pid_exists(int(pid)):
            mark_process_dead(int(pid), str(folder))  # type: ignore[no-untyped-call]
