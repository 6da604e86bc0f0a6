"""From a signed contract to money in the bank in a real browser: plan, payment, 核销, invoice, red one, statement."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from browsing import DESK, PHONE, pick, sign_in
from playwright.sync_api import expect
from served import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.slow]
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
EMAIL = "fina@example.com"


@dataclass
class Money:
    """One customer with a signed contract, and who looks after the money."""

    admin: Any
    account: str
    contract: str
    usd: str


@pytest.fixture(scope="module")
def money(server) -> Money:
    admin = server.set_up(currency="CNY")
    record = admin.ok("POST", "/records/user", {"name": "Fina Finance", "email": EMAIL})
    admin.invite(record["id"], "finance")
    server.sign_in(EMAIL).ok("PATCH", "/sessions/current/user", {"language": "en"})
    today = datetime.now(UTC).date()
    day = (today - timedelta(days=70)).isoformat()
    admin.ok("PUT", "/exchange-rates", {"rates": [{"currency": "USD", "day": day, "rate": "7.1"}]})
    account = admin.ok(
        "POST",
        "/records/account",
        {"name": "Evergreen Tools", "credit_limit": "500000", "owner": record["id"]},
    )
    values = {
        "account": account["id"],
        "status": "signed",
        "signed_on": (today - timedelta(days=60)).isoformat(),
        "owner": record["id"],
    }
    yuan = {"amount": "100000.01", "currency": "CNY"}
    contract = admin.ok("POST", "/records/contract", {**values, "name": "Cutting line", "amount": yuan})
    dollars = {"amount": "2000.00", "currency": "USD"}
    usd = admin.ok("POST", "/records/contract", {**values, "name": "Spare parts", "amount": dollars})
    return Money(admin, account["id"], contract["id"], usd["id"])


@pytest.fixture(scope="module")
def start() -> str:
    return (datetime.now(UTC).date() - timedelta(days=60)).isoformat()


def opened(watched, server, **options):
    watch = watched(**{"size": DESK, "language": "en", **options})
    sign_in(watch, server.base, EMAIL)
    return watch


def accessible(page) -> None:
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa']})")
    assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == []


def test_the_plan_of_a_contract_is_made_of_a_template(watched, server, money, start):
    page = opened(watched, server).page
    for contract in (money.contract, money.usd):
        page.goto(f"{server.base}/o/contract/{contract}")
        page.get_by_test_id("money-bar").get_by_role("button", name="Edit payment plan").click()
        sheet = page.get_by_role("dialog")
        pick(page, "Begin from", "30/60/10: down payment, delivery, retention", sheet)
        sheet.get_by_label("Begins on").fill(start)
        sheet.get_by_role("button", name="Apply").click()
        expect(sheet.get_by_test_id("instalment")).to_have_count(3)
        expect(sheet.get_by_test_id("plan-left")).to_contain_text("Makes exactly")
        # A share is typed and its amount follows; what is missing goes into the last.
        sheet.get_by_label("Instalment 1 Share %").fill("20")
        expect(sheet.get_by_test_id("plan-left")).to_contain_text("to go")
        sheet.get_by_role("button", name="Rest into the last").click()
        expect(sheet.get_by_test_id("plan-left")).to_contain_text("Makes exactly")
        sheet.get_by_role("button", name="Save").click()
        sheet.wait_for(state="detached")
        expect(page.get_by_test_id("plan-bar")).to_be_visible()
    rows = money.admin.ok("GET", f"/plans/contract/{money.contract}")["instalments"]
    assert [row["amount"]["amount"] for row in rows] == ["20000.00", "60000.01", "20000.00"]


def test_a_payment_is_confirmed_and_allocated(watched, server, money):
    day = datetime.now(UTC).date().isoformat()
    paid = {"account": money.account, "received_on": day, "amount": {"amount": "25000", "currency": "CNY"}}
    payment = money.admin.ok("POST", "/records/payment", {**paid, "contract": money.contract})
    watch = opened(watched, server)
    page = watch.page
    page.goto(f"{server.base}/o/payment/{payment['id']}")
    bar = page.get_by_test_id("money-bar")
    bar.get_by_role("button", name="Confirm").dblclick()
    bar.get_by_role("button", name="Allocate").click()
    sheet = page.get_by_role("dialog")
    # The proposal: the contract's instalments, oldest first.
    expect(sheet.get_by_test_id("open-plan")).to_have_count(3)
    expect(sheet.get_by_test_id("rest")).to_have_text("¥0.00")
    sheet.get_by_role("button", name="Clear").click()
    expect(sheet.get_by_test_id("rest")).to_have_text("¥25,000.00")
    first = sheet.get_by_role("textbox", name="Down payment")
    first.press(" ")
    expect(first).to_have_value("20000.00")
    first.press("ArrowDown")
    page.keyboard.type("99999")
    expect(sheet.get_by_test_id("rest")).to_contain_text("more than is available")
    expect(sheet.get_by_role("button", name="Allocate", exact=True)).to_be_disabled()
    sheet.get_by_role("textbox", name="On delivery").fill("1,000.50")
    expect(sheet.get_by_test_id("rest")).to_have_text("¥3,999.50")
    accessible(page)
    sheet.get_by_role("textbox", name="On delivery").press("Control+Enter")
    sheet.wait_for(state="detached")
    now = money.admin.ok("GET", f"/records/payment/{payment['id']}")
    assert (
        now["status"],
        float(now["allocated"] if isinstance(now["allocated"], str) else now["allocated"]["amount"]),
    ) == (
        "confirmed",
        21000.5,
    )


def test_an_invoice_is_issued_and_reversed(watched, server, money):
    values = {"account": money.account, "contract": money.contract, "total": "11300.00", "tax_rate": "13"}
    invoice = money.admin.ok("POST", "/records/invoice", values)
    page = opened(watched, server).page
    page.goto(f"{server.base}/o/invoice/{invoice['id']}")
    page.get_by_test_id("money-bar").get_by_role("button", name="Issue").click()
    sheet = page.get_by_role("dialog")
    number = sheet.get_by_label("Invoice number")
    number.fill("123")
    expect(sheet.get_by_role("button", name="Issue")).to_be_disabled()
    number.fill("12345678901234567890")
    sheet.get_by_role("button", name="Issue").click()
    sheet.wait_for(state="detached")
    page.get_by_test_id("money-bar").get_by_role("button", name="Reverse").click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_label("Why").fill("Wrong title")
    sheet.get_by_label("Number of the red invoice").fill("12345678901234567891")
    sheet.get_by_role("button", name="Reverse").click()
    sheet.wait_for(state="detached")
    now = money.admin.ok("GET", f"/records/invoice/{invoice['id']}")
    assert (now["status"], now["net"]["amount"], now["tax"]["amount"]) == ("reddened", "10000.00", "1300.00")


def test_the_dashboard_leads_to_the_statement_and_all_agrees(watched, server, money):
    page = opened(watched, server).page
    page.goto(f"{server.base}/receivables")
    row = page.get_by_test_id("ageing-row").filter(has_text="Evergreen Tools")
    # 100,000.01 − 21,000.50 in yuan, and 2,000 dollars at 7.1.
    expect(row).to_contain_text("¥93,199.51")
    expect(row).to_contain_text("$2,000.00")
    check = page.get_by_test_id("reconciliation")
    check.get_by_role("button", name="Check now").click()
    expect(check).to_contain_text("all agree")
    accessible(page)
    row.get_by_role("link", name="Evergreen Tools").click()
    page.wait_for_url(re.compile("/receivables/statement/"))
    expect(page.get_by_test_id("movement").first).to_be_visible()
    # The down payment was due 53 days ago; 25,000 came in today: 20,000 − 25,000.
    expect(page.get_by_test_id("closing")).to_have_text("-¥5,000.00")
    accessible(page)


def test_it_all_works_on_a_phone_in_chinese(watched, server, money):
    watch = watched(size=PHONE, language="zh-CN", theme="dark")
    server.sign_in(EMAIL).ok("PATCH", "/sessions/current/user", {"language": "zh-CN"})
    sign_in(watch, server.base, EMAIL, ("邮箱", "密码", "登录"))
    page = watch.page
    page.goto(f"{server.base}/receivables")
    page.get_by_test_id("ageing-row").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    day = datetime.now(UTC).date().isoformat()
    paid = {"account": money.account, "received_on": day, "amount": {"amount": "100", "currency": "USD"}}
    payment = money.admin.ok("POST", "/records/payment", paid)
    page.goto(f"{server.base}/o/payment/{payment['id']}")
    bar = page.get_by_test_id("money-bar")
    bar.get_by_role("button", name="确认到账").click()
    bar.get_by_role("button", name=re.compile("^核 ?销$")).click()
    sheet = page.get_by_role("dialog")
    expect(sheet.get_by_test_id("open-plan")).to_have_count(3)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    sheet.get_by_role("button", name=re.compile("^核 ?销$")).click()
    sheet.wait_for(state="detached")
    assert money.admin.ok("POST", "/receivables/reconciliation/run", {})["findings"] == []
