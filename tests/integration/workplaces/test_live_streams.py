"""Places at the stream of changes, and who is said to look: what needs no stream over real HTTP."""

from contextlib import AsyncExitStack
from types import SimpleNamespace
from uuid import UUID

import pytest

from banyan.access.compile import load_policy
from banyan.api.caller import Caller
from banyan.api.live import _Stream
from banyan.kernel.actor import Actor
from banyan.live.hub import MOST_OF_ONE
from banyan.live.presence import present
from banyan.records.session import Session
from factories.api import MAIN_SCHEMA, Api, unique

pytestmark = pytest.mark.anyio


async def test_nobody_takes_the_places_of_all_others(api: Api):
    greedy, other = await api.person(), await api.person()
    hub = api.runtime.hub
    async with AsyncExitStack() as streams:
        for _ in range(MOST_OF_ONE):
            await streams.enter_async_context(hub.listen(MAIN_SCHEMA, UUID(greedy.id)))
        await greedy.refused("GET", "/live", 429, "too_many_streams")
        assert not hub.is_full_for(MAIN_SCHEMA, UUID(other.id))
    assert not hub.is_full_for(MAIN_SCHEMA, UUID(greedy.id))


@pytest.mark.parametrize("through_eyes", [False, True])
async def test_who_is_looked_through_is_not_here(api: Api, through_eyes: bool):
    seller = await api.person()
    account = UUID((await seller.create("account", name=unique("A")))["id"])
    runtime = api.runtime
    actor = Actor(UUID(seller.id), MAIN_SCHEMA, "en", read_only=through_eyes)
    async with runtime.database.reader() as connection:
        policy = await load_policy(connection, actor)
    catalog = await runtime.catalogs.current(MAIN_SCHEMA)
    caller = Caller(runtime, await runtime.workspace("main"), Session(actor, policy, catalog), "")
    stream = _Stream(SimpleNamespace(), caller, [f"account:{account}"], [])
    await stream.look()
    assert [each async for each in stream._presence(first=True)] == []  # nobody else looks at it
    async with runtime.database.reader() as connection:
        found = await present(connection, MAIN_SCHEMA, [account], UUID(int=0))
    assert found == ({} if through_eyes else {account: [UUID(seller.id)]})
    await stream._leave()
