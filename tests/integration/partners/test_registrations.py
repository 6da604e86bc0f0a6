"""报备: a customer is free, or protected for one partner; whoever writes, by whatever path, and at the same moment."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from banyan.partners.rounds import Rounds
from factories.api import MAIN_SCHEMA, Api, Person, unique

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
async def keeper(api: Api) -> Person:
    return await api.person("department_head")


async def partner(admin: Person, **more: Any) -> str:
    return str((await admin.create("partner", name=unique("Partner "), protection_days="30", **more))["id"])


def customer() -> str:
    return f"上海{unique('榕树')}科技有限公司"


async def registered(person: Person, partner_id: str, name: str, **more: Any) -> dict[str, Any]:
    return await person.create("deal_registration", customer=name, partner=partner_id, **more)


async def approved(person: Person, record: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = await person.ok(
        "POST", f"/registrations/{record['id']}/approve", {"version": record["version"]}
    )
    return found


async def test_approved_is_protected_for_as_long_as_the_partner_has(admin: Person):
    done = await approved(admin, await registered(admin, await partner(admin), customer()))
    assert done["status"] == "approved"
    today = datetime.now(UTC).astimezone().date()
    assert abs((datetime.fromisoformat(done["protected_until"]).date() - today).days - 30) <= 1
    assert done["decided_by"]["id"] == admin.id
    longer = await admin.ok(
        "POST", f"/registrations/{done['id']}/extend", {"version": done["version"], "days": 10}
    )
    assert longer["protected_until"] > done["protected_until"]
    await admin.refused("POST", f"/registrations/{done['id']}/approve", 409, "registration_state", {})
    await admin.refused("POST", f"/registrations/{done['id']}/win", 409, "version_conflict", {"version": 1})
    deal = await admin.create("opportunity", name=unique("Deal "))
    won = await admin.ok("POST", f"/registrations/{done['id']}/win", {"opportunity": deal["id"]})
    assert (won["status"], won["opportunity"]["id"]) == ("won", deal["id"])


async def test_a_protection_that_has_passed_is_not_prolonged_over_anothers(api: Api, admin: Person):
    name = customer()
    first = await approved(admin, await registered(admin, await partner(admin), name))
    async with (
        api.runtime.database.transaction() as connection
    ):  # Its days have passed; the night's round has not come.
        await connection.execute(
            f"UPDATE {MAIN_SCHEMA}.r_deal_registration SET f_protected_until = current_date - 3 WHERE id = %(id)s",
            {"id": first["id"]},
        )
    await approved(admin, await registered(admin, await partner(admin), name))
    await admin.refused("POST", f"/registrations/{first['id']}/extend", 409, "registration_protected", {})


async def test_what_is_protected_for_one_is_not_registered_by_another(admin: Person, member: Person):
    mine, other = await partner(admin), await partner(admin)
    name = customer()
    done = await approved(admin, await registered(admin, mine, name))
    alike = name.replace("上海", "").replace("科技有限公司", "科技股份有限公司")
    problem = await member.refused(
        "POST", "/records/deal_registration", 422, json={"customer": alike, "partner": other}
    )
    assert [each["code"] for each in problem["errors"]] == ["registration_protected"]
    assert done["protected_until"] in problem["errors"][0]["message"]
    # The same partner may bring another deal of the same customer.
    await registered(admin, mine, alike)
    free = await registered(member, other, customer())
    await member.refused(
        "PATCH", f"/records/deal_registration/{free['id']}", 422, json={"customer": name, "version": 1}
    )
    rows = [{"op": "create", "values": {"customer": name, "partner": other}}]
    await admin.refused("POST", "/records/deal_registration/batch", 422, json={"operations": rows})


async def test_a_partner_out_of_sight_is_not_named(api: Api, admin: Person):
    role = await api.role(
        grants={"deal_registration": {"read": "own", "create": "own"}, "partner": {"read": "own"}}
    )
    outside = await api.person(role)
    own = await partner(admin, owner=outside.id)
    name = customer()
    await approved(admin, await registered(admin, await partner(admin), name))
    problem = await outside.refused(
        "POST", "/records/deal_registration", 422, json={"customer": name, "partner": own}
    )
    assert [each["code"] for each in problem["errors"]] == ["registration_protected_other"]
    told = await outside.ok("POST", "/registrations/check", {"customer": name})
    assert told["free"] is False
    assert [each["partner"] for each in told["registrations"]] == [None]


async def test_a_check_tells_whose_customer_it_is_and_no_more(api: Api, admin: Person, member: Person):
    name, code = customer(), "91310000MA1FL0QX4A"
    account = await admin.create("account", name=name)
    await admin.create("opportunity", name=unique("Deal "), account=account["id"])
    seen = await admin.ok("POST", "/registrations/check", {"customer": name.replace("上海", "")})
    assert [(each["id"], each["label"]) for each in seen["accounts"]] == [(account["id"], name)]
    assert len(seen["deals"]) == 1
    told = await member.ok("POST", "/registrations/check", {"customer": name, "credit_code": code})
    assert (told["free"], told["registrations"]) == (True, [])
    assert [(each["id"], each["label"]) for each in told["accounts"]] == [(None, None)]
    assert told["accounts"][0]["owner"] == admin.user["name"]
    assert [each["label"] for each in told["deals"]] == [None]
    await member.refused("POST", "/registrations/check", 422, json={"customer": "  "})


async def test_of_two_approved_at_once_one_is(api: Api, admin: Person):
    name = customer()
    both = [await registered(admin, await partner(admin), name) for _ in range(2)]
    answers = await asyncio.gather(
        *(admin.call("POST", f"/registrations/{each['id']}/approve", json={}) for each in both)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert refused.json()["code"] == "registration_protected"


async def test_who_decides(admin: Person, member: Person, keeper: Person):
    made = await registered(member, await partner(admin), customer())
    await member.refused("POST", f"/registrations/{made['id']}/approve", 403, "registration_not_yours", {})
    await keeper.refused("POST", f"/registrations/{made['id']}/approve", 404, json={})
    await admin.ok("POST", f"/registrations/{made['id']}/reject", {"note": "Too late"})
    inbox = await member.ok("GET", "/inbox")
    assert any(each["kind"] == "registration_decided" for each in inbox["items"])


async def test_what_was_approved_stands(admin: Person):
    done = await approved(admin, await registered(admin, await partner(admin), customer()))
    await admin.refused(
        "PATCH",
        f"/records/deal_registration/{done['id']}",
        403,
        "field_locked",
        {"customer": customer(), "version": done["version"]},
    )


async def test_protection_passes_at_night_and_is_told_of_before(api: Api, admin: Person):
    mine, other, name = await partner(admin), await partner(admin), customer()
    done = await approved(admin, await registered(admin, mine, name))
    waiting = await registered(admin, mine, customer())
    until = datetime.fromisoformat(done["protected_until"]).replace(tzinfo=UTC)
    rounds = Rounds(api.runtime.database, api.runtime.bus)
    await rounds.work(MAIN_SCHEMA, until - timedelta(days=7))
    inbox = await admin.ok("GET", "/inbox")
    told = [each for each in inbox["items"] if each["kind"] == "registration_ends"]
    assert told
    await rounds.work(MAIN_SCHEMA, until)
    assert (await admin.ok("GET", f"/records/deal_registration/{done['id']}"))["status"] == "approved"
    await rounds.work(MAIN_SCHEMA, until + timedelta(days=1))
    assert (await admin.ok("GET", f"/records/deal_registration/{done['id']}"))["status"] == "expired"
    assert (await admin.ok("GET", f"/records/deal_registration/{waiting['id']}"))["status"] == "submitted"
    await approved(admin, await registered(admin, other, name))
