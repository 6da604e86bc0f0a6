"""A manager's forecast and a seller's own page, in both languages: sheet, judgement, what changed, targets, mine."""

import re

import pytest
from browsing import PHONE, pick, sign_in
from playwright.sync_api import expect
from served import ADMIN, ROOT

pytestmark = [pytest.mark.browser, pytest.mark.slow]
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"  # comes with `make web`
PERIOD, DAY, MONTH = "2033-Q1", "2033-02-15", "2033-02-01"
SIGN_IN = {"en": ("E-mail", "Password", "Sign in"), "zh-CN": ("邮箱", "密码", "登录")}
SAYS = {
    "en": {
        "judge": "Judge {name}: Commit", "save": "Save", "amount": "Amount", "note": "Note", "won": "Won",
        "changes": "Changes", "closing": "Closing", "cell": "Target of {name}, Mar", "fills": "fills the gap",
        "period": "Q1 2033", "seen": "Deals of {name}: Commit", "commit": "Commit",
    },
    "zh-CN": {
        "judge": "判断 {name} 的承诺", "save": "保存", "amount": "金额", "note": "说明", "won": "赢单",
        "changes": "变化", "closing": "期末", "cell": "{name} 3月 的目标", "fills": "补缺口",
        "period": "2033年Q1", "seen": "查看 {name} 的承诺商机", "commit": "承诺",
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def admin(server):
    return server.set_up()


def person(server, admin, name: str, role: str = "member", **values):
    email = f"{name.lower()}@example.com"
    record = admin.ok("POST", "/records/user", {"name": name, "email": email, **values})
    admin.invite(record["id"], role)
    found = server.sign_in(email)
    found.id, found.email, found.name = record["id"], email, name
    return found


@pytest.fixture(scope="module")
def teams(server, admin):
    return {language: make_team(server, admin, language) for language in SAYS}


@pytest.fixture(params=["en", "zh-CN"])
def team(request, teams):
    return teams[request.param]


def make_team(server, admin, language: str):
    """A manager and a seller with deals, a snapshot of before, and what happened since."""
    tail = "En" if language == "en" else "Zh"
    manager = person(server, admin, f"Chief{tail}", "team_lead")
    seller = person(server, admin, f"Maker{tail}", manager=manager.id)
    for each in (manager, seller):
        each.ok("PATCH", "/sessions/current/user", {"language": language})

    def deal(name: str, amount: str, category: str) -> dict:
        values = {
            "name": f"{name} {tail}",
            "amount": amount,
            "close_date": DAY,
            "forecast_category": category,
        }
        return seller.ok("POST", "/records/opportunity", values)

    sure, likely = deal("Turbine", "120000", "commit"), deal("Pumps", "80000", "commit")
    deal("Valves", "50000", "best")
    target = {"person": seller.id, "period": "month", "starts_on": MONTH, "value": "200000"}
    manager.ok("PUT", "/targets", {"cells": [target]})
    taken = admin.ok("POST", "/forecasts/snapshots")
    won = {"stage": "won", "win_reason": "product", "won_amount": "118000", "close_date": DAY}
    seller.ok("PATCH", f"/records/opportunity/{sure['id']}", {"version": sure["version"], **won})
    raised = {"version": likely["version"], "amount": "95000"}
    seller.ok("PATCH", f"/records/opportunity/{likely['id']}", raised)
    return language, manager, seller, taken["id"]


def check_axe(page):
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})")[
        "violations"
    ]
    assert [(each["id"], [node["html"][:120] for node in each["nodes"]][:3]) for each in found] == []


