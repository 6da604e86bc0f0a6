"""Handover 离职交接: everything a person owns goes to another in one step, seen before and undone after.

What goes: records of every object (tasks are records), the people who report to them, the departments they head.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from psycopg import sql

from banyan.access.holders import touch_policies
from banyan.access.tables import access_tables
from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.extension.writes import HOOKS, Write
from banyan.kernel.errors import Conflict, InvalidInput, NotFound
from banyan.kernel.ids import new_id
from banyan.metadata.catalog import Object
from banyan.query import load_plans, writes
from banyan.query import organisation as statements
from banyan.records import organisation
from banyan.records.following import HANDED_OVER, follow, is_read
from banyan.records.session import Session

# What else names a person: (object, physical column, word in the report).
_PLACES = (("user", "f_manager", "reports"), ("department", "f_head", "departments"))


@dataclass(frozen=True)
class Handover:
    giver: UUID
    receiver: UUID

    def __post_init__(self) -> None:
        if self.giver == self.receiver:
            raise InvalidInput("handover_to_oneself")


async def preview(connection: Connection, session: Session, person: UUID) -> list[dict[str, Any]]:
    """What the person has: [{object, label, count}], objects without records left out."""
    found = []
    await connection.execute(load_plans.unhurried())
    for obj in session.full.objects:
        cursor = await connection.execute(statements.owned_count(obj), {"person": person})
        row = await cursor.fetchone()
        if row is not None and row[0]:
            label = dict(obj.definition.label_plural or obj.definition.label)
            found.append({"object": obj.api_name, "label": label, "count": row[0]})
    for name, column, word in _PLACES:
        ids = await _linked(connection, session, name, column, person)
        if ids:
            found.append({"object": None, "label": _WORDS[word], "count": len(ids)})
    return found


_WORDS = {
    "reports": {"zh-CN": "直属下级", "en": "People reporting to them"},
    "departments": {"zh-CN": "负责的部门", "en": "Departments they head"},
}


async def hand_over(connection: Connection, session: Session, handover: Handover) -> dict[str, Any]:
    """Move everything in the caller's one transaction. Returns the handover with its counts."""
    schema = session.full.schema
    tables, key = access_tables(schema), new_id()
    await connection.execute(load_plans.unhurried())
    await touch_policies(connection, schema)
    await run(
        connection,
        sa.insert(tables.handover).values(
            id=key, actor_id=session.actor.user_id, from_user=handover.giver, to_user=handover.receiver
        ),
    )
    counts: dict[str, Any] = {}
    for obj in session.full.objects:
        statement = statements.hand_over(obj, writes.department_of(obj, sql.SQL("%(to)s::uuid")))
        row = await (await connection.execute(statement, _binds(session, handover, obj, key))).fetchone()
        if row is not None and row[0]:
            counts[obj.api_name] = row[0]
            await _follow(connection, session, obj, key)
    linked = {}
    for name, column, word in _PLACES:
        ids = await _linked(connection, session, name, column, handover.giver)
        holder = session.full.by_name.get(name)
        if ids and holder is not None:
            binds = _binds(session, handover, holder, key)
            await connection.execute(statements.relink(holder, column), binds)
            changed = [UUID(each) for each in ids]
            await follow(connection, session, holder, changed, HANDED_OVER | {column})
            await organisation.after_write(connection, session, holder, changed, {column})
            linked[word] = ids
    await _follow_people(connection, session, handover)
    await run(
        connection,
        sa.update(tables.handover)
        .where(tables.handover.c.id == key)
        .values(counts={"records": counts, "linked": linked}),
    )
    return {"id": str(key), "records": counts, **{word: len(ids) for word, ids in linked.items()}}


