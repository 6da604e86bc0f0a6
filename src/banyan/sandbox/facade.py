"""Making a sandbox, looking at what was changed in it, bringing that back as a change set, and throwing it away."""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from banyan import workspaces
from banyan.access.facade import FIRST_ROLES, assign_roles
from banyan.access.policy import system_policy
from banyan.audit.facade import write_audit
from banyan.configuration.applying import Applier, difference, export
from banyan.configuration.comparing import Difference
from banyan.configuration.document import Document, read_document
from banyan.configuration.writing import to_yaml
from banyan.db import control
from banyan.db.database import Connection, Database
from banyan.db.roles import ConnectionTargets
from banyan.events import EventBus
from banyan.identity import facade as identity
from banyan.kernel.actor import Actor, system_actor
from banyan.kernel.errors import Conflict, Denied, InvalidInput, NotFound
from banyan.kernel.ids import new_id
from banyan.kernel.limits import setting
from banyan.metadata.changes import sets
from banyan.metadata.changes.apply import Changes
from banyan.metadata.changes.sets import ChangeSet
from banyan.metadata.store import load_catalog
from banyan.records.commands import Commands
from banyan.records.session import Session
from banyan.sandbox.sample import copy_sample, masked_sample
from banyan.setup.facade import install_packages
from banyan.workspaces import Workspace

MOST_ROWS = 200  # of each object


@dataclass(frozen=True)
class Sandboxes:
    """What sandboxes of one installation need."""

    database: Database
    targets: ConnectionTargets
    changes: Changes
    bus: EventBus

    async def list(self, parent: str) -> Sequence[Workspace]:
        """Sandboxes of the workspace `parent`, oldest first."""
        async with self.database.reader() as connection:
            keys = await control.read_sandboxes(connection, parent)
            return [await workspaces.load(connection, key) for key in keys]

    async def make(self, session: Session, home: Workspace, name: str, rows: int) -> Workspace:
        """A copy of the configuration, with up to `rows` masked records of each object; its maker may sign in.

        What fails half way is thrown away again.
        """
        if not 0 <= rows <= MOST_ROWS:
            raise InvalidInput("sandbox_rows", limit=MOST_ROWS)
        there = await self.list(home.key)
        most = self.changes.limits.sandboxes
        if len(there) >= most:
            raise Conflict("sandboxes_many", limit=most, setting=setting("sandboxes"))
        async with self.database.reader() as connection:
            text = to_yaml(await export(connection, session))
            sample = await masked_sample(connection, session, rows) if rows else {}
        key = f"{home.key[:32]}_s{str(new_id())[-8:]}"
        space = await asyncio.to_thread(
            workspaces.provision, self.targets, key, name, home.language, home.currency
        )
        try:
            await self._furnish(session, home, space, read_document(text, self.changes.limits))
            if sample:
                await copy_sample(self.database, self.bus, await self._inside(space), sample)
        except BaseException:
            await asyncio.to_thread(control.drop_workspace, self.targets, key)
            raise
        async with self.database.transaction() as connection:
            detail = {"name": name, "rows": rows}
            await write_audit(connection, session.actor, "sandbox_made", {"sandbox": key}, detail)
        return space

    async def _furnish(self, session: Session, home: Workspace, space: Workspace, document: Document) -> None:
        await install_packages(self.database, space.schema)
        await Applier(self.database, self.changes, self.bus).apply(
            await self._inside(space), document, home.name
        )
        async with self.database.reader() as connection:
            found = await identity.people_with_access(connection, home.schema)
        maker = session.actor.user_id
        sign_in = found[maker][0] if maker in found else f"{maker}@example.com"
        async with self.database.transaction() as connection:
            named = {"name": space.name, "language": home.language, "currency": home.currency}
            await control.complete_set_up(connection, space.key, **named)
            await control.mark_sandbox(connection, space.key, home.key)
            inside = await self._inside(space, connection)
            commands = Commands(connection, inside, self.bus)
            people = inside.full.object("user")
            (person,) = await commands.create(people, [{"name": sign_in.partition("@")[0], "email": sign_in}])
            # Nobody knows the password: one comes in from home.
            unknown, language = secrets.token_urlsafe(32), session.actor.language
            await identity.create_credential(
                connection, space.schema, person.id, sign_in, password=unknown, language=language
            )
            await assign_roles(connection, space.schema, person.id, FIRST_ROLES)

    async def _inside(self, space: Workspace, connection: Connection | None = None) -> Session:
        if connection is None:
            async with self.database.reader() as own:
                return await self._inside(space, own)
        catalog = await load_catalog(connection, space.schema)
        actor = system_actor(space.schema)
        accepts = frozenset({"duplicates"})  # made up values look alike
        return Session(actor, system_policy(actor), catalog, currency=space.currency, accepts=accepts)

    async def find(self, home: Workspace, key: str) -> Workspace:
        """Raises NotFound for what is no sandbox of `home`."""
        async with self.database.reader() as connection:
            if key not in await control.read_sandboxes(connection, home.key):
                raise NotFound("unknown_sandbox", key=key)
            return await workspaces.load(connection, key)

    async def changed(self, home: Workspace, key: str, *, prune: bool = False) -> Difference:
        """What bringing the sandbox's configuration back would do."""
        space = await self.find(home, key)
        inside = await self._inside(space)
        async with self.database.reader() as connection:
            document = read_document(to_yaml(await export(connection, inside)), self.changes.limits)
            return await difference(connection, home.schema, document, prune=prune)

    async def bring_back(self, actor: Actor, home: Workspace, key: str, *, prune: bool = False) -> ChangeSet:
        """A draft in the home workspace with what was changed in the sandbox, to be looked at and published."""
        found = await self.changed(home, key, prune=prune)
        space = await self.find(home, key)
        if not found.operations:
            raise Conflict("sandbox_unchanged")
        documents = [
            {**each.model_dump(mode="json", exclude_unset=True), "kind": each.kind}
            for each in found.operations
        ]
        async with self.database.transaction() as connection:
            return await sets.create_set(
                connection, home.schema, actor, space.name, documents, limits=self.changes.limits
            )

    async def maker_in(self, connection: Connection, space: Workspace, sign_in: str) -> UUID:
        """The person in the sandbox who signs in as `sign_in`. Raises Denied: its maker alone may enter."""
        person = await _person_in(connection, space, sign_in)
        if person is None:
            raise Denied("sandbox_of_another", name=space.name)
        return person

    async def open_to(self, spaces: Sequence[Workspace], sign_in: str) -> frozenset[str]:
        """Keys of the sandboxes that whoever signs in as `sign_in` may enter."""
        async with self.database.reader() as connection:
            return frozenset([each.key for each in spaces if await _person_in(connection, each, sign_in)])

    async def remove(self, actor: Actor, home: Workspace, key: str) -> None:
        """Throw a sandbox away with everything in it."""
        space = await self.find(home, key)
        await asyncio.to_thread(control.drop_workspace, self.targets, space.key)
        async with self.database.transaction() as connection:
            await write_audit(connection, actor, "sandbox_removed", {"sandbox": key}, {"name": space.name})


async def _person_in(connection: Connection, space: Workspace, sign_in: str) -> UUID | None:
    for user, (name, state) in (await identity.people_with_access(connection, space.schema)).items():
        if name == sign_in and state != "disabled":
            return user
    return None
