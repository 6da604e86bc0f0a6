"""Rules hold on every path: conditions of fields, dependent choices, validation formulas, unique together, defaults."""

from typing import Any

import pytest

from factories.api import Person, unique

pytestmark = pytest.mark.anyio


def choices(*keys: str, **when: list[str]) -> list[dict[str, Any]]:
    return [{"key": key, "label": {"en": key.title()}, "when": when.get(key, [])} for key in keys]


def field(name: str, kind: str, config: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"api_name": name, "type": kind, "label": {"en": name}, "config": config or {}, **more}


@pytest.fixture(scope="module")
async def rental(admin: Person) -> str:
    name = f"rental{unique('')}"
    paid = {"field": "kind", "op": "eq", "value": "paid"}
    closed = {"field": "closed", "op": "eq", "value": True}
    await admin.change(
        {
            "kind": "create_object",
            "api_name": name,
            "label": {"en": name},
            "fields": [
                field("kind", "single_choice", {"choices": choices("paid", "free")}),
                field(
                    "tariff",
                    "single_choice",
                    {
                        "depends_on": "kind",
                        "choices": choices("day", "week", "trial", day=["paid"], week=["paid"]),
                    },
                ),
                field(
                    "price",
                    "number",
                    visible_when=paid,
                    required_when={"field": "tariff", "op": "eq", "value": "week"},
                ),
                field("deposit", "number", required=True, visible_when=paid, default_formula="price * 2"),
                field("closed", "boolean"),
                field("starts", "date", readonly_when=closed),
                field("ends", "date", default_formula="EDATE(starts, 1)"),
                field("code", "text"),
            ],
        },
        {
            "kind": "update_object",
            "object": name,
            "set": {
                "rules": [
                    {
                        "key": "order",
                        "error_when": "ends < starts",
                        "message": {"zh-CN": "结束不能早于开始", "en": "It ends before it starts"},
                        "field": "ends",
                    },
                    {"key": "share", "error_when": "100 / price > 50", "message": {"en": "Too cheap"}},
                    {"key": "off", "error_when": "TRUE", "message": {"en": "Never"}, "active": False},
                ],
                "unique_together": [{"key": "place", "fields": ["code", "starts"]}],
            },
        },
    )
    return name


async def refused(admin: Person, rental: str, **values: Any) -> list[tuple[str, str]]:
    found = await admin.refused("POST", f"/records/{rental}", 422, json={"name": "x", **values})
    return [(each["pointer"], each["code"]) for each in found["errors"]]


async def test_required_and_shown_under_a_condition(admin: Person, rental: str):
    assert await refused(admin, rental, kind="paid", tariff="week") == [
        ("/price", "required"),
        ("/deposit", "required"),
    ]
    assert await refused(admin, rental, kind="paid") == [("/deposit", "required")]
    await admin.ok(
        "POST", f"/records/{rental}", {"name": "hidden, so not asked", "kind": "free", "tariff": "trial"}
    )
    made = await admin.ok("POST", f"/records/{rental}", {"name": "x", "kind": "paid", "price": "10"})
    assert (await admin.ok("GET", f"/records/{rental}/{made['id']}"))["deposit"] == "20"
    body = {"version": 1, "tariff": "week", "price": None}
    found = await admin.refused("PATCH", f"/records/{rental}/{made['id']}", 422, json=body)
    assert [each["pointer"] for each in found["errors"]] == ["/price"]


async def test_choices_that_depend_on_another(admin: Person, rental: str):
    assert await refused(admin, rental, kind="free", tariff="day") == [("/tariff", "choice_not_for")]
    made = await admin.ok(
        "POST", f"/records/{rental}", {"name": "x", "kind": "paid", "tariff": "day", "price": "9"}
    )
    body = {"version": 1, "kind": "free"}
    found = await admin.refused("PATCH", f"/records/{rental}/{made['id']}", 422, json=body)
    assert found["errors"][0]["code"] == "choice_not_for"


async def test_validation_formulas_with_message_and_place(admin: Person, rental: str):
    values = {"name": "x", "starts": "2026-05-02", "ends": "2026-05-01"}
    found = await admin.refused("POST", f"/records/{rental}", 422, json=values)
    assert [(each["pointer"], each["message"]) for each in found["errors"]] == [
        ("/ends", "It ends before it starts")
    ]
    assert await refused(admin, rental, price="1") == [("", "rule_broken")]
    assert await refused(admin, rental, price="0") == [
        ("", "rule_broken")
    ]  # It ends in an error: nobody can say it holds.
    made = await admin.ok("POST", f"/records/{rental}", {"name": "x", "starts": "2026-01-31"})
    assert (await admin.ok("GET", f"/records/{rental}/{made['id']}"))["ends"] == "2026-02-28"


