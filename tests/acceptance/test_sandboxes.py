"""A change is tried in a sandbox through the screens alone and brought home: entered, left, reviewed, published."""

import re

import pytest
from browsing import DESK, PHONE, publish, sign_in
from playwright.sync_api import expect
from served import ADMIN

pytestmark = [pytest.mark.browser, pytest.mark.slow]
MEMBER = "mia@example.com"
COPYING_MS = 60_000


@pytest.fixture(scope="module")
def admin(server):
    found = server.set_up(sample="none")
    found.ok("POST", "/records/account", {"name": "Quiet Secret Ltd"})
    return found


@pytest.fixture
def page(watched, server, admin):
    watch = watched(size=DESK)
    sign_in(watch, server.base, ADMIN)
    return watch.page


def box(page, name):
    return page.get_by_role("list", name="Sandboxes").get_by_role("listitem").filter(has_text=name)


def fields(admin):
    return [each["api_name"] for each in admin.ok("GET", "/metadata/objects/account")["fields"]]


def make(page, server, name, *, sample=None):
    page.goto(f"{server.base}/settings/sandboxes")
    page.get_by_role("button", name="New sandbox").click()
    panel = page.get_by_role("dialog")
    panel.get_by_label("Name").fill(name)
    if sample:
        panel.get_by_role("radio", name="Structure and masked sample records").check()
        panel.get_by_label("Sample records of each object").fill(str(sample))
    panel.get_by_role("button", name="Make the sandbox").click()
    panel.wait_for(state="detached", timeout=COPYING_MS)
    expect(box(page, name)).to_be_visible()


def enter(page, name):
    box(page, name).get_by_role("button", name="Enter").click()
    expect(page.get_by_test_id("sandbox-banner")).to_contain_text(name)


def leave(page):
    page.get_by_test_id("sandbox-banner").get_by_role("button", name="Leave the sandbox").click()
    page.wait_for_url(re.compile("/settings/sandboxes$"))
    page.get_by_role("heading", name="Sandboxes").wait_for()
    expect(page.get_by_test_id("sandbox-banner")).to_have_count(0)


def test_a_field_is_tried_in_a_sandbox_and_brought_home(page, server, admin):
    page.goto(f"{server.base}/settings/objects")
    page.get_by_role("link", name="Sandboxes").click()
    page.get_by_text("No sandboxes yet").wait_for()
    make(page, server, "Spring", sample=5)
    enter(page, "Spring")
    page.goto(f"{server.base}/o/account")
    expect(page.get_by_test_id("list-grid")).to_contain_text("Account 1")
    expect(page.get_by_test_id("list-grid")).not_to_contain_text("Quiet Secret")
    page.goto(f"{server.base}/settings/objects/account")
    expect(page.get_by_role("link", name="Sandboxes")).to_have_count(0)
    page.get_by_role("button", name="Add field").click()
    panel = page.get_by_role("dialog")
    panel.get_by_label("Name in English").fill("Mascot")
    panel.get_by_role("textbox", name="Find a type").fill("Text")
    panel.get_by_role("radio", name="Text", exact=True).click()
    panel.get_by_role("button", name="Add field", exact=True).click()
    panel.wait_for(state="detached")
    publish(page, "A mascot")
    assert "mascot" not in fields(admin)
    leave(page)
    assert "mascot" not in fields(admin)


def test_what_was_changed_there_is_a_draft_here(page, server, admin):
    page.goto(f"{server.base}/settings/sandboxes")
    box(page, "Spring").get_by_role("button", name="What was changed").click()
    panel = page.get_by_role("dialog")
    expect(panel.get_by_test_id("difference")).to_contain_text("Mascot")
    panel.get_by_role("button", name="Bring 1 change into a draft").click()
    panel.wait_for(state="detached")
    assert "mascot" not in fields(admin)
    publish(page)
    assert "mascot" in fields(admin)
    page.goto(f"{server.base}/settings/objects/account")
    expect(page.get_by_test_id("fields-table")).to_contain_text("Mascot")
    page.goto(f"{server.base}/settings/sandboxes")
    box(page, "Spring").get_by_role("button", name="What was changed").click()
    expect(panel.get_by_test_id("difference")).to_contain_text("Nothing to bring back")
    expect(panel.get_by_role("button", name="Bring back")).to_be_disabled()


