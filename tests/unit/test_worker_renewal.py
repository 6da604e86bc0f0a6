"""A worker that has grown over its jobs goes when nothing is under way, and only then."""

import asyncio

import pytest

from banyan.jobs import JobRegistry
from banyan.worker.renewing import GROWN_MB, LIVES_S, QUIET_S, Renewal, resident_mb

pytestmark = pytest.mark.anyio


class Process:
    def __init__(self) -> None:
        self.now, self.resident = 100.0, 120.0
        self.renewal = Renewal(lambda: self.resident, lambda: self.now)
        self.registry = JobRegistry()

    async def run(self, *, grows: float) -> None:
        async def work(_payload) -> None:
            assert not self.renewal.is_due()
            self.resident += grows

        name = f"job {len(self.registry.kinds)}"
        registry = JobRegistry()
        registry.register(name, work)
        self.renewal.watch_jobs(registry)
        self.registry.kinds[name] = registry.kinds[name]
        await registry.kinds[name].handler({})


async def test_it_goes_once_it_has_grown_has_lived_and_is_idle():
    process = Process()
    await process.run(grows=GROWN_MB + 1)
    assert not process.renewal.is_due()
    process.now += QUIET_S + 1
    assert not process.renewal.is_due()  # it would count as failing
    process.now += LIVES_S
    with process.renewal.under_way():
        assert not process.renewal.is_due()
    assert process.renewal.is_due()
    await process.run(grows=0)
    assert not process.renewal.is_due()  # more jobs may follow
    process.now += QUIET_S + 1
    ended = []
    await asyncio.wait_for(process.renewal.keep(lambda: ended.append(True)), 5)
    assert ended == [True]


async def test_it_stays_where_no_job_made_it_grow_or_nobody_says_how_large_it_is():
    process = Process()
    process.resident += 500  # catalogs and rounds
    process.now += 1_000
    assert not process.renewal.is_due()
    await process.run(grows=GROWN_MB - 1)
    process.now += 1_000
    assert not process.renewal.is_due()
    silent = Renewal(lambda: None, lambda: process.now)
    assert not silent.is_due()
    assert (resident_mb() or 1) > 0
