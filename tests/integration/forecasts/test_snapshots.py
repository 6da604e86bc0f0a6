"""When snapshots are taken, and when they go."""

from datetime import UTC, datetime, timedelta

import pytest

from banyan.forecasts.snapshots import Snapshots, list_snapshots
from factories.house import House

pytestmark = pytest.mark.anyio


async def test_snapshots_come_when_due_and_go_when_old(house: House):
    weekly = Snapshots(house.database)
    begin = datetime(2040, 1, 2, 12, tzinfo=UTC)  # a Monday
    first = await weekly.work(house.schema, begin)
    assert [each.kind for each in first] == ["weekly", "month_end"]
    assert await weekly.work(house.schema, begin + timedelta(days=6)) == []
    assert [each.kind for each in await weekly.work(house.schema, begin + timedelta(days=7))] == ["weekly"]
    # A month that nobody was there for is one snapshot of each kind, not five.
    late = await weekly.work(house.schema, begin + timedelta(days=35))
    assert [each.kind for each in late] == ["weekly", "month_end"]
    await weekly.work(house.schema, begin + timedelta(weeks=104, days=3))
    async with house.database.reader() as connection:
        kept = {each.id for each in await list_snapshots(connection, house.schema)}
    assert not {each.id for each in first} & kept
    assert {each.id for each in late} <= kept
