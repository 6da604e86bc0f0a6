"""However the rows of a page are walked under a scope, the page, its cursors and its count are the same."""

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
from banyan.access.sharing import ShareBody, share_record
from banyan.db.database import Connection
from banyan.filters.document import parse_filter
from banyan.kernel.actor import Actor
from banyan.metadata.changes import ddl, indexing
from banyan.metadata.changes.indexing import Indexer, make_index, wanted
from banyan.query import counts
from banyan.query.authorised import AuthorisedQuery, authorise
from banyan.query.execute import run_page
from banyan.query.lower import bind_values
from banyan.query.parsed import ParsedQuery
from banyan.query.resolve import Resolver
from banyan.query.resolved import ResolvedShared
from banyan.query.statistics import Known, Shares, forget_known, known_of
from banyan.query.walks import PLAIN, Walk, choose, counted_first
from banyan.records.session import Session
from factories.house import House

pytestmark = pytest.mark.anyio
PEOPLE, DEPARTMENTS, DEALS = 5, 4, 48
FIELDS = (
    "amount",
    "close_date",
    "name",
    "stage",
    "next_step",
    "account",
    "account.name",
    "owner",
    "created_at",
    "id",
)
TITLES = ("恒远", "华星", "Acme", "acme", "", "Ünal", "中原", "7 days")


