"""Asking a pool's managers: for a record where claims need a yes, and for more time with one that would go back."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from banyan.access.members import people_of
from banyan.audit.facade import write_audit
from banyan.db.database import Connection
from banyan.db.statements import as_text, run
from banyan.events import EventBus
from banyan.kernel.errors import BanyanError, Conflict, NotFound
from banyan.pools.claims import Claim, Outcome
from banyan.pools.people import managers_of, tell
from banyan.pools.recycling import refresh
from banyan.pools.store import Pool, belongs, in_person, manages, require_manager, require_member
from banyan.pools.tables import pool_tables
from banyan.records import queries
from banyan.records.owning import Owning, states
from banyan.records.people import house_session
from banyan.records.reach import session_for
from banyan.records.session import Session

Kind = Literal["claim", "extend"]
MOST = 200


async def claim(
    connection: Connection, session: Session, bus: EventBus, pool: Pool, ids: Sequence[UUID]
) -> list[Outcome]:
    """Raises where nothing of it is possible; else an outcome per record. Where claims need a yes, it is asked for."""
    require_member(session, pool)
    person = in_person(session, pool.applies_to)
    if not pool.active:
        raise Conflict("pool_closed", pool=pool.name)
    most = pool.settings.limits.claims_per_batch
    if len(set(ids)) > most:
        raise Conflict("claim_batch_limit", limit=most)
    if pool.settings.approval and not manages(session, pool):
        found = await ask(connection, session, pool, ids, "claim", None)
        return [Outcome(key, error, asked=error is None) for key, error in found]
    return await Claim(connection, session, bus, pool, person).run(ids)


async def ask(
    connection: Connection, session: Session, pool: Pool, ids: Sequence[UUID], kind: Kind, reason: str | None
) -> list[tuple[UUID, BanyanError | None]]:
    """One request per record to the managers; what stands against it otherwise. Raises where nobody could answer."""
    person = in_person(session, pool.applies_to)
    managers = await managers_of(connection, session, pool)
    if not managers:
        raise Conflict("pool_manager_gone", pool=pool.name)
    obj, kept = pool.of(session)
    seen = await states(connection, obj, kept, ids, person, None)
    found: list[tuple[UUID, BanyanError | None]] = []
    table = pool_tables(session.full.schema).request
    now = session.now or datetime.now(UTC)
    asked = 0
    for key in ids:
        state = seen.get(key)
        ours = state is not None and not state.deleted and state.pool == pool.id
        if state is None or not ours or (kind == "claim" and state.owner is not None):
            found.append((key, Conflict("not_in_pool", pool=pool.name)))
            continue
        if kind == "extend" and state.owner != person:
            found.append((key, Conflict("not_yours", pool=pool.name)))
            continue
        values = {"pool_id": pool.id, "object_id": obj.id, "record_id": key, "user_id": person}
        cursor = await run(
            connection,
            insert(table)
            .values(**values, kind=kind, reason=reason, asked_at=now)
            .on_conflict_do_nothing()
            .returning(table.c.id),
        )
        asked += 1 if await cursor.fetchone() else 0
        found.append((key, None))
    if asked:
        await tell(connection, session, managers, "pool_request", None, None, pool, asked, what=kind)
    return found


async def ask_for_time(
    connection: Connection, session: Session, pool: Pool, record: UUID, reason: str | None
) -> None:
    """Raises Conflict where the record has had its extensions, or is not the person's."""
    require_member(session, pool)
    table = pool_tables(session.full.schema).request
    granted = sa.select(sa.func.count()).where(
        table.c.record_id == record,
        table.c.user_id == in_person(session, pool.applies_to),
        table.c.kind == "extend",
        table.c.state == "granted",
        table.c.decided_at >= _held_since(session, record),
    )
    row = await (await run(connection, granted)).fetchone()
    if row is not None and row[0] >= pool.settings.most_extensions:
        raise Conflict("extensions_used", limit=pool.settings.most_extensions)
    ((_, error),) = await ask(connection, session, pool, [record], "extend", reason)
    if error is not None:
        raise error


def _held_since(session: Session, record: UUID) -> sa.ScalarSelect[Any]:
    period = pool_tables(session.full.schema).period.c
    return (
        sa.select(period.from_at)
        .where(period.record_id == record, period.until_at.is_(None))
        .scalar_subquery()
    )


