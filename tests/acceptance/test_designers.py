"""An equipment rental is built through the screens alone: a draft that grows, is reviewed, published, taken back."""

import re

import pytest
from browsing import DESK, PHONE, pick, publish, sign_in
from playwright.sync_api import expect
from served import ADMIN

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def admin(server):
    return server.set_up(sample="none")


@pytest.fixture
def page(watched, server, admin):
    watch = watched(size=DESK)
    sign_in(watch, server.base, ADMIN)
    return watch.page


def make(page, server, english, chinese, plural):
    page.goto(f"{server.base}/settings/objects")
    page.get_by_role("button", name="New object").click()
    panel = page.get_by_role("dialog")
    panel.get_by_label("Name in English").fill(english)
    panel.get_by_label("Name in Chinese").fill(chinese)
    panel.get_by_label("English plural").fill(plural)
    panel.get_by_role("button", name="New object").click()
    page.wait_for_url(re.compile(f"/settings/objects/{english.lower()}$"))


def add(page, english, kind, configure=None):
    page.get_by_role("button", name="Add field").click()
    panel = page.get_by_role("dialog")
    panel.get_by_label("Name in English").fill(english)
    panel.get_by_role("textbox", name="Find a type").fill(kind)
    panel.get_by_role("radio", name=kind, exact=True).click()
    if configure:
        configure(panel)
    panel.get_by_role("button", name="Add field", exact=True).click()
    panel.wait_for(state="detached")
    expect(page.get_by_test_id("fields-table").get_by_text(english, exact=True)).to_be_visible()


def to(page, target):
    return lambda panel: pick(page, "Points to", target, within=panel)


def choices(*lines):
    def fill(panel):
        area = panel.get_by_role("textbox", name="Choices (one per line)")
        area.fill("\n".join(lines))
        area.blur()

    return fill


def several(page, label, *texts, within=None):
    for text in texts:
        pick(page, label, text, within=within)
    page.keyboard.press("Escape")


def rows(page):
    return page.get_by_test_id("fields-table").locator("tbody tr td:nth-child(2)").all_inner_texts()


def test_objects_and_fields_grow_in_a_draft(page, server, admin):
    make(page, server, "Site", "场地", "Sites")
    add(page, "City", "Text")
    make(page, server, "Machine", "设备", "Machines")
    add(page, "Kind", "Single choice", choices("Lift", "Drill"))

    def models(panel):
        choices("Boom", "Hammer")(panel)
        pick(page, "Choices depend on", "Kind", within=panel)
        several(page, "When “Boom” is offered", "Lift", within=panel)
        several(page, "When “Hammer” is offered", "Drill", within=panel)

    def city(panel):
        pick(page, "Along relation", "Site", within=panel)
        pick(page, "Field of Site", "City", within=panel)

    add(page, "Model", "Single choice", models)
    add(page, "Site", "Relation", to(page, "Site"))
    add(page, "Rate", "Number")
    add(page, "Where", "Lookup", city)
    names = [each["api_name"] for each in admin.ok("GET", "/metadata/catalog")["objects"]]
    assert "machine" not in names


def test_a_formula_is_completed_and_checked_as_it_is_typed(page, server):
    make(page, server, "Lease", "租约", "Leases")
    add(page, "Starts", "Date")
    add(page, "Ends", "Date")
    make(page, server, "Line", "明细", "Lines")
    add(page, "Lease", "Relation", to(page, "Lease"))
    add(page, "Machine", "Relation", to(page, "Machine"))
    add(page, "Days", "Number")

    def formula(panel):
        box = panel.get_by_role("combobox", name="Formula")
        box.press_sequentially("days * machine.rat")
        panel.get_by_role("option", name="Rate").wait_for()
        box.press("Enter")
        expect(box).to_have_value("days * machine.rate")
        expect(panel.get_by_test_id("formula-verdict")).to_contain_text("gives a number")

    add(page, "Amount", "Formula", formula)


def test_rows_totals_conditions_and_the_order_of_fields(page, server):
    page.goto(f"{server.base}/settings/objects/lease")

    def lines(panel):
        pick(page, "Rows", "Lines", within=panel)
        several(page, "Columns", "Machine", "Days", "Amount", within=panel)
        several(page, "Totals", "Amount", within=panel)

    def total(panel):
        pick(page, "Records to sum up", "Lines", within=panel)
        pick(page, "How", "Sum", within=panel)
        pick(page, "Over field", "Amount", within=panel)

    add(page, "Lines", "Sub-table", lines)
    add(page, "Total", "Rollup", total)
    page.get_by_role("button", name="Edit field “Ends”").click()
    panel = page.get_by_role("dialog")
    panel.get_by_text("Conditions", exact=True).click()
    panel.get_by_role("button", name="Shown when: add a condition").click()
    rule = panel.get_by_role("group", name="Shown when")
    pick(page, "Field", "Starts", within=rule)
    pick(page, "Operator", "is not empty", within=rule)
    panel.get_by_role("button", name="Save").click()
    panel.wait_for(state="detached")
    page.get_by_role("button", name="Move “Total”").focus()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_test_id("fields-table").locator("tbody tr").nth(3)).to_contain_text("Total")
    assert rows(page)[3:] == ["Total", "Lines"]


