"""Entries of what was done to the whole installation, from a command or its schedule: one in every workspace."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from banyan.audit.facade import write_audit
from banyan.db.database import Database
from banyan.db.roles import ConnectionTargets
from banyan.db.seals import workspace_schemas
from banyan.kernel.actor import system_actor

LEFT = "audit-note.json"


def note_everywhere(targets: ConnectionTargets, action: str, detail: Mapping[str, Any]) -> None:
    """Write the entry as the installation itself. For processes without an event loop."""
    asyncio.run(_note(targets, action, detail))


def leave_note(home: Path, action: str, detail: Mapping[str, Any]) -> None:
    """Keep an entry for the next start: a database that has just been restored is not running, and may be older."""
    (home / LEFT).write_bytes(orjson.dumps({"action": action, "detail": dict(detail)}))


def write_left_note(home: Path, targets: ConnectionTargets) -> None:
    """Write what `leave_note` kept, once the schemas are up to date."""
    left = orjson.loads((home / LEFT).read_bytes())
    note_everywhere(targets, left["action"], left["detail"])
    (home / LEFT).unlink()


async def _note(targets: ConnectionTargets, action: str, detail: Mapping[str, Any]) -> None:
    database = await Database.open(targets)
    try:
        async with database.transaction() as connection:
            for schema in await workspace_schemas(connection):
                await write_audit(connection, system_actor(schema), action, {}, detail)
    finally:
        await database.close()
