"""A member sees and touches own records only, on every path; what is out of scope answers as unknown ids do."""

import uuid
from dataclasses import dataclass
from typing import Any

import pytest

from factories.api import Api, Document, Person, unique, without_reference

# Fixed: tests that are named by it are the same in every process.
NOBODY = "25960379-910e-4d59-8c2f-ac6262fbd0f5"

pytestmark = pytest.mark.anyio


@dataclass
class Scene:
    """`mine` belongs to the member; `secret` (with a contact and a deal) to a colleague."""

    mine: Document
    secret: Document
    contact: Document
    word: str


@pytest.fixture(scope="module")
async def scene(member: Person, colleague: Person) -> Scene:
    word = unique("Secret")
    secret = await colleague.create("account", name=word, city="Hidden", annual_revenue="999")
    contact = await colleague.create("contact", name=f"{word} contact", account=secret["id"])
    mine = await member.create("account", name=unique("Mine"), city="Seen", annual_revenue="1")
    return Scene(mine, secret, contact, word)


async def names(person: Person, **query: Any) -> list[str]:
    return [record["name"] for record in (await person.page("account", **query))["records"]]


async def test_list_count_and_search_hold_own_records_only(member: Person, scene: Scene):
    page = await member.page("account", count="exact", limit=1000)
    assert page["count"]["value"] == len(page["records"])
    assert {record["owner"]["id"] for record in page["records"]} == {member.id}
    assert await names(member, search=scene.word) == []
    assert scene.word not in await names(
        member, where={"not": {"field": "city", "op": "eq", "value": "Seen"}}
    )
    found = await member.ok("GET", f"/search?q={scene.word}")
    assert found["results"] == []


async def test_filter_by_or_cannot_widen(member: Person, scene: Scene):
    where = {
        "or": [
            {"field": "name", "op": "eq", "value": scene.word},
            {"field": "id", "op": "ne", "value": str(uuid.uuid4())},
        ]
    }
    assert scene.word not in await names(member, where=where)


async def test_aggregate_counts_own_records_only(member: Person, scene: Scene):
    found = await member.ok(
        "POST",
        "/records/account/aggregate",
        {
            "group_by": [{"field": "city"}],
            "measures": [{"fn": "count"}, {"fn": "max", "field": "annual_revenue"}],
        },
    )
    assert "Hidden" not in [group["key"][0] for group in found["groups"]]


@pytest.mark.parametrize(
    ("method", "tail", "body"),
    [
        ("GET", "", None),
        ("GET", "?include=timeline", None),
        ("GET", "/history", None),
        ("GET", "/timeline", None),
        ("PATCH", "", {"version": 1, "city": "x"}),
        ("DELETE", "?version=1", None),
        ("POST", "/restore", None),
    ],
)
async def test_out_of_scope_answers_as_an_unknown_id_does(
    member: Person, scene: Scene, method: str, tail: str, body: Document | None
):
    answers = []
    for identifier in (scene.secret["id"], str(uuid.uuid4())):
        response = await member.call(method, f"/records/account/{identifier}{tail}", json=body)
        assert response.status_code == 404
        answers.append(
            (without_reference(response.json()), sorted(set(response.headers) - {"content-length"}))
        )
    assert answers[0] == answers[1]


@pytest.mark.parametrize("op", ["update", "delete", "restore"])
@pytest.mark.parametrize("mode", ["atomic", "per_row"])
async def test_batch_on_anothers_record_is_refused(
    member: Person, colleague: Person, scene: Scene, op: str, mode: str
):
    operation = {"op": op, "id": scene.secret["id"]} | (
        {"values": {"city": "Taken"}} if op == "update" else {}
    )
    response = await member.call(
        "POST", "/records/account/batch", json={"mode": mode, "operations": [operation]}
    )
    if mode == "atomic":
        assert response.status_code == 404
    else:
        (result,) = response.json()["results"]
        assert result["error"]["status"] == 404
    assert (await colleague.ok("GET", f"/records/account/{scene.secret['id']}"))["city"] == "Hidden"


async def test_owner_cannot_be_given_to_somebody_else(member: Person, colleague: Person, scene: Scene):
    path = f"/records/account/{scene.mine['id']}"
    version = (await member.ok("GET", path))["version"]
    await member.refused("PATCH", path, 403, "action_denied", {"version": version, "owner": colleague.id})
    await member.refused(
        "POST", "/records/account", 403, "outside_own_scope", {"name": "x", "owner": colleague.id}
    )
    await member.refused("POST", "/records/account", 403, "outside_own_scope", {"name": "x", "owner": None})


