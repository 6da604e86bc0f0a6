"""Plans, payments, 核销 and the way back, over the API."""

from datetime import UTC, datetime, timedelta

import pytest

pytestmark = pytest.mark.anyio


async def test_a_plan_from_terms_makes_exactly_the_contract(ledger):
    contract = await ledger.contract("1000.01")
    body = {
        "document": "contract",
        "id": contract["id"],
        "template": "three_steps",
        "starts_on": "2026-03-01",
    }
    found = await ledger.admin.ok("POST", "/plans/preview", body)
    assert [row["amount"] for row in found["instalments"]] == ["300.00", "600.01", "100.00"]
    assert found["left"] == "0.00"
    rows = await ledger.plan(
        contract, *({k: v for k, v in row.items() if v is not None} for row in found["instalments"])
    )
    assert [row["amount"]["amount"] for row in rows] == ["300.00", "600.01", "100.00"]
    assert [row["due_on"] for row in rows] == ["2026-03-08", None, None]
    assert all(row["in_force"] for row in rows)


async def test_money_goes_from_a_payment_to_instalments_and_back(ledger):
    contract, (first, rest) = await ledger.planned()
    payment = await ledger.payment(contract["account"]["id"], "700")
    made = await ledger.allocate(
        payment,
        {"payment_plan": first["id"], "amount": "500"},
        {"payment_plan": rest["id"], "amount": "150.50"},
    )
    paid = await ledger.read("payment", payment)
    assert paid["available"] == "49.50" or paid["available"]["amount"] == "49.50"
    assert (await ledger.read("payment_plan", first))["paid_on"] is not None
    undone = await ledger.finance.ok(
        "POST", f"/allocations/{made[0]['id']}/undo", {"reason": "wrong customer"}
    )
    assert (undone["status"], undone["undo_reason"]) == ("undone", "wrong customer")
    assert (await ledger.read("payment_plan", first))["paid_on"] is None
    await ledger.finance.refused(
        "POST", f"/allocations/{made[0]['id']}/undo", 409, "allocation_undone", {"reason": "again"}
    )
    assert await ledger.check() == []


def codes(problem) -> list[str]:
    return [each["code"] for each in problem["errors"]]


async def test_what_does_not_fit_is_refused_with_how_much_would(ledger):
    contract, (first, rest) = await ledger.planned()
    payment = await ledger.payment(contract["account"]["id"], "620")
    path = f"/payments/{payment['id']}/allocations"

    async def refused(*parts):
        return await ledger.finance.refused("POST", path, 422, json={"allocations": list(parts)})

    above = await refused({"payment_plan": first["id"], "amount": "620"})
    assert codes(above) == ["above_due"]
    assert above["advance"] == {"amount": "120.00", "currency": "CNY"}
    assert codes(
        await refused(
            {"payment_plan": first["id"], "amount": "500"}, {"payment_plan": rest["id"], "amount": "121"}
        )
    ) == ["above_available"]
    assert codes(await refused({"payment_plan": first["id"], "amount": "1.001"})) == ["money_digits"]
    assert codes(await refused({"payment_plan": first["id"], "amount": "-1"})) == ["allocation_positive"]
    assert codes(await refused({"amount": "1"})) == ["allocation_target"]
    _, (foreign, _) = await ledger.planned()
    assert codes(await refused({"payment_plan": foreign["id"], "amount": "1"})) == ["allocation_account"]
    rates = [{"currency": "USD", "day": "2026-01-01", "rate": "7.1234"}]
    await ledger.admin.ok("PUT", "/exchange-rates", {"rates": rates})
    dollars = await ledger.contract("10", account=contract["account"]["id"], currency="USD")
    (usd,) = await ledger.plan(dollars, {"name": "All", "due_on": "2026-02-01", "percent": "100"})
    assert codes(await refused({"payment_plan": usd["id"], "amount": "1"})) == ["allocation_currency"]
    draft = await ledger.contract("10", account=contract["account"]["id"], status="draft")
    (early,) = await ledger.plan(draft, {"name": "All", "due_on": "2026-02-01", "percent": "100"})
    assert codes(await refused({"payment_plan": early["id"], "amount": "1"})) == ["plan_not_in_force"]
    waiting = await ledger.payment(contract["account"]["id"], "5", confirmed=False)
    body = {"allocations": [{"payment_plan": first["id"], "amount": "5"}]}
    await ledger.finance.refused(
        "POST", f"/payments/{waiting['id']}/allocations", 409, "payment_unconfirmed", body
    )
    assert (await ledger.read("payment_plan", first))["allocated"] in (None, "0", "0.00")


