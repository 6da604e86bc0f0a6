"""Merging records of one object: chosen values, everything that names the others, both histories. Undone by a ledger.

The rights asked are the actor's own; what follows is done by the house in the actor's name, so that a child out of the
actor's sight does not stay behind on a record that is gone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from psycopg.errors import UniqueViolation

from banyan.access.model import ORGANISATION
from banyan.access.policy import system_policy
from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.events import EventBus
from banyan.extension.writes import CHECKS, Write
from banyan.kernel.errors import Conflict, Denied, FieldProblem, InvalidInput, NotFound
from banyan.kernel.ids import new_id
from banyan.metadata.catalog import OWNER, Field, Object
from banyan.query import merging as statements
from banyan.query import organisation as organisation_statements
from banyan.query import writes
from banyan.query.parsed import ParsedQuery
from banyan.records import queries
from banyan.records.commands import Change, Commands
from banyan.records.computed import Computing
from banyan.records.explain import is_open
from banyan.records.merge_tables import merge_tables
from banyan.records.session import Session

MOST_OTHERS = 9
MERGING = "merging"  # in `Session.accepts`: what is written is a merge, not a new duplicate
SHARES = "record_share"
ALL = "all"  # a choice: what every record holds, together
_PAGE = 1_000
_STAMPS = ("version", "updated_at", "updated_by")
Document = dict[str, Any]


@dataclass(frozen=True)
class Pointing:
    """A field of an object by which records name records of the merged object."""

    obj: Object
    field: Field

    @property
    def place(self) -> str:
        return f"field:{self.obj.id}:{self.field.id}"


def pointing_fields(session: Session, obj: Object) -> list[Pointing]:
    """Of every object, archived ones too: what comes back later must name somebody who is there."""
    found = []
    for other in (*session.full.objects, *session.full.archived_objects):
        for each in (*other.stored_fields, *other.archived_fields):
            if each.purged or each.kind.virtual or not each.kind.pointing or each.system:
                continue
            named = {reached.id for name in each.reaches if (reached := session.full.by_name.get(name))}
            if obj.id in named:
                found.append(Pointing(other, each))
    return found


def holds_many(each: Field) -> bool:
    """Whether values of several records can be put together."""
    return each.kind.is_list or each.definition.type in ("tags", "multiple_choice", "file", "image")


def house_session(session: Session) -> Session:
    """The same person, as the house: for what follows from what they may do."""
    return replace(
        session,
        policy=system_policy(session.actor),
        accepts=session.accepts | {MERGING},
    )


@dataclass(frozen=True)
class Group:
    """Records that become one. `choices`: by field the id of the record whose value stays, or `all` for lists."""

    survivor: UUID
    others: tuple[UUID, ...]
    choices: Mapping[str, str] = field(default_factory=dict)
    merge_id: UUID = field(default_factory=new_id)

    @property
    def ids(self) -> tuple[UUID, ...]:
        return (self.survivor, *self.others)

    def check(self) -> None:
        if not 1 <= len(self.others) <= MOST_OTHERS:
            raise InvalidInput(problems=[FieldProblem("/others", "merge_how_many", {"limit": MOST_OTHERS})])
        if len(set(self.ids)) != len(self.ids):
            raise InvalidInput(problems=[FieldProblem("/others", "record_twice")])


@dataclass
class Merges:
    """Merges of one object in the caller's transaction: all or none, in a few statements however many they are."""

    connection: Connection
    session: Session
    bus: EventBus
    obj: Object
    groups: Sequence[Group]
    came: list[tuple[Pointing, list[UUID]]] = field(default_factory=list)  # rows that name a survivor now

    @cached_property
    def house(self) -> Session:
        return house_session(self.session)

    @cached_property
    def whole(self) -> Object:
        return self.session.full.by_id[self.obj.id]

    @cached_property
    def values(self) -> "Choosing":
        return Choosing(self.session, self.obj)

    @property
    def ids(self) -> list[UUID]:
        return [key for group in self.groups for key in group.ids]

    @property
    def others(self) -> list[UUID]:
        return [key for group in self.groups for key in group.others]

    def check_shape(self) -> None:
        if self.obj.grant_key in ORGANISATION:
            raise Denied("merge_not_offered", object=self.obj.api_name)
        for group in self.groups:
            group.check()
        if len(set(self.ids)) != len(self.ids):
            raise InvalidInput("record_twice")

    async def check_rights(self) -> None:
        """Update on all, delete on the others. Raises NotFound for what is out of sight, Denied with names else."""
        rows = await self.documents(self.session)
        for key in self.ids:
            if str(key) not in rows:
                raise NotFound("record_not_found", object=self.obj.api_name, id=str(key))
        for action, keys in (("update", self.ids), ("delete", self.others)):
            allowed = await self._allowed(action, keys)
            refused = [key for key in keys if key not in allowed]
            if refused:
                title = self.obj.title.api_name
                names = "、".join(str(rows[str(key)].get(title) or key) for key in refused[:MOST_OTHERS])
                raise Denied(f"merge_needs_{action}", names=names, object=self.obj.api_name)

    async def _allowed(self, action: Any, keys: Sequence[UUID]) -> set[UUID]:
        if not self.session.policy.allows(self.obj.grant_key, action):
            return set()
        predicate = writes.write_predicate(self.session.policy, self.session.resolver, self.obj, action)
        statement, binds = writes.visible_ids(self.obj, predicate)
        cursor = await self.connection.execute(statement, {**binds, "ids": list(keys)})
        return {row[0] for row in await cursor.fetchall()}

    async def documents(self, session: Session) -> dict[str, Document]:
        """The records as `session` reads them, by id."""
        obj = session.catalog.by_id[self.obj.id]
        keys = [str(key) for key in self.ids]
        found: dict[str, Document] = {}
        for start in range(0, len(keys), _PAGE):
            part = keys[start : start + _PAGE]
            query = ParsedQuery(where={"field": "id", "op": "in", "value": part}, limit=_PAGE)
            page = await queries.query_page(self.connection, session, obj, query)
            found |= {row["id"]: row for row in orjson.loads(page.rows)}
        return found

    async def run(self) -> None:
        """Do it."""
        self.check_shape()
        await writes_lock(self.connection, self.whole, self.ids)
        await self.check_rights()
        rows = await self.documents(self.house)
        changes = []
        for group in self.groups:
            values = self.values.of(group, rows)
            if values:
                changes.append(Change(group.survivor, values))
        await self._begin(rows)
        await self._attach("file")  # first: the survivor may only name what hangs on it
        await self._move()
        commands = Commands(self.connection, self.house, self.bus, house=True)
        await commands.delete(self.whole, [Change(key, {}) for key in self.others])
        if changes:
            await commands.update(self.whole, changes)
        await self._break_loops(commands)
        for attached in statements.ATTACHED:
            if attached.table != "file":
                await self._attach(attached.table)
        await self._check_came()
        await self._end(rows, {change.id: set(change.values) for change in changes})

    async def _begin(self, rows: Mapping[str, Document]) -> None:
        tables = merge_tables(self.whole.schema)
        title, actor = self.whole.title.api_name, self.session.actor.user_id
        merges: list[Document] = [
            {
                "id": group.merge_id,
                "object_id": self.obj.id,
                "survivor_id": group.survivor,
                "actor_id": actor,
                "before": {},
                "after": {},
            }
            for group in self.groups
        ]
        await run(self.connection, sa.insert(tables.merge).values(merges))
        gone = [
            {
                "record_id": key,
                "merge_id": group.merge_id,
                "survivor_id": group.survivor,
                "title": rows[str(key)].get(title),
            }
            for group in self.groups
            for key in group.others
        ]
        await run(self.connection, sa.insert(tables.merged).values(gone))

    def _binds(self, place: str, groups: Sequence[Group] | None = None) -> Document:
        each = [(key, group) for group in (self.groups if groups is None else groups) for key in group.others]
        return {
            "others": [key for key, _ in each],
            "survivors": [group.survivor for _, group in each],
            "merges": [group.merge_id for _, group in each],
            "place": place,
            "actor": self.session.actor.user_id,
            "kind": self.session.actor.kind,
            "names": [self.obj.api_name, *self.obj.definition.aliases],
        }

    async def _move(self) -> None:
        """Everything that names one of the others, field by field, each in a few statements."""
        for each in pointing_fields(self.session, self.obj):
            binds = {**self._binds(each.place), "object_id": each.obj.id}
            cursor = await self.connection.execute(statements.pointing_ids(each.obj, each.field), binds)
            ids = [row[0] for row in await cursor.fetchall()]
            if not ids:
                continue
            self.came.append((each, ids))
            try:
                await self._move_ids(each, ids, {**binds, "ids": ids})
            except UniqueViolation as error:
                label = each.obj.definition.label.get(self.session.actor.language) or each.obj.api_name
                raise Conflict("merge_children_alike", object=label) from error

    async def _move_ids(self, each: Pointing, ids: list[UUID], binds: Document) -> None:
        if not each.field.kind.is_list:
            statement = statements.move_single(each.obj, each.field)
            await write_following(self.connection, self.house, each, ids, statement, binds)
            return
        for group in self.groups:  # a list may name records of several groups: one after the other
            mine = {
                **binds,
                **self._binds(each.place, [group]),
                "survivor": group.survivor,
                "merge": group.merge_id,
            }
            statement = statements.move_list(each.obj, each.field)
            await write_following(self.connection, self.house, each, ids, statement, mine)

    async def _check_came(self) -> None:
        """What the features' checks say of all that a survivor has now: shares of two deals do not make one whole."""
        problems: list[FieldProblem] = []
        for each, ids in self.came:
            columns = frozenset({each.field.physical()})
            found = await CHECKS.breaches(Write(self.connection, self.house, each.obj, ids, columns))
            told = {
                orjson.dumps([breach.code, breach.params], default=str): breach
                for group in found.values()
                for breach in group
            }
            problems += [
                FieldProblem("/others", breach.code, dict(breach.params)) for breach in told.values()
            ]
        if problems:
            raise InvalidInput(problems=problems)

    async def _attach(self, table: str) -> None:
        attached = next(each for each in statements.ATTACHED if each.table == table)
        groups = await self._own() if table == SHARES else self.groups
        binds = self._binds(f"table:{table}", groups)
        await self.connection.execute(statements.move_attached(self.whole.schema, attached), binds)

    async def _own(self) -> list[Group]:
        """Groups whose survivor the actor may share: what was only shared with them is passed on by no merge either."""
        if self.session.policy.unrestricted(self.obj.grant_key, "update"):
            return list(self.groups)
        asked = [
            await is_open(self.connection, self.session, self.obj, group.survivor, "update")
            for group in self.groups
        ]
        return [group for group, mine in zip(self.groups, asked, strict=True) if mine]

    async def _break_loops(self, commands: Commands) -> None:
        """A record that would come to stand above itself stands at the top."""
        for name in self.values.to_itself():
            physical = self.whole.by_name[name].physical()
            for group in self.groups:
                found = organisation_statements.cycle(self.whole, physical)
                if len(self.groups) > 1 and not await self._any_loop(physical):
                    break
                if await (await self.connection.execute(found, {"ids": [group.survivor]})).fetchone():
                    await commands.update(self.whole, [Change(group.survivor, {name: None})])

    async def _any_loop(self, physical: str) -> bool:
        found = organisation_statements.cycle(self.whole, physical)
        binds = {"ids": [group.survivor for group in self.groups]}
        return await (await self.connection.execute(found, binds)).fetchone() is not None

    async def _end(self, before: Mapping[str, Document], written: Mapping[UUID, set[str]]) -> None:
        after = await self.documents(self.house)
        moved = await self._moved()
        befores, afters, tolds = [], [], []
        for group in self.groups:
            one, other = before[str(group.survivor)], after[str(group.survivor)]
            names = {*written.get(group.survivor, ()), *self.values.to_itself()}
            kept = sorted(name for name in names if same_value(one.get(name)) != same_value(other.get(name)))
            befores.append(orjson.dumps({name: one.get(name) for name in kept}).decode())
            afters.append(orjson.dumps({name: other.get(name) for name in kept}).decode())
            tolds.append(orjson.dumps({"moved": moved.get(group.merge_id, {})}).decode())
        merges = [group.merge_id for group in self.groups]
        told = {"merges": merges, "befores": befores, "afters": afters, "tolds": tolds}
        await self.connection.execute(statements.tell_merges(self.whole.schema), told)
        entry = {
            "object_id": self.obj.id,
            "records": [group.survivor for group in self.groups],
            "versions": [after[str(group.survivor)]["version"] for group in self.groups],
            "action": "merge",
            "actor": self.session.actor.user_id,
            "kind": self.session.actor.kind,
        }
        await self.connection.execute(statements.note_history(self.whole.schema), entry)

    async def _moved(self) -> dict[UUID, dict[str, int]]:
        """By merge how many records of each object came over."""
        names = {each.place: each.obj.api_name for each in pointing_fields(self.session, self.obj)}
        binds = {"merges": [group.merge_id for group in self.groups]}
        cursor = await self.connection.execute(statements.moved_by_place(self.whole.schema), binds)
        found: dict[UUID, dict[str, int]] = {}
        for merge_id, place, count in await cursor.fetchall():
            if place in names:
                counts = found.setdefault(merge_id, {})
                counts[names[place]] = counts.get(names[place], 0) + count
        return found


