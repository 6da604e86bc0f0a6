"""Rights in the browser: a role made, given and seen to act; a record shared; a window through somebody's eyes."""

import re

import pytest
from browsing import PHONE, pick, sign_in
from playwright.sync_api import expect
from served import ADMIN, ROOT

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PHONE_NUMBER = "+8613812345678"
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"  # comes with `make web`
LOOK = {name: {"read": {"scope": "all"}} for name in ("user", "department")}


@pytest.fixture(scope="module")
def admin(server):
    client = server.set_up()
    # A role that lets find colleagues and nothing else, so that what is seen comes from the role under test.
    client.ok("POST", "/roles", {"key": "looker", "label": {"en": "Looker"}, "grants": LOOK})
    for name, role in (("Sam Seller", "looker"), ("Mia Member", "member")):
        person = client.ok("POST", "/records/user", {"name": name, "email": mail(name)})
        client.invite(person["id"], role)
    client.ok("POST", "/records/account", {"name": "Harbour Freight", "phone": PHONE_NUMBER})
    client.ok("POST", "/records/account", {"name": "Dock Supplies"})
    return client


def mail(name: str) -> str:
    return f"{name.split(maxsplit=1)[0].lower()}@example.com"


def account(admin, name: str) -> str:
    return admin.rows("account", where={"field": "name", "op": "eq", "value": name}, limit=1)[0]["id"]


@pytest.fixture
def desk(watched, server, admin):
    watch = watched()
    sign_in(watch, server.base, ADMIN)
    return watch


@pytest.fixture
def page(desk):
    return desk.page


def save(page) -> None:
    bar = page.get_by_test_id("save-bar")
    bar.get_by_role("button", name="Save").click()
    expect(bar).to_be_hidden()


def test_a_role_made_in_the_browser_acts_for_its_holder(page, watched, server, admin):
    sam = watched()
    sign_in(sam, server.base, mail("Sam"))
    expect(sam.page.get_by_text("Nothing to see yet")).to_be_visible()

    page.goto(f"{server.base}/settings/roles")
    expect(page.get_by_test_id("role-question")).to_contain_text("All data")
    page.get_by_role("button", name="New role").click()
    page.get_by_label("Name in English").fill("Account reader")
    page.get_by_role("dialog").get_by_role("button", name="New").click()
    page.get_by_label("Account: Read").select_option("all")
    expect(page.get_by_test_id("save-bar")).to_contain_text("1 change")
    save(page)

    page.get_by_role("link", name="Fields", exact=True).click()
    pick(page, "Object", "Account")
    page.get_by_label("Level of Phone").select_option("masked")
    page.get_by_label("Phone may be unmasked").click()
    save(page)

    page.get_by_role("link", name="Holders", exact=True).click()
    page.get_by_role("button", name="Give the role").click()
    pick(page, "Find", "Sam Seller", within=page.get_by_role("dialog"))
    page.get_by_role("dialog").get_by_role("button", name="Give the role").click()
    expect(page.get_by_test_id("holders-table")).to_contain_text("Sam Seller")

    sam.page.goto(f"{server.base}/o/account/{account(admin, 'Harbour Freight')}")
    expect(sam.page.get_by_test_id("record-title")).to_have_text("Harbour Freight")
    expect(sam.page.get_by_text("5678")).to_be_visible()
    expect(sam.page.get_by_text("138 1234 5678")).to_have_count(0)
    sam.page.get_by_role("button", name="Show Phone in plain").click()
    sam.page.get_by_label("Reason").fill("Calls back")
    sam.page.get_by_role("button", name="Show", exact=True).click()
    expect(sam.page.get_by_test_id("plain-phone")).to_have_text("138 1234 5678")


def test_who_changes_a_role_that_somebody_else_saved_keeps_their_changes(desk, page, server, admin):
    key = "account_reader"
    desk.allow(f"/roles/{key}")  # the save that comes second is refused
    page.goto(f"{server.base}/settings/roles/{key}")
    page.get_by_label("Contact: Read").select_option("own")
    role = admin.ok("GET", f"/roles/{key}")
    body = {name: role[name] for name in ("label", "powers", "grants", "fields", "version")}
    admin.ok("PUT", f"/roles/{key}", {**body, "description": {"en": "Changed meanwhile"}})
    bar = page.get_by_test_id("save-bar")
    bar.get_by_role("button", name="Save").click()
    bar.get_by_role("button", name="Keep my changes on the new version").click()
    expect(page.get_by_text("Changed meanwhile")).to_be_visible()
    save(page)
    saved = admin.ok("GET", f"/roles/{key}")
    assert saved["grants"]["contact"]["read"]["scope"] == "own"
    assert saved["description"]["en"] == "Changed meanwhile"


