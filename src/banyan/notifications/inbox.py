"""The inbox: what concerns a person, written with its cause and read with the rights of the moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from banyan.db.database import Connection
from banyan.db.statements import as_text, run
from banyan.kernel.errors import FieldProblem, InvalidInput
from banyan.kernel.ids import parse_id
from banyan.notifications.kinds import KINDS
from banyan.notifications.preferences import unwanted_by
from banyan.notifications.tables import notification_tables
from banyan.records import queries
from banyan.records.session import Session

State = Literal["unread", "all", "snoozed"]


@dataclass(frozen=True)
class Notice:
    """Something to tell one person. Equal unread ones (`same`) become one; `count` adds up."""

    user: UUID
    kind: str
    object_id: UUID | None
    record_id: UUID | None
    actor: UUID | None
    params: Mapping[str, Any] = field(default_factory=dict)
    same: str = ""
    count: int = 1


async def notify(connection: Connection, schema: str, notices: Sequence[Notice]) -> None:
    """Write in the caller's transaction; what a person has switched off is kept for mail alone."""
    if not notices:
        return
    table = notification_tables(schema).notification
    off = await unwanted_by(connection, schema, {notice.user for notice in notices})
    merged: dict[tuple[UUID, str], dict[str, Any]] = {}
    for notice in notices:
        same = notice.same or f"{notice.kind}:{notice.record_id}"
        row = merged.setdefault(
            (notice.user, same),
            {
                "user_id": notice.user,
                "kind": notice.kind,
                "object_id": notice.object_id,
                "record_id": notice.record_id,
                "actor_id": notice.actor,
                "params": dict(notice.params),
                "same": same,
                "shown": (notice.user, notice.kind) not in off,
                "count": 0,
            },
        )
        row["count"] += notice.count
    statement = insert(table).values(sorted(merged.values(), key=lambda row: (row["user_id"], row["same"])))
    new = statement.excluded
    await run(
        connection,
        statement.on_conflict_do_update(
            index_elements=["user_id", "same"],
            index_where=sa.and_(table.c.read_at.is_(None), table.c.archived_at.is_(None)),
            set_={
                "count": table.c.count + new.count,
                "record_id": new.record_id,
                "object_id": new.object_id,
                "actor_id": new.actor_id,
                "params": new.params,
                "created_at": sa.func.now(),
                "snoozed_until": None,
                "mailed_at": None,
            },
        ),
    )


def _open(table: sa.Table, user: UUID) -> list[sa.ColumnElement[bool]]:
    return [table.c.user_id == user, table.c.archived_at.is_(None), table.c.shown]


def _awake(table: sa.Table) -> sa.ColumnElement[bool]:
    return sa.or_(table.c.snoozed_until.is_(None), table.c.snoozed_until <= sa.func.now())


async def unread_count(connection: Connection, schema: str, user: UUID) -> int:
    """Unread and not asleep, 100 at most."""
    table = notification_tables(schema).notification
    few = sa.select(sa.literal(1)).where(*_open(table, user), table.c.read_at.is_(None), _awake(table))
    row = await (
        await run(connection, sa.select(sa.func.count()).select_from(few.limit(100).subquery()))
    ).fetchone()
    return int(row[0]) if row else 0


async def read_inbox(
    connection: Connection, session: Session, user: UUID, *, state: State, limit: int, before: str | None
) -> dict[str, Any]:
    """{items, next_cursor}, newest first. What the reader may not see any more is left out."""
    table = notification_tables(session.full.schema).notification
    wanted = _open(table, user)
    if state == "snoozed":
        wanted.append(table.c.snoozed_until > sa.func.now())
    else:
        wanted.append(_awake(table))
    if state == "unread":
        wanted.append(table.c.read_at.is_(None))
    if before is not None:
        at, key = _place(before)
        wanted.append(sa.tuple_(table.c.created_at, table.c.id) < sa.tuple_(sa.literal(at), sa.literal(key)))
    cursor = await run(
        connection,
        _rows(table).where(*wanted).order_by(table.c.created_at.desc(), table.c.id.desc()).limit(limit + 1),
    )
    rows = await cursor.fetchall()
    names = await _names(connection, session, rows[:limit])
    last = rows[limit - 1] if len(rows) > limit else None
    shown = [_item(session, row, names) for row in rows[:limit]]
    return {
        "items": [item for item in shown if item is not None],
        "next_cursor": None if last is None else f"{last[7]}~{last[0]}",
    }


