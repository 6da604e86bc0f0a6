"""What a person may still take out of a pool, counted under that person's lock so that no two claims count the same."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.kernel.errors import BanyanError, Conflict
from banyan.pools.kinds import around_of
from banyan.pools.store import Pool
from banyan.pools.tables import pool_tables
from banyan.records import owning
from banyan.records.session import Session

CLAIMS = ("claimed", "granted")


async def lock_people(connection: Connection, people: Iterable[UUID]) -> None:
    """Take the turn of each until the transaction ends, always in one order."""
    keys = sa.func.unnest(sa.literal([f"pool:{each}" for each in sorted(set(people))], ARRAY(sa.Text)))
    each = sa.select(keys.label("k")).subquery("k")
    lock = sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(each.c.k, sa.literal_column("0")))
    await run(connection, sa.select(lock).select_from(each))


async def try_people(connection: Connection, people: Iterable[UUID]) -> set[UUID]:
    """Those whose turn could be had at once: for who holds rows already, and so may not wait for a claimer."""
    wanted = sorted(set(people))
    each = sa.select(sa.func.unnest(sa.literal(wanted, ARRAY(sa.Uuid()))).label("k")).subquery("k")
    key = sa.func.hashtextextended(sa.literal("pool:") + sa.cast(each.c.k, sa.Text), sa.literal_column("0"))
    asked = sa.select(each.c.k, sa.func.pg_try_advisory_xact_lock(key))
    return {row[0] for row in await (await run(connection, asked)).fetchall() if row[1]}


@dataclass
class Room:
    """What one person may still take. `taken` counts each record against it."""

    pool: Pool
    claims: int
    last: datetime | None
    uncontacted: int
    by_level: dict[str, int] = field(default_factory=dict)

    @property
    def held(self) -> int:
        return sum(self.by_level.values())

    def taken(self, level: str | None) -> None:
        self.claims += 1
        self.by_level[level or ""] = self.by_level.get(level or "", 0) + 1

    def holding(self, level: str | None) -> BanyanError | None:
        """What stands against holding one more of this level."""
        limits = self.pool.settings.limits
        if limits.held is not None and self.held >= limits.held:
            return Conflict("claim_held_limit", limit=limits.held)
        most = limits.held_by_level.get(level or "")
        if most is not None and self.by_level.get(level or "", 0) >= most:
            return Conflict("claim_level_limit", limit=most, level=str(level))
        return None

    def claiming(self, level: str | None) -> BanyanError | None:
        """What stands against claiming one more."""
        limits = self.pool.settings.limits
        if limits.claims_per_day is not None and self.claims >= limits.claims_per_day:
            return Conflict("claim_day_limit", limit=limits.claims_per_day)
        return self.holding(level)

    def beginning(self, now: datetime) -> BanyanError | None:
        """What stands against claiming anything at this moment."""
        limits = self.pool.settings.limits
        if limits.uncontacted is not None and self.uncontacted >= limits.uncontacted:
            return Conflict("claim_uncontacted", limit=limits.uncontacted, count=self.uncontacted)
        if limits.gap_minutes is not None and self.last is not None:
            free = self.last + timedelta(minutes=limits.gap_minutes)
            if now < free:
                return Conflict("claim_gap", minutes=limits.gap_minutes, until=free.isoformat())
        return None


async def rooms(
    connection: Connection, session: Session, pool: Pool, people: Sequence[UUID], now: datetime
) -> dict[UUID, Room]:
    """Of each person, whose lock is held."""
    obj, kept = pool.of(session)
    around = around_of(session.full, obj)
    left_out = pool.settings.limits.leave_out_won and around.won
    level = level_of(session, pool)
    found = await owning.held(
        connection, obj, kept, pool.id, people, level, f"NOT {around.won}" if left_out else "true"
    )
    table = pool_tables(session.full.schema).period
    midnight = now.astimezone(ZoneInfo(session.timezone)).replace(hour=0, minute=0, second=0, microsecond=0)
    asked = (
        sa.select(
            table.c.user_id,
            sa.func.count().filter(table.c.from_at >= midnight),
            sa.func.max(table.c.from_at),
        )
        .where(
            table.c.user_id.in_(list(people)),
            table.c.pool_id == pool.id,
            table.c.began.in_(CLAIMS),
            table.c.from_at >= midnight - timedelta(days=8),
        )
        .group_by(table.c.user_id)
    )
    claims: dict[UUID, Any] = {row[0]: row for row in await (await run(connection, asked)).fetchall()}
    made = {}
    for person in people:
        mine = claims.get(person)
        rows = [row for row in found if row[0] == person]
        room = Room(pool, mine[1] if mine else 0, mine[2] if mine else None, sum(row[3] for row in rows))
        room.by_level = {row[1] or "": row[2] for row in rows}
        made[person] = room
    return made


def level_of(session: Session, pool: Pool) -> str | None:
    """The column that tells the level of an account; none where there is none."""
    obj, _ = pool.of(session)
    found = obj.field("level")
    return found.physical() if found is not None and found.definition.type == "single_choice" else None
