"""What a command of a feature on one record begins with: who may, on which record, at which version."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson

from banyan.access.model import Action
from banyan.db.database import Connection
from banyan.events import EventBus
from banyan.kernel.errors import Conflict, Denied, NotFound
from banyan.kernel.ids import parse_id
from banyan.metadata.catalog import Object
from banyan.records import queries
from banyan.records.commands import Change, Commands
from banyan.records.ledgers import readable
from banyan.records.locking import as_house, hold
from banyan.records.people import house_session
from banyan.records.reach import may
from banyan.records.session import Session


@dataclass(frozen=True)
class Desk:
    """One command in its transaction."""

    connection: Connection
    session: Session
    bus: EventBus

    @property
    def now(self) -> datetime:
        return now_of(self.session)

    @property
    def today(self) -> date:
        return today_of(self.session)

    @property
    def me(self) -> str | None:
        user = self.session.actor.user_id
        return None if user is None else str(user)

    def full(self, name: str) -> Object:
        return self.session.full.object(name)

    @property
    def house(self) -> Commands:
        """Writes managed fields too, under the actor's rights and in the actor's name."""
        return Commands(self.connection, self.session, self.bus, house=True)

    async def held(
        self, name: str, record_id: str | UUID, version: int | None, action: Action | None = "update"
    ) -> dict[str, Any]:
        """The record, locked, with everything in it. Raises NotFound, Denied (`action` is not theirs) or Conflict."""
        obj, key = readable(self.session, name), parse_id(record_id)
        if key is None:
            raise NotFound("record_not_found", object=name, id=str(record_id))
        await queries.read_record(self.connection, self.session, obj, key)
        if action is not None and not await may(self.connection, self.session, obj, str(key), action):
            raise Denied("action_denied", action=action, object=name)
        await hold(self.connection, self.full(name), key)
        found = await self.read(name, key)
        if version is not None and found["version"] != version:
            raise Conflict("version_conflict", object=name, id=str(key), version=found["version"])
        return found

    async def read(self, name: str, key: UUID | str) -> dict[str, Any]:
        """Everything of a record: for what the house decides, never for an answer."""
        house = house_session(self.session)
        body = await queries.read_record(self.connection, house, self.full(name), key)
        found: dict[str, Any] = orjson.loads(body)
        return found

    async def answer(self, name: str, key: UUID | str) -> dict[str, Any]:
        """The record as it is now, as the actor sees it."""
        body = await queries.read_record(self.connection, self.session, readable(self.session, name), key)
        found: dict[str, Any] = orjson.loads(body)
        return found

    async def move(self, name: str, key: UUID | str, values: Mapping[str, Any]) -> None:
        """Write what only the house writes, states of the house among it."""
        async with as_house(self.connection):
            await self.house.update(self.full(name), [Change(UUID(str(key)), values)])


def now_of(session: Session) -> datetime:
    return session.now or datetime.now(UTC)


def today_of(session: Session) -> date:
    """Which day it is where the actor is."""
    return now_of(session).astimezone(ZoneInfo(session.timezone)).date()
