"""报备 and 提成 in the browser: a clash is told while it is typed, a lead decides, a seller sees what it pays."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from browsing import PHONE, sign_in
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CUSTOMER = "上海榕树智能科技有限公司"


@pytest.fixture(scope="module")
def admin(server):
    return server.set_up(currency="CNY")


def person(server, admin, name: str, role: str = "member", **values):
    email = f"{name.lower()}@example.com"
    record = admin.ok("POST", "/records/user", {"name": name, "email": email, **values})
    admin.invite(record["id"], role)
    found = server.sign_in(email)
    found.id, found.email, found.name = record["id"], email, name
    return found


@pytest.fixture(scope="module")
def team(server, admin):
    lead = person(server, admin, "Leading", "team_lead")
    return lead, person(server, admin, "Selling", manager=lead.id)


def test_a_registration_is_checked_decided_and_refused_to_another(server, admin, team, watched):
    lead, seller = team
    first, second = (admin.ok("POST", "/records/partner", {"name": name}) for name in ("Harbour", "Delta"))
    made = seller.ok("POST", "/records/deal_registration", {"customer": CUSTOMER, "partner": first["id"]})
    watch = watched()
    page = watch.page
    sign_in(watch, server.base, lead.email)
    page.goto(f"{server.base}/o/deal_registration/{made['id']}")
    bar = page.get_by_test_id("decision-bar")
    expect(bar.get_by_test_id("clash")).to_contain_text("Nobody registered this customer")
    bar.get_by_role("button", name="Approve").dblclick()
    expect(bar.get_by_role("button", name="Extend")).to_be_visible()
    assert seller.ok("GET", f"/records/deal_registration/{made['id']}")["status"] == "approved"

    other = seller.ok(
        "POST", "/records/deal_registration", {"customer": "Somebody else", "partner": second["id"]}
    )
    page.goto(f"{server.base}/o/deal_registration/{other['id']}")
    page.get_by_test_id("decision-bar").get_by_role("button", name="Reject").click()
    panel = page.get_by_role("dialog")
    panel.get_by_label("Note").fill("Known to us")
    panel.get_by_role("button", name="Reject").click()
    expect(panel).to_be_hidden()
    rejected = seller.ok("GET", f"/records/deal_registration/{other['id']}")
    assert (rejected["status"], rejected["decision_note"]) == ("rejected", "Known to us")

    typing = watched(size=PHONE)
    sign_in(typing, server.base, seller.email)
    typing.page.goto(f"{server.base}/o/deal_registration")
    typing.page.get_by_role("button", name=re.compile("^New deal registration", re.IGNORECASE)).first.click()
    form = typing.page.get_by_test_id("quick-create")
    form.get_by_label("Customer").first.fill("榕树智能科技股份有限公司")
    expect(form.get_by_test_id("clash")).to_contain_text("Harbour registered it; protected until")


def test_a_seller_sees_the_commission_and_its_deals(server, admin, team, watched):
    _, seller = team
    rule = {"name": "House", "basis": "signed", "rate": "2.5"}
    admin.ok("POST", "/records/commission_rule", rule)
    account = admin.ok("POST", "/records/account", {"name": "Paying", "owner": seller.id})
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date().isoformat()
    values = {"name": "Big contract", "account": account["id"], "owner": seller.id, "signed_on": today}
    amount = {"amount": "10000.20", "currency": "CNY"}
    made = admin.ok("POST", "/records/contract", {**values, "amount": amount})
    admin.ok("PATCH", f"/records/contract/{made['id']}", {"status": "signed", "version": made["version"]})
    watch = watched()
    page = watch.page
    sign_in(watch, server.base, seller.email)
    page.goto(f"{server.base}/mine")
    part = page.get_by_test_id("commission")
    expect(part.get_by_test_id("commission-amount")).to_contain_text("250.01")
    part.get_by_role("link", name="Big contract").click()
    expect(page).to_have_url(re.compile(f"/o/contract/{made['id']}"))
