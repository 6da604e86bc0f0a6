"""The page of the index advisor: a slow view is told, its index made in the worker, and the view is slow no more."""

import os
from pathlib import Path

import pytest
from browsing import PHONE, sign_in
from playwright.sync_api import expect
from served import ADMIN, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CHINESE = ("邮箱", "密码", "登录")
MEMBER = "mia@example.com"
ROWS = 12_000
COUNTED_S = 120  # until the database has counted the rows by itself


@pytest.fixture(scope="module")
def busy(make_home):
    return make_home()


@pytest.fixture(scope="module")
def admin(busy):
    client = busy.set_up(sample="none")
    member = client.ok("POST", "/records/user", {"name": "Mia Member", "email": MEMBER})
    client.invite(member["id"])
    number = {"type": "number", "config": {"scale": 0}}
    fields = {"shelf": ("Shelf", "货架"), "worth": ("Worth", "价值")}
    operations = [
        {
            "kind": "create_object",
            "api_name": "depot",
            "label": {"en": "Depot", "zh-CN": "仓库"},
            "label_plural": {"en": "Depots", "zh-CN": "仓库"},
        }
    ]
    operations += [
        {
            "kind": "add_field",
            "object": "depot",
            "field": {"api_name": name, "label": {"en": en, "zh-CN": zh}, **number},
        }
        for name, (en, zh) in fields.items()
    ]
    client.ok("POST", "/metadata/changes", {"operations": operations})
    for start in range(0, ROWS, 1_000):
        rows = [
            {"op": "create", "values": {"name": f"N{i}", "shelf": i % 3, "worth": i}}
            for i in range(start, start + 1_000)
        ]
        client.ok("POST", "/records/depot/batch", {"operations": rows})
    config = {
        "columns": ["name", "worth"],
        "where": {"field": "shelf", "op": "eq", "value": 1},
        "sort": [{"field": "worth", "direction": "desc"}],
    }
    name = {"en": "Worth most", "zh-CN": "最值钱"}
    client.ok("POST", "/views", {"object": "depot", "name": name, "visibility": "shared", "config": config})
    until(lambda: client.ok("GET", "/advisor/views")["views"], COUNTED_S, "a slow view")
    return client


def open_page(watched, server, email=ADMIN, **options):
    watch = watched(**options)
    sign_in(watch, server.base, email, *([CHINESE] if options.get("language") == "zh-CN" else []))
    watch.page.goto(f"{server.base}/settings/performance")
    return watch.page


def keep(page, name: str) -> None:
    """A picture to look at, where a folder for them is named."""
    if folder := os.environ.get("BANYAN_TEST_PICTURES"):
        page.screenshot(path=Path(folder) / f"advisor-{name}.png", full_page=True)


def test_a_slow_view_gets_its_index_and_the_index_goes_again(watched, busy, admin):
    page = open_page(watched, busy)
    slow, made = page.get_by_test_id("advisor-slow"), page.get_by_test_id("advisor-indexes")
    row = slow.get_by_role("listitem").filter(has_text="Worth most")
    expect(row).to_contain_text("Reads all 12,000 rows and sorts")
    expect(row).to_contain_text("Suggested index: Shelf → Worth")
    keep(page, "slow")
    other = page.context.new_page()
    other.goto(page.url)
    late = other.get_by_test_id("advisor-slow").get_by_role("button", name="Create index")
    expect(late).to_be_visible()
    row.get_by_role("button", name="Create index").click()
    mine = made.get_by_role("listitem").filter(has_text="Shelf → Worth")
    expect(mine).to_contain_text("Ready", timeout=60_000)
    expect(page.get_by_text("No view is slow")).to_be_visible()
    # Who comes second is refused, and sees why.
    late.click()
    expect(other.get_by_test_id("advisor-indexes")).to_contain_text("Shelf → Worth")
    expect(other.get_by_text("No view is slow")).to_be_visible()
    other.close()
    # Of a new installation nothing has been counted for long enough.
    expect(page.get_by_text("What a whole month has not read is listed from")).to_be_visible()
    expect(page.get_by_test_id("advisor-unused").get_by_role("listitem")).to_have_count(0)
    keep(page, "made")
    mine.get_by_role("button", name="Drop").click()
    expect(mine).to_contain_text("Dropped", timeout=60_000)
    mine.get_by_role("button", name="Create again").click()
    expect(mine.filter(has_text="Ready")).to_be_visible(timeout=60_000)


def test_a_member_does_not_see_it(watched, busy, admin):
    watch = watched()
    watch.allow("403")
    sign_in(watch, busy.base, MEMBER)
    watch.page.goto(f"{busy.base}/settings/performance")
    expect(watch.page.get_by_test_id("performance-page")).to_have_count(0)
    expect(watch.page.get_by_role("link", name="Performance")).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_a_phone_in_chinese(watched, busy, admin, theme):
    admin.ok("PATCH", "/sessions/current/user", {"language": "zh-CN"})
    page = open_page(watched, busy, size=PHONE, language="zh-CN", theme=theme)
    expect(page.get_by_role("heading", name="创建的索引")).to_be_visible()
    keep(page, f"phone-{theme}")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.get_by_test_id("performance-page").evaluate("box => box.scrollWidth <= box.clientWidth")
    # The act stands below the text, where that begins.
    row = page.get_by_test_id("advisor-indexes").get_by_role("listitem").first
    word = row.get_by_role("button").locator("span").last.bounding_box()
    assert abs(word["x"] - row.bounding_box()["x"]) <= 1
    admin.ok("PATCH", "/sessions/current/user", {"language": "en"})
