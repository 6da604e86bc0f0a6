"""Rules as they are kept: a checked document beside its object, order and owner."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict
from pydantic import Field as Bound

from banyan.access.holders import touch_policies
from banyan.db.compile import CompiledStatement, compile_statement
from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.grading.rules import Reads, in_order
from banyan.grading.tables import grading_tables
from banyan.kernel.errors import Conflict, FieldProblem, InvalidInput, NotFound
from banyan.kernel.ids import new_id, parse_id
from banyan.metadata.catalog import Field, Object
from banyan.metadata.field_types.base import ValueProblem
from banyan.metadata.field_types.tags import tag_of
from banyan.metadata.states import machines_of
from banyan.records.grading import Placing, asked_fields, resolve
from banyan.records.session import Session

SET_BY_RULE = ("single_choice", "tags", "relation")
MOST_RULES = 100


class RuleSettings(BaseModel):
    """`value`: key of a choice, a tag, or the id of a record. `days`: for how long; none: while the condition holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Bound(min_length=1, max_length=80)
    condition: Mapping[str, Any]
    field: str = Bound(max_length=40)
    value: str = Bound(min_length=1, max_length=80)
    days: int | None = Bound(default=None, ge=1, le=3_650)


@dataclass(frozen=True)
class StoredRule:
    id: UUID
    object: UUID
    position: int
    active: bool
    settings: RuleSettings
    owner: UUID | None
    version: int


async def rules_of(
    connection: Connection, schema: str, object_id: UUID | None = None, *, active: bool = False
) -> list[StoredRule]:
    """Rules of an object (None: of all) in their order."""
    statement = _asked(schema)
    cursor = await connection.execute(statement.sql, {"object": object_id, "active": active or None})
    return [
        StoredRule(row[0], row[1], row[2], row[3], _read(row[4]), row[5], row[6])
        for row in await cursor.fetchall()
    ]


@lru_cache(maxsize=256)
def _asked(schema: str) -> CompiledStatement:
    """Asked at every write, so compiled once. Binds: object and active, null where all are meant."""
    table = grading_tables(schema).rule
    names = ("id", "object_id", "position", "active", "settings", "owner_id", "version")
    chosen = (
        sa.or_(wanted.is_(None), column == wanted)
        for column, wanted in (
            (table.c.object_id, sa.cast(sa.bindparam("object"), sa.Uuid)),
            (table.c.active, sa.cast(sa.bindparam("active"), sa.Boolean)),
        )
    )
    asked = sa.select(*(table.c[name] for name in names)).where(*chosen)
    return compile_statement(asked.order_by(table.c.position, table.c.id))


def _read(document: bytes) -> RuleSettings:
    return RuleSettings.model_validate(orjson.loads(document))


async def find_rule(connection: Connection, schema: str, key: UUID) -> StoredRule:
    """Raises NotFound."""
    found = next((rule for rule in await rules_of(connection, schema) if rule.id == key), None)
    if found is None:
        raise NotFound("unknown_grading_rule")
    return found


def placing_of(session: Session, rule: StoredRule) -> Placing | None:
    """What the rule does today; None where an administrator has taken away what it speaks of."""
    obj = session.full.by_id.get(rule.object)
    if obj is None or obj not in session.full.objects:
        return None
    try:
        return checked(session, obj, rule.id, rule.settings)
    except InvalidInput:
        return None


def checked(session: Session, obj: Object, key: UUID, settings: RuleSettings) -> Placing:
    """Raises InvalidInput for a condition, field or value that the object does not know."""
    whole = session.full.by_id[obj.id]
    field = whole.field(settings.field)
    if field is None or field.system or field.definition.type not in SET_BY_RULE or _kept(session, field):
        raise InvalidInput(problems=[FieldProblem("/field", "grading_field", {"field": settings.field})])
    value = _value(field, settings.value)
    return Placing(key, whole, field, value, resolve(session, whole, settings.condition))


def _kept(session: Session, field: Field) -> bool:
    """A pool, a stage, a status: what moves by moves of its own, with what belongs to them, is set by no rule."""
    machines = machines_of(session.full).values()
    return field.definition.managed or any(each.field.id == field.id for found in machines for each in found)


def _value(field: Field, raw: str) -> str:
    kind = field.definition.type
    try:
        if kind == "tags":
            return tag_of(raw)
    except ValueProblem as problem:
        raise InvalidInput(problems=[FieldProblem("/value", problem.code, problem.params)]) from problem
    keys = {each.key for each in getattr(field.config, "choices", ())}
    if (kind == "single_choice" and raw not in keys) or (kind == "relation" and parse_id(raw) is None):
        raise InvalidInput(problems=[FieldProblem("/value", "unknown_choice", {"value": raw})])
    return raw


def reads_of(session: Session, rule: StoredRule) -> Reads | None:
    placing = placing_of(session, rule)
    if placing is None:
        return None
    asks = asked_fields(placing.object, rule.settings.condition)
    return Reads(rule.id, rule.settings.name, asks, placing.field.id)


def ordered(session: Session, rules: Sequence[StoredRule]) -> list[Placing]:
    """What active rules do, each after those that write what it asks. Raises InvalidInput for a circle."""
    known = {rule.id: rule for rule in rules}
    found = in_order([each for rule in rules if (each := reads_of(session, rule)) is not None])
    if found is None:
        names = ", ".join(rule.settings.name for rule in rules)
        raise InvalidInput("grading_circle", names=names)
    placings = (placing_of(session, known[each.rule]) for each in found)
    return [each for each in placings if each is not None]


async def save_rule(connection: Connection, session: Session, rule: StoredRule, *, new: bool) -> StoredRule:
    """Raises Conflict where somebody has changed it since; InvalidInput for what cannot be, or would never end."""
    schema = session.full.schema
    checked(session, session.full.by_id[rule.object], rule.id, rule.settings)
    others = [each for each in await rules_of(connection, schema, rule.object) if each.id != rule.id]
    if len(others) >= MOST_RULES:
        raise InvalidInput("too_many_grading_rules", limit=MOST_RULES)
    if rule.active:
        ordered(session, [rule, *(each for each in others if each.active)])
    await touch_policies(connection, schema)
    table = grading_tables(schema).rule
    values = {
        "object_id": rule.object,
        "position": rule.position,
        "active": rule.active,
        "settings": rule.settings.model_dump(mode="json"),
        "owner_id": rule.owner,
        "updated_by": session.actor.user_id,
        "updated_at": sa.func.now(),
    }
    if new:
        await run(connection, sa.insert(table).values(id=rule.id, version=1, **values))
        return rule
    changed = (
        sa.update(table)
        .where(table.c.id == rule.id, table.c.version == rule.version)
        .values(**values, version=table.c.version + 1)
        .returning(table.c.version)
    )
    row = await (await run(connection, changed)).fetchone()
    if row is None:
        raise Conflict("grading_rule_changed")
    return StoredRule(rule.id, rule.object, rule.position, rule.active, rule.settings, rule.owner, row[0])


async def remove_rule(connection: Connection, schema: str, key: UUID) -> None:
    await touch_policies(connection, schema)
    table = grading_tables(schema).rule
    await run(connection, sa.delete(table).where(table.c.id == key))


def new_rule(
    obj: Object, settings: RuleSettings, owner: UUID | None, position: int, *, active: bool
) -> StoredRule:
    return StoredRule(new_id(), obj.id, position, active, settings, owner, 1)
