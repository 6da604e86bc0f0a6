"""Telling who wants to know how long statements take. Without watches connections have the driver's own cursor."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from psycopg.abc import Params, Query

from banyan.db.driver import SwiftCursor

# Told after each statement: the query as it was given (without its values) and the seconds waited.
Watch = Callable[[Query, float], None]


def watched(watches: Sequence[Watch]) -> type[SwiftCursor]:
    """A cursor whose statements are timed. Watches are told of failed and cancelled statements too."""
    told = tuple(watches)
    clock = time.perf_counter

    class Watched(SwiftCursor):
        async def execute(
            self,
            query: Any,
            params: Params | None = None,
            *,
            prepare: bool | None = None,
            binary: bool | None = None,
        ) -> "Watched":
            started = clock()
            try:
                await super().execute(query, params, prepare=prepare, binary=binary)
            finally:
                seconds = clock() - started
                for watch in told:
                    watch(query, seconds)
            return self

        async def executemany(self, query: Any, params_seq: Any, *, returning: bool = False) -> None:
            started = clock()
            try:
                await super().executemany(query, params_seq, returning=returning)
            finally:
                seconds = clock() - started
                for watch in told:
                    watch(query, seconds)

    return Watched
