"""Comments on records: read and written by whoever may read the record, changed by who wrote them."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa

from banyan.access.model import Action
from banyan.activities.tables import activity_tables
from banyan.db.database import Connection
from banyan.db.statements import as_text, run
from banyan.kernel.errors import Conflict, Denied, FieldProblem, InvalidInput, NotFound
from banyan.metadata.catalog import OWNER, Object
from banyan.notifications.inbox import Notice, notify
from banyan.records import queries
from banyan.records.reach import may, readers_among
from banyan.records.session import Session

LONGEST = 10_000
MOST_MENTIONS = 20
# `@[name](id)`: the name as it was written, the id says who.
MENTION = re.compile(r"@\[[^\]\n]{1,80}\]\(([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\)")


@dataclass(frozen=True)
class Said:
    """What came of a comment: `unreached` were mentioned and may not read the record."""

    id: UUID
    unreached: tuple[str, ...] = ()


async def add_comment(
    connection: Connection, session: Session, obj: Object, record_id: str, body: str
) -> Said:
    """Say something on a record, and tell who is mentioned and who owns it. Raises NotFound, InvalidInput."""
    record = await _record(connection, session, obj, record_id)
    me, text = _me(session), _checked(body)
    mentioned = _mentioned(text)
    reached = await readers_among(connection, session, obj, UUID(record_id), mentioned)
    table = activity_tables(session.full.schema).comment
    cursor = await run(
        connection,
        sa.insert(table)
        .values(object_id=obj.id, record_id=record_id, author_id=me, body=text, mentions=list(reached))
        .returning(table.c.id),
    )
    row = await cursor.fetchone()
    key: UUID = row[0] if row else UUID(int=0)
    await _tell(connection, session, obj, record, key, text, reached - {me})
    return Said(key, tuple(str(each) for each in mentioned if each not in reached))


async def change_comment(
    connection: Connection, session: Session, key: UUID, body: str, version: int
) -> Said:
    """Rewrite one's own comment; who is mentioned now and was not before is told."""
    table = activity_tables(session.full.schema).comment
    obj, record, old = await _own(connection, session, key)
    text = _checked(body)
    mentioned = _mentioned(text)
    reached = await readers_among(connection, session, obj, UUID(record["id"]), mentioned)
    changed = await run(
        connection,
        sa.update(table)
        .where(table.c.id == key, table.c.version == version, table.c.deleted_at.is_(None))
        .values(body=text, mentions=list(reached), updated_at=sa.func.now(), version=table.c.version + 1),
    )
    if changed.rowcount != 1:
        raise Conflict("comment_changed")
    await _tell(connection, session, obj, record, key, text, reached - {_me(session)} - old, others=False)
    return Said(key, tuple(str(each) for each in mentioned if each not in reached))


async def remove_comment(connection: Connection, session: Session, key: UUID) -> None:
    """Take one's own comment away; whoever may delete the record may take away others' too."""
    table = activity_tables(session.full.schema).comment
    await _own(connection, session, key, or_may="delete")
    await run(connection, sa.update(table).where(table.c.id == key).values(deleted_at=sa.func.now()))
    pins = activity_tables(session.full.schema).pin
    await run(connection, sa.delete(pins).where(pins.c.item_key == f"comment:{key}"))


async def read_comments(
    connection: Connection,
    session: Session,
    records: Sequence[str],
    *,
    person: UUID | None = None,
    text: str = "",
    keys: Collection[UUID] | None = None,
    before: UUID | None = None,
    limit: int,
) -> list[dict[str, Any]]:
    """Comments on records the actor has been found to may read, newest first."""
    table = activity_tables(session.full.schema).comment
    wanted: list[sa.ColumnElement[bool]] = [table.c.record_id.in_(records), table.c.deleted_at.is_(None)]
    if person is not None:
        wanted.append(table.c.author_id == person)
    if text:
        wanted.append(table.c.body.icontains(text, autoescape=True))
    if keys is not None:
        wanted.append(table.c.id.in_(keys))
    if before is not None:
        wanted.append(table.c.id < before)
    at = as_text(table.c.created_at)
    cursor = await run(
        connection,
        sa.select(table.c.id, at, table.c.author_id, table.c.body, table.c.record_id, table.c.version)
        .where(*wanted)
        .order_by(table.c.id.desc())
        .limit(limit),
    )
    rows = await cursor.fetchall()
    people = session.catalog.by_name.get("user")
    names: dict[str, str | None] = {}
    if people is not None:
        names = await queries.labels_of(connection, session, people, {str(row[2]) for row in rows})
    return [
        {
            "id": str(row[0]),
            "at": row[1],
            "author": {"id": str(row[2]), "label": names.get(str(row[2]))},
            "body": row[3],
            "record": str(row[4]),
            "version": row[5],
            "mine": row[2] == session.actor.user_id,
        }
        for row in rows
    ]


