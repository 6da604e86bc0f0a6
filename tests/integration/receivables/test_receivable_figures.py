"""Ageing, statements, balances, the credit limit, reminders and the nightly check."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from banyan.db.statements import run
from banyan.metadata.store import load_catalog
from banyan.receivables.rounds import Rounds
from factories.api import MAIN_SCHEMA, unique

pytestmark = pytest.mark.anyio
ON = "2026-06-30"


async def _aged(ledger):
    """A customer with one instalment in each bucket."""
    contract = await ledger.contract("150.00")
    days = ("2026-07-01", "2026-06-29", "2026-05-30", "2026-04-20", "2026-01-01")
    rows = [{"name": day, "due_on": day, "amount": str(10 * (place + 1))} for place, day in enumerate(days)]
    return contract, await ledger.plan(contract, *rows)


async def test_ageing_counts_from_the_day_an_instalment_was_due(ledger):
    contract, _ = await _aged(ledger)
    account = contract["account"]["id"]
    found = await ledger.finance.ok("GET", f"/receivables/ageing?by=account&on={ON}")
    mine = next(row for row in found["rows"] if row["id"] == account)
    assert [each["amount"] for each in mine["buckets"]] == ["10.00", "20.00", "30.00", "40.00", "50.00"]
    assert (mine["total"]["amount"], mine["count"], mine["label"]) == (
        "150.00",
        5,
        contract["account"]["label"],
    )
    sums = [
        sum(float(row["total"]["amount"]) for row in found["rows"]),
        float(found["total"]["total"]["amount"]),
    ]
    assert sums[0] == pytest.approx(sums[1])
    for by in ("owner", "company"):
        other = await ledger.finance.ok("GET", f"/receivables/ageing?by={by}&on={ON}")
        assert other["total"]["total"] == found["total"]["total"]
    await ledger.finance.refused("GET", "/receivables/ageing?by=colour", 422)


async def test_what_is_paid_or_ended_is_no_debt(ledger):
    contract, rows = await _aged(ledger)
    account = contract["account"]["id"]
    payment = await ledger.payment(account, "50")
    await ledger.allocate(payment, {"payment_plan": rows[4]["id"], "amount": "50"})

    async def total():
        found = await ledger.finance.ok("GET", f"/receivables/ageing?by=account&on={ON}")
        return next((row["total"]["amount"] for row in found["rows"] if row["id"] == account), None)

    assert await total() == "100.00"
    assert (await ledger.patch("contract", contract, status="terminated")).is_success
    assert await total() is None


async def test_foreign_money_stands_apart_and_in_own_currency(ledger):
    rates = {"rates": [{"currency": "EUR", "day": "2026-01-01", "rate": "8.125"}]}
    await ledger.admin.ok("PUT", "/exchange-rates", rates)
    contract = await ledger.contract("100.01", currency="EUR")
    await ledger.plan(contract, {"name": "All", "due_on": "2026-02-01", "percent": "100"})
    found = await ledger.finance.ok("GET", f"/receivables/ageing?by=account&on={ON}")
    mine = next(row for row in found["rows"] if row["id"] == contract["account"]["id"])
    assert mine["currencies"] == [
        {"currency": "EUR", "buckets": ["0", "0", "0", "0", "100.01"], "total": "100.01"}
    ]
    assert mine["total"] == {"amount": "812.58", "currency": "CNY"}


async def test_a_statement_adds_up_to_the_cent(ledger):
    contract, rows = await _aged(ledger)
    account = contract["account"]["id"]
    payment = await ledger.payment(account, "99.99", received_on="2026-05-01")
    await ledger.allocate(payment, {"payment_plan": rows[4]["id"], "amount": "50"})
    refund = await ledger.admin.create("refund", payment=payment["id"], amount="9.99", reason="too much")
    await ledger.finance.ok("POST", f"/refunds/{refund['id']}/pay", {"refunded_on": "2026-06-01"})
    await ledger.payment(account, "1000", received_on="2026-05-02", confirmed=False)
    path = f"/receivables/statement/{account}?from=2026-04-01&to={ON}"
    found = await ledger.finance.ok("GET", path)
    assert found["opening"] == "50.00"
    assert [
        (each["kind"], each["due"] or each["paid"] or each["refunded"], each["balance"])
        for each in found["movements"]
    ] == [
        ("instalment", "40.00", "90.00"),
        ("payment", "99.99", "-9.99"),
        ("instalment", "30.00", "20.01"),
        ("refund", "9.99", "30.00"),
        ("instalment", "20.00", "50.00"),
    ]
    assert found["closing"] == "50.00"
    later = await ledger.finance.ok("GET", f"/receivables/statement/{account}?from=2026-07-01&to=2026-12-31")
    assert (later["opening"], later["closing"]) == ("50.00", "60.00")


async def test_the_credit_limit_warns_and_who_has_seen_it_goes_on(ledger):
    account = await ledger.account(credit_limit="1000")
    values = {"name": unique("C"), "account": account["id"], "amount": "1000.01", "signed_on": "2026-01-01"}
    draft = await ledger.admin.create("contract", **values)
    refused = await ledger.patch("contract", draft, status="signed")
    problem = refused.json()
    assert (refused.status_code, [each["code"] for each in problem["errors"]]) == (422, ["over_credit"])
    assert problem["found"][0]["accepts"] == "credit"
    body = {"version": draft["version"], "status": "signed"}
    path = f"/records/contract/{draft['id']}?accept_credit=true"
    assert (await ledger.admin.ok("PATCH", path, body))["status"] == "signed"
    await ledger.admin.create("contract", **{**values, "name": unique("C"), "amount": "1", "status": "draft"})
    balance = await ledger.finance.ok("GET", f"/receivables/balance/{account['id']}")
    assert (balance["limit"]["amount"], balance["over"]) == ("1000.00", False)  # nothing of it is planned yet
    # Money paid in advance makes room.
    other = await ledger.account(credit_limit="1000")
    await ledger.payment(other["id"], "500")
    await ledger.contract("1500.00", account=other["id"])


async def test_owners_are_told_once_before_and_once_after_the_day(ledger):
    owner = await ledger.api.person()
    today = datetime.now(UTC).date()
    contract = await ledger.contract(
        "30.00", ends_on=(today + timedelta(days=20)).isoformat(), owner=owner.id
    )
    days = (today + timedelta(days=3), today - timedelta(days=3), today + timedelta(days=60))
    await ledger.plan(
        contract, *({"name": f"Part {day}", "due_on": day.isoformat(), "amount": "10"} for day in days)
    )
    noon = datetime.combine(today, datetime.min.time(), UTC) + timedelta(hours=4)

    async def told() -> list[str]:
        found = await owner.ok("GET", "/inbox")
        return sorted(each["kind"] for each in found["items"])

    await _round(ledger, noon)
    assert await told() == ["plan_due", "plan_late", "renewal_due"]
    await _round(ledger, noon + timedelta(days=1))
    assert await told() == ["plan_due", "plan_late", "renewal_due"]
    await _round(ledger, noon + timedelta(days=4))
    assert len([each for each in await told() if each == "plan_late"]) == 2
    found = await owner.ok("GET", "/today")
    assert {"money_late", "money_due"} <= {each["reason"] for each in found["items"]}


async def _round(ledger, now: datetime) -> None:
    runtime = ledger.api.runtime
    await Rounds(runtime.database, runtime.bus).work(MAIN_SCHEMA, now)


async def _break(ledger, name: str, record: str, **values) -> None:
    """Change a row under everybody's feet."""
    async with ledger.api.runtime.database.transaction() as connection:
        catalog = await load_catalog(connection, MAIN_SCHEMA)
        obj = catalog.object(name)
        columns = {obj.by_name[field].physical(): value for field, value in values.items()}
        await run(connection, sa.update(obj.table).where(obj.table.c.id == record).values(**columns))


