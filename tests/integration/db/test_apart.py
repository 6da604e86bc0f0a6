"""The one connection beside the pool: who is cancelled, or whose connection is gone, gives nobody another's answer."""

import asyncio
from collections.abc import AsyncIterator

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from banyan.db.apart import OPTIONS, Apart

pytestmark = pytest.mark.anyio


@pytest.fixture
async def beside(targets) -> AsyncIterator[Apart]:
    found = Apart(make_conninfo(targets.app, options=OPTIONS))
    yield found
    await found.close()


async def test_who_is_cancelled_leaves_no_answer_behind(beside: Apart):
    assert await beside.row("SELECT %(n)s::int", {"n": 1}) == (1,)
    slow = asyncio.create_task(beside.row("SELECT 13 FROM pg_sleep(60)", {}))
    waiting = asyncio.create_task(beside.row("SELECT %(n)s::int", {"n": 2}))
    await asyncio.sleep(0.1)
    assert not waiting.done()  # one statement at a time
    slow.cancel()
    with pytest.raises(asyncio.CancelledError):
        await slow
    async with asyncio.timeout(10):
        assert await waiting == (2,)
        found = await asyncio.gather(*(beside.row("SELECT %(n)s::int", {"n": n}) for n in range(20)))
    assert found == [(n,) for n in range(20)]


async def test_a_connection_that_is_gone_is_made_anew(beside: Apart, targets):
    (process,) = await beside.row("SELECT pg_backend_pid()", {}) or (None,)
    async with await psycopg.AsyncConnection.connect(targets.app, autocommit=True) as other:
        await other.execute("SELECT pg_terminate_backend(%s)", [process])
    (another,) = await beside.row("SELECT pg_backend_pid()", {}) or (None,)
    assert another not in (None, process)


async def test_a_refusal_is_its_asker_s_own(beside: Apart):
    with pytest.raises(psycopg.errors.DivisionByZero):
        await beside.row("SELECT 1 / 0", {})
    assert await beside.row("SELECT 3", {}) == (3,)
