"""The door to the statements by which records go back into their pool."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from banyan.db.database import Connection
from banyan.metadata.catalog import Object
from banyan.query import recycling
from banyan.query.owning import Kept
from banyan.query.recycling import Due, compile_rules
from banyan.query.resolved import ResolvedFilter
from banyan.records.following import follow
from banyan.records.session import Session

__all__ = ["Waiting", "by_owner", "compile_rules", "listed", "refresh", "waiting", "warn"]


async def refresh(
    connection: Connection,
    session: Session,
    obj: Object,
    kept: Kept,
    pool: UUID,
    due: Due,
    now: datetime,
    ids: Sequence[UUID] | None,
) -> None:
    """Neither version nor history moves: it is derived."""
    whole = session.full.by_id[obj.id]
    binds: dict[str, Any] = {**due.values, "pool": pool, "now": now}
    if ids is not None:
        binds["ids"] = list(ids)
    statement = recycling.refresh(whole, kept, due, some=ids is not None)
    rows = await (await connection.execute(statement, binds)).fetchall()
    if rows:
        await follow(connection, session, whole, [row[0] for row in rows], {kept.recycle_at})


async def by_owner(
    connection: Connection, obj: Object, kept: Kept, pool: UUID, due: Due, at: datetime
) -> list[tuple[UUID, int, int]]:
    """Owner, how many they hold of the pool, how many of those are due at the moment `at`."""
    condition = f"coalesce(({due.at}) <= %(now)s::timestamptz, false)"
    statement = recycling.by_owner(obj, kept, condition)
    cursor = await connection.execute(statement, {**due.values, "pool": pool, "now": at})
    return [(row[0], row[1], row[2]) for row in await cursor.fetchall()]


async def listed(
    connection: Connection, obj: Object, kept: Kept, pool: UUID, due: Due, rule: str, at: datetime, limit: int
) -> list[tuple[UUID, str, UUID, Any]]:
    """Records that a rule takes at the moment `at`: id, title, owner, since when."""
    statement = recycling.listed(obj, kept, recycling.due_now(due, rule))
    cursor = await connection.execute(statement, {**due.values, "pool": pool, "now": at, "limit": limit})
    return [(row[0], row[1], row[2], row[3]) for row in await cursor.fetchall()]


async def warn(
    connection: Connection, obj: Object, kept: Kept, pool: UUID, due: Due, now: datetime
) -> list[tuple[UUID, UUID, int, datetime]]:
    """Who is to be told that records go back soon: person, one of the records, how many, the first moment."""
    statement = recycling.warn(obj, kept, due)
    cursor = await connection.execute(statement, {**due.values, "pool": pool, "now": now})
    return [(row[0], row[1], row[2], row[3]) for row in await cursor.fetchall()]


@dataclass(frozen=True)
class Waiting:
    """A record that lies in the pool: the first rule that matches, its level, its territory's head."""

    id: UUID
    rule: int | None
    level: str | None
    head: UUID | None
    since: datetime | None = None


async def waiting(
    connection: Connection,
    session: Session,
    obj: Object,
    kept: Kept,
    pool: UUID,
    nodes: Sequence[ResolvedFilter | None],
    level: str | None,
    limit: int,
    last: Waiting | None = None,
) -> list[Waiting]:
    """Those that a rule speaks of, after `last`; longest first, locked; rows somebody is working on are passed over."""
    whole = session.full.by_id[obj.id]
    texts, values = recycling.conditions_of(whole, nodes)
    after = {"last": None if last is None else last.id, "last_at": None if last is None else last.since}
    statement = recycling.waiting(whole, kept, texts, level, _territory(session, whole))
    cursor = await connection.execute(statement, {**values, **after, "pool": pool, "limit": limit})
    return [Waiting(*row) for row in await cursor.fetchall()]


def _territory(session: Session, obj: Object) -> tuple[str, str, str] | None:
    """Column of the record that names its territory, the territories' table and their head."""
    link = obj.field("territory")
    target = None if link is None else session.full.by_name.get(str(link.target))
    head = None if target is None else target.field("manager")
    if link is None or target is None or head is None or head.definition.type != "user":
        return None
    return link.physical(), target.table_name, head.physical()
