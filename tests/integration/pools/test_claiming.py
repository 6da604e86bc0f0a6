"""Pools over the API: what members see and claim, and what refuses them."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from banyan.kernel.errors import NotFound
from banyan.pools import requests
from banyan.pools.store import read_pool, read_pools
from factories.api import Api, unique

pytestmark = pytest.mark.anyio


async def test_a_member_sees_little_claims_and_then_sees_all(api: Api, pools):
    seller, stranger = await api.person(), await api.person()
    pool = await pools.make(seller, hidden=["phone", "email"])
    phone = f"138{uuid4().int % 10**8:08}"
    (first,) = await pools.fill(pool, 1, phone=phone, email=f"{unique('a')}@example.com")
    (second,) = await pools.fill(pool, 1)
    path = f"/pools/{pool['id']}"
    page = await seller.ok("POST", f"{path}/query", {})
    assert {each["id"] for each in page["records"]} == {first, second}
    assert all("phone" not in each and "email" not in each for each in page["records"])
    # Neither a filter, nor the order, nor a selection, nor a search tells what is hidden.
    eq = {"field": "phone", "op": "eq", "value": phone}
    await seller.refused("POST", f"{path}/query", 422, "invalid_query", json={"where": eq})
    await seller.refused("POST", f"{path}/query", 422, "invalid_query", json={"sort": [{"field": "phone"}]})
    await seller.refused("POST", f"{path}/query", 422, "invalid_query", json={"select": ["phone"]})
    await seller.refused(
        "POST", f"{path}/aggregate", 422, "invalid_query", json={"group_by": [{"field": "phone"}]}
    )
    assert (await seller.ok("POST", f"{path}/query", {"search": phone}))["records"] == []
    # The ordinary ways show nothing of it: a member reads own records only.
    await seller.refused("GET", f"/records/lead/{first}", 404)
    await seller.refused("POST", f"{path}/put", 403, json={"ids": [first]})

    claimed = await pools.claim(seller, pool, first)
    assert claimed[0]["status"] == "ok"
    assert (await seller.ok("GET", f"/records/lead/{first}"))["phone"]
    assert (await pools.claim(seller, pool, first))[0]["status"] == "ok"  # a second click
    page = await seller.ok("POST", f"{path}/query", {"count": "exact"})
    assert [each["id"] for each in page["records"]] == [second]
    history = await seller.ok("GET", f"/records/lead/{first}/history")
    assert {change["field"] for change in history["entries"][0]["changes"]} >= {"owner", "claimed_at"}
    owners = (await seller.ok("GET", f"/records/lead/{first}/owners"))["owners"]
    assert [(each["person"]["id"], each["began"], each["until"]) for each in owners] == [
        (seller.id, "claimed", None)
    ]

    for call, body in (("query", {}), ("claim", {"ids": [second]}), ("aggregate", {})):
        await stranger.refused("POST", f"{path}/{call}", 404, "unknown_pool", json=body)
    await stranger.refused("GET", path, 404, "unknown_pool")
    assert pool["id"] not in [each["id"] for each in (await stranger.ok("GET", "/pools"))["pools"]]


async def test_children_of_a_pool_stay_shut(api: Api, pools):
    """Contacts follow their account by role; a pool's account opens none of them, not even to a filter."""
    seller = await api.person()
    pool = await pools.make(seller, applies_to="account", hidden=["phone"])
    (key,) = await pools.fill(pool, 1)
    await api.administrator.create("contact", name=unique("C"), account=key, mobile="13900139000")
    asked = {"some": {"relation": "contact.account", "where": {"field": "name", "op": "is_not_empty"}}}
    page = await seller.ok("POST", f"/pools/{pool['id']}/query", {"where": asked})
    assert page["records"] == []
    shared = await api.administrator.create("account", name=unique("A"))
    share = {"principals": [f"user:{seller.id}"], "access": "read"}
    await api.administrator.ok("POST", f"/records/account/{shared['id']}/shares", share)
    page = await seller.ok("POST", f"/pools/{pool['id']}/query", {})
    assert [each["id"] for each in page["records"]] == [key]


