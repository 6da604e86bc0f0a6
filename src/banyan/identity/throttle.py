"""Slows guessing down: failures per address and name in a sliding window, in this process.

Counting per pair of address and name means that nobody can lock a colleague out from elsewhere.
"""

import time
from collections import OrderedDict

from banyan.kernel.errors import TooMany

WINDOW_S, MOST_FAILURES, KEPT = 300.0, 8, 50_000


class SignInThrottle:
    def __init__(self) -> None:
        self._failures: OrderedDict[tuple[str, str], list[float]] = OrderedDict()

    def check(self, address: str, name: str) -> None:
        """Raise TooMany while the pair has failed too often."""
        recent = self._recent((address, name))
        if len(recent) >= MOST_FAILURES:
            raise TooMany("too_many_attempts", retry_after=int(recent[0] + WINDOW_S - time.monotonic()) + 1)

    def failed(self, address: str, name: str) -> None:
        self._failures[address, name] = [*self._recent((address, name)), time.monotonic()]
        while len(self._failures) > KEPT:
            self._failures.popitem(last=False)

    def succeeded(self, address: str, name: str) -> None:
        self._failures.pop((address, name), None)

    def _recent(self, pair: tuple[str, str]) -> list[float]:
        since = time.monotonic() - WINDOW_S
        return [moment for moment in self._failures.get(pair, ()) if moment > since]
