"""Rules of duplicates: documents per object, with those that come with the house where nobody has written others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal
from uuid import UUID

import orjson
import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, field_validator
from pydantic import Field as Bound
from sqlalchemy.dialects.postgresql import insert

from banyan.access.holders import touch_policies
from banyan.db.compile import CompiledStatement, compile_statement
from banyan.db.database import Connection
from banyan.db.kept import kept
from banyan.db.statements import run
from banyan.duplicates.tables import duplicate_tables
from banyan.duplicates.values import WAYS, Way
from banyan.filters.document import parse_filter
from banyan.kernel.errors import BanyanError, Conflict, FieldProblem, InvalidInput
from banyan.kernel.faults import Fault, problems_of
from banyan.metadata.catalog import Catalog, Field, Object
from banyan.records.session import Session

MOST_RULES, MOST_PARTS = 20, 5
BLOCK, WARN, MERGE = "block", "warn", "merge"
WayKey = Literal["exact", "phone", "code", "email", "domain", "name", "near"]
# Compared as text: of what is sealed, computed or many nothing can be looked up.
COMPARED = frozenset(
    (
        *("text", "phone", "email", "url", "single_choice", "number"),
        *("date", "relation", "user", "barcode", "identifier", "autonumber"),
    )
)


class Part(BaseModel):
    """One comparison: `field` of the written record with `other` of the one that may be there already."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    way: WayKey
    field: str = Bound(max_length=63)
    other: str = Bound(max_length=63)


class RuleBody(BaseModel):
    """All parts must match. `where` says which records of `against` count; `exempt` names principals."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str = Bound(pattern="^[a-z][a-z0-9_]{0,39}$")
    label: Mapping[Literal["zh-CN", "en"], str]
    against: str = Bound(max_length=63)
    active: bool = True
    action: Literal["block", "warn", "merge"]
    parts: tuple[Part, ...] = Bound(min_length=1, max_length=MOST_PARTS)
    where: dict[str, Any] | None = None
    exempt: tuple[str, ...] = Bound(default=(), max_length=50)

    @field_validator("label")
    @classmethod
    def _said(cls, label: Mapping[str, str]) -> Mapping[str, str]:
        if not any(text.strip() for text in label.values()) or any(len(t) > 120 for t in label.values()):  # noqa: PLR2004
            raise Fault("label_length", longest=120)
        return label


_RULES: TypeAdapter[tuple[RuleBody, ...]] = TypeAdapter(tuple[RuleBody, ...])


@dataclass(frozen=True, eq=False)
class Comparison:
    way: Way
    field: Field
    other: Field


@dataclass(frozen=True, eq=False)
class Rule:
    """A rule with its fields found in the catalog. `driving` is the part by which candidates are looked up."""

    body: RuleBody
    obj: Object
    against: Object
    parts: tuple[Comparison, ...]

    @property
    def driving(self) -> Comparison:
        return min(self.parts, key=lambda part: part.way.selective)

    @property
    def columns(self) -> frozenset[str]:
        """Physical columns of the written record: who touches none of them makes no new duplicate."""
        return frozenset(part.field.physical() for part in self.parts)

    @property
    def guarded(self) -> bool:
        """A unique field's index decides races already."""
        part = self.driving
        return self.obj is self.against and part.field is part.other and part.field.definition.unique

    def spares(self, session: Session) -> bool:
        held = {*session.policy.standing.principals, *(f"role:{role.key}" for role in session.policy.roles)}
        return not held.isdisjoint(self.body.exempt)


def _rule(
    key: str, zh: str, en: str, action: str, *parts: tuple[str, str, str], against: str = ""
) -> dict[str, Any]:
    return {
        "key": key,
        "label": {"zh-CN": zh, "en": en},
        "against": against,
        "action": action,
        "parts": [{"way": way, "field": field, "other": other} for way, field, other in parts],
    }


