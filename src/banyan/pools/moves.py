"""Records into a pool and out of it by a person's hand: put, release, assign, transfer, lock, accept."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import orjson
import sqlalchemy as sa

from banyan.access.members import people_of
from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.events import EventBus
from banyan.kernel.errors import BanyanError, Conflict, FieldProblem, InvalidInput
from banyan.pools import limits
from banyan.pools.claims import Outcome
from banyan.pools.kinds import HELD, kept_in
from banyan.pools.recycling import refresh
from banyan.pools.store import Pool, belongs, in_person, in_scope, read_pool, require_manager
from banyan.pools.tables import pool_tables
from banyan.query.owning import Kept
from banyan.query.parsed import ParsedQuery
from banyan.records import queries
from banyan.records.owning import Given, Owning, State, states
from banyan.records.people import house_session
from banyan.records.reach import visible_to
from banyan.records.session import Session


def now_of(session: Session) -> datetime:
    return session.now or datetime.now(UTC)


def _hands(connection: Connection, session: Session, bus: EventBus, pool: Pool) -> tuple[Owning, Kept]:
    obj, kept = pool.of(session)
    return Owning(connection, session, bus, obj, kept), kept


async def put(
    connection: Connection,
    session: Session,
    bus: EventBus,
    pool: Pool,
    ids: Sequence[UUID],
    reason: str | None,
) -> list[Outcome]:
    """Records into the pool by its managers: what they may change; what others own, if they may give it away."""
    require_manager(session, pool)
    hands, kept = _hands(connection, session, bus, pool)
    mine = await visible_to(connection, session, pool.applies_to, ids, "update")
    giving = await visible_to(connection, session, pool.applies_to, ids, "transfer")
    found = await states(connection, hands.obj, kept, sorted(mine), None, None)
    free = {key for key, state in found.items() if state.owner in (None, session.actor.user_id)}
    moved = await hands.take(
        pool.id, sorted(mine & (giving | free)), reason, "taken", now_of(session), owned=False
    )
    return _outcomes(ids, {each.id: each.version for each in moved}, Conflict("not_yours", pool=pool.name))


async def release(
    connection: Connection,
    session: Session,
    bus: EventBus,
    object_name: str,
    ids: Sequence[UUID],
    reason: str,
    to: UUID | None,
) -> list[Outcome]:
    """One's own records back into the pool they came from, or into another one is a member of."""
    me = in_person(session, object_name)
    if not reason.strip():
        raise InvalidInput(problems=[FieldProblem("/reason", "release_needs_reason")])
    target = None if to is None else await read_pool(connection, session, to)
    if target is not None and (not belongs(session, target) or target.applies_to != object_name):
        raise Conflict("not_in_pool", pool=target.name)
    found = await _states(connection, session, object_name, ids)
    ended = await _converted(connection, session, object_name, list(found))
    outcomes = {key: Outcome(key, Conflict("converted_not_returned")) for key in ended}
    mine = [each for each in found.values() if each.owner == me and each.id not in ended]
    for pool_id in {each.pool for each in mine}:
        own = [each.id for each in mine if each.pool == pool_id]
        chosen = target or (None if pool_id is None else await read_pool(connection, session, pool_id))
        if chosen is None:
            continue
        hands, _ = _hands(connection, session, bus, chosen)
        moved = await hands.take(chosen.id, own, reason, "released", now_of(session))
        outcomes |= {each.id: Outcome(each.id, version=each.version) for each in moved}
    return [outcomes.get(key) or Outcome(key, _not_released(found.get(key), me)) for key in ids]


async def _converted(
    connection: Connection, session: Session, object_name: str, ids: Sequence[UUID]
) -> set[UUID]:
    """Of leads those that have become customers: nobody has anything to claim in them."""
    own = house_session(session)
    obj = own.catalog.object(object_name)
    if not ids or obj.field("converted_at") is None:
        return set()
    where = [
        {"field": "id", "op": "in", "value": [str(key) for key in ids]},
        {"field": "converted_at", "op": "is_not_empty"},
    ]
    query = ParsedQuery(select=("id",), where={"and": where}, limit=len(ids))
    page = orjson.loads((await queries.query_page(connection, own, obj, query)).rows)
    return {UUID(row["id"]) for row in page}


def _not_released(state: State | None, me: UUID) -> BanyanError:
    if state is None or state.owner != me:
        return Conflict("not_yours")
    return Conflict("no_pool_to_return_to")


async def _states(
    connection: Connection, session: Session, object_name: str, ids: Sequence[UUID]
) -> dict[UUID, State]:
    found = kept_in(session.full, object_name)
    if found is None:
        raise Conflict("pool_without_object", object=object_name)
    return await states(connection, found[0], found[1], ids, None, None)


