"""Undoing a merge: what it moved goes back by its ledger; what has changed since stays as it is, and is told."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from psycopg.errors import UniqueViolation

from banyan.db.database import Connection
from banyan.db.statements import as_text, run
from banyan.events import EventBus
from banyan.kernel.errors import Conflict, Denied, NotFound
from banyan.metadata.catalog import OWNER, Object
from banyan.query import merging as statements
from banyan.query import writes
from banyan.records import queries
from banyan.records.commands import Change, Commands
from banyan.records.merge_tables import merge_tables
from banyan.records.merging import (
    Pointing,
    house_session,
    pointing_fields,
    same_value,
    write_following,
    writes_lock,
)
from banyan.records.session import Session

KEPT = timedelta(days=30)
SHOWN = 200


@dataclass
class Told:
    """What did not go back: values written since, and records that name another since, by object."""

    values: list[str] = field(default_factory=list)
    children: dict[str, int] = field(default_factory=dict)
    returned: dict[str, int] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        return {"kept_values": self.values, "kept_children": self.children, "returned": self.returned}


@dataclass
class Unmerge:
    connection: Connection
    session: Session
    bus: EventBus
    obj: Object
    merge_id: UUID
    survivor: UUID
    before: dict[str, Any]
    after: dict[str, Any]

    async def run(self) -> dict[str, Any]:
        tables = merge_tables(self.obj.schema)
        asked = sa.select(tables.merged.c.record_id).where(tables.merged.c.merge_id == self.merge_id)
        others = [row[0] for row in await (await run(self.connection, asked)).fetchall()]
        await writes_lock(self.connection, self.obj, [self.survivor, *others])
        await self._check_rights()
        house = house_session(self.session)
        commands = Commands(self.connection, house, self.bus, house=True)
        told = Told()
        await self._values_back(commands, house, told)
        now = {"state": "undone", "undone_at": sa.func.now(), "undone_by": self.session.actor.user_id}
        await run(
            self.connection, sa.update(tables.merge).where(tables.merge.c.id == self.merge_id).values(**now)
        )
        try:
            await commands.restore(self.obj, [Change(key, {}) for key in others])
        except UniqueViolation as error:
            raise Conflict("merge_value_taken") from error
        for each in pointing_fields(self.session, self.obj):
            await self._children_back(house, each, told)
        for attached in statements.ATTACHED:
            binds = {"merge": self.merge_id, "place": f"table:{attached.table}", "survivor": self.survivor}
            await self.connection.execute(statements.return_attached(self.obj.schema, attached), binds)
        document = told.document()
        note = sa.update(tables.merge).where(tables.merge.c.id == self.merge_id).values(told=document)
        await run(self.connection, note)
        await self._note(others)
        return document

    async def _check_rights(self) -> None:
        """As for merging: the survivor is changed, the others come out of the trash."""
        self.session.policy.require(self.obj.grant_key, "delete")
        body = await queries.read_record(
            self.connection, self.session, self.session.catalog.by_id[self.obj.id], self.survivor
        )
        title = orjson.loads(body).get(self.obj.title.api_name)
        predicate = _may_update(self.session, self.obj)
        cursor = await self.connection.execute(predicate[0], {**predicate[1], "ids": [self.survivor]})
        if not await cursor.fetchall():
            raise Denied("merge_needs_update", names=str(title), object=self.obj.api_name)

    async def _values_back(self, commands: Commands, house: Session, told: Told) -> None:
        body = await queries.read_record(self.connection, house, self.obj, self.survivor)
        current = orjson.loads(body)
        values = {}
        for name, value in self.before.items():
            known = self.obj.field(name)
            if known is None:
                continue
            if same_value(current.get(name)) == same_value(self.after.get(name)):
                values[name] = value
            else:
                told.values.append(name)
        if OWNER in values and not self.session.policy.allows(self.obj.grant_key, "transfer"):
            told.values.append(OWNER)
            del values[OWNER]
        if values:
            await commands.update(self.obj, [Change(self.survivor, values)])

    async def _children_back(self, house: Session, each: Pointing, told: Told) -> None:
        binds = {
            "merge": self.merge_id,
            "place": each.place,
            "object_id": each.obj.id,
            "actor": self.session.actor.user_id,
            "kind": self.session.actor.kind,
        }
        moved = await self._moved(each.place)
        if not moved:
            return
        cursor = await self.connection.execute(statements.return_ids(each.obj, each.field), binds)
        ids = [row[0] for row in await cursor.fetchall()]
        name = each.obj.api_name
        if ids:
            statement = statements.give_back(each.obj, each.field)
            await write_following(self.connection, house, each, ids, statement, {**binds, "ids": ids})
            told.returned[name] = told.returned.get(name, 0) + len(ids)
        if moved > len(ids):
            told.children[name] = told.children.get(name, 0) + moved - len(ids)

    async def _moved(self, place: str) -> int:
        cursor = await self.connection.execute(
            statements.moved_counts(self.obj.schema), {"merge": self.merge_id}
        )
        counts = {row[0]: int(row[1]) for row in await cursor.fetchall()}
        return counts.get(place, 0)

    async def _note(self, others: list[UUID]) -> None:
        house = house_session(self.session)
        body = orjson.loads(await queries.read_record(self.connection, house, self.obj, self.survivor))
        entry = {
            "object_id": self.obj.id,
            "records": [self.survivor],
            "versions": [body["version"]],
            "action": "unmerge",
            "actor": self.session.actor.user_id,
            "kind": self.session.actor.kind,
        }
        await self.connection.execute(statements.note_history(self.obj.schema), entry)


def _may_update(session: Session, obj: Object) -> tuple[str, dict[str, Any]]:
    """Which of bound ids the actor may update."""
    known = session.catalog.by_id[obj.id]
    return writes.visible_ids(
        known, writes.write_predicate(session.policy, session.resolver, known, "update")
    )


async def unmerge(
    connection: Connection, session: Session, bus: EventBus, merge_id: UUID
) -> tuple[Object, dict[str, Any]]:
    """Undo one merge within 30 days. Raises NotFound, Denied, Conflict."""
    table = merge_tables(session.full.schema).merge
    asked = sa.select(
        table.c.object_id, table.c.survivor_id, table.c.before, table.c.after, table.c.state, table.c.at
    )
    held = asked.where(table.c.id == merge_id).with_for_update()
    row = await (await run(connection, held)).fetchone()
    obj = None if row is None else session.full.by_id.get(row[0])
    if row is None or obj is None or not session.policy.allows(obj.grant_key, "read"):
        raise NotFound("unknown_merge")
    if row[4] != "done":
        raise Conflict("merge_undone")
    if (session.now or datetime.now(UTC)) - row[5] > KEPT:
        raise Conflict("merge_too_old", days=KEPT.days)
    undoing = Unmerge(
        connection, session, bus, obj, merge_id, row[1], orjson.loads(row[2]), orjson.loads(row[3])
    )
    return obj, await undoing.run()


async def list_merges(
    connection: Connection, session: Session, obj: Object | None = None, survivor: UUID | None = None
) -> list[dict[str, Any]]:
    """Merges of the last 30 days whose survivors the actor may read, newest first."""
    tables = merge_tables(session.full.schema)
    table = tables.merge
    gone = (
        sa.select(
            sa.func.json_agg(
                sa.func.json_build_object("id", tables.merged.c.record_id, "title", tables.merged.c.title)
            )
        )
        .where(tables.merged.c.merge_id == table.c.id)
        .scalar_subquery()
    )
    asked = sa.select(
        table.c.id,
        table.c.object_id,
        table.c.survivor_id,
        as_text(table.c.at),
        table.c.actor_id,
        table.c.state,
        table.c.told,
        gone,
    ).where(table.c.at > (session.now or datetime.now(UTC)) - KEPT)
    if obj is not None:
        asked = asked.where(table.c.object_id == obj.id)
    if survivor is not None:
        asked = asked.where(table.c.survivor_id == survivor)
    rows = await (await run(connection, asked.order_by(table.c.id.desc()).limit(SHOWN))).fetchall()
    titles = await _titles(connection, session, rows)
    people = session.catalog.by_name.get("user")
    actors = {str(row[4]) for row in rows if row[4]}
    names = {} if people is None else await queries.labels_of(connection, session, people, actors)
    return [
        {
            "id": str(row[0]),
            "object": session.full.by_id[row[1]].api_name,
            "survivor": {"id": str(row[2]), "title": titles[str(row[2])]},
            "at": row[3],
            "by": names.get(str(row[4])),
            "state": row[5],
            "told": told_to(session, orjson.loads(row[6])),
            "others": orjson.loads(row[7] or b"[]"),
        }
        for row in rows
        if str(row[2]) in titles
    ]


def told_to(session: Session, told: dict[str, Any]) -> dict[str, Any]:
    """What came along and went back, of the objects that the reader knows."""
    names = {obj.api_name for obj in session.catalog.objects if session.policy.allows(obj.grant_key, "read")}
    return {
        key: {name: count for name, count in value.items() if name in names}
        if isinstance(value, dict)
        else value
        for key, value in told.items()
    }


async def _titles(connection: Connection, session: Session, rows: list[Any]) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for object_id in {row[1] for row in rows}:
        obj = session.catalog.by_id.get(object_id)
        if obj is not None:
            ids = {str(row[2]) for row in rows if row[1] == object_id}
            found |= await queries.labels_of(connection, session, obj, ids)
    return found


async def still_merged(connection: Connection, session: Session, ids: Sequence[UUID]) -> set[UUID]:
    """Of `ids` those that are merged into another: only undoing brings them back."""
    tables = merge_tables(session.full.schema)
    merged = tables.merged
    joined = merged.join(tables.merge, tables.merge.c.id == merged.c.merge_id)
    asked = sa.select(merged.c.record_id).select_from(joined)
    found = asked.where(merged.c.record_id.in_(list(ids)), tables.merge.c.state == "done")
    return {row[0] for row in await (await run(connection, found)).fetchall()}