async def _tell(
    connection: Connection,
    session: Session,
    obj: Object,
    record: dict[str, Any],
    key: UUID,
    text: str,
    mentioned: set[UUID],
    *,
    others: bool = True,
) -> None:
    """Those mentioned, and (of a new comment) the owner and who took part in the talk, as far as they may read it."""
    me = _me(session)
    params = {"comment": str(key), "text": _plain(text)[:200]}
    notices = [
        Notice(user, "mention", obj.id, UUID(record["id"]), me, params, same=f"mention:{key}")
        for user in sorted(mentioned)
    ]
    if others:
        owner = record.get(OWNER)
        part = await _took_part(connection, session, record["id"])
        if isinstance(owner, dict):
            part.add(UUID(owner["id"]))
        part -= mentioned | {me}
        for user in sorted(await readers_among(connection, session, obj, UUID(record["id"]), part)):
            same = f"comment:{record['id']}"
            notices.append(Notice(user, "comment", obj.id, UUID(record["id"]), me, params, same=same))
    await notify(connection, session.full.schema, notices)


async def _took_part(connection: Connection, session: Session, record_id: str) -> set[UUID]:
    """The last to have said something here; a long talk does not call up everybody of years."""
    table = activity_tables(session.full.schema).comment
    said = (
        sa.select(table.c.author_id)
        .where(table.c.record_id == record_id, table.c.deleted_at.is_(None))
        .order_by(table.c.id.desc())
        .limit(MOST_MENTIONS)
    )
    return {row[0] for row in await (await run(connection, said)).fetchall()}


async def _own(
    connection: Connection, session: Session, key: UUID, *, or_may: Action | None = None
) -> tuple[Object, dict[str, Any], set[UUID]]:
    """A comment of the actor's own with its record. Raises NotFound where the record is out of sight, Denied."""
    table = activity_tables(session.full.schema).comment
    asked = sa.select(table.c.object_id, table.c.record_id, table.c.author_id, table.c.mentions)
    found = await run(connection, asked.where(table.c.id == key, table.c.deleted_at.is_(None)))
    row = await found.fetchone()
    obj = None if row is None else session.catalog.by_id.get(row[0])
    if row is None or obj is None or not session.policy.allows(obj.grant_key, "read"):
        raise NotFound("unknown_comment", id=str(key))
    record = await _record(connection, session, obj, str(row[1]))
    mine = row[2] == session.actor.user_id
    if not mine and not (or_may and await may(connection, session, obj, str(row[1]), or_may)):
        raise Denied("comment_not_yours")
    return obj, record, set(row[3])


async def _record(connection: Connection, session: Session, obj: Object, record_id: str) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(await queries.read_record(connection, session, obj, record_id))
    return found


def _me(session: Session) -> UUID:
    if session.actor.user_id is None:
        raise Denied("only_in_person")
    return session.actor.user_id


def _checked(body: str) -> str:
    text = body.strip()
    if not text or len(text) > LONGEST or "\x00" in text:
        problem = FieldProblem("/body", "comment_length", {"limit": LONGEST})
        raise InvalidInput(problems=[problem])
    return text


def _mentioned(text: str) -> list[UUID]:
    found = list(dict.fromkeys(UUID(key) for key in MENTION.findall(text)))
    if len(found) > MOST_MENTIONS:
        raise InvalidInput(problems=[FieldProblem("/body", "too_many_mentions", {"limit": MOST_MENTIONS})])
    return found


def _plain(text: str) -> str:
    """The text with mentions as names alone."""
    return re.sub(r"@\[([^\]\n]{1,80})\]\([0-9a-f-]{36}\)", r"@\1", text)
