"""Which connections may have the server use several processors for one statement."""

import pytest

from banyan.db.database import HEAVY, Database

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("heavy", [False, True])
async def test_heavy_reads_alone_use_several_processors(targets, heavy: bool):
    database = await Database.open(targets, max_size=1, heavy_size=1)
    token = HEAVY.set(heavy)
    try:
        async with database.reader() as connection:
            row = await (await connection.execute("SHOW max_parallel_workers_per_gather")).fetchone()
    finally:
        HEAVY.reset(token)
        await database.close()
    assert row is not None
    assert (row[0] != "0") is heavy
