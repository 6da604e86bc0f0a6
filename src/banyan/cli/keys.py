"""`banyan rotate-keys`: seal again what an older master key sealed."""

import asyncio

import typer

from banyan.cli.environment import settings_from_environment
from banyan.cli.refusals import say
from banyan.kernel.settings import Settings


def register(app: typer.Typer) -> None:
    app.command("rotate-keys")(rotate_keys)


def rotate_keys() -> None:
    """Seal all encrypted fields with the first of the master keys; afterwards the older ones can be given up."""
    for line in asyncio.run(_rotate(settings_from_environment())):
        print(line)


async def _rotate(settings: Settings) -> list[str]:
    from banyan.db.database import Database
    from banyan.db.targets import resolve_targets
    from banyan.db.vault import open_vault
    from banyan.metadata.store import load_catalog
    from banyan.records.rotation import rotate
    from banyan.workspaces import list_workspaces

    lines = []
    with resolve_targets(settings) as targets:
        database = await Database.open(targets, min_size=1, max_size=2)
        try:
            for space in list_workspaces(targets):
                async with database.reader() as connection:
                    catalog = await load_catalog(connection, space.schema)
                async for done in rotate(database, catalog, open_vault(settings.home)):
                    counted = say(f"重新加密 {done.count} 个值", f"{done.count} values sealed again")
                    lines.append(f"{space.key}  {done.object}.{done.field}  {counted}")
        finally:
            await database.close()
    return lines or [say("没有加密字段", "There are no encrypted fields")]
