"""What pools open to nobody: tokens of other scopes, members who are gone, rules over hidden or vanished fields."""

from datetime import UTC, datetime

import pytest

from factories.api import Api, Person, unique
from factories.company import LOOK

pytestmark = pytest.mark.anyio


async def answer(api: Api, person: Person, scope: str, path: str, body: dict) -> tuple[int, str | None]:
    """How a call by a token of the person's with this scope alone is answered."""
    made = await person.ok("POST", "/account/tokens", {"name": unique("t"), "scopes": [scope]})
    async with api.client(made["token"]) as client:
        found = await client.post(f"/api/v1{path}", json=body)
    return found.status_code, found.json().get("code")


async def test_a_token_reaches_no_further_than_its_scopes(api: Api, pools):
    seller = await api.person()
    pool = await pools.make(seller)
    first, second = await pools.fill(pool, 2)
    path, body = f"/pools/{pool['id']}", {"ids": [first]}
    assert await answer(api, seller, "contact:read", f"{path}/query", {}) == (404, "unknown_pool")
    assert await answer(api, seller, "contact:*", f"{path}/claim", body) == (404, "unknown_pool")
    assert await answer(api, seller, "lead:read", f"{path}/claim", body) == (403, "action_denied")
    assert (await answer(api, seller, "lead:read", f"{path}/query", {}))[0] == 200
    given = {"ids": [second], "to": seller.id}
    assert await answer(api, pools.admin, "lead:read", f"{path}/assign", given) == (404, "unknown_pool")
    assert (await answer(api, seller, "lead:*", f"{path}/claim", body))[0] == 200
    back = {"object": "lead", "ids": [first], "reason": "no"}
    assert await answer(api, seller, "lead:read", "/pools/release", back) == (403, "action_denied")
    assert await answer(api, seller, "contact:*", "/pools/accept", {"ids": [first]}) == (403, "action_denied")


async def test_a_request_is_granted_only_while_it_could_be_asked(api: Api, pools):
    admin, seller, other = pools.admin, await api.person(), await api.person()
    rule = {"key": "idle", "kind": "not_followed", "days": 5}
    pool = await pools.make(seller, other, approval=True, recycle=[rule])
    (lead,) = await pools.fill(pool, 1)
    path, yes = f"/pools/{pool['id']}", {"grant": True}
    await pools.claim(seller, pool, lead)
    (asked,) = (await admin.ok("GET", f"{path}/requests"))["requests"]
    await pools.change(pool, members=[f"user:{other.id}"])
    await admin.refused("POST", f"/pools/requests/{asked['id']}/decide", 409, "request_void", json=yes)
    await pools.change(pool, members=[f"user:{other.id}", f"user:{seller.id}"])
    await admin.ok("POST", f"/pools/requests/{asked['id']}/decide", yes)
    await seller.ok("POST", "/pools/extend", {"object": "lead", "id": lead})
    (asked,) = (await admin.ok("GET", f"{path}/requests"))["requests"]
    await admin.ok("POST", f"{path}/transfer", {"ids": [lead], "to": other.id})
    await admin.refused("POST", f"/pools/requests/{asked['id']}/decide", 409, "request_void", json=yes)


async def test_emptying_the_owner_by_hand_cools_off_as_a_release(api: Api, pools):
    grants = {**LOOK, "lead": {"read": "all", "update": "all", "transfer": "all"}}
    seller = await api.person(await api.role(grants=grants))
    pool = await pools.make(seller, limits={"cooling_hours": 24})
    (lead,) = await pools.fill(pool, 1)
    await pools.claim(seller, pool, lead)
    version = (await seller.ok("GET", f"/records/lead/{lead}"))["version"]
    await seller.ok("PATCH", f"/records/lead/{lead}", {"owner": None, "version": version})
    owners = (await seller.ok("GET", f"/records/lead/{lead}/owners"))["owners"]
    assert owners[0]["ended"] == "released"
    await seller.refused("POST", f"/pools/{pool['id']}/claim", 409, "claim_cooling", json={"ids": [lead]})


