"""What a role may not see it is not told by statements, balances, proposals and warnings either."""

import pytest

from factories.api import unique

pytestmark = pytest.mark.anyio

HIDDEN = {"level": "hidden"}
KEPT = {"create": "all", "read": "all", "update": "all"}
OBJECTS = ("account", "contract", "payment_plan", "payment", "refund", "invoice", "allocation")


async def _reader(api, fields):
    role = await api.role(grants=dict.fromkeys(OBJECTS, KEPT), fields=fields)
    return await api.person(role)


async def test_hidden_fields_stay_hidden_in_figures(ledger, api):
    account = await ledger.account()
    contract, _ = await ledger.planned("1000.00", account=account["id"])
    payment = await ledger.payment(account["id"], "60.00", reference="SECRET-9")
    values = {"account": account["id"], "contract": contract["id"], "total": "30.00", "kind": "proforma"}
    invoice = await ledger.finance.create("invoice", **values)
    await ledger.finance.ok("POST", f"/invoices/{invoice['id']}/issue", {})
    await ledger.patch("account", account, credit_limit={"amount": "10.00", "currency": "CNY"})
    statement = f"/receivables/statement/{account['id']}?from=2026-01-01&to=2026-12-31"
    balance, opened = f"/receivables/balance/{account['id']}", f"/payments/{payment['id']}/open"
    open_reader = await _reader(api, {})
    assert "SECRET-9" in str(await open_reader.ok("GET", statement))
    assert (await open_reader.ok("GET", balance))["over"] is True
    assert len((await open_reader.ok("GET", opened))["invoices"]) == 1
    assert (await open_reader.ok("GET", opened))["plans"][0]["document"] == contract["name"]

    texts = {
        "payment": {"reference": HIDDEN},
        "account": {"credit_limit": HIDDEN},
        "invoice": {"total": HIDDEN},
    }
    reader = await _reader(api, texts)
    told = await reader.ok("GET", statement)
    assert [each["kind"] for each in told["movements"]] == ["instalment", "payment"]
    assert "SECRET-9" not in str(told)
    balanced = await reader.ok("GET", balance)
    assert (balanced["limit"], balanced["room"], balanced["over"]) == (None, None, False)
    assert (await reader.ok("GET", opened))["invoices"] == []
    blind = await _reader(api, {"payment": {"amount": HIDDEN}})
    assert (await blind.ok("GET", balance))["advance"]["amount"] == "0.00"
    assert (await blind.ok("GET", "/receivables/summary"))["advances"]["count"] == 0


async def test_a_limit_that_is_hidden_warns_without_being_told(ledger, api):
    account = await ledger.account(credit_limit={"amount": "17.31", "currency": "CNY"})
    values = {"name": unique("C"), "account": account["id"], "amount": "500", "signed_on": "2026-01-01"}
    for fields, code in (({}, "over_credit"), ({"account": {"credit_limit": HIDDEN}}, "over_credit_untold")):
        person = await _reader(api, fields)
        problem = await person.refused("POST", "/records/contract", 422, json={**values, "status": "signed"})
        assert [each["code"] for each in problem["errors"]] == [code]
        assert ("17.31" in str(problem)) is (code == "over_credit")