async def list_requests(connection: Connection, session: Session, pool: Pool) -> list[dict[str, Any]]:
    """Open ones, oldest first: for managers all, for others their own."""
    table = pool_tables(session.full.schema).request
    asked = sa.select(
        table.c.id,
        table.c.record_id,
        table.c.user_id,
        table.c.kind,
        table.c.reason,
        as_text(table.c.asked_at),
    ).where(table.c.pool_id == pool.id, table.c.state == "open")
    if not manages(session, pool):
        asked = asked.where(table.c.user_id == session.actor.user_id)
    rows = await (await run(connection, asked.order_by(table.c.asked_at).limit(MOST))).fetchall()
    own = house_session(session)
    obj, _ = pool.of(session)
    titles = await queries.labels_of(
        connection, own, own.catalog.by_id[obj.id], {str(row[1]) for row in rows}
    )
    people = await queries.labels_of(
        connection, own, own.catalog.object("user"), {str(row[2]) for row in rows}
    )
    return [
        {
            "id": str(row[0]),
            "record": {"object": obj.api_name, "id": str(row[1]), "label": titles.get(str(row[1]))},
            "person": {"id": str(row[2]), "label": people.get(str(row[2]))},
            "kind": row[3],
            "reason": row[4],
            "asked_at": row[5],
        }
        for row in rows
    ]


async def pool_of_request(connection: Connection, session: Session, request: UUID) -> UUID:
    table = pool_tables(session.full.schema).request
    row = await (await run(connection, sa.select(table.c.pool_id).where(table.c.id == request))).fetchone()
    if row is None:
        raise NotFound("unknown_request", request=str(request))
    return UUID(str(row[0]))


async def _goes(
    connection: Connection, session: Session, pool: Pool, record: UUID, now: datetime
) -> datetime:
    """When the record would go back without more time; now, if that is past or never."""
    own = house_session(session)
    body = await queries.read_record(connection, own, own.catalog.object(pool.applies_to), record)
    at = orjson.loads(body)["recycle_at"]
    return now if at is None else max(now, datetime.fromisoformat(at))


async def _give(
    connection: Connection, session: Session, bus: EventBus, pool: Pool, record: UUID, person: UUID
) -> None:
    """The record to who asked. Raises Conflict where they have left the pool or the house since."""
    theirs = await session_for(connection, session, person)
    here = await people_of(connection, session.full.schema, [f"user:{person}"])
    if not (pool.active and here and belongs(theirs, pool)):
        raise Conflict("request_void")
    (outcome,) = await Claim(connection, theirs, bus, pool, person, "granted").run([record])
    if outcome.error is not None:
        raise outcome.error


async def _give_time(
    connection: Connection, session: Session, bus: EventBus, pool: Pool, record: UUID, person: UUID
) -> None:
    """More time with the record. Raises Conflict where who asked has it no longer, or it is another pool's."""
    obj, kept = pool.of(session)
    hands = Owning(connection, session, bus, obj, kept)
    await hands.lock([record])
    state = (await states(connection, obj, kept, [record], None, None)).get(record)
    if state is None or state.deleted or state.owner != person or state.pool != pool.id:
        raise Conflict("request_void")
    until = await _goes(connection, session, pool, record, session.now or datetime.now(UTC))
    until += timedelta(days=pool.settings.extension_days)
    await hands.mark([record], kept.protected_until, until)
    await refresh(connection, session, pool, [record])


async def decide(
    connection: Connection,
    session: Session,
    bus: EventBus,
    pool: Pool,
    request: UUID,
    *,
    grant: bool,
    answer: str | None,
) -> None:
    """By a manager, once. Raises Conflict where it was decided before, or what was asked is not possible any more."""
    require_manager(session, pool)
    table = pool_tables(session.full.schema).request
    now = session.now or datetime.now(UTC)
    values = {"state": "granted" if grant else "refused", "answer": answer, "decided_at": now}
    cursor = await run(
        connection,
        sa.update(table)
        .where(table.c.id == request, table.c.state == "open")
        .values(**values, decided_by=session.actor.user_id)
        .returning(table.c.record_id, table.c.user_id, table.c.kind),
    )
    row = await cursor.fetchone()
    if row is None:
        raise Conflict("request_decided")
    record, person, kind = row
    obj, _ = pool.of(session)
    if grant and kind == "claim":
        await _give(connection, session, bus, pool, record, person)
    elif grant:
        await _give_time(connection, session, bus, pool, record, person)
    await write_audit(
        connection,
        session.actor,
        "pool_request_decided",
        {"pool": pool.name, "record": str(record)},
        {"kind": kind, "granted": grant},
        object_id=obj.id,
        record_id=record,
    )
    shown = obj if grant else None
    told = {"what": kind, "answer": answer or ""}
    word = "pool_granted" if grant else "pool_refused"
    await tell(connection, session, [person], word, shown, record if grant else None, pool, **told)
