"""`banyan demo`: sample data for trials and measurements."""

import asyncio
from typing import Annotated

import typer

MOST = 10_000_000


def register(app: typer.Typer) -> None:
    app.command("demo", help="Fill a workspace with generated sample data.")(demo)


def demo(
    scale: Annotated[int, typer.Option("--scale", min=100, max=MOST, help="Rows of each object.")] = 10_000,
    workspace: Annotated[str, typer.Option("--workspace", help="Key of the workspace.")] = "main",
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same data.")] = 42,
) -> None:
    """Stream accounts, contacts, opportunities and activities by COPY into an empty workspace."""
    asyncio.run(_demo(scale, workspace, seed))


async def _demo(rows: int, key: str, seed: int) -> None:
    from banyan.db.database import Database
    from banyan.db.targets import resolve_targets
    from banyan.identity.facade import people_with_access
    from banyan.kernel.errors import Conflict
    from banyan.kernel.settings import Settings
    from banyan.metadata.store import load_catalog
    from banyan.setup.scale import Scale, load_scaled
    from banyan.workspaces import load

    with resolve_targets(Settings.from_environment()) as targets:
        database = await Database.open(targets, statement_timeout_ms=0)
        try:
            async with database.reader() as connection:
                space = await load(connection, key)
                owners = tuple(await people_with_access(connection, space.schema))
                catalog = await load_catalog(connection, space.schema)
            if not owners:
                raise Conflict("setup_first")
            await load_scaled(database, catalog, Scale(rows, owners, seed), space.currency)
        finally:
            await database.close()