async def test_what_is_above_stays_as_advance_and_pays_what_comes_later(ledger):
    contract, (first, _) = await ledger.planned()
    account = contract["account"]["id"]
    payment = await ledger.payment(account, "800")
    await ledger.allocate(payment, {"payment_plan": first["id"], "amount": "500"})
    balance = await ledger.finance.ok("GET", f"/receivables/balance/{account}")
    assert (balance["outstanding"]["amount"], balance["advance"]["amount"], balance["balance"]["amount"]) == (
        "500.00", "300.00", "200.00",
    )  # fmt: skip
    later = await ledger.contract("300.00", account=account)
    (row,) = await ledger.plan(later, {"name": "All", "due_on": "2026-03-01", "percent": "100"})
    found = await ledger.finance.ok("GET", f"/payments/{payment['id']}/open")
    assert found["proposal"] == [{"payment_plan": row["id"], "invoice": None, "amount": "300.00"}]
    await ledger.allocate(payment, *found["proposal"])
    assert (await ledger.read("contract", later))["outstanding"] in ("0", "0.00")


async def test_a_payment_of_the_parent_company_pays_for_its_subsidiary(ledger):
    parent = await ledger.account()
    child = await ledger.account(parent=parent["id"])
    _, (first, _) = await ledger.planned(account=child["id"])
    payment = await ledger.payment(parent["id"], "500")
    found = await ledger.finance.ok("GET", f"/payments/{payment['id']}/open")
    assert [each["id"] for each in found["plans"]][:1] == [first["id"]]
    await ledger.allocate(payment, *found["proposal"])
    assert (await ledger.read("payment_plan", first))["paid_on"] is not None


async def test_a_refund_is_of_what_is_left_and_paid_by_finance(ledger):
    contract, (first, _) = await ledger.planned()
    payment = await ledger.payment(contract["account"]["id"], "600")
    await ledger.allocate(payment, {"payment_plan": first["id"], "amount": "500"})
    values = {"payment": payment["id"], "reason": "paid too much"}
    problem = await ledger.admin.refused("POST", "/records/refund", 422, json={**values, "amount": "100.01"})
    assert codes(problem) == ["rule_broken"]
    refund = await ledger.admin.create("refund", **values, amount="100")
    assert refund["account"]["id"] == contract["account"]["id"]
    paid = await ledger.finance.ok("POST", f"/refunds/{refund['id']}/pay", {"version": refund["version"]})
    assert paid["status"] == "paid"
    await ledger.finance.refused("POST", f"/refunds/{refund['id']}/pay", 409, "refund_state", {})
    await ledger.finance.refused("POST", f"/payments/{payment['id']}/reopen", 409, "payment_in_use", {})
    waiting = await ledger.payment(contract["account"]["id"], "5", confirmed=False)
    problem = await ledger.admin.refused(
        "POST", "/records/refund", 422, json={"payment": waiting["id"], "reason": "x", "amount": "1"}
    )
    assert codes(problem) == ["refund_unconfirmed"]


