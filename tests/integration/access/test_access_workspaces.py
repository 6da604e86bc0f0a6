"""Two workspaces of identical shape: nothing of one works in the other, on any route."""

from typing import Any

import pytest

from factories.api import Api, Person, unique
from factories.neighbour import neighbour

BODIES: dict[str, Any] = {
    "patch": {"version": 1, "name": "taken"},
    "put": {"version": 1, "label": {"en": "x"}, "users": [], "memberships": []},
    "post": {},
}


@pytest.fixture(scope="module")
async def stranger(api: Api, workspace) -> Person:
    """The ruler of another workspace in the same installation."""
    return await neighbour(api, workspace)


@pytest.fixture(scope="module")
async def ours(api: Api) -> dict[str, str]:
    """Ids of one thing of each kind in the first workspace."""
    admin, person = api.administrator, await api.person()
    account = await admin.create("account", name=unique("ours"))
    group = await admin.create("user_group", name=unique("ours"))
    heir = await api.person()
    rule = await admin.ok(
        "POST",
        "/sharing-rules",
        {
            "object": "account",
            "name": {"en": unique("rule")},
            "condition": {"field": "name", "op": "eq", "value": "x"},
            "principals": [f"user:{person.id}"],
        },
    )
    await admin.ok("POST", f"/records/account/{account['id']}/shares", {"principals": [f"user:{person.id}"]})
    (share,) = (await admin.ok("GET", f"/records/account/{account['id']}/access"))["shares"]
    view = await admin.ok(
        "POST", "/views", {"object": "account", "name": {"en": unique("v")}, "visibility": "shared"}
    )
    files = {"file": ("a.csv", "客户名称\n一\n".encode())}
    made = await admin.ok("POST", "/imports", files=files, data={"object": "account"})
    field = {"api_name": unique("f"), "type": "text", "label": {"en": "x"}}
    change = await admin.change({"kind": "add_field", "object": "account", "field": field})
    handover = await admin.ok("POST", "/organisation/handovers", {"from_user": person.id, "to_user": heir.id})
    holders = (await admin.ok("GET", "/role-holders?role=member"))["holders"]
    entries = (await admin.ok("GET", "/audit/entries?limit=1"))["entries"]
    return {
        "record_id": account["id"],
        "user_id": person.id,
        "group_id": group["id"],
        "rule_id": rule["id"],
        "share_id": share["id"],
        "view_id": view["id"],
        "import_id": made["id"],
        "change_id": change["id"],
        "handover_id": handover["id"],
        "holding": holders[0]["id"],
        "entry_id": entries[0]["id"],
        "session_id": (await admin.ok("GET", "/account/sessions"))["sessions"][0]["id"],
    }


def places(api: Api, ours: dict[str, str]) -> list[tuple[str, str]]:
    """Every route with an id of ours in it. A route with an id we have none of fails the test below."""
    found = []
    for path, item in api.app.openapi()["paths"].items():
        names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
        if not names or names == ["key"]:
            continue
        filled = path.removeprefix("/api/v1")
        for name in names:
            known = {"object_name": "account", "key": "member"} | ours
            filled = filled.replace(f"{{{name}}}", known.get(name, ours["record_id"]))
        if any(name not in ("object_name", "key") for name in names):
            found += [(method, filled) for method in item]
    return found


async def test_no_id_of_one_workspace_works_in_another(
    api: Api, stranger: Person, ours: dict[str, str], monkeypatch
):
    api.app.openapi_schema = None
    from banyan.api.openapi import platform_document

    await api.forget_attempts()  # Other tests have guessed at links from the same address.

    monkeypatch.setattr(api.app, "openapi", lambda: platform_document(api.app))
    tried = places(api, ours)
    assert len(tried) > 30
    admin = api.administrator
    before = await snapshot(admin, ours)
    for method, path in tried:
        body = {"json": BODIES[method]} if method in BODIES else {}
        answer = await stranger.call(method.upper(), path, **body)
        assert answer.status_code in (400, 403, 404, 409, 422), (
            f"{method} {path}: {answer.status_code} {answer.text}"
        )
        assert ours["record_id"] not in answer.text or ours["record_id"] in path
    assert await snapshot(admin, ours) == before


async def snapshot(admin: Person, ours: dict[str, str]) -> list[Any]:
    return [
        await admin.ok("GET", f"/records/account/{ours['record_id']}"),
        (await admin.ok("GET", f"/records/account/{ours['record_id']}/access"))["shares"],
        (await admin.ok("GET", "/sharing-rules"))["rules"],
        (await admin.ok("GET", "/role-holders"))["holders"],
        (await admin.ok("GET", f"/imports/{ours['import_id']}"))["state"],
    ]


async def test_references_into_another_workspace_are_unknown(stranger: Person, ours: dict[str, str]):
    problem = await stranger.refused(
        "POST", "/records/contact", 422, json={"name": "x", "account": ours["record_id"]}
    )
    assert problem["errors"][0]["code"] == "related_not_found"
    await stranger.refused("POST", "/records/account", 422, json={"name": "x", "owner": ours["user_id"]})
    for op, value in (("eq", ours["record_id"]), ("in", [ours["record_id"]])):
        page = await stranger.page("account", where={"field": "id", "op": op, "value": value})
        assert page["records"] == []
    mine = await stranger.create("account", name="mine")
    shares = f"/records/account/{mine['id']}/shares"
    await stranger.refused("POST", shares, 422, json={"principals": [f"user:{ours['user_id']}"]})
    holder = {"kind": "user", "id": ours["user_id"]}
    await stranger.refused("POST", "/roles/member/holders", 422, json=holder)
    ask = {"from_user": ours["user_id"], "to_user": stranger.id}
    await stranger.refused("POST", "/organisation/handovers", 422, json=ask)
    body = {"operations": [{"op": "update", "id": ours["record_id"], "values": {"name": "y"}}]}
    await stranger.refused("POST", "/records/account/batch", 404, json=body)
    await stranger.refused("POST", "/access/see-as", 404, json={"user": ours["user_id"], "reason": "look"})


async def test_each_sees_its_own_people_and_audit(api: Api, stranger: Person):
    (only,) = (await stranger.page("user"))["records"]
    assert only["id"] == stranger.id
    entries = (await stranger.ok("GET", "/audit/entries?limit=100"))["entries"]
    assert {(entry.get("actor") or {}).get("id") for entry in entries} <= {stranger.id, None}
    people = (await api.administrator.page("user", limit=1000))["records"]
    assert stranger.id not in {record["id"] for record in people}
