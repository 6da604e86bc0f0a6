"""Requests proceed on what was last said of a session; whatever has changed since acts on the next one all the same.

Each change is made past the process that holds what was said: in the database, as another process makes it.
"""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import timedelta

import psycopg
import pytest
import sqlalchemy as sa

from banyan.access.holders import touch_policies
from banyan.access.tables import access_tables
from banyan.api.caller import proven_along
from banyan.db.proofs import PROOFS, Outdated, Proof
from banyan.db.statements import run
from banyan.identity.secrets import token_hash
from banyan.identity.tables import identity_tables
from banyan.kernel.errors import Unavailable
from banyan.metadata.store import CHANGED_CHANNEL, load_catalog
from factories.api import MAIN_SCHEMA, Api, Person, unique

pytestmark = pytest.mark.anyio
SESSIONS = identity_tables(MAIN_SCHEMA).session
PEOPLE = identity_tables(MAIN_SCHEMA).credential


async def change(api: Api, *statements: sa.sql.expression.Executable) -> None:
    async with api.runtime.database.transaction() as connection:
        for statement in statements:
            await run(connection, statement)


async def one(api: Api, statement: sa.sql.expression.Executable):
    async with api.runtime.database.reader() as connection:
        return (await (await run(connection, statement)).fetchone())[0]


async def known(api: Api, role: str = "member", reads: str = "account") -> Person:
    """Somebody whose session this process has heard of, and proceeds on."""
    person = await api.person(role=role)
    await person.page(reads, limit=1)
    assert api.runtime.proven.session(person.token) is not None
    return person


def of(person: Person):
    return SESSIONS.c.token_hash == token_hash(person.token)


ENDINGS = {
    "ended": lambda person: sa.delete(SESSIONS).where(of(person)),
    "over": lambda person: sa.update(SESSIONS).where(of(person)).values(expires_at=sa.func.now()),
    "idle": lambda person: (
        sa.update(SESSIONS).where(of(person)).values(last_seen_at=sa.func.now() - timedelta(days=40))
    ),
    "locked out": lambda person: (
        sa.update(PEOPLE).where(PEOPLE.c.user_id == person.id).values(state="disabled")
    ),
    "in the trash": lambda person: (
        sa.update(access_tables(MAIN_SCHEMA).user)
        .where(access_tables(MAIN_SCHEMA).user.c.id == person.id)
        .values(deleted_at=sa.func.now())
    ),
}


@pytest.mark.parametrize("how", ENDINGS)
async def test_who_is_out_reads_and_writes_nothing_more(api: Api, how: str):
    person = await known(api)
    mine = await person.create("account", name=unique("Own "))
    await change(api, ENDINGS[how](person))
    name = unique("Late ")
    batch = {"operations": [{"op": "create", "values": {"name": name}}]}
    calls = (
        ("POST", "/records/account/query", {"limit": 1}),
        ("GET", f"/records/account/{mine['id']}", None),
        ("POST", "/records/account", {"name": name}),
        ("PATCH", f"/records/account/{mine['id']}", {"name": name, "version": mine["version"]}),
        ("POST", "/records/account/batch", batch),
        ("DELETE", f"/records/account/{mine['id']}", None),
        # What does not validate, or is not even read, is no answer to somebody unknown either.
        ("GET", "/records/account?limit=x", None),
        ("PATCH", f"/records/account/{mine['id']}", ["nothing"]),
        ("POST", "/records/account/query", {"where": {"field": "no_such", "op": "eq", "value": "x"}}),
        ("GET", "/records/no_such_object/1", None),
    )
    for method, path, body in calls:
        await person.refused(method, path, 401, "not_signed_in", body)
    found = await api.administrator.page("account", search=name)
    assert found["records"] == []
    assert api.runtime.proven.session(person.token) is None
    kept = await api.administrator.ok("GET", f"/records/account/{mine['id']}")
    assert (kept["name"], kept["version"]) == (mine["name"], mine["version"])


