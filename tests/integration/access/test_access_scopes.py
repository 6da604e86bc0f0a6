"""Scopes of roles on every path, sharing, and the explanations that must agree with them."""

import csv
import io

import orjson
import pytest

from factories.api import Api, unique
from factories.company import LOOK, Company

EVERYBODY = {"boss", "ann", "bob", "cat"}


@pytest.fixture(scope="module")
async def company(api: Api) -> Company:
    return await Company(api).found()


def scopes(company: Company):
    """(scope, what ann sees with it, what the boss sees)."""
    west = company.departments["west"]
    return {
        "none": ("none", set(), set()),
        "own": ("own", {"ann"}, {"boss"}),
        "subordinates": ("subordinates", {"ann", "bob"}, {"boss", "ann", "bob"}),
        "department": ("department", {"ann", "bob"}, {"boss"}),
        "department_below": ("department_below", {"ann", "bob"}, {"boss", "ann", "bob"}),
        "departments": ({"scope": "departments", "departments": [west]}, {"ann", "cat"}, {"boss", "cat"}),
        "all": ("all", EVERYBODY, EVERYBODY),
        "filter": (
            {
                "scope": "filter",
                "condition": {"field": "city", "op": "eq", "value": f"{company.mark}-cat"},
            },
            {"cat"},
            {"cat"},
        ),
        "filter_me": (
            {
                "scope": "filter",
                "condition": {"field": "owner", "op": "in", "value": ["my_subordinates"]},
            },
            {"bob"},
            {"ann", "bob"},
        ),
        "filter_path": (
            {
                "scope": "filter",
                "condition": {"field": "owner.name", "op": "eq", "value": f"{company.mark}bob"},
            },
            {"bob"},
            {"bob"},
        ),
    }


KINDS = (
    "none",
    "own",
    "subordinates",
    "department",
    "department_below",
    "departments",
    "all",
    "filter",
    "filter_me",
    "filter_path",
)


@pytest.mark.parametrize("kind", KINDS)
async def test_scope_is_the_same_on_every_path(company: Company, kind: str):
    scope, anns, bosses = scopes(company)[kind]
    for name, expected in (("ann", anns), ("boss", bosses)):
        await company.scope(name, scope)
        if kind == "none":
            await company.people[name].refused("POST", "/records/account/query", 404, json={})
            continue
        assert await paths(company, name) == dict.fromkeys(PATHS, expected)


PATHS = ("list", "count", "aggregate", "get", "search", "export", "history", "explain", "related")


async def paths(company: Company, name: str) -> dict[str, set[str]]:
    """Whose accounts each way of reading gives; counts become the set they must belong to by size."""
    person = company.people[name]
    where = {"field": "name", "op": "starts_with", "value": company.mark}
    found = {"list": await company.seen(name)}
    counted = await person.page("account", where=where, count="exact", limit=1)
    total = counted["count"]["value"]
    found["count"] = found["list"] if total == len(found["list"]) else {f"{total} counted"}
    body = {"group_by": [{"field": "name"}], "measures": [{"fn": "count"}], "where": where}
    groups = await person.ok("POST", "/records/account/aggregate", body)
    found["aggregate"] = {group["key"][0].removeprefix(company.mark) for group in groups["groups"]}
    hits = await person.ok("GET", f"/search?q={company.mark}&objects=account&limit=50")
    found["search"] = {hit["title"].removeprefix(company.mark) for hit in hits["results"]}
    export = await person.call("POST", "/records/account/export", json={"columns": ["name"], "where": where})
    rows = list(csv.reader(io.StringIO(export.text.removeprefix("\ufeff"))))
    found["export"] = {row[0].removeprefix(company.mark) for row in rows[1:] if row}
    for path, tail in (("get", ""), ("history", "/history")):
        found[path] = set()
        for owner, account in company.accounts.items():
            response = await person.call("GET", f"/records/account/{account['id']}{tail}")
            assert response.status_code in (200, 404), response.text
            if response.status_code == 200:
                found[path].add(owner)
    found["explain"] = await explained(company, person.id)
    found["related"] = found["list"]  # asked through people below, who everybody sees
    some = {"some": {"relation": "account.owner", "where": where}}
    people = await person.page("user", where=some, select=["name"], limit=100)
    found["related"] = {row["name"].removeprefix(company.mark) for row in people["records"]}
    return found


