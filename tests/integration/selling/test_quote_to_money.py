"""One deal from quote to refund over the API, in own currency with tax and in dollars at a dated rate, to the cent.

Every sum on the way, and an empty reconciliation at the end: more than a browser can be asked in a minute.
"""

import uuid
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from factories.api import Api, Document, Person, unique

pytestmark = pytest.mark.anyio
LINES = (("3", "999.99", "13"), ("7", "12.35", "6"), ("1", "0.01", "13"))
# Worked out by hand after docs/reference/rounding: amounts 2999.97, 86.45, 0.01; 2.5 % off the total is 77.16, shared
# 75.00, 2.16, 0.00; prices include tax, so these are the totals.
TOTALS = ("2924.97", "84.29", "0.01")
TOTAL = Decimal("3009.27")
RATE = Decimal("7.1234")


@pytest.fixture(autouse=True)
async def links(api: Api, admin: Person) -> AsyncIterator[None]:
    await api.forget_attempts()
    known = await admin.ok("GET", "/settings/quoting")
    await admin.ok("PUT", "/settings/quoting", {**known, "public_links": True})
    rates = [{"currency": "USD", "day": "2026-01-01", "rate": str(RATE)}]
    await admin.ok("PUT", "/exchange-rates", {"rates": rates})
    yield
    known = await admin.ok("GET", "/settings/quoting")
    await admin.ok("PUT", "/settings/quoting", {**known, "public_links": False})


def number() -> str:
    return str(uuid.uuid4().int)[:20].zfill(20)


def amount(value: Any) -> Decimal:
    return Decimal(value["amount"] if isinstance(value, dict) else value)


async def act(person: Person, path: str, **body: Any) -> Document:
    name, key = path.strip("/").split("/")[:2]
    version = (await person.ok("GET", f"/records/{name[:-1]}/{key}"))["version"]
    found: Document = await person.ok("POST", path, {"version": version, **body})
    return found


async def accepted_quote(api: Api, seller: Person, currency: str) -> Document:
    """Of a deal; the first version sent and withdrawn by a second, which the customer accepts through its link."""
    account = await seller.create("account", name=unique("Customer "), tax_id="91310000MA1K00000X")
    deal = await seller.create("opportunity", name=unique("Deal "), account=account["id"])
    lines = [
        {"name": f"Item {n}", "quantity": quantity, "unit_price": price, "tax_rate": tax, "position": n}
        for n, (quantity, price, tax) in enumerate(LINES)
    ]
    values = {
        "opportunity": deal["id"],
        "account": account["id"],
        "currency": currency,
        "issued_on": "2026-11-20",
    }
    first = await seller.create("quote", name=unique("Quote "), lines=lines, prices_with_tax=True, **values)
    await act(seller, f"/quotes/{first['id']}/send")
    old = (await act(seller, f"/quotes/{first['id']}/link"))["url"].rpartition("/")[2]
    second = (await act(seller, f"/quotes/{first['id']}/versions"))["id"]
    version = (await seller.ok("GET", f"/records/quote/{second}"))["version"]
    await seller.ok("PATCH", f"/records/quote/{second}", {"discount": "2.5", "version": version})
    await act(seller, f"/quotes/{second}/send")
    link = (await act(seller, f"/quotes/{second}/link"))["url"].rpartition("/")[2]
    async with api.client() as customer:
        gone = await customer.post(f"/api/v1/public/quotes/{old}/accept", json={"name": "Li Lei"})
        assert gone.status_code == 410
        said = await customer.post(f"/api/v1/public/quotes/{link}/accept", json={"name": "Li Lei"})
        assert said.status_code == 204, said.text
    found: Document = await seller.ok("GET", f"/records/quote/{second}")
    return found


