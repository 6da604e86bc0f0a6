"""Laws of building: a change taken back leaves nothing behind; computed values equal computing them anew."""

import asyncio
import random
from typing import Any

import orjson
import pytest

from banyan.configuration.applying import export
from banyan.db.compile import compile_statement
from banyan.kernel.errors import BanyanError, Conflict
from banyan.metadata.changes.apply import read_operations
from banyan.metadata.computing import computed_of, set_values
from banyan.metadata.formulas.facade import LowerContext
from banyan.records.commands import Change, Commands
from factories.house import House

pytestmark = pytest.mark.anyio
SEEDS = range(8)
FORMULAS = ("size * 2", "name & code", "1")
WORKERS, TURNS = 5, 24


def field(name: str, kind: str, config: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"api_name": name, "type": kind, "label": {"en": name}, "config": config or {}, **more}


def add(obj: str, one: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "add_field", "object": obj, "field": one}


class Picture:
    """Configuration and data as anybody could read them."""

    def __init__(self, house: House) -> None:
        self.house = house

    async def take(self, objects: tuple[str, ...]) -> tuple[Any, ...]:
        session = await self.house.session()
        async with self.house.database.reader() as connection:
            document = await export(connection, session, objects=objects)
        rows = [
            [
                {name: value for name, value in record.items() if name not in ("updated_at", "version")}
                for record in (await self.house.page(name, limit=200, sort=[{"field": "id"}]))["records"]
            ]
            for name in objects
        ]
        return orjson.dumps(document, option=orjson.OPT_SORT_KEYS), rows


class Designer:
    """Somebody who changes one object at random, in ways that are sometimes refused."""

    def __init__(self, seed: int, obj: str) -> None:
        self.random, self.obj, self.made = random.Random(seed), obj, 0  # noqa: S311 - repeatable

    def operation(self, known: list[str]) -> dict[str, Any]:
        some = self.random.choice(known)
        place = {"object": self.obj, "field": some}
        self.made += 1
        name = f"g{self.made}"
        return self.random.choice(
            [
                add(self.obj, field(name, self.random.choice(["text", "number", "date", "boolean", "tags"]))),
                add(self.obj, field(name, "text", default="given", indexed=True, searchable=True)),
                add(
                    self.obj,
                    field(name, "formula", {"formula": self.random.choice(FORMULAS)}),
                ),
                {"kind": "remove_field", **place},
                {"kind": "update_field", **place, "set": {"api_name": name}},
                {"kind": "update_field", **place, "set": {"label": {"en": name}, "help": {"en": "?"}}},
                {"kind": "update_field", **place, "set": {"unique": True}},
                {"kind": "update_field", **place, "set": {"indexed": True, "searchable": True}},
                {"kind": "update_field", **place, "set": {"visible_when": {"field": some, "op": "is_empty"}}},
                {
                    "kind": "retype_field",
                    **place,
                    "type": self.random.choice(["text", "number", "long_text", "tags"]),
                },
                {"kind": "update_object", "object": self.obj, "set": {"field_order": known[::-1]}},
                {"kind": "update_object", "object": self.obj, "set": {"icon": name, "board_field": None}},
                {
                    "kind": "update_object",
                    "object": self.obj,
                    "set": {"rules": [{"key": name, "error_when": "size > 99", "message": {"en": "m"}}]},
                },
                {
                    "kind": "update_object",
                    "object": self.obj,
                    "set": {"unique_together": [{"key": name, "fields": [some, "code"]}]},
                },
            ]
        )


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_change_taken_back_leaves_configuration_and_data_as_they_were(house: House, seed: int):
    obj = f"thing{seed}"
    await house.change(
        {"kind": "create_object", "api_name": obj, "label": {"en": obj}},
        add(obj, field("size", "number", {"scale": 1})),
        add(obj, field("code", "text", unique=True)),
        add(obj, field("half", "formula", {"formula": "size / 2"})),
    )
    rows = [{"name": f"n{n}", "size": str(n), "code": f"c{n}"} for n in range(5)]
    await house.create_all(obj, rows)
    picture, designer = Picture(house), Designer(seed, obj)
    before = await picture.take((obj,))
    operations: list[dict[str, Any]] = []
    for _ in range(24):
        # What the plan refuses is left out; what it takes is one change of up to eight operations.
        known = [each.api_name for each in (await house.catalog()).object(obj).custom_fields]
        tried = [*operations, designer.operation(known)]
        try:
            await house.changes.preview(house.schema, read_operations(tried))
        except BanyanError:
            continue
        operations = tried
        if len(operations) == 8:
            break
    change = await house.change(*operations)
    changed = await picture.take((obj,))
    assert changed != before
    await house.revert(change)
    assert await picture.take((obj,)) == before


