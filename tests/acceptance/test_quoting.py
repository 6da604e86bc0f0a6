"""From a deal to an order: a quote typed by keyboard, released, signed through a link by its customer, converted."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from browsing import LOAD_MS
from money_steps import WORDS, Walk, clean, make, person, send, sign, total
from playwright.sync_api import expect
from served import ADMIN, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SAYS = {
    "en": WORDS["en"] | {
        "off": "Differs from the list price", "submit": "Submit for approval", "release": "Release",
        "note": "Note", "pending": "Waits for approval", "evidence": "Evidence",
        "links": "Customers may accept quotes by a link", "limit": "Largest discount of Member",
        "versions": "Version 1", "conflict": "Somebody saved first", "mine": "Save mine over it",
        "restored": "Unsaved changes were brought back", "no": "Quantity: A quantity is above 0",
    },
    "zh-CN": WORDS["zh-CN"] | {
        "off": "与目录价不同", "submit": "提交审批", "release": "放行",
        "note": "备注", "pending": "待审批", "evidence": "接受凭证",
        "links": "客户可以通过链接接受报价", "limit": "普通成员 的最大折扣",
        "versions": "第 1 版", "conflict": "别人先保存了", "mine": "用我的覆盖",
        "restored": "已恢复上次未保存的修改", "no": "数量: 数量要大于 0",
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def house(server):
    """A company with a book of prices: of gears from ten on the price is lower."""
    admin = server.set_up(currency="CNY")

    def make(name, /, **values):
        return admin.ok("POST", f"/records/{name}", values)["id"]

    make("company", name="Banyan Trading", code="BT", tax_rate="13", currency="CNY")
    book = make("price_book", name="Standard", currency="CNY", standard=True)
    products = {}
    for name, code, few, many in (("Gear", "G-1", "100", "90"), ("Motor", "M-1", "800", "800")):
        products[name] = make("product", name=name, code=code, unit="pcs", tax_rate="13")
        for start, price in (("0", few), ("10", many)):
            money = {"amount": price, "currency": "CNY"}
            make(
                "price_book_entry", price_book=book, product=products[name], from_quantity=start, price=money
            )
    return SimpleNamespace(admin=admin, products=products)


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_deal_becomes_a_signed_quote_a_contract_and_an_order(server, house, watched, language):
    walk = Walk(server, house, watched, language, SAYS[language])
    house.admin.ok("PATCH", "/sessions/current/user", {"language": language})
    lead = person(server, house.admin, f"Lena{walk.tail}", language, "team_lead")
    seller = person(server, house.admin, f"Sven{walk.tail}", language, "member", manager=lead.id)
    allow_links(walk)
    deal = make_deal(walk, seller)
    page = walk.open(seller.email)
    quote = type_lines(walk, page, deal)
    save_over(walk, page, quote, seller)
    ask_release(walk, page, lead, quote)
    link = send(walk, page)
    live = house.admin.ok("GET", "/settings/quoting/links")["links"]
    assert [each["quote"]["label"] for each in live] == ["Renamed"]
    sign(walk, link, "2,340.00")
    assert house.admin.ok("GET", "/settings/quoting/links") == {"links": [], "hidden": 0}
    convert(walk, page, seller)


def test_what_is_typed_while_products_are_looked_up_is_saved_with_them(server, house, watched):
    """A slow network: typing goes on, a save waits for the product, a page that ends before says so."""
    walk = Walk(server, house, watched, "en", SAYS["en"])
    seller = person(server, house.admin, "SlowEn", "en", "member")
    deal = make_deal(walk, seller, "Lakeside")
    page = walk.open(seller.email)
    grid, quote = begin_quote(walk, page, deal)
    held = []
    lookups = re.compile("/records/product/query$")

    def hold(route):
        """Answered when the walk says so."""
        held.append(route)

    page.route(lookups, hold)
    grid.focus()
    page.keyboard.press("Control+End")
    page.keyboard.type("M-1")
    page.keyboard.press("Enter")
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Control+d")
    page.keyboard.press("Control+s")
    expect(page.get_by_role("button", name=re.compile(walk.says["save"])).first).to_be_disabled()
    for each in held:
        each.continue_()
    page.unroute(lookups)
    expect(page.get_by_text(walk.says["saved"], exact=True)).to_be_visible()
    lines = seller.ok("GET", f"/documents/quote/{quote}")["lines"]
    assert [(line["product"]["id"], float(line["quantity"])) for line in lines[1:]] == [
        (house.products["Motor"], 3),
        (house.products["Motor"], 3),
    ]
    page.route(lookups, hold)
    grid.focus()
    page.keyboard.press("Control+End")
    page.keyboard.type("G-1")
    page.keyboard.press("Enter")
    kept = "() => Object.values(sessionStorage).some((text) => text.includes('G-1'))"
    until(lambda: page.evaluate(kept), what="the draft is kept")
    page.reload()
    expect(page.get_by_text(walk.says["restored"])).to_be_visible()
    expect(page.get_by_test_id("document")).to_contain_text("G-1")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("No product is called")).to_be_visible()


def test_what_stands_in_an_open_cell_is_saved_and_outlives_its_tab(server, house, watched):
    """Ctrl-S and the button take an open cell over, products too; a reload at once brings it back."""
    walk = Walk(server, house, watched, "en", SAYS["en"])
    seller = person(server, house.admin, "OpenEn", "en", "member")
    page = walk.open(seller.email)
    grid, quote = begin_quote(walk, page, make_deal(walk, seller, "Meadow"))
    keys = page.keyboard

    def stored() -> list[tuple[str, float]]:
        lines = seller.ok("GET", f"/documents/quote/{quote}")["lines"]
        return [(line["product"]["label"], float(line["quantity"])) for line in lines]

    grid.focus()
    keys.press("Control+End")
    keys.type("M-1")
    keys.press("Enter")
    keys.type("9")
    keys.press("Control+s")
    until(lambda: stored() == [("Gear", 12), ("Motor", 9)], 10, "the quantity")
    expect(grid).to_be_focused()
    keys.press("Control+End")
    keys.type("G-1")
    keys.press("Control+s")
    until(lambda: stored()[2:] == [("Gear", 1)], 10, "the product that was typed")
    keys.press("Control+End")
    keys.type("M-1")
    keys.press("Enter")
    keys.press("Control+End")
    keys.type("G-1")
    page.get_by_role("button", name=walk.says["save"], exact=True).click()
    until(lambda: stored()[3:] == [("Motor", 1), ("Gear", 1)], 10, "what was left for the button")
    expect(page.get_by_role("button", name=walk.says["save"], exact=True)).to_be_disabled()
    grid.focus()
    keys.press("Control+Home")
    for _ in range(2):
        keys.press("ArrowRight")
    keys.type("14")
    page.reload()
    expect(page.get_by_text(walk.says["restored"])).to_be_visible()
    assert stored()[0] == ("Gear", 12)
    keys.press("Control+s")
    until(lambda: stored()[0] == ("Gear", 14), 10, "what stood in the cell when the page was left")


def allow_links(walk: Walk) -> None:
    says = walk.says
    page = walk.open(ADMIN)
    page.goto(f"{walk.server.base}/settings/quoting")
    form = page.get_by_test_id("quoting-settings")
    form.get_by_label(says["limit"]).fill("5" if walk.language == "en" else "6")
    switch = form.get_by_role("switch", name=says["links"])
    if switch.get_attribute("aria-checked") == "false":
        switch.click()
    form.get_by_role("button", name=says["save"]).click()
    expect(page.get_by_text(says["saved"], exact=True)).to_be_visible()
    clean(page)


def make_deal(walk: Walk, seller, of: str = "Harbour") -> str:
    account = seller.ok("POST", "/records/account", {"name": f"{of} {walk.tail}"})["id"]
    deal = seller.ok("POST", "/records/opportunity", {"name": f"Line {walk.tail}", "account": account})["id"]
    line = {"opportunity": deal, "product": walk.house.products["Gear"], "quantity": "12"}
    seller.ok("POST", "/records/opportunity_line", line)
    return deal


def begin_quote(walk: Walk, page, deal: str) -> tuple[Any, str]:
    """A quote of the deal, opened; its grid and its id."""
    page.goto(f"{walk.server.base}/o/opportunity/{deal}")
    page.get_by_test_id("new-quote").get_by_role("button", name=walk.says["quote"]).click()
    page.wait_for_url(re.compile("/quotes/"), timeout=LOAD_MS)
    grid = page.get_by_test_id("line-grid")
    expect(grid.get_by_test_id("line")).to_have_count(1)
    return grid, re.search(r"/quotes/([0-9a-f-]{36})", page.url)[1]


def type_lines(walk: Walk, page, deal: str) -> str:
    """The line of the deal came along at its tier; two more are typed, one at a price of one's own."""
    says = walk.says
    grid, quote = begin_quote(walk, page, deal)
    total(page, "total", "1,080.00")
    expect(page.get_by_test_id("row-note")).to_contain_text("Standard")
    grid.focus()
    page.keyboard.press("Control+End")
    page.keyboard.type("M-1")
    page.keyboard.press("Enter")
    expect(grid.get_by_test_id("line").nth(1)).to_contain_text("Motor")
    page.keyboard.type("0")
    page.keyboard.press("Tab")
    expect(page.get_by_test_id("row-note")).to_contain_text(says["no"])
    page.keyboard.press("ArrowLeft")
    page.keyboard.type("2")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("750")
    page.keyboard.press("Enter")
    expect(grid.get_by_role("img", name=says["off"])).to_be_visible()
    total(page, "total", "2,580.00")
    page.keyboard.type("Delivery, one day")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("20")
    page.keyboard.press("Enter")
    total(page, "total", "2,600.00")
    clean(page)
    page.keyboard.press("Control+s")
    expect(page.get_by_text(says["saved"], exact=True)).to_be_visible()
    return quote


