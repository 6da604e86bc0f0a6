"""The auditor's routes: who may use them, what they find, what the files hold."""

import csv
import io
import uuid

import openpyxl
import pytest

from banyan.audit.seals import seal_workspace
from factories.api import Api, Person, unique

pytestmark = pytest.mark.anyio
# Fixed: tests that are named by it are the same in every process.
NOBODY = "25960379-910e-4d59-8c2f-ac6262fbd0f5"
ROUTES = (
    ("GET", "/audit/entries", None),
    ("GET", f"/audit/entries/{NOBODY}", None),
    ("GET", "/audit/words", None),
    ("POST", "/audit/export", {}),
    ("GET", "/audit/seals", None),
    ("POST", "/audit/verify", {}),
    ("GET", "/audit/alarms", None),
    ("POST", f"/audit/alarms/{NOBODY}/acknowledge", {}),
    ("GET", "/audit/limits", None),
    ("PUT", "/audit/limits", {"kind": "read"}),
    ("PUT", "/audit/settings", {"hot_days": 200, "hold": True, "version": 1}),
)


@pytest.fixture
async def auditor(api: Api) -> Person:
    return api.administrator


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
async def test_nobody_without_the_power_gets_in(member: Person, method: str, path: str, body):
    await member.refused(method, path, 403, "power_needed", body)


async def test_administrators_without_the_power_do_not_get_in_either(api: Api):
    person = await api.person(role="administrator")
    for method, path, body in ROUTES:
        await person.refused(method, path, 403, "power_needed", body)


async def test_an_auditor_sees_the_audit_and_nothing_else(api: Api, admin: Person):
    secret = unique("Secret")
    made = await admin.create("account", name=secret)
    auditor = await api.person(role="auditor")
    (entry,) = (await auditor.ok("GET", f"/audit/entries?record={made['id']}"))["entries"]
    assert entry["actor"]["name"] == admin.user["name"]
    assert entry["object"]["label"] == "Account"
    document = await auditor.ok("GET", f"/audit/entries/{entry['id']}")
    assert secret in {change["to"] for change in document["changes"]}
    words = await auditor.ok("GET", "/audit/words")
    assert {person["id"] for person in words["people"]} > {admin.id}
    assert {"key": "auditor", "label": "Auditor"} in words["roles"]
    await auditor.refused("GET", f"/records/account/{made['id']}", 404)
    await auditor.refused("POST", "/records/account/query", 404, None, {})
    assert (await auditor.ok("GET", f"/search?q={secret}"))["results"] == []
    await auditor.refused("POST", "/metadata/changes", 403, None, {"operations": [{"kind": "add_field"}]})


async def test_entry_shows_who_where_and_before_and_after(api: Api, auditor: Person):
    name = unique("Audited")
    made = await auditor.create("account", name=name, annual_revenue="1200.5")
    changes = {"version": 1, "name": f"{name} 2", "annual_revenue": "99.00", "owner": auditor.id}
    await auditor.ok("PATCH", f"/records/account/{made['id']}", changes)
    page = await auditor.ok("GET", f"/audit/entries?record={made['id']}")
    assert [row["action"] for row in page["entries"]] == ["update", "create"]
    listed = page["entries"][0]
    assert listed["actor"]["name"] == auditor.user["name"]
    assert listed["object"] == {"name": "account", "label": "Account"}
    assert listed["address"]
    assert listed["changes"] is None
    entry = await auditor.ok("GET", f"/audit/entries/{listed['id']}")
    sides = {change["field"]: (change["from"], change["to"]) for change in entry["changes"]}
    assert sides["name"] == (name, f"{name} 2")
    assert (sides["annual_revenue"][0] or "").startswith("1200.50")
    assert (sides["annual_revenue"][1] or "").startswith("99.00")
    begun = await auditor.ok("GET", f"/audit/entries/{page['entries'][1]['id']}")
    first = {change["field"]: (change["from"], change["to"]) for change in begun["changes"]}
    assert first["name"] == (None, name)