async def explained(company: Company, user: str) -> set[str]:
    found = set()
    for owner, account in company.accounts.items():
        answer = await company.api.administrator.ok(
            "GET", f"/access/explain?object=account&id={account['id']}&user={user}"
        )
        if answer["actions"]["read"]["allowed"]:
            assert answer["actions"]["read"]["reasons"]
            found.add(owner)
    return found


@pytest.mark.parametrize("kind", ["own", "subordinates", "department_below", "filter", "filter_me", "all"])
async def test_who_can_see_a_record_agrees_with_what_each_sees(company: Company, kind: str):
    scope, *_ = scopes(company)[kind]
    for name in EVERYBODY:
        await company.scope(name, scope)
    sees = {name: await company.seen(name) for name in EVERYBODY}
    for owner, account in company.accounts.items():
        answer = await company.api.administrator.ok("GET", f"/records/account/{account['id']}/access")
        listed = {person["id"] for person in answer["people"]}
        for name, seen in sees.items():
            assert (company.people[name].id in listed) == (owner in seen), (kind, owner, name)


async def test_writes_reach_no_further_than_their_own_scope(company: Company):
    key = await company.api.role(
        grants={
            **LOOK,
            "account": {"read": "all", "update": "subordinates", "delete": "own", "transfer": "own"},
        }
    )
    await company.give("ann", key)
    ann, admin = company.people["ann"], company.api.administrator
    for owner, account in company.accounts.items():
        version = (await admin.ok("GET", f"/records/account/{account['id']}"))["version"]
        path = f"/records/account/{account['id']}"
        if owner in ("ann", "bob"):
            await ann.ok("PATCH", path, {"version": version, "note": "x"})
        else:
            await ann.refused("PATCH", path, 403, "action_denied", {"version": version, "note": "x"})
        if owner != "ann":
            await ann.refused("DELETE", path, 403, "action_denied")
            version = (await admin.ok("GET", f"/records/account/{account['id']}"))["version"]
            give = {"version": version, "owner": ann.id}
            await ann.refused("PATCH", path, 403, "action_denied", give)
        else:
            version = (await admin.ok("GET", path))["version"]
            await ann.ok("PATCH", path, {"version": version, "owner": company.people["cat"].id})
            version = (await admin.ok("GET", path))["version"]
            await admin.ok("PATCH", path, {"version": version, "owner": ann.id})


async def test_records_follow_their_owner_into_another_department(company: Company):
    await company.scope("cat", "department")
    assert await company.seen("cat") == {"cat"}
    admin, bob = company.api.administrator, company.people["bob"]
    record = await admin.ok("GET", f"/records/user/{bob.id}")
    move = {"version": record["version"], "department": company.departments["west"]}
    moved = await admin.ok("PATCH", f"/records/user/{bob.id}", move)
    assert await company.seen("cat") == {"cat", "bob"}
    home = {"version": moved["version"], "department": company.departments["shanghai"]}
    await admin.ok("PATCH", f"/records/user/{bob.id}", home)
    assert await company.seen("cat") == {"cat"}


