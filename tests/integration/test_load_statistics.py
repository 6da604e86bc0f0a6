"""A load leaves the planner with the rows it wrote, though somebody vacuumed the table after the trial was undone."""

from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from banyan.records.loaded import Loaded
from factories.desk import Desk
from factories.house import House

pytestmark = pytest.mark.anyio
ROWS = 400


KNOWN = "SELECT relpages, reltuples FROM pg_class WHERE oid = %s::regclass"


async def test_a_table_vacuumed_after_a_trial_does_not_pass_for_empty(house: House, targets, tmp_path: Path):
    desk = Desk(house, tmp_path / "uploads", await house.administrator())
    text = "name,amount\n" + "".join(f"deal {n},10\n" for n in range(ROWS))
    record = await desk.upload("opportunity", text.encode())
    await desk.decide(record)
    await desk.work(record, load=False)
    place = f"{house.schema}.r_opportunity"
    with psycopg.connect(targets.owner, autocommit=True) as connection:
        # As beside other readers: the pages of the trial's rows are kept, for none of them a row.
        connection.execute(sql.SQL("VACUUM (TRUNCATE FALSE) {}").format(sql.SQL(place)))
        pages, before = connection.execute(KNOWN, (place,)).fetchone()
        assert pages > 0
        assert before == 0
        done = await desk.work(record)
        assert done.report["created"] == ROWS, done.error
        assert connection.execute(KNOWN, (place,)).fetchone()[1] == ROWS


async def test_nobody_vacuums_a_table_between_its_load_and_what_is_asked_of_it(
    house: House, targets, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Though the trial left the planner with as many rows as the load will write."""
    desk = Desk(house, tmp_path / "uploads", await house.administrator())
    rows = "".join(f"product {n}\n" for n in range(ROWS))
    record = await desk.upload("product", f"name\n{rows}".encode())
    await desk.decide(record)
    place = f"{house.schema}.r_product"
    refused = []
    after = Loaded.after

    async def vacuuming(loaded: Loaded) -> None:
        with psycopg.connect(targets.owner, autocommit=True) as connection:
            connection.execute("SET lock_timeout = '50ms'")
            try:
                connection.execute(sql.SQL("VACUUM {}").format(sql.SQL(place)))
            except psycopg.errors.LockNotAvailable:
                refused.append(loaded)
        await after(loaded)

    await desk.work(record, load=False)
    monkeypatch.setattr(Loaded, "after", vacuuming)
    assert (await desk.work(record)).report["created"] == ROWS
    assert len(refused) > 0
    with psycopg.connect(targets.owner, autocommit=True) as connection:
        assert connection.execute(KNOWN, (place,)).fetchone()[1] == ROWS


async def test_a_table_that_is_counted_is_not_counted_again_for_a_few_rows(
    house: House, targets, tmp_path: Path
):
    desk = Desk(house, tmp_path / "uploads", await house.administrator())
    many = "".join(f"contact {number}\n" for number in range(ROWS))
    assert (await desk.load("contact", f"name\n{many}"))["created"] == ROWS
    place = f"{house.schema}.r_contact"
    with psycopg.connect(targets.owner, autocommit=True) as connection:
        assert connection.execute(KNOWN, (place,)).fetchone()[1] == ROWS
        assert (await desk.load("contact", "name\none more\n"))["created"] == 1
        assert connection.execute(KNOWN, (place,)).fetchone()[1] == ROWS