async def test_pages_by_cursor_hold_every_entry_once(api: Api, auditor: Person):
    person = await api.person()
    for _ in range(3):
        await person.create("account", name=unique("Paged"))
    found, cursor = [], ""
    while True:
        page = await auditor.ok("GET", f"/audit/entries?actor={person.id}&limit=2{cursor}")
        found += [row["id"] for row in page["entries"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert len(found) == len(set(found)) >= 3
    assert found == sorted(found, reverse=True)


async def test_filters_narrow(api: Api, auditor: Person):
    word = unique("Report")
    await auditor.call("POST", "/records/contact/export", json={"columns": ["name"], "search": word})
    ask = "/audit/entries?"
    (entry,) = (await auditor.ok("GET", f"{ask}text={word}"))["entries"]
    assert (entry["action"], entry["detail"]["search"], entry["object"]["name"]) == (
        "export",
        word,
        "contact",
    )
    at = entry["at"].replace("+", "%2B")
    for narrowing, count in (
        (f"since={at}", 1),
        (f"until={at}", 0),
        ("action=export", 1),
        ("action=import", 0),
        ("object=contact", 1),
        ("object=account", 0),
        (f"actor={auditor.id}", 1),
        (f"actor={uuid.uuid4()}", 0),
        ("outcome=denied", 0),
        ("source=change", 0),
    ):
        found = await auditor.ok("GET", f"{ask}text={word}&{narrowing}")
        assert len(found["entries"]) == count, narrowing


async def test_nonsense_is_refused_with_its_place(auditor: Person):
    await auditor.refused("GET", "/audit/entries?since=yesterday", 422)
    await auditor.refused("GET", "/audit/entries?since=2026-11-21T08:00:00", 422)  # without an offset
    await auditor.refused("GET", "/audit/entries?cursor=x", 422, "invalid_query")
    await auditor.refused("GET", "/audit/entries?colour=red", 422)
    await auditor.refused("GET", "/audit/entries/x", 404, "unknown_audit_entry")
    await auditor.refused("POST", "/audit/verify", 422, None, {"head": "no head"})


@pytest.mark.parametrize("form", ["csv", "xlsx", "pdf"])
async def test_export_holds_the_entries_and_is_audited(api: Api, auditor: Person, form: str):
    word = unique("导出")
    await auditor.call("POST", "/records/contact/export", json={"columns": ["name"], "search": f"={word}"})
    response = await auditor.call("POST", "/audit/export", json={"format": form, "text": word})
    assert response.status_code == 200
    assert auditor.user["name"].replace(" ", "%20") in response.headers["content-disposition"]
    if form == "csv":
        rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
        assert rows[0][0] == "Time (UTC)"
        assert word in rows[1][-1]
    elif form == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(response.content))
        assert auditor.user["name"] in book.properties.description
        assert auditor.user["name"] in book.active.oddHeader.right.text
        assert word in book.active.cell(2, 8).value
    else:
        assert response.content.startswith(b"%PDF-")
        assert b"STSong-Light" in response.content
    (entry,) = (await auditor.ok("GET", f"/audit/entries?text={word}&action=audit_exported"))["entries"]
    assert entry["detail"]["rows"] == (1 if form == "csv" else entry["detail"]["rows"])
    assert entry["detail"]["format"] == form


async def test_seals_and_check(api: Api, auditor: Person):
    await auditor.create("account", name=unique("Sealed"))
    await seal_workspace(api.runtime.database, "ws_main")
    state = await auditor.ok("GET", "/audit/seals")
    assert state["head"].startswith(f"{state['seals'][0]['seq']}:")
    verdict = await auditor.ok("POST", "/audit/verify", {"head": state["head"]})
    assert verdict["intact"]
    other = f"{state['head'].partition(':')[0]}:{'0' * 64}"
    assert (await auditor.ok("POST", "/audit/verify", {"head": other}))["fault"] == "head_differs"
    (entry, *_) = (await auditor.ok("GET", "/audit/entries?action=audit_verified"))["entries"]
    assert entry["outcome"] == "failed"


async def test_limits_alarms_and_settings(api: Api, auditor: Person):
    before = await auditor.ok("GET", "/audit/limits")
    assert [limit["kind"] for limit in before["limits"]] == ["read", "export", "unmask", "claim"]
    await auditor.refused("PUT", "/audit/limits", 422, None, {"kind": "read", "refuse_at": 0})
    await auditor.refused("PUT", "/audit/limits", 422, None, {"kind": "read", "remove": True})
    await auditor.ok("PUT", "/audit/limits", {"kind": "export", "role": "seller", "refuse_at": 5})
    found = (await auditor.ok("GET", "/audit/limits"))["limits"]
    assert {
        "kind": "export",
        "role": "seller",
        "alarm_at": None,
        "refuse_at": 5,
        "habit_factor": None,
    } in found
    await auditor.ok("PUT", "/audit/limits", {"kind": "export", "role": "seller", "remove": True})
    assert await auditor.ok("GET", "/audit/limits") == before

    settings = before["settings"]
    problem = await auditor.refused("PUT", "/audit/settings", 422, None, {**settings, "hot_days": 179})
    assert problem["errors"][0]["pointer"] == "/hot_days"
    await auditor.ok("PUT", "/audit/settings", {**settings, "hot_days": 365})
    await auditor.refused(
        "PUT", "/audit/settings", 409, "audit_settings_changed", {**settings, "hot_days": 200}
    )

    person = await api.person()
    async with api.runtime.database.transaction() as connection:
        await connection.execute(
            "INSERT INTO ws_main.audit_alarm (kind, user_id, period, amount, most, reason)"
            " VALUES ('read', %s, now(), 7, 5, 'limit')",
            (person.id,),
        )
    (alarm,) = [
        a for a in (await auditor.ok("GET", "/audit/alarms"))["alarms"] if a["user"]["id"] == person.id
    ]
    await auditor.ok("POST", f"/audit/alarms/{alarm['id']}/acknowledge", {"note": "asked her"})
    await auditor.refused("POST", f"/audit/alarms/{alarm['id']}/acknowledge", 404, "unknown_alarm", {})
    open_now = (await auditor.ok("GET", "/audit/alarms"))["alarms"]
    assert alarm["id"] not in {a["id"] for a in open_now}
    all_of_them = (await auditor.ok("GET", "/audit/alarms?state=all"))["alarms"]
    assert next(a["note"] for a in all_of_them if a["id"] == alarm["id"]) == "asked her"


async def test_exports_of_records_are_marked_and_limited(api: Api, auditor: Person):
    group = unique("Marked")
    for number in range(3):
        await auditor.create("contact", name=f"{group} {number}")
    wish = {"columns": ["name"], "where": {"field": "name", "op": "starts_with", "value": group}}
    response = await auditor.call("POST", "/records/contact/export", json={**wish, "format": "xlsx"})
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    assert auditor.user["name"] in book.properties.description
    assert auditor.user["name"] in book.active.oddFooter.right.text
    assert book.active.max_row == 4  # the mark stands beside the rows, so the file can be imported again
    response = await auditor.call("POST", "/records/contact/export", json=wish)
    assert auditor.user["name"].replace(" ", "%20") in response.headers["content-disposition"]
    assert len(response.text.splitlines()) == 4
    (entry, *_) = (await auditor.ok("GET", f"/audit/entries?action=export&text={group}"))["entries"]
    assert entry["detail"]["rows"] == 3

    limits = {"kind": "export", "alarm_at": 100_000, "habit_factor": None}
    await auditor.ok("PUT", "/audit/limits", {**limits, "refuse_at": 2})
    try:
        refused = await auditor.refused("POST", "/records/contact/export", 429, "use_limit_reached", wish)
        assert "(2)" in refused["detail"]
    finally:
        await auditor.ok("PUT", "/audit/limits", {**limits, "refuse_at": 2_000_000})
    assert (await auditor.call("POST", "/records/contact/export", json=wish)).status_code == 200
