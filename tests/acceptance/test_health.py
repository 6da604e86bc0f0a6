"""The health page in the browser, and what the running installation tells of all of its processes."""

import httpx
import pytest
from browsing import PHONE, sign_in
from playwright.sync_api import expect
from prometheus_client.parser import text_string_to_metric_families
from served import ADMIN, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CHINESE = ("邮箱", "密码", "登录")
MEMBER = "mia@example.com"
SETTINGS = {"BANYAN_SLOW_MS": "1", "BANYAN_METRICS": "1", "BANYAN_SERVER_TIMING": "1"}


@pytest.fixture(scope="module")
def observed(make_home):
    """A server that keeps every statement above a millisecond: some of each screen are."""
    server = make_home()
    link = server.setup_link
    server.stop()
    server.extra = SETTINGS
    server.start()
    server.said.append(link)
    return server


@pytest.fixture(scope="module")
def admin(observed):
    client = observed.set_up(sample="none")
    member = client.ok("POST", "/records/user", {"name": "Mia Member", "email": MEMBER})
    client.invite(member["id"])
    for number in range(40):
        client.ok("POST", "/records/account", {"name": f"Account {number}", "city": "Bremen"})
    return client


def open_page(watched, server, email=ADMIN, **options):
    watch = watched(**options)
    sign_in(watch, server.base, email, *([CHINESE] if options.get("language") == "zh-CN" else []))
    return watch.page


def test_an_administrator_sees_how_it_is_and_what_to_do(watched, observed, admin):
    page = open_page(watched, observed)
    page.goto(f"{observed.base}/o/account")
    expect(page.get_by_text("Account 39")).to_be_visible()
    until(
        lambda: any(each["view"] for each in admin.ok("GET", "/health/details")["slow"]), what="a slow view"
    )
    page.goto(f"{observed.base}/settings")
    page.get_by_role("link", name="Health").click()
    expect(page.get_by_test_id("health-overall")).to_contain_text("As of")
    for part in ("Database", "Background work", "Disk", "Backups", "Speed", "Service"):
        expect(page.get_by_role("region", name=part)).to_be_visible()
    expect(page.get_by_test_id("health-worker")).to_contain_text("Running")
    slow = page.get_by_test_id("health-slow")
    expect(
        slow.get_by_role("img", name="Attention").or_(slow.get_by_role("img", name="Problem"))
    ).to_be_visible()
    expect(slow).to_contain_text("above 1 ms")
    expect(page.get_by_test_id("health-slow-places")).to_contain_text("View “")


def test_it_looks_anew_by_itself(watched, observed, admin):
    page = open_page(watched, observed)
    page.goto(f"{observed.base}/settings/health")
    expect(page.get_by_test_id("health-overall")).to_be_visible()
    with page.expect_response(lambda answer: answer.url.endswith("/health/details"), timeout=40_000) as again:
        pass
    assert again.value.ok


def test_a_member_does_not_see_it(watched, observed, admin):
    watch = watched()
    watch.allow("403")
    sign_in(watch, observed.base, MEMBER)
    page = watch.page
    page.goto(f"{observed.base}/settings/health")
    expect(page.get_by_text("As of")).to_have_count(0)
    expect(page.get_by_test_id("health-page")).to_have_count(0)
    expect(page.get_by_role("link", name="Health")).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_a_phone_in_chinese(watched, observed, admin, theme):
    admin.ok("PATCH", "/sessions/current/user", {"language": "zh-CN"})
    page = open_page(watched, observed, size=PHONE, language="zh-CN", theme=theme)
    page.goto(f"{observed.base}/settings/health")
    expect(page.get_by_role("region", name="备份")).to_be_visible()
    expect(page.get_by_test_id("health-overall")).to_contain_text("更新于")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"]
    inside = page.get_by_test_id("health-page").evaluate("box => box.scrollWidth <= box.clientWidth")
    assert inside
    admin.ok("PATCH", "/sessions/current/user", {"language": "en"})


def scrape(server) -> dict:
    text = httpx.get(f"{server.base}/metrics", timeout=30).raise_for_status().text
    return {family.name: family.samples for family in text_string_to_metric_families(text)}


def test_a_scrape_tells_of_all_processes(observed, admin):
    """Counters of the worker are in the answer of the web process: they write to the files of one folder."""
    member = next(each for each in admin.rows("user", select=["email"]) if each["email"] == MEMBER)
    account = admin.rows("account", limit=1)[0]
    admin.ok(
        "PATCH", f"/records/account/{account['id']}", {"version": account["version"], "owner": member["id"]}
    )

    def done() -> float:
        jobs = scrape(observed).get("banyan_jobs_finished", [])
        return sum(
            each.value for each in jobs if each.name.endswith("_total") and each.labels["outcome"] == "done"
        )

    until(done, what="a job of the worker")
    found = scrape(observed)
    roles = {each.labels["process"] for each in found["banyan_process_memory_bytes"]}
    assert roles == {"web", "worker", "supervisor"}
    assert any(each.labels.get("status") == "2xx" for each in found["banyan_requests"])
    assert [each for each in found["banyan_pool_connections"] if "pid" in each.labels] == []
    timing = admin.call("GET", "/metadata/catalog").headers["server-timing"]
    assert timing.startswith("app;dur=")