# What comes with the house, by the object's first name. `against` empty is the object itself.
DEFAULTS: Mapping[str, tuple[dict[str, Any], ...]] = {
    "account": (
        _rule("code", "统一社会信用代码相同", "Same credit code", BLOCK, ("code", "credit_code", "credit_code")),
        _rule("name", "客户名称相同", "Same company name", WARN, ("name", "name", "name")),
        _rule("near_name", "客户名称相近", "Similar company name", MERGE, ("near", "name", "name")),
        _rule("phone", "电话相同", "Same phone", WARN, ("phone", "phone", "phone")),
    ),
    "lead": (
        _rule("phone", "电话相同", "Same phone", WARN, ("phone", "phone", "phone")),
        _rule("email", "邮箱相同", "Same e-mail", WARN, ("email", "email", "email")),
        _rule(
            "account_phone", "已是客户（电话）", "Phone of a customer", WARN, ("phone", "phone", "phone"),
            against="account",
        ),
        _rule(
            "account_name", "已是客户（公司名）", "Company is a customer", MERGE, ("name", "company", "name"),
            against="account",
        ),
        _rule(
            "contact_mobile", "已是联系人（手机）", "Mobile of a contact", MERGE, ("phone", "phone", "mobile"),
            against="contact",
        ),
    ),
    "contact": (
        _rule("mobile", "手机相同", "Same mobile", WARN, ("phone", "mobile", "mobile")),
        _rule("email", "邮箱相同", "Same e-mail", WARN, ("email", "email", "email")),
    ),
}  # fmt: skip


def defaults_of(obj: Object) -> tuple[RuleBody, ...]:
    found = DEFAULTS.get(obj.grant_key, ())
    return tuple(
        RuleBody.model_validate({**each, "against": each["against"] or obj.api_name}) for each in found
    )


@dataclass(frozen=True)
class Settings:
    """Rules of one object as they are kept. `version` 0: those that come with the house."""

    rules: tuple[RuleBody, ...]
    version: int = 0


async def read_settings(connection: Connection, catalog: Catalog) -> dict[UUID, Settings]:
    """Of every live object that has rules."""
    return _settings(catalog, await _written(connection, catalog.schema))


# Of each object its rules as they are written, and their version.
_Written = tuple[tuple[UUID, bytes, int], ...]


async def _written(connection: Connection, schema: str) -> _Written:
    statement = _asked(schema)
    rows = await (await connection.execute(statement.sql, dict(statement.params))).fetchall()
    return tuple((row[0], bytes(row[1]), row[2]) for row in rows)


@lru_cache(maxsize=256)
def _asked(schema: str) -> CompiledStatement:
    table = duplicate_tables(schema).setting
    columns = (table.c.object_id, table.c.rules, table.c.version)
    return compile_statement(sa.select(*columns).order_by(table.c.object_id))


def _settings(catalog: Catalog, written: _Written) -> dict[UUID, Settings]:
    kept = {row[0]: Settings(_RULES.validate_python(orjson.loads(row[1])), row[2]) for row in written}
    found = {obj.id: kept.get(obj.id) or Settings(_own(catalog, obj)) for obj in catalog.objects}
    return {key: settings for key, settings in found.items() if settings.rules or settings.version}


def _own(catalog: Catalog, obj: Object) -> tuple[RuleBody, ...]:
    return catalog.keep(("duplicate defaults", obj.id), lambda: defaults_of(obj))


def bound(catalog: Catalog, obj: Object, body: RuleBody) -> Rule | None:
    """The rule with its fields; None where an object or a field is not there (any more)."""
    against = catalog.by_name.get(body.against)
    if against is None:
        return None
    parts = []
    for part in body.parts:
        field, other = obj.field(part.field), against.field(part.other)
        if field is None or other is None or not (comparable(field) and comparable(other)):
            return None
        parts.append(Comparison(WAYS[part.way], field, other))
    return Rule(body, obj, against, tuple(parts))


def comparable(field: Field) -> bool:
    return field.definition.type in COMPARED and not field.kind.virtual


async def all_rules(connection: Connection, catalog: Catalog) -> list[Rule]:
    """Every active rule whose fields are there. Asked at every write: what is written is kept, and built once."""
    schema = catalog.schema
    written = await kept(connection, schema, "duplicates", lambda: _written(connection, schema))
    known: dict[_Written, list[Rule]] = catalog.keep("duplicate rules", dict)
    if written not in known:
        known.clear()
        known[written] = _built(catalog, written)
    return known[written]


def _built(catalog: Catalog, written: _Written) -> list[Rule]:
    found = []
    for key, settings in _settings(catalog, written).items():
        obj = catalog.by_id[key]
        found += [rule for body in settings.rules if body.active and (rule := bound(catalog, obj, body))]
    return found


