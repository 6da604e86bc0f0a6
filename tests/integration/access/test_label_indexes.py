"""What large tables' records are called by is read from an index of its own, as long as each title fits into it."""

import psycopg
import pytest
from psycopg import sql

from banyan.metadata.changes import ddl, indexing
from banyan.metadata.changes.indexing import WORTH_FROM, Indexer, wanted
from factories.house import House

pytestmark = pytest.mark.anyio
LONG, FITTING = 4_000, 600
KEY = ("id",)


def standing(targets, obj) -> bool:
    name = ddl.joint_index_name(obj, (*KEY, "f_name"))
    with psycopg.connect(targets.owner) as connection:
        found = connection.execute("SELECT to_regclass(%s)", (f"{obj.schema}.{name}",)).fetchone()
    return found is not None and found[0] is not None


async def longest(house: House, name: str, most: int) -> None:
    operation = {
        "kind": "update_field",
        "object": name,
        "field": "name",
        "set": {"config": {"max_length": most}},
    }
    await house.change(operation)


async def fitted(house: House, targets, monkeypatch: pytest.MonkeyPatch, obj) -> int:
    """The round of the worker, as if the table were large."""
    with psycopg.connect(targets.owner, autocommit=True) as connection:
        connection.execute(sql.SQL("ANALYZE {}").format(ddl.table_of(obj)))
    monkeypatch.setattr(indexing, "WORTH_FROM", 1)
    return await Indexer(house.database).fit(house.schema)


async def test_objects_that_others_point_at_have_one_beyond_some_rows(house: House):
    catalog = await house.catalog()
    account, line = catalog.object("account"), catalog.object("opportunity_line")
    rows = {obj.table_name: float(WORTH_FROM) for obj in (account, line)}
    found = {need.object.api_name for need in wanted(catalog, rows, []) if need.columns == KEY}
    assert found == {"account"}
    assert not wanted(catalog, {account.table_name: WORTH_FROM - 1.0}, [])


async def test_lists_name_records_from_it(house: House, targets, monkeypatch: pytest.MonkeyPatch):
    made = await house.create_all("account", [{"name": f"Label {n}"} for n in range(400)])
    obj = (await house.catalog()).object("account")
    assert await fitted(house, targets, monkeypatch, obj) > 0
    assert standing(targets, obj)
    asked = sql.SQL("EXPLAIN SELECT f_name FROM {} WHERE id = {} AND deleted_at IS NULL")
    with psycopg.connect(targets.owner, autocommit=True) as connection:
        connection.execute(sql.SQL("VACUUM ANALYZE {}").format(ddl.table_of(obj)))
        plan = connection.execute(asked.format(ddl.table_of(obj), sql.Literal(made[7].id))).fetchall()
    assert "Index Only Scan" in plan[0][0], plan
    deal = await house.create("opportunity", {"name": "Named", "account": str(made[7].id)})
    await house.update("account", made[7].id, {"name": "Label renamed"})
    assert (await house.read("opportunity", deal.id))["account"]["label"] == "Label renamed"


async def test_titles_that_may_grow_take_it_away_and_may_then_be_long(
    house: House, targets, monkeypatch: pytest.MonkeyPatch
):
    await house.create("contact", {"name": "Short"})
    obj = (await house.catalog()).object("contact")
    await fitted(house, targets, monkeypatch, obj)
    assert standing(targets, obj)
    await longest(house, "contact", FITTING)
    assert standing(targets, obj)
    await longest(house, "contact", LONG)
    assert not standing(targets, obj)
    await house.create("contact", {"name": "".join(chr(0x4E00 + n) for n in range(LONG))})
    await fitted(house, targets, monkeypatch, obj)
    assert not standing(targets, obj)


async def test_what_was_written_while_titles_might_be_long_holds_no_other_index_up(
    house: House, targets, monkeypatch: pytest.MonkeyPatch
):
    await longest(house, "opportunity", LONG)
    await house.create("opportunity", {"name": "".join(chr(0x4E00 + n) for n in range(LONG))})
    await longest(house, "opportunity", FITTING)
    obj = (await house.catalog()).object("opportunity")
    assert await fitted(house, targets, monkeypatch, obj) > 0
    assert not standing(targets, obj)


async def test_a_change_that_comes_while_it_is_made_is_followed(
    house: House, targets, monkeypatch: pytest.MonkeyPatch
):
    await house.create("lead", {"name": "Meanwhile"})
    obj = (await house.catalog()).object("lead")
    making = indexing.make_index

    async def slow(database, target, columns, carried=()):
        made = await making(database, target, columns, carried)
        if target.api_name == "lead" and columns == KEY:
            # Published before the index was there to be dropped, as far as that change could see.
            monkeypatch.setattr(ddl, "drop_label_index", lambda _obj, _field: sql.SQL("SELECT {}").format(1))
            await longest(house, "lead", LONG)
        return made

    monkeypatch.setattr(indexing, "make_index", slow)
    await fitted(house, targets, monkeypatch, obj)
    assert not standing(targets, obj)
