"""Plan a change and apply it: DDL and metadata in one transaction of the schema owner, announced when it commits."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from psycopg import sql
from pydantic import TypeAdapter, ValidationError

from banyan.db.database import Connection, Database
from banyan.kernel.actor import Actor
from banyan.kernel.errors import BanyanError, Conflict, InvalidInput, NotFound, Unavailable
from banyan.kernel.faults import problems_of
from banyan.kernel.limits import DEFAULT_LIMITS, BuildLimits
from banyan.metadata.changes import fields, objects, retype
from banyan.metadata.changes.budget import require_within
from banyan.metadata.changes.computed import set_new
from banyan.metadata.changes.cost import cost_of
from banyan.metadata.changes.held_rules import broken_already, hold_rules, release_rules
from banyan.metadata.changes.ledger import mark_reverted, record_change, write_definitions
from banyan.metadata.changes.operations import (
    AddField,
    CreateObject,
    Operation,
    RemoveField,
    RemoveObject,
    RestoreField,
    RestoreObject,
    RetypeField,
    UpdateField,
    UpdateObject,
)
from banyan.metadata.changes.sets import ChangeSet, clashes_of, open_draft, save_set
from banyan.metadata.changes.state import Fields, State
from banyan.metadata.changes.states import keep_states
from banyan.metadata.changes.steps import Impact, Plan, Step
from banyan.metadata.changes.verify import verify
from banyan.metadata.store import stored_parts, uncollected

LOCK_TIMEOUT_MS = 40
ATTEMPTS = 60

_HANDLERS: Mapping[type[Any], Any] = {
    CreateObject: objects.create_object,
    UpdateObject: objects.update_object,
    RemoveObject: objects.remove_object,
    RestoreObject: objects.restore_object,
    AddField: fields.add_field,
    UpdateField: fields.update_field,
    RemoveField: fields.remove_field,
    RestoreField: fields.restore_field,
    RetypeField: retype.retype_field,
}


Applied = tuple[UUID, int, list[Impact]]


@dataclass(frozen=True)
class _Wish:
    """What is to be applied: operations, or a draft (id, version) that holds them."""

    actor: Actor
    operations: Sequence[Operation] = ()
    base_version: int | None = None
    reverts: UUID | None = None
    draft: tuple[UUID, int] | None = None


def handle(state: State, operation: Operation) -> Step:
    """Plan one operation. Raises what its handler refuses."""
    try:
        step: Step = _HANDLERS[type(operation)](state, operation)
    except ValidationError as error:
        raise InvalidInput(problems=problems_of(error.errors())) from error
    return step


def plan(state: State, operations: Sequence[Operation]) -> Plan:
    """Pure: where the operations lead and how. Raises what a handler refuses, before anything is touched."""
    state.catalog()  # Built first, so that the states that follow share all objects they do not touch.
    result = Plan(state)
    for index, operation in enumerate(operations):
        try:
            step = handle(result.state, operation)
        except BanyanError as error:
            error.extra.setdefault("operation", index)
            raise
        result.steps.append(step)
        result.state = step.state
    verify(state, result.state)
    require_within(state, result.state)
    return result


async def read_state(
    connection: Connection, schema: str, *, lock: bool = False, limits: BuildLimits = DEFAULT_LIMITS
) -> State:
    """The stored definitions; with `lock` no other change can run until this transaction ends."""
    query = sql.SQL(
        "SELECT version, (SELECT coalesce(json_agg(o), '[]') FROM {}.meta_object o), "
        "(SELECT coalesce(json_agg(f), '[]') FROM {}.meta_field f) FROM {}.meta_version"
    ).format(*[sql.Identifier(schema)] * 3)
    if lock:
        await connection.execute(
            sql.SQL("SELECT 1 FROM {}.meta_version FOR UPDATE").format(sql.Identifier(schema))
        )
    row = await (await connection.execute(query)).fetchone()
    if row is None:
        raise Unavailable("workspace_not_ready", workspace=schema)
    with uncollected():
        found, parts = stored_parts(row[1], row[2])
    return State(schema, int(row[0]), {o.id: o for o in found}, Fields(parts), limits)


class Changes:
    """The only door to a workspace's configuration; `limits` say how much may be built in one."""

    def __init__(self, database: Database, limits: BuildLimits = DEFAULT_LIMITS) -> None:
        self._database = database
        self.limits = limits

    async def preview(self, schema: str, operations: Sequence[Operation]) -> list[Impact]:
        """What a change would do, counted; nothing is written and no lock is taken."""
        async with self._database.reader() as connection:
            state = await read_state(connection, schema, limits=self.limits)
            planned = plan(state, operations)
            return [await _impact(connection, step, state) for step in planned.steps]

    async def apply(
        self,
        schema: str,
        operations: Sequence[Operation],
        actor: Actor,
        *,
        base_version: int | None = None,
        reverts: UUID | None = None,
    ) -> Applied:
        """Apply all operations or none; `reverts` marks the change that they take back.

        Locks are waited for in short tries, so that readers do not queue behind a waiting change. Once the lock is
        held, building an index on a large table keeps it: that belongs into hours of rest.

        Returns the change's id, the new version and the impact per operation.
        """
        return await self._in_tries(schema, _Wish(actor, operations, base_version, reverts))

    async def publish(self, schema: str, set_id: UUID, version: int, actor: Actor) -> Applied:
        """Publish the draft `set_id` as its caller knows it (`version`): one change, whole or not at all.

        Raises Conflict where settings it touches were published by somebody since it began, naming them.
        """
        return await self._in_tries(schema, _Wish(actor, draft=(set_id, version)))

    async def _in_tries(self, schema: str, wish: "_Wish") -> Applied:
        for attempt in range(ATTEMPTS):
            try:
                return await self._attempt(schema, wish)
            except Unavailable as error:
                if error.code != "lock_not_available" or attempt == ATTEMPTS - 1:
                    raise
                await asyncio.sleep(random.uniform(0.02, 0.1) * (1 + attempt / 10))  # noqa: S311 - jitter
        raise AssertionError

    async def _attempt(self, schema: str, wish: "_Wish") -> Applied:
        async with self._database.schema_change() as connection:
            state = await read_state(connection, schema, lock=True, limits=self.limits)
            if wish.base_version is not None and wish.base_version != state.version:
                raise Conflict("configuration_changed", version=state.version)
            draft = None if wish.draft is None else await _draft(connection, schema, *wish.draft)
            planned = plan(state, wish.operations if draft is None else read_operations(draft.operations))
            await connection.execute(
                sql.SQL("SET LOCAL lock_timeout = {}").format(sql.Literal(f"{LOCK_TIMEOUT_MS}ms"))
            )
            # All counting before the first lock: readers wait for none of it.
            impacts = [await _impact(connection, step, state) for step in planned.steps]
            # All that needs no lock of a table, too: what readers wait for is the change of the table itself.
            await write_definitions(connection, state, planned.state)
            change = await record_change(connection, state, planned, impacts, wish.actor, draft)
            if wish.reverts is not None:
                await mark_reverted(connection, schema, wish.reverts, change)
            if draft is not None:
                done = {"state": "published", "change_id": change}
                await save_set(connection, schema, wish.actor, draft, done)
            await release_rules(connection, state, planned.state)
            for step in planned.steps:
                await _execute(connection, step)
            await set_new(connection, state, planned.state)
            await keep_states(connection, state, planned.state)
            await hold_rules(connection, state, planned.state)
            return change, state.version + 1, impacts

    async def history(self, schema: str, limit: int = 100) -> bytes:
        """Published changes as a JSON array, newest first; a change without an actor is a package's."""
        query = sql.SQL(
            "SELECT coalesce(json_agg(c), '[]') FROM (SELECT id, version, actor_id, at, operations, reverted_by, "
            "name, note FROM {}.meta_change ORDER BY version DESC LIMIT %(limit)s) c"
        ).format(sql.Identifier(schema))
        async with self._database.reader() as connection:
            row = await (await connection.execute(query, {"limit": limit})).fetchone()
        return bytes(row[0]) if row else b"[]"

    async def revert(self, schema: str, change_id: UUID, actor: Actor) -> Applied:
        """Take a published change back by its inverse. Refused clearly where later changes stand in the way."""
        table = sql.Identifier(schema, "meta_change")
        async with self._database.reader() as connection:
            query = sql.SQL(
                "SELECT inverse, reverted_by, actor_id IS NULL AND name IS NULL FROM {} WHERE id = %(id)s"
            ).format(table)
            row = await (await connection.execute(query, {"id": change_id})).fetchone()
        if row is None:
            raise NotFound("unknown_change", change=str(change_id))
        if row[1] is not None:
            raise Conflict("already_reverted")
        if row[2]:
            raise Conflict("package_change")
        operations = read_operations(orjson.loads(row[0]))
        async with self._database.reader() as connection:
            await _check_untouched(connection, schema, change_id, operations)
        return await self.apply(schema, operations, actor, reverts=change_id)


