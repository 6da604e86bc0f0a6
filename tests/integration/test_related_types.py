"""Lists of records and relations to one of several objects: labels, rights, history, files."""

from typing import Any

import pytest

from factories.api import Api, Person, unique
from factories.company import LOOK

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
async def dossier(admin: Person) -> str:
    """An object with every type that names records."""
    name = unique("dossier")[:30]
    kinds: list[tuple[str, str, dict[str, Any]]] = [
        ("watchers", "users", {}),
        ("teams", "departments", {}),
        ("team", "department", {}),
        ("accounts", "relation_many", {"target": "account"}),
        ("about", "polymorphic", {"targets": ["account", "lead"]}),
    ]
    fields = [
        {"api_name": key, "type": kind, "label": {"en": key}, "config": config} for key, kind, config in kinds
    ]
    await admin.change({"kind": "create_object", "api_name": name, "label": {"en": name}, "fields": fields})
    return name


@pytest.fixture(scope="module")
async def outsider(api: Api, dossier: str) -> Person:
    """Somebody who sees all dossiers, and of accounts their own."""
    every = dict.fromkeys(("create", "read", "update", "export"), "all")
    own = dict.fromkeys(("create", "read"), "own")
    return await api.person(await api.role(grants={**LOOK, dossier: every, "account": own}))


async def test_labels_are_those_the_reader_may_see(admin: Person, outsider: Person, dossier: str):
    theirs = await outsider.create("account", name=unique("theirs"))
    hidden = await admin.create("account", name=unique("hidden"))
    department = await admin.create("department", name=unique("team"))
    made = await admin.create(
        dossier,
        name="one",
        watchers=[admin.id, "me", outsider.id],
        team=department["id"],
        teams=[department["id"]],
        accounts=[hidden["id"], theirs["id"]],
        about={"object": "account", "id": hidden["id"]},
    )
    path = f"/records/{dossier}/{made['id']}"
    full, seen = await admin.ok("GET", path), await outsider.ok("GET", path)
    assert [item["id"] for item in full["watchers"]] == [admin.id, outsider.id]
    assert full["teams"] == [full["team"]] == [{"id": department["id"], "label": department["name"]}]
    assert [item["label"] for item in full["accounts"]] == [hidden["name"], theirs["name"]]
    assert full["about"] == {"object": "account", "id": hidden["id"], "label": hidden["name"]}
    assert [item["label"] for item in seen["accounts"]] == [None, theirs["name"]]
    assert seen["about"]["label"] is None
    entry = (await outsider.ok("GET", f"{path}/history"))["entries"][0]
    told = {change["field"]: change["to"] for change in entry["changes"]}
    assert [item["label"] for item in told["accounts"]] == [None, theirs["name"]]
    assert told["about"] == {"object": "account", "id": hidden["id"], "label": None}
    body = {"format": "csv", "columns": ["name", "accounts"]}
    cells = (await outsider.call("POST", f"/records/{dossier}/export", json=body)).text
    assert theirs["name"] in cells
    assert hidden["name"] not in cells


async def test_only_records_one_may_read_can_be_named(admin: Person, outsider: Person, dossier: str):
    hidden = await admin.create("account", name=unique("hidden"))
    for values in ({"accounts": [hidden["id"]]}, {"about": {"object": "account", "id": hidden["id"]}}):
        problem = await outsider.refused("POST", f"/records/{dossier}", 422, json={"name": "x", **values})
        assert [(each["pointer"], each["code"]) for each in problem["errors"]] == [
            (f"/{next(iter(values))}", "related_not_found")
        ]
    wrong = {"name": "x", "about": {"object": "user", "id": admin.id}}
    problem = await admin.refused("POST", f"/records/{dossier}", 422, json=wrong)
    assert problem["errors"][0]["code"] == "object_not_offered"


async def test_filters_know_the_caller_and_their_departments(admin: Person, outsider: Person, dossier: str):
    mark = unique("mine")
    mine = await admin.create(dossier, name=mark, watchers=[outsider.id])
    await admin.create(dossier, name=mark, watchers=[admin.id])
    where = {
        "and": [
            {"field": "name", "op": "eq", "value": mark},
            {"field": "watchers", "op": "any_of", "value": ["me"]},
        ]
    }
    assert [row["id"] for row in (await outsider.page(dossier, where=where))["records"]] == [mine["id"]]


async def test_one_becomes_many_and_back(admin: Person, dossier: str):
    account = await admin.create("account", name=unique("a"))
    name = f"f{unique('')}"
    field = {"api_name": name, "type": "relation", "label": {"en": name}, "config": {"target": "account"}}
    await admin.change({"kind": "add_field", "object": dossier, "field": field})
    made = await admin.create(dossier, name="kept", **{name: account["id"]})
    path = f"/records/{dossier}/{made['id']}"
    expected = {"id": account["id"], "label": account["name"]}
    retype = {"kind": "retype_field", "object": dossier, "field": name, "config": {"target": "account"}}
    await admin.change({**retype, "type": "relation_many"})
    assert (await admin.ok("GET", path))[name] == [expected]
    await admin.change({**retype, "type": "relation"})
    assert (await admin.ok("GET", path))[name] == expected


async def test_a_target_that_is_not_there_is_refused(admin: Person, dossier: str):
    for kind, config in (("relation_many", {"target": "nowhere"}), ("polymorphic", {"targets": ["nowhere"]})):
        field = {"api_name": unique("f"), "type": kind, "label": {"en": unique("F")}, "config": config}
        operation = {"kind": "add_field", "object": dossier, "field": field}
        await admin.refused("POST", "/metadata/changes", 404, json={"operations": [operation]})
