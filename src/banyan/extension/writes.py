"""What features add to the writing of records: asked in the transaction of every write of an object, on every path."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from banyan.db.database import Connection


class AfterWrite(Protocol):
    """Called once per command with the rows that were created or changed; may write, may refuse."""

    async def __call__(self, connection: Connection, session: Any, obj: Any, ids: Sequence[UUID]) -> None: ...


@dataclass
class WriteHooks:
    """Hooks by API name of the object; features register theirs in the composition root."""

    by_object: dict[str, dict[str, AfterWrite]] = field(default_factory=dict)

    def register(self, object_name: str, name: str, hook: AfterWrite) -> None:
        """Registering the same name again replaces it: a process may build the application twice."""
        self.by_object.setdefault(object_name, {})[name] = hook

    async def after(self, connection: Connection, session: Any, obj: Any, ids: Sequence[UUID]) -> None:
        for hook in self.by_object.get(obj.api_name, {}).values():
            if ids:
                await hook(connection, session, obj, ids)


HOOKS = WriteHooks()
