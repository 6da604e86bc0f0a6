"""What those who lead expect: a number beside the sum of the deals, with a note and its history. No deal changes.

A judgement speaks of a person's whole line in one category. The latest one holds; a judgement without an amount takes
it back. It is told to the person it is about and to those who lead that person.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on

from banyan.db.database import Connection
from banyan.db.locks import take_turn
from banyan.db.statements import run
from banyan.forecasts.tables import forecast_tables
from banyan.kernel.ids import new_id

MOST_SHOWN = 100


@dataclass(frozen=True)
class Place:
    """What a judgement is about."""

    period: str
    person: UUID
    category: str
    currency: str


@dataclass(frozen=True)
class Judgement:
    id: UUID
    person: UUID
    category: str
    currency: str
    amount: Decimal | None
    was: Decimal | None
    note: str | None
    by: UUID
    at: datetime


def _columns(table: sa.Table) -> list[Any]:
    names = ("id", "person_id", "category", "currency", "amount", "was", "note", "judged_by", "judged_at")
    return [table.c[name] for name in names]


async def read_judgements(
    connection: Connection, schema: str, period: str, people: Collection[UUID]
) -> dict[UUID, list[Judgement]]:
    """What holds now of each of the people."""
    table = forecast_tables(schema).judgement
    place = (table.c.person_id, table.c.category, table.c.currency)
    among = sa.bindparam("people", list(people), type_=ARRAY(sa.Uuid))
    asked = (
        sa.select(*_columns(table))
        .ext(distinct_on(*place))
        .where(table.c.period == period, table.c.person_id == sa.any_(among))
        .order_by(*place, table.c.id.desc())
    )
    found: dict[UUID, list[Judgement]] = {}
    for row in await (await run(connection, asked)).fetchall():
        each = Judgement(*row)
        found.setdefault(each.person, []).append(each)
    return found


async def read_history(connection: Connection, schema: str, place: Place) -> list[Judgement]:
    """Every judgement of one place, newest first."""
    table = forecast_tables(schema).judgement
    asked = (
        sa.select(*_columns(table)).where(*_at(table, place)).order_by(table.c.id.desc()).limit(MOST_SHOWN)
    )
    return [Judgement(*row) for row in await (await run(connection, asked)).fetchall()]


async def judge(
    connection: Connection, schema: str, place: Place, amount: Decimal | None, note: str | None, by: UUID
) -> None:
    """Write a judgement down, after the one it follows."""
    table = forecast_tables(schema).judgement
    # One at a time, so that each knows what was said before it.
    turn = f"judgement {schema} {place.period} {place.person} {place.category} {place.currency}"
    await take_turn(connection, turn)
    earlier = await read_history(connection, schema, place)
    values = {
        "id": new_id(),
        "period": place.period,
        "person_id": place.person,
        "category": place.category,
        "currency": place.currency,
        "amount": amount,
        "was": earlier[0].amount if earlier else None,
        "note": note,
        "judged_by": by,
        "judged_at": datetime.now(UTC),
    }
    await run(connection, sa.insert(table).values(**values))


def _at(table: sa.Table, place: Place) -> list[Any]:
    return [
        table.c.period == place.period,
        table.c.person_id == place.person,
        table.c.category == place.category,
        table.c.currency == place.currency,
    ]
