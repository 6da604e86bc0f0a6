"""What was paid and invoiced of a contract goes over to the amendment that takes its place."""

from decimal import Decimal
from typing import Any

from factories.api import Document


async def amended(ledger: Any, contract: Document, amount: str) -> Document:
    """A draft that amends the contract to another amount."""
    now = await ledger.read("contract", contract)
    body = {"version": now["version"]}
    made = await ledger.admin.ok("POST", f"/contracts/{contract['id']}/amendments", body)
    answer = await ledger.patch("contract", made["id"], amount={"amount": amount, "currency": "CNY"})
    assert answer.is_success, answer.text
    found: Document = await ledger.read("contract", made["id"])
    return found


async def sign(ledger: Any, draft: Document) -> Any:
    return await ledger.patch("contract", draft["id"], status="signed", signed_on="2026-03-01")


async def test_instalments_go_over_with_what_was_received(ledger: Any) -> None:
    contract, rows = await ledger.planned()
    payment = await ledger.payment(contract["account"]["id"], "500.00")
    await ledger.allocate(payment, {"payment_plan": rows[0]["id"], "amount": "500.00"})
    draft = await amended(ledger, contract, "1200.00")
    answer = await sign(ledger, draft)
    assert answer.is_success, answer.text
    found = await ledger.read("contract", draft)
    assert Decimal(found["received"]) == 500
    assert Decimal(found["planned"]) == 1200
    assert (await ledger.read("contract", contract))["status"] == "amended"
    assert await ledger.check() == []
    by_hand = await ledger.patch("payment_plan", rows[0]["id"], contract=contract["id"])
    assert by_hand.status_code == 422, by_hand.text


async def test_what_was_invoiced_is_not_invoiced_again(ledger: Any) -> None:
    contract = await ledger.contract("1000.00")
    values = {
        "account": contract["account"]["id"],
        "contract": contract["id"],
        "kind": "proforma",
        "total": {"amount": "800.00", "currency": "CNY"},
    }
    invoice = await ledger.admin.create("invoice", **values)
    body = {"version": invoice["version"]}
    await ledger.finance.ok("POST", f"/invoices/{invoice['id']}/issue", body)
    less = await amended(ledger, contract, "700.00")
    refused = await sign(ledger, less)
    assert "More would be invoiced" in refused.text
    assert (await ledger.read("contract", contract))["status"] == "signed"
    answer = await ledger.patch("contract", less["id"], amount={"amount": "900.00", "currency": "CNY"})
    assert answer.is_success, answer.text
    answer = await sign(ledger, less)
    assert answer.is_success, answer.text
    assert Decimal((await ledger.read("contract", less))["invoiced"]) == 800
    again = await ledger.admin.create("invoice", **{**values, "contract": less["id"]})
    refused = await ledger.finance.call(
        "POST", f"/invoices/{again['id']}/issue", json={"version": again["version"]}
    )
    assert refused.status_code == 422, refused.text
    assert await ledger.check() == []


async def test_money_is_not_counted_twice_by_amendments(ledger: Any) -> None:
    """A second one brought back from the trash, another customer's, one with a plan of its own over money received."""
    contract, rows = await ledger.planned()
    payment = await ledger.payment(contract["account"]["id"], "500.00")
    await ledger.allocate(payment, {"payment_plan": rows[0]["id"], "amount": "500.00"})
    first = await amended(ledger, contract, "1100.00")
    body = {"version": first["version"]}
    await ledger.admin.ok("DELETE", f"/records/contract/{first['id']}", body)
    second = await amended(ledger, contract, "1000.00")
    other = (await ledger.account())["id"]
    mine = second["account"]["id"]
    assert (await ledger.patch("contract", second, account=other)).is_success
    assert "amendment_other_account" in (await sign(ledger, second)).text
    assert (await ledger.patch("contract", second, account=mine)).is_success
    now = await ledger.read("contract", second)
    own = await ledger.plan(now, {"name": "All", "due_on": "2026-09-01", "percent": "100"})
    assert "amendment_with_plan" in (await sign(ledger, second)).text
    gone = await ledger.admin.call("DELETE", f"/records/payment_plan/{own[0]['id']}", json={"version": 1})
    assert gone.is_success, gone.text
    answer = await sign(ledger, second)
    assert answer.is_success, answer.text
    back = await ledger.admin.call(
        "POST", f"/records/contract/{first['id']}/restore", json={"version": first["version"] + 1}
    )
    assert back.is_success, back.text
    assert "amends_not_in_force" in (await sign(ledger, first)).text
    assert (await ledger.patch("contract", second, status="performing")).is_success
