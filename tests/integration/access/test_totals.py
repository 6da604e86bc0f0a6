"""Groups made of parts, or of the rows themselves: the same answer to the last digit."""

from typing import Any
from uuid import UUID

import orjson
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql

from banyan.access.model import Grant, Standing
from banyan.access.policy import Policy
from banyan.db.database import Connection
from banyan.kernel.actor import Actor
from banyan.metadata.changes.indexing import WORTH_FROM, make_index, wanted
from banyan.query.aggregates import aggregate_sql, bound_nodes
from banyan.query.authorised import AuthorisedAggregate, authorise_aggregate
from banyan.query.lower import bind_values
from banyan.query.parsed import ParsedAggregate
from banyan.records.session import Session
from factories.house import House

pytestmark = pytest.mark.anyio
PEOPLE, DEALS = 4, 40
MONEY = [
    {"amount": "100.10", "currency": "CNY"},
    {"amount": "7", "currency": "USD"},
    {"amount": "0", "currency": "CNY"},
    {"amount": "33.33", "currency": "CNY"},
    None,
]


class World:
    """Deals of four people, some without an owner, an amount, a company or a date; some in another currency."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.people: list[UUID] = []
        self.departments: list[UUID] = []
        self.catalog: Any = None

    async def build(self) -> "World":
        house = self.house
        for index in range(PEOPLE):
            department = (await house.create("department", {"name": f"D{index}"})).id
            self.departments.append(department)
            values = {"name": f"P{index}", "department": str(department)}
            self.people.append((await house.create("user", values)).id)
        accounts = await house.create_all(
            "account", [{"name": f"客户 {i}", "owner": str(self.people[i])} for i in range(3)]
        )
        made = await house.create_all("opportunity", [self._deal(i, accounts) for i in range(DEALS)])
        await house.delete("opportunity", made[5].id)
        self.catalog = await house.catalog()
        return self

    def _deal(self, index: int, accounts: list[Any]) -> dict[str, Any]:
        return {
            "name": f"Deal {index % 7}",
            "owner": str(self.people[(index * 7) % PEOPLE]) if index % 6 else None,
            # Prospects are in one currency.
            "amount": MONEY[index % 5] if index % 4 else MONEY[0],
            "close_date": f"2026-0{1 + index % 6}-15" if index % 3 else None,
            "stage": "engaging" if index % 4 else "prospecting",
            "account": str(accounts[index % 3].id) if index % 5 else None,
            "probability": str(index % 3 * 13),
        }

    def authorised(self, scope: str, person: int, asked: ParsedAggregate) -> AuthorisedAggregate:
        me = self.people[person]
        policy = Policy(
            Actor(me, self.house.schema, "en"),
            {
                ("opportunity", "read"): (Grant("r", scope),),  # type: ignore[arg-type]
                ("account", "read"): (Grant("r", "own"),),
                ("user", "read"): (Grant("r", "all"),),
            },
            standing=Standing(
                departments=(self.departments[person],), below=tuple(self.departments[person:])
            ),
            parents={"opportunity": self.catalog.object("opportunity").by_name["account"].id},
        )
        session = Session(policy.actor, policy, self.catalog)
        return authorise_aggregate(policy, session.resolver, session.catalog.object("opportunity"), asked)


@pytest.fixture(scope="module")
async def world(house: House) -> World:
    return await World(house).build()


async def answer(connection: Connection, query: AuthorisedAggregate, *, parted: bool) -> tuple[Any, bool]:
    statement = aggregate_sql(query, parted=parted)
    binds = {**statement.params, **bind_values(*bound_nodes(query))}
    row = await (await connection.execute(statement.sql, binds)).fetchone()
    assert row is not None
    return orjson.loads(row[0]), row[1]


def group(name: str, bucket: str | None = None) -> dict[str, Any]:
    return {"field": name, **({"bucket": bucket} if bucket else {})}


GROUP = st.sampled_from(
    [
        group("stage"),
        group("owner"),
        group("account"),
        group("close_date"),
        group("close_date", "month"),
        group("created_at", "day"),
        group("account.name"),
        group("account.owner"),
        group("name"),
    ]
)
MEASURE = st.sampled_from(
    [
        {"fn": "count"},
        *({"fn": fn, "field": "amount"} for fn in ("sum", "avg", "min", "max")),
        *({"fn": fn, "field": "probability"} for fn in ("avg", "min", "max")),
    ]
)
WHERE = st.sampled_from(
    [
        None,
        {"field": "stage", "op": "in", "value": ["engaging", "won"]},
        {"field": "account.name", "op": "is_not_empty"},
        {"field": "amount", "op": "gt", "value": "1000000"},
        {"field": "owner", "op": "is_empty"},
    ]
)
ASKED = st.fixed_dictionaries(
    {
        "group_by": st.lists(GROUP, max_size=3),
        "measures": st.lists(MEASURE, min_size=1, max_size=5),
        "where": WHERE,
        "limit": st.sampled_from([2, 1000]),
    }
)


@given(
    st.sampled_from(["all", "own", "department_below", "parent"]),
    st.integers(0, PEOPLE - 1),
    ASKED,
)
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_groups_of_parts_are_groups_of_rows(
    world: World, scope: str, person: int, asked: dict[str, Any]
):
    query = world.authorised(scope, person, ParsedAggregate.model_validate(asked))
    async with world.house.database.reader() as connection:
        whole = await answer(connection, query, parted=False)
        assert await answer(connection, query, parted=True) == whole
    assert len(whole[0]) <= asked["limit"]


def test_what_sorts_rows_is_asked_of_parts(world: World):
    """Telling currencies apart would sort every row; a label would be joined to every row."""
    sums = ParsedAggregate.model_validate(
        {"group_by": [{"field": "stage"}], "measures": [{"fn": "count"}, {"fn": "sum", "field": "amount"}]}
    )
    query = world.authorised("all", 0, sums)
    assert "AS p" in aggregate_sql(query).sql
    assert "AS p" not in aggregate_sql(query, parted=False).sql
    counts = ParsedAggregate.model_validate({"group_by": [{"field": "stage"}]})
    assert "AS p" not in aggregate_sql(world.authorised("all", 0, counts)).sql
    labels = ParsedAggregate.model_validate({"group_by": [{"field": "owner"}]})
    assert "AS p" in aggregate_sql(world.authorised("all", 0, labels)).sql


async def test_totals_of_a_large_board_are_read_from_an_index(world: World, targets):
    """Made by the house beyond some rows; below them nobody pays for it."""
    obj = world.catalog.object("opportunity")
    columns, carried = ("f_stage", "f_amount__cur"), ("f_amount",)
    large = {obj.table_name: float(WORTH_FROM)}
    assert (columns, carried) in [(need.columns, need.carried) for need in wanted(world.catalog, large, [])]
    assert not wanted(world.catalog, {obj.table_name: WORTH_FROM - 1.0}, [])
    assert await make_index(world.house.database, obj, columns, carried)
    with psycopg.connect(targets.owner, autocommit=True) as connection:
        connection.execute(sql.SQL("VACUUM {}").format(sql.Identifier(obj.schema, obj.table_name)))
    sums = {"group_by": [group("stage")], "measures": [{"fn": "count"}, {"fn": "sum", "field": "amount"}]}
    query = world.authorised("all", 0, ParsedAggregate.model_validate(sums))
    statement = aggregate_sql(query)
    async with world.house.database.transaction() as connection:
        await connection.execute("SET LOCAL enable_seqscan = off")
        rows = await (await connection.execute("EXPLAIN " + statement.sql, dict(statement.params))).fetchall()
        assert any("Index Only Scan" in row[0] for row in rows), rows
        assert await answer(connection, query, parted=True) == await answer(connection, query, parted=False)


async def test_periods_of_an_instant_beside_a_condition(world: World):
    asked = ParsedAggregate.model_validate(
        {
            "group_by": [group("created_at", "year")],
            "where": {"field": "stage", "op": "eq", "value": "engaging"},
        }
    )
    async with world.house.database.reader() as connection:
        groups, more = await answer(connection, world.authorised("all", 0, asked), parted=True)
    assert [len(groups), more] == [1, False]
