"""Where is this used: every kind of use is named once, and what nobody fills shows."""

from typing import Any

import pytest

from factories.api import Person, unique

pytestmark = pytest.mark.anyio


def field(name: str, kind: str, config: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"api_name": name, "type": kind, "label": {"en": name}, "config": config or {}, **more}


def choices(*keys: str) -> list[dict[str, Any]]:
    return [{"key": key, "label": {"en": key}} for key in keys]


@pytest.fixture(scope="module")
async def names(admin: Person) -> tuple[str, str]:
    box, item = f"box{unique('')}", f"item{unique('')}"
    await admin.change(
        {"kind": "create_object", "api_name": box, "label": {"en": box}},
        {"kind": "create_object", "api_name": item, "label": {"en": item}},
        {
            "kind": "add_field",
            "object": box,
            "field": field("kind", "single_choice", {"choices": choices("a", "b")}),
        },
        {
            "kind": "add_field",
            "object": box,
            "field": field("size", "number", visible_when={"field": "kind", "op": "eq", "value": "a"}),
        },
        {"kind": "add_field", "object": item, "field": field("box", "relation", {"target": box})},
        {"kind": "add_field", "object": item, "field": field("weight", "number", default_formula="box.size")},
        {
            "kind": "add_field",
            "object": box,
            "field": field("items", "sub_table", {"relation": f"{item}.box"}),
        },
        {
            "kind": "add_field",
            "object": box,
            "field": field("load", "formula", {"formula": "SUM(items.weight)"}),
        },
        {
            "kind": "update_object",
            "object": box,
            "set": {
                "rules": [
                    {"key": "full", "error_when": 'AND(load > size, kind = "a")', "message": {"en": "Full"}}
                ],
                "board_field": "kind",
                "layout": {"sections": [{"label": {"en": "Main"}, "fields": ["size"]}]},
            },
        },
    )
    view = {"object": box, "name": {"en": "Big"}, "visibility": "shared"}
    where = {"field": "kind", "op": "eq", "value": "a"}
    await admin.ok("POST", "/views", {**view, "config": {"columns": ["size"], "where": where}})
    return box, item


async def used(admin: Person, **where: str) -> set[tuple[str, str, str | None]]:
    found = await admin.ok("GET", "/metadata/usage", params=where)
    return {(each["kind"], each["object"], each["field"]) for each in found["uses"]}


async def test_uses_of_fields_objects_and_choices(admin: Person, names: tuple[str, str]):
    box, item = names
    assert await used(admin, object=box, field="size") == {
        ("layout", box, None),
        ("rule", box, None),
        ("default", item, "weight"),
        ("view", box, None),
    }
    assert await used(admin, object=item, field="weight") == {("formula", box, "load")}
    assert ("condition", box, "size") in await used(admin, object=box, field="kind")
    assert ("board", box, None) in await used(admin, object=box, field="kind")
    assert await used(admin, object=box, field="kind", choice="a") == {
        ("condition", box, "size"),
        ("rule", box, None),
        ("view", box, None),
    }
    assert await used(admin, object=box, field="kind", choice="b") == set()
    of_box = await used(admin, object=box)
    assert {("relation", item, "box"), ("view", box, None), ("default", item, "weight")} <= of_box
    assert ("sub_table", box, "items") in await used(admin, object=item)
    assert ("sub_table", box, "items") in await used(admin, object=item, field="box")


async def test_what_is_filled_and_what_is_not(admin: Person, names: tuple[str, str]):
    box, _ = names
    await admin.ok("POST", f"/records/{box}", {"name": "x", "kind": "a", "size": "3"})
    await admin.ok("POST", f"/records/{box}", {"name": "y"})
    found = await admin.ok("GET", f"/metadata/usage/fields/{box}")
    assert (found["total"], found["sampled"]) == (2, False)
    assert {name: each["filled"] for name, each in found["fields"].items()} == {
        "name": 2,
        "kind": 1,
        "size": 1,
        "load": 0,
    }
    assert found["fields"]["size"]["last_used"] is not None
    assert found["fields"]["load"]["last_used"] is None
    assert found["fields"]["size"]["uses"] == 3


async def test_usage_is_for_those_who_configure(member: Person, names: tuple[str, str]):
    await member.refused("GET", f"/metadata/usage?object={names[0]}", 403, "power_needed")
    await member.refused("GET", f"/metadata/usage/fields/{names[0]}", 403, "power_needed")


async def test_uses_of_a_role(admin: Person, names: tuple[str, str]):
    box, _ = names
    view = {"object": box, "name": {"en": "For members"}, "visibility": "roles", "roles": ["member"]}
    await admin.ok("POST", "/views", view)
    found = await admin.ok("GET", "/metadata/usage/roles/member")
    assert ("view", box) in {(each["kind"], each["object"]) for each in found["uses"]}
    await admin.refused("GET", "/metadata/usage?object=nothing", 404)
    await admin.refused("GET", f"/metadata/usage?object={box}&field=nothing", 404)
