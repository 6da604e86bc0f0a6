"""How much people read, export and unmask: counters by hour, and the limits they are held to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg import sql

from banyan.db.database import Connection

Use = tuple[UUID, str]  # person, kind


@dataclass(frozen=True)
class Limit:
    """From where on a use raises an alarm or is refused; `habit_factor` times one's own usual hour is unusual."""

    alarm_at: int | None = None
    refuse_at: int | None = None
    habit_factor: float | None = None


@dataclass(frozen=True)
class Total:
    """A person's use of this hour, of the last day, and of a usual hour (None: too few hours are known)."""

    hour: int = 0
    day: int = 0
    usual: float | None = None


async def add_use(connection: Connection, schema: str, amounts: Mapping[Use, int]) -> None:
    """Add to the counters of this hour, all in one statement."""
    await connection.execute(
        sql.SQL(
            "INSERT INTO {} AS c (user_id, kind, hour, amount)"
            " SELECT u, k, date_trunc('hour', now()), a FROM unnest(%s::uuid[], %s::text[], %s::bigint[]) AS x(u, k, a)"
            " ON CONFLICT (user_id, kind, hour) DO UPDATE SET amount = c.amount + EXCLUDED.amount"
        ).format(sql.Identifier(schema, "usage_count")),
        ([user for user, _ in amounts], [kind for _, kind in amounts], list(amounts.values())),
    )


async def totals(connection: Connection, schema: str, people: Sequence[UUID]) -> dict[Use, Total]:
    """Totals of these people over all processes. A usual hour is the mean of those of 30 days, at least five."""
    cursor = await connection.execute(
        sql.SQL(
            "SELECT user_id, kind, coalesce(sum(amount) FILTER (WHERE hour = date_trunc('hour', now())), 0),"
            " coalesce(sum(amount) FILTER (WHERE hour > now() - interval '1 day'), 0),"
            " CASE WHEN count(*) FILTER (WHERE hour < date_trunc('hour', now())) >= 5"
            " THEN avg(amount) FILTER (WHERE hour < date_trunc('hour', now())) END"
            " FROM {} WHERE user_id = ANY(%s) AND hour > now() - interval '30 days' GROUP BY user_id, kind"
        ).format(sql.Identifier(schema, "usage_count")),
        (list(people),),
    )
    return {
        (user, kind): Total(int(hour), int(day), None if usual is None else float(usual))
        for user, kind, hour, day, usual in await cursor.fetchall()
    }


async def read_limits(connection: Connection, schema: str) -> dict[tuple[str, str | None], Limit]:
    """Limits by kind and role; None is everybody without a limit of their role."""
    cursor = await connection.execute(
        sql.SQL("SELECT kind, role_key, alarm_at, refuse_at, habit_factor::float8 FROM {}").format(
            sql.Identifier(schema, "usage_limit")
        )
    )
    return {(row[0], row[1]): Limit(*row[2:]) for row in await cursor.fetchall()}


async def write_limit(
    connection: Connection, schema: str, kind: str, role: str | None, limit: Limit | None
) -> None:
    """Set a limit, or take a role's away (None)."""
    table = sql.Identifier(schema, "usage_limit")
    if limit is None:
        await connection.execute(
            sql.SQL("DELETE FROM {} WHERE kind = %s AND role_key = %s").format(table), (kind, role)
        )
        return
    await connection.execute(
        sql.SQL(
            "INSERT INTO {} (kind, role_key, alarm_at, refuse_at, habit_factor) VALUES (%s, %s, %s, %s, %s)"
            " ON CONFLICT (kind, role_key) DO UPDATE SET alarm_at = EXCLUDED.alarm_at,"
            " refuse_at = EXCLUDED.refuse_at, habit_factor = EXCLUDED.habit_factor"
        ).format(table),
        (kind, role, limit.alarm_at, limit.refuse_at, limit.habit_factor),
    )


async def raise_alarm(
    connection: Connection, schema: str, use: Use, *, period: datetime, amount: int, most: int, reason: str
) -> bool:
    """Add an alarm; False when this person already has it for the period."""
    cursor = await connection.execute(
        sql.SQL(
            "INSERT INTO {} (user_id, kind, period, amount, most, reason) VALUES (%s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (user_id, kind, period, reason) DO NOTHING"
        ).format(sql.Identifier(schema, "audit_alarm")),
        (*use, period, amount, most, reason),
    )
    return cursor.rowcount == 1


async def read_settings(connection: Connection, schema: str) -> tuple[int, bool, int]:
    """Days an entry stays in the database, whether a refusal ends the person's sessions, version."""
    cursor = await connection.execute(
        sql.SQL("SELECT hot_days, hold, version FROM {}").format(sql.Identifier(schema, "audit_setting"))
    )
    row = await cursor.fetchone()
    return (180, False, 0) if row is None else (int(row[0]), bool(row[1]), int(row[2]))


async def write_settings(
    connection: Connection, schema: str, hot_days: int, *, hold: bool, version: int
) -> bool:
    """Change the settings read as `version`; False when somebody else was quicker."""
    cursor = await connection.execute(
        sql.SQL("UPDATE {} SET hot_days = %s, hold = %s, version = version + 1 WHERE version = %s").format(
            sql.Identifier(schema, "audit_setting")
        ),
        (hot_days, hold, version),
    )
    return cursor.rowcount == 1


@dataclass(frozen=True)
class AlarmRow:
    """One line of audit_alarm."""

    id: UUID
    at: datetime
    kind: str
    user_id: UUID
    amount: int
    most: int
    reason: str
    acknowledged_by: UUID | None
    acknowledged_at: datetime | None
    note: str | None


async def read_alarms(connection: Connection, schema: str, *, open_only: bool, most: int) -> list[AlarmRow]:
    """Alarms, newest first."""
    cursor = await connection.execute(
        sql.SQL(
            "SELECT id, at, kind, user_id, amount, most, reason, acknowledged_by, acknowledged_at, note FROM {}"
            " WHERE NOT %s OR acknowledged_at IS NULL ORDER BY id DESC LIMIT %s"
        ).format(sql.Identifier(schema, "audit_alarm")),
        (open_only, most),
    )
    return [AlarmRow(*row) for row in await cursor.fetchall()]


async def acknowledge(
    connection: Connection, schema: str, alarm: UUID, by: UUID | None, note: str | None
) -> bool:
    """Mark an open alarm as seen; False when there is none of that id."""
    cursor = await connection.execute(
        sql.SQL(
            "UPDATE {} SET acknowledged_by = %s, acknowledged_at = now(), note = %s"
            " WHERE id = %s AND acknowledged_at IS NULL"
        ).format(sql.Identifier(schema, "audit_alarm")),
        (by, note, alarm),
    )
    return cursor.rowcount == 1


async def forget_old_use(connection: Connection, schema: str) -> int:
    """Drop counters that no habit looks at any more; returns how many."""
    cursor = await connection.execute(
        sql.SQL("DELETE FROM {} WHERE hour < now() - interval '31 days'").format(
            sql.Identifier(schema, "usage_count")
        )
    )
    return cursor.rowcount
