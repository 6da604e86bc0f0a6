"""提成: from money received, contracts signed and deals won; closed months stand, what changes later is told later."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from factories.api import Api, Person, unique

pytestmark = pytest.mark.anyio


def cny(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "CNY"}


def today() -> date:
    return datetime.now(ZoneInfo("Asia/Shanghai")).date()


def month(back: int = 0) -> date:
    found = today().replace(day=1)
    for _ in range(back):
        found = (found - timedelta(days=1)).replace(day=1)
    return found


@pytest.fixture(scope="module")
async def finance(api: Api) -> Person:
    return await api.person("finance")


async def paid_by(admin: Person, person: Person, basis: str, rate: str, from_amount: str = "0") -> None:
    values = {
        "name": unique("Rule "),
        "basis": basis,
        "rate": rate,
        "from_amount": from_amount,
        "person": person.id,
    }
    await admin.create("commission_rule", **values)


async def signed(admin: Person, owner: Person, amount: str, day: date, **more: Any) -> dict[str, Any]:
    account = await admin.create("account", name=unique("Account "), owner=owner.id)
    values = {
        "name": unique("Contract "),
        "account": account["id"],
        "owner": owner.id,
        "amount": cny(amount),
        **more,
    }
    made = await admin.create("contract", **values, signed_on=day.isoformat())
    return await admin.ok(
        "PATCH", f"/records/contract/{made['id']}", {"status": "signed", "version": made["version"]}
    )


async def received(admin: Person, finance: Person, contract: dict[str, Any], amount: str) -> dict[str, Any]:
    """All of it is one instalment, and `amount` is allocated to it."""
    plan = await admin.create(
        "payment_plan",
        name="All",
        contract=contract["id"],
        amount=contract["amount"],
        due_on=today().isoformat(),
    )
    payment = await admin.create(
        "payment",
        account=contract["account"]["id"],
        amount=cny(amount),
        received_on=today().isoformat(),
        owner=contract["owner"]["id"],
    )
    await finance.ok("POST", f"/payments/{payment['id']}/confirm", {})
    body = {"allocations": [{"payment_plan": plan["id"], "amount": amount}]}
    answer = await finance.ok("POST", f"/payments/{payment['id']}/allocations", body)
    found: dict[str, Any] = answer["allocations"][0]
    return found


def told(statement: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(line["basis"], line["base"]["amount"], line["amount"]["amount"]) for line in statement["lines"]]


async def test_money_received_pays_whoever_has_the_contract(api: Api, admin: Person, finance: Person):
    seller = await api.person()
    await paid_by(admin, seller, "received", "3")
    await paid_by(admin, seller, "received", "5", "1000")
    contract = await signed(admin, seller, "4000.00", today())
    await received(admin, finance, contract, "1500.55")
    mine = await seller.ok("GET", "/commissions/mine")
    assert told(mine) == [("received", "1000.00", "30.00"), ("received", "500.55", "25.03")]
    assert mine["totals"] == [{"currency": "CNY", "base": "1500.55", "amount": "55.03"}]
    assert mine["lines"][0]["contract"] == {"id": contract["id"], "label": contract["name"]}
    # 2,499.45 are open, on the step of five in a hundred.
    assert mine["expected"] == [cny("124.97")]
    assert await finance.ok("GET", f"/commissions/statement?person={seller.id}") == mine


async def test_contracts_and_shares_of_deals(api: Api, admin: Person):
    seller, other = await api.person(), await api.person()
    await paid_by(admin, seller, "signed", "1")
    await paid_by(admin, seller, "won", "2")
    await paid_by(admin, other, "won", "4")
    await signed(admin, seller, "999.99", today())
    await signed(admin, seller, "500.00", month(1))
    deal = await admin.create("opportunity", name=unique("Deal "), owner=seller.id, amount=cny("1000.00"))
    splits = [{"person": seller.id, "share": "62.5"}, {"person": other.id, "share": "37.5"}]
    await admin.ok("PUT", f"/forecasts/splits/{deal['id']}", {"splits": splits})
    found = await admin.ok("GET", f"/records/opportunity/{deal['id']}")
    await admin.ok(
        "PATCH",
        f"/records/opportunity/{deal['id']}",
        {"stage": "won", "version": found["version"], "close_date": today().isoformat()},
    )
    mine = await seller.ok("GET", "/commissions/mine")
    assert sorted(told(mine)) == [("signed", "999.99", "10.00"), ("won", "625.00", "12.50")]
    theirs = await other.ok("GET", "/commissions/mine")
    assert told(theirs) == [("won", "375.00", "15.00")]
    assert theirs["lines"][0]["opportunity"] is None  # Shared in its revenue, not in its record.
    last = await seller.ok("GET", f"/commissions/mine?period={month(1).isoformat()[:7]}")
    assert told(last) == [("signed", "500.00", "5.00")]


async def test_a_closed_month_stands_and_what_is_undone_is_taken_back_later(
    api: Api, admin: Person, finance: Person
):
    seller = await api.person()
    await paid_by(admin, seller, "received", "3")
    await paid_by(admin, seller, "signed", "1")
    contract = await signed(admin, seller, "1000.00", month(1))
    allocation = await received(admin, finance, contract, "400.00")
    before = month(1).isoformat()[:7]
    await dated(api, allocation["id"], month(1))
    closing = {"person": seller.id, "period": before}
    await seller.refused("POST", "/commissions/close", 403, "commission_finance", closing)
    running = {"person": seller.id, "period": month().isoformat()[:7]}
    await finance.refused("POST", "/commissions/close", 409, "commission_not_over", running)
    closed = await finance.ok("POST", "/commissions/close", closing)
    assert sorted(told(closed)) == [("received", "400.00", "12.00"), ("signed", "1000.00", "10.00")]
    assert closed["closed"]["by"]["id"] == finance.id
    await finance.refused("POST", "/commissions/close", 409, "commission_closed", closing)

    await finance.ok("POST", f"/allocations/{allocation['id']}/undo", {"reason": "Wrong customer"})
    late = await signed(admin, seller, "50.00", month(1))
    again = await seller.ok("GET", f"/commissions/mine?period={before}")
    assert told(again) == told(closed)
    now = await seller.ok("GET", "/commissions/mine")
    assert sorted(told(now)) == [("received", "-400.00", "-12.00"), ("signed", "50.00", "0.50")]
    assert {line["adjusts"] for line in now["lines"]} == {True}
    assert {line["contract"]["id"] for line in now["lines"]} == {contract["id"], late["id"]}


async def test_what_was_paid_on_is_not_paid_again_to_whoever_has_it_next(
    api: Api, admin: Person, finance: Person
):
    seller, heir = await api.person(), await api.person()
    for person in (seller, heir):
        await paid_by(admin, person, "received", "3")
        await paid_by(admin, person, "signed", "1")
    contract = await signed(admin, seller, "1000.00", month(1))
    allocation = await received(admin, finance, contract, "400.00")
    await dated(api, allocation["id"], month(1))
    before = month(1).isoformat()[:7]
    await finance.ok("POST", "/commissions/close", {"person": seller.id, "period": before})
    now = await admin.ok("GET", f"/records/contract/{contract['id']}")
    moved = {"owner": heir.id, "version": now["version"]}
    await admin.ok("PATCH", f"/records/contract/{contract['id']}", moved)
    # Neither in the month that is open for the new owner, nor after that is closed.
    assert told(await heir.ok("GET", f"/commissions/mine?period={before}")) == []
    await finance.ok("POST", "/commissions/close", {"person": heir.id, "period": before})
    assert told(await heir.ok("GET", "/commissions/mine")) == []


async def test_what_lay_below_the_steps_of_a_closed_month_does_not_climb_those_of_the_next(
    api: Api, admin: Person, finance: Person
):
    seller = await api.person()
    await paid_by(admin, seller, "signed", "10", "1000")
    await signed(admin, seller, "900.00", month(1))
    before = month(1).isoformat()[:7]
    closed = await finance.ok("POST", "/commissions/close", {"person": seller.id, "period": before})
    assert told(closed) == []
    await signed(admin, seller, "500.00", today())
    assert told(await seller.ok("GET", "/commissions/mine")) == []


async def dated(api: Api, allocation: str, day: date) -> None:
    """Allocated in another month: no route says so."""
    async with api.runtime.database.transaction() as connection:
        await connection.execute(
            "UPDATE ws_main.r_allocation SET f_allocated_on = %(day)s WHERE id = %(id)s",
            {"day": day, "id": allocation},
        )


async def test_who_reads_whose(api: Api, admin: Person, finance: Person):
    lead = await api.person("team_lead")
    seller = await api.person(manager=lead.id)
    stranger = await api.person()
    await paid_by(admin, seller, "signed", "1")
    await signed(admin, seller, "100.00", today())
    of_seller = f"/commissions/statement?person={seller.id}"
    assert told(await lead.ok("GET", of_seller)) == [("signed", "100.00", "1.00")]
    await stranger.refused("GET", of_seller, 403, "commission_not_yours")
    await seller.refused("GET", f"/commissions/statement?person={lead.id}", 403, "commission_not_yours")
    team = await lead.ok("GET", "/commissions/team")
    assert [each["person"]["id"] for each in team["people"]] == [seller.id]
    assert (await stranger.ok("GET", "/commissions/team"))["people"] == []
    everybody = await finance.ok("GET", "/commissions/team")
    assert seller.id in {each["person"]["id"] for each in everybody["people"]}
    for period in ("2026-13", "9999-12"):
        await seller.refused("GET", f"/commissions/mine?period={period}", 422, "commission_month")


async def test_expenses_are_decided_by_somebody_else_and_then_stand(api: Api, admin: Person, finance: Person):
    lead = await api.person("team_lead")
    seller = await api.person(manager=lead.id)
    made = await seller.create("expense", name="Train", amount=cny("120.00"), status="submitted")
    place = f"/expenses/{made['id']}"
    await seller.refused("POST", f"{place}/approve", 403, "expense_own", {})
    done = await lead.ok("POST", f"{place}/approve", {"version": made["version"], "note": "Fine"})
    assert (done["status"], done["decided_by"]["id"], done["decision_note"]) == ("approved", lead.id, "Fine")
    await lead.refused("POST", f"{place}/approve", 409, "expense_state", {})
    change = {"amount": cny("1200.00"), "version": done["version"]}
    await seller.refused("PATCH", f"/records/expense/{made['id']}", 403, "field_locked", change)
    problem = await seller.refused("DELETE", f"/records/expense/{made['id']}", 422)
    assert [each["code"] for each in problem["errors"]] == ["expense_frozen"]
    await lead.refused("POST", f"{place}/reimburse", 403, "expense_finance", {})
    back = await finance.ok("POST", f"{place}/reimburse", {"version": done["version"]})
    assert back["status"] == "reimbursed"
