"""Configuration changes with data in place: seen at once, whole or not at all, and taken back without loss."""

import asyncio

import psycopg
import pytest

from banyan.kernel.errors import BanyanError, Conflict
from factories.api import Api, Person, unique
from factories.house import House

pytestmark = pytest.mark.anyio


def text_field(name: str, **more: object) -> dict[str, object]:
    return {"api_name": name, "type": "text", "label": {"en": name}, **more}


async def test_added_renamed_retyped_and_removed_field_shows_at_once_everywhere(admin: Person):
    name = f"f{unique('')}"
    made = await admin.create("account", name=unique("M"))
    path = f"/records/account/{made['id']}"
    await admin.change({"kind": "add_field", "object": "account", "field": text_field(name)})
    await admin.ok("PATCH", path, {"version": 1, name: "12"})
    document = await admin.ok("GET", "/openapi.json")
    assert document["components"]["schemas"]["Account"]["properties"][name]["anyOf"][0]["type"] == "string"
    changed = await admin.change(
        {"kind": "retype_field", "object": "account", "field": name, "type": "number", "config": {"scale": 1}}
    )
    assert (await admin.ok("GET", path))[name] == "12.0"
    where = {"field": name, "op": "gt", "value": "11"}
    assert [r["id"] for r in (await admin.page("account", where=where))["records"]] == [made["id"]]
    await admin.ok("POST", f"/metadata/changes/{changed['id']}/revert")
    assert (await admin.ok("GET", path))[name] == "12"
    renamed = {"kind": "update_field", "object": "account", "field": name, "set": {"api_name": f"{name}_new"}}
    await admin.change(renamed)
    assert (await admin.ok("GET", path))[f"{name}_new"] == "12"
    old = {"field": name, "op": "eq", "value": "12"}
    assert len((await admin.page("account", where=old))["records"]) == 1
    removed = await admin.change({"kind": "remove_field", "object": "account", "field": f"{name}_new"})
    await admin.refused("POST", "/records/account/query", 422, json={"where": old})
    history = await admin.ok("GET", f"{path}/history")
    assert "12" in [change["to"] for entry in history["entries"] for change in entry["changes"]]
    await admin.ok("POST", f"/metadata/changes/{removed['id']}/revert")
    assert (await admin.ok("GET", path))[f"{name}_new"] == "12"


async def test_dry_run_writes_nothing(admin: Person):
    before = (await admin.catalog())["version"]
    operation = {"kind": "add_field", "object": "account", "field": text_field(f"d{unique('')}")}
    assert (await admin.change(operation, dry_run=True))["id"] is None
    assert (await admin.catalog())["version"] == before


async def test_second_of_two_administrators_is_told(admin: Person):
    version = (await admin.catalog())["version"]
    first = {"kind": "add_field", "object": "lead", "field": text_field(f"a{unique('')}")}
    second = {"kind": "add_field", "object": "lead", "field": text_field(f"b{unique('')}")}
    await admin.change(first, base_version=version)
    body = {"operations": [second], "base_version": version}
    await admin.refused("POST", "/metadata/changes", 409, "configuration_changed", body)


@pytest.mark.parametrize("label", ["'; DROP TABLE x; --", '"quoted"', "😀😀", "%(name)s %s {0}", "选择\\"])
async def test_hostile_labels_and_choices_are_only_text(admin: Person, label: str):
    name = f"h{unique('')}"
    choices = {"choices": [{"key": "a", "label": {"en": label}}]}
    field = {"api_name": name, "type": "single_choice", "label": {"en": f"{label} {name}"}, "config": choices}
    await admin.change({"kind": "add_field", "object": "lead", "field": field})
    made = await admin.create("lead", name=label, **{name: "a"})
    query = {"where": {"field": "name", "op": "contains", "value": label}, "sort": [{"field": name}]}
    assert made["id"] in [record["id"] for record in (await admin.page("lead", **query))["records"]]
    await admin.change({"kind": "retype_field", "object": "lead", "field": name, "type": "text"})
    assert (await admin.ok("GET", f"/records/lead/{made['id']}"))[name] == label.strip()


@pytest.mark.parametrize(
    "name", ["select", "from", "A", "a b", "a;b", "a" * 41, "1a", "id", "version", "名称"]
)
async def test_names_are_checked_and_words_of_sql_are_harmless(house: House, name: str):
    operation = {"kind": "add_field", "object": "lead", "field": text_field(name)}
    if name in ("select", "from"):
        await house.change(operation)
        made = await house.create("lead", {"name": "x", name: "y"})
        assert (await house.read("lead", made.id))[name] == "y"
    else:
        with pytest.raises(ValueError, match=r"API name|name of the system"):
            await house.change(operation)


