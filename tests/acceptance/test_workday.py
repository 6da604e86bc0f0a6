"""A seller's day and a manager's, in both languages, at a desk and on a phone; no page offends axe."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from browsing import DESK, PHONE, pick, sign_in
from playwright.sync_api import expect
from served import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.slow]
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"  # comes with `make web`
SIGN_IN = {"en": ("E-mail", "Password", "Sign in"), "zh-CN": ("邮箱", "密码", "登录")}
COUNTING = "window.clicks = 0; addEventListener('click', (event) => { if (event.isTrusted) window.clicks += 1 }, true)"
ROWS = 20
SAYS = {
    "en": {
        "log": "Log", "today": "Today", "logged": "Follow-up logged", "write": f"Write {ROWS} cells",
        "undone": "Undone", "done": "Done", "assign": "Assign", "owner": "Owner", "undo": "Undo", "team": "Team",
        "change": f"Change {ROWS} records", "changed": f"{ROWS} records changed", "all": f"Select all {ROWS}",
        "condition": "Add condition", "field": "Field", "operator": "Operator", "path": "Account › Industry",
        "industry": "Technology", "value": "Value", "select": "^Select Rollout", "export": "Export",
        "csv": "Export CSV", "later": "Export CSV in the background", "exports": "My exports",
    },
    "zh-CN": {
        "log": "记跟进", "today": "今天", "logged": "跟进已记录", "write": f"写入 {ROWS} 个单元格",
        "undone": "已撤销", "done": "完成", "assign": "转交", "owner": "负责人", "undo": "撤销", "team": "团队",
        "change": f"修改 {ROWS} 条", "changed": f"已修改 {ROWS} 条", "all": f"选择全部 {ROWS} 条",
        "condition": "添加条件", "field": "字段", "operator": "条件", "path": "客户 › 行业",
        "industry": "科技", "value": "值", "select": "^选择 Rollout", "export": "导出",
        "csv": "导出 CSV", "later": "后台导出 CSV", "exports": "我的导出",
    },
}  # fmt: skip


def at(**ahead) -> str:
    return (datetime.now(UTC) + timedelta(**ahead)).isoformat()


@pytest.fixture(scope="module")
def admin(server):
    return server.set_up()


def person(server, admin, name: str, role: str = "member", **values):
    """Somebody signed in through the API, with their id."""
    email = f"{name.lower()}@example.com"
    record = admin.ok("POST", "/records/user", {"name": name, "email": email, **values})
    admin.invite(record["id"], role)
    found = server.sign_in(email)
    found.id, found.email = record["id"], email
    return found


@pytest.fixture(scope="module")
def teams(server, admin):
    return {language: make_team(server, admin, language) for language in SAYS}


@pytest.fixture(params=["en", "zh-CN"])
def team(request, teams):
    return teams[request.param]


def make_team(server, admin, language: str):
    """A manager and a seller of one language, with customers, deals, and something that waits for the seller."""
    tail = "En" if language == "en" else "Zh"
    manager = person(server, admin, f"Boss{tail}", "team_lead")
    seller = person(server, admin, f"Seller{tail}", manager=manager.id)
    other = person(server, admin, f"Other{tail}", manager=manager.id)
    for each in (manager, seller, other):
        each.ok("PATCH", "/sessions/current/user", {"language": language})

    def make(name, /, **values):
        return seller.ok("POST", f"/records/{name}", values)["id"]

    account = make("account", name=f"苏州恒远精密{tail}", industry="technology", next_follow_up=at(days=-1))
    for number in range(ROWS):
        make(
            "opportunity",
            name=f"Rollout {tail} {number:02}",
            account=account,
            next_step="plan",
            stage="engaging",
            amount={"amount": "1200", "currency": "CNY"},
            close_date=at(days=30)[:10],  # what the next stage asks for
        )
    make("activity", title=f"Send papers {tail}", kind="task", due_at=at(days=-2), account=account)
    seller.language, seller.account, seller.manager, seller.other, seller.tail = (
        language, account, manager, other, tail,
    )  # fmt: skip
    return seller


@pytest.fixture
def opened(watched, server):
    """A window of somebody of the team."""

    def open_for(who, language: str, size=DESK):
        watch = watched(size=size, language=language)
        watch.page.add_init_script(COUNTING)
        sign_in(watch, server.base, who.email, SIGN_IN[language])
        return watch.page

    return open_for


def clean(page) -> None:
    """Nothing on the page keeps anybody out."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})")
    offences = [(each["id"], each["nodes"][0]["html"][:200]) for each in found["violations"]]
    assert not offences, (page.url, offences)


