"""Generated rows are as the ordinary way of writing leaves them, and their tables as they were before."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from psycopg import sql
from psycopg.rows import dict_row

from banyan.kernel.actor import Actor
from banyan.records.commands import Commands
from banyan.setup.scale import OBJECTS, Scale, load_scaled

pytestmark = pytest.mark.anyio

ROWS, SAMPLE = 1_500, 40  # more than go in with everything in place
# Another row in another moment, and what nobody writes by hand.
MOMENTS = {"id", "created_at", "updated_at", "f_stage_entered_at"}
NUMBER = {"f_number"}
# Of an account by its deals and follow-ups: compared as sums below.
GATHERED = {"f_last_followed_at", "f_first_contacted_at", "f_won_deals"}


@pytest.fixture(scope="module")
async def filled(api, house, database) -> Any:
    """A workspace of generated rows under all hooks (the application registers them), and how its tables stood."""
    department = await house.create("department", {"name": "North"})
    values = {"department": str(department.id)}
    people = [(await house.create("user", {"name": f"Seller {n}", **values})).id for n in range(3)]
    before = await _shapes(house)
    catalog = await house.catalog()
    departments = dict.fromkeys(people, department.id)
    await load_scaled(database, catalog, Scale(ROWS, tuple(people), departments=departments))
    return before


async def _rows(house, query: str, *names: str) -> list[dict[str, Any]]:
    identifiers = [sql.Identifier(house.schema, name) for name in names]
    async with house.database.upkeep() as connection:
        cursor = connection.cursor(row_factory=dict_row)
        return await (await cursor.execute(sql.SQL(query).format(*identifiers))).fetchall()


async def _shapes(house) -> list[dict[str, Any]]:
    found = []
    for name in (*(f"r_{each}" for each in OBJECTS), "stage_period"):
        place = sql.Identifier(house.schema, name).as_string(None)
        found += await _rows(
            house,
            f"SELECT pg_get_indexdef(indexrelid) AS shape, indisvalid AS valid FROM pg_index "
            f"WHERE indrelid = '{place}'::regclass UNION ALL SELECT conname || pg_get_constraintdef(oid), convalidated "
            f"FROM pg_constraint WHERE conrelid = '{place}'::regclass UNION ALL "
            f"SELECT pg_get_triggerdef(oid), tgenabled = 'O' FROM pg_trigger "
            f"WHERE tgrelid = '{place}'::regclass AND NOT tgisinternal ORDER BY 1",
        )
    return found


async def test_indexes_references_and_triggers_stand_as_before(house, filled) -> None:
    assert await _shapes(house) == filled
    assert any("hold_state" in each["shape"] for each in filled)


@pytest.mark.parametrize("name", OBJECTS)
async def test_a_generated_row_is_what_writing_it_would_leave(house, filled, name: str) -> None:
    catalog = await house.catalog()
    obj = catalog.object(name)
    rows = await _rows(house, f"SELECT * FROM {{}} ORDER BY md5(id::text) LIMIT {SAMPLE}", obj.table_name)
    for row in rows:
        shown = await house.read(name, row["id"])
        given = {
            key: value["id"] if isinstance(value, dict) and "id" in value else value
            for key, value in shown.items()
            if value is not None and _writable(obj, key)
        }
        written = await _written(house, obj, given, row["owner_id"])
        again = (await _rows(house, f"SELECT * FROM {{}} WHERE id = '{written.id}'", obj.table_name))[0]
        skipped = MOMENTS | NUMBER | GATHERED
        differing = {
            column: (row[column], again[column])
            for column in row
            if column not in skipped and str(row[column]) != str(again[column])
        }
        assert differing == {}, shown
        assert row["f_stage_entered_at"] == row["created_at"] if name == "opportunity" else True


async def _written(house, obj: Any, given: dict[str, Any], person: UUID) -> Any:
    """Written by `person` with every right, as the application does."""
    session = replace(await house.session(), actor=Actor(person, house.schema, "en"))
    async with house.database.transaction() as connection:
        return (await Commands(connection, session, house.bus).create(obj, [given], [""]))[0]


async def test_the_open_period_of_a_deal_is_what_writing_it_would_leave(house, filled) -> None:
    obj = (await house.catalog()).object("opportunity")
    query = (
        "SELECT p.object_id, p.field_id, p.pipeline, p.stage, p.left_at, "
        "p.entered_by = r.created_by AS by_its_maker, "
        "p.entered_at = r.f_stage_entered_at AS at_once, p.amount = r.f_amount AS amount, p.currency "
        "FROM {} p JOIN {} r ON r.id = p.record_id "
    )
    periods = await _rows(
        house, query + f"WHERE r.f_number LIKE 'OP-%' LIMIT {ROWS * 2}", "stage_period", obj.table_name
    )
    assert len(periods) == ROWS
    given = {"name": "By hand", "stage": "engaging", "pipeline": "standard", "amount": "1200.00"}
    person = UUID((await house.page("opportunity", limit=1, select=["owner"]))["records"][0]["owner"]["id"])
    made = await _written(house, obj, given, person)
    written = (await _rows(house, query + f"WHERE r.id = '{made.id}'", "stage_period", obj.table_name))[0]
    assert written in periods


async def test_what_accounts_gather_is_what_their_deals_and_follow_ups_come_to(house, filled) -> None:
    query = (
        "SELECT count(*) AS wrong FROM {} a WHERE a.id::text LIKE '%-7000-8000-%' AND (a.f_won_deals IS DISTINCT FROM "
        "(SELECT count(*) FROM {} o WHERE o.f_account = a.id AND o.f_stage = 'won') "
        "OR a.f_last_followed_at IS DISTINCT FROM (SELECT max(f_happened_at) FROM {} c WHERE c.f_account = a.id) "
        "OR a.f_first_contacted_at IS DISTINCT FROM (SELECT min(f_happened_at) FROM {} c WHERE c.f_account = a.id))"
    )
    found = await _rows(house, query, "r_account", "r_opportunity", "r_activity", "r_activity")
    assert found == [{"wrong": 0}]


async def test_owners_share_unevenly(house, filled) -> None:
    query = "SELECT count(*) AS n FROM {} WHERE version = 1 GROUP BY owner_id ORDER BY 1 DESC"
    counts = [each["n"] for each in await _rows(house, query, "r_contact")]
    assert counts[0] > sum(counts) / 2


def _writable(obj: Any, key: str) -> bool:
    field = obj.field(key)
    return key == "owner" or (
        key != "number"
        and field in obj.custom_fields
        and not field.definition.managed
        and bool(field.specs)
        and not field.kind.computed
    )
