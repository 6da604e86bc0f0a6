"""The one connection beside the pool: who is cancelled, or whose connection is gone, gives nobody another's answer."""

import asyncio
from collections.abc import AsyncIterator

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from banyan.db import apart
from banyan.db.apart import OPTIONS, Apart
from factories.api import unique

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


SEQUENCE = "SELECT setval('{}', nextval('{}') + %(count)s - 1)"


@pytest.fixture
async def counter(targets, workspace) -> str:
    """A counter of its own: how often it was asked cannot be seen from its numbers, so the statement tells it."""
    name = f'{workspace.schema}."{unique("counter_")}"'
    async with await psycopg.AsyncConnection.connect(targets.owner, autocommit=True) as owner:
        await owner.execute(f"CREATE SEQUENCE {name}")
        await owner.execute(f"GRANT ALL ON SEQUENCE {name} TO PUBLIC")
    return SEQUENCE.format(name, name)


async def test_who_comes_meanwhile_is_asked_for_together(beside: Apart, counter: str, monkeypatch):
    asked: list[int] = []
    ask = beside._row

    async def noted(statement, binds):
        asked.append(binds.get("count", 0))
        return await ask(statement, binds)

    monkeypatch.setattr(beside, "_row", noted)
    holding = asyncio.create_task(beside.row("SELECT 1 FROM pg_sleep(0.2)", {}))
    await asyncio.sleep(0.05)
    counts = [1, 3, 1, 20, 2]
    lasts = await asyncio.gather(*(beside.take(counter, {}, count) for count in counts))
    await holding
    assert lasts == [1, 4, 5, 25, 27]
    assert asked == [0, 27]
    assert await beside.take(counter, {}, 2) == 29


async def test_who_comes_in_a_rush_is_given_numbers_taken_ahead(beside: Apart, counter: str, monkeypatch):
    clock, asked = [1000.0], list[tuple[int, str]]()
    ask = beside._row

    async def noted(statement, binds):
        asked.append((binds["count"], binds["commit"]))
        return await ask(statement, binds)

    monkeypatch.setattr(beside, "_row", noted)
    monkeypatch.setattr(apart, "monotonic", lambda: clock[0])

    async def take(after_s: float, count: int = 1) -> int:
        clock[0] += after_s
        return await beside.take(counter, {}, count)

    # By hand, or slowly: each asks for his own, and there is no gap.
    assert [await take(0.5) for _ in range(3)] == [1, 2, 3]
    assert asked == [(1, "off")] * 3
    asked.clear()
    assert [await take(0.005) for _ in range(40)] == list(range(4, 44))
    # A few are no rush; then as many as came of late, up to a number. What is given unasked is on the disk before.
    counts = [count for count, _ in asked]
    assert counts[:8] == [1] * 8
    assert 5 < max(counts) <= apart.AHEAD_MOST + 1
    assert len(counts) < 20
    assert all(commit == ("on" if count > 1 else "off") for count, commit in asked)
    left = 3 + sum(counts)
    asked.clear()
    # A number is not kept: who comes after the rush gets one from the counter, and what was left over is a gap.
    assert await take(apart.AHEAD_S + 1) == left + 1
    assert asked == [(1, "off")]


async def test_one_who_takes_many_is_no_rush(beside: Apart, counter: str, monkeypatch):
    clock, asked = [1000.0], list[int]()
    ask = beside._row

    async def noted(statement, binds):
        asked.append(binds["count"])
        return await ask(statement, binds)

    monkeypatch.setattr(beside, "_row", noted)
    monkeypatch.setattr(apart, "monotonic", lambda: clock[0])
    for _ in range(3):
        clock[0] += 0.03
        await beside.take(counter, {}, 500)
    assert asked == [500, 500, 500]
    clock[0] += 0.03
    assert await beside.take(counter, {}, 2) == 1502


async def test_what_was_taken_ahead_is_not_given_to_who_needs_more(beside: Apart, counter: str, monkeypatch):
    clock = [1000.0]
    monkeypatch.setattr(apart, "monotonic", lambda: clock[0])
    for _ in range(30):
        clock[0] += 0.005
        last = await beside.take(counter, {}, 1)
    many = await beside.take(counter, {}, 100)
    assert many >= last + 100
    assert await beside.take(counter, {}, 1) > many


async def test_numbers_taken_ahead_are_given_once(beside: Apart, counter: str):
    taken = [
        each
        for _ in range(30)
        for each in await asyncio.gather(*(beside.take(counter, {}, 1) for _ in range(7)))
    ]
    assert len(set(taken)) == len(taken)


async def test_counters_are_not_taken_for_each_other(beside: Apart):
    statement = "SELECT %(start)s::int + %(count)s"
    lasts = await asyncio.gather(*(beside.take(statement, {"start": 100 * n}, 1) for n in range(1, 5)))
    assert lasts == [101, 201, 301, 401]


async def test_another_asks_where_the_first_is_cancelled(beside: Apart, counter: str):
    holding = asyncio.create_task(beside.row("SELECT 1 FROM pg_sleep(0.2)", {}))
    await asyncio.sleep(0.05)
    tasks = [asyncio.create_task(beside.take(counter, {}, 1)) for _ in range(4)]
    await asyncio.sleep(0.05)
    tasks[0].cancel()
    tasks[2].cancel()
    with pytest.raises(asyncio.CancelledError):
        await tasks[0]
    async with asyncio.timeout(10):
        assert await asyncio.gather(tasks[1], tasks[3]) == [1, 2]
        await holding
        assert await beside.take(counter, {}, 1) == 3


async def test_all_who_were_asked_for_hear_a_refusal(beside: Apart, monkeypatch):
    asked: list[object] = []
    ask = beside._row

    async def noted(statement, binds):
        asked.append(binds.get("count"))
        return await ask(statement, binds)

    monkeypatch.setattr(beside, "_row", noted)
    holding = asyncio.create_task(beside.row("SELECT 1 FROM pg_sleep(0.1)", {}))
    await asyncio.sleep(0.05)
    statement = "SELECT 1 / (%(count)s::int - %(count)s::int)"
    found = await asyncio.gather(*(beside.take(statement, {}, 1) for _ in range(3)), return_exceptions=True)
    assert [type(each) for each in found] == [psycopg.errors.DivisionByZero] * 3
    assert asked == [None, 3]
    await holding
    assert await beside.row("SELECT 3", {}) == (3,)
