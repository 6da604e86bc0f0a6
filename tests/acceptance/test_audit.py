"""The auditor's desk in the browser: what was done is found, shown with before and after, proven, taken as a file."""

import re

import pytest
from browsing import PHONE, sign_in
from playwright.sync_api import expect
from served import ADMIN, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def admin(server):
    client = server.set_up()
    made = client.ok("POST", "/records/account", {"name": "Harbour Freight", "city": "Bremen"})
    client.ok("PATCH", f"/records/account/{made['id']}", {"version": 1, "city": "Hamburg"})
    return client


@pytest.fixture
def page(watched, server, admin):
    watch = watched()
    sign_in(watch, server.base, ADMIN)
    return watch.page


def test_a_change_is_found_and_shows_before_and_after(page, server):
    page.goto(f"{server.base}/settings")
    page.get_by_role("link", name="Audit").click()
    entries = page.get_by_test_id("audit-entries")
    expect(entries).to_contain_text("Signed in")
    entries.get_by_role("button", name="Open entry: Record changed").first.click()
    panel = page.get_by_role("dialog")
    expect(panel.get_by_test_id("audit-changes")).to_contain_text("Bremen")
    expect(panel.get_by_test_id("audit-changes")).to_contain_text("Hamburg")
    expect(panel).to_contain_text("127.0.0.1")
    panel.get_by_role("button", name="All entries of this record").click()
    expect(panel).to_be_hidden()
    expect(entries.get_by_role("row")).to_have_count(3)  # the head, the change, the creation
    assert "record=" in page.url


def test_the_chain_is_sealed_by_itself_and_checked(page, server, admin):
    until(lambda: admin.ok("GET", "/audit/seals")["head"], what="the first seal")
    page.goto(f"{server.base}/settings/audit?tab=seals")
    page.get_by_role("button", name="Check the whole chain").click()
    expect(page.get_by_test_id("audit-verdict")).to_contain_text("Intact")
    page.get_by_label("A head kept elsewhere").fill(f"1:{'0' * 64}")
    page.get_by_role("button", name="Check the whole chain").click()
    expect(page.get_by_test_id("audit-verdict")).to_contain_text("not the chain of that head")


def test_the_audit_is_taken_as_pdf_and_that_is_an_entry(page, server):
    page.goto(f"{server.base}/settings/audit")
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as taken:
        page.get_by_role("menuitem", name="PDF").click()
    assert re.fullmatch(r"Audit .+ UTC\.pdf", taken.value.suggested_filename)
    page.reload()
    expect(page.get_by_test_id("audit-entries")).to_contain_text("Audit exported")


def test_limits_are_set_and_the_desk_fits_a_phone(watched, server, admin):
    watch = watched(size=PHONE)
    sign_in(watch, server.base, ADMIN)
    page = watch.page
    page.goto(f"{server.base}/settings/audit?tab=limits")
    field = page.get_by_label("Values unmasked: Alarm at")
    field.fill("20")
    page.get_by_test_id("audit-limits").get_by_role("button", name="Save").click()
    expect(page.get_by_test_id("audit-limits").get_by_role("button", name="Save")).to_be_hidden()
    limits = {limit["kind"]: limit["alarm_at"] for limit in admin.ok("GET", "/audit/limits")["limits"]}
    assert limits["unmask"] == 20
    for tab in ("", "?tab=alarms", "?tab=seals", "?tab=limits"):
        page.goto(f"{server.base}/settings/audit{tab}")
        page.wait_for_load_state("domcontentloaded")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, tab
