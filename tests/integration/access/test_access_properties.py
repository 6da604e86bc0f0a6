"""Laws of rights: more grants never show less, more restrictions never show more, whatever the roles."""

from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from banyan.access.compile import policy_from, roles_document
from banyan.access.model import LEVELS, Standing
from banyan.access.policy import Policy
from banyan.kernel.actor import Actor
from banyan.kernel.errors import BanyanError
from banyan.query.parsed import ParsedQuery
from banyan.records import queries
from banyan.records.session import Session
from factories.house import House

PEOPLE, DEPARTMENTS = 4, 3
FIELDS = ("phone", "city", "employees", "level")


class World:
    """Sixteen accounts of four people in three departments, one of them below another."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.people: list[UUID] = []
        self.departments: list[UUID] = []
        self.catalog: Any = None

    async def build(self) -> "World":
        house = self.house
        for index in range(DEPARTMENTS):
            parent = {"parent": str(self.departments[1])} if index == 2 else {}
            made = await house.create("department", {"name": f"D{index}", **parent})
            self.departments.append(made.id)
        for index in range(PEOPLE):
            manager = {"manager": str(self.people[0])} if index else {}
            department = str(self.departments[index % DEPARTMENTS])
            made = await house.create("user", {"name": f"P{index}", "department": department, **manager})
            self.people.append(made.id)
        for index in range(16):
            await house.create(
                "account",
                {
                    "name": f"A{index:02}",
                    "owner": str(self.people[index % PEOPLE]),
                    "city": ("x", "y")[index % 2],
                    "phone": f"1381234{index:04}",
                    "employees": index,
                },
            )
        self.catalog = await house.catalog()
        return self

    def policy(self, roles: list[dict[str, Any]], person: int) -> Policy:
        """The policy of one person who holds these roles and no others."""
        standing = Standing(
            departments=(self.departments[person % DEPARTMENTS],),
            below=tuple(self.departments[1:])
            if person % DEPARTMENTS == 1
            else (self.departments[person % DEPARTMENTS],),
            subordinates=tuple(self.people[1:]) if person == 0 else (),
            principals=(f"user:{self.people[person]}",),
            main_department=self.departments[person % DEPARTMENTS],
        )
        account = self.catalog.object("account")
        ids = {name: str(account.by_name[name].id) for name in FIELDS}
        document = {**self.blank, "holders": [], "roles": [], "grants": [], "fields": []}
        for index, role in enumerate(roles):
            key = f"r{index}"
            holder = {"role_key": key, "label": {}, "kind": "user", "holder_id": str(self.people[person])}
            document["holders"].append({**holder, "starts_at": None, "ends_at": None})
            document["grants"].append(
                {
                    "role_key": key,
                    "object": "account",
                    "action": "read",
                    "scope": role["scope"],
                    "departments": [str(self.departments[0])] if role["scope"] == "departments" else [],
                    "condition": role["condition"] if role["scope"] == "filter" else None,
                }
            )
            document["fields"] += [
                {"role_key": key, "object": "account", "field_id": ids[name], "level": level, "unmask": False}
                for name, level in role["fields"].items()
            ]
        return policy_from(Actor(self.people[person], self.house.schema), standing, 1, document)

    async def seen(self, roles: list[dict[str, Any]], person: int) -> dict[str, dict[str, Any]]:
        """Records by id as the person reads them; none when the object is closed."""
        policy = self.policy(roles, person)
        session = Session(policy.actor, policy, self.catalog)
        obj = session.catalog.object("account")
        async with self.house.database.reader() as connection:
            try:
                page = await queries.query_page(connection, session, obj, ParsedQuery(limit=100))
            except BanyanError:
                return {}
        return {row["id"]: row for row in orjson.loads(page.rows)}


@pytest.fixture(scope="module")
async def world(house: House) -> World:
    found = await World(house).build()
    async with house.database.reader() as connection:
        found.blank = await roles_document(connection, house.schema, ())
    return found


CONDITIONS = st.sampled_from(
    [
        {"field": "city", "op": "eq", "value": "x"},
        {"not": {"field": "city", "op": "eq", "value": "x"}},
        {"field": "owner", "op": "in", "value": ["my_subordinates"]},
        {"field": "employees", "op": "gt", "value": 7},
        {"field": "owner", "op": "in", "value": []},
        {"field": "owner_department", "op": "in", "value": ["my_departments_and_below"]},
    ]
)
ROLE = st.fixed_dictionaries(
    {
        "scope": st.sampled_from(
            ["none", "own", "subordinates", "department", "department_below", "departments", "filter", "all"]
        ),
        "condition": CONDITIONS,
        "fields": st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(LEVELS[:-1]), max_size=3),
    }
)
SETTINGS = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def wider(more: dict[str, dict[str, Any]], less: dict[str, dict[str, Any]]) -> bool:
    """Every row and every value of `less` is in `more`; a masked value may become plain, a plain one not masked."""
    for key, row in less.items():
        if key not in more or not row.keys() <= more[key].keys():
            return False
        for name, value in row.items():
            if value != more[key][name] and "***" not in str(value):
                return False
    return True


@given(st.lists(ROLE, max_size=3), ROLE, st.integers(0, PEOPLE - 1))
@SETTINGS
async def test_one_role_more_never_shows_less(world: World, roles: list[Any], extra: Any, person: int):
    assert wider(await world.seen([*roles, extra], person), await world.seen(roles, person))


@given(st.lists(ROLE, min_size=1, max_size=3), st.sampled_from(FIELDS), st.integers(0, PEOPLE - 1))
@SETTINGS
async def test_a_narrower_field_never_shows_more(world: World, roles: list[Any], name: str, person: int):
    """Narrowed in every role: one role that still shows it would count."""
    before = await world.seen(roles, person)
    for level in ("masked", "hidden"):
        narrowed = [
            {
                **role,
                "fields": {
                    **role["fields"],
                    name: min(level, role["fields"].get(name, "edit"), key=LEVELS.index),
                },
            }
            for role in roles
        ]
        assert wider(before, await world.seen(narrowed, person))


@given(st.lists(ROLE, max_size=2), ROLE, CONDITIONS, st.integers(0, PEOPLE - 1))
@SETTINGS
async def test_narrower_scope_never_shows_more(
    world: World, roles: list[Any], role: Any, condition: Any, person: int
):
    before = await world.seen([*roles, role], person)
    narrower = {
        "all": ["filter", "department_below", "subordinates"],
        "department_below": ["department", "own"],
        "subordinates": ["own"],
        "department": ["own"],
        "departments": ["own"],
    }
    for scope in [*narrower.get(role["scope"], []), "none"]:
        after = await world.seen([*roles, {**role, "scope": scope, "condition": condition}], person)
        assert wider(before, after), scope


@given(st.lists(ROLE, min_size=1, max_size=2), CONDITIONS, st.integers(0, PEOPLE - 1))
@SETTINGS
async def test_a_filter_of_the_reader_only_narrows(
    world: World, roles: list[Any], condition: Any, person: int
):
    policy = world.policy(roles, person)
    session = Session(policy.actor, policy, world.catalog)
    everything = await world.seen(roles, person)
    async with world.house.database.reader() as connection:
        try:
            query = ParsedQuery(where={"or": [condition, {"not": condition}]}, limit=100, select=("name",))
            page = await queries.query_page(connection, session, session.catalog.object("account"), query)
        except BanyanError:
            return  # the object or the field is closed: refused, not answered
    assert {row["id"] for row in orjson.loads(page.rows)} == everything.keys()