async def test_further_departments_and_headed_ones_count(company: Company):
    await company.scope("cat", "department_below")
    admin, cat = company.api.administrator, company.people["cat"]
    path = f"/organisation/people/{cat.id}/memberships"
    body = {"memberships": [{"department": company.departments["shanghai"], "kind": "deputy"}]}
    await admin.ok("PUT", path, body)
    assert await company.seen("cat") == {"ann", "bob", "cat"}
    await admin.ok("PUT", path, {"memberships": []})
    assert await company.seen("cat") == {"cat"}
    east = await admin.ok("GET", f"/records/department/{company.departments['east']}")
    head = {"version": east["version"], "head": cat.id}
    await admin.ok("PATCH", f"/records/department/{east['id']}", head)
    assert await company.seen("cat") == EVERYBODY
    no_head = {"version": east["version"] + 1, "head": None}
    await admin.ok("PATCH", f"/records/department/{east['id']}", no_head)


async def test_role_of_a_department_reaches_people_below_and_ends_on_time(company: Company):
    nothing = await company.api.role(grants=LOOK)
    for name in EVERYBODY:
        await company.give(name, nothing)
    key = await company.api.role(grants={"account": {"read": "own"}})
    admin = company.api.administrator
    holder = {"kind": "department", "id": company.departments["east"]}
    made = await admin.ok("POST", f"/roles/{key}/holders", holder)
    assert await company.seen("bob") == {"bob"}
    await company.people["cat"].refused("GET", "/records/account", 404)
    past = {**holder, "ends_at": "2020-01-01T00:00:00Z"}
    await admin.ok("POST", f"/roles/{key}/holders", past)
    await company.people["bob"].refused("GET", "/records/account", 404)
    future = {**holder, "starts_at": "2120-01-01T00:00:00Z"}
    await admin.ok("POST", f"/roles/{key}/holders", future)
    await company.people["bob"].refused("GET", "/records/account", 404)
    await admin.ok("DELETE", f"/roles/{key}/holders/{made['id']}")
    await admin.refused(
        "POST", f"/roles/{key}/holders", 422, "role_ends_before_start",
        {**holder, "starts_at": "2020-01-02T00:00:00Z", "ends_at": "2020-01-01T00:00:00Z"},
    )  # fmt: skip


async def test_scope_of_the_parent_follows_the_account(company: Company):
    admin = company.api.administrator
    contact = await admin.create(
        "contact", name=unique("Con"), account=company.accounts["bob"]["id"], owner=company.people["cat"].id
    )
    alone = await admin.create("contact", name=unique("Con"), owner=company.people["cat"].id)
    key = await company.api.role(
        grants={
            **LOOK,
            "account": {"read": "subordinates", "update": "own"},
            "contact": {"read": "parent", "update": "parent"},
        }
    )
    await company.give("ann", key)
    ann = company.people["ann"]
    assert (await ann.ok("GET", f"/records/contact/{contact['id']}"))["name"] == contact["name"]
    await ann.refused("GET", f"/records/contact/{alone['id']}", 404)
    change = {"version": 1, "title": "x"}
    await ann.refused("PATCH", f"/records/contact/{contact['id']}", 403, "action_denied", change)
    answer = await admin.ok("GET", f"/records/contact/{contact['id']}/access")
    assert ann.id in {person["id"] for person in answer["people"]}


async def test_share_opens_one_record_until_it_ends(company: Company):
    key = await company.scope("ann", "own")
    assert key
    ann, admin = company.people["ann"], company.api.administrator
    path = f"/records/account/{company.accounts['cat']['id']}"
    await admin.ok("POST", f"{path}/shares", {"principals": [f"user:{ann.id}"], "access": "read"})
    assert await company.seen("ann") == {"ann", "cat"}
    version = (await admin.ok("GET", path))["version"]
    await ann.refused("PATCH", path, 403, "action_denied", {"version": version, "note": "y"})
    await ann.refused("POST", f"{path}/shares", 403, "share_denied", {"principals": [f"user:{ann.id}"]})
    team = {"principals": [f"user:{ann.id}"], "access": "edit", "kind": "team", "team_role": "presales"}
    await admin.ok("POST", f"{path}/shares", team)
    await ann.ok("PATCH", path, {"version": version, "note": "y"})
    await ann.refused("DELETE", path, 403, "action_denied")
    # What was shared to edit is not passed on, nor made to last.
    await ann.refused("POST", f"{path}/shares", 403, "share_denied", {"principals": [f"user:{ann.id}"]})
    shares = (await admin.ok("GET", f"{path}/access"))["shares"]
    assert {share["kind"] for share in shares} == {"share", "team"}
    for share in shares:
        await admin.ok("DELETE", f"{path}/shares/{share['id']}")
    assert await company.seen("ann") == {"ann"}
    over = {"principals": [f"user:{ann.id}"], "until": "2020-01-01T00:00:00Z"}
    await admin.ok("POST", f"{path}/shares", over)
    assert await company.seen("ann") == {"ann"}
    (ended,) = (await admin.ok("GET", f"{path}/access"))["shares"]
    assert ended["ended"] is True