async def test_a_confirmed_payment_stands_until_finance_takes_it_back(ledger):
    account = await ledger.account()
    payment = await ledger.payment(account["id"], "10")
    changed = await ledger.patch("payment", payment, amount="11")
    assert codes(changed.json()) == ["payment_frozen"]
    reopened = await ledger.patch("payment", payment, status="pending")
    assert codes(reopened.json()) == ["payment_reopened_by_hand"]
    assert (await ledger.patch("payment", payment, note="seen")).is_success
    stale = {"version": payment["version"]}
    await ledger.finance.refused("POST", f"/payments/{payment['id']}/reopen", 409, "version_conflict", stale)
    opened = await ledger.finance.ok("POST", f"/payments/{payment['id']}/reopen", {})
    assert (opened["status"], opened["confirmed_by"]) == ("pending", None)


async def test_a_payment_in_foreign_money_needs_the_rate_of_its_day(ledger):
    account = await ledger.account()
    await ledger.admin.ok(
        "PUT", "/exchange-rates", {"rates": [{"currency": "USD", "day": "2026-01-01", "rate": "7.1234"}]}
    )
    payment = await ledger.payment(account["id"], "100.05", currency="USD")
    assert (payment["exchange_rate"], payment["base_amount"]["amount"]) == ("7.1234", "712.70")
    values = {
        "account": account["id"],
        "received_on": "2025-12-31",
        "amount": {"amount": "1", "currency": "USD"},
    }
    problem = await ledger.admin.refused("POST", "/records/payment", 422, json=values)
    assert codes(problem) == ["payment_rate_missing"]


async def test_a_payment_is_not_received_later_than_tomorrow(ledger):
    account = await ledger.account()
    today = datetime.now(UTC).date()  # Somewhere it is the day before, or the next, by now.
    payment = await ledger.payment(account["id"], "1", confirmed=False, received_on=today.isoformat())
    late = (today + timedelta(days=3)).isoformat()
    values = {"account": account["id"], "received_on": late, "amount": "1"}
    problem = await ledger.admin.refused("POST", "/records/payment", 422, json=values)
    assert [(each["code"], each["pointer"]) for each in problem["errors"]] == [
        ("payment_in_future", "/received_on")
    ]
    assert codes((await ledger.patch("payment", payment, received_on=late)).json()) == ["payment_in_future"]


async def test_a_plan_is_written_whole_or_not_at_all(ledger):
    contract, (first, rest) = await ledger.planned()
    path = f"/plans/contract/{contract['id']}"
    now = await ledger.admin.ok("GET", path)
    rows = [{"id": first["id"], "name": "First", "due_on": "2026-02-01", "amount": "400"}]
    problem = await ledger.admin.refused(
        "PUT", path, 422, json={"version": now["version"], "instalments": rows}
    )
    assert codes(problem) == ["rule_broken"]
    rows.append({"name": "On delivery", "milestone": "Delivery", "days_after": 15, "amount": "600"})
    written = await ledger.admin.ok("PUT", path, {"version": now["version"], "instalments": rows})
    assert [row["amount"]["amount"] for row in written["instalments"]] == ["400.00", "600.00"]
    assert written["instalments"][1]["due_on"] is None
    assert rest["id"] not in {row["id"] for row in written["instalments"]}
    await ledger.admin.refused(
        "PUT", path, 409, "version_conflict", {"version": now["version"], "instalments": rows}
    )
    key = written["instalments"][1]["id"]
    reached = await ledger.patch("payment_plan", key, milestone_reached_on="2026-04-01")
    assert reached.json()["due_on"] == "2026-04-16"
    payment = await ledger.payment(contract["account"]["id"], "10")
    await ledger.allocate(payment, {"payment_plan": first["id"], "amount": "10"})
    whole = [{"name": "All", "due_on": "2026-02-01", "percent": "100"}]
    problem = await ledger.admin.refused(
        "PUT", path, 422, json={"version": written["version"], "instalments": whole}
    )
    assert codes(problem) == ["plan_received"]
