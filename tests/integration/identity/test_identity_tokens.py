"""Tokens are shown once, narrow what their holder may do, and end with the person's access."""

from datetime import timedelta

import httpx
import pytest
import sqlalchemy as sa

from banyan.db.statements import run
from banyan.identity.tables import identity_tables
from factories.api import MAIN_SCHEMA, Api, Document, Person, unique

pytestmark = pytest.mark.anyio
TABLES = identity_tables(MAIN_SCHEMA)


async def token(person: Person, *scopes: str, **more: object) -> Document:
    body = {"name": unique("t"), "scopes": scopes or ("*",), **more}
    found: Document = await person.ok("POST", "/account/tokens", body)
    return found


async def call(api: Api, token: str, method: str, path: str, json: object = None) -> httpx.Response:
    async with api.client(token) as client:
        return await client.request(method, f"/api/v1{path}", json=json)


async def test_a_token_acts_as_its_person_and_is_shown_once(api: Api, member: Person, colleague: Person):
    made = await token(member)
    assert made["token"].startswith("bnyn_main_")
    record = await colleague.create("account", name=unique("Hidden"))
    mine = await call(api, made["token"], "POST", "/records/account", {"name": unique("By token")})
    assert mine.status_code == 201
    assert mine.json()["owner"]["id"] == member.id
    hidden = await call(api, made["token"], "GET", f"/records/account/{record['id']}")
    assert hidden.status_code == 404
    (shown,) = [t for t in (await member.ok("GET", "/account/tokens"))["tokens"] if t["id"] == made["id"]]
    assert made["token"] not in str(shown)
    assert made["token"].endswith(shown["hint"])
    assert shown["last_used_at"] is not None
    async with api.runtime.database.reader() as connection:
        rows = await (await run(connection, sa.select(TABLES.api_token))).fetchall()
    assert made["token"] not in str(rows)


async def test_scopes_narrow_and_never_widen(api: Api, member: Person):
    record = await member.create("account", name=unique("Mine"))
    read = (await token(member, "account:read"))["token"]
    assert (await call(api, read, "GET", f"/records/account/{record['id']}")).status_code == 200
    change = {"version": 1, "city": "x"}
    assert (await call(api, read, "PATCH", f"/records/account/{record['id']}", change)).status_code == 403
    assert (await call(api, read, "POST", "/records/contact/query", {})).status_code == 404
    assert (await call(api, read, "POST", "/records/account", {"name": "x"})).status_code == 403
    wide = (await token(member, "product:create", "*:read"))["token"]
    assert (await call(api, wide, "POST", "/records/contact/query", {})).status_code == 200
    assert (await call(api, wide, "POST", "/records/product", {"name": "x"})).status_code == 403
    every = (await token(member, "account:*"))["token"]
    assert (await call(api, every, "PATCH", f"/records/account/{record['id']}", change)).status_code == 200


async def test_a_token_holds_no_power_and_touches_no_account(api: Api):
    made = await token(api.administrator)
    for method, path in (
        ("GET", "/security/policy"),
        ("GET", "/users/access"),
        ("GET", "/account/sessions"),
        ("GET", "/account/tokens"),
    ):
        assert (await call(api, made["token"], method, path)).status_code == 403
    body = {"name": "more", "scopes": ["*"]}
    refused = await call(api, made["token"], "POST", "/account/tokens", body)
    assert refused.json()["code"] == "only_in_person"


async def test_a_revoked_an_expired_and_a_leavers_token_are_dead(api: Api):
    person = await api.person()
    first, second, third = [await token(person) for _ in range(3)]
    path = "/records/account"
    assert (await call(api, first["token"], "GET", path)).status_code == 200
    await person.ok("DELETE", f"/account/tokens/{first['id']}")
    assert (await call(api, first["token"], "GET", path)).status_code == 401
    async with api.runtime.database.transaction() as connection:
        past = {"expires_at": sa.func.now() - timedelta(minutes=1)}
        table = TABLES.api_token
        await run(connection, sa.update(table).where(table.c.id == second["id"]).values(**past))
    assert (await call(api, second["token"], "GET", path)).status_code == 401
    assert (await call(api, third["token"], "GET", path)).status_code == 200
    await api.administrator.ok("DELETE", f"/users/{person.id}/access")
    assert (await call(api, third["token"], "GET", path)).status_code == 401