class World:
    """Deals of five people in four departments: equal amounts, empty ones, names in two scripts; some shared."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.people: list[UUID] = []
        self.departments: list[UUID] = []
        self.catalog: Any = None

    async def build(self) -> "World":
        house = self.house
        for index in range(DEPARTMENTS):
            self.departments.append((await house.create("department", {"name": f"D{index}"})).id)
        for index in range(PEOPLE):
            # The last one is in no department: neither are the deals of that one.
            department = {"department": str(self.departments[index])} if index < DEPARTMENTS else {}
            self.people.append((await house.create("user", {"name": f"P{index}", **department})).id)
        accounts = await house.create_all(
            "account", [{"name": f"客户 {i}", "owner": str(self.people[i])} for i in range(3)]
        )
        made = await house.create_all("opportunity", [self._deal(i, accounts) for i in range(DEALS)])
        await house.delete("opportunity", made[5].id)
        self.catalog = await house.catalog()
        obj = self.catalog.object("opportunity")
        async with house.database.transaction() as connection:
            for index in (0, 7, 14, 21, 28):
                principals = (f"user:{self.people[index % PEOPLE]}", f"user:{self.people[0]}")
                await share_record(connection, obj, made[index].id, ShareBody(principals=principals), None)
        return self

    def _deal(self, index: int, accounts: list[Any]) -> dict[str, Any]:
        return {
            "name": f"{TITLES[index % len(TITLES)]} {index % 3}",
            "owner": str(self.people[(index * 7) % PEOPLE]) if index % 11 else None,
            "amount": {"amount": str(index % 5 * 100), "currency": "CNY"} if index % 4 else None,
            "close_date": f"2026-0{1 + index % 6}-15" if index % 3 else None,
            "stage": ("prospecting", "engaging")[index % 2],
            "next_step": TITLES[index % len(TITLES)] or None,
            "account": str(accounts[index % 3].id) if index % 5 else None,
        }

    def query(self, rights: list[dict[str, Any]], person: int, asked: ParsedQuery) -> AuthorisedQuery:
        me = self.people[person]
        grants = tuple(self._grant(index, right) for index, right in enumerate(rights))
        policy = Policy(
            Actor(me, self.house.schema, "en"),
            {("opportunity", "read"): grants, ("account", "read"): (Grant("r", "own"),)},
            standing=Standing(
                departments=tuple(self.departments[person : person + 1]),
                below=tuple(self.departments[person:]),
                subordinates=tuple(self.people[person + 1 :]),
                principals=(f"user:{me}",) if person % 2 == 0 else (),
            ),
            parents={"opportunity": self.catalog.object("opportunity").by_name["account"].id},
        )
        session = Session(policy.actor, policy, self.catalog)
        resolver: Resolver = session.resolver
        return authorise(policy, resolver, session.catalog.object("opportunity"), asked)

    def _grant(self, index: int, right: dict[str, Any]) -> Grant:
        condition = parse_filter({"field": "stage", "op": "eq", "value": "engaging"})
        named = tuple(self.departments[number] for number in right["departments"])
        return Grant(f"r{index}", right["scope"], departments=named, condition=condition)


@pytest.fixture(scope="module")
async def world(house: House) -> World:
    return await World(house).build()


RIGHT = st.fixed_dictionaries(
    {
        "scope": st.sampled_from(
            ["own", "subordinates", "department", "department_below", "departments", "parent", "filter"]
        ),
        "departments": st.lists(st.integers(0, DEPARTMENTS - 1), max_size=6),
    }
)
SORT = st.fixed_dictionaries(
    {
        "field": st.sampled_from(FIELDS),
        "direction": st.sampled_from(["asc", "desc"]),
        "nulls": st.sampled_from(["first", "last"]),
    }
)
WHERE = st.sampled_from(
    [
        None,
        {"field": "stage", "op": "in", "value": ["prospecting", "won"]},
        {"not": {"field": "amount", "op": "gt", "value": "100"}},
        {"field": "owner", "op": "eq", "value": "me"},
        {"field": "account.name", "op": "is_not_empty"},
        {"field": "close_date", "op": "is_empty"},
    ]
)
ASKED = st.fixed_dictionaries(
    {
        "sort": st.lists(SORT, max_size=3, unique_by=lambda sort: sort["field"]),
        "where": WHERE,
        "limit": st.integers(2, 9),
        "search": st.sampled_from([None, None, "恒远", "acme"]),
    }
)
MODES = st.lists(st.sampled_from(["spread", "walk", "gather"]), min_size=12, max_size=12)
SETTINGS = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def drawn(query: AuthorisedQuery, modes: list[Any]) -> Walk:
    """A way for each arm, of those there are for it."""
    return tuple(
        mode if arm.scope is not None or mode != "spread" else "gather"
        for arm, mode in zip(query.arms, modes, strict=False)
    )


@given(st.lists(RIGHT, min_size=1, max_size=3), st.integers(0, PEOPLE - 1), ASKED, MODES)
@SETTINGS
async def test_every_walk_gives_the_same_pages(
    world: World, rights: list[Any], person: int, asked: dict[str, Any], modes: list[Any]
):
    wish = ParsedQuery.model_validate({**asked, "select": ["name", "amount", "account"], "count": "exact"})
    first = world.query(rights, person, wish)
    async with world.house.database.reader() as connection:
        chosen = choose(first, await known_of(connection, first.object))
        seen, cursor = 0, None
        while True:
            query = world.query(rights, person, wish.model_copy(update={"cursor": cursor}))
            plain = await run_page(connection, query, PLAIN)
            seen += plain.size
            for walk in (chosen, drawn(query, modes), ("gather",) * len(query.arms)):
                other = await run_page(connection, query, walk)
                assert orjson.loads(other.rows) == orjson.loads(plain.rows), walk
                assert (other.next_cursor, other.count) == (plain.next_cursor, plain.count), walk
            cursor = plain.next_cursor
            if cursor is None:
                break
        assert plain.count == (seen, True)
        for way in (None, *range(len(first.arms))) if first.narrow else ():
            assert await counted(connection, first, way) == seen, way
            for cap in (1, 3, seen + 1):
                assert await counted(connection, first, way, cap) == min(seen, cap), (way, cap)


async def counted(
    connection: Connection, query: AuthorisedQuery, first: int | None, cap: int | None = None
) -> int:
    """The count by one of the ways there are for it."""
    statement = counts.count_sql(query, cap, first)
    binds = bind_values(query.where, *(join.guard for join in query.joins.values()))
    row = await (await connection.execute(statement.sql, {**statement.params, **binds})).fetchone()
    return int(row[0]) if row else -1


async def test_two_ways_to_one_row_count_once(world: World):
    """Own, in one's department, and shared with oneself: three arms."""
    rights = [{"scope": "department", "departments": []}]
    asked = ParsedQuery(count="capped", limit=100)
    query = world.query(rights, 0, asked)
    assert [arm.scope is None for arm in query.arms] == [False, False, True]
    async with world.house.database.reader() as connection:
        page = await run_page(connection, query)
    rows = orjson.loads(page.rows)
    assert len({row["id"] for row in rows}) == len(rows) > 0
    assert page.count == (len(rows), True)


