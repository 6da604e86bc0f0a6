"""Requests, invoices and red invoices: twenty digits, frozen when issued, reversed in part and in full."""

import uuid

import pytest

pytestmark = pytest.mark.anyio


def number() -> str:
    return str(uuid.uuid4().int)[:20].zfill(20)


async def test_a_request_takes_its_details_from_the_account_and_becomes_an_invoice(ledger):
    admin, finance = ledger.admin, ledger.finance
    account = await ledger.account(invoice_title="恒远科技有限公司", tax_id="91310000MA1K00000X")
    company = await admin.create("company", name=f"Company {account['id'][:13]}", tax_rate="13")
    contract = await ledger.contract("1130.00", account=account["id"], company=company["id"])
    request = await admin.create(
        "invoice_request", account=account["id"], contract=contract["id"], amount="1130.00", content="软件"
    )
    assert (request["title"], request["tax_id"], request["tax_rate"]) == (
        "恒远科技有限公司", "91310000MA1K00000X", "13.00",
    )  # fmt: skip
    path = f"/invoice-requests/{request['id']}"
    await finance.refused("POST", f"{path}/approve", 409, "request_state", {"version": request["version"]})
    sent = await ledger.patch("invoice_request", request, status="submitted")
    await finance.ok("POST", f"{path}/approve", {"version": sent.json()["version"], "note": "fine"})
    await finance.refused("POST", f"{path}/issue", 422, "validation_failed", {"invoice_number": "123456"})
    invoice = await finance.ok("POST", f"{path}/issue", {"invoice_number": number()})
    assert (invoice["status"], invoice["net"]["amount"], invoice["tax"]["amount"]) == (
        "issued", "1000.00", "130.00",
    )  # fmt: skip
    assert (await ledger.read("invoice_request", request))["status"] == "issued"
    assert (await ledger.read("contract", contract))["invoiced"] in (
        "1130.00",
        {"amount": "1130.00", "currency": "CNY"},
    )
    # What is issued stays as it is.
    changed = await ledger.patch("invoice", invoice, content="something else")
    assert [each["code"] for each in changed.json()["errors"]] == ["invoice_frozen"]
    await admin.refused("DELETE", f"/records/invoice/{invoice['id']}?version={invoice['version']}", 422)


async def test_no_more_is_invoiced_than_the_contract_amounts_to(ledger):
    contract = await ledger.contract("100.00")
    values = {"account": contract["account"]["id"], "contract": contract["id"], "tax_rate": "6"}
    first = await ledger.admin.create("invoice", **values, total="70.00")
    second = await ledger.admin.create("invoice", **values, total="30.01")
    await ledger.finance.ok("POST", f"/invoices/{first['id']}/issue", {"invoice_number": number()})
    problem = await ledger.finance.refused(
        "POST", f"/invoices/{second['id']}/issue", 422, json={"invoice_number": number()}
    )
    assert [each["code"] for each in problem["errors"]] == ["rule_broken"]
    assert (await ledger.read("invoice", second))["status"] == "draft"


async def test_an_invoice_is_reversed_in_part_and_then_in_full(ledger):
    contract = await ledger.contract("100.00")
    values = {"account": contract["account"]["id"], "contract": contract["id"], "tax_rate": "13"}
    made = await ledger.admin.create("invoice", **values, total="100.00")
    invoice = await ledger.finance.ok("POST", f"/invoices/{made['id']}/issue", {"invoice_number": number()})
    assert (invoice["net"]["amount"], invoice["tax"]["amount"]) == ("88.50", "11.50")
    path = f"/invoices/{invoice['id']}/red"
    await ledger.finance.refused(
        "POST", path, 422, json={"reason": "x", "amount": "100.01", "invoice_number": number()}
    )
    part = {"reason": "one piece came back", "amount": "33.33", "invoice_number": number()}
    first = await ledger.finance.ok("POST", path, part)
    assert first["red"]["total"]["amount"] == "-33.33"
    assert first["invoice"]["status"] == "issued"
    whole = await ledger.finance.ok("POST", path, {"reason": "all", "invoice_number": number()})
    assert whole["invoice"]["status"] == "reddened"
    sums = {
        name: sum(float(each[name]["amount"]) for each in (invoice, first["red"], whole["red"]))
        for name in ("net", "tax", "total")
    }
    assert {name: round(each, 6) for name, each in sums.items()} == {"net": 0, "tax": 0, "total": 0}
    await ledger.finance.refused(
        "POST", path, 409, "invoice_state", {"reason": "again", "invoice_number": number()}
    )
    assert await ledger.check() == []


async def test_money_on_an_invoice_is_taken_off_before_it_is_reversed(ledger):
    contract, (first, _) = await ledger.planned("200.00")
    values = {"account": contract["account"]["id"], "contract": contract["id"], "tax_rate": "13"}
    made = await ledger.admin.create("invoice", **values, total="200.00", kind="proforma")
    invoice = await ledger.finance.ok("POST", f"/invoices/{made['id']}/issue", {})
    payment = await ledger.payment(contract["account"]["id"], "100")
    (allocation,) = await ledger.allocate(
        payment, {"payment_plan": first["id"], "invoice": invoice["id"], "amount": "100"}
    )
    path = f"/invoices/{invoice['id']}/red"
    await ledger.finance.refused("POST", path, 409, "red_allocated", {"reason": "wrong title"})
    await ledger.finance.ok("POST", f"/allocations/{allocation['id']}/undo", {"reason": "wrong title"})
    await ledger.finance.ok("POST", path, {"reason": "wrong title"})
    problem = await ledger.finance.refused(
        "POST",
        f"/payments/{payment['id']}/allocations",
        422,
        json={"allocations": [{"invoice": invoice["id"], "amount": "1"}]},
    )
    assert [each["code"] for each in problem["errors"]] == ["invoice_not_open"]
