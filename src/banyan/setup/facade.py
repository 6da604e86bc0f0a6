"""From an empty schema to a working workspace: packages, roles, views. Safe to run again and after a crash."""

from banyan.access.facade import install_roles
from banyan.db.database import Database
from banyan.kernel.actor import system_actor
from banyan.metadata.changes.apply import Changes
from banyan.metadata.store import load_catalog
from banyan.metadata.views import NewView, create_view
from banyan.setup.packages import STANDARD, manifest, package_operations


async def install_packages(database: Database, schema: str) -> bool:
    """Install the standard packages that are not there yet. Returns whether anything was installed.

    A package's objects come in one change; roles and views follow in one transaction, marked by their presence.
    """
    changes, actor = Changes(database), system_actor(schema)
    installed = False
    for package in STANDARD:
        async with database.reader() as connection:
            catalog = await load_catalog(connection, schema)
        present = {obj.definition.package for obj in (*catalog.objects, *catalog.archived_objects)}
        if package not in present:
            await changes.apply(schema, package_operations(package), actor)
            installed = True
    if installed:
        await _install_access_and_views(database, schema)
    return installed


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
