"""What follows from a value that never changes: worked out once, and thrown away with it.

A cache of the process by such a value would keep each catalog that ever was.
"""

from collections.abc import Callable, Hashable
from functools import cached_property
from typing import Any, TypeVar

T = TypeVar("T")


class Keeping:
    """Base of catalogs and of what is one catalog's."""

    @cached_property
    def _kept(self) -> dict[Hashable, Any]:
        return {}

    def keep(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gave when it was first asked for under `key`."""
        if key not in self._kept:
            self._kept[key] = make()
        found: T = self._kept[key]
        return found
