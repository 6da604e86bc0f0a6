"""How one record stands to its pool, for the line above its page."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.kernel.errors import Conflict, NotFound
from banyan.pools.kinds import kept_in
from banyan.pools.store import Pool, belongs, manages, read_pool, read_pools
from banyan.pools.tables import pool_tables
from banyan.records import queries
from banyan.records.owning import states
from banyan.records.session import Session


async def pool_of(connection: Connection, session: Session, object_name: str, record: UUID) -> Pool:
    """The pool a record came from. Raises Conflict where it came from none."""
    found = kept_in(session.full, object_name)
    if found is not None:
        state = (await states(connection, found[0], found[1], [record], None, None)).get(record)
        if state is not None and state.pool is not None:
            return await read_pool(connection, session, state.pool)
    raise Conflict("no_pool_to_return_to")


async def _to_accept(connection: Connection, session: Session, record: UUID) -> bool:
    """Whether somebody else gave it to the person, who has not said yet that they have seen it."""
    period = pool_tables(session.full.schema).period.c
    asked = sa.select(period.id).where(
        period.record_id == record,
        period.until_at.is_(None),
        period.began.in_(("assigned", "automatic", "transferred")),
        period.accepted_at.is_(None),
    )
    return await (await run(connection, asked)).fetchone() is not None


async def read_bar(
    connection: Connection, session: Session, object_name: str, record: UUID
) -> dict[str, Any]:
    """{pool, mine, waiting, can, pools}. Raises NotFound for one out of sight and in no pool of the reader's."""
    found = kept_in(session.full, object_name)
    if found is None:
        return {"pool": None, "mine": False, "waiting": False, "locked": False, "can": [], "pools": []}
    state = (await states(connection, found[0], found[1], [record], None, None)).get(record)
    if state is None or state.deleted:
        raise NotFound("record_not_found", object=object_name, id=str(record))
    known = [] if state.pool is None else await read_pools(connection, session, [state.pool])
    pool = known[0] if known else None
    waiting = pool is not None and state.owner is None
    if pool is None or not (waiting and belongs(session, pool)):
        await queries.read_record(connection, session, session.catalog.object(object_name), record)
    mine = state.owner is not None and state.owner == session.actor.user_id
    can = []
    if pool is not None and waiting and belongs(session, pool) and pool.active and not state.locked:
        can.append("claim")
    if mine:
        can.append("release")
        if pool is not None and pool.settings.active_rules:
            can.append("extend")
    if pool is not None and manages(session, pool):
        can += ["unlock" if state.locked else "lock", "assign" if waiting else "transfer"]
    every = [each for each in await read_pools(connection, session) if each.applies_to == object_name]
    if mine and await _to_accept(connection, session, record):
        can.append("accept")
    if pool is None and any(manages(session, each) for each in every):
        can.append("put")
    return {
        "pool": None if pool is None else {"id": str(pool.id), "name": pool.name},
        "mine": mine,
        "waiting": waiting,
        "locked": state.locked,
        "can": can,
        "pools": [
            {"id": str(each.id), "name": each.name, "manages": manages(session, each)}
            for each in every
            if belongs(session, each)
        ],
    }
