"""From roles held to a Policy: two statements, whatever the size of the organisation.

The first finds where the person stands (departments up and down, reporting line, groups); the second everything the
roles held through that give. Times of roles are looked at now; the policy says until when it holds.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, cast
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from banyan.access.model import (
    ACTIONS,
    EVERY_OBJECT,
    LEVELS,
    ORGANISATION,
    Action,
    FieldAccess,
    Grant,
    HeldRole,
    Power,
    SharingRule,
    Standing,
)
from banyan.access.policy import Policy, system_policy
from banyan.access.tables import AccessTables, access_tables
from banyan.db.compile import CompiledStatement, compile_statement
from banyan.db.database import Connection
from banyan.filters.document import parse_filter
from banyan.kernel.actor import Actor
from banyan.kernel.errors import InvalidInput

# Deeper trees than this are cycles that a restore or a script made; reading them must end.
DEEPEST = 32
_TEXTS = ARRAY(sa.Text())


async def load_policy(connection: Connection, actor: Actor) -> Policy:
    """The policy of `actor` at this moment."""
    if actor.kind == "system":
        return system_policy(actor)
    statement = _standing_sql(actor.workspace)
    cursor = await connection.execute(statement.sql, {**statement.params, "me": actor.user_id})
    row = await cursor.fetchone()
    if row is None or row[1] is None:
        return Policy(actor, {}, int(row[0]) if row else 0)
    standing = _standing(actor, orjson.loads(row[1]))
    document = await roles_document(connection, actor.workspace, standing.principals)
    return policy_from(actor, standing, int(row[0]), document)


async def roles_document(
    connection: Connection, schema: str, principals: Sequence[str] | None
) -> Mapping[str, Any]:
    """Everything the roles held by `principals` give, and all sharing rules; None is everybody's roles."""
    statement = _roles_sql(schema)
    binds = {"principals": list(principals or ()), "everybody": principals is None}
    cursor = await connection.execute(statement.sql, {**statement.params, **binds})
    row = await cursor.fetchone()
    found: Mapping[str, Any] = orjson.loads(row[0]) if row else {}
    return found


def _standing(actor: Actor, document: Mapping[str, Any]) -> Standing:
    """Shares with a department reach everything below it, so a person's principals go up the tree."""
    principals = [
        f"user:{actor.user_id}",
        *(f"department:{key}" for key in document["above"]),
        *(f"group:{key}" for key in document["groups"]),
    ]
    if document["position"]:
        principals.append(f"position:{document['position']}")
    main = document["main"]
    return Standing(
        departments=_ids(document["departments"]),
        below=_ids(document["below"]),
        subordinates=_ids(document["subordinates"]),
        principals=tuple(principals),
        main_department=UUID(main) if main else None,
    )


def _ids(values: Iterable[str]) -> tuple[UUID, ...]:
    return tuple(map(UUID, values))


def policy_from(actor: Actor, standing: Standing, version: int, document: Mapping[str, Any]) -> Policy:
    """The policy of somebody who stands there, from a `roles_document` with their own holders."""
    now = datetime.fromisoformat(document["now"])
    holders = [_held(row) for row in document["holders"]]
    active = [
        role
        for role in holders
        if (role.starts_at is None or role.starts_at <= now) and (role.ends_at is None or role.ends_at > now)
    ]
    changes = [
        moment for role in holders for moment in (role.starts_at, role.ends_at) if moment and moment > now
    ]
    keys = {role.key for role in active}
    principals = (*standing.principals, *(f"role:{key}" for key in sorted(keys)))
    grants = _grants(row for row in document["grants"] if row["role_key"] in keys)
    for role in document["roles"]:
        if role["key"] in keys:
            _add_organisation(grants, role["key"], role["powers"])
    return Policy(
        actor=actor,
        grants=grants,
        version=version,
        powers=frozenset(
            cast("Power", power) for row in document["roles"] if row["key"] in keys for power in row["powers"]
        ),
        fields=_fields(grants, [row for row in document["fields"] if row["role_key"] in keys]),
        rules=_rules(document["rules"], frozenset(principals)),
        standing=Standing(
            standing.departments, standing.below, standing.subordinates, principals, standing.main_department
        ),
        parents={
            row["object"]: UUID(row["parent_field"]) for row in document["parents"] if row["parent_field"]
        },
        roles=tuple(active),
        valid_until=min(changes, default=None),
    )


def _held(row: Mapping[str, Any]) -> HeldRole:
    starts, ends = row["starts_at"], row["ends_at"]
    return HeldRole(
        row["role_key"],
        row["label"],
        row["kind"],
        UUID(row["holder_id"]),
        datetime.fromisoformat(starts) if starts else None,
        datetime.fromisoformat(ends) if ends else None,
    )


