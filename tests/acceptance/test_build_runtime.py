"""What was designed, at work in the browser: conditions while one types, dependent choices, rules, rows, buttons."""

import re

import pytest
from browsing import PHONE, pick, sign_in
from playwright.sync_api import expect
from rental import build
from served import ADMIN

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def admin(server):
    client = server.set_up()
    build(client)
    return client


@pytest.fixture
def opened(watched, server, admin):
    """A signed-in window at a path; refusals are part of the walk."""

    def open_at(path, **options):
        watch = watched(**options)
        watch.allow("422")
        sign_in(watch, server.base, ADMIN)
        watch.page.goto(f"{server.base}{path}")
        return watch.page

    return open_at


@pytest.fixture
def order(admin):
    values = {
        "name": "Crane for Acme",
        "kind": "paid",
        "tariff": "day",
        "price": "10",
        "starts": "2026-05-02",
    }
    lines = [
        {"name": "Crane", "quantity": "2", "rate": "10"},
        {"name": "Rope", "quantity": "3", "rate": "1.5"},
    ]
    return admin.ok("POST", "/records/rental", {**values, "lines": lines})


def stored(admin, order):
    return admin.ok("GET", f"/records/rental/{order['id']}")


def lines_of(admin, order):
    where = {"field": "rental", "op": "eq", "value": order["id"]}
    return admin.rows("rental_line", where=where, sort=[{"field": "created_at", "direction": "asc"}])


def row(table, number):
    return table.get_by_role("row", name=f"Row {number}", exact=True)


def new_record(page):
    page.get_by_role("button", name="New Rental").first.click()
    return page.get_by_role("dialog", name="New Rental")


def test_a_form_follows_what_is_typed(opened, admin):
    page = opened("/o/rental")
    panel = new_record(page)
    panel.get_by_label("Name").fill("Digger")
    panel.get_by_role("button", name="Show all fields").click()
    expect(panel.get_by_label("Price")).to_have_count(0)
    pick(page, "Kind", "Paid", within=panel)
    expect(panel.get_by_label("Price")).to_be_visible()
    expect(panel.get_by_text("Per day, without tax")).to_be_visible()
    expect(panel.get_by_text("How it is paid")).to_be_visible()
    pick(page, "Tariff", "By week", within=panel)
    expect(panel.get_by_text("Deposit*")).to_be_visible()
    pick(page, "Kind", "Free", within=panel)
    expect(page.get_by_text("Tariff: no longer fits, cleared")).to_be_visible()
    expect(panel.get_by_label("Deposit")).to_have_count(0)
    panel.get_by_role("combobox", name="Tariff").click()
    options = page.locator(".ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option")
    expect(options).to_have_text(["Trial"])
    page.keyboard.press("Escape")


def test_a_record_type_brings_its_own_layout(opened):
    page = opened("/o/rental")
    panel = new_record(page)
    panel.get_by_role("button", name="Show all fields").click()
    expect(panel.get_by_role("button", name="Tariff", exact=True)).to_be_visible()
    expect(panel.get_by_role("textbox", name="Note", exact=True)).to_have_count(0)
    panel.get_by_role("button", name="Notes").click()
    expect(panel.get_by_role("textbox", name="Note", exact=True)).to_be_visible()
    pick(page, "Kind", "Gift", within=panel)
    expect(panel.get_by_role("button", name="Gift", exact=True)).to_be_visible()
    expect(panel.get_by_role("button", name="Tariff", exact=True)).to_have_count(0)


