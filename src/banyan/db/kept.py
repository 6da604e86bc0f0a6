"""Settings that every write asks of: read once, and again when the workspace's policies have another version.

Whoever changes such a setting steps on that version in the same transaction. A transaction reads the version where it
begins, in the message of its BEGIN, so it knows whatever was committed by then; one that has stepped on the version
itself uses nothing that was kept.
"""

import contextlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from psycopg import AsyncConnection, sql

from banyan.kernel.actor import acting_workspace

T = TypeVar("T")
MOST_WORKSPACES = 64  # of one process; a trial workspace that is gone is let go as others are asked for
_Connection = AsyncConnection[tuple[Any, ...]]


@dataclass
class _Transaction:
    kept: "Kept"
    versions: dict[str, str]
    stepped: bool = False


_CURRENT: WeakKeyDictionary[_Connection, _Transaction] = WeakKeyDictionary()


@dataclass
class Kept:
    """What the workspaces of one database have said, by workspace and name, each with the version it was read at.

    Kept of the workspaces that were asked for last; of another it is read again.
    """

    values: OrderedDict[str, dict[str, tuple[str, Any]]] = field(default_factory=OrderedDict)

    def beginning(self) -> tuple[str | None, str]:
        """The workspace somebody acts in, where settings of it were asked before, and what BEGIN asks of it."""
        schema = acting_workspace()
        if schema is None or schema not in self.values:
            return None, ""
        return schema, f"({_version(schema)})"

    def of(self, schema: str) -> dict[str, tuple[str, Any]]:
        """What this workspace has said so far, by name; it counts as asked for."""
        known = self.values.setdefault(schema, {})
        self.values.move_to_end(schema)
        if len(self.values) > MOST_WORKSPACES:
            self.values.popitem(last=False)
        return known

    @contextlib.contextmanager
    def during(self, connection: _Connection, schema: str | None, version: str | None) -> Iterator[None]:
        """While the transaction of `connection` is open."""
        versions = {schema: version} if schema is not None and version is not None else {}
        _CURRENT[connection] = _Transaction(self, versions)
        try:
            yield
        finally:
            del _CURRENT[connection]


@lru_cache(maxsize=MOST_WORKSPACES)
def _version(schema: str) -> str:
    """With the transaction that wrote it: a workspace made again under the same name counts from the beginning."""
    asked = sql.SQL("SELECT version::text || '/' || xmin::text FROM {}")
    return asked.format(sql.Identifier(schema, "policy_version")).as_string()


async def kept(connection: _Connection, schema: str, name: str, read: Callable[[], Awaitable[T]]) -> T:
    """What `read` returns, which must be a value that nobody changes; outside of a transaction it is read each time."""
    current = _CURRENT.get(connection)
    if current is None or current.stepped:
        return await read()
    version = current.versions.get(schema)
    if version is None:
        found = await (await connection.execute(_version(schema))).fetchone()
        if found is None:
            return await read()
        version = current.versions[schema] = str(found[0])
    said = current.kept.of(schema)
    known = said.get(name)
    if known is None or known[0] != version:
        known = said[name] = (version, await read())
    value: T = known[1]
    return value


def step(connection: _Connection) -> None:
    """Said by whoever has stepped on the version."""
    current = _CURRENT.get(connection)
    if current is not None:
        current.stepped = True
