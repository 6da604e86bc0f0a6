"""A pool that lends the connection last given back.

The library's lends the one that has rested longest. Then every request meets a server process whose plans and catalog
were used longest ago, and whose statements, after a start, were planned least often: a quiet server answers from all
its connections in turn, each of them cold. Lent last first, a few connections do the work and the others are there for
a rush.
"""

from typing import Any

import psycopg_pool
from psycopg import AsyncConnection


class LastFirstPool(psycopg_pool.AsyncConnectionPool[AsyncConnection[tuple[Any, ...]]]):
    """What has rested longest is still what goes first when the pool shrinks."""

    async def _get_ready_connection(
        self,
        timeout: float | None,  # noqa: ASYNC109 - as the library calls it
    ) -> AsyncConnection[tuple[Any, ...]] | None:
        # The library takes from the left of this queue and gives back at its right; it has no setting for the order.
        self._pool.rotate(1)
        return await super()._get_ready_connection(timeout)
