"""Commands on records: the only writers of record rows, each in the caller's transaction.

Validate → write with history → event. A command over many rows is a few statements, never one per row.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from psycopg.errors import CheckViolation, UniqueViolation

from banyan.db.constraints import constraint_name
from banyan.db.database import Connection
from banyan.events import Event, EventBus
from banyan.extension.writes import FILLS, FOLLOWS, HOOKS, MARKS, Write
from banyan.kernel.errors import Conflict, Denied, FieldProblem, InvalidInput, NotFound
from banyan.kernel.ids import new_id, parse_id, parse_version
from banyan.metadata.catalog import Object
from banyan.query import writes
from banyan.query.resolved import ResolvedBranch
from banyan.records import organisation
from banyan.records.attached import attach_files
from banyan.records.computed import Computing, Touched
from banyan.records.defaults import fill_defaults
from banyan.records.details import rows_of_details, take_details
from banyan.records.judging import judge_rules, judge_write, judged_together, refuse
from banyan.records.numbering import give_numbers
from banyan.records.related import check_related
from banyan.records.rules import Asked, check_changeable
from banyan.records.session import Session
from banyan.records.state_moves import refused_move
from banyan.records.values import Stored, parse_values

WRITABLE_SYSTEM_COLUMN = "owner_id"
ASSIGNED = "record.assigned"
_ALWAYS_WRITTEN = ("version", "updated_at", "updated_by", "department_id")


@dataclass(frozen=True)
class Written:
    id: UUID
    version: int


@dataclass(frozen=True)
class Change:
    """One proposed update. `version` None writes over whatever version is there (bulk edits say so)."""

    id: UUID
    values: Mapping[str, Any]
    version: int | None = None
    pointer: str = ""


class Commands:
    """Writes of one actor in one transaction, against one catalog."""

    def __init__(
        self, connection: Connection, session: Session, bus: EventBus, *, house: bool = False
    ) -> None:
        """`house`: a feature writes on its own account, managed fields too; never for what a caller asks to write."""
        self._connection = connection
        self._session = session
        self._bus = bus
        self._house = house
        self._computing = Computing(connection, session)

    async def create(
        self, obj: Object, rows: Sequence[Mapping[str, Any]], pointers: Sequence[str] = ("",)
    ) -> list[Written]:
        """Create all rows or none. `pointers` places each row in the caller's document."""
        session = self._session
        session.policy.require(obj.grant_key, "create")
        rows, details = take_details(obj, rows, pointers)
        stored: list[Stored] = []
        problems: list[FieldProblem] = []
        for row, pointer in zip(rows, pointers, strict=True):
            values, found = parse_values(
                obj, row, session.context, creating=True, pointer=pointer, house=self._house
            )
            problems += found
            values.setdefault(
                WRITABLE_SYSTEM_COLUMN, str(session.actor.user_id) if session.actor.user_id else None
            )
            stored.append({"id": str(new_id()), **values})
        refuse(problems)
        await fill_defaults(self._connection, session, obj, stored)
        await check_related(self._connection, session, obj, stored, pointers)
        await attach_files(self._connection, session, obj, stored, pointers)
        filled = FILLS.fill(session, obj, stored)
        before = await organisation.before_write(self._connection, session, obj, columns=None)
        by_id = {row["id"]: pointer for row, pointer in zip(stored, pointers, strict=True)}
        await give_numbers(self._connection, session, obj, stored)
        written = await self._insert(obj, stored, filled, by_id)
        ids = [UUID(row["id"]) for row in stored]
        await self._computing.after(obj, ids, Touched(None, made=stored), held=True)
        await self._check_scope(obj, ids, "create")
        await organisation.after_write(self._connection, session, obj, ids, None, before)
        await self._announce(obj, "record.created", [(item, []) for item in written])
        await self._announce_owners(obj, stored, set(ids))
        changed = self._computing.take_changed()
        for child, lines, places in rows_of_details(session.catalog, details, ids):
            await self.create(child, lines, places)
        # Judged with their rows: a rule may ask for one.
        self._computing.add_changed(changed)
        places_of = dict(zip(ids, pointers, strict=True))
        write = Write(self._connection, session, obj, ids, given=stored, filled=filled)
        await FOLLOWS.after(write)
        # What follows, or was written with them, may have changed them.
        stand = None if details or FOLLOWS.of(obj.api_name) else stored
        await self._judge_rules(Asked(obj, places_of, None, stand))
        await HOOKS.after(write)
        await judge_write(write, places_of)
        return written

    async def update(self, obj: Object, changes: Sequence[Change]) -> list[Written]:
        """Update all rows or none; rows that set the same fields share one statement."""
        session = self._session
        predicate = writes.write_predicate(session.policy, session.resolver, obj, "update")
        if len({change.id for change in changes}) != len(changes):
            raise InvalidInput("record_twice")
        problems: list[FieldProblem] = []
        groups: dict[tuple[str, ...], list[Stored]] = {}
        pointers: dict[tuple[str, ...], list[str]] = {}
        for change in changes:
            stored, found = parse_values(
                obj, change.values, session.context, creating=False, pointer=change.pointer, house=self._house
            )
            problems += found
            columns = tuple(sorted(stored))
            groups.setdefault(columns, []).append(
                {**stored, "id": str(change.id), "expected": change.version}
            )
            pointers.setdefault(columns, []).append(change.pointer)
        refuse(problems)
        touched = {column for columns in groups for column in columns}
        keys = [change.id for change in changes]
        before = await organisation.before_write(self._connection, session, obj, keys, touched)
        following = await self._before(obj, keys, touched)
        asked = {change.id: (change.pointer, _names(obj, change.values)) for change in changes}
        await check_changeable(self._connection, session, obj, asked)
        written: dict[UUID, Written] = {}
        given_away: set[UUID] = set()
        for columns, rows in groups.items():
            await check_related(self._connection, session, obj, rows, pointers[columns])
            await attach_files(self._connection, session, obj, rows, pointers[columns])
            rights = predicate
            if WRITABLE_SYSTEM_COLUMN in columns:
                moved = await self._owner_changes(obj, rows)
                if moved:
                    transfer = writes.write_predicate(session.policy, session.resolver, obj, "transfer")
                    rights = ResolvedBranch("and", (predicate, transfer))
                    given_away |= moved
            statement, binds = writes.update_rows(obj, columns, rights)
            by_id = {row["id"]: pointer for row, pointer in zip(rows, pointers[columns], strict=True)}
            found_rows = await self._run(statement, obj, rows, binds, by_id)
            written |= {item.id: item for item in found_rows}
        await self._all_touched(obj, changes, written, "transfer" if given_away else "update")
        await self._follow(obj, {change.id: change.pointer for change in changes}, following)
        # A record given away leaves one's reach: that is what the right to transfer is for.
        await self._check_scope(obj, [key for key in written if key not in given_away], "update")
        await organisation.after_write(self._connection, session, obj, list(written), touched, before)
        names = {change.id: _names(obj, change.values) for change in changes}
        await HOOKS.after(Write(self._connection, session, obj, list(written), frozenset(touched)))
        if given_away:
            given = [row for rows in groups.values() for row in rows]
            await self._announce_owners(obj, given, given_away)
        places = {change.id: change.pointer for change in changes}
        await judge_write(Write(self._connection, session, obj, list(written), frozenset(touched)), places)
        await self._announce(obj, "record.updated", [(item, names[item.id]) for item in written.values()])
        return [written[change.id] for change in changes]

    async def delete(self, obj: Object, changes: Sequence[Change]) -> list[Written]:
        """Into the trash; restorable. All or none."""
        return await self._mark(obj, changes, "delete", "record.deleted")

    async def restore(self, obj: Object, changes: Sequence[Change]) -> list[Written]:
        """Out of the trash; needs the right to delete. A unique value taken meanwhile is a conflict."""
        return await self._mark(obj, changes, "restore", "record.restored")

    async def _mark(self, obj: Object, changes: Sequence[Change], action: str, event: str) -> list[Written]:
        session = self._session
        predicate = writes.write_predicate(session.policy, session.resolver, obj, "delete")
        rows = [{"id": str(change.id), "expected": change.version} for change in changes]
        ids = [change.id for change in changes]
        before = await organisation.before_write(self._connection, session, obj, columns=None)
        if action == "delete":
            await organisation.before_delete(self._connection, session, obj, ids)
        statement, binds = writes.update_rows(obj, (), predicate, action=action)
        written = {item.id: item for item in await self._run(statement, obj, rows, binds)}
        await self._all_touched(obj, changes, written, "delete", deleted=action == "restore")
        await self._follow(obj, {c.id: c.pointer for c in changes}, Touched(None), deleted=action == "delete")
        places = {change.id: change.pointer for change in changes}
        if action == "delete":
            await organisation.after_delete(self._connection, obj)
            gone = Write(self._connection, session, obj, ids, frozenset(), removed=True)
            await judge_write(gone, places)
        else:
            await organisation.after_write(self._connection, session, obj, ids, None, before)
            again = Write(self._connection, session, obj, ids, frozenset(), restored=True)
            await judge_write(again, places)
        await MARKS.after(Write(self._connection, session, obj, ids))
        await self._announce(obj, event, [(item, []) for item in written.values()])
        return [written[change.id] for change in changes]

    async def _before(self, obj: Object, ids: Sequence[UUID], columns: Collection[str]) -> Touched:
        """What must be known of the rows before they change, for what is computed from them."""
        return await self._computing.before(obj, ids, {*columns, *_ALWAYS_WRITTEN})

    async def _follow(
        self, obj: Object, places: Mapping[UUID, str], touched: Touched, *, deleted: bool = False
    ) -> None:
        """Computed values, then the rules of all records that came out differently. `places`: pointers by record."""
        await self._computing.after(obj, list(places), touched, held=True)
        columns, marked = frozenset(touched.columns or ()), touched.columns is None
        write = Write(self._connection, self._session, obj, list(places), columns)
        await FOLLOWS.after(replace(write, removed=deleted, restored=marked and not deleted))
        asked = {} if deleted else places
        await self._judge_rules(Asked(obj, asked, touched.columns))

    async def _judge_rules(self, asked: Asked) -> None:
        await judge_rules(self._connection, self._session, asked, self._computing.take_changed())

    def together(self) -> AbstractAsyncContextManager[None]:
        """Rules and checks are asked once, when all written inside stands: some rows are right only together."""
        return judged_together(self._connection)

    async def _run(
        self,
        statement: Any,
        obj: Object,
        rows: Sequence[Stored],
        binds: Mapping[str, Any],
        places: Mapping[str, str] | None = None,
    ) -> list[Written]:
        values = {
            "rows": writes.as_rows(rows),
            "object_id": obj.id,
            "actor": self._session.actor.user_id,
            "kind": self._session.actor.kind,
            "untracked": list(obj.untracked),
            "companions": writes.as_document(obj.companions),
            **binds,
        }
        try:
            cursor = await self._connection.execute(statement, values)
        except UniqueViolation as error:
            raise _not_unique(obj, error) from error
        except CheckViolation as error:
            raise refused_move(self._session, obj, error, places or {}) or error from error
        return [Written(row[0], row[1]) for row in await cursor.fetchall()]

    async def _insert(
        self, obj: Object, rows: Sequence[Stored], filled: Collection[str], places: Mapping[str, str]
    ) -> list[Written]:
        """New rows with what is foreseen of them. History tells what was given, not what follows from it."""
        foreseen = self._computing.foreseen(obj)
        columns = [name for name in self._all_columns(obj) if name not in foreseen.columns]
        binds = {**foreseen.binds, "untracked": [*obj.untracked, *filled]}
        return await self._run(writes.insert_rows(obj, columns, foreseen), obj, rows, binds, places)

    def _all_columns(self, obj: Object) -> list[str]:
        """Every writable column in a fixed order, so that all creates of an object share one statement."""
        columns = [field.physical(spec.suffix) for field in obj.stored_fields for spec in field.specs]
        return [WRITABLE_SYSTEM_COLUMN, *columns]

    async def _owner_changes(self, obj: Object, rows: Sequence[Stored]) -> set[UUID]:
        """Those of the rows that would change hands."""
        cursor = await self._connection.execute(writes.owners_of(obj), {"ids": [row["id"] for row in rows]})
        owners = {row[0]: row[1] for row in await cursor.fetchall()}
        return {
            UUID(row["id"])
            for row in rows
            if UUID(row["id"]) in owners and str(owners[UUID(row["id"])]) != str(row[WRITABLE_SYSTEM_COLUMN])
        }

    async def _check_scope(self, obj: Object, ids: Sequence[UUID], action: Any) -> None:
        """The row as proposed must still be one the actor may act on: nobody writes rows out of reach."""
        session = self._session
        if session.policy.unrestricted(obj.grant_key, action) or not ids:
            return
        predicate = writes.write_predicate(session.policy, session.resolver, obj, action)
        statement, binds = writes.visible_ids(obj, predicate)
        cursor = await self._connection.execute(statement, {**binds, "ids": list(ids)})
        if len(await cursor.fetchall()) != len(set(ids)):
            raise Denied("outside_own_scope", object=obj.api_name)

    async def _all_touched(
        self,
        obj: Object,
        changes: Sequence[Change],
        written: Mapping[UUID, Written],
        action: Any,
        *,
        deleted: bool = False,
    ) -> None:
        """Say why a row was not touched: unknown (or out of sight), not allowed, or changed by somebody else."""
        missing = [change for change in changes if change.id not in written]
        if not missing:
            return
        session = self._session
        predicate = writes.write_predicate(session.policy, session.resolver, obj, "read")
        statement, binds = writes.visible_ids(obj, predicate, include_deleted=True)
        ids = [change.id for change in missing]
        cursor = await self._connection.execute(statement, {**binds, "ids": ids})
        seen = {row[0]: (row[1], row[2]) for row in await cursor.fetchall()}
        for change in missing:
            version, is_deleted = seen.get(change.id, (None, False))
            if version is None or is_deleted != deleted:
                raise NotFound("record_not_found", object=obj.api_name, id=str(change.id))
            if change.version is not None and change.version != version:
                raise Conflict("version_conflict", object=obj.api_name, id=str(change.id), version=version)
        raise Denied("action_denied", action=action, object=obj.api_name)

    async def _announce_owners(self, obj: Object, rows: Sequence[Stored], ids: Collection[UUID]) -> None:
        """Records that came to somebody by another's hand: one event per new owner, however many they are."""
        actor = self._session.actor
        if actor.kind == "system" or not self._bus.wants(ASSIGNED):
            return
        theirs: dict[str, list[UUID]] = {}
        for row in rows:
            owner = row.get(WRITABLE_SYSTEM_COLUMN)
            if owner is not None and str(owner) != str(actor.user_id) and UUID(str(row["id"])) in ids:
                theirs.setdefault(str(owner), []).append(UUID(str(row["id"])))
        events = [
            Event(
                ASSIGNED,
                obj.id,
                keys[0],
                actor.user_id,
                {"object": obj.api_name, "to": to, "count": len(keys)},
            )
            for to, keys in theirs.items()
        ]
        await self._bus.publish(self._connection, obj.schema, events)

    async def _announce(self, obj: Object, kind: str, items: Sequence[tuple[Written, list[str]]]) -> None:
        actor = self._session.actor.user_id
        events = [
            Event(
                kind,
                obj.id,
                item.id,
                actor,
                {"object": obj.api_name, "version": item.version, "changed": names},
            )
            for item, names in items
        ]
        await self._bus.publish(self._connection, obj.schema, events)


