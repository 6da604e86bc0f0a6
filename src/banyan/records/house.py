"""The house itself at work in a workspace: sessions kept by rounds that come again each second or minute."""

from banyan.access.policy import system_policy
from banyan.db import control
from banyan.db.database import Connection
from banyan.db.kept import MOST_WORKSPACES
from banyan.kernel.actor import system_actor
from banyan.metadata.store import load_catalog, read_version
from banyan.records.session import Session


class HouseSessions:
    """One per workspace; its catalog is read again only when it has changed."""

    def __init__(self) -> None:
        self._known: dict[str, Session] = {}

    async def of(self, connection: Connection, schema: str) -> Session:
        known = self._known.get(schema)
        if known is not None and known.full.version == await read_version(connection, schema):
            return known
        actor = system_actor(schema, await control.read_language(connection, schema))
        currency = await control.read_currency(connection, schema)
        catalog = await load_catalog(connection, schema)
        if len(self._known) >= MOST_WORKSPACES:
            self._known.clear()  # Workspaces that are gone are not asked for again.
        known = self._known[schema] = Session(actor, system_policy(actor), catalog, currency=currency)
        return known
