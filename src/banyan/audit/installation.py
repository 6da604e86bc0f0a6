"""Entries of what was done to the whole installation, from a command or its schedule: one in every workspace."""

import asyncio
from collections.abc import Mapping
from typing import Any

from banyan.audit.facade import write_audit
from banyan.db.database import Database
from banyan.db.roles import ConnectionTargets
from banyan.db.seals import workspace_schemas
from banyan.kernel.actor import system_actor


def note_everywhere(targets: ConnectionTargets, action: str, detail: Mapping[str, Any]) -> None:
    """Write the entry as the installation itself. For processes without an event loop."""
    asyncio.run(_note(targets, action, detail))


async def _note(targets: ConnectionTargets, action: str, detail: Mapping[str, Any]) -> None:
    database = await Database.open(targets)
    try:
        async with database.transaction() as connection:
            for schema in await workspace_schemas(connection):
                await write_audit(connection, system_actor(schema), action, {}, detail)
    finally:
        await database.close()
