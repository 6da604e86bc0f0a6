"""Change sets: kept in draft, shown with their effects, published whole, refused where somebody was there first."""

import pytest

from factories.api import Api, Person, unique

pytestmark = pytest.mark.anyio
SETS = "/metadata/change-sets"


def text_field(name: str, obj: str = "account") -> dict[str, object]:
    field = {"api_name": name, "type": "text", "label": {"en": name}}
    return {"kind": "add_field", "object": obj, "field": field}


async def draft(admin: Person, *operations: dict[str, object]) -> dict[str, object]:
    return await admin.ok("POST", SETS, {"name": unique("Set "), "operations": list(operations)})


async def test_a_draft_changes_nothing_until_it_is_published(admin: Person):
    name = f"cs{unique('')}"
    made = await draft(admin, text_field(name))
    await admin.refused("POST", "/records/account/query", 422, json={"select": [name]})
    there = await admin.ok("GET", f"{SETS}/{made['id']}/definitions")
    account = next(obj for obj in there["objects"] if obj["api_name"] == "account")
    assert name in [field["api_name"] for field in account["fields"]]
    shown = await admin.ok("GET", f"{SETS}/{made['id']}/preview")
    assert [each["kind"] for each in shown["operations"]] == ["add_field"]
    assert shown["clashes"] == []
    done = await admin.ok("POST", f"{SETS}/{made['id']}/publish", {"version": made["version"]})
    await admin.ok("POST", "/records/account/query", {"select": [name]})
    found = await admin.ok("GET", f"{SETS}/{made['id']}")
    assert (found["state"], found["change_id"]) == ("published", done["id"])
    newest = (await admin.ok("GET", "/metadata/changes"))["changes"][0]
    assert newest["name"] == made["name"]
    await admin.refused(
        "POST", f"{SETS}/{made['id']}/publish", 409, "change_set_published", json={"version": 2}
    )
    await admin.ok("POST", f"/metadata/changes/{done['id']}/revert")
    await admin.refused("POST", "/records/account/query", 422, json={"select": [name]})


async def test_removed_objects_are_offered_back(admin: Person):
    name = f"gone{unique('')}"
    title = {"api_name": "name", "type": "text", "label": {"en": "Name"}}
    await admin.change({"kind": "create_object", "api_name": name, "label": {"en": name}, "fields": [title]})
    made = await draft(admin, {"kind": "remove_object", "object": name})
    there = await admin.ok("GET", f"{SETS}/{made['id']}/definitions")
    assert name in [each["api_name"] for each in there["archived_objects"]]
    published = await admin.ok("GET", "/metadata/definitions")
    assert name not in [each["api_name"] for each in published["archived_objects"]]
    await admin.ok("POST", f"{SETS}/{made['id']}/publish", {"version": made["version"]})
    archived = (await admin.ok("GET", "/metadata/definitions"))["archived_objects"]
    gone = next(each for each in archived if each["api_name"] == name)
    await admin.change({"kind": "restore_object", "object_id": gone["id"]})
    objects = (await admin.ok("GET", "/metadata/definitions"))["objects"]
    assert name in [each["api_name"] for each in objects]


async def test_of_two_who_edit_one_draft_the_second_is_told(admin: Person):
    made = await draft(admin)
    path = f"{SETS}/{made['id']}"
    saved = await admin.ok("PATCH", path, {"version": 1, "operations": [text_field(f"e{unique('')}")]})
    assert saved["version"] == 2
    await admin.refused("PATCH", path, 409, "change_set_changed", json={"version": 1, "name": "Mine"})


