"""Rules that the database holds: no SQL gets past them, at the commit and not before."""

import asyncio
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from banyan.kernel.actor import Actor
from banyan.kernel.errors import BanyanError, InvalidInput
from banyan.metadata.changes.apply import read_operations
from factories.api import MAIN_SCHEMA, Api, Person, unique
from factories.desk import Desk
from factories.house import House

pytestmark = pytest.mark.anyio

# Object, columns of a row that keeps to the rule, the change that breaks it, the rule.
SUMS = [
    (
        "contract",
        "f_status = 'draft', f_amount = 100, f_plan_count = 1, f_planned = 100",
        "f_planned = 99.99",
        "plan_sum",
    ),
    ("contract", "f_amount = 100, f_line_count = 2, f_total = 100", "f_total = 100.01", "lines_sum"),
    ("contract", "f_amount = 100, f_invoiced = 100", "f_invoiced = 100.01", "over_invoiced"),
    (
        "sales_order",
        "f_status = 'draft', f_total = 100, f_plan_count = 1, f_planned = 100",
        "f_planned = 101",
        "plan_sum",
    ),
    ("sales_order", "f_total = 100, f_invoiced = 50", "f_invoiced = 100.01", "over_invoiced"),
    ("order_line", "f_quantity = 3, f_returned = 3", "f_returned = 3.001", "over_returned"),
    ("payment_plan", "f_amount = 100, f_allocated = 100", "f_amount = 99.99", "over_allocated"),
    ("payment", "f_amount = 100, f_allocated = 60, f_refunded = 40", "f_refunded = 40.01", "over_allocated"),
    (
        "invoice",
        "f_total = 100, f_red_total = -40, f_allocated = 60",
        "f_allocated = 60.01",
        "over_allocated",
    ),
    ("invoice", "f_total = 100, f_red_total = -100", "f_red_total = -100.01", "over_red"),
]


async def sql(api: Api, *statements: str, **values: Any) -> None:
    """As the role that the application writes with, all in one transaction."""
    async with api.runtime.database.transaction() as connection:
        for statement in statements:
            await connection.execute(statement, values)


def table(object_name: str) -> str:
    return f"{MAIN_SCHEMA}.r_{object_name}"


@pytest.mark.parametrize(("object_name", "good", "bad", "rule"), SUMS)
async def test_no_sql_gets_past_a_sum(
    api: Api, admin: Person, object_name: str, good: str, bad: str, rule: str
):
    where = f"{table(object_name)} SET {{}} WHERE id = %(key)s"
    key = await bare(api, object_name)
    await sql(api, f"UPDATE {where.format(good)}", key=key)
    with pytest.raises(InvalidInput) as refused:
        await sql(api, f"UPDATE {where.format(bad)}", key=key)
    assert refused.value.params["constraint"] == f"ck_r_{object_name}_rule_{rule}"
    assert refused.value.problems[0].code == "rule_broken"
    said = refused.value.problems[0].params["message"]
    assert set(said) == {"zh-CN", "en"}
    # What was broken on the way is well when it is mended by the end.
    await sql(api, f"UPDATE {where.format(bad)}", f"UPDATE {where.format(good)}", key=key)
    # A record in the trash is not asked, one that comes back is.
    await sql(api, f"UPDATE {where.format('deleted_at = now(), ' + bad)}", key=key)
    with pytest.raises(InvalidInput):
        await sql(api, f"UPDATE {where.format('deleted_at = NULL')}", key=key)


async def bare(api: Api, object_name: str) -> UUID:
    """A row of its own with nothing in it but what every row has."""
    key = uuid4()
    await sql(api, f"INSERT INTO {table(object_name)} (id) VALUES (%(key)s)", key=key)
    return key


def field(name: str, kind: str = "number", **more: Any) -> dict[str, Any]:
    return {"api_name": name, "type": kind, "label": {"en": name}, **more}


def rule(error_when: str, **more: Any) -> dict[str, Any]:
    return {"key": "kept", "error_when": error_when, "message": {"en": "No more than there is"}, **more}


def ruled(name: str, *rules: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "update_object", "object": name, "set": {"rules": list(rules)}}


async def shelf(admin: Person, *rules: dict[str, Any]) -> str:
    """An object whose records hold something, and may hold so much; things taken off it are counted."""
    name = unique("shelf")
    fields = [
        field("most"),
        field("used"),
        field("day", "date"),
        field("room", "formula", config={"formula": "most - used"}),
    ]
    made = {"kind": "create_object", "api_name": name, "label": {"en": name}, "fields": fields}
    await admin.change(made, ruled(name, *rules))
    return name


async def filled(api: Api, name: str, most: int, used: int) -> None:
    """Past the API: only what the database holds is asked."""
    await sql(
        api,
        f"INSERT INTO {table(name)} (f_most, f_used, f_room) VALUES (%(most)s, %(used)s, %(most)s - %(used)s)",
        most=most,
        used=used,
    )