async def test_every_refusal_says_why(api: Api, pools):
    seller, other = await api.person(), await api.person()
    limits = {"claims_per_batch": 3, "claims_per_day": 4, "held": 3, "cooling_hours": 24}
    pool = await pools.make(seller, other, limits=limits)
    ids = await pools.fill(pool, 8)
    path = f"/pools/{pool['id']}"
    await seller.refused("POST", f"{path}/claim", 409, "claim_batch_limit", json={"ids": ids[:4]})
    await pools.claim(other, pool, ids[0])
    problem = await seller.refused("POST", f"{path}/claim", 409, "already_claimed", json={"ids": [ids[0]]})
    assert problem["winner"]["id"] == other.id
    assert other.user["name"] in problem["title"]
    await api.administrator.ok("POST", f"{path}/lock", {"ids": [ids[1]]})
    await seller.refused("POST", f"{path}/claim", 409, "pool_record_locked", json={"ids": [ids[1]]})
    batch = await pools.claim(seller, pool, ids[0], ids[2], ids[3])
    assert [each["status"] for each in batch] == ["error", "ok", "ok"]
    await pools.claim(seller, pool, ids[4])
    await seller.refused("POST", f"{path}/claim", 409, "claim_held_limit", json={"ids": [ids[5]]})
    released = {"object": "lead", "ids": [ids[2]], "reason": "wrong number"}
    await seller.refused("POST", "/pools/release", 422, json={**released, "reason": " "})
    await other.refused("POST", "/pools/release", 409, "not_yours", json=released)
    await seller.ok("POST", "/pools/release", released)
    await seller.refused("POST", f"{path}/claim", 409, "claim_cooling", json={"ids": [ids[2]]})
    await pools.claim(seller, pool, ids[5])
    await seller.ok("POST", "/pools/release", {**released, "ids": [ids[3]]})
    account = {"values": {"name": unique("Became ")}}
    await seller.ok("POST", f"/leads/{ids[5]}/convert", {"account": account})
    gone = {**released, "ids": [ids[5]]}
    await seller.refused("POST", "/pools/release", 409, "converted_not_returned", json=gone)
    await seller.refused("POST", f"{path}/claim", 409, "claim_day_limit", json={"ids": [ids[6]]})
    assert (await pools.claim(other, pool, ids[2]))[0]["status"] == "ok"
    owners = (await other.ok("GET", f"/records/lead/{ids[2]}/owners"))["owners"]
    assert [(each["ended"], each["reason"]) for each in owners] == [
        (None, None),
        ("released", "wrong number"),
    ]


async def test_gap_first_contact_and_cooling_by_the_clock(api: Api, pools):
    seller = await api.person()
    pool = await pools.make(seller, limits={"gap_minutes": 10, "uncontacted": 2, "cooling_hours": 5})
    ids = [UUID(each) for each in await pools.fill(pool, 5)]
    begin = datetime.now(UTC)

    async def claim(key: UUID, after: timedelta) -> str | None:
        session = await pools.session(seller, begin + after)
        stored = await pools.stored(session, pool)
        async with api.runtime.database.transaction() as connection:
            (found,) = await requests.claim(connection, session, api.runtime.bus, stored, [key])
        return None if found.error is None else found.error.code

    assert await claim(ids[0], timedelta()) is None
    assert await claim(ids[1], timedelta(minutes=9)) == "claim_gap"
    assert await claim(ids[1], timedelta(minutes=10)) is None
    assert await claim(ids[2], timedelta(minutes=30)) == "claim_uncontacted"
    spoken = (begin + timedelta(minutes=1)).isoformat()
    call = {"title": "call", "kind": "call", "happened_at": spoken, "lead": str(ids[0])}
    await seller.create("activity", **{**call, "kind": "task"})
    assert (await seller.ok("GET", f"/records/lead/{ids[0]}"))["first_contacted_at"] is None
    await seller.create("activity", **{**call, "happened_at": datetime.now(UTC).isoformat()})
    assert (await seller.ok("GET", f"/records/lead/{ids[0]}"))["first_contacted_at"]
    assert await claim(ids[2], timedelta(minutes=30)) is None


async def test_claims_by_approval_and_more_time(api: Api, pools):
    seller = await api.person()
    rule = {"key": "idle", "kind": "not_followed", "days": 5}
    pool = await pools.make(seller, approval=True, recycle=[rule], extension_days=9, most_extensions=1)
    first, second = await pools.fill(pool, 2)
    path, admin = f"/pools/{pool['id']}", api.administrator
    assert (await pools.claim(seller, pool, first, second))[0]["status"] == "asked"
    asked = (await admin.ok("GET", f"{path}/requests"))["requests"]
    by_record = {each["record"]["id"]: each["id"] for each in asked}
    await seller.refused("POST", f"/pools/requests/{by_record[first]}/decide", 403, json={"grant": True})
    await admin.ok("POST", f"/pools/requests/{by_record[first]}/decide", {"grant": True})
    refusal = {"grant": False, "answer": "keep it for later"}
    await admin.ok("POST", f"/pools/requests/{by_record[second]}/decide", refusal)
    await admin.refused(
        "POST", f"/pools/requests/{by_record[first]}/decide", 409, "request_decided", json={"grant": True}
    )
    lead = await seller.ok("GET", f"/records/lead/{first}")
    assert lead["owner"]["id"] == seller.id
    kinds = {item["kind"] for item in (await seller.ok("GET", "/inbox"))["items"]}
    assert {"pool_granted", "pool_refused"} <= kinds
    assert "pool_request" in {item["kind"] for item in (await admin.ok("GET", "/inbox"))["items"]}
    more = {"object": "lead", "id": first, "reason": "they are on holiday"}
    await seller.ok("POST", "/pools/extend", more)
    (request,) = (await admin.ok("GET", f"{path}/requests"))["requests"]
    assert (request["kind"], request["reason"]) == ("extend", "they are on holiday")
    await admin.ok("POST", f"/pools/requests/{request['id']}/decide", {"grant": True})
    later = await seller.ok("GET", f"/records/lead/{first}")
    assert later["recycle_at"] > lead["recycle_at"]
    await seller.refused("POST", "/pools/extend", 409, "extensions_used", json=more)
    # Whoever could say yes has left.
    await pools.change(pool, managers=[f"user:{seller.id}"])
    gone = await api.person()
    await pools.change(pool, managers=[f"user:{gone.id}"])
    await admin.ok("DELETE", f"/users/{gone.id}/access")
    await seller.refused("POST", f"{path}/claim", 409, "pool_manager_gone", json={"ids": [second]})