async def test_label_longer_than_allowed_is_refused(admin: Person):
    operation = {"kind": "add_field", "object": "lead", "field": text_field("long", label={"en": "x" * 200})}
    await admin.refused("POST", "/metadata/changes", 422, json={"operations": [operation]})


async def test_failing_operation_leaves_none_of_the_change(house: House):
    before = await house.catalog()
    await house.create("product", {"name": "one", "code": "same"})
    await house.create("product", {"name": "two", "code": "same"})
    unique_code = {"kind": "update_field", "object": "product", "field": "code", "set": {"unique": True}}
    with pytest.raises(Conflict):
        await house.change(
            {"kind": "add_field", "object": "product", "field": text_field("half")}, unique_code
        )
    after = await house.catalog()
    assert after.version == before.version
    assert after.object("product").field("half") is None


async def test_connection_lost_in_the_middle_of_a_change_leaves_nothing(
    house: House, targets, monkeypatch: pytest.MonkeyPatch
):
    from banyan.metadata.changes import apply

    hold = apply.hold_rules

    async def cut(connection, before, after):
        await hold(connection, before, after)
        with psycopg.connect(targets.owner, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s)", (connection.info.backend_pid,))

    before = (await house.catalog()).version
    monkeypatch.setattr(apply, "hold_rules", cut)
    with pytest.raises(BanyanError):
        await house.change({"kind": "add_field", "object": "account", "field": text_field("cut")})
    monkeypatch.undo()
    assert (await house.catalog()).version == before
    await house.change({"kind": "add_field", "object": "account", "field": text_field("cut")})


async def test_change_waits_for_a_held_lock_without_blocking_readers(house: House):
    table = (await house.catalog()).object("account").table_name
    async with house.database.transaction() as holder:
        await holder.execute(f'SELECT count(*) FROM "{house.schema}"."{table}"')
        waiting = asyncio.create_task(
            house.change({"kind": "add_field", "object": "account", "field": text_field("waited")})
        )
        for _ in range(20):
            await house.page("account", limit=1)
        assert not waiting.done()
    await waiting
    assert (await house.catalog()).object("account").field("waited") is not None


async def test_renamed_object_keeps_the_grants_of_its_members(api: Api, admin: Person, member: Person):
    rename = {"kind": "update_object", "object": "product", "set": {"api_name": "goods"}}
    changed = await admin.change(rename)
    try:
        await member.refused("POST", "/records/goods", 403, json={"name": unique("x")})
        await member.refused("POST", "/records/product", 403, json={"name": unique("x")})
    finally:
        await admin.ok("POST", f"/metadata/changes/{changed['id']}/revert")
    assert (await member.page("product", limit=1)) is not None


@pytest.mark.parametrize(
    "operation",
    [
        {"kind": "remove_field", "object": "opportunity", "field": "source"},
        {"kind": "remove_field", "object": "opportunity", "field": "won_amount"},
        {"kind": "retype_field", "object": "opportunity", "field": "source", "type": "text"},
        {
            "kind": "retype_field",
            "object": "opportunity",
            "field": "name",
            "type": "text",
            "config": {"max_length": 900},
        },
        {"kind": "update_field", "object": "opportunity", "field": "stage", "set": {"label": {"en": "Step"}}},
        {"kind": "update_object", "object": "opportunity", "set": {"board_field": None, "icon": "x"}},
    ],
)
async def test_change_taken_back_gives_the_same_definitions_and_data(
    house: House, operation: dict[str, object]
):
    values = {"name": "Whole", "amount": "5", "close_date": "2026-01-31", "stage": "won", "source": "website"}
    made = await house.create("opportunity", values)
    before = (await house.catalog()).object("opportunity")
    change = await house.change(operation)
    await house.revert(change)
    after = (await house.catalog()).object("opportunity")
    assert after.definition == before.definition
    assert [field.definition for field in after.fields] == [field.definition for field in before.fields]
    record = await house.read("opportunity", made.id)
    assert (record["name"], record["stage"], record["amount"]["amount"]) == ("Whole", "won", "5.00")
    assert record["source"] == "website"
    with pytest.raises(Conflict):
        await house.revert(change)