def save_over(walk: Walk, page, quote: str, seller) -> None:
    """Somebody changes the subject meanwhile; what is typed outlives a reload and is saved knowingly."""
    says = walk.says
    page.get_by_label(says["discount"], exact=True).fill("10")
    page.get_by_label(says["discount"], exact=True).press("Enter")
    total(page, "total", "2,340.00")
    expect(page.get_by_test_id("needs-approval")).to_be_visible()
    record = seller.ok("GET", f"/records/quote/{quote}")
    seller.ok("PATCH", f"/records/quote/{quote}", {"name": "Renamed", "version": record["version"]})
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.get_by_text(says["restored"])).to_be_visible()
    total(page, "total", "2,340.00")
    page.get_by_role("button", name=says["save"], exact=True).click()
    panel = page.get_by_role("dialog", name=says["conflict"])
    expect(panel.get_by_test_id("document-conflict")).to_contain_text("Renamed")
    clean(page)
    panel.get_by_role("button", name=says["mine"]).click()
    expect(page.get_by_text(says["saved"], exact=True)).to_be_visible()
    stored = seller.ok("GET", f"/records/quote/{quote}")
    assert (stored["name"], stored["discount"], stored["total"]) == ("Renamed", "10.0000", "2340.00")


def ask_release(walk: Walk, page, lead, quote: str) -> None:
    says = walk.says
    page.get_by_role("button", name=says["submit"]).click()
    page.locator(".ant-popconfirm").get_by_role("button", name=says["submit"]).click()
    expect(page.get_by_test_id("document-status")).to_have_text(says["pending"])
    hers = walk.open(lead.email)
    hers.goto(f"{walk.server.base}/quotes/{quote}")
    hers.get_by_role("button", name=says["release"], exact=True).click()
    panel = hers.get_by_role("dialog")
    panel.get_by_label(says["note"]).fill("For the first order")
    panel.get_by_role("button", name=says["release"], exact=True).click()
    expect(hers.get_by_test_id("released")).to_contain_text("For the first order")
    clean(hers)
    page.reload()
    expect(page.get_by_test_id("released")).to_contain_text(lead.name)