def test_what_is_refused_is_shown_at_its_place_and_stays_typed(opened, admin):
    page = opened("/o/rental")
    panel = new_record(page)
    panel.get_by_role("button", name="Show all fields").click()
    panel.get_by_label("Name").fill("Whole order")
    pick(page, "Kind", "Paid", within=panel)
    pick(page, "Tariff", "By week", within=panel)
    panel.get_by_label("Price").fill("0.5")
    panel.get_by_role("button", name="Add a row to Lines").click()
    table = panel.get_by_test_id("subtable-lines")
    row(table, 1).get_by_role("textbox", name="Name").fill("Crane")
    row(table, 1).get_by_role("textbox", name="Quantity").fill("2")
    row(table, 1).get_by_role("textbox", name="Rate").fill("10")
    row(table, 1).get_by_role("textbox", name="Rate").press("Enter")
    row(table, 2).get_by_role("textbox", name="Name").fill("Rope")
    expect(table.get_by_role("row", name="Total")).to_contain_text("2")
    # What the values of a row lack is told first; the order is judged together with the rows it is made with.
    panel.get_by_role("button", name="Create", exact=True).click()
    expect(row(table, 2).get_by_role("alert")).to_be_visible()
    row(table, 2).get_by_role("textbox", name="Quantity").fill("3")
    panel.get_by_role("button", name="Create", exact=True).click()
    expect(panel.get_by_text("Nobody rents for less than 1")).to_be_visible()
    expect(panel.get_by_label("Deposit")).to_have_attribute("aria-invalid", "true")
    expect(panel.get_by_label("Price")).to_have_value("0.5")
    panel.get_by_label("Price").fill("5")
    panel.get_by_label("Deposit").fill("50")
    panel.get_by_role("button", name="Create", exact=True).click()
    panel.wait_for(state="detached")
    made = admin.rows("rental", where={"field": "name", "op": "eq", "value": "Whole order"})[0]
    assert made["total"] == "20.00"
    assert [line["name"] for line in lines_of(admin, made)] == ["Crane", "Rope"]


def test_a_page_saves_together_what_only_goes_together(opened, admin, order):
    page = opened(f"/o/rental/{order['id']}")
    page.get_by_role("button", name="Edit Tariff").click()
    pick(page, "Tariff", "By week")
    expect(page.get_by_text("Not saved yet: Tariff")).to_be_visible()
    expect(page.get_by_role("region", name="Tariff").get_by_label("Required")).to_be_visible()
    assert stored(admin, order)["tariff"] == "day"
    page.get_by_role("button", name="Edit Deposit").click()
    page.get_by_role("textbox", name="Deposit").fill("50")
    page.keyboard.press("Enter")
    page.get_by_role("status").get_by_text("Saved").first.wait_for()
    assert (stored(admin, order)["tariff"], stored(admin, order)["deposit"]) == ("week", "50")
    page.get_by_role("button", name="Edit Kind").click()
    pick(page, "Kind", "Free")
    expect(page.get_by_text("Saved; Tariff: no longer fits, cleared")).to_be_visible()
    expect(page.get_by_role("region", name="Details").get_by_text("Deposit")).to_have_count(0)
    assert stored(admin, order)["tariff"] is None


def test_a_rule_speaks_at_its_field_and_a_lock_holds(opened, admin, order):
    page = opened(f"/o/rental/{order['id']}")
    page.get_by_role("button", name="Edit Ends").click()
    box = page.get_by_role("textbox", name="Ends")
    box.fill("2026-05-01")
    box.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="It ends before it starts")).to_be_visible()
    page.get_by_role("button", name="Discard changes").click()
    expect(page.get_by_text("It ends before it starts")).to_have_count(0)
    page.get_by_role("button", name="Finish").click()
    page.get_by_role("tooltip").get_by_role("button", name="Finish").click()
    expect(page.get_by_text("Finish: done")).to_be_visible()
    expect(page.get_by_label("Cannot be changed now")).to_be_visible()
    expect(page.get_by_role("button", name="Edit Ends")).to_have_count(0)
    assert stored(admin, order)["closed"] is True
    page.get_by_role("button", name="Undo").first.click()
    expect(page.get_by_role("button", name="Edit Ends")).to_be_attached()
    link = page.get_by_role("link", name="Search")
    expect(link).to_have_attribute("href", "https://example.com/?q=Crane%20for%20Acme")
    expect(link).to_have_attribute("rel", re.compile("noopener"))