async def test_settings_published_by_another_meanwhile_are_a_conflict_and_may_be_kept(admin: Person):
    def relabel(label: str) -> dict[str, object]:
        return {"kind": "update_field", "object": "lead", "field": "company", "set": {"label": {"en": label}}}

    ours, theirs, elsewhere = (
        await draft(admin, relabel("Ours")),
        await draft(admin, relabel("Theirs")),
        await draft(admin, text_field(f"o{unique('')}", "lead")),
    )
    await admin.ok("POST", f"{SETS}/{theirs['id']}/publish", {"version": 1})
    await admin.ok("POST", f"{SETS}/{elsewhere['id']}/publish", {"version": 1})
    refused = await admin.refused(
        "POST", f"{SETS}/{ours['id']}/publish", 409, "change_set_clash", json={"version": 1}
    )
    assert "lead.company.label" in refused["title"]
    shown = await admin.ok("GET", f"{SETS}/{ours['id']}/preview")
    assert shown["clashes"] == [{"object": "lead", "field": "company", "setting": "label"}]
    rebased = await admin.ok("PATCH", f"{SETS}/{ours['id']}", {"version": 1, "rebase": True})
    await admin.ok("POST", f"{SETS}/{ours['id']}/publish", {"version": rebased["version"]})


async def test_a_refused_operation_is_named_and_nothing_is_applied(admin: Person):
    name = f"g{unique('')}"
    made = await draft(admin, text_field(name), text_field(name))
    refused = await admin.refused(
        "POST", f"{SETS}/{made['id']}/publish", 409, "field_name_taken", json={"version": 1}
    )
    assert refused["operation"] == 1
    await admin.refused("POST", "/records/account/query", 422, json={"select": [name]})
    assert (await admin.ok("GET", f"{SETS}/{made['id']}"))["state"] == "draft"
    await admin.ok("POST", f"{SETS}/{made['id']}/discard", {"version": 1})
    await admin.refused(
        "POST", f"{SETS}/{made['id']}/publish", 409, "change_set_discarded", json={"version": 2}
    )


async def test_change_sets_are_for_those_who_configure(admin: Person, member: Person, api: Api):
    made = await draft(admin)
    for method, path, body in (
        ("GET", SETS, None),
        ("POST", SETS, {"name": "x"}),
        ("GET", f"{SETS}/{made['id']}", None),
        ("GET", f"{SETS}/{made['id']}/preview", None),
        ("GET", f"{SETS}/{made['id']}/definitions", None),
        ("PATCH", f"{SETS}/{made['id']}", {"version": 1, "name": "x"}),
        ("POST", f"{SETS}/{made['id']}/publish", {"version": 1}),
        ("POST", f"{SETS}/{made['id']}/discard", {"version": 1}),
    ):
        await member.refused(method, path, 403, "power_needed", json=body)


async def test_faults_in_a_draft_name_their_place(admin: Person):
    body = {
        "name": "x",
        "operations": [{"kind": "add_field", "object": "lead", "field": {"type": "text", "odd": 1}}],
    }
    refused = await admin.refused("POST", SETS, 422, json=body)
    assert "/operations/0/field/odd" in [each["pointer"] for each in refused["errors"]]
    await admin.refused("GET", f"{SETS}/none", 404, "unknown_change_set")


async def test_the_preview_says_who_waits_and_about_how_long(admin: Person, api: Api):
    obj = f"many{unique('')}"
    fields = [{"api_name": "code", "type": "text", "label": {"en": "Code"}}]
    await admin.change({"kind": "create_object", "api_name": obj, "label": {"en": obj}, "fields": fields})
    async with api.runtime.database.schema_change() as connection:
        await connection.execute(
            f"INSERT INTO ws_main.r_{obj} (f_name, f_code) SELECT 'n', n::text FROM generate_series(1, 300000) n"
        )
    async with api.runtime.database.schema_change() as connection:
        await connection.execute(f"ANALYZE ws_main.r_{obj}")
    change = {"object": obj, "field": "code"}
    made = await draft(
        admin,
        {"kind": "update_field", **change, "set": {"label": {"en": "Kode"}}},
        text_field("plain", obj),
        {"kind": "update_field", **change, "set": {"indexed": True}},
        {
            "kind": "add_field",
            "object": obj,
            "field": {**text_field("x")["field"], "api_name": "s", "searchable": True},
        },
    )
    shown = await admin.ok("GET", f"{SETS}/{made['id']}/preview")
    locks = [each["lock"] for each in shown["operations"]]
    assert locks == ["none", "brief", "writes", "all"]
    assert [each["seconds"] > 0 for each in shown["operations"]] == [False, False, True, True]
