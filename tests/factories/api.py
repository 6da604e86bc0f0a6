"""The whole application in this process, and the people who call it."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson
import sqlalchemy as sa
from fastapi import FastAPI

from banyan.advisor.making import JOB as INDEX_JOB
from banyan.advisor.making import Maker as IndexMaker
from banyan.api.runtime import Runtime
from banyan.app import subscribers
from banyan.db.statements import run
from banyan.events import EventBus
from banyan.exports.facade import JOB as EXPORT_JOB
from banyan.exports.writing import Writer as ExportWriter
from banyan.identity.tables import identity_tables
from banyan.imports.facade import JOB, Imports
from banyan.jobs import JobRegistry, MemoryJobQueue
from banyan.notifications.facade import register_jobs as register_mail_jobs

BASE = "http://test"
MAIN_SCHEMA = "ws_main"
# "administrator" in tests is one who also sees all data, as the first one does.
ROLES = {"administrator": ["administrator", "all_data"], "plain_administrator": ["administrator"]}
PASSWORD = "correct horse battery"
Document = dict[str, Any]


def unique(prefix: str) -> str:
    """A name nobody else uses in the shared workspace."""
    return f"{prefix}{uuid.uuid4().hex[:10]}"


@dataclass
class Person:
    """Somebody signed in. Calls answer with the response; `ok` calls check it and give its document."""

    client: httpx.AsyncClient
    user: Document
    token: str

    @property
    def id(self) -> str:
        return str(self.user["id"])

    async def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        return await self.client.request(method, f"/api/v1{path}", **options)

    async def ok(self, method: str, path: str, json: Any = None, **options: Any) -> Any:
        if json is not None:
            options["json"] = json
        response = await self.call(method, path, **options)
        assert response.is_success, f"{method} {path}: {response.status_code} {response.text}"
        return orjson.loads(response.content) if response.content else None

    async def refused(
        self, method: str, path: str, status: int, code: str | None = None, json: Any = None, **options: Any
    ) -> Document:
        if json is not None:
            options["json"] = json
        response = await self.call(method, path, **options)
        assert response.status_code == status, f"{method} {path}: {response.status_code} {response.text}"
        assert response.headers["content-type"] == "application/problem+json"
        problem: Document = response.json()
        if code is not None:
            assert problem["code"] == code, problem
        return problem

    async def create(self, object_name: str, **values: Any) -> Document:
        found: Document = await self.ok("POST", f"/records/{object_name}", values)
        return found

    async def page(self, object_name: str, **query: Any) -> Document:
        found: Document = await self.ok("POST", f"/records/{object_name}/query", query)
        return found

    async def change(self, *operations: Document, **options: Any) -> Document:
        found: Document = await self.ok(
            "POST", "/metadata/changes", {"operations": list(operations), **options}
        )
        return found

    async def catalog(self) -> Document:
        found: Document = await self.ok("GET", "/metadata/catalog")
        return found


@dataclass
class Api:
    """The running application. Jobs wait in memory until `run_jobs`."""

    app: FastAPI
    runtime: Runtime
    administrator: Person
    _people: list[Person] = field(default_factory=list)

    def client(self, token: str | None = None) -> httpx.AsyncClient:
        headers = {"accept-language": "en"}
        if token is not None:
            headers["authorization"] = f"Bearer {token}"
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url=BASE, headers=headers)

    async def person(self, role: str = "member", name: str | None = None, **values: Any) -> Person:
        """A new person who followed a one-time link and signed in."""
        admin = self.administrator
        email = f"{unique('p')}@example.com"
        record = await admin.create("user", name=name or unique("Person "), email=email, **values)
        invited = await admin.ok("POST", f"/users/{record['id']}/access", {"roles": ROLES.get(role, [role])})
        token = invited["link"].partition("token=")[2]
        client = self.client()
        spent = await client.post("/api/v1/set-password", json={"token": token, "password": PASSWORD})
        assert spent.status_code == 204, spent.text
        return await self.sign_in(email)

    async def role(self, **parts: Any) -> str:
        """A new role with `grants` (scopes may be plain words) and `fields`; its key."""
        key = unique("r_")
        grants = {
            name: {
                action: grant if isinstance(grant, dict) else {"scope": grant}
                for action, grant in actions.items()
            }
            for name, actions in parts.pop("grants", {}).items()
        }
        body = {"key": key, "label": {"en": key}, "grants": grants, **parts}
        await self.administrator.ok("POST", "/roles", body)
        return key

    async def sign_in(self, email: str, password: str = PASSWORD) -> Person:
        client = self.client()
        response = await client.post("/api/v1/sessions", json={"email": email, "password": password})
        assert response.status_code == 201, response.text
        document = response.json()
        person = Person(self.client(document["token"]), document["user"], document["token"])
        await person.ok("PATCH", "/sessions/current/user", {"language": "en"})
        self._people.append(person)
        return person

    @property
    def imports(self) -> Imports:
        runtime = self.runtime
        return Imports(
            runtime.database, runtime.queue, runtime.bus, runtime.changes, runtime.settings.home / "uploads"
        )

    @property
    def exports(self) -> ExportWriter:
        return ExportWriter(self.runtime.database, self.runtime.settings.home / "exports")

    @property
    def bus(self) -> EventBus:
        """The worker's end of the outbox, on the queue in memory."""
        return EventBus(subscribers(self.runtime.database), self.runtime.queue)

    async def deliver(self) -> None:
        """Hand what was announced to whoever subscribes."""
        await self.bus.dispatch(self.runtime.database, MAIN_SCHEMA)
        await self.run_jobs()

    async def run_jobs(self) -> None:
        registry = JobRegistry()
        registry.register(JOB, self.imports.work)
        queue = self.runtime.queue
        register_mail_jobs(registry, self.runtime.database, queue, self.runtime.settings)
        registry.register(EXPORT_JOB, self.exports.work)
        registry.register(INDEX_JOB, IndexMaker(self.runtime.database).work)
        self.bus.add_jobs(registry, self.runtime.database)
        assert isinstance(queue, MemoryJobQueue)
        await queue.run_all(registry)

    async def ok_policy(self, policy: Document) -> None:
        """What the workspace asks of sign-in from now on; what is not named is as at first."""
        await self.administrator.ok("PUT", "/security/policy", policy)

    async def forget_attempts(self) -> None:
        """Failed sign-ins of one test must not slow the next one down: they all come from one address."""
        async with self.runtime.database.transaction() as connection:
            await run(connection, sa.delete(identity_tables(MAIN_SCHEMA).sign_in_attempt))

    async def close(self) -> None:
        for person in (self.administrator, *self._people):
            await person.client.aclose()


def without_reference(problem: Document, keys: Iterable[str] = ("reference",)) -> Document:
    """A problem document without what differs from answer to answer."""
    return {name: value for name, value in problem.items() if name not in keys}
