"""The command palette: no letter is lost while it is on its way, and Escape closes what is open, innermost first."""

import re

import pytest
from browsing import sign_in
from playwright.sync_api import expect
from served import ADMIN

pytestmark = [pytest.mark.browser, pytest.mark.slow]
# What the palette finds with, loaded on its own.
CHUNK = re.compile(r"/assets/(Found|Palette)-[^/]+\.js$")


@pytest.fixture(scope="module")
def account(server):
    admin = server.set_up()
    return admin.ok("POST", "/records/account", {"name": "Harbour Works"})["id"]


def test_what_is_typed_before_the_palette_has_come_is_not_lost(server, account, watched):
    watch = watched(language="en")
    page, held = watch.page, []

    def hold(route):
        held.append(route)

    page.route(CHUNK, hold)
    sign_in(watch, server.base, ADMIN)
    page.wait_for_timeout(2_500)
    assert held, "it is loaded ahead"
    page.keyboard.press("Control+k")
    page.keyboard.type("harb")
    palette = page.get_by_test_id("palette")
    expect(palette.get_by_role("combobox")).to_have_value("harb")
    for each in held:
        each.continue_()
    page.unroute(CHUNK)
    expect(palette.get_by_role("option").filter(has_text="Harbour Works").first).to_be_visible()
    page.keyboard.type("our w")
    expect(palette.get_by_role("combobox")).to_have_value("harbour w")
    expect(palette.get_by_role("option", selected=True)).to_contain_text("Harbour Works")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(account))


def test_escape_closes_the_palette_and_in_a_dialog_the_open_list_first(server, account, watched):
    watch = watched(language="en")
    page = watch.page
    sign_in(watch, server.base, ADMIN)
    page.keyboard.press("Control+k")
    palette = page.get_by_test_id("palette")
    expect(palette.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(palette).to_have_count(0)
    page.goto(f"{server.base}/o/account")
    page.get_by_role("button", name="New Account").first.click()
    panel = page.get_by_role("dialog", name="New Account")
    panel.get_by_role("combobox").first.click()
    lists = page.locator(".ant-select-dropdown:not(.ant-select-dropdown-hidden)")
    expect(lists).to_have_count(1)
    page.keyboard.press("Escape")
    expect(lists).to_have_count(0)
    expect(panel).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
