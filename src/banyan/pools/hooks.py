"""What follows from writes on any path: periods of owners, what nobody owns into its pool, first contacts, timers."""

from datetime import UTC, datetime
from functools import partial
from uuid import UUID

from banyan.db.database import Connection
from banyan.events import EventBus
from banyan.extension.writes import HOOKS, Write
from banyan.pools.conditions import condition
from banyan.pools.kinds import ACTIVITY, DEAL, HELD, kept_in, link_to, read_of_deals
from banyan.pools.recycling import refresh
from banyan.pools.store import read_pools
from banyan.records import owning
from banyan.records.owning import Owning
from banyan.records.session import Session


def register_hooks(bus: EventBus) -> None:
    for name in HELD:
        HOOKS.register(name, "pools", partial(_settle, bus))
    HOOKS.register(ACTIVITY, "pools", _contacted)
    HOOKS.register(DEAL, "pools", _dealt)


async def _settle(bus: EventBus, write: Write) -> None:
    """Of leads and accounts: whatever was written, their periods and timers are right afterwards."""
    session: Session = write.session
    found = kept_in(session.full, write.obj.api_name)
    if found is None:
        return
    obj, kept = found
    now = session.now or datetime.now(UTC)
    hands = Owning(write.connection, session, bus, obj, kept)
    settled = await hands.settle(write, "created" if write.created else "changed", now)
    if settled.nobodys and (write.created or write.touches({"owner_id"})):
        await _let_in(write.connection, session, hands, settled.nobodys, now)
    for pool in await read_pools(write.connection, session, list(settled.by_pool)):
        await refresh(write.connection, session, pool, settled.by_pool[pool.id])


async def _let_in(
    connection: Connection, session: Session, hands: Owning, ids: tuple[UUID, ...], now: datetime
) -> None:
    """What has neither owner nor pool lies in the first pool that lets it in."""
    for pool in await read_pools(connection, session):
        if pool.active and pool.settings.intake and pool.applies_to == hands.obj.api_name:
            node = condition(session, hands.obj, pool.settings.intake_where)
            await hands.let_in(pool.id, ids, node, now)


async def _contacted(write: Write) -> None:
    """Of activities: what happened on a record is its first contact, and sets its timers back."""
    await _around(write, first_contact=True)


async def _dealt(write: Write) -> None:
    """Of opportunities: the timers of their accounts, which look at what stands in these columns.

    A condition of a rule may look at more (a filter over deals, a sum of theirs): the next pass hears of that.
    """
    session: Session = write.session
    if write.touches(read_of_deals(session.full, session.full.by_id[write.obj.id])):
        await _around(write, first_contact=False)


async def _around(write: Write, *, first_contact: bool) -> None:
    session: Session = write.session
    child = session.full.by_id[write.obj.id]
    now = session.now or datetime.now(UTC)
    for name in HELD:
        found = kept_in(session.full, name)
        link = None if found is None else link_to(child, found[0])
        if found is None or link is None:
            continue
        if write.given is not None and not any(row.get(link.physical()) for row in write.given):
            continue
        obj, kept = found
        if first_contact:
            await owning.first_contact(write.connection, session, obj, kept, child, link, write.ids, now)
        touched = await owning.pools_of_parents(write.connection, obj, kept, child, link, write.ids)
        for pool in await read_pools(write.connection, session, list(touched)):
            await refresh(write.connection, session, pool, touched[pool.id])