async def test_a_rule_is_held_from_the_change_that_says_so_until_the_one_that_ends_it(
    api: Api, admin: Person
):
    name = await shelf(admin, rule("used > most"))
    await filled(api, name, 1, 2)
    held = ruled(name, rule("used > most", held=True))
    impact = await admin.change(held, dry_run=True)
    assert [each["breaking"] for each in impact["operations"]] == [1]
    problem = await admin.refused(
        "POST", "/metadata/changes", 409, "held_rule_broken", {"operations": [held]}
    )
    assert "1 records of" in problem["title"]
    await sql(api, f"UPDATE {table(name)} SET f_used = 1, f_room = 0")
    await admin.change(held)
    with pytest.raises(InvalidInput):
        await filled(api, name, 1, 2)
    # Said otherwise, it holds otherwise; renamed, it still does.
    await admin.change(ruled(name, rule("used > most + 1", held=True)))
    await filled(api, name, 1, 2)
    rename = {"kind": "update_field", "object": name, "field": "most", "set": {"api_name": "limit"}}
    await admin.change(rename)
    with pytest.raises(InvalidInput):
        await filled(api, name, 1, 3)
    await admin.change(ruled(name, rule("used > limit + 1", held=True, active=False)))
    await filled(api, name, 1, 9)


async def test_a_change_taken_back_lets_go(api: Api, admin: Person):
    name = await shelf(admin, rule("used > most"))
    published = await admin.change(ruled(name, rule("used > most", held=True)))
    await admin.ok("POST", f"/metadata/changes/{published['id']}/revert")
    await filled(api, name, 1, 2)


@pytest.mark.parametrize(
    "formula",
    ["day < TODAY()", "YEAR(created_at) > 2000", 'owner.name = "x"', "NOW() > created_at"],
    ids=["today", "zone", "elsewhere", "now"],
)
async def test_only_what_the_record_says_by_itself_can_be_held(admin: Person, formula: str):
    name = await shelf(admin)
    problem = await admin.refused(
        "POST", "/metadata/changes", 422, json={"operations": [ruled(name, rule(formula, held=True))]}
    )
    assert [(each["pointer"], each["code"]) for each in problem["errors"]] == [
        ("/set/rules/0/held", "rule_not_holdable")
    ]
    await admin.change(ruled(name, rule(formula)))


async def test_a_figure_that_is_computed_anew_each_night_cannot_be_held(admin: Person):
    name = await shelf(admin)
    old = field("old", "formula", config={"formula": "TODAY() - day"})
    await admin.change({"kind": "add_field", "object": name, "field": old})
    operations = [ruled(name, rule("old > most", held=True))]
    await admin.refused("POST", "/metadata/changes", 422, "rule_not_holdable", {"operations": operations})


async def test_of_two_who_take_the_last_at_once_one_is_refused(api: Api, admin: Person):
    """Each looks before it writes and sees room; what holds is the row as it is at the commit."""
    name = await shelf(admin, rule("used > most", held=True))
    await filled(api, name, 5, 0)
    looked = asyncio.Barrier(2)

    async def take() -> Decimal | None:
        async with api.runtime.database.transaction() as connection:
            cursor = await connection.execute(f"SELECT f_most - f_used FROM {table(name)}")
            row = await cursor.fetchone()
            await looked.wait()
            await connection.execute(f"UPDATE {table(name)} SET f_used = f_used + 3")
        return None if row is None else row[0]

    done = await asyncio.gather(take(), take(), return_exceptions=True)
    assert sorted(type(each).__name__ for each in done) == ["Decimal", "InvalidInput"]
    page = await admin.page(name)
    assert page["records"][0]["used"] == "3"


async def test_the_api_says_what_the_rule_says(api: Api, admin: Person):
    """Also where only the database found out."""
    name = await shelf(admin, rule("used > most", held=True, field="used"))
    with pytest.raises(BanyanError) as refused:
        await filled(api, name, 1, 2)
    problem = refused.value.problems[0]
    assert (problem.pointer, problem.code, problem.params["message"]) == (
        "/used",
        "rule_broken",
        {"en": "No more than there is"},
    )


async def test_a_load_passes_and_its_faults_are_told_by_row(house: House, database: Any, tmp_path: Any):
    shop = {
        "kind": "create_object",
        "api_name": "shop",
        "label": {"en": "Shop"},
        "fields": [field("most"), field("used")],
    }
    await house.changes.apply(
        house.schema,
        read_operations([shop, ruled("shop", rule("used > most", held=True))]),
        Actor(UUID(int=1), house.schema),
    )
    desk = Desk(house, tmp_path, await house.administrator())
    rows = [f"S{index},{index + 1},{index}" for index in range(500)]
    report = await desk.load("shop", "\n".join(["name,most,used", *rows, "Bad,1,2"]) + "\n")
    assert (report["created"], report["rejected"]) == (500, 1)