async def test_a_rule_is_asked_when_what_it_speaks_of_changes(admin: Person, rental: str):
    made = await admin.ok("POST", f"/records/{rental}", {"name": "x", "starts": "2026-05-02"})
    late = {"kind": "update_object", "object": rental}
    shown = await admin.ok("GET", "/metadata/definitions")
    rules = next(obj for obj in shown["objects"] if obj["api_name"] == rental)["design"]["rules"]
    fresh = {
        "key": "late",
        "error_when": "YEAR(starts) < 2030",
        "message": {"en": "Too early"},
        "field": "starts",
    }
    changed = await admin.change({**late, "set": {"rules": [*rules, fresh]}})
    path = f"/records/{rental}/{made['id']}"
    await admin.ok("PATCH", path, {"version": 1, "code": "mended apart"})
    await admin.refused("PATCH", path, 422, json={"version": 2, "starts": "2029-01-01", "ends": None})
    await admin.ok("POST", f"/metadata/changes/{changed['id']}/revert")


async def test_a_field_locked_under_a_condition(admin: Person, rental: str):
    made = await admin.ok("POST", f"/records/{rental}", {"name": "x", "starts": "2026-05-02", "closed": True})
    path = f"/records/{rental}/{made['id']}"
    await admin.refused("PATCH", path, 403, "field_locked", json={"version": 1, "starts": "2026-06-01"})
    await admin.ok("PATCH", path, {"version": 1, "closed": False})
    await admin.ok("PATCH", path, {"version": 2, "starts": "2026-06-01"})


async def test_unique_together_holds_and_spares_the_empty(admin: Person, rental: str):
    values = {"name": "x", "code": unique("c"), "starts": "2026-05-02"}
    await admin.ok("POST", f"/records/{rental}", values)
    found = await admin.refused("POST", f"/records/{rental}", 409, "not_unique_together", json=values)
    assert [each["pointer"] for each in found["errors"]] == ["/code", "/starts"]
    for _ in range(2):
        await admin.ok("POST", f"/records/{rental}", {"name": "x", "code": values["code"]})


async def test_definitions_that_do_not_hold_are_refused(admin: Person, rental: str):
    def update(**changes: Any) -> dict[str, Any]:
        return {"operations": [{"kind": "update_object", "object": rental, "set": changes}]}

    for body, pointer in (
        (
            update(rules=[{"key": "a", "error_when": "ends - ", "message": {"en": "m"}}]),
            "/set/rules/0/error_when",
        ),
        (
            update(rules=[{"key": "a", "error_when": "ends", "message": {"en": "m"}}]),
            "/set/rules/0/error_when",
        ),
        (
            update(rules=[{"key": "a", "error_when": "TRUE", "message": {"en": "m"}, "field": "gone"}]),
            "/set/rules/0/field",
        ),
        (
            update(unique_together=[{"key": "a", "fields": ["code", "gone"]}]),
            "/set/unique_together/0/fields/1",
        ),
        (update(record_type_field="code"), "/set/record_type_field"),
    ):
        found = await admin.refused("POST", "/metadata/changes", 422, json=body)
        assert found["errors"][0]["pointer"] == pointer, found
    odd = {
        "kind": "update_field",
        "object": rental,
        "field": "price",
        "set": {"visible_when": {"field": "gone", "op": "eq", "value": 1}},
    }
    found = await admin.refused("POST", "/metadata/changes", 422, json={"operations": [odd]})
    assert found["errors"][0]["pointer"] == "/field/visible_when/field"
    removed = {"kind": "remove_field", "object": rental, "field": "kind"}
    found = await admin.refused(
        "POST", "/metadata/changes", 409, "used_elsewhere", json={"operations": [removed]}
    )
    for user in ("tariff", "price", "deposit"):
        assert f"{rental}.{user}" in found["title"]


async def test_a_record_is_written_with_the_rows_of_its_sub_table_or_not_at_all(admin: Person):
    order, line = f"order{unique('')}", f"line{unique('')}"
    table = field(
        "lines", "sub_table", {"relation": f"{line}.order", "columns": ["quantity"], "totals": ["quantity"]}
    )
    await admin.change(
        {"kind": "create_object", "api_name": order, "label": {"en": order}},
        {"kind": "create_object", "api_name": line, "label": {"en": line}},
        {"kind": "add_field", "object": line, "field": field("order", "relation", {"target": order})},
        {"kind": "add_field", "object": line, "field": field("quantity", "number", required=True)},
        {"kind": "add_field", "object": order, "field": table},
        {
            "kind": "add_field",
            "object": order,
            "field": field("sum", "formula", {"formula": "SUM(lines.quantity)"}),
        },
    )
    rows = [{"name": "a", "quantity": "2"}, {"name": "b", "quantity": "3"}]
    made = await admin.ok("POST", f"/records/{order}", {"name": "x", "lines": rows})
    assert (await admin.ok("GET", f"/records/{order}/{made['id']}"))["sum"] == "5.00"
    wrong = [{"name": "a", "quantity": "2"}, {"name": "b"}]
    found = await admin.refused("POST", f"/records/{order}", 422, json={"name": "y", "lines": wrong})
    assert [each["pointer"] for each in found["errors"]] == ["/lines/1/quantity"]
    page = await admin.page(order)
    assert [record["name"] for record in page["records"]] == ["x"]
    assert "lines" not in page["records"][0]
    await admin.refused("POST", f"/records/{order}/query", 422, json={"select": ["lines"]})
    used = {"kind": "remove_field", "object": line, "field": "order"}
    found = await admin.refused(
        "POST", "/metadata/changes", 409, "used_elsewhere", json={"operations": [used]}
    )
    assert f"{order}.lines" in found["title"]
