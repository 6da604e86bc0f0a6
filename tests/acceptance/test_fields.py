"""An administrator reshapes an object that holds data, in the browser; nothing restarts and nothing is lost."""

import re

import pytest
from browsing import pick, publish, sign_in
from playwright.sync_api import expect
from served import ADMIN

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def admin(server):
    return server.set_up(sample="small")


@pytest.fixture
def page(watched, server, admin):
    watch = watched()
    sign_in(watch, server.base, ADMIN)
    return watch.page


def field_names(admin):
    objects = admin.ok("GET", "/metadata/catalog")["objects"]
    account = next(each for each in objects if each["api_name"] == "account")
    return {each["api_name"]: each["type"] for each in account["fields"]}


def edit(page, server, name):
    page.goto(f"{server.base}/settings/objects/account")
    page.get_by_role("button", name=re.compile(f"Edit field “{name}”")).click()
    return page.get_by_role("dialog")


def test_a_field_added_in_the_list_is_there_at_once(page, server, admin):
    page.goto(f"{server.base}/o/account")
    grid = page.get_by_test_id("list-grid")
    grid.get_by_role("button", name="Add a field").click()
    panel = page.get_by_role("dialog")
    panel.get_by_label("Name in Chinese").fill("楼层")
    panel.get_by_label("Name in English").fill("Floor")
    panel.get_by_role("button", name="Add field").click()
    expect(grid.get_by_role("columnheader", name="Floor")).to_be_visible()
    assert field_names(admin)["floor"] == "text"
    assert "floor" in str(admin.ok("GET", "/openapi.json"))


def test_it_is_filled_on_the_record_and_filtered_by(page, server, admin):
    account = admin.rows("account", limit=1, sort=[{"field": "name", "direction": "asc"}])[0]
    page.goto(f"{server.base}/o/account/{account['id']}")
    page.get_by_role("button", name="Edit Floor").click()
    page.get_by_role("textbox", name="Floor").fill("12")
    page.keyboard.press("Enter")
    page.get_by_role("status").get_by_text("Saved").wait_for()
    page.goto(f"{server.base}/o/account")
    page.get_by_test_id("filter-button").click()
    page.get_by_role("button", name="Add condition").click()
    rule = page.get_by_role("group").filter(has=page.get_by_role("combobox", name="Operator"))
    pick(page, "Field", "Floor", within=rule)
    pick(page, "Operator", "is not empty", within=rule)
    expect(page.get_by_test_id("list-footer")).to_contain_text("1 record")


def test_it_is_renamed_and_retyped_with_its_data(page, server, admin):
    panel = edit(page, server, "Floor")
    panel.get_by_label("Name in English").fill("Storey")
    panel.get_by_role("button", name="Save").click()
    expect(page.get_by_test_id("fields-table")).to_contain_text("Storey")
    assert "Storey" not in str(admin.ok("GET", "/metadata/catalog"))
    panel = edit(page, server, "Storey")
    pick(page, "Change the type", "Number", within=panel)
    panel.get_by_role("button", name="See what the new type does").click()
    expect(panel.get_by_test_id("impact")).to_contain_text("Nothing is lost")
    panel.get_by_role("button", name="Change the type").click()
    panel.wait_for(state="detached")
    publish(page)
    assert field_names(admin)["floor"] == "number"
    assert admin.count("account", {"field": "floor", "op": "eq", "value": "12"}) == 1


def test_removed_it_is_gone_and_brought_back_with_its_data(page, server, admin):
    panel = edit(page, server, "Storey")
    panel.get_by_role("button", name="See what removing does").click()
    expect(panel.get_by_test_id("impact")).to_contain_text("1 record")
    panel.get_by_role("button", name="Remove “Storey”").click()
    panel.wait_for(state="detached")
    publish(page)
    assert "floor" not in field_names(admin)
    page.goto(f"{server.base}/o/account")
    page.get_by_test_id("list-footer").get_by_text("record").wait_for()
    expect(page.get_by_test_id("list-grid").get_by_role("columnheader", name="Storey")).to_have_count(0)
    page.goto(f"{server.base}/settings/changes")
    page.get_by_role("button", name="Undo this change").first.click()
    page.get_by_role("dialog").or_(page.get_by_role("tooltip")).get_by_role(
        "button", name=re.compile("Undo|OK|Yes")
    ).first.click()
    page.get_by_text("The change was undone").wait_for()
    assert admin.count("account", {"field": "floor", "op": "eq", "value": "12"}) == 1
    changes = admin.ok("GET", "/metadata/changes")["changes"][:5]
    kinds = [operation["kind"] for change in changes for operation in change["operations"]]
    assert {"add_field", "update_field", "retype_field", "remove_field"} <= set(kinds)
