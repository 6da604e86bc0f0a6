"""From an empty schema to a working workspace: packages, roles, views. Safe to run again and after a crash."""

from banyan.access.facade import install_roles, installed_roles
from banyan.db.database import Database
from banyan.db.locks import one_at_a_time
from banyan.kernel.actor import system_actor
from banyan.metadata.changes.apply import Changes
from banyan.metadata.store import load_catalog
from banyan.metadata.views import NewView, create_view
from banyan.setup.packages import STANDARD, manifest, package_operations


async def install_packages(database: Database, schema: str) -> bool:
    """Install the standard packages that are not there yet. Returns whether anything was installed.

    A package's objects come in one change; roles and views follow in one transaction, marked by their presence.
    """
    if not await _missing(database, schema):
        return False
    changes, actor = Changes(database), system_actor(schema)
    async with one_at_a_time(database, f"install packages {schema}"):
        missing = await _missing(database, schema)
        for package in filter(None, missing):
            # A package is one change, so after a crash it is there whole or not at all.
            await changes.apply(schema, package_operations(package), actor)
        if missing:
            await _install_access_and_views(database, schema)
    return bool(missing)


async def _missing(database: Database, schema: str) -> list[str]:
    async with database.reader() as connection:
        catalog = await load_catalog(connection, schema)
        roles = await installed_roles(connection, schema)
    present = {obj.definition.package for obj in (*catalog.objects, *catalog.archived_objects)}
    missing = [package for package in STANDARD if package not in present]
    # Objects without roles: the process died between the two steps; the second one is repeated.
    return missing if missing or roles else [""]


async def _install_access_and_views(database: Database, schema: str) -> None:
    async with database.reader() as connection:
        catalog = await load_catalog(connection, schema)
    async with database.transaction() as connection:
        roles: dict[str, dict[str, object]] = {}
        for package in STANDARD:
            for role in manifest(package).get("roles", ()):
                known = roles.setdefault(
                    role["key"], {"key": role["key"], "label": role["label"], "grants": {}}
                )
                known["grants"] = {**known["grants"], **role["grants"]}  # type: ignore[dict-item]
        await install_roles(connection, schema, roles.values())
        for package in STANDARD:
            for position, view in enumerate(manifest(package).get("views", ())):
                await create_view(connection, catalog, NewView.from_package(view, position), owner=None)
