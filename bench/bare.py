"""The bare side: the very statements the server runs, recorded once and run through the bare driver."""

import json
from typing import Any

import psycopg

from banyan.db.database import Connection, Database
from banyan.db.roles import ConnectionTargets
from banyan.kernel.ids import new_id


class Recorder:
    """Stands for a connection and remembers what was executed."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.statements: list[tuple[Any, Any]] = []

    async def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        text = query if isinstance(query, str) else query.as_string(self._connection)
        self.statements.append((text, params))
        return await self._connection.execute(query, params, **options)

    def cursor(self) -> Any:
        return self._connection.cursor()


async def record(database: Database, work: Any) -> list[tuple[str, Any]]:
    """Statements that `work(connection)` executes."""
    async with database.transaction() as connection:
        recorder = Recorder(connection)
        await work(recorder)
        return recorder.statements


class BareConnection:
    """One connection of the app's role, prepared statements on, nothing else."""

    def __init__(self, connection: psycopg.AsyncConnection[Any]) -> None:
        self._connection = connection

    @classmethod
    async def open(cls, targets: ConnectionTargets) -> "BareConnection":
        return cls(await psycopg.AsyncConnection.connect(targets.app, autocommit=True, prepare_threshold=1))

    async def run(self, statements: list[tuple[str, Any]]) -> None:
        writes = any(" INTO " in text for text, _ in statements)
        if writes:
            await self._connection.execute("BEGIN", prepare=False)
        await self._each(statements)
        if writes:
            await self._connection.execute("COMMIT", prepare=False)

    async def _each(self, statements: list[tuple[str, Any]]) -> None:
        for text, recorded in statements:
            params = _fresh(recorded)
            cursor = await self._connection.execute(text, params)
            if cursor.description is not None:
                await cursor.fetchall()

    async def close(self) -> None:
        await self._connection.close()


def _fresh(params: Any) -> Any:
    """A recorded insert again, as another row."""
    if not params or "untracked" not in params:
        return params
    rows = json.loads(params["rows"])
    if "owner_id" in rows[0]:
        rows[0]["id"] = str(new_id())
    return {**params, "rows": json.dumps(rows)}
