"""Formulas, rollups and lookups are kept true by every write that touches what they are computed from."""

from typing import Any

import pytest

from banyan.records.recalculating import Recalculator
from factories.api import Api, Person, unique

pytestmark = pytest.mark.anyio


def field(name: str, kind: str, **config: Any) -> dict[str, Any]:
    return {"api_name": name, "type": kind, "label": {"en": name}, "config": config}


def add(obj: str, one: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "add_field", "object": obj, "field": one}


class Shop:
    """Products, orders and their lines: prices looked up, amounts computed, totals rolled up."""

    def __init__(self, admin: Person) -> None:
        self.admin = admin
        tag = unique("")
        self.product, self.order, self.line = (f"{kind}{tag}" for kind in ("product", "order", "line"))

    async def build(self) -> "Shop":
        product, order, line = self.product, self.order, self.line
        create = [
            {"kind": "create_object", "api_name": name, "label": {"en": name}}
            for name in (product, order, line)
        ]
        await self.admin.change(
            *create,
            add(product, field("price", "number", scale=2)),
            add(order, field("discount", "percent")),
            add(line, field("order", "relation", target=order)),
            add(line, field("product", "relation", target=product)),
            add(line, field("quantity", "number", scale=0)),
            add(line, field("price", "lookup", path="product.price")),
            add(line, field("amount", "formula", formula="quantity * price")),
            add(order, field("total", "rollup", relation=f"{line}.order", function="sum", field="amount")),
            add(order, field("lines", "rollup", relation=f"{line}.order", function="count")),
            add(order, field("due", "formula", formula="total * (100 - discount) / 100", blank_as_zero=True)),
            add(order, field("per_line", "formula", formula="total / lines")),
        )
        return self

    async def create(self, obj: str, **values: Any) -> str:
        made = await self.admin.ok("POST", f"/records/{obj}", {"name": unique("n"), **values})
        return str(made["id"])

    async def write(self, obj: str, key: str, **values: Any) -> None:
        now = await self.read(obj, key)
        await self.admin.ok("PATCH", f"/records/{obj}/{key}", {"version": now["version"], **values})

    async def read(self, obj: str, key: str) -> dict[str, Any]:
        return await self.admin.ok("GET", f"/records/{obj}/{key}")

    async def totals(self, order: str) -> tuple[Any, ...]:
        found = await self.read(self.order, order)
        return tuple(found[name] for name in ("total", "lines", "due", "per_line"))


@pytest.fixture(scope="module")
async def shop(admin: Person) -> Shop:
    return await Shop(admin).build()


async def test_every_kind_of_write_is_followed_through_all_levels(shop: Shop):
    chair = await shop.create(shop.product, price="10")
    desk = await shop.create(shop.product, price="100")
    order = await shop.create(shop.order, discount="10")
    other = await shop.create(shop.order)
    assert await shop.totals(order) == ("0.00", "0", "0.00", {"error": "division_by_zero"})
    first = await shop.create(shop.line, order=order, product=chair, quantity=3)
    second = await shop.create(shop.line, order=order, product=desk, quantity=1)
    assert await shop.totals(order) == ("130.00", "2", "117.00", "65.00")
    before = await shop.read(shop.order, order)
    await shop.write(shop.product, chair, price="20")
    assert await shop.totals(order) == ("160.00", "2", "144.00", "80.00")
    after = await shop.read(shop.order, order)
    assert (after["version"], after["updated_at"]) == (before["version"], before["updated_at"])
    await shop.write(shop.line, second, order=other)
    assert (await shop.totals(order))[0] == "60.00"
    assert (await shop.totals(other))[0] == "100.00"
    await shop.write(shop.order, order, discount=None)
    assert (await shop.totals(order))[2] == "60.00"
    line = await shop.read(shop.line, first)
    await shop.admin.ok("DELETE", f"/records/{shop.line}/{first}", params={"version": line["version"]})
    assert (await shop.totals(order))[:2] == ("0.00", "0")
    await shop.admin.ok("POST", f"/records/{shop.line}/{first}/restore")
    assert (await shop.totals(order))[:2] == ("60.00", "1")
    product = await shop.read(shop.product, chair)
    await shop.admin.ok("DELETE", f"/records/{shop.product}/{chair}", params={"version": product["version"]})
    assert (await shop.read(shop.line, first))["amount"] is None


