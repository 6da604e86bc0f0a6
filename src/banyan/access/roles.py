"""Roles as documents: read, write, remove. Objects and fields are named as today; kept by what never changes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

import orjson
import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, field_validator
from pydantic import Field as Bound

from banyan.access.holders import check_somebody_rules, touch_policies
from banyan.access.model import ACTIONS, EVERY_OBJECT, Action, Level, Power, Scope
from banyan.access.policy import Policy
from banyan.access.tables import access_tables
from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.filters.ast import is_hollow
from banyan.filters.document import parse_filter
from banyan.kernel.errors import Conflict, Denied, FieldProblem, InvalidInput, NotFound
from banyan.metadata.catalog import Catalog, Object
from banyan.metadata.definitions import API_NAME
from banyan.metadata.labels import Label, checked_label

_OPEN = ("id", "version")  # what no role can hide


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class GrantBody(_Body):
    """A data scope. `departments` belongs to scope departments, `condition` (a filter) to scope filter."""

    scope: Scope
    departments: tuple[UUID, ...] = Bound(default=(), max_length=500)
    condition: dict[str, Any] | None = None


class FieldBody(_Body):
    level: Level
    unmask: bool = False


class RoleBody(_Body):
    """A whole role. `grants`: {object or "*": {action: grant}}, `fields`: {object: {field: access}}."""

    label: Label
    description: Mapping[str, str] = Bound(default_factory=dict)
    powers: tuple[Power, ...] = ()
    grants: Mapping[str, Mapping[Action, GrantBody]] = Bound(default_factory=dict)
    fields: Mapping[str, Mapping[str, FieldBody]] = Bound(default_factory=dict)

    @field_validator("label")
    @classmethod
    def _label(cls, label: Label) -> Label:
        return checked_label(label)


@dataclass(frozen=True)
class RoleHead:
    key: str
    locked: bool
    kind: str
    version: int
    powers: tuple[str, ...]


async def list_roles(connection: Connection, schema: str) -> list[dict[str, Any]]:
    """Heads of all roles with the number of their holders."""
    tables = access_tables(schema)
    role = tables.role.c
    holders = (
        sa.select(sa.func.count())
        .where(tables.holder.c.role_key == role.key)
        .correlate(tables.role)
        .scalar_subquery()
    )
    cursor = await run(
        connection,
        sa.select(
            role.key, role.label, role.description, role.kind, role.locked, role.powers, role.version, holders
        ).order_by(role.position, role.key),
    )
    return [
        {
            "key": row[0],
            "label": orjson.loads(row[1]),
            "description": orjson.loads(row[2]),
            "kind": row[3],
            "locked": row[4],
            "powers": row[5],
            "version": row[6],
            "holders": row[7],
        }
        for row in await cursor.fetchall()
    ]


async def read_role(connection: Connection, catalog: Catalog, key: str) -> dict[str, Any]:
    """One role whole. Grants for objects and fields that are gone are passed over. Raises NotFound."""
    tables = access_tables(catalog.schema)
    heads = [role for role in await list_roles(connection, catalog.schema) if role["key"] == key]
    if not heads:
        raise NotFound("unknown_role", role=key)
    by_key = {obj.grant_key: obj for obj in catalog.objects}
    grants: dict[str, dict[str, Any]] = {}
    # In one order: what is written down of a role is compared with what was.
    asked = sa.select(tables.grant).where(tables.grant.c.role_key == key)
    cursor = await run(connection, asked.order_by(tables.grant.c.object, tables.grant.c.action))
    for _, name, action, scope, departments, condition in await cursor.fetchall():
        shown = EVERY_OBJECT if name == EVERY_OBJECT else _name(by_key.get(name))
        if shown is not None:
            grants.setdefault(shown, {})[action] = {
                "scope": scope,
                "departments": [str(each) for each in departments],
                "condition": orjson.loads(condition) if condition else None,
            }
    fields: dict[str, dict[str, Any]] = {}
    masks = sa.select(tables.field).where(tables.field.c.role_key == key)
    cursor = await run(connection, masks.order_by(tables.field.c.object, tables.field.c.field_id))
    for _, name, field_id, level, unmask in await cursor.fetchall():
        obj = by_key.get(name)
        field = next((each for each in obj.fields if each.id == field_id), None) if obj else None
        if obj is not None and field is not None:
            fields.setdefault(obj.api_name, {})[field.api_name] = {"level": level, "unmask": unmask}
    return {**heads[0], "grants": grants, "fields": fields}


def _name(obj: Object | None) -> str | None:
    return None if obj is None else obj.api_name


async def write_role(
    connection: Connection, catalog: Catalog, policy: Policy, key: str, body: RoleBody, *, version: int | None
) -> None:
    """Create (`version` None) or replace a role. Raises Conflict for a lost race, Denied for a locked one."""
    if not API_NAME.fullmatch(key):
        raise InvalidInput(problems=[FieldProblem("/key", "invalid_role_key")])
    grants, fields = _grant_rows(catalog, key, body), _field_rows(catalog, key, body)
    schema = catalog.schema
    await touch_policies(connection, schema)
    head = await _head(connection, schema, key)
    if version is None and head is not None:
        raise Conflict("role_key_taken", role=key)
    if version is not None and head is None:
        raise NotFound("unknown_role", role=key)
    if head is not None and head.version != version:
        raise Conflict("role_changed", role=key, version=head.version)
    _check_lock(policy, head)
    _check_powers(policy, {*body.powers} ^ {*(head.powers if head else ())})
    tables = access_tables(schema)
    values = {"label": dict(body.label), "description": dict(body.description), "powers": list(body.powers)}
    if head is None:
        await run(connection, sa.insert(tables.role).values(key=key, position=1000, **values))
    else:
        changed = sa.update(tables.role).where(tables.role.c.key == key)
        await run(connection, changed.values(version=tables.role.c.version + 1, **values))
    for table, rows in ((tables.grant, grants), (tables.field, fields)):
        await run(connection, sa.delete(table).where(table.c.role_key == key))
        if rows:
            await run(connection, sa.insert(table).values(rows))
    await check_somebody_rules(connection, schema)


async def remove_role(connection: Connection, schema: str, policy: Policy, key: str) -> None:
    """Remove a role nobody holds. Standard roles stay: their objects' packages would bring them back."""
    await touch_policies(connection, schema)
    head = await _head(connection, schema, key)
    if head is None:
        raise NotFound("unknown_role", role=key)
    _check_lock(policy, head)
    tables = access_tables(schema)
    held = await run(connection, sa.select(sa.func.count()).where(tables.holder.c.role_key == key))
    row = await held.fetchone()
    if head.kind == "standard":
        raise Conflict("role_standard", role=key)
    if row is not None and row[0]:
        raise Conflict("role_in_use", role=key, count=row[0])
    await run(connection, sa.delete(tables.role).where(tables.role.c.key == key))


