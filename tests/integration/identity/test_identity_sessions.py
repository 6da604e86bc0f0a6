"""Sessions are listed, ended and limited; sign-ins are written down; guessing is slowed without locking people out."""

import asyncio
from datetime import timedelta

import httpx
import pytest
import sqlalchemy as sa

from banyan.db.statements import run
from banyan.identity import throttle
from banyan.identity.tables import identity_tables
from factories.api import MAIN_SCHEMA, PASSWORD, Api, Person, unique

pytestmark = pytest.mark.anyio
TABLES = identity_tables(MAIN_SCHEMA)
WRONG, ANOTHER = "no such password", "an entirely other phrase"


@pytest.fixture(autouse=True)
async def fresh(api: Api):
    await api.forget_attempts()
    yield
    await api.ok_policy({})


async def change(api: Api, statement: sa.sql.expression.Executable) -> None:
    async with api.runtime.database.transaction() as connection:
        await run(connection, statement)


async def guess(client: httpx.AsyncClient, email: str, password: str = WRONG) -> httpx.Response:
    return await client.post("/api/v1/sessions", json={"email": email, "password": password})


async def test_a_person_sees_own_sessions_and_ends_one_of_them(api: Api):
    person = await api.person()
    other = await api.sign_in(person.user["email"])
    found = (await person.ok("GET", "/account/sessions"))["sessions"]
    assert [item["current"] for item in found] == [True, False]
    assert person.token not in str(found)
    await person.ok("DELETE", f"/account/sessions/{found[1]['id']}")
    await other.refused("GET", "/sessions/current", 401, "not_signed_in")
    await person.ok("GET", "/sessions/current")
    await person.refused("DELETE", f"/account/sessions/{found[1]['id']}", 404, "unknown_session")


async def test_nobody_ends_anothers_session_by_its_id(api: Api, member: Person, colleague: Person):
    theirs = (await colleague.ok("GET", "/account/sessions"))["sessions"][0]["id"]
    await member.refused("DELETE", f"/account/sessions/{theirs}", 404, "unknown_session")
    await colleague.ok("GET", "/sessions/current")


async def test_administrators_see_and_end_a_persons_sessions_and_members_do_not(api: Api, member: Person):
    person = await api.person()
    path = f"/users/{person.id}/sessions"
    assert len((await api.administrator.ok("GET", path))["sessions"]) == 1
    await member.refused("GET", path, 403, "power_needed")
    await member.refused("DELETE", path, 403, "power_needed")
    await member.refused("GET", f"/users/{person.id}/sign-ins", 403, "power_needed")
    await api.administrator.ok("DELETE", path)
    await person.refused("GET", "/sessions/current", 401, "not_signed_in")


async def test_a_shorter_idle_limit_acts_on_open_sessions(api: Api):
    person = await api.person()
    away = sa.update(TABLES.session).where(TABLES.session.c.user_id == person.id)
    await change(api, away.values(last_seen_at=sa.func.now() - timedelta(minutes=20)))
    await person.ok("GET", "/sessions/current")
    await change(api, away.values(last_seen_at=sa.func.now() - timedelta(minutes=20)))
    await api.ok_policy({"idle_minutes": 15})
    await person.refused("GET", "/sessions/current", 401, "not_signed_in")


async def test_the_absolute_limit_ends_a_session_in_use(api: Api):
    person = await api.person()
    long_ago = sa.update(TABLES.session).where(TABLES.session.c.user_id == person.id)
    await change(api, long_ago.values(created_at=sa.func.now() - timedelta(hours=9)))
    await api.ok_policy({"absolute_hours": 10})
    await person.ok("GET", "/sessions/current")
    await api.ok_policy({"absolute_hours": 8})
    await person.refused("GET", "/sessions/current", 401, "not_signed_in")


async def test_signing_in_again_replaces_the_session_of_the_browser(api: Api):
    person = await api.person()
    client = api.client()
    body = {"email": person.user["email"], "password": PASSWORD}
    first = (await client.post("/api/v1/sessions", json=body)).json()["token"]
    second = (await client.post("/api/v1/sessions", json=body)).json()["token"]
    assert first != second
    async with api.client(first) as old:
        assert (await old.get("/api/v1/sessions/current")).status_code == 401


async def test_sign_ins_and_failures_are_written_down(api: Api):
    person = await api.person()
    assert (await guess(api.client(), person.user["email"])).status_code == 401
    found = (await person.ok("GET", "/account/sign-ins"))["sign_ins"]
    assert [(item["outcome"], item["method"]) for item in found] == [
        ("failure", "password"),
        ("success", "password"),
    ]
    assert found[0]["address"] == "127.0.0.1"
    seen = await api.administrator.ok("GET", f"/users/{person.id}/sign-ins")
    assert seen["sign_ins"] == found