async def undo(connection: Connection, session: Session, handover_id: UUID) -> dict[str, Any]:
    """Give back what is still the receiver's. Raises NotFound, Conflict when it was undone before."""
    schema = session.full.schema
    table = access_tables(schema).handover
    await connection.execute(load_plans.unhurried())
    await touch_policies(connection, schema)
    columns = (table.c.from_user, table.c.to_user, table.c.counts, table.c.undone_at)
    cursor = await run(connection, sa.select(*columns).where(table.c.id == handover_id).with_for_update())
    row = await cursor.fetchone()
    if row is None:
        raise NotFound("unknown_handover", handover=str(handover_id))
    if row[3] is not None:
        raise Conflict("handover_undone")
    back, kept = 0, 0
    reverse = Handover(giver=row[1], receiver=row[0])
    counts = orjson.loads(row[2])
    for obj in (*session.full.objects, *session.full.archived_objects):
        statement = statements.take_back(obj, writes.department_of(obj, sql.SQL("%(to)s::uuid")))
        found = await (
            await connection.execute(statement, _binds(session, reverse, obj, handover_id))
        ).fetchone()
        if found is not None:
            back, kept = back + found[0], kept + found[1]
            if obj.id in session.full.by_id:
                await _follow(connection, session, obj, handover_id)
    await _relink_back(connection, session, reverse, handover_id, counts["linked"])
    await _follow_people(connection, session, reverse)
    done = {"undone_at": sa.func.now(), "undone_by": session.actor.user_id}
    await run(connection, sa.update(table).where(table.c.id == handover_id).values(**done))
    return {"id": str(handover_id), "returned": back, "kept": kept}


async def _follow_people(connection: Connection, session: Session, handover: Handover) -> None:
    """Totals of the two people themselves: what one lost and the other won."""
    people = session.full.by_name.get("user")
    if people is not None and is_read(session, people):
        await follow(connection, session, people, [handover.giver, handover.receiver], None)


async def _relink_back(
    connection: Connection, session: Session, reverse: Handover, key: UUID, linked: dict[str, list[str]]
) -> None:
    for name, column, word in _PLACES:
        obj, ids = session.full.by_name.get(name), linked.get(word)
        if obj is not None and ids:
            statement = statements.relink_some(obj, column)
            binds = {**_binds(session, reverse, obj, key), "ids": ids}
            await connection.execute(statement, binds)
            changed = [UUID(each) for each in ids]
            await follow(connection, session, obj, changed, HANDED_OVER | {column})
            await organisation.after_write(connection, session, obj, changed, {column})


async def _follow(connection: Connection, session: Session, obj: Object, key: UUID) -> None:
    """What is computed from the records that the handover `key` moved."""
    heard = HOOKS.of(obj.api_name)
    if heard or is_read(session, obj):
        binds = {"handover": key, "object_id": obj.id}
        rows = await (await connection.execute(statements.handed_over(obj), binds)).fetchall()
        ids = [row[0] for row in rows]
        await follow(connection, session, obj, ids, HANDED_OVER)
        await HOOKS.after(Write(connection, session, obj, ids, HANDED_OVER))


async def list_handovers(connection: Connection, session: Session) -> list[dict[str, Any]]:
    """The last hundred, newest first; people by id."""
    table = access_tables(session.full.schema).handover
    cursor = await run(
        connection,
        sa.select(sa.func.to_json(sa.literal_column(table.name)))
        .select_from(table)
        .order_by(table.c.id.desc())
        .limit(100),
    )
    return [orjson.loads(row[0]) for row in await cursor.fetchall()]


async def _linked(
    connection: Connection, session: Session, name: str, column: str, person: UUID
) -> list[str]:
    obj = session.full.by_name.get(name)
    if obj is None:
        return []
    cursor = await connection.execute(statements.linked(obj, column), {"person": person})
    return [str(row[0]) for row in await cursor.fetchall()]


def _binds(session: Session, handover: Handover, obj: Object, key: UUID) -> dict[str, Any]:
    return {
        "from": handover.giver,
        "to": handover.receiver,
        "actor": session.actor.user_id,
        "kind": session.actor.kind,
        "object_id": obj.id,
        "handover": key,
    }
