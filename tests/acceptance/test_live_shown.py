"""What is on the screen stays true: after the stream was cut or refused, and with the same person in two windows."""

import re
import time

import pytest
from browsing import sign_in
from playwright.sync_api import expect
from served import ADMIN, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]
STREAM = re.compile(r"/api/v1/live\?")
SESSION = re.compile("/api/v1/sessions/current$")
LATE_MS = 30_000  # streams are asked for again after pauses
QUIET_MS = 5_000
LOADED_S = 1.5


@pytest.fixture(scope="module")
def ada(server):
    return server.set_up()


@pytest.fixture
def page(server, ada, watched):
    watch = watched(language="en")
    # Streams are refused and cut here.
    watch.allow("/api/v1/live")
    sign_in(watch, server.base, ADMIN)
    return watch.page


def shown(server, page, ada, name: str) -> dict:
    """A record of that name and its page."""
    record = ada.ok("POST", "/records/account", {"name": name})
    page.goto(f"{server.base}/o/account/{record['id']}")
    expect(title(page)).to_contain_text(name)
    return record


def title(page):
    return page.get_by_test_id("record-title")


def rename(ada, record: dict, name: str) -> None:
    ada.ok("PATCH", f"/records/account/{record['id']}", {"name": name, "version": record["version"]})


def quiet(page) -> None:
    """Until everything that a page loads has come."""
    seen = [time.monotonic()]
    page.on("request", lambda _request: seen.append(time.monotonic()))
    while time.monotonic() - seen[-1] < LOADED_S:
        page.wait_for_timeout(100)


def pumped(page, condition, what: str):
    """Waits while the page's own requests are answered."""
    until(lambda: page.evaluate("1") and condition(), what=what)


def test_what_changed_while_the_stream_was_cut_is_shown(server, ada, page):
    with page.expect_response(STREAM):
        record = shown(server, page, ada, "Cut off")
    quiet(page)
    held = []

    def hold(route):
        held.append(route)

    page.route(STREAM, hold)
    server.stop()
    server.start()
    pumped(page, lambda: held, "the stream asked for again")
    rename(ada, record, "Changed meanwhile")
    for each in held:
        each.continue_()
    page.unroute(STREAM)
    expect(title(page)).to_contain_text("Changed meanwhile", timeout=LATE_MS)


def test_a_refused_stream_is_asked_for_again_and_then_all_is_read_anew(server, ada, page):
    refused = []

    def refuse(route):
        refused.append(route)
        route.fulfill(status=503, headers={"Retry-After": "1"})

    page.route(STREAM, refuse)
    record = shown(server, page, ada, "Refused")
    pumped(page, lambda: len(refused) > 1, "the second try")
    rename(ada, record, "Changed unheard")
    page.unroute(STREAM)
    expect(title(page)).to_contain_text("Changed unheard", timeout=LATE_MS)


def test_a_session_that_is_over_asks_for_no_stream(server, ada, page):
    asked, looked = [], []

    def refuse(route):
        asked.append(route)
        route.fulfill(status=401)

    def over(route):
        looked.append(route)
        route.fulfill(status=401)

    page.route(STREAM, refuse)
    shown(server, page, ada, "Signed out")
    page.route(SESSION, over)
    pumped(page, lambda: looked, "a look at the session")
    page.wait_for_timeout(500)
    before = len(asked), len(looked)
    page.wait_for_timeout(QUIET_MS)
    assert (len(asked), len(looked)) == before


def test_what_one_did_in_another_window_is_shown(server, ada, page):
    with page.expect_response(STREAM):
        record = shown(server, page, ada, "Two windows")
    rename(ada, record, "From the other one")
    expect(title(page)).to_contain_text("From the other one")
    with page.expect_response(STREAM):
        page.goto(f"{server.base}/o/account")
    grid = page.get_by_test_id("list-grid")
    expect(grid).to_contain_text("From the other one")
    ada.ok("POST", "/records/account", {"name": "Made over there"})
    expect(grid).to_contain_text("Made over there")


def test_a_list_one_edits_oneself_is_not_read_again_under_ones_eyes(server, ada, page):
    ada.ok("POST", "/records/account", {"name": "Edited here"})
    with page.expect_response(STREAM):
        page.goto(f"{server.base}/o/account")
    cell = page.get_by_test_id("list-grid").locator("[data-cell]").filter(has_text="Edited here")
    # The making, which was another's as far as this window knows, is told first.
    page.wait_for_timeout(QUIET_MS)
    asked = []
    page.on("request", lambda request: "/account/query" in request.url and asked.append(request.url))
    cell.click()
    page.keyboard.press("F2")
    page.keyboard.press("Control+a")
    page.keyboard.type("Edited by me")
    page.keyboard.press("Enter")
    until(lambda: page.evaluate("1") and ada.rows("account", search="Edited by me"), what="the edit")
    page.wait_for_timeout(QUIET_MS)
    assert asked == []