def test_rules_refuse_with_a_message_and_a_typo_is_mended_by_a_click(page, server):
    page.goto(f"{server.base}/settings/objects/lease?tab=rules")
    page.get_by_role("button", name="Add a rule").click()
    panel = page.get_by_role("dialog")
    panel.get_by_role("combobox", name="Refuse when").fill("ends < startz")
    panel.get_by_role("button", name="Use starts").click()
    expect(panel.get_by_test_id("formula-verdict")).to_contain_text("yes or no")
    panel.get_by_label("Message in English").fill("It ends before it starts")
    pick(page, "Shown at", "Ends", within=panel)
    panel.get_by_role("button", name="Save").click()
    panel.wait_for(state="detached")
    expect(page.get_by_test_id("rules")).to_contain_text("ends < starts")
    page.get_by_role("button", name="Add a combination").click()
    several(page, "Fields (2 to 6)", "Name", "Starts")
    page.get_by_role("button", name="Save combination").click()
    expect(page.get_by_role("list", name="Unique together")).to_contain_text("Name + Starts")


def test_the_page_is_laid_out_by_click_by_drag_and_by_keyboard(page, server):
    page.goto(f"{server.base}/settings/objects/lease?tab=layout")
    page.get_by_role("button", name="Add a section").click()
    section = page.get_by_role("region", name="Section 1")
    page.get_by_role("button", name="Place “Starts”").click()
    page.get_by_role("button", name="Place “Ends”").click()
    expect(section.get_by_role("listitem")).to_have_count(2)
    # What has been placed leaves the palette: only then does the rest stand still.
    expect(page.get_by_role("button", name="Place “Ends”")).to_have_count(0)
    start, end = page.get_by_role("button", name="Place “Total”").bounding_box(), section.bounding_box()
    page.mouse.move(start["x"] + 20, start["y"] + 10)
    page.mouse.down()
    page.mouse.move(end["x"] + 80, end["y"] + 20, steps=8)
    page.mouse.move(end["x"] + 82, end["y"] + 20)
    page.mouse.up()
    expect(section.get_by_role("listitem")).to_have_count(3)
    section.get_by_role("button", name="Move “Ends”").focus()
    page.keyboard.press("ArrowUp")
    expect(section.get_by_role("listitem").first).to_contain_text("Ends")
    page.get_by_role("button", name="Undo last").click()
    expect(section.get_by_role("listitem").first).to_contain_text("Starts")


def test_it_is_reviewed_published_and_works(page, server, admin):
    page.goto(f"{server.base}/settings/objects")
    page.get_by_text("Picture", exact=True).click()
    page.get_by_test_id("model-picture").get_by_role("button", name="Machine").wait_for()
    publish(page, "Equipment rental")
    machine = admin.ok(
        "POST", "/records/machine", {"name": "L1", "kind": "lift", "model": "boom", "rate": "40"}
    )
    dates = {"starts": "2026-05-01", "ends": "2026-05-04"}
    lease = admin.ok("POST", "/records/lease", {"name": "A", **dates})
    line = {"name": "1", "lease": lease["id"], "machine": machine["id"], "days": "3"}
    admin.ok("POST", "/records/line", line)
    assert admin.ok("GET", f"/records/lease/{lease['id']}")["total"] == "120.00"
    early = admin.call("POST", "/records/lease", {"name": "B", "starts": "2026-05-04", "ends": "2026-05-01"})
    assert early.status_code == 422
    assert "It ends before it starts" in early.text
    mixed = admin.call("POST", "/records/machine", {"name": "L2", "kind": "drill", "model": "boom"})
    assert mixed.status_code == 422
    page.goto(f"{server.base}/settings/objects/machine")
    expect(page.get_by_test_id("fields-table")).to_contain_text("100%")
    expect(page.get_by_test_id("fields-table")).to_contain_text("Unused")


def test_a_formula_is_tried_on_a_record(page, server):
    page.goto(f"{server.base}/settings/objects/line")
    page.get_by_role("button", name="Edit field “Amount”").click()
    panel = page.get_by_role("dialog")
    pick(page, "Try it on a record", "1", within=panel)
    expect(panel.get_by_test_id("formula-result")).to_have_text("= 120")
    panel.get_by_text("Where it is used").click()
    expect(panel.get_by_test_id("uses").first).to_contain_text("Total")


