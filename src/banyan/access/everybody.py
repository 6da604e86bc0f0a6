"""Policies of everybody at once, as far as one record is concerned: for "who can see this".

One statement reads the organisation; standings are made relative to the record's owner and department, so that
nobody's whole subtree is ever built.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa

from banyan.access.compile import DEEPEST, policy_from, roles_document
from banyan.access.model import EVERY_OBJECT, Standing
from banyan.access.policy import Policy
from banyan.access.tables import access_tables
from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.kernel.actor import Actor


@dataclass(frozen=True)
class Place:
    """What of a record decides scopes: its owners and departments (its own and its parents')."""

    owners: frozenset[str]
    departments: frozenset[str]


@dataclass(frozen=True)
class Everybody:
    """The organisation as read at one moment, by id."""

    schema: str
    people: Mapping[str, Mapping[str, Any]]
    managers: Mapping[str, str]  # also of people in the trash: a line goes on above them
    parents: Mapping[str, str | None]  # of departments
    own: Mapping[str, tuple[str, ...]]  # departments of a person beside the main one
    groups: Mapping[str, tuple[str, ...]]
    roles: Mapping[str, Any]

    def concerned_with(self, keys: Collection[str]) -> "Everybody":
        """Only what decides who reads and changes records of these objects; the rest costs time per person."""
        roles = self.roles
        objects = {*keys, EVERY_OBJECT}
        grants = [
            row
            for row in roles["grants"]
            if row["object"] in objects and row["action"] in ("read", "update") and row["scope"] != "none"
        ]
        # A role that says "none" of a named object takes back what it says of every object.
        named = [
            row
            for row in roles["grants"]
            if row["object"] in keys and row["scope"] == "none" and row not in grants
        ]
        giving = {row["role_key"] for row in grants}
        trimmed = {
            **roles,
            "holders": [row for row in roles["holders"] if row["role_key"] in giving],
            "grants": [*grants, *named],
            "fields": [],
            "rules": [row for row in roles["rules"] if row["object"] in keys],
        }
        return replace(self, roles=trimmed)

    def policies(self, place: Place) -> list[Policy]:
        """A policy per person who holds any role, right for records at `place` and no others."""
        above = {owner: self._line(owner) for owner in place.owners}
        way = {department: self._up(department) for department in place.departments}
        by_principal: dict[str, list[Mapping[str, Any]]] = {}
        for row in self.roles["holders"]:
            by_principal.setdefault(f"{row['kind']}:{row['holder_id']}", []).append(row)
        by_role: dict[str, list[Mapping[str, Any]]] = {}
        for row in self.roles["grants"]:
            by_role.setdefault(row["role_key"], []).append(row)
        found = []
        for key, person in self.people.items():
            standing = self._standing(key, person, above, way)
            held = [row for principal in standing.principals for row in by_principal.get(principal, ())]
            if held:
                actor, mine = Actor(UUID(key), self.schema), {row["role_key"] for row in held}
                grants = [row for role in mine for row in by_role.get(role, ())]
                document = {**self.roles, "holders": held, "grants": grants}
                found.append(policy_from(actor, standing, 0, document))
        return found

    def counts(self) -> dict[str, int]:
        """How many people each principal stands for; a department stands for everybody in it and below."""
        found: Counter[str] = Counter()
        for key, person in self.people.items():
            found.update(set(self._standing(key, person, {}, {}).principals))
        return dict(found)

    def powers(self) -> dict[str, frozenset[str]]:
        """Administrative powers by person, of those who hold any, now or by a role that begins later."""
        given = {row["key"]: frozenset(row["powers"]) for row in self.roles["roles"] if row["powers"]}
        by_principal: dict[str, set[str]] = {}
        for row in self.roles["holders"]:
            found = given.get(row["role_key"], frozenset())
            by_principal.setdefault(f"{row['kind']}:{row['holder_id']}", set()).update(found)
        held = {
            key: frozenset().union(
                *(
                    by_principal.get(principal, frozenset())
                    for principal in self._standing(key, person, {}, {}).principals
                )
            )
            for key, person in self.people.items()
        }
        return {key: powers for key, powers in held.items() if powers}

    def _standing(
        self,
        key: str,
        person: Mapping[str, Any],
        above: Mapping[str, frozenset[str]],
        way: Mapping[str, tuple[str, ...]],
    ) -> Standing:
        main = person["department"]
        departments = tuple(dict.fromkeys((*((main,) if main else ()), *self.own.get(key, ()))))
        ups = dict.fromkeys(up for department in departments for up in self._up(department))
        principals = [f"user:{key}", *(f"department:{up}" for up in ups)]
        principals += [f"group:{group}" for group in self.groups.get(key, ())]
        if person["position"]:
            principals.append(f"position:{person['position']}")
        return Standing(
            departments=tuple(map(UUID, departments)),
            below=tuple(UUID(d) for d, ups_of in way.items() if not set(ups_of).isdisjoint(departments)),
            subordinates=tuple(UUID(owner) for owner, line in above.items() if key in line),
            principals=tuple(principals),
            main_department=UUID(main) if main else None,
        )

    def _up(self, department: str) -> tuple[str, ...]:
        found: list[str] = []
        current: str | None = department
        # What is in the trash is no parent: `parents` holds live departments.
        while current is not None and current in self.parents and current not in found:
            found.append(current)
            current = self.parents.get(current)
        return tuple(found)

    def _line(self, person: str) -> frozenset[str]:
        found: set[str] = set()
        current = self.managers.get(person)
        while current is not None and current not in found and len(found) < DEEPEST:
            found.add(current)
            current = self.managers.get(current)
        return frozenset(found)


async def read_everybody(connection: Connection, schema: str) -> Everybody:
    """Everybody who is not in the trash."""
    tables = access_tables(schema)
    user, department = tables.user.c, tables.department.c
    position, group, member = tables.position.c, tables.group.c, tables.group_member.c
    place = sa.select(position.id).where(position.id == user.position, position.deleted_at.is_(None))
    people = sa.select(
        user.id, user.department, place.correlate(tables.user).scalar_subquery().label("position")
    ).where(user.deleted_at.is_(None))
    departments = sa.select(department.id, department.parent, department.head).where(
        department.deleted_at.is_(None)
    )
    parts = {
        "people": people,
        "departments": departments,
        "memberships": sa.select(tables.membership.c.user_id, tables.membership.c.department_id),
        "groups": sa.select(member.group_id, member.user_id)
        .join_from(tables.group_member, tables.group, group.id == member.group_id)
        .where(group.deleted_at.is_(None)),
        "managers": sa.select(user.id, user.manager).where(user.manager.is_not(None)),
    }
    found = {name: await _rows(connection, select) for name, select in parts.items()}
    live = {each["id"]: each["f_parent"] for each in found["departments"]}
    own: dict[str, tuple[str, ...]] = {}
    headed = [(each["f_head"], each["id"]) for each in found["departments"] if each["f_head"]]
    for person, key in [
        *((each["user_id"], each["department_id"]) for each in found["memberships"]),
        *headed,
    ]:
        if key in live:
            own[person] = (*own.get(person, ()), key)
    groups: dict[str, tuple[str, ...]] = {}
    for each in found["groups"]:
        groups[each["user_id"]] = (*groups.get(each["user_id"], ()), each["group_id"])
    known = {
        each["id"]: {
            "department": each["f_department"] if each["f_department"] in live else None,
            "position": each["position"],
        }
        for each in found["people"]
    }
    managers = {each["id"]: each["f_manager"] for each in found["managers"]}
    roles = await roles_document(connection, schema, None)
    return Everybody(schema, known, managers, live, own, groups, roles)


async def _rows(connection: Connection, select: sa.Select[Any]) -> list[dict[str, Any]]:
    whole = sa.select(sa.func.json_agg(sa.literal_column("x"))).select_from(select.subquery("x"))
    row = await (await run(connection, whole)).fetchone()
    found: list[dict[str, Any]] = orjson.loads(row[0]) if row and row[0] else []
    return found
