"""First responses that are late, and owners who have left: what a pass finds in the periods."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.identity.tables import identity_tables
from banyan.pools.store import Pool
from banyan.pools.tables import pool_tables
from banyan.records.session import Session


async def late_periods(
    connection: Connection, session: Session, pool: Pool, now: datetime
) -> Sequence[tuple[UUID, UUID]]:
    """Record and person of each that is late and nobody was told of; they are marked as told."""
    table = pool_tables(session.full.schema).period
    late = sa.and_(
        table.c.pool_id == pool.id,
        table.c.until_at.is_(None),
        table.c.contacted_at.is_(None),
        table.c.escalated_at.is_(None),
        table.c.respond_by <= now,
    )
    marked = sa.update(table).where(late).values(escalated_at=now)
    cursor = await run(connection, marked.returning(table.c.record_id, table.c.user_id))
    return [(row[0], row[1]) for row in await cursor.fetchall()]


async def left_behind(connection: Connection, session: Session, pool: Pool, limit: int) -> list[UUID]:
    """Records of the pool whose owner's access has been ended."""
    schema = session.full.schema
    table, credential = pool_tables(schema).period.c, identity_tables(schema).credential.c
    gone = sa.select(credential.user_id).where(credential.state == "disabled")
    asked = sa.select(table.record_id).where(
        table.pool_id == pool.id, table.until_at.is_(None), table.user_id.in_(gone)
    )
    return [row[0] for row in await (await run(connection, asked.limit(limit))).fetchall()]