async def test_relation_to_a_record_out_of_sight_is_refused(member: Person, scene: Scene):
    for target in (scene.secret["id"], str(uuid.uuid4())):
        problem = await member.refused("POST", "/records/contact", 422, json={"name": "x", "account": target})
        assert problem["errors"][0]["code"] == "related_not_found"


async def test_label_path_sort_and_filter_across_a_relation_show_nothing_hidden(
    api: Api, member: Person, scene: Scene
):
    record = await api.administrator.create(
        "contact", name=unique("C"), account=scene.secret["id"], owner=member.id
    )
    mine = {"field": "id", "op": "eq", "value": record["id"]}
    page = await member.page("contact", select=["account", "account.name", "account.city"], where=mine)
    (seen,) = page["records"]
    assert seen["account"]["label"] is None
    assert seen["account.name"] is None
    assert seen["account.city"] is None
    hidden = {"field": "account.city", "op": "eq", "value": "Hidden"}
    assert (await member.page("contact", where={"and": [mine, hidden]}))["records"] == []
    assert (await member.page("contact", search=scene.word))["records"] == []
    body = {"where": mine, "group_by": [{"field": "account.city"}], "measures": [{"fn": "count"}]}
    found = await member.ok("POST", "/records/contact/aggregate", body)
    assert found["groups"][0]["key"] == [None]
    sort = [{"field": "account.annual_revenue", "direction": "desc", "nulls": "first"}]
    visible = await member.create("contact", name=unique("V"), account=scene.mine["id"])
    both = {"field": "id", "op": "in", "value": [record["id"], visible["id"]]}
    ordered = (await member.page("contact", where=both, sort=sort))["records"]
    assert [item["id"] for item in ordered] == [record["id"], visible["id"]]
    history = await member.ok("GET", f"/records/contact/{record['id']}/history")
    labels = [c["to"].get("label") for c in history["entries"][0]["changes"] if c["field"] == "account"]
    assert labels == [None]


async def test_some_and_none_do_not_see_records_out_of_scope(api: Api, member: Person, colleague: Person):
    account = await member.create("account", name=unique("S"))
    await api.administrator.create("contact", name="hidden", account=account["id"], owner=colleague.id)
    here = {"field": "id", "op": "eq", "value": account["id"]}
    some = {"and": [here, {"some": {"relation": "contact.account"}}]}
    none = {"and": [here, {"none": {"relation": "contact.account"}}]}
    assert (await member.page("account", where=some))["records"] == []
    assert len((await member.page("account", where=none))["records"]) == 1
    assert len((await api.administrator.page("account", where=some))["records"]) == 1


async def test_equal_queries_of_two_people_keep_their_own_answers(
    api: Api, member: Person, colleague: Person, scene: Scene
):
    where = {"field": "city", "op": "in", "value": ["Seen", "Hidden"]}
    for _ in range(3):  # from the third run on the statement is prepared
        for person, own in ((member, "Seen"), (colleague, "Hidden")):
            cities = {r["city"] for r in (await person.page("account", where=where))["records"]}
            assert cities == {own}
        assert len((await api.administrator.page("account", where=where))["records"]) >= 2


async def test_export_holds_own_records_only(member: Person, scene: Scene):
    for body in ({}, {"ids": [scene.secret["id"], scene.mine["id"]]}):
        response = await member.call("POST", "/records/account/export", json={"columns": ["name"], **body})
        assert response.status_code == 200
        assert scene.word not in response.text
        assert scene.mine["name"] in response.text


async def test_upsert_on_anothers_unique_value_answers_as_a_create_does(member: Person, colleague: Person):
    code = "91321281MA1XJE7H4B"
    await colleague.ok(
        "POST",
        "/records/account/upsert",
        {"key": "credit_code", "values": {"name": "Own", "credit_code": code}},
    )
    values = {"name": "Thief", "credit_code": code}
    created = await member.refused("POST", "/records/account", 409, "not_unique", values)
    upserted = await member.refused(
        "POST", "/records/account/upsert", 409, "not_unique", {"key": "credit_code", "values": values}
    )
    assert without_reference(created) == without_reference(upserted)
    again = await colleague.ok(
        "POST",
        "/records/account/upsert",
        {"key": "credit_code", "values": {"name": "New", "credit_code": code.lower()}},
    )
    assert again["name"] == "New"
    assert again["version"] == 2


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/metadata/changes", {"operations": [{"kind": "remove_object", "object": "lead"}]}),
        (
            "POST",
            "/metadata/changes",
            {"operations": [{"kind": "remove_object", "object": "lead"}], "dry_run": True},
        ),
        ("GET", "/metadata/changes", None),
        ("POST", f"/metadata/changes/{NOBODY}/revert", None),
        ("GET", "/users/access", None),
        ("POST", f"/users/{NOBODY}/access", {"roles": ["administrator"]}),
        ("DELETE", f"/users/{NOBODY}/access", None),
        ("POST", "/records/user", {"name": "x"}),
        ("POST", "/records/product", {"name": "x"}),
    ],
)
async def test_administration_is_refused_to_members(member: Person, method: str, path: str, body: Any):
    await member.refused(method, path, 403, json=body)