async def test_new_rows_count_where_the_insert_says_whose_they_are(api: Api, admin: Person):
    """Who made a record and whose department it is stand in no request, and are counted by all the same."""
    thing, tag = unique("thing"), unique("")
    await admin.change({"kind": "create_object", "api_name": thing, "label": {"en": thing}})
    names = {"user": ("created_by", "updated_by", "owner"), "department": ("owner_department",)}
    await admin.change(
        *(
            add(target, field(f"{via}{tag}", "rollup", relation=f"{thing}.{via}", function="count"))
            for target, ways in names.items()
            for via in ways
        )
    )
    department = await admin.create("department", name=unique("d"))
    person = await api.person("administrator", department=department["id"])
    places = [("user", person.id), ("department", department["id"])]

    async def counts() -> dict[str, Any]:
        found: dict[str, Any] = {}
        for target, key in places:
            record = await admin.ok("GET", f"/records/{target}/{key}")
            found |= {via: record[f"{via}{tag}"] for via in names[target]}
        return found

    assert set((await counts()).values()) == {"0"}
    await person.create(thing, name="one")
    assert set((await counts()).values()) == {"1"}
    rows = [{"op": "create", "values": {"name": name}} for name in ("two", "three")]
    await person.ok("POST", f"/records/{thing}/batch", {"operations": rows})
    assert set((await counts()).values()) == {"3"}


async def test_computed_values_filter_sort_and_sum_like_plain_ones(shop: Shop):
    product = await shop.create(shop.product, price="7")
    orders = [await shop.create(shop.order) for _ in range(3)]
    for count, order in enumerate(orders, start=1):
        await shop.create(shop.line, order=order, product=product, quantity=count)
    where = {
        "and": [{"field": "id", "op": "in", "value": orders}, {"field": "total", "op": "gte", "value": "14"}]
    }
    body = {"where": where, "sort": [{"field": "total", "direction": "desc"}], "select": ["total"]}
    page = await shop.admin.ok("POST", f"/records/{shop.order}/query", body)
    assert [record["total"] for record in page["records"]] == ["21.00", "14.00"]
    measures = {"measures": [{"fn": "sum", "field": "total"}], "where": where}
    found = await shop.admin.ok("POST", f"/records/{shop.order}/aggregate", measures)
    assert "35.00" in str(found)


async def test_a_computed_field_is_not_written_by_hand(shop: Shop):
    body = {"name": "x", "total": "5"}
    refused = await shop.admin.refused("POST", f"/records/{shop.order}", 422, json=body)
    assert refused["errors"][0]["code"] == "readonly_field"


async def test_more_than_a_write_sets_itself_is_recalculated_in_the_background(
    shop: Shop, api: Api, monkeypatch: pytest.MonkeyPatch
):
    product = await shop.create(shop.product, price="1")
    orders = [await shop.create(shop.order) for _ in range(3)]
    for order in orders:
        await shop.create(shop.line, order=order, product=product, quantity=1)
    monkeypatch.setattr("banyan.records.computed.MOST_AT_ONCE", 1)
    await shop.write(shop.product, product, price="9")
    waiting = (await shop.admin.ok("GET", "/metadata/recalculations"))["recalculations"]
    assert {(each["object"], *each["fields"]) for each in waiting} == {(shop.line, "price")}
    assert (await shop.totals(orders[0]))[0] == "1.00"
    monkeypatch.undo()
    await Recalculator(api.runtime.database).work("ws_main")
    assert [(await shop.totals(order))[0] for order in orders] == ["9.00"] * 3
    assert (await shop.admin.ok("GET", "/metadata/recalculations"))["recalculations"] == []


