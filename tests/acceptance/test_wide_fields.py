"""The wider field types on a record's page: read, written in place, and configured by their own forms."""

import re

import pytest
from browsing import publish, sign_in
from playwright.sync_api import expect
from served import ADMIN

pytestmark = [pytest.mark.browser, pytest.mark.slow]
VALUES = {
    "f_time": ("time", "Opens", "09:30"),
    "f_duration": ("duration", "Visit", 90),
    "f_rating": ("rating", "Stars", 4),
    "f_tags": ("tags", "Words", ["VIP", "华东"]),
    "f_barcode": ("barcode", "Code", "6901234567892"),
    "f_json": ("json", "Raw", {"a": [1, 2]}),
    "f_users": ("users", "Watchers", ["me"]),
    "f_address": ("address", "Site", "上海市浦东新区世纪大道100号"),
    "f_location": ("location", "Spot", "31.23,121.47"),
    "f_rich": ("rich_text", "Story", "<p>Hello <strong>bold</strong></p>"),
    "f_secret": ("encrypted", "Secret", "top secret"),
}


@pytest.fixture(scope="module")
def admin(server):
    return server.set_up(sample="small")


@pytest.fixture(scope="module")
def account(admin):
    """One account with a value of each type."""
    operations = [
        {
            "kind": "add_field",
            "object": "account",
            "field": {"api_name": name, "type": kind, "label": {"en": label}},
        }
        for name, (kind, label, _) in VALUES.items()
    ]
    admin.ok("POST", "/metadata/changes", {"operations": operations})
    values = {name: value for name, (_, _, value) in VALUES.items()}
    return admin.ok("POST", "/records/account", {"name": "Wide and Sons", **values})


@pytest.fixture
def page(watched, server, account):
    watch = watched()
    sign_in(watch, server.base, ADMIN)
    watch.page.goto(f"{server.base}/o/account/{account['id']}")
    return watch.page


def stored(admin, account, name):
    return admin.ok("GET", f"/records/account/{account['id']}")[name]


def test_each_value_reads_as_people_write_it(page):
    for text in ("09:30", "1 h 30 min", "★★★★", "VIP", "上海市浦东新区世纪大道100号"):
        expect(page.get_by_text(text).first).to_be_visible()
    expect(page.get_by_role("img", name="Barcode of 6901234567892")).to_be_visible()
    expect(page.get_by_role("link", name="31.23,121.47")).to_have_attribute(
        "href", re.compile("uri.amap.com")
    )
    expect(page.locator("strong", has_text="bold")).to_be_visible()
    expect(page.get_by_text("***")).to_be_visible()


def test_a_secret_is_shown_for_a_reason(page):
    page.get_by_role("button", name="Show Secret in plain").click()
    page.get_by_role("textbox", name=re.compile("[Rr]eason|Why")).fill("a refund")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("plain-f_secret")).to_have_text("top secret")


def test_secrets_are_sealed_again_when_asked(server, account):
    assert re.search(r"account\.f_secret +0 ", server.command("rotate-keys"))


def test_values_are_written_in_place(page, admin, account):
    page.get_by_role("button", name="Edit Visit").click()
    page.get_by_role("textbox", name="Visit").fill("2h")
    page.keyboard.press("Enter")
    page.get_by_role("status").get_by_text("Saved").first.wait_for()
    assert stored(admin, account, "f_duration") == 120
    page.get_by_role("button", name="Edit Site").click()
    page.get_by_role("textbox", name="Street and number").fill("Century Avenue 8")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("上海市浦东新区Century Avenue 8")).to_be_visible()
    assert stored(admin, account, "f_address")["district"] == "浦东新区"


def test_rich_text_is_written_with_a_mention(page, admin, account):
    page.get_by_role("button", name="Edit Story").click()
    area = page.get_by_role("textbox", name="Story")
    area.press("End")
    area.press_sequentially(" and @")
    page.get_by_role("combobox", name="Mention somebody").press_sequentially("Ada")
    page.locator(".ant-select-item-option", has_text="Ada").first.click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text(re.compile("@Ada"))).to_be_visible()
    assert "data-mention=" in stored(admin, account, "f_rich")


def test_choices_are_made_and_put_in_order_by_the_form_of_their_type(page, server, admin):
    page.goto(f"{server.base}/settings/objects/account")
    page.get_by_role("button", name="Add field").first.click()
    panel = page.get_by_role("dialog")
    panel.get_by_label("Name in English").fill("Mood")
    panel.get_by_role("radio", name="Single choice").click()
    panel.get_by_role("textbox", name="Choices (one per line)").fill("Happy\nSad")
    panel.get_by_role("button", name="Add a choice").click()
    panel.get_by_role("button", name="Move “Sad” up").click()
    panel.get_by_role("button", name="Add field", exact=True).click()
    panel.wait_for(state="detached")
    publish(page)
    objects = admin.ok("GET", "/metadata/catalog")["objects"]
    fields = {f["api_name"]: f for o in objects if o["api_name"] == "account" for f in o["fields"]}
    assert [choice["key"] for choice in fields["mood"]["config"]["choices"]] == ["sad", "happy"]


def test_a_pattern_that_does_not_hold_is_refused_at_its_place(watched, server, account):
    watch = watched()
    watch.allow("422")
    sign_in(watch, server.base, ADMIN)
    page = watch.page
    page.goto(f"{server.base}/settings/objects/account")
    page.get_by_role("button", name="Add field").first.click()
    panel = page.get_by_role("dialog")
    panel.get_by_label("Name in English").fill("Licence")
    panel.get_by_role("textbox", name="Pattern (regular expression)").fill("(")
    panel.get_by_role("button", name="Add field", exact=True).click()
    expect(panel.get_by_role("alert").first).to_contain_text("pattern")