def keys_wanted(rules: Sequence[Rule], obj: Object) -> dict[str, tuple[Field, ...]]:
    """Which ways of which fields of `obj` are looked up by a rule, in a fixed order."""
    found: dict[str, dict[str, Field]] = {}
    for rule in rules:
        if rule.against.id == obj.id:
            part = rule.driving
            found.setdefault(part.way.key, {})[part.other.slug] = part.other
    return {way: tuple(fields[slug] for slug in sorted(fields)) for way, fields in sorted(found.items())}


async def save_rules(
    connection: Connection, session: Session, obj: Object, raw: Sequence[Any], version: int
) -> int:
    """Replace the rules of an object. Raises InvalidInput with every fault, Conflict when somebody was faster."""
    bodies = _checked(session, obj, raw)
    await touch_policies(connection, session.full.schema)
    table = duplicate_tables(session.full.schema).setting
    document = [body.model_dump(mode="json") for body in bodies]
    values = {"rules": document, "updated_by": session.actor.user_id, "updated_at": sa.func.now()}
    if version:
        statement: Any = (
            sa.update(table)
            .where(table.c.object_id == obj.id, table.c.version == version)
            .values(**values, version=table.c.version + 1)
            .returning(table.c.version)
        )
    else:
        statement = (
            insert(table)
            .values(object_id=obj.id, **values)
            .on_conflict_do_nothing()
            .returning(table.c.version)
        )
    row = await (await run(connection, statement)).fetchone()
    if row is None:
        raise Conflict("duplicate_rules_changed")
    return int(row[0])


async def forget_rules(connection: Connection, session: Session, obj: Object) -> None:
    """Back to what comes with the house."""
    await touch_policies(connection, session.full.schema)
    table = duplicate_tables(session.full.schema).setting
    await run(connection, sa.delete(table).where(table.c.object_id == obj.id))


def _checked(session: Session, obj: Object, raw: Sequence[Any]) -> tuple[RuleBody, ...]:
    if len(raw) > MOST_RULES:
        raise InvalidInput(problems=[FieldProblem("/rules", "too_many_rules", {"limit": MOST_RULES})])
    problems: list[FieldProblem] = []
    bodies: list[RuleBody] = []
    for index, each in enumerate(raw):
        try:
            bodies.append(RuleBody.model_validate(each))
        except ValidationError as error:
            problems += problems_of(error.errors(), f"/rules/{index}")
    if len({body.key for body in bodies}) != len(bodies):
        problems.append(FieldProblem("/rules", "rule_key_twice"))
    for index, body in enumerate(bodies):
        problems += _faults(session, obj, body, f"/rules/{index}")
    if problems:
        raise InvalidInput(problems=problems)
    return tuple(bodies)


def _faults(session: Session, obj: Object, body: RuleBody, place: str) -> list[FieldProblem]:
    found: list[FieldProblem] = []
    against = session.full.by_name.get(body.against)
    if against is None:
        return [FieldProblem(f"{place}/against", "unknown_object", {"object": body.against})]
    for index, part in enumerate(body.parts):
        for name, key, target in (("field", part.field, obj), ("other", part.other, against)):
            field = target.field(key)
            if field is None:
                found.append(FieldProblem(f"{place}/parts/{index}/{name}", "unknown_field", {"field": key}))
            elif not comparable(field):
                found.append(FieldProblem(f"{place}/parts/{index}/{name}", "not_compared", {"field": key}))
    if body.where is not None:
        try:
            parse_filter(body.where)
            session.resolver.unrestricted.document(against, body.where)
        except BanyanError as error:
            where = f"{place}/where"
            told = [replace(each, pointer=where) for each in error.problems]
            found += told or [FieldProblem(where, error.code, error.params)]
    return found


async def read_building(connection: Connection, catalog: Catalog) -> dict[UUID, dict[str, int]]:
    """Objects whose keys are being built, and how far that is."""
    table = duplicate_tables(catalog.schema).build
    asked = sa.select(table.c.object_id, table.c.done, table.c.total).where(table.c.built.is_(None))
    rows = await (await run(connection, asked)).fetchall()
    return {row[0]: {"done": row[1], "total": row[2]} for row in rows}
