"""From nothing to a working CRM: set-up, four files through the wizard, board, funnel; then a seller's day."""

import re

import pytest
from browsing import PHONE, Wizard, number, pick, sign_in
from figures import assert_figures
from playwright.sync_api import expect
from served import ADMIN, PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def server(make_home):
    """As everybody begins: in a home where nothing is yet."""
    return make_home(first=True)


@pytest.fixture(scope="module")
def admin(server):
    """The API as the administrator whom the first walk made."""
    return server.sign_in()


@pytest.fixture
def signed_in(watched, server):
    """The administrator's window."""
    watch = watched()
    sign_in(watch, server.base, ADMIN)
    return watch.page


def test_set_up_leads_to_my_spreadsheet(watched, server):
    watch = watched()
    page = watch.page
    page.goto(server.setup_link)
    page.get_by_label("Name of your organisation").fill("Banyan Trading")
    pick(page, "Default currency", "USD")
    page.get_by_label("Your name").fill("Ada Park")
    page.get_by_label("E-mail (to sign in)").fill(ADMIN)
    page.get_by_label(re.compile("^Password")).fill(PASSWORD)
    expect(page.get_by_label("My spreadsheet")).to_be_checked()
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url(re.compile("/import"))
    page.get_by_test_id("import-file").wait_for(state="attached")


def test_people_come_with_their_managers_and_offices(signed_in, server, sales):
    wizard = Wizard(signed_in, server.base)
    wizard.upload("user", sales.file("sales_teams"))
    assert [wizard.field(column) for column in ("sales_agent", "manager", "regional_office")] == [
        "Name",
        "Manager",
        "Department",
    ]
    wizard.create_missing("manager")
    wizard.create_missing("regional_office")
    checked = wizard.check()
    assert (checked["To create"], checked["Left out, with a problem"]) == (sales.sellers, 0)
    assert checked["Also creates Person"] == sales.managers
    assert checked["Also creates Department"] == sales.offices
    assert wizard.load()["Created"] == sales.sellers


def test_accounts_come_with_their_parents_and_a_mended_industry(signed_in, server, sales):
    wizard = Wizard(signed_in, server.base)
    wizard.upload("account", sales.file("accounts"))
    assert wizard.field("account") == "Account name"
    assert wizard.field("sector") == "Industry"
    assert wizard.field("subsidiary_of") == "Parent account"
    wizard.create_missing("subsidiary_of")
    before = wizard.check()
    assert before["Left out, with a problem"] > 0  # the misspelled sector, said before anything is written
    expect(signed_in.get_by_test_id("import-problems")).to_contain_text("sector")
    signed_in.get_by_role("button", name="Back to columns").click()
    wizard.replace("sector", "technolgy", "Technology", choice=True)
    assert wizard.check()["Left out, with a problem"] == 0
    wizard.load()
    signed_in.get_by_role("button", name="See the records").click()
    expect(signed_in.get_by_test_id("list-footer")).to_contain_text(f"{sales.accounts} records")


def test_products_come_as_they_are(signed_in, server, sales):
    wizard = Wizard(signed_in, server.base)
    wizard.upload("product", sales.file("products"))
    assert wizard.check()["To create"] == sales.products
    assert wizard.load()["Created"] == sales.products


def test_deals_find_owner_product_and_account(signed_in, server, sales):
    wizard = Wizard(signed_in, server.base)
    wizard.upload("opportunity", sales.file("sales_pipeline"))
    shown = {"opportunity_id": "Opportunity name", "sales_agent": "Owner", "product": "Main product",
             "account": "Account", "deal_stage": "Stage", "engage_date": "Start date",
             "close_date": "Expected close", "close_value": "Expected amount"}  # fmt: skip
    assert {column: wizard.field(column) for column in shown} == shown
    wizard.replace("product", "GTXPro", "GTX Pro")
    checked = wizard.check()
    assert (checked["To create"], checked["Left out, with a problem"]) == (sales.deals, 0)
    assert wizard.load()["Created"] == sales.deals


def test_board_shows_each_stage_with_its_count(signed_in, server, sales):
    signed_in.goto(f"{server.base}/o/opportunity/board")
    for stage, count in sales.stages.items():
        column = signed_in.get_by_test_id(f"board-column-{stage}")
        expect(column.get_by_test_id("board-count")).to_have_text(f"{count:,}")
    won = signed_in.get_by_test_id("board-column-won").locator("[title]").first
    assert number(won.get_attribute("title")) == sales.won


def test_funnel_shows_what_was_won(signed_in, server, sales):
    signed_in.goto(f"{server.base}/funnel/opportunity")
    won = signed_in.get_by_test_id("funnel-stage-won")
    expect(won).to_contain_text(f"{sales.stages['won']:,}")
    expect(won).to_contain_text(f"{sales.won:,}")
    signed_in.get_by_test_id("funnel-stage-engaging").click()
    expect(signed_in.get_by_test_id("list-footer")).to_contain_text(f"{sales.stages['engaging']:,} record")


