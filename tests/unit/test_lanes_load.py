"""Twice what can be served, in time that is only counted: what is accepted stays quick, and nothing is idle for it."""

import asyncio
import random
from typing import Any

from banyan.api.lanes import Bounds, Lane
from banyan.kernel.errors import BanyanError
from banyan.kernel.places import Places

WORK_S, REFUSAL_S, SLICE_S = 0.001, 0.000_05, 0.000_2
SETTLED_S = 3.0  # a load is taken for a rush until then


class _Counted:
    """A selector that never waits: the time it would have waited is over at once."""

    def __init__(self, real: Any, loop: "_CountedLoop") -> None:
        self._real, self._loop = real, loop

    def select(self, timeout: float | None = None) -> list[Any]:
        self._loop.now += timeout or 0.0
        return []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


class _CountedLoop(asyncio.SelectorEventLoop):
    now = 0.0

    def __init__(self) -> None:
        super().__init__()
        self._selector = _Counted(self._selector, self)

    def time(self) -> float:
        return self.now


class _Processor:
    """One processor, shared in slices by all who work at once: more of them make each slower, none quicker."""

    def __init__(self) -> None:
        self._jobs: list[list[Any]] = []
        self._wake = asyncio.Event()
        self.task = asyncio.create_task(self._run())

    async def work(self, seconds: float) -> None:
        done = asyncio.get_running_loop().create_future()
        self._jobs.append([seconds, done])
        self._wake.set()
        await done

    async def _run(self) -> None:
        while True:
            if not self._jobs:
                self._wake.clear()
                await self._wake.wait()
            job = self._jobs.pop(0)
            slice_s = min(SLICE_S, job[0])
            await asyncio.sleep(slice_s)
            job[0] -= slice_s
            if job[0] > 1e-9:
                self._jobs.append(job)
            else:
                job[1].set_result(None)


async def _flood(*parts: tuple[float, float], from_s: float) -> tuple[list[float], int]:
    """Seconds that each accepted request took, and how many were refused, of those that came after `from_s`.

    `parts` are a rate and until when requests come at it.
    """
    loop, dice, places = asyncio.get_running_loop(), random.Random(3), Places()  # noqa: S311
    bounds = Bounds(places.working, places.working_share, places.wait_ms / 1000, places.rush_ms / 1000)
    lane, processor = Lane(bounds, clock=loop.time), _Processor()
    took: list[float] = []
    refused: list[float] = []

    async def ask() -> None:
        begin = loop.time()
        try:
            entered = await lane.enter("main")
        except BanyanError:
            await processor.work(REFUSAL_S)
            refused.append(begin)
            return
        await processor.work(WORK_S)
        lane.leave("main", entered)
        if begin > from_s:
            took.append(loop.time() - begin)

    asked = set()
    for rate, until_s in parts:
        while loop.time() < until_s:
            await asyncio.sleep(dice.expovariate(rate))
            asked.add(asyncio.create_task(ask()))
    await asyncio.gather(*asked)
    processor.task.cancel()
    assert (lane.working, lane.waiting) == (0, 0)
    return took, sum(begin > from_s for begin in refused)


def _flooded(*parts: tuple[float, float], from_s: float = SETTLED_S) -> tuple[list[float], int]:
    with asyncio.Runner(loop_factory=_CountedLoop) as runner:
        return runner.run(_flood(*parts, from_s=from_s))


def _p99(seconds: list[float]) -> float:
    return sorted(seconds)[int(len(seconds) * 0.99)]


def test_at_twice_the_load_the_p99_of_what_is_accepted_is_within_three_of_the_unloaded_one():
    calm, none = _flooded((0.1 / WORK_S, 10.0))
    kept, refused = _flooded((2.0 / WORK_S, 6.0))
    assert none == 0
    assert _p99(kept) <= 3 * _p99(calm)
    served = len(kept) * WORK_S / 3.0
    assert served > 0.85  # of the processor; the rest says no
    assert refused > 0.4 * (len(kept) + refused)


def test_a_load_that_has_passed_leaves_no_refusals_behind():
    """Requests come at random: at seven tenths of what can be served some still wait longer than a request takes."""
    took, refused = _flooded((2.0 / WORK_S, 4.0), (0.7 / WORK_S, 20.0), from_s=11.0)
    assert len(took) > 5_000
    assert refused == 0