async def test_the_check_of_the_night_sees_rows_that_were_changed_behind_its_back(ledger):
    contract, (first, _) = await ledger.planned()
    payment = await ledger.payment(contract["account"]["id"], "500")
    (allocation,) = await ledger.allocate(payment, {"payment_plan": first["id"], "amount": "400"})
    assert await ledger.check() == []
    await _break(ledger, "allocation", allocation["id"], amount="450")
    found = await ledger.check()
    told = {(each["rule"], each["object"], each["id"]): (each["expected"], each["found"]) for each in found}
    assert {key: tuple(map(float, sides)) for key, sides in told.items()} == {
        ("allocated_kept", "payment", payment["id"]): (450, 400),
        ("available_kept", "payment", payment["id"]): (50, 100),
        ("allocated_kept", "payment_plan", first["id"]): (450, 400),
        ("outstanding_kept", "payment_plan", first["id"]): (50, 100),
        ("received_kept", "contract", contract["id"]): (450, 400),
    }
    await _break(ledger, "allocation", allocation["id"], amount="501")
    rules = {(each["rule"], each["object"]) for each in await ledger.check()}
    assert {("over_allocated", "payment"), ("over_allocated", "payment_plan")} <= rules
    await _break(ledger, "allocation", allocation["id"], amount="400")
    assert await ledger.check() == []
    last = await ledger.finance.ok("GET", "/receivables/reconciliation")
    assert (last["last"]["findings"], last["last"]["by_hand"]) == (0, True)
    member = await ledger.api.person()
    await member.refused("GET", "/receivables/reconciliation", 403, "finance_only")


async def test_the_night_checks_once(ledger):
    night = datetime(2021, 3, 4, 20, tzinfo=UTC)  # 4 o'clock in Shanghai, before all other checks
    for _ in range(2):
        await _round(ledger, night)
    found = await ledger.finance.ok("GET", "/receivables/reconciliation")
    assert [each["at"][:10] for each in found["checks"]].count(date(2021, 3, 4).isoformat()) == 1
