"""Rights through changes of the configuration and of the version: nothing opens and nobody loses data in silence."""

import uuid
from dataclasses import replace
from typing import Any

import alembic.command
import psycopg
import pytest
import sqlalchemy as sa
from psycopg import sql

from banyan.access.facade import install_roles
from banyan.access.tables import access_tables
from banyan.db.database import Database
from banyan.db.schema_version import upgrade_workspace
from banyan.db.statements import run
from banyan.metadata.changes.operations import AddField
from banyan.setup.facade import install_packages, package_roles
from banyan.setup.packages import package_operations
from factories.api import Api, unique
from factories.company import LOOK
from factories.house import House


async def grants_of(database: Database, schema: str, role: str) -> set[tuple[str, str, str]]:
    grant = access_tables(schema).grant.c
    async with database.reader() as connection:
        query = sa.select(grant.object, grant.action, grant.scope).where(grant.role_key == role)
        return {(row[0], row[1], row[2]) for row in await (await run(connection, query)).fetchall()}


async def test_a_field_of_another_type_is_as_closed_as_before(api: Api):
    admin, name = api.administrator, unique("f_")
    field = {"api_name": name, "type": "text", "label": {"en": name}}
    await admin.change({"kind": "add_field", "object": "account", "field": field})
    grants = {**LOOK, "account": {"read": "all"}}
    people = {
        level: await api.person(await api.role(grants=grants, fields={"account": {name: {"level": level}}}))
        for level in ("hidden", "masked")
    }
    account = await admin.create("account", name=unique("a"), **{name: "a long secret"})
    path = f"/records/account/{account['id']}"

    async def closed() -> bool:
        hidden, masked = [await people[level].ok("GET", path) for level in ("hidden", "masked")]
        told = [await person.ok("GET", f"{path}/history") for person in people.values()]
        plain = "a long secret"
        return name not in hidden and masked[name] not in (None, plain) and plain not in f"{hidden}{told}"

    assert await closed()
    retype = {"kind": "retype_field", "object": "account", "field": name, "type": "long_text", "config": {}}
    made = await admin.change(retype)
    assert await closed()
    await admin.ok("POST", f"/metadata/changes/{made['id']}/revert")
    assert await closed()


async def test_an_upgrade_gives_no_right_back_that_people_took(house: House, database: Database):
    schema = house.schema
    tables = access_tables(schema)
    everything = await grants_of(database, schema, "member")
    async with database.transaction() as connection:
        member = tables.grant.c.role_key == "member"
        gone = sa.or_(tables.grant.c.action == "delete", tables.grant.c.object == "position")
        await run(connection, sa.delete(tables.grant).where(member, gone))
        changed = sa.update(tables.role).where(tables.role.c.key == "member")
        await run(connection, changed.values(version=2, label={"en": "Ours"}))
        away = sa.delete(tables.grant).where(tables.grant.c.role_key == "reader")
        await run(connection, away)
        package = sa.table("installed_package", sa.column("version"), schema=schema)
        await run(connection, sa.update(package).values(version=1))
    kept = {row for row in everything if row[1] != "delete" and row[0] != "position"}
    assert await install_packages(database, schema)
    assert await grants_of(database, schema, "member") == kept
    # Nobody has changed this one: it is as the package says.
    assert ("*", "read", "all") in await grants_of(database, schema, "reader")
    # An object that comes with the new version is opened as the package says.
    known = {obj.grant_key for obj in (await house.catalog()).objects} - {"position"}
    async with database.transaction() as connection:
        await install_roles(connection, schema, package_roles(), known)
    fresh = {row for row in everything if row[0] == "position"}
    assert await grants_of(database, schema, "member") == kept | fresh
    async with database.reader() as connection:
        label = await run(connection, sa.select(tables.role.c.label).where(tables.role.c.key == "member"))
        assert b"Ours" in bytes((await label.fetchone() or (b"",))[0])


def test_administrators_of_before_keep_data_and_audit(targets: Any, monkeypatch: pytest.MonkeyPatch):
    schema, person, other = f"ws_u{uuid.uuid4().hex[:10]}", uuid.uuid4(), uuid.uuid4()
    upgrade = alembic.command.upgrade
    with monkeypatch.context() as patched:
        patched.setattr(alembic.command, "upgrade", lambda config, _: upgrade(config, "0001_platform"))
        upgrade_workspace(targets, schema)
    with psycopg.connect(targets.owner, autocommit=True) as connection:
        connection.execute(sql.SQL("SET search_path = {}").format(sql.Identifier(schema)))
        connection.execute("INSERT INTO role (key, label) VALUES ('administrator', '{}'), ('member', '{}')")
        given = "INSERT INTO role_assignment (user_id, role_key) VALUES (%s, 'administrator'), (%s, 'member')"
        connection.execute(given, (person, other))
        upgrade_workspace(targets, schema)
        held = connection.execute("SELECT role_key, kind, holder_id FROM role_holder").fetchall()
        connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(schema)))
    keys = ("administrator", "all_data", "auditor")
    assert set(held) == {*((key, "user", person) for key in keys), ("member", "user", other)}


async def test_a_field_that_comes_with_a_new_version_leaves_users_their_labels(house: House):
    catalog = await house.catalog()
    deal = catalog.object("opportunity")
    rivals = next(field for field in deal.fields if field.api_name == "rivals")
    theirs = replace(
        rivals,
        slug="f_ours",
        definition=rivals.definition.model_copy(
            update={"api_name": "ours", "label": {"zh-CN": "竞争对手", "en": "Ours"}}
        ),
    )
    fields = tuple(theirs if field is rivals else field for field in deal.fields)
    older = replace(catalog, objects=tuple(
        replace(obj, fields=fields) if obj is deal else obj for obj in catalog.objects
    ))  # fmt: skip
    added = package_operations("crm", older)
    assert [one.field.label for one in added if isinstance(one, AddField)] == [
        {"zh-CN": "竞争对手 2", "en": "Competitors"}
    ]