async def require_givable(connection: Connection, policy: Policy, keys: Iterable[str]) -> None:
    """Whether the actor may give or take each of the roles: nobody gives a power they do not hold.

    A locked role is handed on by its own holders; every other one needs the power `roles` besides.
    """
    for key in sorted(keys):
        head = await _head(connection, policy.actor.workspace, key)
        if head is None:
            raise NotFound("unknown_role", role=key)
        _check_lock(policy, head)
        if not head.locked and not policy.has("roles"):
            raise Denied("power_needed", power="roles")
        _check_powers(policy, set(head.powers))


async def check_after_leaving(connection: Connection, schema: str) -> None:
    """After somebody's access ended: somebody else must still rule."""
    await touch_policies(connection, schema)
    await check_somebody_rules(connection, schema)


async def _head(connection: Connection, schema: str, key: str) -> RoleHead | None:
    role = access_tables(schema).role.c
    cursor = await run(
        connection,
        sa.select(role.key, role.locked, role.kind, role.version, role.powers).where(role.key == key),
    )
    row = await cursor.fetchone()
    return None if row is None else RoleHead(row[0], row[1], row[2], row[3], tuple(row[4]))


def _check_lock(policy: Policy, head: RoleHead | None) -> None:
    if (
        head is not None
        and head.locked
        and not all(policy.has(cast("Power", power)) for power in head.powers)
    ):
        raise Denied("role_locked", role=head.key)


def _check_powers(policy: Policy, changed: set[str]) -> None:
    """Nobody gives a power they do not hold."""
    for power in sorted(changed):
        if not policy.has(cast("Power", power)):
            raise Denied("power_not_yours", power=power)


def _grant_rows(catalog: Catalog, key: str, body: RoleBody) -> list[dict[str, Any]]:
    rows = []
    for name, actions in body.grants.items():
        place = f"/grants/{name}"
        stored = EVERY_OBJECT if name == EVERY_OBJECT else _object(catalog, name, place).grant_key
        for action in ACTIONS:
            if action not in actions:
                continue
            grant = actions[action]
            _check_grant(grant, f"{place}/{action}", every=stored == EVERY_OBJECT)
            rows.append(
                {
                    "role_key": key,
                    "object": stored,
                    "action": action,
                    "scope": grant.scope,
                    "departments": list(grant.departments),
                    "condition": grant.condition,
                }
            )
    return rows


def _check_grant(grant: GrantBody, place: str, *, every: bool) -> None:
    problem = None
    if (grant.scope == "filter") != (grant.condition is not None):
        problem = FieldProblem(f"{place}/condition", "grant_condition")
    elif (grant.scope == "departments") != bool(grant.departments):
        problem = FieldProblem(f"{place}/departments", "grant_departments")
    elif every and grant.scope == "filter":
        problem = FieldProblem(f"{place}/scope", "grant_filter_needs_object")
    if problem is not None:
        raise InvalidInput(problems=[problem])
    if grant.condition is not None and is_hollow(parse_filter(grant.condition, f"{place}/condition")):
        raise InvalidInput(problems=[FieldProblem(f"{place}/condition", "condition_empty")])


def _field_rows(catalog: Catalog, key: str, body: RoleBody) -> list[dict[str, Any]]:
    rows = []
    for name, fields in body.fields.items():
        obj = _object(catalog, name, f"/fields/{name}")
        for field_name, access in fields.items():
            place = f"/fields/{name}/{field_name}"
            field = obj.field(field_name)
            if field is None:
                problem = FieldProblem(place, "unknown_field", {"field": field_name, "object": obj.api_name})
                raise InvalidInput(problems=[problem])
            if access.level in ("hidden", "masked") and (field is obj.title or field.api_name in _OPEN):
                raise InvalidInput(problems=[FieldProblem(place, "title_stays_open", {"field": field_name})])
            if access.level != "edit":
                rows.append(
                    {
                        "role_key": key,
                        "object": obj.grant_key,
                        "field_id": field.id,
                        "level": access.level,
                        "unmask": access.unmask and access.level == "masked",
                    }
                )
    return rows


def _object(catalog: Catalog, name: str, place: str) -> Object:
    obj = catalog.by_name.get(name)
    if obj is None:
        raise InvalidInput(problems=[FieldProblem(place, "unknown_object", {"object": name})])
    return obj