async def test_settings_are_checked_and_shown_before_they_empty_a_list(api: Api, pools):
    seller, admin = await api.person(), api.administrator
    pool = await pools.make(seller)
    ids = await pools.fill(pool, 2)
    await pools.claim(seller, pool, *ids)
    path = f"/pools/{pool['id']}"
    settings = pool["settings"]
    for wrong in (
        {"hidden": ["name"]},
        {"hidden": ["no_such_field"]},
        {"intake_where": {"field": "nothing", "op": "eq", "value": 1}},
        {"away": [{"person": str(UUID(int=5)), "first": "2026-01-01", "last": "2026-01-02"}]},
        {"members": ["role:member"]},
        {"recycle": [{"key": "a", "kind": "not_won", "days": 1, "target": str(UUID(int=5))}]},
    ):
        body = {"version": 1, "settings": {**settings, **wrong}}
        await admin.refused("PUT", path, 422, json=body)
    strict = {**settings, "recycle": [{"key": "now", "kind": "not_followed", "days": 0}]}
    problem = await admin.refused(
        "PUT", path, 409, "recycle_would_empty", json={"version": 1, "settings": strict}
    )
    assert problem["owners"] == [
        {"owner": {"id": seller.id, "label": seller.user["name"]}, "held": 2, "going": 2}
    ]
    await seller.refused("PUT", path, 403, json={"version": 1, "settings": settings})
    changed = await admin.ok("PUT", path, {"version": 1, "settings": strict, "confirm": True})
    await admin.refused("PUT", path, 409, "pool_changed_meanwhile", json={"version": 1, "settings": settings})
    preview = await admin.ok("GET", f"{path}/recycle-preview")
    assert {each["id"] for each in preview["records"]} == set(ids)
    assert changed["version"] == 2
    await seller.refused("GET", f"{path}/recycle-preview", 403, "pool_managers_only")


async def test_a_manager_gives_puts_and_moves_and_the_bar_says_what_may_be_done(api: Api, pools):
    seller, other, admin = await api.person(), await api.person(), api.administrator
    pool = await pools.make(seller, other, limits={"held": 2})
    first, second, third = await pools.fill(pool, 3)
    path = f"/pools/{pool['id']}"

    async def bar(person, key):
        return await person.ok("GET", f"/pools/of/lead/{key}")

    assert (await bar(seller, first))["can"] == ["claim"]
    await seller.refused("POST", f"{path}/assign", 403, json={"ids": [first], "to": seller.id})
    await admin.ok("POST", f"{path}/assign", {"ids": [first, second], "to": seller.id})
    await admin.refused("POST", f"{path}/assign", 409, "assign_limit", json={"ids": [third], "to": seller.id})
    assert (await bar(seller, first))["can"] == ["release", "accept"]
    assert await seller.ok("POST", "/pools/accept", {"ids": [first]}) == {"accepted": 1}
    assert (await bar(seller, first))["can"] == ["release"]
    await other.refused("GET", f"/pools/of/lead/{first}", 404)
    await admin.ok("POST", f"{path}/transfer", {"ids": [first], "to": other.id, "reason": "moved"})
    owners = (await other.ok("GET", f"/records/lead/{first}/owners"))["owners"]
    assert [(each["began"], each["ended"]) for each in owners] == [
        ("transferred", None),
        ("assigned", "transferred"),
    ]
    loose = await admin.create("lead", name=unique("L"))
    assert "put" in (await bar(admin, loose["id"]))["can"]
    await admin.ok("POST", f"{path}/put", {"ids": [loose["id"]]})
    assert (await bar(admin, loose["id"]))["waiting"]
    await api.deliver()
    assert "assigned" in {item["kind"] for item in (await other.ok("GET", "/inbox"))["items"]}


async def test_another_workspace_knows_nothing_of_a_pool(api: Api, pools, house):
    pool = await pools.make(await api.person())
    elsewhere = await house.session(await house.administrator())
    async with house.database.reader() as connection:
        assert await read_pools(connection, elsewhere) == []
        with pytest.raises(NotFound):
            await read_pool(connection, elsewhere, UUID(pool["id"]))