async def test_a_manager_puts_in_what_they_may_give_away(api: Api, pools):
    grants = {**LOOK, "lead": {"read": "all", "update": "all", "transfer": "own"}}
    manager, owner = await api.person(await api.role(grants=grants)), await api.person()
    pool = await pools.make(managers=[f"user:{manager.id}"])
    theirs = await owner.create("lead", name=unique("L"))
    free = await pools.admin.create("lead", name=unique("L"), owner=None)
    path = f"/pools/{pool['id']}/put"
    await manager.refused("POST", path, 409, "not_yours", json={"ids": [theirs["id"]]})
    assert (await manager.ok("POST", path, {"ids": [free["id"]]}))["results"][0]["status"] == "ok"


async def test_a_rule_is_no_way_to_ask_of_what_is_hidden(api: Api, pools):
    hidden = {"lead": {"phone": {"level": "hidden"}}}
    manager = await api.person(await api.role(grants={**LOOK, "lead": {"read": "all"}}, fields=hidden))
    old = {"key": "old", "kind": "not_followed", "days": 9, "where": {"field": "phone", "op": "is_not_empty"}}
    pool = await pools.make(managers=[f"user:{manager.id}"], recycle=[old])
    path = f"/pools/{pool['id']}"
    now = await manager.ok("GET", path)
    probe = {"key": "p", "kind": "not_followed", "days": 0}
    probe["where"] = {"field": "phone", "op": "starts_with", "value": "138"}
    body = {"version": now["version"], "settings": {**now["settings"], "recycle": [old, probe]}}
    problem = await manager.refused("PUT", path, 422, json=body)
    assert problem["errors"][0]["pointer"].startswith("/recycle/1/where")
    # What stands there already may stay, and what they may know may be asked.
    probe["where"] = {"field": "name", "op": "starts_with", "value": "zz"}
    body["settings"]["recycle"] = [{**old, "days": 8}, probe]
    await manager.ok("PUT", path, body)


async def test_a_field_that_rules_ask_of_may_go_or_change_its_name(api: Api, pools):
    admin, name, secret = pools.admin, unique("gone").lower(), unique("secret").lower()
    for each in (name, secret):
        field = {"api_name": each, "type": "text", "label": {"en": each, "zh-CN": each}}
        await admin.change({"kind": "add_field", "object": "lead", "field": field})
    seller, where = await api.person(), {"field": name, "op": "is_empty"}
    rule = {"key": "r", "kind": "not_followed", "days": 3, "where": where}
    assignment = {"on": True, "rules": [{"where": where, "people": [{"person": seller.id}]}]}
    rules = {"intake": True, "intake_where": where, "recycle": [rule], "assignment": assignment}
    pool = await pools.make(seller, hidden=[secret], **rules)
    first, second = await pools.fill(pool, 2, **{secret: "x"})
    await pools.claim(seller, pool, first)
    await admin.change({"kind": "remove_field", "object": "lead", "field": name})
    made = await admin.create("lead", name=unique("L"), owner=None)
    assert made["pool"] is None
    version = (await seller.ok("GET", f"/records/lead/{first}"))["version"]
    body = {"city": "x", "version": version}
    assert (await seller.ok("PATCH", f"/records/lead/{first}", body))["recycle_at"] is None
    await pools.pass_at(datetime.now(UTC))
    assert (await admin.ok("GET", f"/records/lead/{second}"))["owner"] is None
    new = f"{secret}_new"
    await admin.change({"kind": "update_field", "object": "lead", "field": secret, "set": {"api_name": new}})
    (waiting,) = (await seller.ok("POST", f"/pools/{pool['id']}/query", {}))["records"]
    assert waiting["id"] == second
    assert new not in waiting


async def test_what_is_computed_of_a_hidden_field_is_hidden_too(api: Api, pools):
    admin, seller, name = pools.admin, await api.person(), unique("tail").lower()
    field = {"api_name": name, "type": "formula", "label": {"en": name, "zh-CN": name}}
    field["config"] = {"formula": "RIGHT(email, 12)"}
    await admin.change({"kind": "add_field", "object": "lead", "field": field})
    pool = await pools.make(seller, hidden=["email"])
    await pools.fill(pool, 1, email=f"{unique('a')}@example.com")
    path = f"/pools/{pool['id']}"
    (waiting,) = (await seller.ok("POST", f"{path}/query", {}))["records"]
    assert "example" not in str(waiting)
    await seller.refused("POST", f"{path}/query", 422, "invalid_query", json={"sort": [{"field": name}]})
    # Deeper ways to the same records know no more: a lead's own relations lead back under the same policy.
    assert "example" not in str(await seller.ok("GET", "/search?q=example.com"))
