"""A session that ends in the middle of work: one signs in over the page, and what was begun goes on."""

import re

import pytest
from browsing import sign_in
from playwright.sync_api import expect
from served import ADMIN, PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow]
# The form to sign in with, loaded on its own.
CHUNK = re.compile(r"/assets/SignInForm-[^/]+\.js$")


def test_what_was_begun_goes_on_after_signing_in_again(server, watched):
    server.set_up()
    watch = watched(language="en")
    page, loaded = watch.page, []
    page.on("request", lambda request: loaded.append(request.url))
    sign_in(watch, server.base, ADMIN)
    page.goto(f"{server.base}/o/account")
    page.get_by_role("button", name="New Account").first.click()
    panel = page.get_by_role("dialog", name="New Account")
    panel.get_by_role("textbox", name="Name").first.fill("Harbour Works")
    page.wait_for_timeout(2_500)
    assert any(CHUNK.search(url) for url in loaded), "the form is loaded ahead"

    watch.allow("401")
    page.context.clear_cookies()
    panel.get_by_role("button", name="Create", exact=True).click()
    again = page.get_by_role("dialog", name="Your session has ended")
    expect(again).to_be_visible()
    expect(again.get_by_label("E-mail")).to_have_value(ADMIN)
    again.get_by_label("Password", exact=True).fill(PASSWORD)
    again.get_by_role("button", name="Sign in", exact=True).click()
    expect(again).to_have_count(0)
    page.wait_for_url(re.compile("/o/account"))
    expect(page.get_by_text("Harbour Works").first).to_be_visible()
    admin = server.sign_in()
    found = admin.rows("account", select=["name"])
    assert [each["name"] for each in found] == ["Harbour Works"]
