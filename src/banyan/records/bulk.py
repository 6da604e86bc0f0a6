"""Bulk load of one object: the same rules as every other write, applied to whole sets.

A `BulkLoad` stages typed rows, resolves relations, finds duplicates, and moves what is good in one transaction. Rights
are those of the actor: relations only to records they may read, updates only of those they may update.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
from psycopg import sql

from banyan.access.guard import require_over
from banyan.access.model import ORGANISATION
from banyan.access.policy import InDepartments, Owned
from banyan.db.constraints import constraint_name
from banyan.db.database import Connection, Database
from banyan.events import EventBus
from banyan.extension.writes import CHECKS, FOLLOWS, MARKS, Breach, Write
from banyan.kernel.errors import Conflict, Denied
from banyan.metadata.catalog import OWNER, Field, Object
from banyan.query import load_plans, loads, loads_fresh, loads_many, writes
from banyan.query.foreseen import Foreseen
from banyan.query.loads import Lookup, Staging
from banyan.records import organisation
from banyan.records.commands import Commands
from banyan.records.following import follow
from banyan.records.loaded import Loaded
from banyan.records.numbering import is_numbered, number_load
from banyan.records.rules import check_rules, locking, rules_of
from banyan.records.session import Session
from banyan.records.state_moves import CODE, moves_of_load

_CREATE_CHUNK = 1_000
NOBODY = "false"


@dataclass(frozen=True)
class Problem:
    """One thing wrong in one row. `column` is the file's column, None for the row as a whole."""

    row: int
    column: int | None
    code: str
    params: Mapping[str, Any]
    value: str | None = None


@dataclass(frozen=True)
class Tally:
    rows: int
    to_create: int
    to_update: int
    to_reject: int


