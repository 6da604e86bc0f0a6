"""Where an object, field, choice, role or view is used, wherever that is kept; how full fields are."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from banyan.access.roles import list_roles, read_role
from banyan.access.sharing import list_rules
from banyan.db.compile import compile_statement
from banyan.db.database import Connection
from banyan.kernel.errors import NotFound
from banyan.metadata.catalog import Catalog, Object
from banyan.metadata.usage import Found, Target, asks, uses_of
from banyan.metadata.views import shared_views
from banyan.query.filling import filling, last_written

LARGEST_COUNTED = 200_000  # rows; of larger tables a sample is counted


def target_of(catalog: Catalog, object_name: str, field_name: str | None, choice: str | None) -> Target:
    """Raises NotFound for a field or choice that is not there."""
    obj = catalog.object(object_name)
    if field_name is None:
        return Target(obj)
    field = obj.field(field_name)
    if field is None:
        raise NotFound("unknown_field", field=field_name, object=obj.api_name)
    keys = [each.key for each in getattr(field.config, "choices", ())]
    if choice is not None and choice not in keys:
        raise NotFound("unknown_choice", value=choice)
    return Target(obj, field, choice)


async def uses_everywhere(connection: Connection, catalog: Catalog, target: Target) -> list[dict[str, Any]]:
    """Uses in definitions, then in shared views, roles and sharing rules."""
    found = uses_of(catalog, target)
    found += await _views(connection, catalog, target)
    found += await _roles(connection, catalog, target)
    for rule in await list_rules(connection, catalog):
        obj = catalog.by_name.get(rule["object"])
        of_object = target.field is None and obj is target.object
        if obj is not None and (of_object or _asks(catalog, obj, rule["condition"], target)):
            found.append(Found("sharing", obj.api_name, None, _first(rule["name"])))
    return [asdict(each) for each in found]


async def uses_of_role(connection: Connection, catalog: Catalog, key: str) -> list[dict[str, Any]]:
    """Views, layouts and sharing rules that are for a role, and how many hold it."""
    role = await read_role(connection, catalog, key)
    found = [
        Found("view", view["object"], None, _first(view["name"]))
        for view in await shared_views(connection, catalog)
        if key in view.get("roles", ())
    ]
    for obj in catalog.objects:
        found += [
            Found("layout", obj.api_name, None, each.key)
            for each in obj.definition.layouts
            if key in each.roles
        ]
    for rule in await list_rules(connection, catalog):
        if f"role:{key}" in rule["principals"]:
            found.append(Found("sharing", rule["object"], None, _first(rule["name"])))
    if role["holders"]:
        found.append(Found("holders", "", None, str(role["holders"])))
    return [asdict(each) for each in found]


async def _views(connection: Connection, catalog: Catalog, target: Target) -> list[Found]:
    found = []
    for view in await shared_views(connection, catalog):
        obj = catalog.object(view["object"])
        config = view.get("config", {})
        if (target.field is None and obj is target.object) or _in_view(catalog, obj, config, target):
            found.append(Found("view", obj.api_name, None, _first(view["name"])))
    return found


# Members of a view's configuration that name one field each.
_DRAWN_BY = (
    "group_by",
    "date_field",
    "end_field",
    "image_field",
    "line_field",
    "lane_field",
    "blocked_field",
)


def _in_view(catalog: Catalog, obj: Object, config: Mapping[str, Any], target: Target) -> bool:
    if _asks(catalog, obj, config.get("where"), target):
        return True
    if target.choice is not None or target.field is None:
        return False
    single = [config.get(name) for name in _DRAWN_BY]
    named = [
        *config.get("columns", ()),
        *config.get("card_fields", ()),
        *(each["field"] for each in config.get("sort", ())),
        *filter(None, single),
    ]
    paths = ({"field": name, "op": "is_empty"} for name in named)
    return any(_asks(catalog, obj, path, target) for path in paths)


def _asks(catalog: Catalog, obj: Object, where: Mapping[str, Any] | None, target: Target) -> bool:
    return where is not None and asks(catalog, obj, where, target)


async def _roles(connection: Connection, catalog: Catalog, target: Target) -> list[Found]:
    """Roles that restrict the field, ask of it in a condition, or (of an object) give rights to it by name."""
    found = []
    for head in await list_roles(connection, catalog.schema):
        role = await read_role(connection, catalog, head["key"])
        own = role["grants"].get(target.object.api_name, {})
        if target.field is None:
            hit = bool(own)
        else:
            levels = role["fields"].get(target.object.api_name, {})
            hit = target.choice is None and target.field.api_name in levels
            hit = hit or any(
                _asks(catalog, target.object, each["condition"], target) for each in own.values()
            )
        if hit:
            found.append(Found("role", target.object.api_name, None, _first(head["label"])))
    return found


def _first(label: Mapping[str, str]) -> str:
    return next(iter(label.values()), "")


@dataclass(frozen=True)
class Filling:
    """How many records have a value in each field; of a large table a sample stands for all."""

    total: int
    sampled: bool
    fields: Mapping[str, Mapping[str, Any]]


async def fields_filled(connection: Connection, catalog: Catalog, obj: Object) -> Filling:
    """Fill and last use of every field: what nobody fills may go."""
    statement, sampled = await filling(connection, obj, LARGEST_COUNTED)
    compiled = compile_statement(statement)
    row = await (await connection.execute(compiled.sql, dict(compiled.params))).fetchone()
    total, *counts = row if row is not None else (0,)
    stored = [field for field in obj.custom_fields if field.specs]
    used = await last_written(connection, obj)
    fields = {
        field.api_name: {
            "filled": count,
            "last_used": used.get(field.physical()),
            "uses": len(uses_of(catalog, Target(obj, field))),
        }
        for field, count in zip(stored, counts, strict=True)
    }
    return Filling(total, sampled, fields)
