"""A seller moves a deal and is asked what is missing, converts a lead; a manager sees what stands still; settings."""

import re
from types import SimpleNamespace

import pytest
from browsing import PHONE, pick, publish, sign_in
from playwright.sync_api import expect
from served import ADMIN

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CHINESE = ("邮箱", "密码", "登录")


@pytest.fixture(scope="module")
def house(server):
    admin = server.set_up()

    def make(name, /, **values):
        return admin.ok("POST", f"/records/{name}", values)["id"]

    account = make("account", name="Harbour Works")
    deal = make("opportunity", name="New line", account=account)
    lead = make("lead", name="Mei Lin", company="Riverside Mills", phone="13912345678", source="website")
    other = make("lead", name="王强", company="长江机械", phone="13812345670")
    return SimpleNamespace(admin=admin, account=account, deal=deal, lead=lead, other=other)


def step(page, name):
    return page.get_by_test_id("stage-path").get_by_role("button", name=name)


def test_a_deal_is_moved_asked_won_and_taken_up_again(watched, server, house):
    watch = watched()
    sign_in(watch, server.base, ADMIN)
    page = watch.page
    page.goto(f"{server.base}/o/opportunity/{house.deal}")
    guide = page.get_by_test_id("stage-guide")
    expect(guide).to_contain_text("Find out who the customer is")
    guide.get_by_role("checkbox", name="First talk held").check()
    expect(guide.get_by_test_id("stage-next")).to_contain_text("Ready for “Engaging”")
    step(page, "Proposal").click()
    panel = page.get_by_role("dialog")
    expect(panel).to_contain_text("“Proposal” needs this")
    panel.get_by_label("Expected amount").first.fill("1200")
    panel.get_by_label("Expected close").fill("2030-03-31")
    panel.get_by_label("Expected close").press("Enter")
    panel.get_by_role("button", name="Move").click()
    panel.wait_for(state="detached")
    expect(step(page, "Proposal")).to_have_attribute("aria-pressed", "true")
    stored = house.admin.ok("GET", f"/records/opportunity/{house.deal}")
    assert (stored["stage"], stored["probability"]) == ("proposal", "50")
    step(page, "Won").click()
    panel.get_by_role("button", name="Move").click()
    panel.wait_for(state="detached")
    expect(step(page, "Won")).to_have_attribute("aria-pressed", "true")
    won = house.admin.ok("GET", f"/records/opportunity/{house.deal}")
    assert (won["won_amount"]["amount"], won["probability"]) == ("1200.00", "100")
    step(page, "Negotiation").click()
    page.get_by_role("status").filter(has_text="Moved to “Negotiation”").wait_for()
    assert house.admin.ok("GET", f"/records/opportunity/{house.deal}")["won_amount"] is None


def test_a_lead_is_converted_and_taken_back(watched, server, house):
    watch = watched()
    sign_in(watch, server.base, ADMIN)
    page = watch.page
    page.goto(f"{server.base}/o/lead/{house.lead}")
    page.get_by_test_id("convert").click()
    account = page.get_by_test_id("convert-account")
    expect(account.get_by_label("Account name")).to_have_value("Riverside Mills")
    page.get_by_test_id("convert-save").click()
    expect(page.get_by_test_id("record-title")).to_have_text("Riverside Mills")
    expect(page).to_have_url(re.compile("/o/opportunity/"))
    page.goto(f"{server.base}/o/lead/{house.lead}")
    expect(page.get_by_test_id("converted")).to_contain_text("Riverside Mills")
    page.get_by_test_id("converted").get_by_role("button", name="Take back").click()
    page.get_by_role("tooltip").get_by_role("button", name="Take back").click()
    expect(page.get_by_test_id("convert")).to_be_visible()
    assert house.admin.ok("GET", f"/records/lead/{house.lead}")["status"] == "new"


def test_a_phone_converts_in_chinese_and_shows_what_stands_still(watched, server, house):
    watch = watched(size=PHONE, language="zh-CN", theme="dark")
    house.admin.ok("PATCH", "/sessions/current/user", {"language": "zh-CN"})
    try:
        sign_in(watch, server.base, ADMIN, CHINESE)
        page = watch.page
        page.goto(f"{server.base}/o/lead/{house.other}")
        page.get_by_test_id("convert").click()
        opportunity = page.get_by_test_id("convert-opportunity")
        opportunity.get_by_text("不需要").click()
        page.get_by_test_id("convert-save").click()
        expect(page.get_by_test_id("record-title")).to_have_text("长江机械")
        page.goto(f"{server.base}/stuck")
        expect(page.get_by_test_id("stuck-item").first).to_contain_text("没有下一步")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    finally:
        house.admin.ok("PATCH", "/sessions/current/user", {"language": "en"})


def test_an_administrator_edits_a_pipeline(watched, server, house):
    watch = watched()
    sign_in(watch, server.base, ADMIN)
    page = watch.page
    page.goto(f"{server.base}/settings/objects/opportunity?tab=pipelines")
    page.get_by_test_id("pipelines").get_by_role("button", name="Edit pipeline “Renewal”").click()
    panel = page.get_by_role("dialog")
    panel.get_by_role("button", name="Edit stage “Negotiation”").click()
    pick(page, "Required fields", "Next step", within=panel)
    panel.get_by_label("Days until it stands still").fill("9")
    panel.get_by_role("button", name="Save").click()
    expect(panel.get_by_test_id("stage-negotiation")).to_contain_text("9 days · 1 required")
    panel.get_by_role("button", name="Move “Negotiation”").press("ArrowUp")
    panel.get_by_role("button", name="Save").click()
    panel.wait_for(state="detached")
    publish(page, "Renewals ask for the next step")
    described = house.admin.ok("GET", "/metadata/objects/opportunity")
    renewal = next(each for each in described["pipelines"] if each["key"] == "renewal")
    assert [each["key"] for each in renewal["stages"]][:3] == ["prospecting", "negotiation", "proposal"]
    stage = renewal["stages"][1]
    assert (stage["required"], stage["rot_days"]) == (["next_step"], 9)


def test_the_funnel_tells_how_deals_flow(watched, server, house):
    watch = watched()
    sign_in(watch, server.base, ADMIN)
    page = watch.page
    page.goto(f"{server.base}/funnel/opportunity")
    row = page.get_by_test_id("flow-prospecting")
    # How many went on depends on what other walks did before.
    expect(row).to_contain_text(re.compile(r"\d+%"))
    expect(page.get_by_test_id("flow-totals")).to_contain_text("Velocity per day")
