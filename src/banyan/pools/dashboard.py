"""How a pool does: what lies in it, what came and went by day and by person, how soon people respond."""

from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
import sqlalchemy as sa

from banyan.db.database import Connection
from banyan.db.statements import as_text, run
from banyan.pools.reading import within
from banyan.pools.recycling import now_of
from banyan.pools.store import Pool
from banyan.pools.tables import pool_tables
from banyan.query.parsed import ParsedAggregate
from banyan.records import queries
from banyan.records.people import house_session
from banyan.records.session import Session

TAKEN = ("claimed", "granted")
GIVEN = ("assigned", "automatic", "transferred")


async def read_dashboard(connection: Connection, session: Session, pool: Pool, days: int) -> dict[str, Any]:
    """{stock, owned, days: [...], people: [...], response_seconds}: of the last `days` days."""
    own, obj = within(session, pool)
    found = orjson.loads(await queries.aggregate(connection, own, obj, ParsedAggregate()))
    stock = int(found["groups"][0]["values"][0]) if found["groups"] else 0
    now = now_of(session)
    since = now.astimezone(ZoneInfo(session.timezone)).replace(hour=0, minute=0, second=0, microsecond=0)
    since -= timedelta(days=days - 1)
    table = pool_tables(session.full.schema).period
    people = await _people(connection, session, table, pool, since)
    row = await (await run(connection, _owned(table, pool))).fetchone()
    response = await (await run(connection, _response(table, pool, since))).fetchone()
    return {
        "stock": stock,
        "owned": int(row[0]) if row else 0,
        "uncontacted": int(row[1]) if row else 0,
        "response_seconds": None if response is None or response[0] is None else int(response[0]),
        "late": int(response[1]) if response else 0,
        "days": await _days(connection, table, pool, since, session.timezone, days),
        "people": people,
    }


def _owned(table: sa.Table, pool: Pool) -> Any:
    return sa.select(sa.func.count(), sa.func.count().filter(table.c.contacted_at.is_(None))).where(
        table.c.pool_id == pool.id, table.c.until_at.is_(None)
    )


def _seconds(table: sa.Table) -> Any:
    return sa.extract("epoch", table.c.contacted_at - table.c.from_at)


def _response(table: sa.Table, pool: Pool, since: Any) -> Any:
    """The median, which one forgotten record does not move."""
    median = sa.func.percentile_cont(0.5).within_group(_seconds(table))
    late = sa.func.count().filter(table.c.escalated_at.is_not(None))
    return sa.select(median, late).where(table.c.pool_id == pool.id, table.c.from_at >= since)


async def _days(
    connection: Connection, table: sa.Table, pool: Pool, since: Any, timezone: str, days: int
) -> list[dict[str, Any]]:
    """One entry per day, empty ones too."""
    begun = sa.cast(sa.func.timezone(timezone, table.c.from_at), sa.Date)
    ended = sa.cast(sa.func.timezone(timezone, table.c.until_at), sa.Date)
    words = {
        "claimed": (begun, table.c.from_at, table.c.began.in_(TAKEN)),
        "given": (begun, table.c.from_at, table.c.began.in_(GIVEN)),
        "recycled": (ended, table.c.until_at, table.c.ended == "recycled"),
        "released": (ended, table.c.until_at, table.c.ended == "released"),
    }
    entries = {
        (since + timedelta(days=each)).date().isoformat(): dict.fromkeys(words, 0) for each in range(days)
    }
    for word, (day, moment, which) in words.items():
        asked = sa.select(sa.cast(day, sa.Text), sa.func.count()).where(
            table.c.pool_id == pool.id, moment >= since, which
        )
        for at, count in await (await run(connection, asked.group_by(day))).fetchall():
            if at in entries:
                entries[at][word] = count
    return [{"day": day, **counts} for day, counts in entries.items()]


async def _people(
    connection: Connection, session: Session, table: sa.Table, pool: Pool, since: Any
) -> list[dict[str, Any]]:
    recent = table.c.from_at >= since
    asked = (
        sa.select(
            table.c.user_id,
            sa.func.count().filter(sa.and_(recent, table.c.began.in_(TAKEN))),
            sa.func.count().filter(sa.and_(recent, table.c.began.in_(GIVEN))),
            sa.func.count().filter(table.c.until_at.is_(None)),
            sa.func.count().filter(sa.and_(table.c.ended == "recycled", table.c.until_at >= since)),
            sa.func.percentile_cont(0.5).within_group(_seconds(table)).filter(recent),
        )
        .where(
            table.c.pool_id == pool.id, sa.or_(recent, table.c.until_at.is_(None), table.c.until_at >= since)
        )
        .group_by(table.c.user_id)
    )
    rows = await (await run(connection, asked)).fetchall()
    own = house_session(session)
    names = await queries.labels_of(
        connection, own, own.catalog.object("user"), {str(row[0]) for row in rows}
    )
    found = [
        {
            "person": {"id": str(row[0]), "label": names.get(str(row[0]))},
            "claimed": row[1],
            "given": row[2],
            "holds": row[3],
            "recycled": row[4],
            "response_seconds": None if row[5] is None else int(row[5]),
        }
        for row in rows
    ]
    return sorted(found, key=lambda each: (-int(each["holds"]), str(each["person"]["label"])))


async def read_owners(connection: Connection, session: Session, record: UUID) -> list[dict[str, Any]]:
    """Everybody who had the record, newest first; for who may read it, asked before."""
    table = pool_tables(session.full.schema).period
    asked = sa.select(
        table.c.user_id,
        as_text(table.c.from_at),
        as_text(table.c.until_at),
        table.c.began,
        table.c.ended,
        table.c.reason,
        table.c.pool_id,
        as_text(table.c.contacted_at),
        table.c.began_by,
    ).where(table.c.record_id == record)
    rows = await (await run(connection, asked.order_by(table.c.from_at.desc(), table.c.id.desc()))).fetchall()
    own = house_session(session)
    people = {str(row[0]) for row in rows} | {str(row[8]) for row in rows if row[8]}
    names = await queries.labels_of(connection, own, own.catalog.object("user"), people)
    pools = await queries.labels_of(
        connection, own, own.catalog.object("pool"), {str(row[6]) for row in rows if row[6]}
    )
    return [
        {
            "person": {"id": str(row[0]), "label": names.get(str(row[0]))},
            "from": row[1],
            "until": row[2],
            "began": row[3],
            "ended": row[4],
            "reason": row[5],
            "pool": None if row[6] is None else {"id": str(row[6]), "label": pools.get(str(row[6]))},
            "contacted_at": row[7],
            "began_by": None if row[8] is None else {"id": str(row[8]), "label": names.get(str(row[8]))},
        }
        for row in rows
    ]
