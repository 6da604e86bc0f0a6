"""What was built goes to an empty workspace by the command line; a retype and a removal come back with their data."""

import re

import pytest
import yaml
from browsing import DESK, publish, sign_in
from playwright.sync_api import expect
from rental_app import build
from served import ADMIN

pytestmark = [pytest.mark.browser, pytest.mark.slow]
OBJECTS = "lease,line,machine,site"


@pytest.fixture(scope="module")
def admin(server):
    found = server.set_up(sample="none")
    build(found)
    return found


@pytest.fixture
def page(watched, server, admin):
    watch = watched(size=DESK)
    sign_in(watch, server.base, ADMIN)
    return watch.page


def test_it_goes_to_an_empty_workspace_by_the_command_line_and_is_the_same(
    server, admin, make_home, tmp_path
):
    file = tmp_path / "rental.yaml"
    server.command("config", "export", "--objects", OBJECTS, "--out", str(file))
    assert [each["api_name"] for each in yaml.safe_load(file.read_text())["objects"]] == [
        "site",
        "machine",
        "lease",
        "line",
    ]
    other = make_home()
    empty = other.set_up(sample="none")
    told = other.command("config", "diff", str(file))
    assert "create_object" in told
    assert "lease" in told
    assert "site" not in [each["api_name"] for each in empty.ok("GET", "/metadata/catalog")["objects"]]
    applied = other.command("config", "apply", str(file))
    assert other.command("config", "export", "--objects", OBJECTS) == file.read_text()
    assert "No difference" in other.command("config", "diff", str(file))
    machine = empty.ok(
        "POST", "/records/machine", {"name": "M", "kind": "lift", "model": "boom", "rate": "40"}
    )
    lines = [{"name": "1", "machine": machine["id"], "days": "3"}]
    lease = empty.ok("POST", "/records/lease", {"name": "A", "starts": "2026-05-01", "lines": lines})
    assert empty.ok("GET", f"/records/lease/{lease['id']}")["total"] == "120.00"
    change = re.search(r"[0-9a-f]{8}-[0-9a-f-]{27}", applied).group()
    other.command("config", "revert", change)
    assert "lease" not in [each["api_name"] for each in empty.ok("GET", "/metadata/catalog")["objects"]]


def test_a_retype_and_a_removal_come_back_with_their_data(page, server, admin):
    row = admin.ok("POST", "/records/site", {"name": "S", "city": "12 km north", "note": "kept"})
    page.goto(f"{server.base}/settings/objects/site")
    page.get_by_role("button", name="Edit field “Note”").click()
    panel = page.get_by_role("dialog")
    panel.get_by_role("button", name="See what removing does").click()
    panel.get_by_role("button", name="Remove “Note”").click()
    publish(page, "Without note")
    admin.ok(
        "POST",
        "/metadata/changes",
        {"operations": [{"kind": "retype_field", "object": "site", "field": "zip", "type": "number"}]},
    )
    shown = admin.ok("GET", f"/records/site/{row['id']}")
    assert "note" not in shown
    page.goto(f"{server.base}/settings/changes")
    for entry in ("Zip", "Without note"):
        found = page.get_by_role("listitem").filter(has_text=entry).first
        found.get_by_role("button", name="Undo this change").click()
        page.get_by_role("tooltip").get_by_role("button", name="Undo this change").click()
        page.get_by_text("The change was undone").first.wait_for()
        page.reload()
    again = admin.ok("GET", f"/records/site/{row['id']}")
    assert (again["note"], again["city"]) == ("kept", "12 km north")
    page.goto(f"{server.base}/settings/objects/site")
    expect(page.get_by_test_id("fields-table")).to_contain_text("Note")
