"""What follows from stages: periods, probability, what was won; what stands still; how deals flow, by hand count."""

import csv
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from statistics import median

import pytest
import sqlalchemy as sa

from banyan.db.statements import run
from banyan.pipelines import flow, stuck
from banyan.pipelines.hooks import register_hooks
from banyan.pipelines.standing import pipeline_named, read_standing, tick
from banyan.records.commands import Change, Commands
from banyan.records.session import Session
from banyan.records.stage_flow import Asked
from banyan.records.stage_tables import stage_tables
from factories.desk import Desk
from factories.house import House

pytestmark = pytest.mark.anyio
DATA = Path(__file__).resolve().parents[4] / "shared" / "data" / "sales"
needs_data = pytest.mark.skipif(
    not DATA.is_dir(), reason="the shared data folder is not beside the repository"
)
MONEY = {"amount": "100.00", "currency": "CNY"}
READY = {"amount": MONEY, "close_date": "2030-01-31"}
NOON = datetime(2026, 11, 2, 4, tzinfo=UTC)


@pytest.fixture(scope="module")
async def desk(house: House, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    register_hooks()
    return Desk(house, tmp_path_factory.mktemp("uploads"), await house.administrator())


async def at(house: House, desk: Desk, moment: datetime) -> Session:
    from dataclasses import replace

    return replace(await house.session(desk.actor), now=moment)


async def move(house: House, desk: Desk, key, moment: datetime, **values) -> None:
    session = await at(house, desk, moment)
    async with house.database.transaction() as connection:
        commands = Commands(connection, session, house.bus)
        await commands.update(session.catalog.object("opportunity"), [Change(key, values)])


async def test_a_stage_brings_its_probability_and_closing_what_was_won(house: House, desk: Desk):
    session = await at(house, desk, NOON)
    async with house.database.transaction() as connection:
        commands = Commands(connection, session, house.bus)
        (deal,) = await commands.create(session.catalog.object("opportunity"), [{"name": "D", **READY}])
    read = await house.read("opportunity", deal.id)
    assert (read["probability"], read["forecast_category"]) == ("10", "pipeline")
    await move(house, desk, deal.id, NOON + timedelta(days=3), stage="proposal")
    await move(house, desk, deal.id, NOON + timedelta(days=4), probability="66")
    await move(house, desk, deal.id, NOON + timedelta(days=5), stage="negotiation")
    read = await house.read("opportunity", deal.id)
    # One's own number stays while the deal is open; the category still follows.
    assert (read["probability"], read["forecast_category"]) == ("66", "commit")
    await move(house, desk, deal.id, NOON + timedelta(days=8), stage="won")
    read = await house.read("opportunity", deal.id)
    assert (read["probability"], read["won_amount"]["amount"]) == ("100", "100.00")
    assert (read["close_date"], read["stage_entered_at"][:10]) == ("2026-11-10", "2026-11-10")
    await move(house, desk, deal.id, NOON + timedelta(days=9), stage="negotiation")
    read = await house.read("opportunity", deal.id)
    assert (read["won_amount"], read["probability"]) == (None, "75")
    period = stage_tables(house.schema).period
    columns = (period.c.stage, period.c.entered_at, period.c.left_at, period.c.to_stage)
    async with house.database.reader() as connection:
        chosen = sa.select(*columns).where(period.c.record_id == deal.id).order_by(period.c.entered_at)
        rows = await (await run(connection, chosen)).fetchall()
    days = [(row[0], (row[1] - NOON).days, row[2] and (row[2] - NOON).days, row[3]) for row in rows]
    assert days == [
        ("prospecting", 0, 3, "proposal"),
        ("proposal", 3, 5, "negotiation"),
        ("negotiation", 5, 8, "won"),
        ("won", 8, 9, "negotiation"),
        ("negotiation", 9, None, None),
    ]
    history = [change for entry in await house.history("opportunity", deal.id) for change in entry["changes"]]
    assert "won_amount" in str(history)


async def test_the_amount_follows_the_lines_and_a_part_may_be_won(house: House, desk: Desk):
    deal = await house.create("opportunity", {"name": "Lines", **READY}, desk.actor)
    price = {"amount": "10", "currency": "CNY"}
    lines = [
        await house.create(
            "opportunity_line", {"opportunity": str(deal.id), "quantity": number, "unit_price": price}
        )
        for number in ("3", "2", "1")
    ]
    assert (await house.read("opportunity", deal.id))["amount"]["amount"] == "60.00"
    await house.update("opportunity_line", lines[0].id, {"discount": "50"})
    assert (await house.read("opportunity", deal.id))["amount"]["amount"] == "45.00"
    await house.delete("opportunity_line", lines[2].id)
    assert (await house.read("opportunity", deal.id))["amount"]["amount"] == "35.00"
    with pytest.raises(Exception, match="amount_of_lines"):
        await house.update("opportunity", deal.id, {"amount": "7"})
    await house.update("opportunity_line", lines[0].id, {"outcome": "won"})
    await house.update("opportunity_line", lines[1].id, {"outcome": "lost"})
    await house.update("opportunity", deal.id, {"stage": "won"})
    assert (await house.read("opportunity", deal.id))["won_amount"]["amount"] == "15.00"
    other = await house.create("opportunity", {"name": "Two currencies", "amount": "5"}, desk.actor)
    for code in ("CNY", "USD"):
        line = {
            "opportunity": str(other.id),
            "quantity": "1",
            "unit_price": {"amount": "9", "currency": code},
        }
        await house.create("opportunity_line", line)
    # The first line is the sum; a second in another currency makes no sum of it.
    assert (await house.read("opportunity", other.id))["amount"]["amount"] == "9.00"


async def test_what_stands_still_is_found_with_its_reason(house: House, desk: Desk):
    person = await house.person("Sel Ler")
    session = await at(house, desk, NOON)
    deal = await house.create("opportunity", {"name": "Old", "owner": str(person.user_id)}, desk.actor)
    await house.create(
        "opportunity", {"name": "Fresh", "owner": str(person.user_id), "next_step": "call"}, desk.actor
    )
    later = await at(house, desk, datetime.now(UTC) + timedelta(days=31))
    async with house.database.transaction() as connection:
        obj = session.catalog.object("opportunity")
        wish = stuck.Wish(owner=str(person.user_id))
        now = await stuck.read_stuck(connection, await at(house, desk, datetime.now(UTC)), obj, wish)
        assert [(i["title"], i["rotten"], i["no_step"]) for i in now["items"]] == [("Old", False, True)]
        then = await stuck.read_stuck(connection, later, obj, wish)
        found = {i["title"]: (i["rotten"], i["no_step"], i["days"], i["rot_days"]) for i in then["items"]}
        assert found == {"Old": (True, True, 31, 30), "Fresh": (True, False, 31, 30)}
        assert [(each["owner"]["id"], each["count"]) for each in then["people"]] == [(str(person.user_id), 2)]
        await tick(connection, session, obj, str(deal.id), "prospecting", "first_call", done=True)
        stands = await read_standing(connection, later, obj, str(deal.id))
        assert [check["item"] for check in stands["checks"]] == ["first_call"]
        assert (stands["rotten"], [each["key"] for each in stands["allowed"]]) == (
            True,
            ["engaging", "proposal", "negotiation", "won", "lost"],
        )


@needs_data
async def test_flow_of_real_deals_is_what_a_hand_count_gives(house: House, desk: Desk):
    read = {
        name: (DATA / f"{name}.csv").read_bytes()
        for name in ("accounts", "products", "sales_pipeline", "sales_teams")
    }
    await desk.load("account", read["accounts"], industry={"create_choices": True})
    await desk.load("product", read["products"])
    people = {"manager": {"create_missing": True}, "department": {"create_missing": True}}
    await desk.load("user", read["sales_teams"], **people)
    content = read["sales_pipeline"].decode()
    report = await desk.load("opportunity", content, product={"values": {"GTXPro": "GTX Pro"}})
    assert (report["created"], report["rejected"]) == (8_800, 0)
    rows = list(csv.DictReader(content.splitlines()))

    def day(text: str) -> date:
        return datetime.strptime(text, "%m/%d/%Y").replace(tzinfo=UTC).date()

    since, until = date(2017, 4, 1), date(2017, 6, 30)
    ended = [row for row in rows if row["close_date"] and since <= day(row["close_date"]) <= until]
    counts = Counter(row["deal_stage"] for row in ended)
    won = [row for row in ended if row["deal_stage"] == "Won"]
    value = sum(Decimal(row["close_value"]) for row in won)
    cycles = [(day(row["close_date"]) - day(row["engage_date"])).days for row in won]
    session = await house.session(desk.actor)
    obj = session.catalog.object("opportunity")
    machine = stuck.require_machine(session, obj)
    session = Session(session.actor, session.policy, session.full, "USD", session.timezone)
    asked = Asked(machine, pipeline_named(machine, None), since, until)
    async with house.database.reader() as connection:
        found = await flow.read_flow(connection, session, obj, asked)
    totals = found["totals"]
    assert (totals["won"], totals["lost"]) == (counts["Won"], counts["Lost"])
    assert Decimal(totals["won_amount"]) == value
    assert totals["win_rate"] == round(counts["Won"] / (counts["Won"] + counts["Lost"]), 4)
    assert totals["median_cycle_days"] == median(cycles)
    assert totals["cycle_days"] == round(sum(cycles) / len(cycles), 1)