async def read_some(connection: Connection, session: Session, ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Some of the reader's own, as they are listed, oldest first."""
    table = notification_tables(session.full.schema).notification
    asked = _rows(table).where(table.c.user_id == session.actor.user_id, table.c.id.in_(ids))
    rows = await (await run(connection, asked.order_by(table.c.created_at))).fetchall()
    names = await _names(connection, session, rows)
    return [item for row in rows if (item := _item(session, row, names)) is not None]


def _rows(table: sa.Table) -> sa.Select[Any]:
    columns = ("id", "kind", "object_id", "record_id", "actor_id", "count", "params")
    times = [as_text(table.c[name]) for name in ("created_at", "read_at", "snoozed_until")]
    return sa.select(*(table.c[name] for name in columns), *times)


def _place(cursor: str) -> tuple[datetime, UUID]:
    at, _, key = cursor.partition("~")
    found = parse_id(key)
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        moment = None
    if found is None or moment is None:
        raise InvalidInput("invalid_query", problems=[FieldProblem("/cursor", "invalid_cursor")])
    return moment, found


async def _names(connection: Connection, session: Session, rows: Sequence[Any]) -> dict[str, str | None]:
    """Titles of records and people, as far as the reader may read them."""
    wanted: dict[str, set[str]] = {"user": {str(row[4]) for row in rows if row[4] is not None}}
    for row in rows:
        obj = session.catalog.by_id.get(row[2]) if row[2] is not None else None
        if obj is not None and row[3] is not None:
            wanted.setdefault(obj.api_name, set()).add(str(row[3]))
    found: dict[str, str | None] = {}
    for name, ids in wanted.items():
        target = session.catalog.by_name.get(name)
        if target is not None:
            found |= await queries.labels_of(connection, session, target, ids)
    return found


def _item(session: Session, row: Any, names: Mapping[str, str | None]) -> dict[str, Any] | None:
    key, kind, object_id, record_id, actor_id, count, params, at, read_at, until = row
    record = None
    if record_id is not None:
        obj = session.catalog.by_id.get(object_id)
        if obj is None or str(record_id) not in names:
            return None
        record = {"object": obj.api_name, "id": str(record_id), "label": names[str(record_id)]}
    actor = None if actor_id is None else {"id": str(actor_id), "label": names.get(str(actor_id))}
    label = KINDS[kind].label.get(session.actor.language) if kind in KINDS else kind
    return {
        "id": str(key),
        "kind": kind,
        "label": label,
        "record": record,
        "actor": actor,
        "count": count,
        "params": orjson.loads(params),
        "at": at,
        "read_at": read_at,
        "snoozed_until": until,
    }


async def mark(
    connection: Connection, schema: str, user: UUID, ids: Sequence[UUID] | None, **values: Any
) -> int:
    """Set columns of one's own notifications; `ids` None means all that are open. Returns how many."""
    table = notification_tables(schema).notification
    wanted = [table.c.user_id == user, table.c.archived_at.is_(None)]
    if ids is not None:
        wanted.append(table.c.id.in_(ids))
    return (await run(connection, sa.update(table).where(*wanted).values(**values))).rowcount


async def mark_unread(connection: Connection, schema: str, user: UUID, ids: Sequence[UUID]) -> int:
    """Unread again, unless an equal one has come meanwhile."""
    table = notification_tables(schema).notification
    newer = table.alias("newer")
    taken = sa.exists().where(
        newer.c.user_id == user,
        newer.c.same == table.c.same,
        newer.c.read_at.is_(None),
        newer.c.archived_at.is_(None),
    )
    wanted = [table.c.user_id == user, table.c.archived_at.is_(None), table.c.id.in_(ids), sa.not_(taken)]
    # Two of the ids may be equal ones: only the newer becomes unread.
    twin = table.alias("twin")
    wanted.append(
        sa.not_(
            sa.exists().where(
                twin.c.id.in_(ids),
                twin.c.user_id == user,
                twin.c.same == table.c.same,
                twin.c.id > table.c.id,
            )
        )
    )
    return (await run(connection, sa.update(table).where(*wanted).values(read_at=None))).rowcount
