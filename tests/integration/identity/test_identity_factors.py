"""Second factors: codes cannot be replayed, recovery codes work once, passkeys answer one challenge once."""

import asyncio
import time
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pyotp
import pytest
import sqlalchemy as sa

from banyan.db.statements import run
from banyan.identity.factors import STEP_S, matching_step
from banyan.identity.tables import identity_tables
from factories.api import MAIN_SCHEMA, PASSWORD, Api, Document, Person
from factories.authenticator import Authenticator

pytestmark = pytest.mark.anyio
TABLES = identity_tables(MAIN_SCHEMA)


@dataclass
class Enrolled:
    person: Person
    totp: pyotp.TOTP
    recovery_codes: list[str]

    def code(self, ahead: int = 1) -> str:
        """The code `ahead` steps from now: the one just confirmed is used up."""
        return self.totp.generate_otp(int(time.time()) // STEP_S + ahead)


@pytest.fixture(autouse=True)
async def fresh(api: Api):
    await api.forget_attempts()
    yield
    await api.ok_policy({})


async def enrol(api: Api, person: Person | None = None) -> Enrolled:
    chosen = person or await api.person()
    made = await chosen.ok("POST", "/account/totp", {"password": PASSWORD})
    assert made["secret"] in made["uri"]
    totp = pyotp.TOTP(made["secret"])
    # The code of the step before leaves this step's and the next one's for the test.
    code = totp.generate_otp(int(time.time()) // STEP_S - 1)
    answer = await chosen.ok("POST", "/account/totp/confirm", {"code": code})
    assert len(set(answer["recovery_codes"])) == 10
    return Enrolled(chosen, totp, answer["recovery_codes"])


async def first_step(api: Api, person: Person) -> tuple[httpx.AsyncClient, Document]:
    client = api.client()
    body = {"email": person.user["email"], "password": PASSWORD}
    answer = await client.post("/api/v1/sessions", json=body)
    assert answer.status_code == 202, answer.text
    assert "set-cookie" not in answer.headers
    return client, answer.json()


async def second_step(client: httpx.AsyncClient, ticket: str, **proof: Any) -> httpx.Response:
    return await client.post("/api/v1/sessions/second-factor", json={"ticket": ticket, **proof})


async def test_a_sign_in_takes_two_steps_and_a_code_works_once(api: Api):
    enrolled = await enrol(api)
    client, first = await first_step(api, enrolled.person)
    assert first["second_factor"] == ["totp", "recovery"]
    code = enrolled.code()
    done = await second_step(client, first["ticket"], code=code)
    assert done.status_code == 201, done.text
    assert done.json()["user"]["id"] == enrolled.person.id
    again, second = await first_step(api, enrolled.person)
    assert (await second_step(again, second["ticket"], code=code)).json()["code"] == "second_factor_wrong"
    assert (await second_step(client, first["ticket"], code=code)).json()["code"] == "ticket_spent"


async def test_of_two_who_send_the_same_code_at_once_one_gets_in(api: Api):
    enrolled = await enrol(api)
    doors = [await first_step(api, enrolled.person) for _ in range(4)]
    code = enrolled.code()
    answers = await asyncio.gather(*(second_step(door, first["ticket"], code=code) for door, first in doors))
    assert sorted(answer.status_code for answer in answers) == [201, 401, 401, 401]


def test_a_clock_may_be_one_step_off_and_no_more():
    totp, now = pyotp.TOTP(pyotp.random_base32()), 1_800_000_000
    step = now // STEP_S
    found = [matching_step(totp.secret, totp.generate_otp(step + off), now) for off in (-2, -1, 0, 1, 2)]
    assert found == [None, step - 1, step, step + 1, None]
    for nonsense in ("", "abcdef", "12345", "１２３４５６", "1" * 20):
        assert matching_step(totp.secret, nonsense, now) is None


async def test_a_ticket_has_few_attempts(api: Api):
    enrolled = await enrol(api)
    client, first = await first_step(api, enrolled.person)
    for _ in range(5):
        assert (await second_step(client, first["ticket"], code="000000")).status_code == 401
    right = await second_step(client, first["ticket"], code=enrolled.code())
    assert right.json()["code"] == "ticket_spent"


async def test_new_tickets_do_not_bring_new_guesses(api: Api):
    enrolled = await enrol(api)
    statuses = []
    for _ in range(3):
        client, first = await first_step(api, enrolled.person)
        statuses += [
            (await second_step(client, first["ticket"], code="000000")).status_code for _ in range(4)
        ]
    assert statuses[-1] == 429


async def test_a_recovery_code_works_once_however_it_is_written(api: Api):
    enrolled = await enrol(api)
    client, first = await first_step(api, enrolled.person)
    assert (await second_step(client, first["ticket"], recovery_code="aaaa-bbbb")).status_code == 401
    written = enrolled.recovery_codes[0].upper().replace("-", " ")
    assert (await second_step(client, first["ticket"], recovery_code=written)).status_code == 201
    client, first = await first_step(api, enrolled.person)
    assert (await second_step(client, first["ticket"], recovery_code=written)).status_code == 401
    state = await enrolled.person.ok("GET", "/account/security")
    assert state["recovery_codes"] == 9


async def test_fresh_recovery_codes_end_the_old_ones(api: Api):
    enrolled = await enrol(api)
    made = await enrolled.person.ok("POST", "/account/recovery-codes", {"password": PASSWORD})
    client, first = await first_step(api, enrolled.person)
    old, new = enrolled.recovery_codes[0], made["recovery_codes"][0]
    assert (await second_step(client, first["ticket"], recovery_code=old)).status_code == 401
    assert (await second_step(client, first["ticket"], recovery_code=new)).status_code == 201


async def test_an_open_session_alone_changes_no_factor(api: Api):
    enrolled = await enrol(api)
    for path in (
        "/account/totp",
        "/account/totp/remove",
        "/account/recovery-codes",
        "/account/passkeys/options",
    ):
        for password, code in ((None, "required"), ("not the password", "wrong_password")):
            problem = await enrolled.person.refused("POST", path, 422, json={"password": password})
            assert problem["errors"][0]["code"] == code
    await enrolled.person.refused(
        "POST", "/account/totp", 409, "second_factor_exists", {"password": PASSWORD}
    )
    await enrolled.person.ok("POST", "/account/totp/remove", {"password": PASSWORD})
    await api.sign_in(enrolled.person.user["email"])


async def test_the_secret_is_not_readable_in_the_database(api: Api):
    enrolled = await enrol(api)
    async with api.runtime.database.reader() as connection:
        found = await run(
            connection, sa.select(TABLES.totp.c.secret).where(TABLES.totp.c.user_id == enrolled.person.id)
        )
        (sealed,) = await found.fetchone()
    assert enrolled.totp.secret not in sealed
    assert api.runtime.vault.open(f"totp {enrolled.person.id}", sealed) == enrolled.totp.secret


async def add_passkey(
    person: Person, name: str = "Laptop", key: Authenticator | None = None
) -> Authenticator:
    chosen = key or Authenticator()
    made = await person.ok("POST", "/account/passkeys/options", {"password": PASSWORD})
    body = {"ticket": made["ticket"], "name": name, "credential": chosen.register(made["options"])}
    await person.ok("POST", "/account/passkeys", body)
    return chosen


async def passkey_sign_in(api: Api, key: Authenticator) -> httpx.Response:
    client = api.client()
    made = (await client.post("/api/v1/sessions/passkey-options", json={})).json()
    body = {"ticket": made["ticket"], "credential": key.answer(made["options"])}
    return await client.post("/api/v1/sessions/passkey", json=body)


async def test_a_passkey_signs_in_alone_is_renamed_and_removed(api: Api):
    person = await api.person()
    key = await add_passkey(person)
    assert (await passkey_sign_in(api, key)).json()["user"]["id"] == person.id
    (shown,) = (await person.ok("GET", "/account/security"))["passkeys"]
    assert shown["last_used_at"] is not None
    await person.ok("PATCH", f"/account/passkeys/{shown['id']}", {"name": "Phone"})
    await person.ok("POST", f"/account/passkeys/{shown['id']}/remove", {"password": PASSWORD})
    assert (await passkey_sign_in(api, key)).json()["code"] == "passkey_refused"


async def test_a_passkey_is_the_second_step_too(api: Api):
    person = await api.person()
    key = await add_passkey(person)
    client, first = await first_step(api, person)
    assert first["second_factor"] == ["passkey", "recovery"]
    made = (await client.post("/api/v1/sessions/passkey-options", json={"ticket": first["ticket"]})).json()
    proof = {"ticket": made["ticket"], "credential": key.answer(made["options"])}
    assert (await second_step(client, first["ticket"], passkey=proof)).status_code == 201


async def test_a_challenge_is_answered_once(api: Api):
    key = await add_passkey(await api.person())
    client = api.client()
    made = (await client.post("/api/v1/sessions/passkey-options", json={})).json()
    body = {"ticket": made["ticket"], "credential": key.answer(made["options"])}
    assert (await client.post("/api/v1/sessions/passkey", json=body)).status_code == 201
    again = await client.post("/api/v1/sessions/passkey", json=body)
    assert (again.status_code, again.json()["code"]) == (401, "ticket_spent")


@pytest.mark.parametrize(
    "wrong",
    [{"origin": "http://evil"}, {"host": "evil"}, {"verified": False}, {"key": Authenticator().key}],
    ids=["origin", "host", "not verified", "another key"],
)
async def test_a_passkey_used_wrongly_is_refused(api: Api, wrong: dict[str, Any]):
    key = await add_passkey(await api.person())
    answer = await passkey_sign_in(api, replace(key, **wrong))
    assert (answer.status_code, answer.json()["code"]) == (401, "passkey_refused")


async def test_a_passkey_whose_count_goes_back_is_refused(api: Api):
    key = await add_passkey(await api.person())
    key.count = 10
    assert (await passkey_sign_in(api, key)).status_code == 201
    key.count = 3
    assert (await passkey_sign_in(api, key)).status_code == 401


async def test_anothers_passkey_does_not_finish_a_sign_in(api: Api):
    victim, thief = await api.person(), await api.person()
    await add_passkey(victim)
    key = await add_passkey(thief)
    client, first = await first_step(api, victim)
    made = (await client.post("/api/v1/sessions/passkey-options", json={"ticket": first["ticket"]})).json()
    proof = {"ticket": made["ticket"], "credential": key.answer(made["options"])}
    assert (await second_step(client, first["ticket"], passkey=proof)).status_code == 401
    free = (await client.post("/api/v1/sessions/passkey-options", json={})).json()
    proof = {"ticket": free["ticket"], "credential": key.answer(free["options"])}
    assert (await second_step(client, first["ticket"], passkey=proof)).status_code == 401


async def test_powers_wait_for_a_second_factor_where_the_workspace_asks_for_one(api: Api):
    admin = api.administrator
    await admin.refused(
        "PUT", "/security/policy", 409, "second_factor_first", {"require_second_factor": True}
    )
    ruler, other = await api.person("administrator"), await api.person("administrator")
    await enrol(api, ruler)
    await ruler.ok("PUT", "/security/policy", {"require_second_factor": True})
    await ruler.ok("GET", "/security/policy")
    await other.refused("GET", "/security/policy", 403, "power_needed")
    session = await other.ok("GET", "/sessions/current")
    assert session["second_factor_needed"] is True
    await other.ok("GET", "/records/account")
    later = await api.sign_in(other.user["email"])
    await later.refused("GET", "/security/policy", 403, "power_needed")
    await enrol(api, other)
    await other.ok("GET", "/security/policy")
    await later.ok("GET", "/security/policy")
    await other.ok("POST", "/account/totp/remove", {"password": PASSWORD})
    await other.refused("GET", "/security/policy", 403, "power_needed")
    await ruler.ok("PUT", "/security/policy", {})
    await other.ok("GET", "/security/policy")


async def test_who_lost_every_device_is_helped_by_an_administrator(api: Api, member: Person):
    enrolled = await enrol(api)
    path = f"/users/{enrolled.person.id}/second-factors"
    await member.refused("DELETE", path, 403, "power_needed")
    await api.administrator.ok("DELETE", path)
    await enrolled.person.refused("GET", "/sessions/current", 401)
    await api.sign_in(enrolled.person.user["email"])
