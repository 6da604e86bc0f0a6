"""From an empty schema to a working workspace: packages, roles, views. Safe to run again and after a crash.

A newer version of a package adds what is new (objects, fields, roles) and leaves alone what people have changed or
removed since. What is installed is written down in the transaction that finishes it.
"""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from banyan.access.facade import install_parents, install_roles
from banyan.db.database import Connection, Database
from banyan.db.locks import one_at_a_time
from banyan.db.statements import run
from banyan.kernel.actor import system_actor
from banyan.metadata.catalog import Catalog
from banyan.metadata.changes.apply import Changes
from banyan.metadata.store import load_catalog
from banyan.metadata.views import NewView, create_view, has_views
from banyan.setup.packages import STANDARD, manifest, package_operations


def _installed(schema: str) -> sa.Table:
    meta = sa.MetaData(schema=schema)
    return sa.Table("installed_package", meta, sa.Column("key", sa.Text), sa.Column("version", sa.Integer))


async def install_packages(database: Database, schema: str) -> bool:
    """Install or upgrade the standard packages. Returns whether anything was done."""
    if not await _outdated(database, schema):
        return False
    changes, actor = Changes(database), system_actor(schema)
    async with one_at_a_time(database, f"install packages {schema}"):
        outdated = await _outdated(database, schema)
        async with database.reader() as connection:
            before = await load_catalog(connection, schema)
        known = {obj.grant_key for obj in before.by_id.values()}
        for package in outdated:
            # A package is one change, so after a crash it is there whole or not at all.
            async with database.reader() as connection:
                operations = package_operations(package, await load_catalog(connection, schema))
            if operations:
                await changes.apply(schema, operations, actor)
        if outdated:
            await _finish(database, schema, outdated, known)
    return bool(outdated)


async def _outdated(database: Database, schema: str) -> list[str]:
    async with database.reader() as connection:
        cursor = await run(connection, sa.select(_installed(schema)))
        installed = {row[0]: row[1] for row in await cursor.fetchall()}
    return [package for package in STANDARD if installed.get(package, 0) < manifest(package)["version"]]


async def _finish(database: Database, schema: str, packages: list[str], known: set[str]) -> None:
    """Roles, parents and views of all packages, and the note that they are installed: one transaction."""
    async with database.reader() as connection:
        catalog = await load_catalog(connection, schema)
    async with database.transaction() as connection:
        await install_roles(connection, schema, package_roles(), known)
        await install_parents(connection, schema, _parents(catalog))
        # Of objects that were there before, views are their users' own by now.
        settled = known if await has_views(connection, schema) else set()
        await _install_views(connection, catalog, settled)
        table = _installed(schema)
        for package in packages:
            version = {"version": manifest(package)["version"]}
            await run(
                connection,
                insert(table)
                .values(key=package, **version)
                .on_conflict_do_update(index_elements=["key"], set_=version),
            )


def package_roles() -> list[dict[str, Any]]:
    """Roles of all packages; a later package adds grants to a role of an earlier one."""
    roles: dict[str, dict[str, Any]] = {}
    for package in STANDARD:
        for role in manifest(package).get("roles", ()):
            known = roles.setdefault(role["key"], {**role, "grants": {}})
            known["grants"] = {**known["grants"], **role.get("grants", {})}
    return list(roles.values())


def _parents(catalog: Catalog) -> dict[str, Any]:
    found = {}
    for package in STANDARD:
        for name, field in manifest(package).get("parents", {}).items():
            obj = catalog.by_name.get(name)
            relation = obj.field(field) if obj is not None else None
            if obj is not None and relation is not None:
                found[obj.grant_key] = relation.id
    return found


async def _install_views(connection: Connection, catalog: Catalog, settled: Collection[str]) -> None:
    for package in STANDARD:
        for position, view in enumerate(manifest(package).get("views", ())):
            obj = catalog.by_name.get(view["object"])
            if obj is None or obj.grant_key in settled:
                continue
            await create_view(connection, catalog, NewView.from_package(view, position), owner=None)