@pytest.mark.parametrize("through", ["department", "group", "role"])
async def test_share_with_many_reaches_each_of_them(company: Company, through: str):
    key = await company.scope("bob", "own")
    admin, bob = company.api.administrator, company.people["bob"]
    principal = f"department:{company.departments['east']}"
    if through == "group":
        group = await admin.create("user_group", name=unique("group"))
        await admin.ok("PUT", f"/organisation/groups/{group['id']}/members", {"users": [bob.id]})
        principal = f"group:{group['id']}"
    elif through == "role":
        principal = f"role:{key}"
    path = f"/records/account/{company.accounts['cat']['id']}"
    await admin.ok("POST", f"{path}/shares", {"principals": [principal]})
    assert await company.seen("bob") == {"bob", "cat"}
    answer = await admin.ok("GET", f"{path}/access")
    assert bob.id in {person["id"] for person in answer["people"]}
    for share in answer["shares"]:
        await admin.ok("DELETE", f"{path}/shares/{share['id']}")
    assert await company.seen("bob") == {"bob"}


async def test_sharing_rule_opens_what_it_says_and_nothing_when_it_says_nothing(company: Company):
    await company.scope("ann", "own")
    admin, ann = company.api.administrator, company.people["ann"]
    rule = {
        "object": "account",
        "name": {"en": unique("rule")},
        "condition": {"field": "city", "op": "eq", "value": f"{company.mark}-cat"},
        "principals": [f"user:{ann.id}"],
    }
    made = await admin.ok("POST", "/sharing-rules", rule)
    assert await company.seen("ann") == {"ann", "cat"}
    answer = await admin.ok(
        "GET", f"/access/explain?object=account&id={company.accounts['cat']['id']}&user={ann.id}"
    )
    assert [reason["kind"] for reason in answer["actions"]["read"]["reasons"]] == ["rule"]
    for empty in (
        {"field": "owner", "op": "in", "value": []},
        {"not": {"field": "owner", "op": "in", "value": []}},
        {"field": "owner", "op": "not_in", "value": ["my_subordinates"]},
    ):
        changed = {**rule, "condition": empty, "principals": [f"user:{company.people['bob'].id}"]}
        (current,) = [r for r in (await admin.ok("GET", "/sharing-rules"))["rules"] if r["id"] == made["id"]]
        await admin.ok("PUT", f"/sharing-rules/{made['id']}", {**changed, "version": current["version"]})
        await company.scope("bob", "own")
        assert await company.seen("bob") == {"bob"}, empty
    await admin.refused("POST", "/sharing-rules", 422, json={**rule, "condition": {}})
    await admin.refused("POST", "/sharing-rules", 422, json={**rule, "principals": []})
    wrong = {**rule, "condition": {"field": "nonsense", "op": "eq", "value": 1}}
    await admin.refused("POST", "/sharing-rules", 422, json=wrong)
    await admin.ok("DELETE", f"/sharing-rules/{made['id']}")
    assert await company.seen("ann") == {"ann"}


