"""The columns of formulas, rollups and lookups as PostgreSQL computes them, errors beside them."""

from typing import Any

import pytest
import sqlalchemy as sa

from banyan.db.statements import run
from banyan.metadata.formulas.facade import LowerContext, computation
from factories.house import House
from factories.ledger import build, field

pytestmark = pytest.mark.anyio
COMPUTED = {
    "folder": [
        field("half", "formula", "一半", formula="qty / 2", scale=1),
        field("per", "formula", "单价", formula="amount / qty"),
        field("huge", "formula", "巨大", formula="amount * 10 ^ 18"),
        field("shown", "formula", "显示", formula='name & "/" & account.name'),
        field("endless", "formula", "很长", formula="REPT(name, 1500) & REPT(name, 1500)"),
        field("caught", "formula", "兜底", formula="IFERROR(per, 0 - 1)"),
        field("zero", "formula", "按零", formula="qty + rate", blank_as_zero=True),
        field("lines", "rollup", "行数", relation="line.folder"),
        field("total", "rollup", "合计", relation="line.folder", function="sum", field="qty * price"),
        field("big", "rollup", "大合计", relation="line.folder", function="sum", field="price", condition="qty > 1"),
        field("mean", "rollup", "平均", relation="line.folder", function="avg", field="price", blank_as_zero=False),
        field("names", "rollup", "种类", relation="line.folder", function="count_distinct", field="name"),
    ],
    "line": [
        field("title", "lookup", "文件夹名", path="folder.name"),
        field("money", "lookup", "金额", path="folder.amount"),
        field("stage", "lookup", "阶段", path="folder.stage"),
        field("share", "lookup", "每件", path="folder.per"),
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
async def ledger(house: House) -> dict[str, Any]:
    await build(house)
    for name, fields in COMPUTED.items():
        await house.change(*({"kind": "add_field", "object": name, "field": each} for each in fields))
    account = await house.create("account", {"name": "榕树"})
    money = {"amount": "100", "currency": "USD"}
    full = await house.create(
        "folder", {"name": "甲", "account": str(account.id), "amount": money, "qty": "4", "stage": "won"}
    )
    bare = await house.create("folder", {"name": "乙", "amount": money, "qty": "0"})
    for name, qty, price in (("A", "1", None), ("B", "2", "10"), ("B", "3", "5")):
        await house.create("line", {"name": name, "qty": qty, "price": price, "folder": str(full.id)})
    return {"full": full.id, "bare": bare.id}


async def columns(house: House, name: str, api_name: str, record: Any = None) -> dict[str, Any]:
    """What the computation gives now, whatever is stored."""
    catalog = await house.catalog()
    obj = catalog.object(name)
    made = computation(catalog, obj, obj.by_name[api_name])
    base = obj.table.alias("r")
    values = made.values(base, LowerContext())
    assert set(values) == {spec.suffix for spec in made.field.specs}
    where = base.c.id == record if record is not None else sa.true()
    async with house.database.reader() as connection:
        cursor = await run(connection, sa.select(*values.values()).select_from(base).where(where))
        row = await cursor.fetchone()
        assert row is not None
        return {suffix: each if each is None else str(each) for suffix, each in zip(values, row, strict=True)}


@pytest.mark.parametrize(
    ("name", "record", "value", "error"),
    [
        ("half", "full", "2.0", None),
        ("per", "full", "25.00", None),
        ("per", "bare", None, "division_by_zero"),
        ("huge", "full", None, "out_of_range"),
        ("shown", "full", "甲/榕树", None),
        ("shown", "bare", "乙/", None),
        ("endless", "full", "甲" * 3000, None),
        ("caught", "full", "25.00", None),
        ("caught", "bare", "-1.00", None),
        ("zero", "full", "4.00", None),
        ("lines", "full", "3", None),
        ("lines", "bare", "0", None),
        ("total", "full", "35.00", None),
        ("total", "bare", "0.00", None),
        ("big", "full", "15.00", None),
        ("mean", "full", "7.50", None),
        ("mean", "bare", None, None),
        ("names", "full", "2", None),
    ],
)
async def test_a_folder_computes(house: House, ledger, name: str, record: str, value: Any, error: Any):
    found = await columns(house, "folder", name, ledger[record])
    assert (found[""], found["__err"]) == (value, error)


async def test_a_looked_up_value_brings_its_own_columns(house: House, ledger):
    title = await columns(house, "line", "title")
    assert title[""] == "甲"
    assert title["__k"].startswith("jia")
    assert await columns(house, "line", "money") == {"": "100.00", "__cur": "USD", "__err": None}
    assert (await columns(house, "line", "stage"))[""] == "won"
    assert (await columns(house, "line", "share"))[""] == "25.00"
    catalog = await house.catalog()
    stage = catalog.object("line").by_name["stage"]
    assert (stage.config.result, stage.config.choices_of) == ("choice", "folder.stage")
    assert "within" not in stage.kind.operators


async def test_a_list_shows_filters_and_sorts_by_computed_values(house: House, ledger):
    page = await house.page(
        "folder",
        select=["name", "per", "lines", "shown"],
        where={"field": "lines", "op": "gte", "value": "0"},
        sort=[{"field": "per", "direction": "desc"}],
    )
    shown = {record["name"]: record for record in page["records"]}
    assert shown["甲"]["per"] == "25.00"
    assert shown["乙"]["per"] == {"error": "division_by_zero"}
    assert shown["甲"]["lines"] == "3"
    found = await house.page("folder", select=["name"], where={"field": "per", "op": "is_empty"})
    assert [record["name"] for record in found["records"]] == ["乙"]