async def test_index_of_a_scope_is_made_once_known_and_made_anew(world: World, targets):
    obj, columns = world.catalog.object("opportunity"), ("department_id", "f_stage")
    assert await make_index(world.house.database, obj, columns)
    assert not await make_index(world.house.database, obj, columns)
    forget_known(world.house.schema)
    async with world.house.database.reader() as connection:
        known = await known_of(connection, obj)
        assert known.leads("department_id", "f_stage")
        assert not known.leads("f_stage", "department_id")
    name = ddl.joint_index_name(obj, columns)
    spoiled = "UPDATE pg_index SET indisvalid = false WHERE indexrelid = {}::regclass"
    place = sql.Literal(sql.Identifier(obj.schema, name).as_string(None))
    with psycopg.connect(targets.superuser, autocommit=True) as connection:
        connection.execute(sql.SQL(spoiled).format(place))
    forget_known(world.house.schema)
    async with world.house.database.reader() as connection:
        # As somebody left it who was broken off: no plan can use it, so no statement is made for it.
        assert not (await known_of(connection, obj)).leads("department_id", "f_stage")
    assert await make_index(world.house.database, obj, columns)
    forget_known(world.house.schema)
    async with world.house.database.reader() as connection:
        assert (await known_of(connection, obj)).leads("department_id", "f_stage")


async def test_the_round_makes_what_views_of_large_tables_sort_by(
    world: World, monkeypatch: pytest.MonkeyPatch, targets
):
    obj = world.catalog.object("opportunity")
    rows = {obj.table_name: indexing.WORTH_FROM}
    names = [
        need.columns
        for need in wanted(world.catalog, rows, [(str(obj.id), "account"), (str(obj.id), "name")])
    ]
    assert names[:2] == [("department_id", "f_name__k"), ("owner_id", "f_name__k")]
    assert ("owner_id", "f_amount") in names
    assert not wanted(world.catalog, {obj.table_name: indexing.WORTH_FROM - 1}, [])
    indexer = Indexer(world.house.database)
    assert await indexer.fit(world.house.schema) == 0
    with psycopg.connect(targets.owner, autocommit=True) as connection:
        connection.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(obj.schema, obj.table_name)))
    monkeypatch.setattr(indexing, "WORTH_FROM", DEALS - 10)
    assert await indexer.fit(world.house.schema) > 0
    assert await indexer.fit(world.house.schema) == 0


def known_as(rows: float, share: float, *indexes: tuple[str, ...]) -> Known:
    """A table in which each owner and department has `share` of the rows."""
    always = {("id",), ("owner_id", "id"), ("department_id", "id"), ("f_amount", "id")}
    shares = Shares({}, share)
    return Known(rows, frozenset({*always, *indexes}), {"owner_id": shares, "department_id": shares})


@pytest.mark.parametrize(
    ("share", "indexed", "sort", "expected"),
    [
        (0.001, True, "amount", "spread"),
        (0.001, False, "amount", "gather"),
        (0.2, True, "amount", "spread"),
        (0.2, False, "amount", "plain"),
        (0.001, False, "created_at", "gather"),
        (0.001, False, "id", "spread"),
    ],
)
def test_choice_by_what_is_read(world: World, share: float, indexed: bool, sort: str, expected: str):
    asked = ParsedQuery.model_validate({"sort": [{"field": sort}], "limit": 80})
    query = world.query([{"scope": "department", "departments": []}], 0, asked)
    joint = [("department_id", "f_amount", "id"), ("owner_id", "f_amount", "id")] if indexed else []
    walk = choose(query, known_as(1_000_000, share, *joint))
    modes = {m for m, arm in zip(walk, query.arms, strict=False) if not isinstance(arm.node, ResolvedShared)}
    assert (modes or {"plain"}) == {expected}


def test_a_scope_of_most_departments_is_read_in_the_order_of_the_page(world: World):
    query = world.query([{"scope": "department_below", "departments": []}], 0, ParsedQuery(limit=80))
    assert choose(query, known_as(1_000_000, 0.24)) != PLAIN
    few = ParsedQuery(limit=3)
    assert (
        choose(world.query([{"scope": "department_below", "departments": []}], 0, few), known_as(1e6, 0.24))
        == PLAIN
    )


def test_what_is_counted_whole(world: World):
    """The department of the head, beside the few records of its own; two of one size are brought together."""
    query = world.query(
        [{"scope": "department", "departments": []}], 0, ParsedQuery(limit=80, count="capped")
    )
    assert [arm.scope is None for arm in query.arms] == [False, False, True]
    wide = {"owner_id": Shares({}, 0.001), "department_id": Shares({}, 0.05)}
    assert counted_first(query, Known(1e6, frozenset(), wide), None) == 1
    assert counted_first(query, known_as(1e6, 0.01), None) is None
    # Each of the two has more than is counted: one of them is enough.
    assert counted_first(query, known_as(1e6, 0.02), 10_001) == 0
    assert counted_first(query, known_as(1e6, 0.001), 10_001) is None