async def test_rule_whose_field_is_gone_opens_nothing(company: Company):
    admin, ann = company.api.administrator, company.people["ann"]
    await company.scope("ann", "own")
    name = unique("f")
    field = {"api_name": name, "type": "text", "label": {"en": name}}
    await admin.change({"kind": "add_field", "object": "account", "field": field})
    condition = {"field": name, "op": "is_empty"}
    rule = {
        "object": "account", "name": {"en": name}, "condition": condition, "principals": [f"user:{ann.id}"],
    }  # fmt: skip
    await admin.ok("POST", "/sharing-rules", rule)
    assert await company.seen("ann") == EVERYBODY
    await admin.change({"kind": "remove_field", "object": "account", "field": name})
    assert await company.seen("ann") == {"ann"}


async def test_administrator_without_data_roles_sees_no_data(api: Api):
    person = await api.person()
    await api.administrator.ok("POST", f"/users/{person.id}/access", {"roles": ["administrator"]})
    await person.refused("GET", "/records/account", 404)
    catalog = await person.catalog()
    assert {obj["api_name"] for obj in catalog["objects"]} == {
        "user", "department", "position", "user_group", "pool",
    }  # fmt: skip
    known = await person.ok("GET", "/metadata/definitions")
    assert "account" in {obj["api_name"] for obj in known["objects"]}
    await person.refused("GET", "/audit/entries", 403, "power_needed")


@pytest.mark.parametrize(
    "condition",
    [
        {"and": []},
        {"not": {"or": []}},
        {"or": [{"and": []}, {"field": "name", "op": "eq", "value": "x"}]},
        {"not": {"and": [{"or": []}]}},
        {},
    ],
)
async def test_condition_that_asks_nothing_opens_nothing(company: Company, condition: dict[str, object]):
    admin = company.api.administrator
    grant = {"scope": "filter", "condition": condition}
    body = {"key": unique("r_"), "label": {"en": "x"}, "grants": {"account": {"read": grant}}}
    await admin.refused("POST", "/roles", 422, json=body)
    rule = {
        "object": "account", "name": {"en": "x"}, "condition": condition,
        "principals": [f"user:{company.people['ann'].id}"],
    }  # fmt: skip
    await admin.refused("POST", "/sharing-rules", 422, json=rule)
    # Written past the door, it opens nothing all the same.
    sound = {"field": "name", "op": "eq", "value": "x"}
    key = await company.scope("ann", {"scope": "filter", "condition": sound})

    async def stored(condition: dict[str, object]) -> None:
        async with company.api.runtime.database.transaction() as connection:
            await connection.execute(
                "UPDATE ws_main.role_grant SET condition = %s::jsonb WHERE role_key = %s AND scope = 'filter'",
                (orjson.dumps(condition).decode(), key),
            )
            await connection.execute("UPDATE ws_main.policy_version SET version = version + 1")

    await stored(condition)
    assert await company.seen("ann") == set()
    await stored(sound)  # A copy of the workspace is refused what its door refuses.


async def test_condition_on_an_unknown_field_is_told_at_once(company: Company):
    grant = {"scope": "filter", "condition": {"field": "zzz", "op": "eq", "value": 1}}
    body = {"key": unique("r_"), "label": {"en": "x"}, "grants": {"account": {"read": grant}}}
    problem = await company.api.administrator.refused("POST", "/roles", 422, json=body)
    assert problem["errors"][0]["pointer"].startswith("/grants/account/read/condition")


async def test_power_over_people_brings_their_records(api: Api):
    person = await api.person(await api.role(powers=["people"]))
    made = await person.create("department", name=unique("d"))
    await person.ok("PATCH", f"/records/department/{made['id']}", {"version": 1, "name": unique("d")})
    giver = await api.person(await api.role(powers=["roles"]))
    assert (await giver.page("user"))["records"]
    await giver.refused("POST", "/records/department", 403, json={"name": unique("d")})