async def test_private_view_of_another_is_unknown_and_a_broken_change_harms_nobody(
    api: Api, member: Person, colleague: Person
):
    view = {"object": "account", "name": {"en": unique("view")}, "visibility": "private"}
    made = await member.ok("POST", "/views", view)
    await colleague.refused("PATCH", f"/views/{made['id']}", 404, "unknown_view", {"name": {"en": "x"}})
    await colleague.refused("DELETE", f"/views/{made['id']}", 404, "unknown_view")
    assert made["id"] not in [item["id"] for item in (await colleague.catalog())["views"]]
    shared = {"visibility": "shared", "config": None, "name": None}
    await member.refused("PATCH", f"/views/{made['id']}", 403, "view_sharing_denied", shared)
    changed = await member.ok("PATCH", f"/views/{made['id']}", {"config": None, "name": None})
    assert changed["name"] == made["name"]


async def test_shared_view_is_an_administrators_to_give_and_nobody_elses_to_change(
    api: Api, member: Person, colleague: Person
):
    view = {"object": "account", "name": {"en": unique("view")}, "visibility": "shared"}
    await member.refused("POST", "/views", 403, "view_sharing_denied", view)
    made = await api.administrator.ok("POST", "/views", view)
    catalog = await colleague.catalog()
    assert made["id"] in [item["id"] for item in catalog["views"]]
    await colleague.refused("PATCH", f"/views/{made['id']}", 403, "view_not_yours", {"name": {"en": "x"}})


async def test_ended_access_and_changed_role_act_at_the_next_request(api: Api):
    admin, person = api.administrator, await api.person("administrator")
    await person.ok("GET", "/users/access")
    await admin.ok("POST", f"/users/{person.id}/access", {"roles": ["member"]})
    await person.refused("GET", "/users/access", 403)
    await admin.ok("DELETE", f"/users/{person.id}/access")
    await person.refused("GET", "/records/account", 401, "not_signed_in")


async def test_member_import_without_an_owner_column_belongs_to_the_member(
    api: Api, member: Person, scene: Scene
):
    name = unique("Imp")
    files = {"file": ("a.csv", f"客户名称,上级公司\n{name},\n{name}2,{scene.word}\n".encode())}
    made = await member.ok("POST", "/imports", files=files, data={"object": "account"})
    await member.ok("POST", f"/imports/{made['id']}/run")
    await api.run_jobs()
    done = await member.ok("GET", f"/imports/{made['id']}")
    assert done["state"] == "done", done
    assert (done["report"]["created"], done["report"]["rejected"]) == (1, 1)
    assert done["report"]["problems"][0]["code"] == "related_not_matched"
    (record,) = (await member.page("account", where={"field": "name", "op": "eq", "value": name}))["records"]
    assert record["owner"]["id"] == member.id
    other = await api.person()
    await other.refused("GET", f"/imports/{made['id']}", 404, "unknown_import")


async def test_member_import_cannot_give_a_record_away(api: Api, member: Person, colleague: Person):
    mine = await member.create("account", name=unique("Own"), credit_code="91430600MA4Q4BAB3F")
    text = f"客户名称,统一社会信用代码,负责人\n{mine['name']},91430600MA4Q4BAB3F,{colleague.user['name']}\n"
    files = {"file": ("a.csv", text.encode())}
    made = await member.ok("POST", "/imports", files=files, data={"object": "account"})
    await member.ok("PUT", f"/imports/{made['id']}/mapping", {**made["mapping"], "key": "credit_code"})
    await member.ok("POST", f"/imports/{made['id']}/run")
    await api.run_jobs()
    done = await member.ok("GET", f"/imports/{made['id']}")
    assert done["report"]["to_reject"] == 1, done
    assert (await member.ok("GET", f"/records/account/{mine['id']}"))["owner"]["id"] == member.id


async def test_token_of_one_workspace_opens_no_other(api: Api, workspace, member: Person):
    async with api.client(f"{workspace.key}.{member.token.partition('.')[2]}") as stranger:
        assert (await stranger.get("/api/v1/records/account")).status_code == 401