def test_what_is_gone_there_goes_here_only_when_asked(page, server, admin):
    page.goto(f"{server.base}/settings/sandboxes")
    enter(page, "Spring")
    page.goto(f"{server.base}/settings/objects/account")
    page.get_by_role("button", name="Edit field “Mascot”").click()
    panel = page.get_by_role("dialog")
    panel.get_by_role("button", name="See what removing does").click()
    panel.get_by_role("button", name="Remove “Mascot”").click()
    publish(page)
    leave(page)
    box(page, "Spring").get_by_role("button", name="What was changed").click()
    expect(panel.get_by_test_id("difference")).to_contain_text("Nothing to bring back")
    panel.get_by_role("switch", name="Also remove fields that are gone there").click()
    expect(panel.get_by_test_id("difference")).to_contain_text("Mascot")
    panel.get_by_role("button", name="Bring 1 change into a draft").click()
    panel.wait_for(state="detached")
    publish(page)
    assert "mascot" not in fields(admin)


def test_a_sandbox_that_nobody_needs_is_removed(page, server, admin):
    page.goto(f"{server.base}/settings/sandboxes")
    box(page, "Spring").get_by_role("button", name="Remove").click()
    asked = page.get_by_role("tooltip").filter(has_text="Remove the sandbox “Spring”?")
    expect(asked).to_contain_text("lost for good")
    asked.get_by_role("button", name="Remove").click()
    page.get_by_text("No sandboxes yet").wait_for(timeout=COPYING_MS)
    assert admin.ok("GET", "/sandboxes")["sandboxes"] == []


def test_what_waits_for_a_sandbox_that_is_gone_is_not_done_at_home(watched, server, admin):
    watch = watched(size=DESK)
    watch.allow("401")
    sign_in(watch, server.base, ADMIN)
    page = watch.page
    made = admin.ok("POST", "/sandboxes", {"name": "Gone"})
    page.goto(f"{server.base}/settings/sandboxes")
    enter(page, "Gone")
    page.goto(f"{server.base}/settings/objects/account")
    page.get_by_test_id("fields-table").wait_for()
    admin.ok("DELETE", f"/sandboxes/{made['key']}")
    page.get_by_role("button", name="Move “City”").focus()
    page.keyboard.press("ArrowUp")
    page.wait_for_url(re.compile("/sign-in"))
    assert admin.ok("GET", "/metadata/change-sets?state=draft")["change_sets"] == []


def test_who_may_not_configure_does_not_find_them(watched, server, admin):
    person = admin.ok("POST", "/records/user", {"name": "Mia", "email": MEMBER})
    admin.invite(person["id"])
    watch = watched(size=DESK)
    sign_in(watch, server.base, MEMBER)
    watch.page.goto(f"{server.base}/settings")
    watch.page.get_by_role("heading", level=2).first.wait_for()
    expect(watch.page.get_by_role("link", name="Sandboxes")).to_have_count(0)


def test_a_phone_in_chinese_leads_in_and_back(watched, server, admin):
    watch = watched(size=PHONE, language="zh-CN", theme="dark")
    sign_in(watch, server.base, ADMIN, ("邮箱", "密码", "登录"))
    page = watch.page
    admin.ok("POST", "/sandboxes", {"name": "春季试验"})
    page.goto(f"{server.base}/settings/sandboxes")
    page.get_by_role("button", name="进入").click()
    banner = page.get_by_test_id("sandbox-banner")
    expect(banner).to_contain_text("春季试验")
    page.get_by_role("navigation").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    below, top = banner.bounding_box(), page.get_by_role("main").bounding_box()
    assert below["y"] + below["height"] <= top["y"]
    banner.get_by_role("button", name="离开沙箱").click()
    page.get_by_role("heading", name="沙箱", exact=True).wait_for()
