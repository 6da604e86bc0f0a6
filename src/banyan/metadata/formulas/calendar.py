"""The working calendar and the dated rates of exchange that formulas read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.kernel.errors import InvalidInput
from banyan.metadata.formulas.tables import formula_tables


@dataclass(frozen=True)
class Day:
    """A day that differs from its weekday: a holiday, or a weekend day that is worked."""

    day: date
    working: bool
    label: str | None = None


@dataclass(frozen=True)
class Rate:
    """What one unit of `currency` is worth in the workspace's own, from `day` on."""

    currency: str
    day: date
    rate: Decimal


async def read_week(connection: Connection, schema: str) -> list[int]:
    """Weekdays that are worked, Monday 1 to Sunday 7."""
    row = await (await run(connection, sa.select(formula_tables(schema).week.c.days))).fetchone()
    return list(row[0]) if row else []


async def write_week(connection: Connection, schema: str, days: Sequence[int]) -> None:
    await run(connection, sa.update(formula_tables(schema).week).values(days=sorted(set(days))))


async def read_days(connection: Connection, schema: str, first: date, last: date) -> list[Day]:
    table = formula_tables(schema).day
    found = await run(
        connection,
        sa.select(table.c.day, table.c.working, table.c.label)
        .where(table.c.day.between(first, last))
        .order_by(table.c.day),
    )
    return [Day(*row) for row in await found.fetchall()]


async def write_days(connection: Connection, schema: str, days: Sequence[Day]) -> None:
    """Set days; those already known are overwritten."""
    if not days:
        return
    table = formula_tables(schema).day
    statement = insert(table).values([{"day": d.day, "working": d.working, "label": d.label} for d in days])
    changed = {"working": statement.excluded.working, "label": statement.excluded.label}
    await run(connection, statement.on_conflict_do_update(index_elements=["day"], set_=changed))


async def remove_day(connection: Connection, schema: str, day: date) -> bool:
    """The day is as its weekday again; False when it was already."""
    table = formula_tables(schema).day
    return (await run(connection, sa.delete(table).where(table.c.day == day))).rowcount == 1


def holidays_of_china(year: int) -> list[Day]:
    """The State Council's days off and days worked instead. Raises InvalidInput for a year not announced yet."""
    from chinese_calendar import constants

    off: Mapping[date, str] = constants.holidays
    worked: Mapping[date, str] = constants.workdays
    found = [Day(day, working=False, label=label) for day, label in off.items() if day.year == year]
    if not found:
        raise InvalidInput("holidays_unknown", year=year)
    found += [Day(day, working=True, label=label) for day, label in worked.items() if day.year == year]
    return sorted(found, key=lambda each: each.day)


async def read_rates(connection: Connection, schema: str, currency: str | None, most: int) -> list[Rate]:
    """Rates, newest first."""
    table = formula_tables(schema).rate
    wanted = sa.true() if currency is None else table.c.currency == currency
    found = await run(
        connection,
        sa.select(table.c.currency, table.c.day, table.c.rate)
        .where(wanted)
        .order_by(table.c.day.desc(), table.c.currency)
        .limit(most),
    )
    return [Rate(*row) for row in await found.fetchall()]


async def write_rates(connection: Connection, schema: str, rates: Sequence[Rate]) -> None:
    """Set rates; those already known for a currency and day are overwritten."""
    if not rates:
        return
    table = formula_tables(schema).rate
    statement = insert(table).values([{"currency": r.currency, "day": r.day, "rate": r.rate} for r in rates])
    changed = {"rate": statement.excluded.rate}
    await run(connection, statement.on_conflict_do_update(index_elements=["currency", "day"], set_=changed))


async def remove_rate(connection: Connection, schema: str, currency: str, day: date) -> bool:
    table = formula_tables(schema).rate
    gone = sa.delete(table).where(table.c.currency == currency, table.c.day == day)
    return (await run(connection, gone)).rowcount == 1
