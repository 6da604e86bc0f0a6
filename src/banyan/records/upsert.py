"""Create or update by a unique field: race-safe, because the unique index decides, not a read before."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from banyan.db.database import Connection
from banyan.events import EventBus
from banyan.kernel.errors import Conflict, FieldProblem, InvalidInput, NotFound
from banyan.metadata.catalog import Field, Object
from banyan.metadata.field_types.base import ValueProblem
from banyan.query import writes
from banyan.records.commands import Change, Commands, Written
from banyan.records.session import Session


class UpsertBody(BaseModel):
    """`key` names a unique field whose value stands in `values`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    values: dict[str, Any]


async def upsert(
    connection: Connection, session: Session, bus: EventBus, obj: Object, body: UpsertBody
) -> tuple[Written, bool]:
    """The record written and whether it is new. A row of somebody else with that value stays a conflict."""
    field, value = _key_value(session, obj, body)
    commands = Commands(connection, session, bus)
    existing = await _find(connection, obj, field, value)
    if existing is None:
        await connection.execute("SAVEPOINT upsert")
        try:
            (written,) = await commands.create(obj, [body.values])
        except Conflict as error:
            if error.code != "not_unique":
                raise
            # Somebody created it between our look and our insert: then it is theirs that we update.
            await connection.execute("ROLLBACK TO SAVEPOINT upsert")
            existing = await _find(connection, obj, field, value)
            if existing is None:
                raise
        else:
            return written, True
    try:
        (written,) = await commands.update(obj, [Change(existing, body.values)])
    except NotFound as error:
        # Out of the caller's sight: the answer a create of the same value gets, no more.
        problem = FieldProblem(f"/{field.api_name}", "not_unique", {"field": field.api_name})
        raise Conflict("not_unique", problems=[problem], field=field.api_name) from error
    return written, False


def _key_value(session: Session, obj: Object, body: UpsertBody) -> tuple[Field, str]:
    field = obj.field(body.key)
    if field is None or not field.definition.unique:
        raise InvalidInput(problems=[FieldProblem("/key", "not_unique_field", {"field": body.key})])
    raw = body.values.get(body.key)
    if raw in (None, ""):
        raise InvalidInput(problems=[FieldProblem(f"/values/{body.key}", "required", {"field": body.key})])
    try:
        # As it would be stored: a credit code in lower case is the same code.
        return field, str(field.kind.parse(field, raw, session.context)[""])
    except ValueProblem as problem:
        raise InvalidInput(
            problems=[FieldProblem(f"/values/{body.key}", problem.code, problem.params)]
        ) from problem


async def _find(connection: Connection, obj: Object, field: Field, value: str) -> Any:
    cursor = await connection.execute(writes.key_matches(obj, field.physical()), {"values": [value]})
    row = await cursor.fetchone()
    return None if row is None else row[1]