async def test_rights_that_were_taken_act_on_the_next_request(api: Api):
    role = await api.role(grants={"product": {"read": "all", "create": "all"}})
    person = await known(api, role=role, reads="product")
    name = unique("Granted ")
    made = await person.create("product", name=name)
    tables = access_tables(MAIN_SCHEMA)
    async with api.runtime.database.transaction() as connection:
        await touch_policies(connection, MAIN_SCHEMA)
        await run(connection, sa.delete(tables.grant).where(tables.grant.c.role_key == role))
    await person.refused("POST", "/records/product/query", 404, "unknown_object", {"limit": 1})
    await person.refused("GET", f"/records/product/{made['id']}", 404, "unknown_object")
    await person.refused("POST", "/records/product", 404, "unknown_object", {"name": name})
    assert len((await api.administrator.page("product", search=name))["records"]) == 1


async def test_the_language_of_a_refusal_is_that_of_now(api: Api):
    person = await known(api)
    await change(api, sa.update(PEOPLE).where(PEOPLE.c.user_id == person.id).values(language="zh-CN"))
    problem = await person.refused("POST", "/records/account", 422, json={})
    assert "必填" in problem["errors"][0]["message"]


async def test_a_session_in_use_is_noted_so_once_a_minute(api: Api):
    person = await known(api)
    await change(
        api, sa.update(SESSIONS).where(of(person)).values(last_seen_at=sa.func.now() - timedelta(hours=1))
    )
    await person.page("account", limit=1)
    seen = sa.select(SESSIONS.c.last_seen_at > sa.func.now() - timedelta(minutes=1)).where(of(person))
    assert await one(api, seen) is True
    assert api.runtime.proven.session(person.token) is None  # what was said is an hour old
    await person.page("account", limit=1)
    assert api.runtime.proven.session(person.token) is not None


async def test_a_proof_goes_along_with_the_first_statement_and_with_begin(api: Api):
    person = await known(api)
    proof = api.runtime.proven.session(person.token).proof(MAIN_SCHEMA, person.token)
    async with api.runtime.database.reader(proof) as connection:
        cursor = await connection.execute(proof.along("SELECT 7 AS n"), {"proof": proof.about})
        n, said = await cursor.fetchone()
    assert (n, said.encode()) == (7, proof.expected)
    assert connection not in PROOFS
    for expected in (proof.expected, b"[]"):
        asked = Proof(proof.function, proof.about, expected)
        database = api.runtime.database
        if expected == b"[]":
            with pytest.raises(Outdated):
                async with database.transaction(proof=asked):
                    pytest.fail("nothing is done on what is outdated")
        else:
            async with database.transaction(brief=True, proof=asked) as connection:
                assert asked.is_heard
                mode = await (await connection.execute("SHOW plan_cache_mode")).fetchone()
                assert mode == ("force_generic_plan",)
    async with api.runtime.database.reader() as connection:
        assert await (await connection.execute("SHOW plan_cache_mode")).fetchone() == ("auto",)


async def test_what_an_ended_session_asks_is_charged_to_nobody(api: Api, monkeypatch: pytest.MonkeyPatch):
    person = await known(api)
    counted: list[object] = []
    monkeypatch.setattr(api.runtime.meter, "count", lambda *given: counted.append(given))
    await person.page("account", limit=1)
    assert len(counted) == 1
    await change(api, sa.update(PEOPLE).where(PEOPLE.c.user_id == person.id).values(language="zh-CN"))
    await person.page("account", limit=1)  # begins anew
    assert len(counted) == 2
    await change(api, ENDINGS["ended"](person))
    for _ in range(3):
        await person.refused("POST", "/records/account/query", 401, "not_signed_in", {})
    assert len(counted) == 2


class Calling:
    def __init__(self, proof: Proof | None) -> None:
        self.is_proven = proof is None or proof.is_heard
        self.when_proven: list[object] = []


async def test_a_route_that_proves_nothing_answers_nothing():
    @proven_along
    async def forgets(caller: Calling) -> str:
        return "what nobody has proven"

    @proven_along
    async def fails(caller: Calling) -> str:
        raise KeyError("from what was last said")

    for route in (forgets, fails):
        with pytest.raises(Outdated):
            await route(caller=Calling(Proof("f({})", b"", b"")))
    heard = Proof("f({})", b"", b"", is_heard=True)
    assert await forgets(caller=Calling(heard)) == await forgets(caller=Calling(None))
    with pytest.raises(KeyError):
        await fails(caller=Calling(heard))