class Shop:
    def __init__(self, house: House) -> None:
        self.house = house
        self.ids: dict[str, list[Any]] = {"goods": [], "basket": [], "entry": []}

    async def build(self) -> None:
        await self.house.change(
            *({"kind": "create_object", "api_name": name, "label": {"en": name}} for name in self.ids),
            add("goods", field("price", "number")),
            add("basket", field("off", "number")),
            add("entry", field("basket", "relation", {"target": "basket"})),
            add("entry", field("goods", "relation", {"target": "goods"})),
            add("entry", field("count", "number")),
            add("entry", field("amount", "formula", {"formula": "count * goods.price"})),
            add(
                "basket",
                field("total", "rollup", {"relation": "entry.basket", "function": "sum", "field": "amount"}),
            ),
            add("basket", field("due", "formula", {"formula": "total * (100 - off) / 100"})),
            add(
                "goods",
                field("sold", "rollup", {"relation": "entry.goods", "function": "sum", "field": "amount"}),
            ),
            add("goods", field("share", "formula", {"formula": "sold / SUM(entry.basket.total)"})),
        )
        for name, values in (("goods", {"price": "3"}), ("basket", {"off": "10"})):
            made = await self.house.create_all(name, [{"name": f"{name}{n}", **values} for n in range(4)])
            self.ids[name] = [each.id for each in made]

    def turn(self, chance: random.Random) -> Any:
        """One random write of anybody."""
        goods, basket = chance.choice(self.ids["goods"]), chance.choice(self.ids["basket"])
        entry = chance.choice(self.ids["entry"]) if self.ids["entry"] else None
        kind = chance.choice(
            ["create", "create", "price", "count", "move", "delete", "restore", "off", "swap"]
        )
        if kind == "create" or entry is None:
            return (
                "create",
                "entry",
                {"name": "e", "basket": basket, "goods": goods, "count": chance.randint(0, 9)},
            )
        if kind == "price":
            return ("update", "goods", goods, {"price": str(chance.randint(0, 50))})
        if kind == "off":
            return ("update", "basket", basket, {"off": str(chance.randint(0, 100))})
        if kind in ("delete", "restore"):
            return (kind, "entry", entry)
        values = {
            "count": {"count": chance.randint(0, 9)},
            "move": {"basket": basket},
            "swap": {"goods": goods},
        }
        return ("update", "entry", entry, values[kind])

    async def write(self, turn: Any) -> None:
        session = await self.house.session()
        kind, name, *rest = turn
        async with self.house.database.transaction() as connection:
            commands = Commands(connection, session, self.house.bus)
            obj = session.catalog.object(name)
            if kind == "create":
                values = {key: str(value) for key, value in rest[0].items()}
                (made,) = await commands.create(obj, [values])
                self.ids["entry"].append(made.id)
            elif kind == "update":
                values = {key: str(value) for key, value in rest[1].items()}
                await commands.update(obj, [Change(rest[0], values)])
            else:
                await getattr(commands, kind)(obj, [Change(rest[0], {})])

    async def differences(self) -> list[tuple[str, int]]:
        """Rows whose computed values are not what computing them now gives."""
        computed = computed_of(await self.house.catalog())
        found = []
        for each in computed.computations.values():
            statement = compile_statement(
                set_values([each], LowerContext(timezone="Asia/Shanghai", currency="CNY"))
            )
            async with self.house.database.transaction() as connection:
                rows = await (await connection.execute(statement.sql, dict(statement.params))).fetchall()
            found.append((f"{each.obj.api_name}.{each.field.api_name}", len(rows)))
        return [one for one in found if one[1]]


async def test_computed_values_stay_true_under_concurrent_random_writes(house: House):
    shop = Shop(house)
    await shop.build()
    refused: list[str] = []

    async def work(seed: int) -> int:
        chance, done = random.Random(seed), 0  # noqa: S311 - repeatable
        for _ in range(TURNS):
            for _attempt in range(5):
                try:
                    await shop.write(shop.turn(chance))
                    done += 1
                    break
                except Conflict as error:
                    refused.append(error.code)
                    if error.code != "serialization_failure":
                        break
                except BanyanError as error:  # Deleted by another meanwhile, or not deleted when restored.
                    refused.append(error.code)
                    break
        return done

    done = sum(await asyncio.gather(*(work(seed) for seed in range(WORKERS))))
    assert done > WORKERS * TURNS / 2, refused
    assert set(refused) <= {
        "record_not_found",
        "serialization_failure",
        "related_not_found",
        "validation_failed",
    }
    assert await shop.differences() == []