@dataclass(frozen=True)
class Choosing:
    """Which value stays, field by field, as far as the actor may choose."""

    session: Session
    obj: Object

    @cached_property
    def fields(self) -> list[Field]:
        """Those that are the actor's to write."""
        return [
            each
            for each in self.obj.fields
            if each.api_name == OWNER or not (each.readonly or each.system or each.kind.virtual)
        ]

    def to_itself(self) -> list[str]:
        """Relations of the object to itself."""
        whole = self.session.full.by_id[self.obj.id]
        return [
            each.api_name
            for each in whole.stored_fields
            if each.definition.type == "relation" and each.target == whole.api_name
        ]

    def default(self, each: Field, rows: Sequence[Document]) -> str:
        """The survivor's value; where it has none, the first other's that has; of lists all together."""
        if holds_many(each):
            return ALL
        filled = (row["id"] for row in rows if row.get(each.api_name) not in (None, "", []))
        return str(next(filled, rows[0]["id"]))

    def of(self, group: Group, by_id: Mapping[str, Document]) -> Document:
        """What the survivor comes to hold, as far as it differs. Raises InvalidInput for a choice that cannot be."""
        rows = [by_id[str(key)] for key in group.ids]
        self._check(group)
        values: Document = {}
        for each in self.fields:
            name = each.api_name
            chosen = group.choices.get(name) or self.default(each, rows)
            value = _united(each, rows) if chosen == ALL else by_id[chosen].get(name)
            if same_value(value) != same_value(rows[0].get(name)):
                values[name] = _not_itself(each, value, {str(key) for key in group.ids})
        if OWNER in values:
            self.session.policy.require(self.obj.grant_key, "transfer")
        return values

    def _check(self, group: Group) -> None:
        ids, known = {str(key) for key in group.ids}, {each.api_name: each for each in self.fields}
        problems: list[FieldProblem] = []
        for name, chosen in group.choices.items():
            each = known.get(name)
            if each is None:
                problems.append(FieldProblem(f"/choices/{name}", "merge_field_not_yours", {"field": name}))
            elif chosen not in ids and not (chosen == ALL and holds_many(each)):
                problems.append(FieldProblem(f"/choices/{name}", "merge_choice_unknown", {"field": name}))
        if problems:
            raise InvalidInput(problems=problems)


