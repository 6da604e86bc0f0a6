"""What a web process holds: the open database, catalogs, the change pipeline, the event bus."""

import asyncio
import contextlib
from dataclasses import dataclass, field
from datetime import UTC, datetime

import psycopg
import structlog

from banyan.access.compile import load_policy
from banyan.access.policy import Policy
from banyan.api.proven import Proven
from banyan.audit.denials import Denials
from banyan.audit.limits import Meter
from banyan.db.database import Connection, Database
from banyan.db.roles import ConnectionTargets
from banyan.db.vault import Vault, open_vault
from banyan.events import EventBus
from banyan.files.stores import Stores, open_stores
from banyan.identity.sessions import end_sessions
from banyan.jobs import JobQueue
from banyan.kernel.actor import Actor
from banyan.kernel.errors import BanyanError, NotFound
from banyan.kernel.settings import Settings
from banyan.live.hub import Hub
from banyan.metadata.changes.apply import Changes
from banyan.metadata.store import CHANGED_CHANNEL, CatalogStore
from banyan.workspaces import Workspace, load

_MOST_POLICIES = 5_000
_BOOKS_EVERY_S = 1.0
_FOLLOWING_PAUSES_S = (0.1, 0.5, 2.0, 5.0, 15.0)
# What PostgreSQL says where a workspace is no more.
GONE = (psycopg.errors.UndefinedFunction, psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName)
_log = structlog.get_logger("banyan.api")


@dataclass
class Runtime:
    settings: Settings
    targets: ConnectionTargets
    database: Database
    bus: EventBus
    queue: JobQueue
    catalogs: CatalogStore
    changes: Changes
    denials: Denials = field(init=False)
    meter: Meter = field(init=False)
    hub: Hub = field(init=False)
    stores: Stores = field(init=False)
    proven: Proven = field(default_factory=Proven)
    _workspaces: dict[str, Workspace] = field(default_factory=dict)
    _policies: dict[tuple[str, str, bool], Policy] = field(default_factory=dict)

    @property
    def vault(self) -> Vault:
        """Opens and seals what is kept secret; the keys are read when first needed."""
        return open_vault(self.settings.home)

    def __post_init__(self) -> None:
        self.denials = Denials(self.database)
        self.hub = Hub(self.database)
        self.stores = open_stores(self.database, self.settings.files)
        self.meter = Meter(self.database, hold=end_sessions)

    async def workspace(self, key: str) -> Workspace:
        """The workspace called `key`. One that is set up does not change under us; others are read again."""
        known = self._workspaces.get(key)
        if known is None:
            async with self.database.reader() as connection:
                known = await load(connection, key)
            if known.is_set_up:
                self._workspaces[key] = known
        return known

    def forget_workspace(self, key: str) -> None:
        """What is known of it in this process; whoever asks for it next reads it again."""
        known = self._workspaces.pop(key, None)
        if known is not None:
            self.catalogs.forget(known.schema)

    async def policy(self, connection: Connection, actor: Actor, version: int) -> Policy:
        """The actor's policy, kept while its version is the one the session statement has just read."""
        known = self.known_policy(actor, version)
        if known is None:
            if len(self._policies) >= _MOST_POLICIES:
                self._policies.clear()
            known = self._policies[_holder(actor)] = await load_policy(connection, actor)
        return known

    def known_policy(self, actor: Actor, version: int) -> Policy | None:
        """The actor's policy of this version, where it was asked for before and holds at this moment."""
        known = self._policies.get(_holder(actor))
        if known is None or known.version != version or known.actor != actor:
            return None
        return None if known.valid_until is not None and known.valid_until <= datetime.now(UTC) else known

    async def follow_changes(self) -> None:
        """Refresh catalogs as changes are announced; after a reconnect, all of them.

        It goes on whatever happens: who stops listening never hears of a change again.
        """
        async for schema in self.database.listen(CHANGED_CHANNEL):
            for name in self.catalogs.known():
                if schema in (None, name):
                    await self._follow(name)

    async def _follow(self, schema: str) -> None:
        for pause in _FOLLOWING_PAUSES_S:
            try:
                await self.catalogs.refresh(schema)
            except (NotFound, *GONE):
                self.catalogs.forget(schema)
                return
            except (BanyanError, psycopg.Error) as error:  # The database is away, or was a moment ago.
                _log.warning("catalog_not_read", schema=schema, error=str(error))
                await asyncio.sleep(pause)
            else:
                return

    async def keep_books(self) -> None:
        """Write down about each second what this process has counted: refusals, and how much people read."""
        while True:
            await asyncio.sleep(_BOOKS_EVERY_S)
            try:
                await self.denials.flush()
                await self.meter.flush()
            except (BanyanError, psycopg.Error) as error:  # The database is away; what was counted is kept.
                _log.warning("books_not_written", error=str(error))

    async def close(self, *tasks: asyncio.Task[None]) -> None:
        for task in tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, BanyanError, psycopg.Error):
                await task
        await self.hub.close()
        with contextlib.suppress(BanyanError, psycopg.Error):
            await self.denials.flush(everything=True)
            await self.meter.flush()
        await self.database.close()


def _holder(actor: Actor) -> tuple[str, str, bool]:
    return actor.workspace, str(actor.user_id), actor.read_only
