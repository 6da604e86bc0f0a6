"""Level and tags by rule: what rules set, what a person has set, expiry, order; incrementally as from scratch."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banyan.access.compile import load_policy
from banyan.grading.passes import Nightly
from banyan.grading.rules import EXPIRED, GONE, HELD, Mark, Reads, decide_one, decide_tags, in_order
from banyan.kernel.actor import system_actor
from banyan.records.commands import Commands
from banyan.records.session import Session
from factories.api import MAIN_SCHEMA, Api, Person, unique

pytestmark = pytest.mark.anyio


async def rule(admin: Person, city: str, **values) -> dict:
    body = {
        "object": "account",
        "name": unique("rule "),
        "active": True,
        "condition": {"field": "city", "op": "eq", "value": city},
        "field": "tags",
        "value": "key",
        **values,
    }
    return await admin.ok("POST", "/grading/rules", body)


async def account(admin: Person, city: str, **values) -> dict:
    return await admin.create("account", name=unique("G"), city=city, **values)


async def read(admin: Person, record: dict) -> dict:
    return await admin.ok("GET", f"/records/account/{record['id']}")


async def change(admin: Person, record: dict, **values) -> dict:
    version = (await read(admin, record))["version"]
    return await admin.ok("PATCH", f"/records/account/{record['id']}", {"version": version, **values})


async def stop(admin: Person, *rules: dict) -> None:
    for each in rules:
        await admin.ok("DELETE", f"/grading/rules/{each['id']}")


async def test_a_tag_comes_and_goes_with_its_condition_and_a_persons_stays(api: Api, admin: Person):
    city = unique("C")
    known = await account(admin, city)
    own = await account(admin, city, tags=["key", "other"])
    body = {
        "object": "account",
        "condition": {"field": "city", "op": "eq", "value": city},
        "field": "tags",
        "value": "KEY",
    }
    assert await admin.ok("POST", "/grading/preview", body) == {"matching": 2, "changed": 1, "kept": 1}
    made = await rule(admin, city)
    assert made["changed"] == 1
    assert (await read(admin, known))["tags"] == ["key"]
    later = await account(admin, city)
    assert later["tags"] == ["key"]
    told = await admin.ok("GET", f"/records/account/{later['id']}/grading")
    assert [(each["rule"]["label"], each["value"], each["placed"]) for each in told["marks"]] == [
        (made["name"], "key", True)
    ]
    # Another city: the rule's goes, a person's stays.
    assert (await change(admin, known, city="elsewhere"))["tags"] is None
    assert (await change(admin, own, city="elsewhere"))["tags"] == ["key", "other"]
    # Taken off by hand while the condition holds: it stays off.
    assert (await change(admin, later, tags=[]))["tags"] is None
    assert (await admin.ok("POST", "/grading/apply", params={"object": "account"}))["changed"] == 0
    back = await change(admin, known, city=city)
    assert back["tags"] == ["key"]
    await stop(admin, made)
    assert (await read(admin, known))["tags"] is None
    member = await api.person()
    await member.refused("GET", "/grading/rules", 403, "power_needed", params={"object": "account"})
    await member.refused("POST", "/grading/preview", 403, "power_needed", json=body)


async def test_a_rule_removed_while_a_long_transaction_goes_on_begins_nothing_in_it(api: Api, admin: Person):
    city, runtime = unique("C"), api.runtime
    made, actor = await rule(admin, city), system_actor(MAIN_SCHEMA)
    async with runtime.database.transaction() as connection:
        catalog = await runtime.catalogs.current(MAIN_SCHEMA)
        session = Session(actor, await load_policy(connection, actor), catalog)
        commands, obj = Commands(connection, session, runtime.bus), catalog.object("account")
        await commands.create(obj, [{"name": unique("G"), "city": "elsewhere"}])
        await stop(admin, made)
        (late,) = await commands.create(obj, [{"name": unique("G"), "city": city}])
    record = {"id": str(late.id)}
    assert (await read(admin, record))["tags"] is None
    assert (await admin.ok("GET", f"/records/account/{late.id}/grading"))["marks"] == []


async def test_the_first_rule_that_holds_sets_the_level_unless_a_person_has(api: Api, admin: Person):
    city = unique("C")
    big = {
        "and": [
            {"field": "city", "op": "eq", "value": city},
            {"field": "employees", "op": "gte", "value": "100"},
        ]
    }
    first = await rule(admin, city, condition=big, field="level", value="a", position=1)
    second = await rule(admin, city, field="level", value="c", position=2)
    tagged = await rule(
        admin, city, condition={"field": "level", "op": "eq", "value": "a"}, value="top", position=0
    )
    one = await account(admin, city, employees="50")
    assert one["level"] == "c"
    grown = await change(admin, one, employees="500")
    assert (grown["level"], grown["tags"]) == ("a", ["top"])
    shrunk = await change(admin, one, employees="1")
    assert (shrunk["level"], shrunk["tags"]) == ("c", None)
    by_hand = await change(admin, one, level="b")
    assert by_hand["level"] == "b"
    assert (await change(admin, one, employees="900"))["level"] == "b"
    # A rule whose condition asks what it sets itself, or another that asks for its own, would never end.
    itself = {"field": "level", "op": "is_empty"}
    body = {"object": "account", "name": "x", "active": True, "field": "level", "value": "a"}
    await admin.refused("POST", "/grading/rules", 422, "grading_circle", json={**body, "condition": itself})
    round_about = {"field": "tags", "op": "any_of", "value": ["top"]}
    await admin.refused(
        "POST", "/grading/rules", 422, "grading_circle", json={**body, "condition": round_about}
    )
    await stop(admin, first, second, tagged)
    assert (await read(admin, one))["level"] == "b"


async def test_a_tag_expires_once(api: Api, admin: Person):
    city = unique("C")
    made = await rule(admin, city, days=10)
    one = await account(admin, city)
    assert one["tags"] == ["key"]
    now = datetime.now(UTC).replace(hour=12)
    nightly = Nightly(api.runtime.database, api.bus)
    assert await nightly.work(MAIN_SCHEMA, now + timedelta(days=5)) == 0
    assert await nightly.work(MAIN_SCHEMA, now + timedelta(days=11)) == 1
    assert (await read(admin, one))["tags"] is None
    assert await nightly.work(MAIN_SCHEMA, now + timedelta(days=12)) == 0
    await change(admin, one, city="elsewhere")
    assert (await change(admin, one, city=city))["tags"] == ["key"]
    await stop(admin, made)


async def test_completeness_counts_what_is_filled_for_whoever_may_see_it(api: Api, admin: Person):
    seller, other = await api.person(), await api.person()
    full = {"name": unique("L"), "company": "c", "phone": "13800138000", "status": "new"}
    bare = await seller.create("lead", name=unique("L"))
    await seller.create("lead", **full)
    await other.create("lead", **{**full, "phone": "13900139000"})
    weights = [{"field": "company", "weight": 3}, {"field": "phone", "weight": 1}]
    await seller.refused("PUT", "/completeness/lead", 403, json={"fields": weights, "version": 0})
    await admin.refused(
        "PUT", "/completeness/lead", 422, json={"fields": [{"field": "created_at"}], "version": 0}
    )
    default = (await seller.ok("GET", f"/records/lead/{bare['id']}/grading"))["completeness"]
    assert not default["chosen"]
    assert "name" in {each["field"] for each in default["fields"]}
    await admin.ok("PUT", "/completeness/lead", {"fields": weights, "version": 0})
    (mine,) = (await seller.ok("GET", "/completeness/lead"))["groups"]
    assert (mine["key"], mine["records"], mine["filled"], mine["required"], mine["complete"]) == (
        seller.id, 2, 4, 8, 1,
    )  # fmt: skip
    (least,) = (await seller.ok("GET", "/completeness/lead/records"))["records"]
    assert (least["id"], least["missing"]) == (bare["id"], ["company", "phone"])
    every = (await admin.ok("GET", "/completeness/lead"))["groups"]
    assert {seller.id, other.id} <= {each["key"] for each in every}
    by_status = (await seller.ok("GET", "/completeness/lead", params={"by": "status"}))["groups"]
    assert sum(each["records"] for each in by_status) == 2
    await admin.ok("PUT", "/completeness/lead", {"fields": [], "version": 1})


VALUES = ("a", "b", "c")
marks = st.lists(
    st.builds(
        Mark,
        st.uuids(),
        st.sampled_from(VALUES),
        st.sampled_from((HELD, EXPIRED, GONE)),
        st.sampled_from((None, True, False)),
    ),
    max_size=5,
    unique_by=lambda mark: mark.rule,
)


@given(st.none() | st.sampled_from(VALUES), marks)
def test_asked_again_a_rule_changes_nothing(current, marks):
    once = decide_one(current, marks)
    kept = [Mark(m.rule, m.value, m.state, once.placed[m.rule]) for m in marks if m.state != GONE]
    assert decide_one(once.value, kept).value == once.value
    tags = [] if current is None else [current]
    first = decide_tags(tags, marks)
    kept = [Mark(m.rule, m.value, m.state, first.placed[m.rule]) for m in marks if m.state == HELD]
    assert set(decide_tags(first.value, kept).value) == set(first.value)


@given(marks)
def test_marks_that_grew_give_what_fresh_ones_give(marks):
    """Nothing by hand: what is set follows from what holds, however it came about."""
    held = [m for m in marks if m.state == HELD]
    fresh = [Mark(m.rule, m.value, HELD, None) for m in held]
    placed = next((m.value for m in marks if m.placed), None)
    grown = decide_one(placed, marks).value
    assert grown == decide_one(None, fresh).value


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=6))
def test_rules_in_order_ask_nothing_that_is_still_to_be_written(pairs):
    from uuid import UUID

    rules = [
        Reads(UUID(int=index), str(index), frozenset({UUID(int=100 + asks)}), UUID(int=100 + writes))
        for index, (asks, writes) in enumerate(pairs)
    ]
    found = in_order(rules)
    if found is None:
        return
    assert len(found) == len(rules)
    for place, each in enumerate(found):
        assert not each.asks & {later.writes for later in found[place:]}


async def test_no_rule_moves_what_moves_by_itself(admin: Person):
    """Pools and stages have moves of their own, with all that belongs to them."""
    everything = {"field": "name", "op": "contains", "value": "x"}
    for name, field, value in (
        ("account", "pool", admin.id),
        ("opportunity", "stage", "won"),
        ("lead", "status", "converted"),
    ):
        body = {"object": name, "condition": everything, "field": field, "value": value}
        problem = await admin.refused("POST", "/grading/preview", 422, json=body)
        assert [each["code"] for each in problem["errors"]] == ["grading_field"]
        await admin.refused("POST", "/grading/rules", 422, json={**body, "name": "no", "active": True})