def test_deals_without_account_are_found_by_a_filter(signed_in, server, sales):
    signed_in.goto(f"{server.base}/o/opportunity")
    signed_in.get_by_test_id("filter-button").click()
    signed_in.get_by_role("button", name="Add condition").click()
    rule = signed_in.get_by_role("group").filter(has=signed_in.get_by_role("combobox", name="Operator"))
    pick(signed_in, "Field", "Account", within=rule)
    pick(signed_in, "Operator", "is empty", within=rule)
    expect(signed_in.get_by_test_id("filter-chips")).to_contain_text("Account")
    expect(signed_in.get_by_test_id("list-footer")).to_contain_text(f"{sales.without_account:,} record")


def test_a_subsidiary_shows_its_parent(signed_in, server, sales, admin):
    found = admin.rows("account", where={"field": "name", "op": "eq", "value": sales.subsidiary})
    signed_in.goto(f"{server.base}/o/account/{found[0]['id']}")
    parent = signed_in.get_by_test_id("parent-parent")
    expect(parent).to_contain_text(sales.parent)
    parent.get_by_role("link", name=sales.parent).first.click()
    expect(signed_in.get_by_test_id("record-title")).to_have_text(sales.parent)
    expect(signed_in.get_by_test_id("related-account")).to_contain_text(sales.subsidiary)


def test_the_same_figures_come_from_the_api(admin, sales):
    assert_figures(admin, sales)


SELLER = "Anna Snelling"
SELLERS_MAIL = "anna@example.com"
CHINESE = ("邮箱", "密码", "登录")


@pytest.fixture(scope="module")
def seller(admin):
    """A member who owns deals; returns their record."""
    found = admin.rows("user", where={"field": "name", "op": "eq", "value": SELLER})[0]
    admin.ok("PATCH", f"/records/user/{found['id']}", {"version": found["version"], "email": SELLERS_MAIL})
    admin.invite(found["id"])
    return found


def deals_of(client, person, stage=None):
    where = [{"field": "owner", "op": "eq", "value": person["id"]}]
    if stage:
        where.append({"field": "stage", "op": "eq", "value": stage})
    return client.count("opportunity", {"and": where})


def test_a_seller_sees_their_own_deals_only(watched, server, admin, seller):
    watch = watched(language="zh-CN")
    sign_in(watch, server.base, SELLERS_MAIL, CHINESE)
    page = watch.page
    page.goto(f"{server.base}/o/opportunity")
    expect(page.get_by_test_id("list-footer")).to_contain_text(f"{deals_of(admin, seller)} 条")
    foreign = admin.rows(
        "opportunity", where={"not": {"field": "owner", "op": "eq", "value": seller["id"]}}, limit=1
    )[0]
    watch.allow(foreign["id"])
    page.goto(f"{server.base}/o/opportunity/{foreign['id']}")
    expect(page.get_by_text("找不到这一页").or_(page.get_by_text("不存在")).first).to_be_visible()
    expect(page.get_by_role("link", name="设置")).to_have_count(0)


def test_a_seller_logs_a_note_and_mends_a_field(watched, server, admin, seller):
    watch = watched(language="zh-CN")
    sign_in(watch, server.base, SELLERS_MAIL, CHINESE)
    page = watch.page
    # Its account is somebody else's: the seller may not see it, and works all the same.
    where = [
        {"field": "owner", "op": "eq", "value": seller["id"]},
        {"field": "account", "op": "is_not_empty"},
    ]
    deal = admin.rows("opportunity", where={"and": where}, select=["name"], limit=1)[0]
    page.goto(f"{server.base}/o/opportunity")
    page.get_by_label("在列表中搜索").fill(deal["name"])
    # The rows themselves, not the count alone: "1 条" is also the end of "121 条" of the list before the search.
    rows = page.get_by_test_id("list-grid").get_by_role("row")
    expect(rows).to_have_count(3)  # the header, the record, the footer's sums
    expect(rows.filter(has_text=deal["name"])).to_have_count(1)
    page.get_by_test_id("list-grid").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("record-title")).to_have_text(deal["name"])
    page.get_by_label("记录跟进").fill("客户要求下周报价")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_test_id("timeline")).to_contain_text("客户要求下周报价", timeout=20_000)
    page.get_by_role("button", name="编辑下一步").click()
    page.get_by_role("textbox", name="下一步").fill("下周三报价")
    page.keyboard.press("Enter")
    expect(page.get_by_text("下周三报价").first).to_be_visible()
    page.get_by_role("button", name="撤销", exact=True).click()
    page.get_by_text("已撤销").wait_for()
    record = page.url.rpartition("/")[2]
    assert admin.ok("GET", f"/records/opportunity/{record}")["next_step"] is None
    history = admin.ok("GET", f"/records/opportunity/{record}/history")["entries"]
    assert [entry["actor"]["label"] for entry in history[:2]] == [SELLER, SELLER]


