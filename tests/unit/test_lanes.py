"""Places to work in: who gets the next one, who is refused, and that none is ever lost."""

import asyncio

import pytest

from banyan.api.lanes import Bounds, Lane
from banyan.kernel.errors import TooMany, Unavailable

pytestmark = pytest.mark.anyio
NEVER = 1_000.0


def lane(places: int = 2, share: int = 2, wait_s: float = NEVER, **more) -> Lane:
    return Lane(Bounds(places, share, wait_s, more.pop("rush_s", NEVER), **more))


class Door:
    """Callers of a lane, each of whom works until told to go; `order` is who got in."""

    def __init__(self, of: Lane) -> None:
        self.lane = of
        self.order: list[str] = []
        self._ends: dict[str, asyncio.Event] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def come(self, name: str) -> None:
        """`name` begins with its workspace, as in `a1`."""
        self._ends[name] = asyncio.Event()
        task = self.tasks[name] = asyncio.create_task(self._work(name))
        # Who is refused and not asked about afterwards would be told of in another test.
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
        await settle()

    async def go(self, name: str) -> None:
        self._ends[name].set()
        await self.tasks[name]
        await settle()

    async def _work(self, name: str) -> None:
        entered = await self.lane.enter(name[0])
        self.order.append(name)
        try:
            await self._ends[name].wait()
        finally:
            self.lane.leave(name[0], entered)


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_who_waits_gets_the_place_of_who_goes_in_turn():
    door = Door(lane())
    for name in ("a1", "a2", "a3", "a4"):
        await door.come(name)
    assert (door.order, door.lane.working, door.lane.waiting) == (["a1", "a2"], 2, 2)
    await door.go("a2")
    await door.go("a1")
    assert door.order == ["a1", "a2", "a3", "a4"]
    for name in ("a3", "a4"):
        await door.go(name)
    assert (door.lane.working, door.lane.waiting) == (0, 0)


async def test_a_flood_of_one_workspace_leaves_places_to_another():
    door = Door(lane(places=3, share=2))
    for index in range(20):
        await door.come(f"a{index}")
    await door.come("b1")
    assert door.order == ["a0", "a1", "b1"]


async def test_the_next_place_goes_to_the_workspace_with_the_least_at_work():
    door = Door(lane(places=2, share=2))
    for name in ("a1", "a2", "a3", "a4", "b1"):
        await door.come(name)
    await door.go("a1")
    assert door.order == ["a1", "a2", "b1"]


async def test_a_workspace_with_its_share_is_told_so_and_a_full_house_otherwise():
    door = Door(lane(places=2, share=1, wait_s=0.001))
    await door.come("a1")
    with pytest.raises(TooMany, match="workspace_busy") as own:
        await door.lane.enter("a")
    await door.come("b1")
    with pytest.raises(Unavailable, match="service_busy") as full:
        await door.lane.enter("c")
    assert own.value.params["retry_after"] == full.value.params["retry_after"] == 1
    assert (door.lane.refused, door.lane.waiting) == (2, 0)


async def test_a_queue_has_an_end():
    door = Door(lane(places=1, share=1, queue=2))
    for name in ("a1", "a2", "a3"):
        await door.come(name)
    with pytest.raises(TooMany):
        await door.lane.enter("a")
    assert door.lane.waiting == 2


async def test_no_place_is_lost_with_those_who_go_away():
    door = Door(lane(places=3, share=3))
    for index in range(1_000):
        await door.come(f"a{index}")
        if index % 3 == 0:  # working ones and waiting ones, and some in the moment they get their place
            door.tasks[f"a{index}"].cancel()
        if index % 100 == 99:
            for task in door.tasks.values():
                task.cancel()
            await settle()
    await asyncio.gather(*door.tasks.values(), return_exceptions=True)
    assert (door.lane.working, door.lane.waiting) == (0, 0)
    await door.come("b1")
    assert door.order[-1] == "b1"


async def test_a_place_given_to_who_goes_away_in_that_moment_goes_on_to_the_next():
    door = Door(lane(places=1, share=1))
    for name in ("a1", "a2", "a3"):
        await door.come(name)
    door._ends["a1"].set()
    await asyncio.sleep(0)
    door.tasks["a2"].cancel()
    await settle()
    assert (door.order[-1], door.lane.working) == ("a3", 1)


async def test_under_a_load_that_lasts_the_newest_goes_first_and_the_stale_are_refused():
    now = 0.0
    crowded = Lane(Bounds(1, 1, wait_s=NEVER, rush_s=0.25), clock=lambda: now)
    door = Door(crowded)
    for index in range(16):
        await door.come(f"a{index}")
    gone = 0
    while not crowded.is_pressed:  # Each works 0.1 s: the sixth has waited for five of them, and so on.
        now += 0.1
        await door.go(f"a{gone}")
        gone += 1
    assert door.order == [f"a{index}" for index in range(gone + 1)]
    assert 5 < gone < 12
    for name in ("b8", "b9"):
        await door.come(name)
    await door.go(f"a{gone}")
    assert door.order[-1] == "b9"
    stale = [door.tasks[f"a{index}"] for index in range(gone + 1, 16)]
    refused = await asyncio.gather(*stale, return_exceptions=True)
    assert {type(each) for each in refused} == {TooMany}
    now += 5.0  # Nobody was refused since: the load is over.
    assert not crowded.is_pressed


async def test_under_a_load_somebody_stale_may_go_away_in_the_moment_a_place_is_given_back():
    now = 0.0
    crowded = Lane(Bounds(1, 1, wait_s=NEVER, rush_s=0.25), clock=lambda: now)
    door = Door(crowded)
    for index in range(16):
        await door.come(f"a{index}")
    gone = 0
    while not crowded.is_pressed:
        now += 0.1
        await door.go(f"a{gone}")
        gone += 1
    for name in ("b1", "b2"):
        await door.come(name)
    now += 0.5
    assert crowded.is_pressed
    door._ends[f"a{gone}"].set()  # Its turn comes before that of those who are told to go away.
    for name in ("b1", "b2"):
        door.tasks[name].cancel()
    await settle()
    assert (crowded.working, crowded.waiting) == (0, 0)


async def test_thirty_two_callers_in_a_ring_are_a_queue_that_moves_and_nobody_is_refused():
    now = 0.0
    ring = Lane(Bounds(8, 8, wait_s=NEVER, rush_s=10.0), clock=lambda: now)
    door = Door(ring)
    for index in range(32):
        await door.come(f"a{index}")
    for index in range(400):  # Eight work at once for 0.8 s each, so one goes every 0.1 s and comes again.
        now += 0.1
        await door.go(f"a{index}")
        await door.come(f"a{index + 32}")
    assert (ring.refused, ring.is_pressed) == (0, False)