def _grants(rows: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], tuple[Grant, ...]]:
    found: dict[tuple[str, str], tuple[Grant, ...]] = {}
    for row in rows:
        condition = None
        scope = row["scope"]
        if row["condition"] is not None:
            try:
                condition = parse_filter(row["condition"])
            except InvalidInput:
                scope = "none"  # a filter nobody can read opens nothing
        grant = Grant(row["role_key"], scope, _ids(row["departments"]), condition)
        key = (row["object"], row["action"])
        found[key] = (*found.get(key, ()), grant)
    return found


def _add_organisation(
    grants: dict[tuple[str, str], tuple[Grant, ...]], role: str, powers: Sequence[str]
) -> None:
    """Who manages people works on the organisation's records; who gives roles sees to whom."""
    actions: Sequence[Action] = ACTIONS if "people" in powers else ("read",) if "roles" in powers else ()
    for name in ORGANISATION:
        for action in actions:
            others = tuple(grant for grant in grants.get((name, action), ()) if grant.role != role)
            grants[name, action] = (*others, Grant(role, "all"))


def _fields(
    grants: Mapping[tuple[str, str], tuple[Grant, ...]], rows: Iterable[Mapping[str, Any]]
) -> dict[str, dict[UUID, FieldAccess]]:
    """What differs from full access: a field is as open as the widest of the roles that let the object be read."""
    rules: dict[tuple[str, UUID], dict[str, FieldAccess]] = {}
    for row in rows:
        key = (row["object"], UUID(row["field_id"]))
        rules.setdefault(key, {})[row["role_key"]] = FieldAccess(row["level"], row["unmask"])
    found: dict[str, dict[UUID, FieldAccess]] = {}
    for (object_key, field_id), by_role in rules.items():
        readers = _readers(grants, object_key)
        levels = [by_role.get(role, FieldAccess()) for role in readers]
        if not levels:
            continue
        widest = max(levels, key=lambda access: LEVELS.index(access.level))
        if widest.level != "edit":
            unmask = any(access.unmask for access in levels if access.level == "masked")
            found.setdefault(object_key, {})[field_id] = FieldAccess(widest.level, unmask)
    return found


def _readers(grants: Mapping[tuple[str, str], tuple[Grant, ...]], object_key: str) -> set[str]:
    named = {grant.role: grant.scope for grant in grants.get((object_key, "read"), ())}
    every = {grant.role: grant.scope for grant in grants.get((EVERY_OBJECT, "read"), ())}
    return {role for role, scope in (every | named).items() if scope != "none"}


def _rules(
    rows: Iterable[Mapping[str, Any]], principals: frozenset[str]
) -> dict[str, tuple[SharingRule, ...]]:
    found: dict[str, tuple[SharingRule, ...]] = {}
    for row in rows:
        if principals.isdisjoint(row["principals"]):
            continue
        try:
            condition = parse_filter(row["condition"])
        except InvalidInput:
            continue
        rule = SharingRule(UUID(row["id"]), row["name"], condition, row["access"])
        found[row["object"]] = (*found.get(row["object"], ()), rule)
    return found


@lru_cache(maxsize=256)
def _standing_sql(schema: str) -> CompiledStatement:
    """Binds: me. Returns the policy version and the standing as JSON (null for an unknown or deleted person)."""
    tables = access_tables(schema)
    me = sa.cast(sa.bindparam("me"), sa.Uuid)
    person = (
        sa.select(tables.user.c.id, tables.user.c.department, tables.user.c.position)
        .where(tables.user.c.id == me, tables.user.c.deleted_at.is_(None))
        .cte("person")
    )
    own = _own_departments(tables, person, me)
    document = sa.func.json_build_object(
        sa.text("'main'"),
        person.c.department,
        sa.text("'position'"),
        _live_position(tables, person),
        sa.text("'departments'"),
        _list(sa.select(own.c.id)),
        sa.text("'below'"),
        _list(sa.select(_down(tables, own).c.id)),
        sa.text("'above'"),
        _list(sa.select(_up(tables, own).c.id)),
        sa.text("'subordinates'"),
        _list(sa.select(_line(tables, me).c.id).where(sa.column("id") != me)),
        sa.text("'groups'"),
        _list(_live_groups(tables, me)),
    )
    return compile_statement(
        sa.select(
            sa.select(tables.version.c.version).scalar_subquery(),
            sa.select(document).select_from(person).scalar_subquery(),
        )
    )


def _live_position(tables: AccessTables, person: sa.CTE) -> sa.ScalarSelect[Any]:
    """In the trash a position gives nothing, nor does a group; both give again when they are restored."""
    position = tables.position.c
    live = sa.select(position.id).where(position.id == person.c.position, position.deleted_at.is_(None))
    return live.correlate(person).scalar_subquery()


