"""What stays as it is, whatever is done around it: whose money it is, and in which currency."""

import pytest

pytestmark = pytest.mark.anyio


async def test_a_customer_with_signed_contracts_survives_a_merge_and_is_not_merged_away(ledger):
    rich, poor = await ledger.account(), await ledger.account()
    contract, plans = await ledger.planned("100.00", account=rich["id"])
    payment = await ledger.payment(rich["id"], "60.00")
    await ledger.allocate(payment, {"payment_plan": plans[0]["id"], "amount": "50.00"})
    path = "/records/account/merge"
    away = {"survivor": poor["id"], "others": [rich["id"]]}
    problem = await ledger.admin.refused("POST", path, 422, json=away)
    assert {each["code"] for each in problem["errors"]} == {"contract_frozen", "payment_frozen"}
    await ledger.admin.ok("POST", path, {"survivor": rich["id"], "others": [poor["id"]]})
    for name, record in (("contract", contract), ("payment", payment), ("payment_plan", plans[0])):
        assert (await ledger.read(name, record))["account"]["id"] == rich["id"]
    assert await ledger.check() == []


async def test_a_document_stays_in_the_currency_of_its_plan(ledger):
    contract = await ledger.contract("100.00", status="draft")
    await ledger.plan(contract, {"name": "All", "due_on": "2026-02-01", "percent": "100"})
    rates = [{"currency": "USD", "day": "2026-01-01", "rate": "7.1"}]
    await ledger.admin.ok("PUT", "/exchange-rates", {"rates": rates})
    response = await ledger.patch("contract", contract, currency="USD")
    assert [each["code"] for each in response.json()["errors"]] == ["document_currency"]
    # Without a plan it may change.
    for row in (await ledger.admin.ok("GET", f"/plans/contract/{contract['id']}"))["instalments"]:
        await ledger.admin.ok("DELETE", f"/records/payment_plan/{row['id']}")
    response = await ledger.patch("contract", contract, currency="USD")
    assert response.status_code == 200, response.text
    assert response.json()["amount"] == {"amount": "100.00", "currency": "USD"}


async def test_an_invoice_is_of_the_customer_whose_contract_it_names_from_the_beginning(ledger):
    contract, other = await ledger.contract("100.00"), await ledger.account()
    values = {"contract": contract["id"], "total": {"amount": "10.00", "currency": "CNY"}}
    problem = await ledger.finance.refused(
        "POST", "/records/invoice", 422, json={**values, "account": other["id"]}
    )
    assert [each["code"] for each in problem["errors"]] == ["invoice_other_account"]
    await ledger.finance.create("invoice", **values, account=contract["account"]["id"])


async def test_a_plan_is_made_anew_after_what_was_allocated_is_undone(ledger):
    contract, (first, _) = await ledger.planned("100.00")
    payment = await ledger.payment(contract["account"]["id"], "50.00")
    (made,) = await ledger.allocate(payment, {"payment_plan": first["id"], "amount": "50.00"})
    await ledger.finance.ok("POST", f"/allocations/{made['id']}/undo", {"reason": "Wrong instalment"})
    now = await ledger.read("contract", contract)
    rows = await ledger.plan(
        contract, {"name": "All", "due_on": "2026-02-01", "percent": "100"}, version=now["version"]
    )
    assert [row["amount"]["amount"] for row in rows] == ["100.00"]
    assert await ledger.check() == []
