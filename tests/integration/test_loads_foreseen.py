"""A load puts computed values in with its rows; records and history come out as if they were computed afterwards."""

import random
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from banyan.query.foreseen import Foreseen
from banyan.records import loaded
from banyan.records.computed import Computing
from factories.api import unique
from factories.desk import Desk
from factories.house import House

pytestmark = pytest.mark.anyio
ROWS = 60


def field(name: str, kind: str, config: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"api_name": name, "type": kind, "label": {"en": name}, "config": config or {}, **more}


async def _make(house: House, goods: str) -> str:
    obj = unique("foreseen")
    fields = (
        field("price", "number"),
        field("code", "text", unique=True),
        field("up", "relation", {"target": obj}),
        field("goods", "relation", {"target": goods}),
        field("given", "number", default_formula="price + 1"),
    )
    made = {"kind": "create_object", "api_name": obj, "label": {"en": obj}, "fields": fields}
    computed = (
        field("twice", "formula", {"formula": "price * 2"}, indexed=True),
        field("more", "formula", {"formula": "twice * goods.weight"}),
        field("share", "formula", {"formula": "100 / price"}),
        field("worth", "formula", {"formula": "given * 10"}),
        field("above", "formula", {"formula": "up.twice"}),
        field("below", "rollup", {"relation": f"{obj}.up", "function": "sum", "field": "more"}),
    )
    await house.change(made)
    await house.change(*({"kind": "add_field", "object": obj, "field": each} for each in computed))
    return obj


def _file(seed: int) -> str:
    chance = random.Random(seed)  # noqa: S311 - a sample
    lines = ["name,price,code,up,goods"]
    for n in range(ROWS):
        up = f"row {chance.randrange(ROWS)}" if chance.random() < 0.3 else ""
        lines.append(
            f"row {n},{chance.choice(['', '0', '3', '17.5', '-4'])},c{n},{up},{chance.choice(['', 'iron', 'tin'])}"
        )
    return "\n".join(lines)


def _stored(owner: str, house: House, obj: str) -> tuple[list[Any], list[Any]]:
    """Rows and history without ids and moments, relations as names."""
    with psycopg.connect(owner) as connection:
        parts = {
            "table": sql.Identifier(house.schema, f"r_{obj}"),
            "history": sql.Identifier(house.schema, "record_history"),
        }
        rows = connection.execute(
            sql.SQL(
                "SELECT to_jsonb(r) - ARRAY['id', 'created_at', 'updated_at', 'f_up'], u.f_name FROM {table} r "
                "LEFT JOIN {table} u ON u.id = r.f_up ORDER BY r.f_name"
            ).format(**parts)
        ).fetchall()
        history = connection.execute(
            sql.SQL(
                "SELECT r.f_name, h.action, h.version, h.changes - 'f_up' FROM {history} h JOIN {table} r "
                "ON r.id = h.record_id ORDER BY r.f_name, h.id"
            ).format(**parts)
        ).fetchall()
    return rows, history


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_a_load_computes_the_same_whether_foreseen_or_afterwards(
    house: House, targets: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
):
    goods = unique("goods")
    weighed = {"fields": [field("weight", "number")]}
    await house.change({"kind": "create_object", "api_name": goods, "label": {"en": goods}, **weighed})
    await house.create_all(goods, [{"name": "iron", "weight": "3"}, {"name": "tin", "weight": "2"}])
    first, second = await _make(house, goods), await _make(house, goods)
    desk = Desk(house, tmp_path / "uploads", await house.administrator())
    await desk.load(first, _file(seed), key="code")
    await desk.load(first, _file(seed + 10), key="code")  # Known rows, changed: computed as ever.
    monkeypatch.setattr(loaded, "foresee", lambda obj, *_: Foreseen(obj))
    await desk.load(second, _file(seed), key="code")
    await desk.load(second, _file(seed + 10), key="code")
    found, expected = _stored(targets.owner, house, first), _stored(targets.owner, house, second)
    assert found == expected
    assert any(row["f_below"] for row, _ in found[0])
    assert any(row["f_share__err"] for row, _ in found[0])


async def test_history_holds_what_was_written_and_neither_keys_nor_what_was_computed(
    house: House, targets: Any, tmp_path: Path
):
    goods = unique("goods")
    weighed = {"fields": [field("weight", "number")]}
    await house.change({"kind": "create_object", "api_name": goods, "label": {"en": goods}, **weighed})
    await house.create_all(goods, [{"name": "iron", "weight": "3"}, {"name": "tin", "weight": "2"}])
    obj = await _make(house, goods)
    desk = Desk(house, tmp_path / "uploads", await house.administrator())
    await desk.load(obj, _file(4), key="code")
    catalog = await house.catalog()
    made = catalog.object(obj)
    left_out = [
        *made.untracked,
        *(f.physical(spec.suffix) for f in made.stored_fields if f.kind.computed for spec in f.specs),
    ]
    with psycopg.connect(targets.owner) as connection:
        query = sql.SQL(
            "SELECT count(*), count(*) FILTER (WHERE h.changes = jsonb_strip_nulls(to_jsonb(r.*) - %s::text[])) "
            "FROM {} r JOIN {} h ON h.record_id = r.id AND h.action = 'import'"
        ).format(sql.Identifier(house.schema, f"r_{obj}"), sql.Identifier(house.schema, "record_history"))
        assert connection.execute(query, (left_out,)).fetchone() == (ROWS, ROWS)


async def test_what_a_row_says_by_itself_is_not_written_twice(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    obj = unique("alone")
    fields = [field("price", "number"), field("code", "text")]
    await house.change({"kind": "create_object", "api_name": obj, "label": {"en": obj}, "fields": fields})
    computed = [("twice", "price * 2"), ("four", "twice * 2")]
    await house.change(
        *(
            {"kind": "add_field", "object": obj, "field": field(name, "formula", {"formula": text})}
            for name, text in computed
        )
    )
    written: list[Any] = []
    setting = Computing._set

    async def counting(*given: Any, **more: Any) -> Any:
        found = await setting(*given, **more)
        written.extend(found)
        return found

    monkeypatch.setattr(Computing, "_set", counting)
    desk = Desk(house, tmp_path / "uploads", await house.administrator())
    report = await desk.load(obj, "name,price\na,1\nb,2\nc,\n")
    assert (report["created"], written) == (3, [])
    records = (await house.page(obj))["records"]
    assert {each["name"]: each["four"] for each in records} == {"a": "4.00", "b": "8.00", "c": None}
