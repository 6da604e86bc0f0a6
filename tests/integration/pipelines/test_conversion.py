"""A lead becomes a customer once, whole or not at all, and may be taken back while nobody has built on it."""

import asyncio
from uuid import uuid4

import pytest

from factories.api import Api, Person, unique

pytestmark = pytest.mark.anyio


async def lead_of(person: Person, **values) -> dict:
    company = unique("Company ")
    phone = f"138{uuid4().int % 10**8:08d}"
    return await person.create("lead", name=unique("L"), company=company, phone=phone, **values)


def parts(found: dict) -> dict:
    return {name: {"values": found[name]} for name in ("account", "contact", "opportunity")}


async def test_what_a_lead_was_goes_along_and_can_be_taken_back(member: Person):
    lead = await lead_of(member, status="qualified", source="website", city="上海")
    path = f"/leads/{lead['id']}"
    call = await member.create("activity", title="call", kind="call", lead=lead["id"])
    await member.ok("POST", f"/records/lead/{lead['id']}/comments", {"body": "wants it soon"})
    found = await member.ok("GET", f"{path}/conversion")
    stored = await member.ok("GET", f"/records/lead/{lead['id']}")
    assert found["account"]["name"] == stored["company"]
    assert (found["account"]["city"], found["account"]["source"]) == ("上海", "website")
    assert found["contact"]["name"] == stored["name"]
    became = await member.ok("POST", f"{path}/convert", parts(found))
    lead = await member.ok("GET", f"/records/lead/{lead['id']}")
    assert lead["status"] == "converted"
    assert lead["converted_opportunity"]["id"] == became["opportunity"]
    deal = await member.ok("GET", f"/records/opportunity/{became['opportunity']}")
    assert (deal["account"]["id"], deal["contact"]["id"]) == (became["account"], became["contact"])
    linked = await member.ok("GET", f"/records/activity/{call['id']}")
    assert {name: linked[name]["id"] for name in ("lead", "account", "opportunity")} == {
        "lead": lead["id"],
        "account": became["account"],
        "opportunity": became["opportunity"],
    }
    timeline = await member.ok("GET", f"/records/opportunity/{became['opportunity']}/timeline")
    assert "wants it soon" in str(timeline)
    journey = await member.ok("GET", f"/records/account/{became['account']}/journey")
    assert [(step["object"], step["count"]) for step in journey["steps"]][:2] == [
        ("lead", 1),
        ("opportunity", 1),
    ]
    problem = await member.refused("POST", f"{path}/convert", 409, "already_converted", parts(found))
    assert (problem["by"], problem["into"]["account"]["id"]) == (member.id, became["account"])
    await member.ok("DELETE", f"{path}/conversion")
    again = await member.ok("GET", f"/records/lead/{lead['id']}")
    assert (again["status"], again["converted_account"], again["converted_at"]) == ("qualified", None, None)
    await member.refused("GET", f"/records/account/{became['account']}", 404)
    assert (await member.ok("GET", f"/records/activity/{call['id']}"))["account"] is None
    await member.refused("DELETE", f"{path}/conversion", 404, "not_converted")
    became = await member.ok("POST", f"{path}/convert", parts(found))
    await member.create("activity", title="more", kind="note", account=became["account"])
    await member.refused("DELETE", f"{path}/conversion", 409, "conversion_built_on")


async def test_converting_twice_at_once_has_one_winner(member: Person):
    lead = await lead_of(member)
    found = await member.ok("GET", f"/leads/{lead['id']}/conversion")
    calls = [member.call("POST", f"/leads/{lead['id']}/convert", json=parts(found)) for _ in range(6)]
    answers = await asyncio.gather(*calls)
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 5]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"already_converted"}
    where = {"field": "name", "op": "eq", "value": found["account"]["name"]}
    assert len((await member.page("account", where=where))["records"]) == 1


async def test_all_of_it_or_nothing(member: Person, api: Api):
    lead = await lead_of(member)
    body = parts(await member.ok("GET", f"/leads/{lead['id']}/conversion"))
    body["opportunity"]["values"]["stage"] = "won"  # which needs an amount and a date
    problem = await member.refused("POST", f"/leads/{lead['id']}/convert", 422, None, body)
    assert {error["pointer"] for error in problem["errors"]} == {
        "/opportunity/values/amount",
        "/opportunity/values/close_date",
    }
    where = {"field": "name", "op": "eq", "value": body["account"]["values"]["name"]}
    assert (await member.page("account", where=where))["records"] == []
    assert (await member.ok("GET", f"/records/lead/{lead['id']}"))["status"] == "new"
    shut = await member.create("lead", name=unique("L"), status="invalid")
    await member.refused(
        "POST", f"/leads/{shut['id']}/convert", 409, "lead_not_open", {"account": {"values": {}}}
    )
    grants = {"lead": {"read": "all", "update": "all"}, "account": {"read": "all"}}
    reader = await api.person(await api.role(grants=grants))
    only = {"account": body["account"]}
    await reader.refused("POST", f"/leads/{lead['id']}/convert", 403, None, only)
    known = await member.create("account", name=unique("Known"))
    joined = await reader.ok("POST", f"/leads/{lead['id']}/convert", {"account": {"id": known["id"]}})
    assert joined == {"lead": lead["id"], "account": known["id"]}


async def test_a_lead_without_a_status_becomes_converted_by_conversion_alone(member: Person):
    lead = await lead_of(member, status=None)
    body = {"status": "converted", "version": lead["version"]}
    await member.refused("PATCH", f"/records/lead/{lead['id']}", 422, "move_not_allowed", body)
    found = await member.ok("GET", f"/leads/{lead['id']}/conversion")
    await member.ok("POST", f"/leads/{lead['id']}/convert", {"account": {"values": found["account"]}})