async def test_a_new_formula_fills_what_is_there_and_a_changed_one_sets_it_anew(shop: Shop):
    product = await shop.create(shop.product, price="3")
    name = f"twice{unique('')}"
    await shop.admin.change(add(shop.product, field(name, "formula", formula="price * 2")))
    assert (await shop.read(shop.product, product))[name] == "6.00"
    other = {
        "kind": "update_field",
        "object": shop.product,
        "field": name,
        "set": {"config": {"formula": "price * 3"}},
    }
    changed = await shop.admin.change(other)
    assert (await shop.read(shop.product, product))[name] == "9.00"
    await shop.admin.ok("POST", f"/metadata/changes/{changed['id']}/revert")
    assert (await shop.read(shop.product, product))[name] == "6.00"
    text = {
        "kind": "update_field",
        "object": shop.product,
        "field": name,
        "set": {"config": {"formula": '"a" & name'}},
    }
    changed = await shop.admin.change(text)
    assert (await shop.read(shop.product, product))[name].startswith("an")
    await shop.admin.ok("POST", f"/metadata/changes/{changed['id']}/revert")
    assert (await shop.read(shop.product, product))[name] == "6.00"


async def test_what_a_formula_uses_is_not_removed_and_follows_a_rename(shop: Shop):
    removed = {"kind": "remove_field", "object": shop.product, "field": "price"}
    refused = await shop.admin.refused(
        "POST", "/metadata/changes", 409, "used_elsewhere", json={"operations": [removed]}
    )
    assert f"{shop.line}.price" in refused["title"]
    renamed = {
        "kind": "update_field",
        "object": shop.product,
        "field": "price",
        "set": {"api_name": "list_price"},
    }
    changed = await shop.admin.change(renamed)
    found = await shop.admin.ok("GET", f"/metadata/objects/{shop.line}")
    price = next(each for each in found["fields"] if each["api_name"] == "price")
    assert price["config"]["path"] == "product.list_price"
    product = await shop.create(shop.product, list_price="4")
    line = await shop.create(shop.line, product=product, quantity=2)
    assert (await shop.read(shop.line, line))["amount"] == "8.00"
    await shop.admin.ok("POST", f"/metadata/changes/{changed['id']}/revert")


async def test_circles_and_faults_are_refused_with_their_place(shop: Shop):
    circle = [
        add(shop.product, field("a", "formula", formula=f"SUM({shop.line}.b)")),
        add(shop.line, field("b", "formula", formula="order.c")),
        add(shop.order, field("c", "formula", formula="1")),
    ]
    loop = {
        "kind": "update_field",
        "object": shop.order,
        "field": "c",
        "set": {"config": {"formula": f"SUM({shop.line}.product.a)"}},
    }
    body = {"operations": [circle[2], circle[1], circle[0], loop]}
    refused = await shop.admin.refused("POST", "/metadata/changes", 409, "formula_cycle", json=body)
    assert f"{shop.line}.b" in refused["title"]
    wrong = add(shop.product, field("d", "formula", formula="price + nme"))
    refused = await shop.admin.refused("POST", "/metadata/changes", 422, json={"operations": [wrong]})
    assert refused["errors"][0]["pointer"] == "/config/formula"


async def test_a_renamed_object_keeps_its_totals_and_the_renaming_can_be_taken_back(shop: Shop):
    renamed = {"kind": "update_object", "object": shop.line, "set": {"api_name": f"{shop.line}x"}}
    changed = await shop.admin.change(renamed)
    found = await shop.admin.ok("GET", f"/metadata/objects/{shop.order}")
    total = next(each for each in found["fields"] if each["api_name"] == "total")
    assert total["config"]["relation"] == f"{shop.line}x.order"
    await shop.admin.ok("POST", f"/metadata/changes/{changed['id']}/revert")
    product, order = await shop.create(shop.product, price="2"), await shop.create(shop.order)
    await shop.create(shop.line, order=order, product=product, quantity=2)
    assert (await shop.totals(order))[0] == "4.00"