async def test_failures_elsewhere_do_not_block_a_known_device_nor_another_address(api: Api):
    person = await api.person()
    email, home = person.user["email"], api.client()
    assert (await guess(home, email, PASSWORD)).status_code == 201
    stranger = api.client()
    statuses = [(await guess(stranger, email)).status_code for _ in range(throttle.MOST_FAILURES + 1)]
    assert statuses == [401] * throttle.MOST_FAILURES + [429]
    assert (await guess(stranger, email, PASSWORD)).status_code == 429
    assert (await guess(home, email, PASSWORD)).status_code == 201
    elsewhere = throttle.Attempt.of(MAIN_SCHEMA, "192.0.2.7", email, None)
    await throttle.book(api.runtime.database, elsewhere)  # raises where it is blocked


async def test_a_device_mark_of_somebody_else_opens_no_side_door(api: Api, member: Person):
    person = await api.person()
    owner = api.client()
    assert (await guess(owner, person.user["email"], PASSWORD)).status_code == 201
    email = member.user["email"]
    statuses = [(await guess(owner, email)).status_code for _ in range(throttle.MOST_FAILURES + 1)]
    assert statuses[-1] == 429


async def test_parallel_guesses_do_not_slip_through_together(api: Api):
    person = await api.person()
    clients = [api.client() for _ in range(20)]
    answers = await asyncio.gather(*(guess(client, person.user["email"]) for client in clients))
    assert sum(answer.status_code == 401 for answer in answers) <= throttle.MOST_FAILURES


async def test_attempts_are_shared_by_processes_and_a_refusal_says_how_long(api: Api):
    email = f"{unique('n')}@x.cn"
    for _ in range(throttle.MOST_FAILURES):
        await throttle.book(api.runtime.database, throttle.Attempt.of(MAIN_SCHEMA, "127.0.0.1", email, None))
    refused = await guess(api.client(), email)
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["retry-after"]) <= 301


def test_a_name_tried_from_everywhere_is_answered_slowly_and_never_locked():
    assert throttle.pause_s(throttle.PATIENCE) == 0
    assert 0 < throttle.pause_s(throttle.PATIENCE + 1) < throttle.pause_s(throttle.PATIENCE + 10)
    assert throttle.pause_s(10**6) == throttle.LONGEST_PAUSE_S


async def test_own_password_needs_the_current_one_and_ends_other_sessions(api: Api):
    person = await api.person()
    other = await api.sign_in(person.user["email"])
    wrong = {"current": "not this one at all", "password": ANOTHER}
    problem = await person.refused("POST", "/account/password", 422, json=wrong)
    assert problem["errors"][0]["code"] == "wrong_password"
    await person.ok("POST", "/account/password", {"current": PASSWORD, "password": ANOTHER})
    await person.ok("GET", "/sessions/current")
    await other.refused("GET", "/sessions/current", 401)
    await api.sign_in(person.user["email"], ANOTHER)


async def test_the_policy_asks_for_length_kinds_and_new_passwords(api: Api):
    person = await api.person()
    await api.ok_policy({"min_length": 12, "character_kinds": 3, "remembered": 2})

    async def code(password: str, current: str) -> str | None:
        answer = await person.call(
            "POST", "/account/password", json={"current": current, "password": password}
        )
        return answer.json()["errors"][0]["code"] if answer.status_code == 422 else None

    assert await code("Sh0rt-one", PASSWORD) == "password_too_short"
    assert await code("only small letters", PASSWORD) == "password_too_plain"
    assert await code("Password2024!!", PASSWORD) == "password_known"
    assert await code("First phrase 1", PASSWORD) is None
    assert await code("First phrase 1", "First phrase 1") == "password_used_before"
    assert await code("Second phrase 2", "First phrase 1") is None
    assert await code("First phrase 1", "Second phrase 2") == "password_used_before"
    assert await code("Third phrase 3", "Second phrase 2") is None
    assert await code("First phrase 1", "Third phrase 3") is None


async def test_a_password_of_age_is_changed_before_going_on(api: Api):
    person = await api.person()
    await api.ok_policy({"max_age_days": 30})
    old = sa.update(TABLES.credential).where(TABLES.credential.c.user_id == person.id)
    await change(api, old.values(password_set_at=sa.func.now() - timedelta(days=31)))
    refused = await guess(api.client(), person.user["email"], PASSWORD)
    assert (refused.status_code, refused.json()["code"]) == (403, "password_aged")
    body = {"token": refused.json()["token"], "password": ANOTHER}
    async with api.client() as client:
        assert (await client.post("/api/v1/set-password", json=body)).status_code == 204
    await api.sign_in(person.user["email"], ANOTHER)


async def test_settings_are_for_the_power_security(api: Api, member: Person):
    for method, path in (("GET", "policy"), ("PUT", "policy"), ("GET", "mail"), ("DELETE", "mail")):
        body = {} if method == "PUT" else None
        await member.refused(method, f"/security/{path}", 403, "power_needed", body)