async def assign(
    connection: Connection, session: Session, bus: EventBus, pool: Pool, ids: Sequence[UUID], to: UUID
) -> list[Outcome]:
    """Records that lie in the pool to a person, by a manager. Raises Conflict where that person's list is full."""
    require_manager(session, pool)
    await _require_person(connection, session, to)
    now, settings = now_of(session), pool.settings
    hands, _ = _hands(connection, session, bus, pool)
    await _with_room(connection, session, pool, to, ids)
    how = Given("assigned", now, settings.protected_until(now), settings.respond_by(now, session.timezone))
    moved = await hands.give(pool.id, [(key, to) for key in dict.fromkeys(ids)], how)
    return _outcomes(ids, {each.id: each.version for each in moved}, Conflict("not_in_pool", pool=pool.name))


async def transfer(
    connection: Connection,
    session: Session,
    bus: EventBus,
    pool: Pool,
    ids: Sequence[UUID],
    to: UUID,
    reason: str | None,
) -> list[Outcome]:
    """Records owned out of the pool from who has them to another, by a manager."""
    require_manager(session, pool)
    await _require_person(connection, session, to)
    now = now_of(session)
    hands, kept = _hands(connection, session, bus, pool)
    found = await states(connection, hands.obj, kept, ids, None, None)
    ours = [each.id for each in found.values() if each.pool == pool.id and each.owner is not None]
    theirs = {each.id for each in found.values() if each.owner == to}
    await _with_room(connection, session, pool, to, [key for key in ours if key not in theirs])
    how = Given("transferred", now, respond=pool.settings.respond_by(now, session.timezone))
    moved = await hands.hand(to, ours, reason, how)
    done = {each.id: each.version for each in moved} | {key: found[key].version for key in theirs}
    return _outcomes(ids, done, Conflict("not_in_pool", pool=pool.name))


async def _with_room(
    connection: Connection, session: Session, pool: Pool, to: UUID, ids: Sequence[UUID]
) -> None:
    """Take the person's turn and see that all of it fits. Raises Conflict naming them."""
    await limits.lock_people(connection, [to])
    room = (await limits.rooms(connection, session, pool, [to], now_of(session)))[to]
    obj, kept = pool.of(session)
    levels = await states(connection, obj, kept, ids, None, limits.level_of(session, pool))
    for state in levels.values():
        if room.holding(state.level) is not None:
            name = await name_of(connection, session, to)
            raise Conflict("assign_limit", person=name, limit=pool.settings.limits.held or 0)
        room.taken(state.level)


async def name_of(connection: Connection, session: Session, person: UUID) -> str:
    own = house_session(session)
    names = await queries.labels_of(connection, own, own.catalog.object("user"), {str(person)})
    return names.get(str(person)) or "…"


async def _require_person(connection: Connection, session: Session, to: UUID) -> None:
    if not await people_of(connection, session.full.schema, [f"user:{to}"]):
        raise InvalidInput(problems=[FieldProblem("/to", "pool_unknown_person")])


async def lock(
    connection: Connection, session: Session, bus: EventBus, pool: Pool, ids: Sequence[UUID], *, locked: bool
) -> list[Outcome]:
    """Records of the pool that nobody claims and that never go back, or again as the others."""
    require_manager(session, pool)
    hands, kept = _hands(connection, session, bus, pool)
    found = await states(connection, hands.obj, kept, ids, None, None)
    ours = [each.id for each in found.values() if each.pool == pool.id]
    await hands.mark(ours, kept.pool_locked, locked)
    await refresh(connection, session, pool, ours)
    done = {key: found[key].version for key in ours}
    return _outcomes(ids, done, Conflict("not_in_pool", pool=pool.name))


async def accept(connection: Connection, session: Session, ids: Sequence[UUID]) -> int:
    """Say that one has seen what one was assigned. Returns how many."""
    table = pool_tables(session.full.schema).period
    kept = [found[0] for name in HELD if (found := kept_in(session.full, name)) is not None]
    reached = [obj.id for obj in kept if in_scope(session, obj.api_name, "update")]
    mine = sa.and_(
        table.c.record_id.in_(list(ids)),
        table.c.user_id == in_person(session, *HELD),
        table.c.object_id.in_(reached),
        table.c.until_at.is_(None),
        table.c.accepted_at.is_(None),
    )
    return (await run(connection, sa.update(table).where(mine).values(accepted_at=now_of(session)))).rowcount


def _outcomes(ids: Sequence[UUID], done: dict[UUID, int], error: BanyanError) -> list[Outcome]:
    return [Outcome(key, version=done[key]) if key in done else Outcome(key, error) for key in ids]
