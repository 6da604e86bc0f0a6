"""Records going back: what would go tonight and by which rule, the pass itself, warnings before it, undoing it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from banyan.db.database import Connection
from banyan.pools.conditions import condition
from banyan.pools.kinds import around_of
from banyan.pools.settings import RecycleRule
from banyan.pools.store import Pool
from banyan.query.recycling import Due, Timer
from banyan.records import queries, recycling
from banyan.records.people import house_session
from banyan.records.session import Session

MOST_LISTED = 500


def compiled(session: Session, pool: Pool, rules: Sequence[RecycleRule] | None = None) -> Due:
    """The rules as text: those of the pool that are enabled, or the given ones."""
    obj, kept = pool.of(session)
    whole = session.full.by_id[obj.id]
    chosen = pool.settings.active_rules if rules is None else rules
    timers = [
        Timer(
            rule.key,
            rule.kind,
            rule.days,
            rule.warn_days,
            rule.at,
            rule.reset_by,
            condition(session, obj, rule.where),
        )
        for rule in chosen
    ]
    return recycling.compile_rules(whole, kept, around_of(session.full, obj), timers, session.timezone)


def now_of(session: Session) -> datetime:
    return session.now or datetime.now(UTC)


async def refresh(
    connection: Connection, session: Session, pool: Pool, ids: Sequence[UUID] | None = None
) -> None:
    """Set when the pool's owned records go back; of `ids` only, or of all."""
    obj, kept = pool.of(session)
    if ids is not None and not pool.settings.active_rules:
        return
    await recycling.refresh(
        connection, session, obj, kept, pool.id, compiled(session, pool), now_of(session), ids
    )


@dataclass(frozen=True)
class Going:
    """How many of an owner's records of the pool go back."""

    owner: UUID
    held: int
    going: int


async def counts(
    connection: Connection, session: Session, pool: Pool, rules: Sequence[RecycleRule], at: datetime
) -> list[Going]:
    """Per owner what these rules would take at the moment `at`."""
    obj, kept = pool.of(session)
    due = compiled(session, pool, rules)
    if not rules:
        return []
    rows = await recycling.by_owner(connection, obj, kept, pool.id, due, at)
    return [Going(*row) for row in rows]


def tonight(session: Session) -> datetime:
    """The end of the coming night: noon of tomorrow."""
    local = now_of(session).astimezone(ZoneInfo(session.timezone))
    return (local + timedelta(days=1)).replace(hour=12, minute=0, second=0, microsecond=0)


async def preview(connection: Connection, session: Session, pool: Pool) -> dict[str, Any]:
    """Who would be recycled until tomorrow noon, rule by rule, and how many each owner would lose."""
    obj, kept = pool.of(session)
    at, due = tonight(session), compiled(session, pool)
    found: list[dict[str, Any]] = []
    seen: set[str] = set()
    for rule in pool.settings.active_rules:
        rows = await recycling.listed(connection, obj, kept, pool.id, due, rule.key, at, MOST_LISTED)
        for key, title, owner, claimed in rows:
            if str(key) not in seen:
                seen.add(str(key))
                since = None if claimed is None else claimed.isoformat()
                found.append(
                    {"id": str(key), "title": title, "owner": owner, "rule": rule.key, "claimed_at": since}
                )
    own = house_session(session)
    names = await queries.labels_of(
        connection, own, own.catalog.object("user"), {str(each["owner"]) for each in found}
    )
    records = [
        {**each, "owner": {"id": str(each["owner"]), "label": names.get(str(each["owner"]))}}
        for each in found[:MOST_LISTED]
    ]
    return {"until": at.isoformat(), "records": records, "more": len(found) >= MOST_LISTED}