def log_from_today(page, says) -> None:
    """A follow-up on a customer that today names: two clicks and what was said."""
    item = page.locator('[data-reason="follow_up_due"]').filter(has_text="苏州恒远精密")
    item.wait_for()
    clean(page)
    page.evaluate("window.clicks = 0")
    item.get_by_role("button", name=says["log"], exact=True).click()
    page.keyboard.type("Agreed on delivery in June")
    page.keyboard.press("Enter")
    page.get_by_role("status").get_by_text(says["logged"]).wait_for()
    assert page.evaluate("window.clicks") <= 3
    expect(item).to_have_count(0)


def move_a_deal(page, base: str) -> None:
    """Picked up and put down with the keyboard, one column to the right."""
    page.goto(f"{base}/o/opportunity/board")
    columns = page.locator("[data-testid^=board-column-]")
    card = page.get_by_test_id("board-column-engaging").get_by_test_id("board-card").first
    card.wait_for()
    clean(page)
    card.focus()
    for key in ("Space", "ArrowRight", "Space"):
        page.keyboard.press(key)
        page.wait_for_timeout(150)  # the keyboard's sensor measures where it is between two keys
    expect(columns.nth(2).get_by_test_id("board-card").filter(has_text="Rollout")).to_have_count(1)


def find_by_pinyin(page) -> None:
    page.keyboard.press("Control+k")
    page.get_by_test_id("palette").get_by_role("combobox").fill("szhy")
    page.get_by_role("option").filter(has_text="苏州恒远精密").first.wait_for()
    clean(page)
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("record-title")).to_contain_text("苏州恒远精密")
    page.get_by_test_id("timeline").get_by_text("Agreed on delivery in June").wait_for()
    clean(page)


def paste_and_undo(page, base: str, seller, says) -> None:
    """Twenty next steps out of a spreadsheet, and back."""
    config = {"columns": ["name", "next_step", "stage", "amount"]}
    view = {"object": "opportunity", "name": {"en": "Steps"}, "config": config, "visibility": "private"}
    page.goto(f"{base}/o/opportunity?view={seller.ok('POST', '/views', view)['id']}")
    grid = page.get_by_test_id("list-grid")
    expect(page.get_by_test_id("list-footer")).to_contain_text(str(ROWS))
    clean(page)
    first = grid.locator('[data-cell="0:1"]')
    first.click()
    page.get_by_test_id("peek").wait_for()
    page.keyboard.press("Escape")
    page.evaluate(
        """text => {
          const data = new DataTransfer(); data.setData('text/plain', text);
          const how = {clipboardData: data, bubbles: true, cancelable: true};
          document.activeElement.dispatchEvent(new ClipboardEvent('paste', how));
        }""",
        "\n".join(f"Step {number}" for number in range(ROWS)),
    )
    page.get_by_role("button", name=says["write"]).click()
    expect(first).to_have_text("Step 0")
    stepped = {"field": "next_step", "op": "starts_with", "value": "Step "}
    assert seller.count("opportunity", stepped) == ROWS
    grid.focus()
    page.keyboard.press("Control+z")
    page.get_by_role("status").get_by_text(says["undone"]).wait_for()
    assert seller.count("opportunity", stepped) == 0


def test_a_sellers_day(team, opened, server):
    says = SAYS[team.language]
    page = opened(team, team.language)
    expect(page.get_by_role("heading", name=says["today"], exact=True)).to_be_visible()
    log_from_today(page, says)
    task = page.get_by_test_id("today-item").filter(has_text=f"Send papers {team.tail}")
    task.get_by_role("button", name=says["done"], exact=True).click()
    expect(task).to_have_count(0)
    move_a_deal(page, server.base)
    find_by_pinyin(page)
    paste_and_undo(page, server.base, team, says)