def _not_itself(each: Field, value: Any, ids: set[str]) -> Any:
    """A relation to one of the merged records would be one to itself."""
    if isinstance(value, list) and each.kind.is_list:
        return [item for item in value if item["id"] not in ids]
    return None if isinstance(value, dict) and value.get("id") in ids else value


async def write_following(
    connection: Connection, session: Session, each: Pointing, ids: list[UUID], statement: Any, binds: Document
) -> None:
    """Run a set statement over rows of a child object, with everything that is computed from them."""
    computing = Computing(connection, session, whole=True)
    columns = {each.field.physical(), *_STAMPS}
    touched = await computing.before(each.obj, ids, columns)
    await connection.execute(statement, binds)
    await computing.after(each.obj, ids, touched)


async def writes_lock(connection: Connection, obj: Object, ids: Sequence[UUID]) -> None:
    """Lock the records in the order of their ids: of two merges of the same the second sees the first."""
    await connection.execute(writes.owners_of(obj), {"ids": sorted(ids)})


def _united(each: Field, rows: Sequence[Document]) -> list[Any]:
    """What all hold, in the order of the records, each once."""
    found: dict[Any, Any] = {}
    for row in rows:
        for item in row.get(each.api_name) or ():
            found.setdefault(same_value(item), item)
    return list(found.values())


def same_value(value: Any) -> Any:
    """A value without labels, to be compared."""
    if isinstance(value, list):
        return tuple(same_value(item) for item in value)
    if isinstance(value, dict):
        return value["id"] if "id" in value else orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    return value


async def merge(
    connection: Connection, session: Session, bus: EventBus, obj: Object, groups: Sequence[Group]
) -> None:
    """Merge up to nine others into each group's survivor. A group's `merge_id` is what it is undone by."""
    await Merges(connection, session, bus, obj, groups).run()
