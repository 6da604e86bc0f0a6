"""What others ask of access: policies of actors, sessions, and the roles people hold."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from banyan.access.compile import load_policy
from banyan.access.holders import check_somebody_rules, touch_policies
from banyan.access.model import EVERY_OBJECT
from banyan.access.tables import AccessTables, access_tables
from banyan.db.compile import CompiledStatement, compile_statement
from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.identity.facade import IDLE_DAYS
from banyan.identity.secrets import token_hash
from banyan.identity.tables import identity_tables
from banyan.kernel.actor import Actor

ADMINISTRATOR, MEMBER, ALL_DATA, AUDITOR = "administrator", "member", "all_data", "auditor"
# Who sets the installation up holds all four, so that nothing is vacant; each can be handed on.
FIRST_ROLES = (ADMINISTRATOR, ALL_DATA, AUDITOR)

__all__ = [
    "ADMINISTRATOR",
    "ALL_DATA",
    "AUDITOR",
    "FIRST_ROLES",
    "MEMBER",
    "SignedIn",
    "assign_roles",
    "find_session",
    "holds_powers",
    "install_roles",
    "installed_roles",
    "load_policy",
    "roles_of_users",
]


async def assign_roles(connection: Connection, schema: str, user_id: UUID, roles: Iterable[str]) -> None:
    """Make `roles` the ones the user holds in person. Somebody who can sign in must keep ruling."""
    tables = access_tables(schema)
    await touch_policies(connection, schema)
    holder, wanted = tables.holder, sorted(set(roles))
    mine = sa.and_(holder.c.kind == "user", holder.c.holder_id == user_id)
    await run(connection, sa.delete(holder).where(mine, holder.c.role_key.not_in(wanted)))
    if wanted:
        await run(
            connection,
            insert(holder)
            .values([{"role_key": key, "kind": "user", "holder_id": user_id} for key in wanted])
            .on_conflict_do_nothing(),
        )
    await check_somebody_rules(connection, schema)


async def roles_of_users(connection: Connection, schema: str) -> dict[UUID, list[str]]:
    """Roles held in person, by user."""
    holder = access_tables(schema).holder.c
    cursor = await run(
        connection,
        sa.select(holder.holder_id, sa.func.json_agg(holder.role_key))
        .where(holder.kind == "user")
        .group_by(holder.holder_id),
    )
    return {row[0]: sorted(orjson.loads(row[1])) for row in await cursor.fetchall()}


async def holds_powers(connection: Connection, schema: str, user_id: UUID) -> bool:
    """Whether the person holds any administrative power now: then an e-mail address is no proof of who they are."""
    return bool((await load_policy(connection, Actor(user_id, schema))).powers)


async def installed_roles(connection: Connection, schema: str) -> set[str]:
    cursor = await run(connection, sa.select(access_tables(schema).role.c.key))
    return {row[0] for row in await cursor.fetchall()}


async def install_roles(
    connection: Connection, schema: str, roles: Iterable[Mapping[str, Any]], known: Collection[str] = ()
) -> None:
    """Write the roles of packages: `{key, label, description, powers, locked, grants: {object: {action: scope}}}`.

    Called once per package version. A role that people have changed stays as they made it and gains only grants for
    objects that were not there before (`known` are the grant keys of those that were): what was taken away does not
    come back with an upgrade. Where such an upgrade was cut short, its new objects count as known: closed, not open.
    """
    tables = access_tables(schema)
    cursor = await run(connection, sa.select(tables.role.c.key).where(tables.role.c.version > 1))
    changed = {row[0] for row in await cursor.fetchall()}
    kept = {*known, EVERY_OBJECT}
    for position, role in enumerate(roles):
        if role["key"] not in changed:
            await _write_role(connection, tables, role, position)
        rows = [
            {"role_key": role["key"], "object": name, "action": action, "scope": scope}
            for name, actions in role.get("grants", {}).items()
            for action, scope in actions.items()
            if role["key"] not in changed or name not in kept
        ]
        if rows:
            await run(connection, insert(tables.grant).values(rows).on_conflict_do_nothing())
    await touch_policies(connection, schema)


async def _write_role(
    connection: Connection, tables: AccessTables, role: Mapping[str, Any], position: int
) -> None:
    """The role as its package says, without grants yet."""
    values = {
        "label": dict(role["label"]),
        "description": dict(role.get("description", {})),
        "kind": "standard",
        "locked": role.get("locked", False),
        "powers": list(role.get("powers", ())),
        "position": position,
    }
    await run(
        connection,
        insert(tables.role)
        .values(key=role["key"], **values)
        .on_conflict_do_update(index_elements=["key"], set_=values),
    )
    await run(connection, sa.delete(tables.grant).where(tables.grant.c.role_key == role["key"]))


async def install_parents(connection: Connection, schema: str, parents: Mapping[str, UUID]) -> None:
    """Which relation leads to the record that an object's records belong to; one set by hand stays."""
    if parents:
        rows = [{"object": key, "parent_field": field_id} for key, field_id in parents.items()]
        await run(
            connection,
            insert(access_tables(schema).object_access).values(rows).on_conflict_do_nothing(),
        )


@dataclass(frozen=True)
class SignedIn:
    """A live session: whose it is, in which language, at which policy version."""

    user_id: UUID
    language: str
    policy_version: int
    stale: bool  # last seen over a minute ago; the caller notes its use
    session_id: UUID
    powers_withheld: bool  # until a second factor is set up, where the workspace asks for one
    real_user_id: UUID | None  # somebody looking through this person's eyes


async def find_session(connection: Connection, schema: str, token: str) -> SignedIn | None:
    """The session behind a token in one statement; None when unknown, expired, idle too long or disabled."""
    statement = _session_statement(schema)
    cursor = await connection.execute(statement.sql, {**statement.params, "token": token_hash(token)})
    row = await cursor.fetchone()
    return None if row is None else SignedIn(*row)


@lru_cache(maxsize=256)
def _session_statement(schema: str) -> CompiledStatement:
    """Compiled once per workspace: it runs with every request."""
    tables, rights = identity_tables(schema), access_tables(schema)
    session, credential = tables.session.c, tables.credential.c
    now = sa.func.now()
    # A person whose record is in the trash is out at once; so is whoever looks through their eyes and has left.
    person, looker, looking = rights.user, rights.user.alias("looker"), tables.credential.alias("looking")
    return compile_statement(
        sa.select(
            session.user_id,
            credential.language,
            sa.select(rights.version.c.version).scalar_subquery(),
            session.last_seen_at < now - timedelta(minutes=1),
            session.id,
            session.powers_withheld,
            session.real_user_id,
        )
        .join_from(tables.session, tables.credential, credential.user_id == session.user_id)
        .where(
            session.token_hash == sa.bindparam("token"),
            session.expires_at > now,
            session.last_seen_at > now - timedelta(days=IDLE_DAYS),
            credential.state == "active",
            sa.exists().where(person.c.id == session.user_id, person.c.deleted_at.is_(None)),
            sa.or_(
                session.real_user_id.is_(None),
                sa.exists().where(
                    looking.c.user_id == session.real_user_id,
                    looking.c.state == "active",
                    looker.c.id == session.real_user_id,
                    looker.c.deleted_at.is_(None),
                ),
            ),
        )
    )
