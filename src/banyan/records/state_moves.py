"""Moves that a state machine forbids: told of a command that the database refused, and of a load before it is tried."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
from psycopg.errors import CheckViolation

from banyan.db.database import Connection
from banyan.kernel.errors import BanyanError, FieldProblem, InvalidInput
from banyan.metadata.catalog import Object
from banyan.metadata.field_types.single_choice import choice_label
from banyan.metadata.states import Machine, machines_of
from banyan.query.loads import Staging
from banyan.query.state_moves import forbidden_moves
from banyan.records.session import Session

CONSTRAINT, CODE = "state_move", "move_not_allowed"


def refused_move(
    session: Session, obj: Object, error: CheckViolation, places: Mapping[str, str]
) -> BanyanError | None:
    """What the trigger refused, in words; None for another violation. `places`: pointers by record."""
    if error.diag.constraint_name != CONSTRAINT:
        return None
    found = orjson.loads(error.diag.message_detail or "{}")
    machine = _machine(session, obj, found.get("field"))
    if machine is None:
        return None
    params = told_move(machine, session.actor.language, found["pipeline"], found["from"], found["to"])
    place = f"{places.get(found['record'], '')}/{machine.field.api_name}"
    return InvalidInput(CODE, problems=[FieldProblem(place, CODE, params)], **params)


def _machine(session: Session, obj: Object, field_id: Any) -> Machine | None:
    machines = machines_of(session.full).get(obj.id, ())
    return next((each for each in machines if str(each.field.id) == str(field_id)), None)


def told_move(
    machine: Machine, language: str, pipeline: str | None, was: str | None, now: str | None
) -> dict[str, Any]:
    """Parameters of the refusal, in labels of `language`."""

    def label(key: str | None) -> str:
        return "—" if key is None else choice_label(machine.field.config, key, language)  # type: ignore[arg-type]

    allowed = [label(key) for key in machine.allowed(pipeline, was)]
    separator = "、" if language == "zh-CN" else ", "
    return {"from": label(was), "to": label(now), "allowed": separator.join(allowed) or "—"}


def state_words(obj: Object, key: object) -> Mapping[str, str]:
    """What a state of the object's status is called, in every language: a message says it in the reader's."""
    field = obj.field("status")
    choices = () if field is None else getattr(field.config, "choices", ())
    return next((choice.label for choice in choices if choice.key == key), {"en": str(key)})


async def moves_of_load(
    connection: Connection, session: Session, staging: Staging
) -> list[tuple[int, str, dict[str, Any]]]:
    """Good rows of a load that the database would refuse: number, name of the field, parameters."""
    found: list[tuple[int, str, dict[str, Any]]] = []
    obj = session.full.by_id[staging.obj.id]
    for machine in machines_of(session.full).get(obj.id, ()):
        fields = [machine.field, *([machine.pipeline_field] if machine.pipeline_field else [])]
        defaults = {field.physical(): _default(field.definition.default) for field in fields}
        rows = await connection.execute(
            forbidden_moves(staging, machine, defaults), {"field": machine.field.id}
        )
        for row_no, was, now, line in await rows.fetchall():
            params = told_move(machine, session.actor.language, line, was, now)
            found.append((row_no, machine.field.api_name, params))
    return found


def _default(value: Any) -> str | None:
    return None if value is None else str(value)


def has_machine(session: Session, object_id: UUID) -> bool:
    return bool(machines_of(session.full).get(object_id))