@dataclass
class BulkLoad:
    """`columns_of` maps a field to the file's column, for places in problems."""

    session: Session
    obj: Object
    staging: Staging
    columns_of: Mapping[str, int]
    create_missing: frozenset[str] = frozenset()
    key: Field | None = None
    created_related: dict[str, int] = field(default_factory=dict)
    catalog_version: int | None = None  # set when the load's own change has moved it on

    def predicate(self, obj: Object, action: Any) -> tuple[str, dict[str, Any]]:
        """The actor's row predicate as compiled text over `r`, with its binds."""
        resolved = writes.write_predicate(self.session.policy, self.session.resolver, obj, action)
        return writes.predicate_sql(obj, resolved), writes.predicate_binds(resolved)

    async def prepare(self, connection: Connection) -> None:
        await connection.execute(loads.drop_staging(self.staging))
        for statement in loads.create_staging(self.staging):
            await connection.execute(statement)

    async def stage(
        self, connection: Connection, rows: Sequence[Sequence[Any]], problems: Iterable[Problem]
    ) -> None:
        """Append rows (row number, columns, lookup texts) and what is wrong with them."""
        async with connection.cursor() as cursor:
            async with cursor.copy(loads.copy_rows(self.staging)) as copy:
                for row in rows:
                    await copy.write_row(row)
            async with cursor.copy(loads.copy_problems(self.staging)) as copy:
                for problem in problems:
                    params = orjson.dumps(dict(problem.params), default=str).decode()
                    await copy.write_row((problem.row, problem.column, problem.code, params, problem.value))

    async def check(self, connection: Connection) -> dict[str, int]:
        """Resolve and judge all staged rows. Returns how many related records would be created, per object."""
        await connection.execute(load_plans.unhurried())
        for statement in loads.index_staging(self.staging):
            await connection.execute(statement)
        missing: dict[str, int] = {}
        for lookup in self.staging.lookups:
            await self._match(connection, lookup)
            found = await self._unmatched(connection, lookup)
            own = self._own_column(lookup)
            if found and own is not None:
                found = await self._not_in_file(connection, found, own)
            if found:
                name = lookup.target.api_name
                missing[name] = missing.get(name, 0) + len(found)
        if self.key is not None:
            predicate, binds = self.predicate(self.obj, "update")
            await connection.execute(loads.match_key(self.staging, self.key, predicate), binds)
        for unique in self.obj.custom_fields:
            if unique.definition.unique and unique.api_name in self.columns_of:
                place = {"column_no": self.columns_of[unique.api_name], "label": unique.api_name}
                await connection.execute(loads.duplicate_in_file(self.staging, unique), place)
                await connection.execute(loads.taken_values(self.staging, unique), place)
        await self._check_together(connection)
        await self._check_owners(connection)
        await self._check_own_relations(connection)
        await connection.execute(loads.order_staging(self.staging))
        await self.judge(connection)
        return missing

    async def _check_together(self, connection: Connection) -> None:
        """Rows that may not be alike in several fields, where the file gives all of these."""
        for unique in self.obj.definition.unique_together:
            fields = [field for name in unique.fields if (field := self.obj.field(name)) is not None]
            if all(field.api_name in self.columns_of for field in fields) and fields:
                place = {"column_no": self.columns_of[fields[0].api_name], "label": ", ".join(unique.fields)}
                await connection.execute(loads.twice_together(self.staging, fields), place)
                await connection.execute(loads.taken_together(self.staging, fields), place)

    async def judge(self, connection: Connection) -> None:
        """Ask the object's rules about every good row: the load is tried, its breaches noted, and undone."""
        whole = self.session.full.by_id[self.obj.id]
        asked = await CHECKS.apply(connection, self.session, whole)
        forbidden = await moves_of_load(connection, self.session, self.staging)
        await self.stage(
            connection,
            [],
            (Problem(row, self.columns_of.get(name), CODE, params) for row, name, params in forbidden),
        )
        if not (rules_of(self.session.full, whole) or locking(whole) or asked):
            return
        loaded = Loaded(connection, self.session, self.staging)
        async with connection.transaction(force_rollback=True):
            binds = {"actor": self.session.actor.user_id}
            await loaded.before()
            locked = await loaded.locked()
            extra = await self._extra(connection, (await self.tally(connection)).to_create, trial=True)
            await self._insert(connection, extra, binds, loaded.foreseen)
            await loaded.fill_defaults()
            if self.key is not None and self.staging.columns:
                predicate, own = self.predicate(self.obj, "update")
                known = {**binds, **self._trail(None), **own}
                await connection.execute(
                    loads.update_records(self.staging, self.staging.columns, predicate), known
                )
            await loaded.after()
            broken = await loaded.broken()
            breaches: list[tuple[int, Breach]] = []
            if asked:
                await loaded.announce(trial=True)
                breaches = await loaded.breaches()
        language = self.session.actor.language
        await self.stage(
            connection,
            [],
            (
                Problem(
                    row,
                    self.columns_of.get(rule.field.api_name) if rule.field else None,
                    rule.code,
                    rule.told(language),
                )
                for row, rule in (*locked, *broken)
            ),
        )
        await self.stage(
            connection,
            [],
            (
                Problem(row, self.columns_of.get(each.field) if each.field else None, each.code, each.params)
                for row, each in breaches
            ),
        )

    def _trail(self, import_id: UUID | None) -> dict[str, Any]:
        """Binds of history."""
        return {
            "kind": self.session.actor.kind,
            "object_id": self.obj.id,
            "import_id": import_id,
            "untracked": list(self.obj.untracked),
            "companions": writes.as_document(self.obj.companions),
        }

    async def _check_owners(self, connection: Connection) -> None:
        """Rows the actor would put out of their own reach. Without an owner column new rows are the actor's."""
        owner = next((lookup for lookup in self.staging.lookups if lookup.field.api_name == OWNER), None)
        if owner is None:
            return
        await connection.execute(
            loads.own_by_default(self.staging, owner.raw), {"me": self.session.actor.user_id}
        )
        arms = [each.arm for each in self.session.policy.rows(self.obj.grant_key, "create")]
        transfer, binds = NOBODY, dict[str, Any]()
        if self.session.policy.allows(self.obj.grant_key, "transfer"):
            transfer, binds = self.predicate(self.obj, "transfer")
        binds = {
            **binds,
            # Rights by filter or parent are looked at once the rows stand: see `_check_reach`.
            "creating": all(isinstance(arm, Owned | InDepartments) for arm in arms),
            "people": [person for arm in arms if isinstance(arm, Owned) for person in arm.people],
            "departments": [d for arm in arms if isinstance(arm, InDepartments) for d in arm.departments],
        }
        await connection.execute(loads.foreign_owner(self.staging, transfer), binds)

    async def _check_reach(self, connection: Connection) -> None:
        """Nobody loads rows they could not have created by hand. Raises Denied for the whole load."""
        if self.session.policy.unrestricted(self.obj.grant_key, "create"):
            return
        predicate, binds = self.predicate(self.obj, "create")
        row = await (await connection.execute(loads.beyond_reach(self.staging, predicate), binds)).fetchone()
        if row is not None and row[0]:
            raise Denied("rows_outside_own_scope", object=self.obj.api_name, count=row[0])

    async def _check_updates(self, connection: Connection, import_id: UUID) -> None:
        """Nor may a change lead out of one's reach, as by hand. Raises Denied for the whole load."""
        if self.session.policy.unrestricted(self.obj.grant_key, "update"):
            return
        predicate, binds = self.predicate(self.obj, "update")
        binds |= {"import_id": import_id, "object_id": self.obj.id}
        statement = loads.updated_beyond_reach(self.staging, predicate)
        row = await (await connection.execute(statement, binds)).fetchone()
        if row is not None and row[0]:
            raise Denied("rows_outside_own_scope", object=self.obj.api_name, count=row[0])

    async def _check_own_relations(self, connection: Connection) -> None:
        own = [lookup for lookup in self.staging.lookups if self._own_column(lookup) is not None]
        found = len(own)
        while found:
            found = 0
            for lookup in own:
                place = {"column_no": self._column(lookup), "params": self._params(lookup)}
                done = await connection.execute(loads.unrelated_to_itself(self.staging, lookup), place)
                found += done.rowcount

    async def _match(self, connection: Connection, lookup: Lookup) -> None:
        predicate, binds = self.predicate(lookup.target, "read")
        found = loads_many if lookup.many else loads
        await connection.execute(found.match_lookup(self.staging, lookup, predicate), binds)
        place = {"column_no": self._column(lookup), "params": self._params(lookup)}
        await connection.execute(found.ambiguous_lookup(self.staging, lookup, predicate), {**binds, **place})

    async def _unmatched(self, connection: Connection, lookup: Lookup) -> list[str]:
        """Texts without a record: to be created where that was chosen, problems otherwise."""
        own = self._own_column(lookup)
        found = loads_many if lookup.many else loads
        if lookup.field.api_name not in self.create_missing:
            place = {"column_no": self._column(lookup), "params": self._params(lookup)}
            await connection.execute(found.unmatched_problems(self.staging, lookup, own_column=own), place)
            return []
        cursor = await connection.execute(found.unmatched_values(self.staging, lookup))
        return [row[0] for row in await cursor.fetchall()]

    def _own_column(self, lookup: Lookup) -> str | None:
        own = (
            lookup.target is self.obj and not lookup.many and lookup.match.physical() in self.staging.columns
        )
        return lookup.match.physical() if own else None

    def _column(self, lookup: Lookup) -> int:
        return self.columns_of[lookup.field.api_name]

    def _params(self, lookup: Lookup) -> str:
        label = lookup.target.definition.label
        named = label.get(self.session.actor.language) or lookup.target.api_name
        return orjson.dumps({"object": named}).decode()

    async def tally(self, connection: Connection) -> Tally:
        row = await (await connection.execute(loads.tally(self.staging))).fetchone()
        return Tally(*row) if row else Tally(0, 0, 0, 0)

    async def load(self, connection: Connection, bus: EventBus, import_id: UUID) -> tuple[int, int]:
        """Create what is missing, then all good rows, in the caller's one transaction. Returns created, updated."""
        await connection.execute(load_plans.unhurried())
        await self._check_catalog(connection)
        before = await organisation.before_write(connection, self.session, self.obj, columns=None)
        await self._create_missing(connection, bus)
        binds = {"actor": self.session.actor.user_id, **self._trail(import_id)}
        tally = await self.tally(connection)
        extra = await self._extra(connection, tally.to_create)
        for lookup in self.staging.lookups:
            if self._own_column(lookup) is not None:
                await connection.execute(loads.relate_to_itself(self.staging, lookup))
        loaded = Loaded(connection, self.session, self.staging)
        await loaded.before()
        locked = await loaded.locked()
        if forbidden := await moves_of_load(connection, self.session, self.staging):
            named = self.obj.api_name
            raise Conflict("rows_break_rules", object=named, count=len(forbidden), row=forbidden[0][0])
        created = await self._insert(connection, extra, binds, loaded.foreseen)
        await loaded.fill_defaults()
        await self._check_reach(connection)
        foreseen = loaded.foreseen.columns  # History tells what was written, as of a single record.
        untracked = {*self.obj.untracked, *foreseen}
        await connection.execute(loads_fresh.insert_history(self.staging, untracked), binds)
        updated = 0
        if self.key is not None and self.staging.columns:
            predicate, own_binds = self.predicate(self.obj, "update")
            statement = loads.update_records(self.staging, self.staging.columns, predicate)
            row = await (await connection.execute(statement, {**binds, **own_binds})).fetchone()
            updated = int(row[0]) if row else 0
            await self._check_updates(connection, import_id)
        await loaded.after()
        if broken := [*locked, *await loaded.broken()]:
            raise Conflict("rows_break_rules", object=self.obj.api_name, count=len(broken), row=broken[0][0])
        await loaded.announce()
        if breaches := await loaded.breaches():
            raise Conflict(
                "rows_break_rules", object=self.obj.api_name, count=len(breaches), row=breaches[0][0]
            )
        if self.obj.grant_key in ORGANISATION:
            rows = await (await connection.execute(loads.loaded_ids(self.staging))).fetchall()
            ids = [row[0] for row in rows]
            await organisation.after_write(connection, self.session, self.obj, ids, None, before)
            if self.obj.grant_key == organisation.PEOPLE:
                await require_over(connection, self.session.policy, ids)
        return created, updated

    async def _insert(
        self,
        connection: Connection,
        extra: Sequence[tuple[str, sql.Composable]],
        binds: Mapping[str, Any],
        foreseen: Foreseen,
    ) -> int:
        """The new rows. Returns how many.

        A table that is vacuumed after a trial was undone, or while the load that follows fills it, passes for empty:
        the planner would then read the whole of it for each row that is asked for.
        """
        statement = loads_fresh.insert_records(self.staging, extra, foreseen)
        written = (await connection.execute(statement, {**binds, **foreseen.binds})).rowcount
        row = await (
            await connection.execute(load_plans.weighty(self.staging), {"written": written})
        ).fetchone()
        if row is not None and row[0]:
            await connection.execute(load_plans.count_afresh(self.staging))
        return written

    async def _check_catalog(self, connection: Connection) -> None:
        """Fields may have been reshaped while the file was read; their values must not land in retired columns."""
        row = await (await connection.execute(loads.catalog_version(self.obj.schema))).fetchone()
        expected = self.catalog_version or self.session.catalog.version
        if row is None or row[0] != expected:
            raise Conflict("configuration_changed", version=row[0] if row else 0)

    async def _create_missing(self, connection: Connection, bus: EventBus) -> None:
        """Related records are made by the ordinary command, with its rules; then the cells are matched again."""
        commands = Commands(connection, self.session, bus)
        for lookup in self.staging.lookups:
            if lookup.field.api_name not in self.create_missing:
                continue
            # Another column may have made them a moment ago.
            await self._match(connection, lookup)
            own = self._own_column(lookup)
            names = await self._unmatched(connection, lookup)
            if own is not None:
                names = await self._not_in_file(connection, names, own)
            for start in range(0, len(names), _CREATE_CHUNK):
                part = names[start : start + _CREATE_CHUNK]
                rows = [{lookup.match.api_name: name} for name in part]
                await commands.create(lookup.target, rows, [f"/{name}" for name in part])
            if names:
                label = lookup.target.api_name
                self.created_related[label] = self.created_related.get(label, 0) + len(names)
                await self._match(connection, lookup)

    async def _not_in_file(self, connection: Connection, names: list[str], column: str) -> list[str]:
        cursor = await connection.execute(loads.values_in_file(self.staging, column))
        known = {row[0] for row in await cursor.fetchall()}
        return [name for name in names if name.lower() not in known]

    async def _extra(
        self, connection: Connection, count: int, *, trial: bool = False
    ) -> list[tuple[str, sql.Composable]]:
        """Columns the file does not give: owner, defaults, numbers."""
        context = self.session.context
        extra: list[tuple[str, sql.Composable]] = []
        given = set(self.staging.columns)
        if "owner_id" not in given:
            extra.append(("owner_id", sql.SQL("{}::uuid").format(sql.Literal(self.session.actor.user_id))))
        for each in self.obj.stored_fields:
            if each.physical() in given:
                continue
            if is_numbered(each):
                columns, rows = self.staging.columns, loads.rows_to_create(self.staging)
                numbers = await number_load(
                    connection, self.session, self.obj, each, rows, columns, count, trial=trial
                )
                extra.append((each.physical(), numbers))
            elif each.definition.default is not None:
                values = each.kind.parse(each, each.definition.default, context)
                extra += [
                    (
                        each.physical(spec.suffix),
                        sql.SQL("{}::{}").format(
                            sql.Literal(spec.written(values[spec.suffix])), sql.SQL(spec.ddl)
                        ),
                    )
                    for spec in each.specs
                ]
        return extra

    async def problem_counts(self, connection: Connection) -> list[tuple[int | None, str, int]]:
        cursor = await connection.execute(loads.problem_counts(self.staging))
        return [(row[0], row[1], row[2]) for row in await cursor.fetchall()]

    async def problems(self, connection: Connection, limit: int | None) -> AsyncIterator[Problem]:
        """Problems in the order of the file."""
        cursor = await connection.execute(loads.problem_rows(self.staging), {"limit": limit})
        async for row_no, column_no, code, params, value in cursor:
            yield Problem(row_no, column_no, code, orjson.loads(params), value)

    async def drop(self, connection: Connection) -> None:
        await connection.execute(loads.drop_staging(self.staging))