def _names(obj: Object, values: Mapping[str, Any]) -> list[str]:
    return [field.api_name for name in values if (field := obj.field(name)) is not None]


def _not_unique(obj: Object, error: UniqueViolation) -> Conflict:
    """The field whose unique index refused, without a word about the other record."""
    name = error.diag.constraint_name
    for field in obj.fields:
        if name == constraint_name("uq", obj.table_name, field.physical()):
            problem = FieldProblem(f"/{field.api_name}", "not_unique", {"field": field.api_name})
            return Conflict("not_unique", problems=[problem], field=field.api_name)
    for unique in obj.definition.unique_together:
        if name == constraint_name("ut", obj.table_name, unique.key):
            named = ", ".join(unique.fields)
            problems = [
                FieldProblem(f"/{each}", "not_unique_together", {"fields": named}) for each in unique.fields
            ]
            return Conflict("not_unique_together", problems=problems, fields=named)
    return Conflict("unique_violation")


def change_of(record_id: str, values: Mapping[str, Any], *, pointer: str = "") -> Change:
    """A change from a request body, which carries `version` beside the fields. Raises on a bad id or version."""
    found = parse_id(record_id)
    if found is None:
        raise NotFound("record_not_found", id=record_id, object="")
    change = Change(
        found, {name: value for name, value in values.items() if name != "version"}, pointer=pointer
    )
    if values.get("version") is None:
        return change
    version = parse_version(values["version"])
    if version is None:
        raise InvalidInput(problems=[FieldProblem(f"{pointer}/version", "not_version")])
    return replace(change, version=version)
