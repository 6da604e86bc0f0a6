"""Who leads somebody, by the reporting line."""

from uuid import UUID

import sqlalchemy as sa

from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.records.session import Session

MOST_STEPS = 10


async def leaders_of(connection: Connection, session: Session, person: UUID) -> list[UUID]:
    """Their manager, that one's manager and so on; nearest first, at most `MOST_STEPS`."""
    user = session.full.object("user")
    manager = user.by_name["manager"].physical()
    first, above = user.table.alias("u"), user.table.alias("a")
    line = (
        sa.select(first.c[manager].label("id"), sa.literal(1, sa.Integer()).label("step"))
        .where(first.c.id == person, first.c[manager].is_not(None))
        .cte("line", recursive=True)
    )
    line = line.union_all(
        sa.select(above.c[manager], line.c.step + 1).where(
            above.c.id == line.c.id, above.c[manager].is_not(None), line.c.step < MOST_STEPS
        )
    )
    cursor = await run(connection, sa.select(line.c.id).order_by(line.c.step))
    return [row[0] for row in await cursor.fetchall()]