async def test_what_another_process_has_published_is_known_to_the_next_request(api: Api):
    """A process that has not heard of it yet: what it holds is put back to what it was."""
    admin = api.administrator
    person = await known(api)
    token = (await person.ok("POST", "/account/tokens", {"name": unique("t"), "scopes": ["*"]}))["token"]
    before = await api.runtime.catalogs.current(MAIN_SCHEMA)
    name = unique("later_")
    field = {"api_name": name, "label": {"en": "Later"}, "type": "text"}
    await admin.change({"kind": "add_field", "object": "account", "field": field})
    query = {"select": ["id", name], "limit": 1}
    for client in (person.client, admin.client, api.client(token)):
        api.runtime.catalogs._current[MAIN_SCHEMA] = before
        answer = await client.post("/api/v1/records/account/query", json=query)
        assert answer.status_code == 200, answer.text
    api.runtime.catalogs._current[MAIN_SCHEMA] = before
    made = await person.create("account", name=unique("With "), **{name: "x"})
    assert made[name] == "x"
    api.runtime.catalogs._current[MAIN_SCHEMA] = before
    fields = next(each for each in (await person.catalog())["objects"] if each["api_name"] == "account")[
        "fields"
    ]
    assert name in [each["api_name"] for each in fields]


async def test_a_catalog_is_read_once_for_all_who_need_it(api: Api, monkeypatch):
    person = await known(api)
    catalogs = api.runtime.catalogs
    before = await catalogs.current(MAIN_SCHEMA)
    field = {"api_name": unique("once_"), "label": {"en": "Once"}, "type": "text"}
    await api.administrator.change({"kind": "add_field", "object": "account", "field": field})
    await person.page("account", limit=1)
    catalogs._current[MAIN_SCHEMA] = before
    read: list[str] = []

    async def noted(connection, schema: str):
        read.append(schema)
        return await load_catalog(connection, schema)

    monkeypatch.setattr("banyan.metadata.store.load_catalog", noted)
    token = (await person.ok("POST", "/account/tokens", {"name": unique("t"), "scopes": ["*"]}))["token"]
    read.clear()
    catalogs._current[MAIN_SCHEMA] = before
    async with api.client(token) as program:
        asked = {"json": {"limit": 1}}
        programs = (program.post("/api/v1/records/account/query", **asked) for _ in range(6))
        await asyncio.gather(*(person.page("account", limit=1) for _ in range(6)), *programs)
    assert read == [MAIN_SCHEMA]


async def test_listening_for_what_others_publish_goes_on_past_a_workspace_that_is_gone(api: Api, monkeypatch):
    """And past a database that is away for a moment: the listener's connection ends, and reading fails at first."""
    runtime = api.runtime
    catalogs, failures = runtime.catalogs, [Unavailable("database_gone"), psycopg.OperationalError("gone")]
    refresh = catalogs.refresh

    async def failing(schema: str):
        if schema == MAIN_SCHEMA and failures:
            raise failures.pop()
        return await refresh(schema)

    monkeypatch.setattr(catalogs, "refresh", failing)
    catalogs._asked.add("ws_gone_long_ago")
    following = asyncio.create_task(runtime.follow_changes())
    try:
        await until(lambda: "ws_gone_long_ago" not in catalogs.known() and not failures)
        async with runtime.database.reader() as connection:
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE application_name = 'banyan listen' ORDER BY backend_start DESC LIMIT 1"
            )
        before = catalogs._current[MAIN_SCHEMA]
        field = {"api_name": unique("heard_"), "label": {"en": "Heard"}, "type": "text"}
        await api.administrator.change({"kind": "add_field", "object": "account", "field": field})
        catalogs._current[MAIN_SCHEMA] = before
        async with runtime.database.reader() as connection:
            await connection.execute("SELECT pg_notify(%s, %s)", [CHANGED_CHANNEL, MAIN_SCHEMA])
        await until(lambda: (catalogs.version_known(MAIN_SCHEMA) or 0) > before.version)
        assert not following.done()
    finally:
        following.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await following


async def until(holds: Callable[[], bool]) -> None:
    for _ in range(1_500):
        if holds():
            return
        await asyncio.sleep(0.02)
    pytest.fail("it did not come to hold")


async def test_what_is_missing_for_another_reason_is_no_signing_out(api: Api, monkeypatch):
    person = await known(api)

    async def broken(*_args: object) -> None:
        raise psycopg.errors.UndefinedTable

    monkeypatch.setattr("banyan.api.caller.find_session", broken)
    answer = await person.client.get("/api/v1/metadata/catalog")
    assert answer.status_code == 500
    monkeypatch.undo()
    await person.catalog()
