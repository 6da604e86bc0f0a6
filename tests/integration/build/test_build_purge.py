"""What was dropped comes back with its data for thirty days; after that it is gone for good, and everything says so."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from banyan.db.statements import run
from banyan.files.content import Content
from banyan.files.facade import Taken, keep_file
from banyan.files.stores import part_table
from banyan.kernel.errors import Conflict
from banyan.kernel.limits import BuildLimits
from banyan.kernel.messages import message
from banyan.metadata.changes.purge import Purger
from factories.api import Api, Person, unique
from factories.house import House

pytestmark = pytest.mark.anyio
BASE = {"object": "product"}


def field(name: str, kind: str, config: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"api_name": name, "type": kind, "label": {"en": name}, "config": config or {}, **more}


async def purge(house: House, days: float, **limits: int) -> int:
    """The round as it would run so many days from now."""
    now = datetime.now(UTC) + timedelta(days=days)
    return await Purger(house.database, BuildLimits(**limits)).purge(house.schema, now)


@pytest.fixture(autouse=True)
async def nothing_waits(house: House) -> None:
    """Whatever order the tests come in, none counts what another has dropped."""
    await purge(house, 1_000)


async def columns(house: House, table: str) -> set[str]:
    async with house.database.reader() as connection:
        rows = await connection.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = %s AND table_name = %s",
            (house.schema, table),
        )
        return {row[0] for row in await rows.fetchall()}


async def audited(house: House) -> list[Any]:
    async with house.database.reader() as connection:
        rows = await connection.execute(
            f"SELECT detail FROM {house.schema}.audit_entry WHERE action = 'configuration_purged' ORDER BY at"
        )
        return [row[0] for row in await rows.fetchall()]


async def test_within_the_days_it_comes_back_and_after_them_it_is_refused(house: House):
    await house.change({"kind": "add_field", **BASE, "field": field("w1", "text", unique=True)})
    await house.change({"kind": "add_field", **BASE, "field": field("w2", "currency")})
    made = await house.create(
        "product", {"name": "P", "w1": "kept", "w2": {"amount": "7", "currency": "CNY"}}
    )
    dropped = await house.change({"kind": "remove_field", **BASE, "field": "w1"})
    assert await purge(house, 29) == 0
    await house.revert(dropped)
    assert (await house.read("product", made.id))["w1"] == "kept"

    dropped = await house.change({"kind": "remove_field", **BASE, "field": "w1"})
    other = await house.change({"kind": "remove_field", **BASE, "field": "w2"})
    renamed = await house.change({"kind": "update_object", **BASE, "set": {"icon": "box"}})
    assert {"f_w1", "f_w2"} <= await columns(house, "r_product")
    assert await purge(house, 31) == 2
    left = await columns(house, "r_product")
    assert not [name for name in left if name.startswith(("f_w1", "f_w2"))]
    for change in (dropped, other):
        with pytest.raises(Conflict) as refused:
            await house.revert(change)
        assert refused.value.code == "purged"
    said = message("purged", "en", refused.value.params)
    assert "product.w2" in said
    assert "30 days" in said
    assert "BANYAN_LIMIT_KEPT_DAYS" in said
    assert "无法恢复" in message("purged", "zh-CN", refused.value.params)
    assert any(b"product.w1" in each for each in await audited(house))
    # Everything else goes on: other changes are taken back, records are read and written, the name is free again.
    await house.revert(renamed)
    again = await house.change({"kind": "add_field", **BASE, "field": field("w1", "number")})
    await house.update("product", made.id, {"w1": "5", "name": "Q"})
    assert (await house.read("product", made.id))["w1"] == "5"
    assert (await house.catalog()).object("product").field("w1").slug != "f_w1"  # type: ignore[union-attr]
    await house.revert(again)
    assert await purge(house, 20) == 0


async def test_history_names_what_is_gone(house: House):
    await house.change({"kind": "add_field", **BASE, "field": field("h1", "text")})
    made = await house.create("product", {"name": "H"})
    await house.update("product", made.id, {"h1": "was here"})
    await house.change({"kind": "remove_field", **BASE, "field": "h1"})
    await purge(house, 31)
    (change,) = [each for entry in await house.history("product", made.id) for each in entry["changes"]
                 if each["field"] == "h1"]  # fmt: skip
    assert change["to"] == "was here"
    obj = (await house.catalog()).object("product")
    assert obj.by_slug["f_h1"].api_name == "h1"
    assert "f_h1" not in obj.table.c


async def test_an_old_column_of_a_retyped_field_goes_and_the_change_stays(house: House):
    await house.change({"kind": "add_field", **BASE, "field": field("r1", "text")})
    made = await house.create("product", {"name": "R", "r1": "12"})
    change = {"kind": "retype_field", **BASE, "field": "r1", "type": "number", "config": {"scale": 0}}
    retyped = await house.change(change)
    assert await purge(house, 31) == 1
    with pytest.raises(Conflict, match="purged"):
        await house.revert(retyped)
    assert (await house.read("product", made.id))["r1"] == "12"


async def test_objects_that_point_at_each_other_go_together_and_one_in_use_waits(house: House):
    for name in ("pa", "pb"):
        await house.change({"kind": "create_object", "api_name": name, "label": {"en": name}})
    await house.change(
        {"kind": "add_field", "object": "pb", "field": field("a", "relation", {"target": "pa"})}
    )
    loose = {"kind": "add_field", **BASE, "field": field("pa_ref", "relation", {"target": "pa"})}
    await house.change(loose)
    await house.change({"kind": "remove_object", "object": "pb"})
    await house.change({"kind": "remove_field", **BASE, "field": "pa_ref"})
    dropped = await house.change({"kind": "remove_object", "object": "pa"})
    # The field is kept a little longer than the object it points at: the object waits for it.
    async with house.database.schema_change() as connection:
        later = f"UPDATE {house.schema}.meta_field SET archived_at = now() + interval '5 days' WHERE slug = 'f_pa_ref'"
        await connection.execute(later)
    assert await purge(house, 31) == 1
    assert not await columns(house, "r_pb")
    assert await columns(house, "r_pa")
    assert await purge(house, 36) == 2
    assert not await columns(house, "r_pa")
    assert "f_pa_ref" not in await columns(house, "r_product")
    with pytest.raises(Conflict, match="purged"):
        await house.revert(dropped)
    await house.change({"kind": "create_object", "api_name": "pa", "label": {"en": "pa"}})
    await house.create("pa", {"name": "a new one"})


async def test_the_days_are_a_setting_and_a_busy_table_is_left_for_the_next_round(house: House):
    await house.change({"kind": "add_field", **BASE, "field": field("k1", "text")})
    await house.change({"kind": "remove_field", **BASE, "field": "k1"})
    assert await purge(house, 5, kept_days=7) == 0
    async with house.database.transaction() as reader:
        await reader.execute(f"SELECT 1 FROM {house.schema}.r_product LIMIT 1")
        assert await purge(house, 8, kept_days=7) == 0
        assert "f_k1" in await columns(house, "r_product")
    assert await purge(house, 8, kept_days=7) == 1
    assert "f_k1" not in await columns(house, "r_product")


async def test_files_of_a_field_go_with_it(house: House):
    await house.change({"kind": "add_field", **BASE, "field": field("papers", "file")})
    await house.change({"kind": "add_field", **BASE, "field": field("others", "file")})
    found = (await house.catalog()).object("product")
    async with house.database.transaction() as connection:
        for name in ("papers", "others"):
            key = found.by_name[name].id
            taken = Taken(Content("text/plain"), 2_000_000, b"")
            kept = await keep_file(connection, house.schema, key, f"{name}.txt", taken, None, "database")
            part = part_table(house.schema)
            for place in range(2):
                await run(connection, sa.insert(part).values(file_id=kept.id, place=place, content=b"x"))
    await house.change({"kind": "remove_field", **BASE, "field": "papers"})
    assert await purge(house, 31) == 1
    async with house.database.reader() as connection:
        rows = await connection.execute(
            f"SELECT name, (SELECT count(*) FROM {house.schema}.file_part) FROM {house.schema}.file"
        )
        assert await rows.fetchall() == [("others.txt", 2)]


async def test_the_round_reaches_every_workspace_and_the_api_says_so(admin: Person, api: Api):
    name, database = f"f{unique('')}", api.runtime.database
    await admin.change({"kind": "add_field", "object": "lead", "field": field(name, "text")})
    dropped = await admin.change({"kind": "remove_field", "object": "lead", "field": name})

    async def kept() -> set[str]:
        objects = (await admin.ok("GET", "/metadata/definitions"))["objects"]
        design = next(each["design"] for each in objects if each["api_name"] == "lead")
        return {each["api_name"] for each in design["archived_fields"]}

    assert name in await kept()
    async with database.schema_change() as connection:
        await connection.execute(
            "UPDATE ws_main.meta_field SET archived_at = now() - interval '31 days' WHERE api_name = %s",
            (name,),
        )
    await Purger(database).purge("ws_main")
    await api.runtime.catalogs.refresh("ws_main")
    assert name not in await kept()
    refused = await admin.refused("POST", f"/metadata/changes/{dropped['id']}/revert", 409, "purged")
    assert "cannot be brought back" in refused["title"] + refused.get("detail", "")