async def undo_load(
    connection: Connection, session: Session, obj: Object, import_id: UUID
) -> tuple[int, int]:
    """Take back what a load created, as far as nobody has changed it. Returns removed and kept.

    Of the organisation it refuses what deleting by hand refuses.
    """
    await organisation.before_write(connection, session, obj, columns=None)
    resolved = writes.write_predicate(session.policy, session.resolver, obj, "delete")
    predicate = writes.predicate_sql(obj, resolved)
    statement = loads.undo_load(obj, predicate)
    binds = {
        **writes.predicate_binds(resolved),
        "import_id": import_id,
        "actor": session.actor.user_id,
        "kind": session.actor.kind,
        "object_id": obj.id,
    }
    rows = await (await connection.execute(loads.undoable_ids(obj, predicate), binds)).fetchall()
    ids = [row[0] for row in rows]
    if obj.grant_key in ORGANISATION:
        await organisation.before_delete(connection, session, obj, ids)
    row = await (await connection.execute(statement, binds)).fetchone()
    computing = await follow(connection, session, obj, ids, None)
    await FOLLOWS.after(Write(connection, session, obj, ids, frozenset(), removed=True))
    await MARKS.after(Write(connection, session, obj, ids))
    await check_rules(connection, session, [], computing.take_changed())
    await organisation.after_delete(connection, obj)
    return (int(row[0]), int(row[1])) if row else (0, 0)


async def copy_records(
    connection: Connection, obj: Object, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """COPY rows straight into a record table: only for data the installation itself generates, all of it valid."""
    async with connection.cursor() as cursor, cursor.copy(loads.copy_into(obj, columns)) as copy:
        for row in rows:
            await copy.write_row(row)


async def tidy(database: Database, obj: Object) -> None:
    """Statistics and the search index after a load: without them the next lists are planned blindly."""
    async with database.schema_change() as connection:
        for statement in load_plans.tidy_statements(obj, constraint_name("ix", obj.table_name, "search")):
            await connection.execute(statement)


__all__ = ["BulkLoad", "Lookup", "Problem", "Staging", "Tally", "copy_records", "tidy", "undo_load"]