def _live_groups(tables: AccessTables, me: sa.ColumnElement[Any]) -> sa.Select[Any]:
    group, member = tables.group.c, tables.group_member
    return (
        sa.select(member.c.group_id)
        .join_from(member, tables.group, group.id == member.c.group_id)
        .where(member.c.user_id == me, group.deleted_at.is_(None))
    )


def _list(select: sa.Select[Any]) -> sa.ColumnElement[Any]:
    return sa.func.to_json(sa.func.array(select.distinct().scalar_subquery()))


def _own_departments(tables: AccessTables, person: sa.CTE, me: sa.ColumnElement[Any]) -> sa.CTE:
    """The main department, further ones, and those headed or deputised; only live ones."""
    department, member = tables.department.c, tables.membership.c
    every = sa.union(
        sa.select(person.c.department.label("id")),
        sa.select(member.department_id).where(member.user_id == me),
        sa.select(department.id).where(department.head == me),
    ).subquery("d")
    live = sa.exists().where(department.id == every.c.id, department.deleted_at.is_(None))
    return sa.select(every.c.id).where(live).cte("own")


def _down(tables: AccessTables, start: sa.CTE) -> sa.CTE:
    department = tables.department.c
    tree = sa.select(start.c.id, sa.literal_column("0").label("depth")).cte("below", recursive=True)
    return tree.union(
        sa.select(department.id, tree.c.depth + sa.literal_column("1")).where(
            department.parent == tree.c.id, department.deleted_at.is_(None), tree.c.depth < DEEPEST
        )
    )


def _up(tables: AccessTables, start: sa.CTE) -> sa.CTE:
    department, over = tables.department.c, tables.department.alias("over").c
    tree = sa.select(start.c.id, sa.literal_column("0").label("depth")).cte("above", recursive=True)
    return tree.union(
        sa.select(over.id, tree.c.depth + sa.literal_column("1")).where(
            department.id == tree.c.id,
            over.id == department.parent,
            over.deleted_at.is_(None),
            tree.c.depth < DEEPEST,
        )
    )


def _line(tables: AccessTables, me: sa.ColumnElement[Any]) -> sa.CTE:
    user = tables.user.c
    tree = sa.select(me.label("id"), sa.literal_column("0").label("depth")).cte("line", recursive=True)
    return tree.union(
        sa.select(user.id, tree.c.depth + sa.literal_column("1")).where(
            user.manager == tree.c.id, tree.c.depth < DEEPEST
        )
    )


@lru_cache(maxsize=256)
def _roles_sql(schema: str) -> CompiledStatement:
    """Everything roles give, as one JSON document. Binds: principals (text[]); everybody, when they do not matter."""
    tables = access_tables(schema)
    holder, role = tables.holder.c, tables.role.c
    principal = holder.kind + sa.literal_column("':'") + sa.cast(holder.holder_id, sa.Text)
    everybody = sa.cast(sa.bindparam("everybody", type_=sa.types.NULLTYPE), sa.Boolean)
    wanted = sa.cast(sa.bindparam("principals", type_=sa.types.NULLTYPE), _TEXTS)
    held = (
        sa.select(
            holder.role_key,
            role.label,
            role.powers,
            holder.kind,
            holder.holder_id,
            holder.starts_at,
            holder.ends_at,
        )
        .join_from(tables.holder, tables.role, role.key == holder.role_key)
        .where(sa.or_(everybody, principal == sa.any_(wanted)))
        .cte("held")
    )
    return compile_statement(sa.select(roles_json(tables, held)))


def roles_json(tables: AccessTables, held: sa.CTE) -> sa.ColumnElement[Any]:
    """The document of `held` (the columns of a `HeldRole`), everything its roles give, and all sharing rules."""
    role = tables.role.c
    keys = sa.select(held.c.role_key)
    parts = {
        "holders": sa.select(held),
        "roles": sa.select(role.key, role.powers).where(role.key.in_(keys)),
        "grants": sa.select(tables.grant).where(tables.grant.c.role_key.in_(keys)),
        "fields": sa.select(tables.field).where(tables.field.c.role_key.in_(keys)),
        "rules": sa.select(tables.rule).where(tables.rule.c.active),
        "parents": sa.select(tables.object_access),
    }
    pairs: list[sa.ColumnElement[Any]] = [sa.literal_column("'now'"), sa.func.now()]
    for name, select in parts.items():
        rows = select.subquery(f"x_{name}")
        whole = (
            sa.select(sa.func.json_agg(sa.literal_column(f"x_{name}"))).select_from(rows).scalar_subquery()
        )
        pairs += [
            sa.literal_column(f"'{name}'"),
            sa.func.coalesce(whole.scalar_subquery(), sa.literal_column("'[]'::json")),
        ]
    return sa.func.json_build_object(*pairs)