async def test_nobody_revokes_anothers_token(api: Api, member: Person, colleague: Person):
    made = await token(member)
    await colleague.refused("DELETE", f"/account/tokens/{made['id']}", 404, "unknown_token")
    await api.administrator.refused("DELETE", f"/security/tokens/{made['id']}", 404, "unknown_token")


@pytest.mark.parametrize("change", ["{}x", "x{}", "bnyn_main_", "bnyn__", "bnyn_nobody_0", "bnyn_main_{}."])
async def test_a_token_that_is_nearly_right_is_refused(api: Api, member: Person, change: str):
    made = await token(member)
    assert (await call(api, change.format(made["token"]), "GET", "/records/account")).status_code == 401


async def test_a_token_does_not_work_as_a_cookie(api: Api, member: Person):
    made = await token(member)
    async with api.client() as client:
        client.cookies.set("banyan_session", made["token"])
        assert (await client.get("/api/v1/records/account")).status_code == 401


async def test_a_service_token_holds_its_roles_and_is_nobody(api: Api, member: Person):
    body = {"name": "ERP", "roles": ["all_data"], "scopes": ["account:read", "account:create"]}
    await member.refused("POST", "/security/tokens", 403, "power_needed", body)
    made = await api.administrator.ok("POST", "/security/tokens", body)
    record = await member.create("account", name=unique("Seen"))
    seen = await call(api, made["token"], "GET", f"/records/account/{record['id']}")
    assert (seen.status_code, seen.json()["name"]) == (200, record["name"])
    headers = {"idempotency-key": unique("k")}
    async with api.client(made["token"]) as client:
        answers = [
            await client.post("/api/v1/records/account", json={"name": "By ERP"}, headers=headers)
            for _ in range(2)
        ]
    assert [answer.status_code for answer in answers] == [201, 201], answers[0].text
    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert (await call(api, made["token"], "GET", "/users/access")).status_code == 403
    await api.administrator.ok("DELETE", f"/security/tokens/{made['id']}")
    assert (await call(api, made["token"], "GET", f"/records/account/{record['id']}")).status_code == 401


async def test_bad_scopes_and_roles_are_named(api: Api, member: Person):
    for scopes in ([], ["account"], ["account:fly"], ["Account:read"], ["*", "x;y"]):
        body = {"name": "t", "scopes": scopes}
        problem = await member.refused("POST", "/account/tokens", 422, json=body)
        assert problem["errors"][0]["pointer"].startswith("/scopes")
    body = {"name": "t", "roles": ["nothing_like_it"]}
    problem = await api.administrator.refused("POST", "/security/tokens", 422, json=body)
    assert problem["errors"][0]["code"] == "unknown_role"


async def started(api: Api, secret: str, name: str) -> str:
    """An import of one company, run by a program."""
    async with api.client(secret) as client:
        files = {"file": ("a.csv", f"客户名称\n{name}\n".encode())}
        made = await client.post("/api/v1/imports", files=files, data={"object": "account"})
        assert made.status_code == 201, made.text
        run = await client.post(f"/api/v1/imports/{made.json()['id']}/run")
        assert run.is_success, run.text
        return str(made.json()["id"])


async def test_work_a_token_began_reaches_no_further_than_the_token(api: Api, member: Person):
    name = unique("Tok")
    narrow = await token(member, "account:read", "account:import")
    started_id = await started(api, narrow["token"], name)
    await api.run_jobs()
    assert (await member.ok("GET", f"/imports/{started_id}"))["state"] == "failed"
    assert (await member.page("account", where={"field": "name", "op": "eq", "value": name}))["records"] == []
    wide = await token(member, "*")
    again = await started(api, wide["token"], name)
    await api.run_jobs()
    assert (await member.ok("GET", f"/imports/{again}"))["state"] == "done"


async def test_work_of_a_revoked_token_is_not_done(api: Api, member: Person):
    name = unique("Tok")
    made = await token(member, "*")
    started_id = await started(api, made["token"], name)
    await member.ok("DELETE", f"/account/tokens/{made['id']}")
    await api.run_jobs()
    assert (await member.ok("GET", f"/imports/{started_id}"))["state"] == "failed"
    assert (await member.page("account", where={"field": "name", "op": "eq", "value": name}))["records"] == []
