"""Who may see and do what: sellers their own, finance everything, another department nothing."""

import pytest

from factories.api import unique
from factories.company import Company

pytestmark = pytest.mark.anyio


async def _sold(seller):
    account = await seller.create("account", name=unique("Mine "))
    contract = await seller.create(
        "contract",
        name=unique("C"),
        account=account["id"],
        amount="100",
        status="signed",
        signed_on="2026-01-01",
    )
    path = f"/plans/contract/{contract['id']}"
    rows = [{"name": "All", "due_on": "2026-02-01", "percent": "100"}]
    plan = await seller.ok("PUT", path, {"version": contract["version"], "instalments": rows})
    payment = await seller.create("payment", account=account["id"], received_on="2026-02-01", amount="60")
    return account, contract, plan["instalments"][0], payment


async def test_a_seller_sees_own_money_and_neither_confirms_nor_allocates(ledger, api):
    seller, other = await api.person(), await api.person()
    account, contract, plan, payment = await _sold(seller)
    allocations = {"allocations": [{"payment_plan": plan["id"], "amount": "60"}]}
    for act in ("confirm", "reject", "reopen"):
        await seller.refused("POST", f"/payments/{payment['id']}/{act}", 403, "finance_only", {})
    await seller.refused("POST", f"/payments/{payment['id']}/allocations", 403, "finance_only", allocations)
    assert (await seller.ok("GET", f"/payments/{payment['id']}/open"))["may_allocate"] is False
    # Finance sees what is not its own, and does it.
    await ledger.finance.ok("POST", f"/payments/{payment['id']}/confirm", {"version": payment["version"]})
    (made,) = await ledger.allocate(payment, allocations["allocations"][0])
    # The seller reads the allocation of an own payment, and cannot undo it.
    assert (await seller.ok("GET", f"/records/allocation/{made['id']}"))["amount"]["amount"] == "60.00"
    await seller.refused("POST", f"/allocations/{made['id']}/undo", 403, "finance_only", {"reason": "x"})
    ageing = await seller.ok("GET", "/receivables/ageing?by=account&on=2026-03-01")
    assert [(row["id"], row["total"]["amount"]) for row in ageing["rows"]] == [(account["id"], "40.00")]
    # Somebody else of the same role sees none of it.
    assert (await other.ok("GET", "/receivables/ageing"))["rows"] == []
    assert (await other.ok("GET", "/receivables/summary"))["outstanding"]["count"] == 0
    for path in (
        f"/payments/{payment['id']}/open",
        f"/plans/contract/{contract['id']}",
        f"/receivables/balance/{account['id']}",
        f"/receivables/statement/{account['id']}?from=2026-01-01&to=2026-12-31",
    ):
        await other.refused("GET", path, 404)
    body = {"version": 1, "instalments": [{"name": "X", "amount": "100"}]}
    await other.refused("PUT", f"/plans/contract/{contract['id']}", 404, json=body)


async def test_a_department_sees_nothing_of_another(api):
    company = await Company(api).found()
    head = {
        name: {"read": "department_below"}
        for name in ("payment_plan", "payment", "contract", "account", "refund", "allocation")
    }
    role = await api.role(grants=head)
    boss, cat, ann = company.people["boss"], company.people["cat"], company.people["ann"]
    admin = api.administrator
    for person in (boss, cat):
        await admin.ok("POST", f"/users/{person.id}/access", {"roles": [role]})
    account = await admin.create("account", name=unique("East "), owner=ann.id)
    contract = await admin.create(
        "contract", name=unique("C"), account=account["id"], amount="70", status="signed", signed_on="2026-01-01",
        owner=ann.id,
    )  # fmt: skip
    rows = [{"name": "All", "due_on": "2026-02-01", "percent": "100"}]
    await admin.ok(
        "PUT", f"/plans/contract/{contract['id']}", {"version": contract["version"], "instalments": rows}
    )
    path = "/receivables/ageing?by=owner&on=2026-03-01"
    seen = {row["id"]: row["total"]["amount"] for row in (await boss.ok("GET", path))["rows"]}
    assert seen == {ann.id: "70.00"}
    assert (await cat.ok("GET", path))["rows"] == []


async def test_who_may_only_read_a_contract_plans_nothing_of_it(ledger, api):
    contract = await ledger.contract("100.00")
    role = await api.role(
        grants={
            "contract": {"read": "all"},
            "payment_plan": {"create": "own", "read": "own", "update": "own", "delete": "own"},
            "account": {"read": "all"},
        }
    )
    reader = await api.person(role)
    values = {"name": "Mine?", "contract": contract["id"], "amount": "100", "due_on": "2026-02-01"}
    problem = await reader.refused("POST", "/records/payment_plan", 422, json=values)
    assert [each["code"] for each in problem["errors"]] == ["plan_not_yours"]
    body = {"version": contract["version"], "instalments": [{"name": "All", "percent": "100"}]}
    await reader.refused("PUT", f"/plans/contract/{contract['id']}", 403, "action_denied", json=body)
    # Finance keeps all plans, of contracts too that are not its own to change.
    rows = [{"name": "All", "due_on": "2026-02-01", "percent": "100"}]
    body = {"version": contract["version"], "instalments": rows}
    written = await ledger.finance.ok("PUT", f"/plans/contract/{contract['id']}", body)
    assert written["version"] == contract["version"] + 1


async def test_an_instalment_belongs_to_whom_its_contract_belongs_to(ledger, api):
    seller = await api.person()
    contract, (first, _) = await ledger.planned()
    assert (await ledger.read("payment_plan", first))["owner"]["id"] == ledger.admin.id
    assert (await ledger.patch("contract", contract, owner=seller.id)).is_success
    now = await ledger.read("payment_plan", first)
    assert now["owner"]["id"] == seller.id
    assert (await seller.ok("GET", f"/records/payment_plan/{first['id']}"))["id"] == first["id"]
