"""Slows guessing down: attempts per address and name, and per address, in a sliding window, in this process.

Counting per pair of address and name means that nobody can lock a colleague out from elsewhere.
"""

import time
from collections import OrderedDict

from banyan.kernel.errors import TooMany

WINDOW_S, MOST_FAILURES, MOST_PER_ADDRESS, KEPT = 300.0, 8, 60, 50_000
_ANY = ""


class SignInThrottle:
    def __init__(self) -> None:
        self._failures: OrderedDict[tuple[str, str], list[float]] = OrderedDict()

    def check(self, address: str, name: str) -> None:
        """Book an attempt. Raise TooMany while the pair, or the address over all names, has failed too often.

        Booked before the password is looked at: parallel guesses do not slip through together.
        """
        for pair, most in (((address, name), MOST_FAILURES), ((address, _ANY), MOST_PER_ADDRESS)):
            recent = self._recent(pair)
            if len(recent) >= most:
                left = int(recent[0] + WINDOW_S - time.monotonic()) + 1
                raise TooMany("too_many_attempts", retry_after=left)
        for pair in ((address, name), (address, _ANY)):
            self._failures[pair] = [*self._recent(pair), time.monotonic()]
        while len(self._failures) > KEPT:
            self._failures.popitem(last=False)

    def succeeded(self, address: str, name: str) -> None:
        self._failures.pop((address, name), None)
        kept = self._failures.get((address, _ANY))
        if kept:
            kept.pop()

    def _recent(self, pair: tuple[str, str]) -> list[float]:
        since = time.monotonic() - WINDOW_S
        return [moment for moment in self._failures.get(pair, ()) if moment > since]
