"""Rows of what was slow and of which jobs failed, in the workspace they belong to."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from psycopg import sql
from psycopg.rows import class_row

from banyan.db.database import Connection

KEPT_DAYS = 14
MOST_SLOW = 5_000
MOST_FAILURES = 2_000


@dataclass(frozen=True)
class SlowStatement:
    """One statement above the threshold: where it was asked, never by whom nor with which values."""

    kind: str
    route: str
    object: str | None
    view_id: UUID | None
    seconds: float
    statement: str
    statement_hash: str
    plan_hash: str | None = None
    roles: list[str] = field(default_factory=list)
    at: datetime | None = None  # None: now


@dataclass(frozen=True)
class SlowGroup:
    """Slow statements of one place together."""

    kind: str
    route: str
    object: str | None
    view_id: UUID | None
    times: int
    longest_s: float
    median_s: float
    last_at: datetime


@dataclass(frozen=True)
class FailedKind:
    """Failed attempts of one kind of job, with the code of the last."""

    name: str
    times: int
    code: str
    last_at: datetime


async def write_slow(connection: Connection, schema: str, rows: Sequence[SlowStatement]) -> None:
    """Keep statements, and let go of those that are too old or too many."""
    table = sql.Identifier(schema, "slow_statement")
    statement = sql.SQL(
        "INSERT INTO {} (kind, route, object, view_id, roles, seconds, statement, statement_hash, plan_hash, at)"
        " VALUES (%(kind)s, %(route)s, %(object)s, %(view_id)s, %(roles)s, %(seconds)s, %(statement)s,"
        " %(statement_hash)s, %(plan_hash)s, coalesce(%(at)s, now()))"
    ).format(table)
    async with connection.cursor() as cursor:
        await cursor.executemany(statement, [vars(row) for row in rows])
    await _prune(connection, table, MOST_SLOW)


async def write_failure(connection: Connection, schema: str, name: str, code: str) -> None:
    """Keep that a job failed, and let go of what is too old or too much."""
    table = sql.Identifier(schema, "job_failure")
    await connection.execute(
        sql.SQL("INSERT INTO {} (name, code) VALUES (%s, %s)").format(table), (name, code)
    )
    await _prune(connection, table, MOST_FAILURES)


async def _prune(connection: Connection, table: sql.Identifier, most: int) -> None:
    await connection.execute(
        sql.SQL(
            "DELETE FROM {table} WHERE at < now() - make_interval(days => {days})"
            " OR id IN (SELECT id FROM {table} ORDER BY id DESC OFFSET {most})"
        ).format(table=table, days=sql.Literal(KEPT_DAYS), most=sql.Literal(most))
    )


async def slow_queries(
    connection: Connection, schema: str, since: datetime, most: int = 500
) -> list[SlowStatement]:
    """Slow statements of a workspace since a moment, slowest first: what an advisor of indexes begins with."""
    statement = sql.SQL(
        "SELECT kind, route, object, view_id, seconds, statement, statement_hash, plan_hash, roles, at"
        " FROM {} WHERE at >= %s ORDER BY seconds DESC, id LIMIT %s"
    ).format(sql.Identifier(schema, "slow_statement"))
    async with connection.cursor(row_factory=class_row(SlowStatement)) as cursor:
        await cursor.execute(statement, (since, most))
        return await cursor.fetchall()


async def slow_groups(connection: Connection, schema: str, since: datetime, most: int) -> list[SlowGroup]:
    """The places with slow statements since a moment, those that took the most time together first."""
    statement = sql.SQL(
        "SELECT kind, route, object, view_id, count(*)::int AS times, max(seconds) AS longest_s,"
        " percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) AS median_s, max(at) AS last_at"
        " FROM {} WHERE at >= %s GROUP BY kind, route, object, view_id ORDER BY sum(seconds) DESC, route LIMIT %s"
    ).format(sql.Identifier(schema, "slow_statement"))
    async with connection.cursor(row_factory=class_row(SlowGroup)) as cursor:
        await cursor.execute(statement, (since, most))
        return await cursor.fetchall()


async def count_slow(connection: Connection, schema: str, since: datetime) -> int:
    """How many slow statements people of a workspace waited for since a moment; nobody waits for those of a job."""
    statement = sql.SQL("SELECT count(*)::int FROM {} WHERE at >= %s AND kind <> 'job'").format(
        sql.Identifier(schema, "slow_statement")
    )
    row = await (await connection.execute(statement, (since,))).fetchone()
    return 0 if row is None else int(row[0])


async def failed_kinds(connection: Connection, schema: str, since: datetime) -> list[FailedKind]:
    """Kinds of jobs with failed attempts since a moment, the most recent first."""
    statement = sql.SQL(
        "SELECT name, count(*)::int AS times, (array_agg(code ORDER BY id DESC))[1] AS code, max(at) AS last_at"
        " FROM {} WHERE at >= %s GROUP BY name ORDER BY last_at DESC"
    ).format(sql.Identifier(schema, "job_failure"))
    async with connection.cursor(row_factory=class_row(FailedKind)) as cursor:
        await cursor.execute(statement, (since,))
        return await cursor.fetchall()
