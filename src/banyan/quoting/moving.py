"""A document is held, asked for its version and state, and moved: of two who move it one wins, the other is told."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson

from banyan.db.database import Connection
from banyan.events import EventBus
from banyan.kernel.errors import Conflict, NotFound
from banyan.kernel.ids import parse_id
from banyan.query.documents import DocumentKind
from banyan.quoting.frozen import thawed
from banyan.quoting.repricing import on_behalf
from banyan.quoting.sheets import Place
from banyan.records import documents, queries
from banyan.records.commands import Change, Commands
from banyan.records.locking import as_house, hold
from banyan.records.people import house_session
from banyan.records.reach import require_change
from banyan.records.session import Session


@dataclass(frozen=True)
class Act:
    """What somebody does with one document; `version` None: whatever is there (the house itself)."""

    place: Place
    id: UUID
    version: int | None = None
    note: str | None = None

    @property
    def connection(self) -> Connection:
        return self.place.connection

    @property
    def session(self) -> Session:
        return self.place.session

    @property
    def bus(self) -> EventBus:
        return self.place.bus

    @property
    def kind(self) -> DocumentKind:
        return self.place.kind

    @property
    def schema(self) -> str:
        return self.session.full.schema

    @property
    def now(self) -> datetime:
        return self.session.now or datetime.now(UTC)

    def house_place(self, kind: DocumentKind | None = None) -> Place:
        """The house's own eyes on this or another kind of document."""
        return Place(self.connection, house_session(self.session), self.bus, kind or self.kind)

    def kind_of(self, name: str) -> DocumentKind:
        found = documents.document_kind(self.session.full, name)
        if found is None:
            raise NotFound("unknown_object", object=name)
        return found

    async def held(self, *states: str) -> dict[str, Any]:
        """The whole document, locked, where the caller may change it and it is in one of the states."""
        key = str(self.id)
        await require_change(self.connection, self.session, self.place.head, key)
        await hold(self.connection, self.kind.head, self.id)
        found = await self.read()
        if self.version is not None and found["version"] != self.version:
            raise Conflict("version_conflict", object=self.kind.name, id=key, version=found["version"])
        require_state(self.kind, found, states)
        return found

    async def read(self) -> dict[str, Any]:
        """The whole document, whoever asks."""
        house = house_session(self.session)
        body = await queries.read_record(self.connection, house, self.kind.head, self.id)
        found: dict[str, Any] = orjson.loads(body)
        return found

    async def move(self, values: Mapping[str, Any], *, of: UUID | None = None) -> None:
        """Write what only the house writes, in the name of whoever acts."""
        commands = Commands(self.connection, on_behalf(self.session), self.bus, house=True)
        async with as_house(self.connection):
            with thawed(self.connection):
                await commands.update(self.kind.head, [Change(of or self.id, values)])


def require_state(kind: DocumentKind, found: Mapping[str, Any], states: Collection[str]) -> None:
    """Raise Conflict where the document is in none of the states: somebody was there before."""
    if states and found.get("status") not in states:
        label = label_of(kind, found.get("status"))
        raise Conflict("document_state", extra={"status": found.get("status")}, status=label)


def label_of(kind: DocumentKind, status: str | None) -> Any:
    choices = getattr(kind.head.by_name["status"].config, "choices", ())
    return next((dict(each.label) for each in choices if each.key == status), status or "")


def act_on(place: Place, record_id: str, version: int | None = None, note: str | None = None) -> Act:
    """Raises NotFound for what is no id."""
    key = parse_id(record_id)
    if key is None:
        raise NotFound("record_not_found", object=place.kind.name, id=record_id)
    return Act(place, key, version, note)


def id_of(value: Any) -> UUID | None:
    """The id that a relation's value names."""
    if isinstance(value, Mapping):
        value = value.get("id")
    return None if value is None else UUID(str(value))