def convert(walk: Walk, page, seller) -> None:
    """The evidence is there; the quote becomes a contract with the same lines, the signed contract an order."""
    says = walk.says
    page.reload()
    expect(page.get_by_test_id("document-status")).to_have_text(says["accepted"])
    page.get_by_role("button", name=says["evidence"]).click()
    evidence = page.get_by_test_id("evidence")
    expect(evidence).to_contain_text("Wang Li")
    expect(evidence.get_by_role("img")).to_be_visible()
    expect(evidence).to_contain_text(re.compile(r"[0-9a-f]{64}"))
    clean(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name=says["versions"]).click()
    expect(page.get_by_test_id("versions").get_by_role("listitem")).to_have_count(1)
    page.keyboard.press("Escape")
    contract = make(walk, page, says["contract"], "contract")
    stored = seller.ok("GET", f"/records/contract/{contract}")
    assert stored["total"] == "2340.00"
    assert stored["amount"] == {"amount": "2340.00", "currency": "CNY"}
    signed = {"status": "signed", "signed_on": "2030-01-15", "version": stored["version"]}
    seller.ok("PATCH", f"/records/contract/{contract}", signed)
    page.goto(f"{walk.server.base}/o/contract/{contract}")
    expect(page.get_by_test_id("document-bar")).to_be_visible()
    order = make(walk, page, says["order"], "sales_order")
    assert seller.ok("GET", f"/records/sales_order/{order}")["total"] == "2340.00"
    clean(page)
