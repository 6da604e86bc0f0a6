"""Jobs commit with their data; events reach exactly those who asked."""

import asyncio
from uuid import uuid4

import pytest

from banyan.events import Event, EventBus, SubscriberRegistry
from banyan.jobs import JobRegistry, MemoryJobQueue, PostgresJobQueue, run_worker

pytestmark = pytest.mark.anyio


async def count_jobs(database) -> int:
    async with database.reader() as connection:
        cursor = await connection.execute("SELECT count(*) FROM banyan_jobs.procrastinate_jobs")
        return (await cursor.fetchone())[0]


async def test_job_exists_only_if_its_write_committed(database):
    queue = PostgresJobQueue()
    before = await count_jobs(database)

    async def fail():
        async with database.transaction() as connection:
            await queue.defer(connection, "test.lost", {})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert await count_jobs(database) == before


async def test_worker_runs_what_was_deferred_and_retries_what_failed(database, targets):
    queue, seen, done = PostgresJobQueue(), [], asyncio.Event()

    async def handler(payload):
        seen.append(payload["n"])
        if sorted(seen) == [1, 2, 2, 3]:
            done.set()
        if payload["n"] == 2 and seen.count(2) == 1:
            raise ValueError("first time")

    registry = JobRegistry()
    registry.register("test.count", handler)
    async with database.transaction() as connection:
        await queue.defer_many(connection, "test.count", [({"n": n}, None) for n in (1, 2, 3)])
    worker = asyncio.create_task(run_worker(targets, registry))
    await asyncio.wait_for(done.wait(), 30)
    worker.cancel()
    await asyncio.gather(worker, return_exceptions=True)


async def test_cancelled_job_does_not_run(database, targets):
    queue, seen = PostgresJobQueue(), []

    async def handler(payload):
        seen.append(payload)

    registry = JobRegistry()
    registry.register("test.cancelled", handler)
    async with database.transaction() as connection:
        job = await queue.defer(connection, "test.cancelled", {})
        assert await queue.cancel(connection, job)
        assert not await queue.cancel(connection, job)
    await run_worker(targets, registry, wait=False)
    assert seen == []


async def test_events_reach_subscribers_in_order_and_nobody_else_costs_a_job(database, workspace):
    heard, subscribers, queue = [], SubscriberRegistry(), MemoryJobQueue()

    async def listen(schema, event):
        heard.append((schema, event.payload["n"], event.record_id))

    subscribers.subscribe("record.updated", "test", listen)
    bus, registry, record = EventBus(subscribers, queue), JobRegistry(), uuid4()
    bus.add_jobs(registry, database)
    async with database.transaction() as connection:
        await bus.publish(connection, workspace.schema, [Event("record.created", record_id=record)])
        assert queue.waiting == []
        events = [Event("record.updated", record_id=record, payload={"n": n}) for n in range(3)]
        await bus.publish(connection, workspace.schema, events)
    await queue.run_all(registry)
    assert heard == [(workspace.schema, n, record) for n in range(3)]
    assert await bus.dispatch(database, workspace.schema) == 0


async def test_deeper_than_the_budget_is_not_published(database, workspace):
    subscribers, queue = SubscriberRegistry(), MemoryJobQueue()

    async def listen(schema, event):
        raise AssertionError

    subscribers.subscribe("record.updated", "test", listen)
    async with database.transaction() as connection:
        await EventBus(subscribers, queue).publish(
            connection, workspace.schema, [Event("record.updated", depth=9)]
        )
    assert queue.waiting == []


def test_name_taken_twice_is_refused():
    async def handler(payload):
        pass

    registry = JobRegistry()
    registry.register("test.once", handler)
    with pytest.raises(ValueError, match="twice"):
        registry.register("test.once", handler)