def test_a_sellers_day_on_a_phone(team, opened, server):
    says = SAYS[team.language]
    planned = {"next_follow_up": at(hours=-1)}
    record = team.ok("GET", f"/records/account/{team.account}")
    team.ok("PATCH", f"/records/account/{team.account}", {**planned, "version": record["version"]})
    page = opened(team, team.language, PHONE)
    log_from_today(page, says)
    for path, part in (
        ("/o/account", "list-grid"),
        (f"/o/account/{team.account}", "timeline"),
        ("/o/opportunity/board", "board-card"),
        ("/inbox", "inbox"),
    ):
        page.goto(f"{server.base}{path}")
        page.get_by_test_id(part).first.wait_for()
        clean(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path


def test_a_managers_day(team, opened, server):
    says, manager = SAYS[team.language], team.manager
    page = opened(manager, team.language)
    page.get_by_role("tab", name=says["team"]).click()
    clean(page)
    page.goto(f"{server.base}/o/opportunity/board")
    page.get_by_test_id("board-card").first.wait_for()
    page.goto(f"{server.base}/o/opportunity")
    expect(page.get_by_test_id("list-footer")).to_contain_text(str(ROWS))
    page.get_by_test_id("filter-button").click()
    page.get_by_role("button", name=says["condition"], exact=True).click()
    rule = page.get_by_role("group").filter(has=page.get_by_role("combobox", name=says["operator"]))
    pick(page, says["field"], says["path"], within=rule)
    clean(page)
    pick(page, says["value"], says["industry"], within=rule)
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("filter-chips")).to_contain_text(says["industry"])
    expect(page.get_by_test_id("list-footer")).to_contain_text(str(ROWS))
    reassign_and_undo(page, team, says)
    with page.expect_download() as download:
        page.get_by_role("button", name=says["export"], exact=True).click()
        page.get_by_role("menuitem", name=says["csv"], exact=True).click()
    text = download.value.path().read_text("utf-8-sig")
    assert text.count(f"Rollout {team.tail}") == ROWS
    export_by_a_job(page, server.base, team, says)


def export_by_a_job(page, base: str, team, says) -> None:
    """A long list is written in the background; its maker is told and fetches it."""
    page.get_by_role("button", name=says["export"], exact=True).click()
    page.get_by_role("menuitem", name=says["later"], exact=True).click()
    page.get_by_role("status").get_by_role("button", name=says["exports"]).click()
    link = page.get_by_test_id("export").get_by_role("link")
    link.wait_for()
    clean(page)
    with page.expect_download() as download:
        link.click()
    assert download.value.path().read_text("utf-8-sig").count(f"Rollout {team.tail}") == ROWS
    page.goto(f"{base}/inbox")
    page.locator('[data-kind="export_ready"]').wait_for()
    clean(page)


def reassign_and_undo(page, team, says) -> None:
    """All that match go to a colleague, and back."""
    page.get_by_test_id("list-grid").get_by_role("checkbox", name=re.compile(says["select"])).first.click()
    bar = page.get_by_test_id("bulk-bar")
    bar.get_by_role("button", name=says["all"]).click()
    bar.get_by_role("button", name=says["assign"]).click()
    panel = page.get_by_role("dialog")
    clean(page)
    pick(page, says["owner"], f"Other{team.tail}", within=panel)
    panel.get_by_role("button", name=says["change"]).click()
    status = page.get_by_role("status").filter(has_text=says["changed"])
    status.wait_for()
    theirs = {"field": "owner", "op": "eq", "value": team.other.id}
    assert team.manager.count("opportunity", theirs) == ROWS
    status.get_by_role("button", name=says["undo"]).click()
    page.get_by_role("status").get_by_text(says["undone"]).wait_for()
    assert team.manager.count("opportunity", theirs) == 0
