"""What every command of receivables begins with, beside what every command does: who looks after money."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from banyan.db.database import Connection
from banyan.kernel.errors import Denied
from banyan.records import desk
from banyan.records.commands import Change
from banyan.records.locking import as_house
from banyan.records.session import Session

# True while a command of this feature writes what people may not.
_working: ContextVar[bool] = ContextVar("banyan_receivables", default=False)


def is_working() -> bool:
    return _working.get()


class Desk(desk.Desk):
    """One command in its transaction; what it moves, people may not."""

    async def move(self, name: str, key: UUID | str, values: Mapping[str, Any]) -> None:
        async with at_work(self.connection):
            await self.house.update(self.full(name), [Change(UUID(str(key)), values)])


@asynccontextmanager
async def at_work(connection: Connection) -> AsyncIterator[None]:
    token = _working.set(True)
    try:
        async with as_house(connection):
            yield
    finally:
        _working.reset(token)


def require_finance(session: Session) -> None:
    """Money is confirmed, allocated, invoiced and paid back by whoever may make allocations. Raises Denied."""
    if not is_finance(session):
        raise Denied("finance_only")


def is_finance(session: Session) -> bool:
    obj = session.full.by_name.get("allocation")
    return obj is not None and session.policy.allows(obj.grant_key, "create")