def read_operations(documents: Sequence[Any]) -> list[Operation]:
    """Operations from their JSON. Raises pydantic's ValidationError."""
    adapter: TypeAdapter[list[Operation]] = TypeAdapter(list[Operation])
    return adapter.validate_python(documents)


async def _draft(connection: Connection, schema: str, set_id: UUID, version: int) -> ChangeSet:
    draft = await open_draft(connection, schema, set_id, version)
    if not draft.operations:
        raise InvalidInput("change_set_empty")
    if found := await clashes_of(connection, schema, draft):
        named = ", ".join(".".join(part for part in setting if part) for setting in found)
        raise Conflict("change_set_clash", settings=named)
    return draft


async def _impact(connection: Connection, step: Step, before: State) -> Impact:
    """Rows and losses are counted only on tables that exist before the change."""
    object_name = getattr(step.operation, "object", None)
    exists = object_name is not None and any(
        object_name in (stored.definition.api_name, *stored.definition.aliases)
        for stored in before.objects.values()
    )
    affected = await step.rows_affected(connection) if exists else 0
    lost = await step.values_lost(connection) if exists else 0
    lock, seconds = await cost_of(connection, step, before)
    ruled = exists and isinstance(step.operation, UpdateObject) and step.operation.set.rules is not None
    breaking = await broken_already(connection, before, step.state, str(object_name)) if ruled else 0
    return Impact(step.operation.kind, step.summary, affected, lost, step.reversible, lock, seconds, breaking)


async def _execute(connection: Connection, step: Step) -> None:
    for statement in step.statements:
        await connection.execute(statement)
    if step.fill is not None:
        await step.fill(connection)
    for statement in step.finish:
        await connection.execute(statement)


async def _check_untouched(
    connection: Connection, schema: str, change_id: UUID, inverse: Sequence[Operation]
) -> None:
    """Refuse to bring back old settings over newer ones: a choice added since would be lost."""
    query = sql.SQL(
        "SELECT operations FROM {0} WHERE version > (SELECT version FROM {0} WHERE id = %(id)s) "
        "AND reverted_by IS NULL AND id NOT IN (SELECT reverted_by FROM {0} WHERE reverted_by IS NOT NULL)"
    ).format(sql.Identifier(schema, "meta_change"))
    ours = {place for operation in inverse for place in _settings(operation.model_dump(exclude_unset=True))}
    for (document,) in await (await connection.execute(query, {"id": change_id})).fetchall():
        for later in orjson.loads(document):
            if ours.intersection(_settings(later)):
                raise Conflict("changed_since")


def _settings(operation: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """What an operation sets, as (object, field, setting)."""
    place = (str(operation.get("object")), str(operation.get("field", "")))
    return [(*place, name) for name in operation.get("set") or ()]
