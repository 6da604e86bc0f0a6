"""Places to work in: a bounded number at once, a share of them per workspace, and a short wait for one.

A rush waits in turn. Where the waiting goes on (nobody got a place without waiting for as long as a rush may last) it
is a load that cannot be served: then the newest goes first and whoever waited somewhat longer than a request takes is
refused, so that what is accepted stays quick (after CoDel, and "Fail at Scale", Maurer 2015).
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from banyan.kernel.errors import BanyanError, TooMany, Unavailable

QUICKEST_S = 0.003  # no wait below this tells anything
BEARABLE = (
    4.0  # waits of this many times the work are a queue that moves: 32 callers at 8 places are never refused
)
PRESSED_WAIT = 1.0  # under a load, a wait of this many times the work
STAYS = 5  # times the longest rush: so long after the last refusal a load counts as going on
_WEIGHT = 0.05  # of the newest request in the average
FULL = 0.7  # of the latest requests so many found no place at once: more comes than can be served
_FULL_WEIGHT = 0.01  # of the newest there: chance makes runs of dozens


@dataclass(frozen=True)
class Bounds:
    """What a lane holds. `queue` is the most of one workspace that wait."""

    places: int
    share: int
    wait_s: float
    rush_s: float
    queue: int = 200
    retry_after: int = 1


@dataclass(eq=False)
class _Waiter:
    since: float
    place: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Lane:
    """One kind of work. Belongs to one event loop; every change of its counts happens between two awaits."""

    def __init__(self, bounds: Bounds, clock: Callable[[], float] = time.monotonic) -> None:
        self.bounds = bounds
        self.refused = 0
        self._clock = clock
        self._working: dict[str, int] = {}
        self._total = 0
        self._waiting: dict[str, deque[_Waiter]] = {}
        self._work_s = 0.0
        self._waited_since: float | None = None  # since when nobody got a place without waiting long
        self._pressed_until = 0.0
        self._full = 0.0  # how many of the latest requests found no place at once

    @property
    def working(self) -> int:
        return self._total

    @property
    def waiting(self) -> int:
        return sum(map(len, self._waiting.values()))

    @property
    def is_pressed(self) -> bool:
        return self._clock() < self._pressed_until

    async def enter(self, owner: str) -> float:
        """Take a place for `owner`, waiting for one if need be; returns when it was taken, for `leave`.

        Raises:
            TooMany: the owner has its share.
            Unavailable: all places are taken.
        """
        has_room = self._has_room(owner)
        self._full += ((not has_room) - self._full) * _FULL_WEIGHT
        if has_room:
            self._take(owner, 0.0)
            return self._clock()
        queue = self._waiting.setdefault(owner, deque())
        if len(queue) >= self.bounds.queue:
            raise self._refusal(owner)
        waiter = _Waiter(self._clock())
        queue.append(waiter)
        bell = asyncio.get_running_loop().call_later(self._patience(), self._give_up, owner, waiter)
        try:
            await waiter.place
        except asyncio.CancelledError:
            if waiter.place.done() and not waiter.place.cancelled() and waiter.place.exception() is None:
                self._release(owner)  # The place was given in the moment the caller went away.
            else:
                self._forget(owner, waiter)
            raise
        finally:
            bell.cancel()
        return self._clock()

    def leave(self, owner: str, entered: float) -> None:
        """Give the place back to whoever waits."""
        took = self._clock() - entered
        self._work_s += (took - self._work_s) * _WEIGHT if self._work_s else took
        self._release(owner)

    def _has_room(self, owner: str) -> bool:
        return self._total < self._now(self.bounds.places) and self._working.get(owner, 0) < self._now(
            self.bounds.share
        )

    def _now(self, places: int) -> int:
        """Under a load half of the places: the machine is busy with fewer, and each request is done sooner."""
        return (places + 1) // 2 if self.is_pressed else places

    def _take(self, owner: str, waited: float) -> None:
        self._total += 1
        self._working[owner] = self._working.get(owner, 0) + 1
        now = self._clock()
        if waited <= max(QUICKEST_S, BEARABLE * self._work_s):
            self._waited_since = None
        elif self._waited_since is None:
            self._waited_since = now
        elif now - self._waited_since > self.bounds.rush_s:
            self._pressed_until = now + STAYS * self.bounds.rush_s

    def _release(self, owner: str) -> None:
        self._total -= 1
        if self._working[owner] == 1:
            del self._working[owner]
        else:
            self._working[owner] -= 1
        while (found := self._next()) is not None:
            chosen, waiter = found
            self._take(chosen, self._clock() - waiter.since)
            waiter.place.set_result(None)

    def _next(self) -> tuple[str, _Waiter] | None:
        """Of the workspaces that wait and may have more, the one with the least at work."""
        if self.is_pressed:
            self._refuse_the_stale()
        while able := [owner for owner in self._waiting if self._has_room(owner)]:
            owner = min(able, key=lambda each: self._working.get(each, 0))
            queue = self._waiting[owner]
            waiter = queue.pop() if self.is_pressed else queue.popleft()
            if not queue:
                del self._waiting[owner]
            if not waiter.place.done():  # Done here is: its caller went away and has not come to say so yet.
                return owner, waiter
        return None

    def _patience(self) -> float:
        pressed = max(QUICKEST_S, PRESSED_WAIT * self._work_s)
        return min(pressed, self.bounds.wait_s) if self.is_pressed else self.bounds.wait_s

    def _refuse_the_stale(self) -> None:
        """Who waited since before it was a load is not served out of turn, late."""
        oldest = self._clock() - self._patience()
        for owner, queue in list(self._waiting.items()):
            while queue and queue[0].since < oldest:
                self._give_up(owner, queue[0])

    def _give_up(self, owner: str, waiter: _Waiter) -> None:
        self._forget(owner, waiter)
        if waiter.place.done():  # Its caller went away and has not come to say so yet.
            return
        # As long as most have to wait the load goes on. That some do is chance: requests do not come in step.
        if self.is_pressed and self._full > FULL:
            self._pressed_until = self._clock() + STAYS * self.bounds.rush_s
        waiter.place.set_exception(self._refusal(owner))

    def _forget(self, owner: str, waiter: _Waiter) -> None:
        queue = self._waiting.get(owner)
        if queue is not None and waiter in queue:
            queue.remove(waiter)
            if not queue:
                del self._waiting[owner]

    def _refusal(self, owner: str) -> BanyanError:
        self.refused += 1
        if self._working.get(owner, 0) >= self._now(self.bounds.share):
            return TooMany("workspace_busy", retry_after=self.bounds.retry_after)
        return Unavailable("service_busy", retry_after=self.bounds.retry_after)