def test_a_record_shared_from_its_panel_is_seen_until_the_share_ends(page, watched, server, admin):
    address = f"{server.base}/o/account/{account(admin, 'Dock Supplies')}"
    mia = watched()
    mia.allow("/records/account/")
    mia.allow("404")
    sign_in(mia, server.base, mail("Mia"))
    mia.page.goto(address)
    expect(mia.page.get_by_text("Not found")).to_be_visible()

    page.goto(address)
    page.get_by_role("button", name="Who can see this").click()
    panel = page.get_by_role("dialog")
    expect(panel.get_by_test_id("access-people")).not_to_contain_text("Mia Member")
    panel.get_by_role("button", name="Share", exact=True).click()
    pick(page, "Find", "Mia Member", within=panel)
    panel.get_by_test_id("share-form").get_by_role("button", name="Share", exact=True).click()
    expect(panel.get_by_test_id("access-people")).to_contain_text("Mia Member")
    mia.page.goto(address)
    expect(mia.page.get_by_test_id("record-title")).to_have_text("Dock Supplies")

    panel.get_by_role("button", name="End sharing with Mia Member").click()
    expect(panel.get_by_test_id("access-people")).not_to_contain_text("Mia Member")
    mia.page.goto(address)
    expect(mia.page.get_by_text("Not found")).to_be_visible()


def test_looking_through_somebodys_eyes_reads_only_and_leaves_no_token_in_the_address(page, server):
    page.goto(f"{server.base}/settings/roles")
    page.get_by_role("button", name="See as somebody").click()
    pick(page, "Find", "Sam Seller", within=page.get_by_role("dialog"))
    page.get_by_label("Reason").fill("Checks the new role")
    with page.expect_popup() as opened:
        page.get_by_role("button", name="Open a window").click()
    eyes = opened.value
    expect(eyes.get_by_test_id("seeing-banner")).to_contain_text("You see as Sam Seller")
    expect(eyes.get_by_test_id("board")).to_contain_text("Harbour Freight")
    assert re.fullmatch(r"/o/account[^?]*", eyes.url.removeprefix(server.base)), eyes.url
    expect(eyes.get_by_role("link", name="Settings")).to_have_count(0)
    eyes.get_by_role("button", name="Stop").click()
    expect(eyes.get_by_text("Looking has ended")).to_be_visible()
    # The administrator's own window is still the administrator's.
    page.reload()
    expect(page.get_by_test_id("roles-table")).to_be_visible()


def test_a_department_gets_its_people_and_a_leaver_hands_over(page, server, admin):
    page.goto(f"{server.base}/settings/organisation")
    page.get_by_role("button", name="Add a department").click()
    page.get_by_role("dialog").get_by_label("Name").fill("North office")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_test_id("department-tree")).to_contain_text("North office")

    page.goto(f"{server.base}/settings/people")
    page.get_by_test_id("people-table").get_by_role("button", name="Mia Member", exact=True).click()
    pick(page, "Department", "North office", within=page.get_by_role("dialog"))
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.goto(f"{server.base}/settings/organisation")
    expect(page.get_by_test_id("department-people")).to_contain_text("Mia Member")

    mia, sam = (
        admin.rows("user", where={"field": "email", "op": "eq", "value": mail(n)})[0] for n in ("Mia", "Sam")
    )
    admin.ok("POST", "/records/account", {"name": "Mias customer", "owner": mia["id"]})
    page.goto(f"{server.base}/settings/organisation?tab=handovers")
    page.get_by_role("button", name="Hand over").click()
    panel = page.get_by_role("dialog")
    pick(page, "Find", "Mia Member", within=panel.get_by_test_id("handover-from"))
    expect(panel.get_by_test_id("handover-preview")).to_contain_text("Accounts")
    pick(page, "Find", "Sam Seller", within=panel.get_by_test_id("handover-to"))
    panel.get_by_role("button", name="Hand over").click()
    expect(page.get_by_test_id("handovers-table")).to_contain_text("Sam Seller")
    owned = {"field": "owner", "op": "eq", "value": sam["id"]}
    assert [each["name"] for each in admin.rows("account", where=owned)] == ["Mias customer"]
    page.get_by_role("status").get_by_role("button", name="Undo").click()
    expect(page.get_by_test_id("handovers-table")).to_contain_text("Undone")
    assert admin.count("account", owned) == 0


def test_the_screens_of_rights_fit_a_phone(watched, server, admin):
    watch = watched(size=PHONE)
    sign_in(watch, server.base, ADMIN)
    for path, ready in (
        ("roles", "roles-table"),
        ("roles/member", "role-matrix"),
        ("roles/member?tab=fields", "role-fields"),
        ("holders", "holders-table"),
        ("organisation", "department-tree"),
        ("people", "people-table"),
        ("sharing-rules", None),
    ):
        watch.page.goto(f"{server.base}/settings/{path}")
        shown = watch.page.get_by_test_id(ready) if ready else watch.page.get_by_text("No sharing rules yet")
        expect(shown).to_be_visible()
        assert watch.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_screens_of_rights_are_for_everybody(watched, server, admin, theme):
    watch = watched(theme=theme)
    sign_in(watch, server.base, ADMIN)
    page, rules = watch.page, AXE.read_text(encoding="utf-8")
    for path, ready in (
        ("/settings/roles", "roles-table"),
        ("/settings/roles/member", "role-matrix"),
        ("/settings/roles/member?tab=fields", "role-fields"),
        ("/settings/roles/administrator?tab=holders", "holders-table"),
        ("/settings/organisation", "department-people"),
        ("/settings/people", "people-table"),
    ):
        page.goto(f"{server.base}{path}")
        expect(page.get_by_test_id(ready)).to_be_visible()
        page.evaluate(rules)
        found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa']})")
        assert not [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]], path
