"""What passes did: one line each, and the way back of a recycle within a day."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from banyan.audit.facade import write_audit
from banyan.db.database import Connection
from banyan.db.statements import as_text, run
from banyan.events import EventBus
from banyan.kernel.errors import Conflict, NotFound
from banyan.pools.recycling import now_of
from banyan.pools.store import Pool, read_pool, require_manager
from banyan.pools.tables import pool_tables
from banyan.records.owning import Owning, unhurried
from banyan.records.session import Session

UNDONE_WITHIN = timedelta(hours=24)
MOST = 100


async def note_run(
    connection: Connection,
    schema: str,
    pool: UUID,
    key: UUID,
    kind: str,
    rule: str | None,
    at: datetime,
    count: int,
) -> None:
    """Write a pass down, or add to what its earlier chunks did."""
    table = pool_tables(schema).run
    changed = await run(
        connection, sa.update(table).where(table.c.id == key).values(count=table.c.count + count)
    )
    if changed.rowcount == 0:
        values = {"id": key, "pool_id": pool, "kind": kind, "rule": rule, "at": at, "count": count}
        await run(connection, sa.insert(table).values(**values))


async def list_runs(connection: Connection, session: Session, pool: Pool) -> list[dict[str, Any]]:
    """The newest first."""
    table = pool_tables(session.full.schema).run
    columns = (
        table.c.id,
        table.c.kind,
        table.c.rule,
        as_text(table.c.at),
        table.c.count,
        as_text(table.c.undone_at),
    )
    asked = sa.select(*columns, table.c.undone, table.c.at).where(table.c.pool_id == pool.id)
    rows = await (await run(connection, asked.order_by(table.c.at.desc()).limit(MOST))).fetchall()
    now = now_of(session)
    return [
        {
            "id": str(row[0]),
            "kind": row[1],
            "rule": row[2],
            "at": row[3],
            "count": row[4],
            "undone_at": row[5],
            "undone": row[6],
            "can_undo": row[1] == "recycle" and row[5] is None and now - row[7] < UNDONE_WITHIN,
        }
        for row in rows
    ]


async def undo(connection: Connection, session: Session, bus: EventBus, run_id: UUID) -> dict[str, Any]:
    """Give back what nobody has claimed since. Raises NotFound, Conflict where it is too late or was done."""
    table = pool_tables(session.full.schema).run
    asked = sa.select(table.c.pool_id, table.c.at, table.c.undone_at, table.c.count).where(
        table.c.id == run_id, table.c.kind == "recycle"
    )
    row = await (await run(connection, asked.with_for_update())).fetchone()
    if row is None:
        raise NotFound("unknown_run", run=str(run_id))
    pool = await read_pool(connection, session, row[0])
    require_manager(session, pool)
    now = now_of(session)
    if row[2] is not None:
        raise Conflict("run_undone")
    if now - row[1] >= UNDONE_WITHIN:
        raise Conflict("run_too_old")
    await unhurried(connection)
    obj, kept = pool.of(session)
    back = await Owning(connection, session, bus, obj, kept).restore(run_id, now)
    values = {"undone_at": now, "undone_by": session.actor.user_id, "undone": len(back)}
    await run(connection, sa.update(table).where(table.c.id == run_id).values(**values))
    detail = {"returned": len(back), "kept": row[3] - len(back)}
    await write_audit(
        connection, session.actor, "pool_run_undone", {"pool": pool.name, "run": str(run_id)}, detail
    )
    return detail
