"""A workspace with the standard packages, and people who work in it: below the API."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson

from banyan.access.facade import ADMINISTRATOR, MEMBER, assign_roles, load_policy
from banyan.db.database import Database
from banyan.events import EventBus, SubscriberRegistry
from banyan.jobs import MemoryJobQueue
from banyan.kernel.actor import Actor, system_actor
from banyan.metadata.catalog import Catalog
from banyan.metadata.changes.apply import Changes, read_operations
from banyan.metadata.store import load_catalog
from banyan.query.parsed import ParsedAggregate, ParsedQuery
from banyan.records import queries
from banyan.records.commands import Change, Commands, Written
from banyan.records.session import Session
from banyan.workspaces import Workspace

Document = dict[str, Any]
ROLES = {ADMINISTRATOR: ["administrator", "all_data"]}


@dataclass
class House:
    """One installed workspace; every call reads the catalog and the rights of the moment."""

    database: Database
    workspace: Workspace
    bus: EventBus = field(default_factory=lambda: EventBus(SubscriberRegistry(), MemoryJobQueue()))

    @property
    def schema(self) -> str:
        return self.workspace.schema

    @property
    def _changer(self) -> Actor:
        """Somebody who changes the configuration; what the installation itself changed is not taken back."""
        return Actor(UUID(int=1), self.schema)

    @property
    def changes(self) -> Changes:
        return Changes(self.database)

    async def catalog(self) -> Catalog:
        async with self.database.reader() as connection:
            return await load_catalog(connection, self.schema)

    async def session(self, actor: Actor | None = None) -> Session:
        """A session of `actor`, the installation itself by default."""
        chosen = actor or system_actor(self.schema, "en")
        async with self.database.reader() as connection:
            catalog = await load_catalog(connection, self.schema)
            return Session(chosen, await load_policy(connection, chosen), catalog)

    async def person(self, name: str, role: str = MEMBER) -> Actor:
        """A new person in `role`, with a record among the people."""
        written = await self.create("user", {"name": name})
        async with self.database.transaction() as connection:
            await assign_roles(connection, self.schema, written.id, ROLES.get(role, [role]))
        return Actor(written.id, self.schema, "en")

    async def administrator(self, name: str = "Ada Admin") -> Actor:
        return await self.person(name, ADMINISTRATOR)

    async def create(
        self, object_name: str, values: Mapping[str, Any], actor: Actor | None = None
    ) -> Written:
        return (await self.create_all(object_name, [values], actor))[0]

    async def create_all(
        self, object_name: str, rows: Sequence[Mapping[str, Any]], actor: Actor | None = None
    ) -> list[Written]:
        session = await self.session(actor)
        async with self.database.transaction() as connection:
            commands = Commands(connection, session, self.bus)
            return await commands.create(session.catalog.object(object_name), rows, [""] * len(rows))

    async def update(
        self,
        object_name: str,
        record_id: UUID,
        values: Mapping[str, Any],
        version: int | None = None,
        actor: Actor | None = None,
    ) -> Written:
        session = await self.session(actor)
        async with self.database.transaction() as connection:
            commands = Commands(connection, session, self.bus)
            change = Change(record_id, values, version)
            return (await commands.update(session.catalog.object(object_name), [change]))[0]

    async def delete(self, object_name: str, record_id: UUID, actor: Actor | None = None) -> Written:
        session = await self.session(actor)
        async with self.database.transaction() as connection:
            commands = Commands(connection, session, self.bus)
            return (await commands.delete(session.catalog.object(object_name), [Change(record_id, {})]))[0]

    async def read(self, object_name: str, record_id: UUID, actor: Actor | None = None) -> Document:
        session = await self.session(actor)
        async with self.database.reader() as connection:
            body = await queries.read_record(
                connection, session, session.catalog.object(object_name), record_id
            )
        found: Document = orjson.loads(body)
        return found

    async def page(self, object_name: str, actor: Actor | None = None, **query: Any) -> Document:
        """A page as the API would give it: records, next_cursor and perhaps count."""
        session = await self.session(actor)
        async with self.database.reader() as connection:
            page = await queries.query_page(
                connection, session, session.catalog.object(object_name), ParsedQuery.model_validate(query)
            )
        found: Document = orjson.loads(page.document())
        return found

    async def names(self, object_name: str, actor: Actor | None = None, **query: Any) -> list[Any]:
        """Titles of all records that match, walking every page."""
        title = (await self.catalog()).object(object_name).title.api_name
        found: list[Any] = []
        cursor: str | None = None
        while True:
            page = await self.page(object_name, actor, select=[title], cursor=cursor, **query)
            found += [record[title] for record in page["records"]]
            cursor = page["next_cursor"]
            if cursor is None:
                return found

    async def aggregate(self, object_name: str, actor: Actor | None = None, **query: Any) -> Document:
        session = await self.session(actor)
        async with self.database.reader() as connection:
            body = await queries.aggregate(
                connection,
                session,
                session.catalog.object(object_name),
                ParsedAggregate.model_validate(query),
            )
        found: Document = orjson.loads(body)
        return found

    async def history(self, object_name: str, record_id: UUID, actor: Actor | None = None) -> list[Document]:
        session = await self.session(actor)
        async with self.database.reader() as connection:
            found = await queries.read_history(
                connection,
                session,
                session.catalog.object(object_name),
                str(record_id),
                limit=200,
                before=None,
            )
        entries: list[Document] = found["entries"]
        return entries

    async def change(self, *operations: Document, base_version: int | None = None) -> UUID:
        """Publish operations; the id of the change."""
        change_id, _, _ = await self.changes.apply(
            self.schema, read_operations(operations), self._changer, base_version=base_version
        )
        return change_id

    async def revert(self, change_id: UUID) -> None:
        await self.changes.revert(self.schema, change_id, self._changer)
