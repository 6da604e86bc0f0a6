"""What stands still and how deals flow is told within one's own reach, without amounts one may not see."""

import pytest

from factories.api import Api, Person, unique
from factories.company import LOOK

pytestmark = pytest.mark.anyio
MONEY = {"amount": "70.00", "currency": "CNY"}
FLOW = {"from": "2020-01-01", "to": "2100-01-01"}


async def flow(reader: Person) -> dict:
    return await reader.ok("GET", "/pipelines/opportunity/flow", params=FLOW)


async def stuck(reader: Person) -> set[str]:
    found = await reader.ok("GET", "/pipelines/opportunity/stuck")
    return {item["record"]["id"] for item in found["items"]}


async def test_others_deals_are_in_no_figure(api: Api, admin: Person):
    reader, other = await api.person(), await api.person()
    won = {"stage": "won", "amount": MONEY, "close_date": "2026-01-31"}
    mine = await reader.create("opportunity", name=unique("Mine"))
    theirs = await other.create("opportunity", name=unique("Theirs"))
    await reader.create("opportunity", name=unique("Won"), **won)
    await other.create("opportunity", name=unique("Won"), **won)
    assert await stuck(reader) == {mine["id"]}
    assert {mine["id"], theirs["id"]} <= await stuck(admin)
    totals = (await flow(reader))["totals"]
    assert (totals["open"], totals["won"], totals["won_amount"]) == (1, 1, "70.00")
    await other.refused("GET", f"/pipelines/opportunity/{mine['id']}", 404)
    body = {"done": True}
    path = f"/pipelines/opportunity/{mine['id']}/checks/prospecting/first_call"
    await other.refused("PUT", path, 404, None, body)
    looking = await api.person(await api.role(grants={**LOOK, "opportunity": {"read": "all"}}))
    await looking.refused("PUT", path, 403, None, body)
    await admin.refused("GET", "/pipelines/account/stuck", 422, "no_pipelines")
    turned = {"from": "2026-02-01", "to": "2026-01-01"}
    await admin.refused("GET", "/pipelines/opportunity/flow", 422, "days_turned", params=turned)


async def test_a_hidden_amount_is_in_no_answer(api: Api, admin: Person):
    won = {"stage": "won", "amount": MONEY, "close_date": "2026-01-31"}
    await admin.create("opportunity", name=unique("Won"), **won)
    await admin.create("opportunity", name=unique("Open"), amount=MONEY)
    hidden = {"opportunity": {"amount": {"level": "hidden"}, "won_amount": {"level": "hidden"}}}
    grants = {**LOOK, "opportunity": {"read": "all"}}
    reader = await api.person(await api.role(grants=grants, fields=hidden))
    found = await flow(reader)
    assert found["totals"]["won"] > 0
    assert {found["totals"][name] for name in ("won_amount", "average_won", "velocity")} == {None}
    assert {stage["lost_amount"] for stage in found["stages"]} == {None}
    people = (await reader.ok("GET", "/pipelines/opportunity/stuck"))["people"]
    assert {each["amount"] for each in people} == {None}
    # Where only what was won is hidden, that is not told either; where the stage is, nothing flows.
    only = {"opportunity": {"won_amount": {"level": "hidden"}}}
    reader = await api.person(await api.role(grants=grants, fields=only))
    assert (await flow(reader))["totals"]["won_amount"] is None
    blind = await api.person(
        await api.role(grants=grants, fields={"opportunity": {"stage": {"level": "hidden"}}})
    )
    for figure in ("flow", "stuck"):
        path = f"/pipelines/opportunity/{figure}"
        await blind.refused("GET", path, 422, "no_pipelines", params=FLOW if figure == "flow" else None)


async def test_an_upsert_passes_no_stage_by(admin: Person, member: Person):
    label = {"en": unique("Ref"), "zh-CN": unique("编号")}
    field = {"api_name": unique("ref").lower(), "type": "text", "label": label, "unique": True}
    await admin.change({"kind": "add_field", "object": "opportunity", "field": field})
    name = field["api_name"]
    deal = await member.create("opportunity", name=unique("D"), **{name: "a"})
    body = {"key": name, "values": {name: "a", "stage": "negotiation"}}
    problem = await member.refused("POST", "/records/opportunity/upsert", 422, "validation_failed", body)
    assert {error["code"] for error in problem["errors"]} == {"stage_needs"}
    assert (await member.ok("GET", f"/records/opportunity/{deal['id']}"))["stage"] == "prospecting"


async def test_who_was_late_hears_of_no_record_out_of_sight_and_undoes_nothing_of_it(admin: Person, api: Api):
    grants = {**LOOK, "lead": {"read": "all", "update": "all"}, "account": {"read": "own"}}
    other = await api.person(await api.role(grants=grants))
    lead = await admin.create("lead", name=unique("L"), company=unique("Company "))
    path = f"/leads/{lead['id']}"
    values = (await admin.ok("GET", f"{path}/conversion"))["account"]
    became = await admin.ok("POST", f"{path}/convert", {"account": {"values": values}})
    body = {"account": {"values": {"name": "x"}}}
    problem = await other.refused("POST", f"{path}/convert", 409, "already_converted", body)
    assert values["name"] not in str(problem)
    await other.refused("DELETE", f"{path}/conversion", 403, "action_denied")
    assert (await admin.ok("GET", f"/records/account/{became['account']}"))["name"] == values["name"]
    await admin.ok("DELETE", f"{path}/conversion")
