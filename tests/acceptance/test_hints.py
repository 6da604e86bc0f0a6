"""What could be overlooked is told: more views beside those in sight, columns of a file that are left out."""

import pytest
from browsing import PHONE, Wizard, sign_in
from playwright.sync_api import expect
from served import ADMIN

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def admin(server):
    return server.set_up()


def test_views_out_of_sight_fade_at_the_edge(server, admin, watched):
    for name in ("By account manager", "By region of delivery"):
        view = {"object": "account", "name": {"en": name}, "config": {"columns": ["name"]}}
        admin.ok("POST", "/views", {**view, "visibility": "shared"})
    watch = watched(size=PHONE)
    sign_in(watch, server.base, ADMIN)
    watch.page.goto(f"{server.base}/o/account")
    tabs = watch.page.get_by_role("navigation", name="Views")
    expect(tabs).to_have_attribute("data-after", "")
    expect(tabs).not_to_have_attribute("data-before", "")
    tabs.evaluate("row => row.scrollTo(row.scrollWidth, 0)")
    expect(tabs).to_have_attribute("data-before", "")
    expect(tabs).not_to_have_attribute("data-after", "")


def test_columns_that_are_left_out_say_so(server, admin, watched, tmp_path):
    watch = watched()
    sign_in(watch, server.base, ADMIN)
    file = tmp_path / "accounts.csv"
    file.write_text("Name,Zzqq\nHarbour,77\n", encoding="utf-8")
    wizard = Wizard(watch.page, server.base)
    wizard.upload("account", file)
    wizard.check()
    shown = watch.page.get_by_test_id("import-preview")
    expect(shown.get_by_role("columnheader", name="Zzqq (left out)")).to_be_visible()