def test_a_manager_judges_and_sees_what_changed(server, team, watched):
    language, manager, seller, taken = team
    says = SAYS[language]
    watch = watched(language=language)
    page = watch.page
    sign_in(watch, server.base, manager.email, SIGN_IN[language])
    page.goto(f"{server.base}/forecast?period={PERIOD}")
    expect(page.get_by_test_id("period")).to_have_text(says["period"])
    row = page.locator(f'tr[data-person="{seller.id}"]')
    commit = row.locator('td[data-category="commit"]')
    expect(commit.get_by_test_id("forecast-number")).to_contain_text("95,000")
    expect(row).to_contain_text("118,000")
    check_axe(page)
    row.get_by_role("button", name=says["judge"].format(name=seller.name)).click()
    panel = page.get_by_role("dialog")
    panel.get_by_label(says["amount"]).fill("60000")
    panel.get_by_label(says["note"]).fill("one may slip")
    panel.get_by_role("button", name=says["save"]).click()
    expect(commit.get_by_test_id("forecast-number")).to_contain_text("60,000")
    expect(page.get_by_test_id("forecast-total").locator("td").nth(3)).to_contain_text("60,000")
    commit.get_by_role("button", name=says["seen"].format(name=seller.name)).click()
    expect(page).to_have_url(re.compile("/o/opportunity"))
    expect(page.get_by_text(re.compile("^Pumps")).first).to_be_visible()
    page.goto(f"{server.base}/forecast?period={PERIOD}&tab=changes&from={taken}")
    table = page.get_by_test_id("forecast-changes")
    expect(table.locator('tr[data-kind="raised"]')).to_contain_text("15,000")
    expect(table.get_by_role("row").last).to_contain_text(says["closing"])
    expect(table.get_by_role("row").last).to_contain_text("263,000")
    expect(page.get_by_test_id("forecast-waterfall").locator("svg")).to_be_attached()
    table.get_by_role("button", name=says["won"], exact=True).click()
    expect(page.get_by_test_id("changed-deals").get_by_role("listitem")).to_contain_text("Turbine")
    page.goto(f"{server.base}/targets?period={PERIOD}")
    cell = page.get_by_label(says["cell"].format(name=seller.name))
    cell.fill("50000")
    cell.press("Enter")
    expect(page.locator(f'tr[data-row="{seller.id}"]')).to_contain_text("250,000")
    check_axe(page)


def test_a_seller_sees_their_own_before_others_do(server, team, watched):
    language, _, seller, _ = team
    says = SAYS[language]
    watch = watched(language=language, size=PHONE, theme="dark")
    page = watch.page
    sign_in(watch, server.base, seller.email, SIGN_IN[language])
    page.goto(f"{server.base}/mine?period={PERIOD}")
    expect(page.get_by_test_id("mine-attained")).to_contain_text("118,000")
    expect(page.get_by_test_id("mine-missing")).to_contain_text("132,000")
    expect(page.get_by_test_id("mine-judged")).to_contain_text("60,000")
    deals = page.get_by_test_id("mine-deals").get_by_role("listitem")
    expect(deals).to_have_count(2)
    expect(deals.first).to_contain_text("Pumps")
    expect(deals.first).to_contain_text(says["fills"])
    check_axe(page)
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not wide
    page.goto(f"{server.base}/forecast?period={PERIOD}")
    expect(page.get_by_test_id("forecast-sheet").locator("tbody tr")).to_have_count(1)


def test_an_administrator_gives_the_first_share_of_a_deal(server, admin, watched):
    watch = watched()
    page = watch.page
    sign_in(watch, server.base, ADMIN)
    deal = admin.ok("POST", "/records/opportunity", {"name": "Shared deal"})["id"]
    page.goto(f"{server.base}/o/opportunity/{deal}")
    page.get_by_role("button", name="Add a row to Splits").dblclick()
    panel = page.get_by_role("dialog")
    panel.get_by_role("button", name="Add a person").click()
    pick(page, "Person", "Ada", within=panel)
    panel.get_by_role("spinbutton").fill("100")
    panel.get_by_role("button", name="Save").click()
    panel.wait_for(state="detached")
    expect(page.get_by_test_id("subtable-splits")).to_contain_text("Ada Park")
    assert admin.count("opportunity_split") == 1


def test_an_administrator_lets_a_rule_tag(server, admin, watched):
    watch = watched()
    page = watch.page
    sign_in(watch, server.base, "ada@example.com")
    account = admin.ok("POST", "/records/account", {"name": "Graded Ltd", "city": "Suzhou"})
    rule = {
        "object": "account", "name": "Near us", "field": "tags", "value": "near", "active": True, "days": 90,
        "condition": {"field": "city", "op": "eq", "value": "Suzhou"},
    }  # fmt: skip
    admin.ok("POST", "/grading/rules", rule)
    page.goto(f"{server.base}/settings/grading")
    page.get_by_role("button", name="Near us").click()
    page.get_by_role("dialog").get_by_role("button", name="Preview").click()
    expect(page.get_by_test_id("grading-preview")).to_contain_text("1 match")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    check_axe(page)
    page.goto(f"{server.base}/o/account/{account['id']}")
    expect(page.get_by_test_id("grading-marks")).to_contain_text("Near us")
    expect(page.get_by_test_id("completeness")).to_be_visible()
    page.goto(f"{server.base}/completeness?object=account")
    page.get_by_test_id("completeness-table").get_by_role("button").first.click()
    expect(page.get_by_test_id("least-complete")).to_contain_text("Graded Ltd")
    check_axe(page)
