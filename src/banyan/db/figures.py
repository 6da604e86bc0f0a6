"""Figures of the server, the queue and the outbox: numbers only, nothing of what anybody wrote."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from psycopg import sql
from psycopg.rows import class_row

from banyan.db.database import JOBS_SCHEMA, Connection


@dataclass(frozen=True)
class DatabaseFigures:
    """The server and this database. Ages are in seconds; `frozen_age` counts transactions.

    `settled_at`: the later of the server's start and the first set-up of a workspace.
    """

    size: int
    connections: int
    most_connections: int
    transaction_s: float | None
    frozen_age: int
    version: str
    settled_at: datetime
    archive_mode: str
    archived_at: datetime | None
    archive_failed_at: datetime | None
    replicas: int


@dataclass(frozen=True)
class QueueFigures:
    """Jobs: of the whole installation, or of one workspace."""

    waiting: int
    running: int
    failed: int
    failed_lately: int
    oldest_s: float | None
    heartbeat_s: float | None


@dataclass(frozen=True)
class OutboxFigures:
    waiting: int
    oldest_s: float | None


@dataclass(frozen=True)
class SchemaFigures:
    """One workspace's tables: their size, and how many are full of rows that nobody sees any more."""

    size: int
    untidy: int


_DATABASE = """
SELECT pg_database_size(current_database()) AS size,
  (SELECT sum(numbackends)::int FROM pg_stat_database) AS connections,
  current_setting('max_connections')::int AS most_connections,
  (SELECT extract(epoch FROM clock_timestamp() - min(xact_start))::float8 FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()) AS transaction_s,
  (SELECT max(age(datfrozenxid)) FROM pg_database) AS frozen_age,
  current_setting('server_version') AS version,
  greatest(pg_postmaster_start_time(), (SELECT min(set_up_at) FROM control.workspace)) AS settled_at,
  current_setting('archive_mode') AS archive_mode,
  archiver.last_archived_time AS archived_at,
  archiver.last_failed_time AS archive_failed_at,
  (SELECT count(*)::int FROM pg_stat_replication) AS replicas
FROM pg_stat_archiver AS archiver
"""

# A job's age counts from when it was put in the queue, or from when it was to begin.
_QUEUE = """
WITH job AS (
  SELECT id, status, scheduled_at FROM {jobs}
  WHERE status IN ('todo', 'doing', 'failed')
    AND (%(schema)s::text IS NULL OR args -> 'payload' ->> 'schema' = %(schema)s)
), due AS (
  SELECT id, scheduled_at FROM job WHERE status = 'todo' AND coalesce(scheduled_at <= now(), true)
)
SELECT (SELECT count(*)::int FROM due) AS waiting,
  (SELECT count(*)::int FROM job WHERE status = 'doing') AS running,
  (SELECT count(*)::int FROM job WHERE status = 'failed') AS failed,
  (SELECT count(DISTINCT event.job_id)::int FROM job JOIN {events} AS event ON event.job_id = job.id
    WHERE job.status = 'failed' AND event.type = 'failed' AND event.at >= now() - interval '24 hours') AS failed_lately,
  (SELECT extract(epoch FROM now() - greatest(due.scheduled_at, event.at))::float8
    FROM due JOIN {events} AS event ON event.job_id = due.id AND event.type = 'deferred'
    ORDER BY due.id LIMIT 1) AS oldest_s,
  (SELECT extract(epoch FROM now() - max(last_heartbeat))::float8 FROM {workers}) AS heartbeat_s
"""

_SCHEMA = """
SELECT coalesce(sum(pg_total_relation_size(relation.oid)), 0)::bigint AS size,
  (count(*) FILTER (WHERE stats.n_dead_tup > 50000 AND stats.n_dead_tup > 0.4 * stats.n_live_tup))::int AS untidy
FROM pg_class AS relation
LEFT JOIN pg_stat_user_tables AS stats ON stats.relid = relation.oid
WHERE relation.relnamespace = to_regnamespace(quote_ident(%s)) AND relation.relkind IN ('r', 'm')
"""


async def database_figures(connection: Connection) -> DatabaseFigures:
    """The server's own figures, as far as the application's role may see them."""
    async with connection.cursor(row_factory=class_row(DatabaseFigures)) as cursor:
        await cursor.execute(_DATABASE)
        return _one(await cursor.fetchone())


async def queue_figures(connection: Connection, schema: str | None = None) -> QueueFigures:
    """Jobs of one workspace, or of all; the heartbeat is of whichever worker lives."""
    statement = sql.SQL(_QUEUE).format(
        jobs=_queue("jobs"), events=_queue("events"), workers=_queue("workers")
    )
    async with connection.cursor(row_factory=class_row(QueueFigures)) as cursor:
        await cursor.execute(statement, {"schema": schema})
        return _one(await cursor.fetchone())


async def outbox_figures(connection: Connection, schemas: Sequence[str]) -> OutboxFigures:
    """Events of these workspaces that wait to be handed on."""
    if not schemas:
        return OutboxFigures(0, None)
    each = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT at FROM {}").format(sql.Identifier(schema, "outbox")) for schema in schemas
    )
    statement = sql.SQL(
        "SELECT count(*)::int AS waiting, extract(epoch FROM now() - min(at))::float8 AS oldest_s FROM ({}) AS event"
    ).format(each)
    async with connection.cursor(row_factory=class_row(OutboxFigures)) as cursor:
        await cursor.execute(statement)
        return _one(await cursor.fetchone())


async def schema_figures(connection: Connection, schema: str) -> SchemaFigures:
    """The size of a workspace and how tidy its tables are."""
    async with connection.cursor(row_factory=class_row(SchemaFigures)) as cursor:
        await cursor.execute(_SCHEMA, (schema,))
        return _one(await cursor.fetchone())


def _queue(name: str) -> sql.Identifier:
    return sql.Identifier(JOBS_SCHEMA, f"procrastinate_{name}")


_Row = TypeVar("_Row")


def _one(row: _Row | None) -> _Row:
    if row is None:
        raise LookupError
    return row
