"""A pool with its people, and a clock that a test moves."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from banyan.access.facade import load_policy
from banyan.events import EventBus
from banyan.kernel.actor import Actor
from banyan.metadata.store import load_catalog
from banyan.pools.passes import Passes
from banyan.pools.store import read_pool
from banyan.records.session import Session
from factories.api import MAIN_SCHEMA, Api, Document, Person, unique


@dataclass
class Pools:
    """Makes pools and fills them; everything by the administrator, who manages each."""

    api: Api

    @property
    def admin(self) -> Person:
        return self.api.administrator

    async def make(self, *members: Person, applies_to: str = "lead", **settings: Any) -> Document:
        settings = {"managers": [f"user:{self.admin.id}"], **settings}
        body = {
            "name": unique("Pool "),
            "applies_to": applies_to,
            "settings": {"members": [f"user:{each.id}" for each in members], **settings},
        }
        found: Document = await self.admin.ok("POST", "/pools", body)
        return found

    async def fill(self, pool: Document, count: int, **values: Any) -> list[str]:
        kind = pool["applies_to"]
        rows = [
            {"op": "create", "values": {"name": unique("R"), "owner": None, **values}} for _ in range(count)
        ]
        made = await self.admin.ok("POST", f"/records/{kind}/batch", {"operations": rows})
        ids = [each["id"] for each in made["results"]]
        await self.admin.ok("POST", f"/pools/{pool['id']}/put", {"ids": ids})
        return ids

    async def claim(self, person: Person, pool: Document, *ids: str) -> list[Document]:
        found = await person.ok("POST", f"/pools/{pool['id']}/claim", {"ids": list(ids)})
        results: list[Document] = found["results"]
        return results

    async def change(self, pool: Document, **settings: Any) -> Document:
        now = await self.admin.ok("GET", f"/pools/{pool['id']}")
        body = {"version": now["version"], "settings": {**now["settings"], **settings}, "confirm": True}
        found: Document = await self.admin.ok("PUT", f"/pools/{pool['id']}", body)
        return found

    async def pass_at(self, now: datetime) -> None:
        """One round of the worker at that moment."""
        bus: EventBus = self.api.runtime.bus
        await Passes(self.api.runtime.database, bus).work(MAIN_SCHEMA, now)

    async def session(self, person: Person, now: datetime | None = None) -> Session:
        actor = Actor(UUID(person.id), MAIN_SCHEMA, "en")
        async with self.api.runtime.database.reader() as connection:
            catalog = await load_catalog(connection, MAIN_SCHEMA)
            return replace(Session(actor, await load_policy(connection, actor), catalog), now=now)

    async def stored(self, session: Session, pool: Document) -> Any:
        async with self.api.runtime.database.reader() as connection:
            return await read_pool(connection, session, UUID(pool["id"]))


@pytest.fixture
def pools(api: Api) -> Pools:
    return Pools(api)