def test_rows_are_typed_in_place_and_totals_follow(opened, admin, order):
    page = opened(f"/o/rental/{order['id']}")
    table = page.get_by_test_id("subtable-lines")
    total = table.get_by_role("row", name="Total")
    expect(total).to_contain_text("24.5")
    row(table, 1).get_by_role("gridcell").nth(1).click()
    table.get_by_role("textbox", name="Quantity").fill("4")
    page.keyboard.press("Tab")
    expect(row(table, 1).get_by_role("gridcell").nth(2)).to_be_focused()
    expect(row(table, 1)).to_contain_text("40")
    expect(total).to_contain_text("44.5")
    expect(page.get_by_role("region", name="Details").get_by_text("44.50")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    table.get_by_role("textbox", name="Rate").fill("2")
    page.keyboard.press("Enter")
    fresh = table.get_by_role("row", name="New row")
    fresh.get_by_role("textbox", name="Name").fill("Hook")
    fresh.get_by_role("textbox", name="Name").press("Enter")
    expect(fresh.get_by_role("alert")).to_be_visible()
    fresh.get_by_role("textbox", name="Quantity").fill("1")
    fresh.get_by_role("textbox", name="Quantity").press("Enter")
    expect(row(table, 3)).to_contain_text("Hook")
    assert [line["quantity"] for line in lines_of(admin, order)] == ["4", "3", "1"]
    assert stored(admin, order)["total"] == "46.00"


def test_a_row_is_deleted_and_comes_back(opened, admin, order):
    page = opened(f"/o/rental/{order['id']}")
    table = page.get_by_test_id("subtable-lines")
    table.get_by_role("button", name="Delete row 1").click()
    expect(row(table, 1)).to_contain_text("Rope")
    expect(page.get_by_role("region", name="Details").get_by_text("4.50")).to_be_visible()
    page.get_by_role("button", name="Undo").first.click()
    expect(row(table, 2)).to_be_visible()
    assert stored(admin, order)["total"] == "24.50"


def test_a_computation_that_fails_says_so(opened, admin):
    made = admin.ok("POST", "/records/rental", {"name": "Bare"})
    page = opened(f"/o/rental/{made['id']}")
    assert "error" in stored(admin, made)["share"]
    expect(
        page.get_by_role("region", name="Details").get_by_text(re.compile("zero", re.IGNORECASE))
    ).to_be_visible()


def test_a_sub_table_on_a_phone_is_cards(opened, admin, order):
    page = opened(f"/o/rental/{order['id']}", size=PHONE)
    page.get_by_role("tab", name="Details").click()
    table = page.get_by_test_id("subtable-lines")
    box = row(table, 1).bounding_box()
    assert box["width"] <= PHONE["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    row(table, 1).get_by_role("gridcell").nth(1).click()
    table.get_by_role("textbox", name="Quantity").fill("7")
    page.keyboard.press("Enter")
    expect(row(table, 1)).to_contain_text("70")


def test_a_calendar_moves_records_from_day_to_day(opened, admin):
    made = admin.ok("POST", "/records/rental", {"name": "Lift", "starts": "2026-03-10", "ends": "2026-03-11"})
    page = opened("/o/rental")
    page.get_by_role("button", name="New view").click()
    panel = page.get_by_role("dialog", name="New view")
    panel.get_by_label("Name of the view").fill("Bookings")
    panel.get_by_text("Calendar", exact=True).click()
    pick(page, "Last day from", "Ends", within=panel)
    panel.get_by_role("button", name="Save").click()
    panel.wait_for(state="detached")
    page.goto(f"{page.url}&month=2026-03")
    day = lambda key: page.get_by_test_id("calendar").locator(f"[data-date='{key}']")  # noqa: E731
    entry = page.get_by_role("button", name="Lift")
    expect(entry).to_have_count(1)  # Two days, one bar.
    source, target = entry.bounding_box(), day("2026-03-17").bounding_box()
    page.mouse.move(source["x"] + 20, source["y"] + 8)
    page.mouse.down()
    page.mouse.move(source["x"] + 30, source["y"] + 12, steps=3)
    page.mouse.move(target["x"] + 20, target["y"] + 40, steps=8)
    page.mouse.up()
    page.get_by_role("status").get_by_text("“Lift” moved").wait_for()
    assert (stored(admin, made)["starts"], stored(admin, made)["ends"]) == ("2026-03-17", "2026-03-18")
    with page.expect_response(lambda answer: answer.request.method == "PATCH"):
        entry.press("Alt+ArrowDown")
    assert (stored(admin, made)["starts"], stored(admin, made)["ends"]) == ("2026-03-24", "2026-03-25")
    expect(day("2026-03-24").get_by_role("button", name="Lift")).to_be_visible()


def test_a_gallery_shows_cards(opened, admin):
    admin.ok("POST", "/records/rental", {"name": "Shown as a card", "note": "with a note"})
    page = opened("/o/rental")
    page.get_by_role("button", name="Shown as: List").click()
    page.get_by_role("menuitem", name="Gallery").click()
    page.get_by_role("button", name="Shown as a card").click()
    expect(page.get_by_test_id("peek")).to_contain_text("Shown as a card")