def test_the_file_of_it_is_downloaded_and_says_the_same(page, server):
    page.goto(f"{server.base}/settings/configuration")
    several(page, "Objects", "Lease", "Line", "Machine", "Site")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download YAML").click()
    path = waiting.value.path()
    page.get_by_label("YAML file").set_input_files(
        {"name": "rental.yaml", "mimeType": "application/yaml", "buffer": path.read_bytes()}
    )
    expect(page.get_by_test_id("difference")).to_contain_text("it is as the file says")
    changed = path.read_text().replace("en: Days", "en: Days rented")
    page.get_by_label("YAML file").set_input_files(
        {"name": "rental.yaml", "mimeType": "application/yaml", "buffer": changed.encode()}
    )
    expect(page.get_by_test_id("difference")).to_contain_text("Changed field “Line · Days”")
    page.get_by_role("button", name="Apply 1 change").click()
    page.get_by_text("1 change applied").wait_for()
    page.goto(f"{server.base}/settings/objects/line")
    expect(page.get_by_test_id("fields-table")).to_contain_text("Days rented")


def remove(page, name):
    page.get_by_role("button", name=f"Edit field “{name}”").click()
    panel = page.get_by_role("dialog")
    panel.get_by_role("button", name="See what removing does").click()
    return panel


def test_what_is_used_is_not_removed_what_is_not_comes_back(watched, server, admin):
    watch = watched(size=DESK)
    watch.allow("409")
    sign_in(watch, server.base, ADMIN)
    page = watch.page
    page.goto(f"{server.base}/settings/objects/site")
    panel = remove(page, "City")
    expect(panel.get_by_role("alert")).to_contain_text("machine.where")
    expect(panel.get_by_test_id("uses").last).to_contain_text("Where")
    page.goto(f"{server.base}/settings/objects/machine")
    remove(page, "Where").get_by_role("button", name="Remove “Where”").click()
    publish(page)
    page.get_by_text("Removed fields (1)").click()
    page.get_by_role("button", name="Restore “Where”").click()
    expect(page.get_by_test_id("fields-table")).to_contain_text("Where")
    page.keyboard.press("Control+z")
    expect(page.get_by_test_id("draft-bar")).to_have_count(0)
    expect(page.get_by_test_id("fields-table")).not_to_contain_text("Where")


def test_two_at_one_draft_lose_nothing(watched, server, admin):
    watch = watched(size=DESK)
    watch.allow("409")
    sign_in(watch, server.base, ADMIN)
    page = watch.page
    page.goto(f"{server.base}/settings/objects/site")
    add(page, "Street", "Text")
    draft = admin.ok("GET", "/metadata/change-sets")["change_sets"][0]
    path = f"/metadata/change-sets/{draft['id']}"
    admin.ok("PATCH", path, {"version": draft["version"], "operations": []})
    page.get_by_role("button", name="Move “City”").focus()
    page.keyboard.press("ArrowUp")
    page.get_by_text("has just changed this draft").wait_for()
    expect(page.get_by_test_id("fields-table")).not_to_contain_text("Street")


def test_what_somebody_published_meanwhile_is_shown_and_may_be_kept(page, server, admin):
    page.goto(f"{server.base}/settings/objects/site")
    page.get_by_role("button", name="Edit field “City”").click()
    panel = page.get_by_role("dialog")
    panel.get_by_label("Name in English").fill("Town")
    panel.get_by_role("button", name="Save").click()
    panel.wait_for(state="detached")
    theirs = {"kind": "update_field", "object": "site", "field": "city", "set": {"label": {"en": "Place"}}}
    admin.ok("POST", "/metadata/changes", {"operations": [theirs]})
    page.get_by_test_id("draft-bar").get_by_role("button", name="Review & publish").click()
    expect(panel.get_by_test_id("clashes")).to_contain_text("label")
    expect(panel.get_by_role("button", name="Publish")).to_be_disabled()
    panel.get_by_role("button", name="Keep mine").click()
    panel.get_by_role("button", name="Publish").click()
    panel.wait_for(state="detached")
    expect(page.get_by_test_id("fields-table")).to_contain_text("Town")


def test_a_phone_in_chinese_shows_the_same(watched, server, admin):
    watch = watched(size=PHONE, language="zh-CN", theme="dark")
    sign_in(watch, server.base, ADMIN, ("邮箱", "密码", "登录"))
    page = watch.page
    for path in ("objects", "objects/lease", "objects/lease?tab=layout", "objects/lease?tab=rules"):
        page.goto(f"{server.base}/settings/{path}")
        page.get_by_role("heading", level=2).first.wait_for()
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= PHONE["width"], path