def test_a_seller_moves_a_deal_by_mouse_and_by_keyboard(watched, server, admin, seller):
    watch = watched(language="zh-CN")
    sign_in(watch, server.base, SELLERS_MAIL, CHINESE)
    page = watch.page
    before = deals_of(admin, seller, "engaging")
    page.goto(f"{server.base}/o/opportunity/board")
    engaging = page.get_by_test_id("board-column-engaging")
    count = engaging.get_by_test_id("board-count")
    expect(count).to_have_text(str(before))
    card = page.get_by_test_id("board-column-prospecting").get_by_test_id("board-card").first
    drag(page, card, engaging)
    expect(count).to_have_text(str(before + 1))
    page.get_by_role("button", name="撤销", exact=True).click()
    expect(count).to_have_text(str(before))
    page.get_by_text("已撤销").wait_for()
    card.focus()
    page.keyboard.press("Space")
    page.wait_for_timeout(250)  # The lifted card measures the columns before it can jump.
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(250)
    page.keyboard.press("Space")
    expect(count).to_have_text(str(before + 1))
    assert deals_of(admin, seller, "engaging") == before + 1


def drag(page, card, column):
    start, end = card.bounding_box(), column.bounding_box()
    page.mouse.move(start["x"] + 40, start["y"] + 20)
    page.mouse.down()
    page.mouse.move(start["x"] + 80, start["y"] + 40, steps=4)
    page.mouse.move(end["x"] + 90, end["y"] + 160, steps=8)
    page.mouse.up()


def test_a_seller_works_on_the_phone(watched, server, admin, seller):
    watch = watched(size=PHONE, language="zh-CN")
    sign_in(watch, server.base, SELLERS_MAIL, CHINESE)
    page = watch.page
    page.goto(f"{server.base}/o/opportunity")
    page.get_by_test_id("list-grid").get_by_role("row").nth(2).get_by_role("gridcell").nth(1).tap()
    page.get_by_test_id("record-title").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_label("记录跟进").fill("在停车场打了电话")
    page.get_by_test_id("composer").get_by_role("button", name="记录", exact=True).tap()
    expect(page.get_by_test_id("timeline")).to_contain_text("在停车场打了电话")
    page.get_by_role("tab", name="资料").or_(page.get_by_role("button", name="资料")).first.tap()
    expect(page.get_by_text("预计成交日期").first).to_be_visible()


def test_a_card_is_moved_by_touch(watched, server, admin, seller):
    watch = watched(size=PHONE, language="zh-CN")
    sign_in(watch, server.base, SELLERS_MAIL, CHINESE)
    page = watch.page
    before = deals_of(admin, seller, "engaging")
    page.goto(f"{server.base}/o/opportunity/board")
    card = page.get_by_test_id("board-column-prospecting").get_by_test_id("board-card").first
    expect(page.get_by_test_id("board-column-engaging").get_by_test_id("board-count")).to_have_text(
        str(before)
    )
    start = card.bounding_box()
    touch = watch.context.new_cdp_session(page)
    x, y = start["x"] + 60, start["y"] + 20
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    # A finger that rests lifts the card; one that moves at once scrolls. Each step is told before the next is made.
    expect(page.get_by_text("在「初步接洽」上方")).to_be_attached()
    for step in range(1, 9):
        place = [{"x": x + (370 - x) * step / 8, "y": y + 20}]
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": place})
    expect(page.get_by_text("在「需求沟通」上方")).to_be_attached()
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.get_by_text("已移到").wait_for()
    assert deals_of(admin, seller, "engaging") == before + 1


def test_an_import_can_be_undone(signed_in, server, admin, open_folder):
    file = open_folder / "undo.csv"
    file.write_text("产品名称,标准价格\n一次性产品甲,10\n一次性产品乙,20\n", encoding="gb18030")
    before = admin.count("product")
    wizard = Wizard(signed_in, server.base)
    wizard.upload("product", file)
    assert wizard.check()["To create"] == 2
    assert wizard.load()["Created"] == 2
    assert admin.count("product") == before + 2
    signed_in.get_by_role("button", name="Undo this import").click()
    signed_in.get_by_role("tooltip").get_by_role("button", name="Undo this import").click()
    expect(signed_in.get_by_text("This import was undone.")).to_be_visible()
    expect(signed_in.get_by_role("button", name="Undo this import")).to_have_count(0)
    assert admin.count("product") == before
