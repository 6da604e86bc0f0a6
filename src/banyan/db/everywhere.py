"""Rounds of the worker over all workspaces, one after the other."""

from collections.abc import Awaitable, Callable

import psycopg
import structlog

from banyan.db.database import Database
from banyan.db.seals import workspace_schemas
from banyan.kernel.errors import BanyanError

Work = Callable[[str], Awaitable[object]]
_log = structlog.get_logger("banyan.rounds")


class Everywhere:
    """`work(schema)` in every workspace, oldest first. One workspace's trouble is not the others'.

    It is told once until that workspace's work succeeds again, as a round that fails is.
    """

    def __init__(self, database: Database, name: str, work: Work) -> None:
        self._database = database
        self._name = name
        self._work = work
        self._failing: set[str] = set()

    async def round(self) -> None:
        async with self._database.reader() as connection:
            schemas = await workspace_schemas(connection)
        self._failing &= set(schemas)
        for schema in schemas:
            try:
                await self._work(schema)
            except (BanyanError, psycopg.Error) as error:
                if schema not in self._failing:
                    _log.warning("workspace_failed", round=self._name, schema=schema, reason=str(error))
                self._failing.add(schema)
            else:
                self._failing.discard(schema)