@pytest.mark.parametrize(("currency", "rate"), [("CNY", Decimal(1)), ("USD", RATE)])
async def test_from_quote_to_refund_every_sum_agrees(
    api: Api, admin: Person, member: Person, currency: str, rate: Decimal
) -> None:
    finance = await api.person("finance")
    quote = await accepted_quote(api, member, currency)
    shown = await member.ok("GET", f"/documents/quote/{quote['id']}")
    assert tuple(str(amount(line["total"])) for line in shown["lines"]) == TOTALS
    assert all(amount(each["net"]) + amount(each["tax"]) == amount(each["total"]) for each in shown["lines"])
    assert amount(quote["total"]) == TOTAL == amount(quote["net_total"]) + amount(quote["tax_total"])
    assert quote["base_total"] == {"amount": str((TOTAL * rate).quantize(Decimal("0.01"))), "currency": "CNY"}

    key = (await act(member, f"/quotes/{quote['id']}/contract"))["id"]
    version = (await member.ok("GET", f"/records/contract/{key}"))["version"]
    body = {"status": "signed", "signed_on": "2026-11-21", "version": version}
    await member.ok("PATCH", f"/records/contract/{key}", body)
    contract = await member.ok("GET", f"/records/contract/{key}")
    assert contract["amount"] == {"amount": str(TOTAL), "currency": currency}
    order = (await act(member, f"/contracts/{key}/orders"))["id"]
    version = (await member.ok("GET", f"/records/sales_order/{order}"))["version"]
    await member.ok("PATCH", f"/records/sales_order/{order}", {"status": "confirmed", "version": version})
    assert amount((await member.ok("GET", f"/records/sales_order/{order}"))["total"]) == TOTAL

    rows = [
        {"name": f"{n}", "due_on": f"2027-0{n}-01", "percent": share}
        for n, share in ((1, "33.3"), (2, "66.7"))
    ]
    version = (await member.ok("GET", f"/records/contract/{key}"))["version"]
    plan = (await member.ok("PUT", f"/plans/contract/{key}", {"version": version, "instalments": rows}))[
        "instalments"
    ]
    first, second = (amount(each["amount"]) for each in plan)
    assert first + second == TOTAL

    await settle(member, finance, contract, plan, currency)
    report = await finance.ok("POST", "/receivables/reconciliation/run")
    assert report["findings"] == []
    account = contract["account"]["id"]
    told = await finance.ok(
        "GET", f"/receivables/statement/{account}?from=2026-01-01&to=2027-12-31&currency={currency}"
    )
    # All was due and paid; a hundred went back out of the money paid on top.
    assert Decimal(told["closing"]) == Decimal("-50.00")


async def settle(
    seller: Person, finance: Person, contract: Document, plan: list[Document], currency: str
) -> None:
    """A payment over both instalments and an invoice, once undone; a red invoice in part; a refund of what was over."""
    account, key = contract["account"]["id"], contract["id"]
    request = await seller.create(
        "invoice_request", account=account, contract=key, title="Customer", tax_id="91310000MA1K00000X",
        amount={"amount": str(TOTAL), "currency": currency}, tax_rate="13", status="submitted",
    )  # fmt: skip
    approved = f"/invoice-requests/{request['id']}"
    await finance.ok("POST", f"{approved}/approve", {"version": request["version"]})
    invoice = await finance.ok("POST", f"{approved}/issue", {"invoice_number": number()})
    paid = {"amount": str(TOTAL + 150), "currency": currency}
    payment = await seller.create(
        "payment", account=account, contract=key, received_on="2026-11-22", amount=paid
    )
    await finance.ok("POST", f"/payments/{payment['id']}/confirm", {"version": payment["version"]})
    parts = [
        {"payment_plan": plan[0]["id"], "invoice": invoice["id"], "amount": str(amount(plan[0]["amount"]))},
        {"payment_plan": plan[1]["id"], "amount": str(amount(plan[1]["amount"]))},
    ]
    path = f"/payments/{payment['id']}/allocations"
    made = (await finance.ok("POST", path, {"allocations": parts}))["allocations"]
    over = {"payment_plan": plan[0]["id"], "amount": "0.01"}
    await finance.refused("POST", path, 422, json={"allocations": [over]})
    await finance.ok("POST", f"/allocations/{made[0]['id']}/undo", {"reason": "wrong instalment"})
    await finance.ok("POST", path, {"allocations": [parts[0]]})
    open_ = TOTAL - amount(plan[0]["amount"])
    red = {"reason": "one piece came back", "amount": "100.00", "invoice_number": number()}
    await finance.ok("POST", f"/invoices/{invoice['id']}/red", red)
    now = await finance.ok("GET", f"/records/invoice/{invoice['id']}")
    assert amount(now["outstanding"]) == open_ - 100
    refund = await seller.create(
        "refund",
        payment=payment["id"],
        amount={"amount": "100.00", "currency": currency},
        reason="Paid twice",
    )
    await finance.ok("POST", f"/refunds/{refund['id']}/pay", {"version": refund["version"]})
    left = await finance.ok("GET", f"/records/payment/{payment['id']}")
    assert (amount(left["allocated"]), amount(left["available"])) == (TOTAL, Decimal("50.00"))
    done = await seller.ok("GET", f"/records/contract/{key}")
    assert (amount(done["received"]), amount(done["outstanding"])) == (TOTAL, Decimal(0))
    assert amount(done["invoiced"]) == TOTAL - 100
