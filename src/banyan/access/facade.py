"""Policies of actors and the roles behind them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from banyan.access.policy import ACTIONS, POWERS, Policy, Scope, widest
from banyan.access.tables import access_tables
from banyan.db.compile import CompiledStatement, compile_statement
from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.identity.facade import IDLE_DAYS
from banyan.identity.secrets import token_hash
from banyan.identity.tables import identity_tables
from banyan.kernel.actor import Actor
from banyan.kernel.errors import Conflict

ADMINISTRATOR, MEMBER = "administrator", "member"


async def load_policy(connection: Connection, actor: Actor) -> Policy:
    """Grants of the actor's roles, read with the policy version in one statement."""
    tables = access_tables(actor.workspace)
    if actor.kind == "system":
        return Policy(actor, {("*", action): "all" for action in ACTIONS}, 0, frozenset(POWERS))
    version = sa.select(tables.version.c.version).scalar_subquery()
    grant = tables.grant.c
    cursor = await run(
        connection,
        sa.select(grant.object, grant.action, grant.scope, version).where(
            grant.role_key.in_(
                sa.select(tables.assignment.c.role_key).where(tables.assignment.c.user_id == actor.user_id)
            )
        ),
    )
    rows = await cursor.fetchall()
    found: dict[tuple[str, str], list[Scope]] = {}
    for object_name, action, scope, _version in rows:
        found.setdefault((object_name, action), []).append(scope)
    powers = frozenset(POWERS) if ("*", "configure") in found else frozenset()
    return Policy(actor, widest(found), int(rows[0][3]) if rows else 0, powers)


async def role_of(connection: Connection, schema: str, user_id: UUID) -> str | None:
    """The user's role; administrator first where there are several."""
    assignment = access_tables(schema).assignment.c
    cursor = await run(
        connection,
        sa.select(assignment.role_key)
        .where(assignment.user_id == user_id)
        .order_by(assignment.role_key)
        .limit(1),
    )
    row = await cursor.fetchone()
    return None if row is None else str(row[0])


async def assign_role(connection: Connection, schema: str, user_id: UUID, role: str) -> None:
    """Give `role` as the user's only one. The last administrator cannot be turned into a member."""
    tables = access_tables(schema)
    rows = tables.assignment
    # Rows of administrators are locked, so that two of them cannot demote each other at once.
    cursor = await run(
        connection, sa.select(rows.c.user_id).where(rows.c.role_key == ADMINISTRATOR).with_for_update()
    )
    holders = {row[0] for row in await cursor.fetchall()}
    # Only those who can sign in count; before anybody can, the first one is being made.
    credential = identity_tables(schema).credential
    active = await run(
        connection,
        sa.select(credential.c.user_id).where(
            credential.c.user_id.in_(holders or {user_id}), credential.c.state == "active"
        ),
    )
    administrators = {row[0] for row in await active.fetchall()} & holders
    if role != ADMINISTRATOR and administrators == {user_id}:
        raise Conflict("last_administrator")
    await run(connection, sa.delete(rows).where(rows.c.user_id == user_id))
    await run(connection, sa.insert(rows).values(user_id=user_id, role_key=role))
    await run(connection, sa.update(tables.version).values(version=tables.version.c.version + 1))


async def roles_of_users(connection: Connection, schema: str) -> dict[UUID, str]:
    assignment = access_tables(schema).assignment.c
    cursor = await run(connection, sa.select(assignment.user_id, assignment.role_key))
    return {row[0]: row[1] for row in await cursor.fetchall()}


async def installed_roles(connection: Connection, schema: str) -> set[str]:
    cursor = await run(connection, sa.select(access_tables(schema).role.c.key))
    return {row[0] for row in await cursor.fetchall()}


async def install_roles(connection: Connection, schema: str, roles: Iterable[Mapping[str, Any]]) -> None:
    """Write the roles of a package: `{key, label, grants: {object: {action: scope}}}`. Existing grants are replaced."""
    tables = access_tables(schema)
    for role in roles:
        await run(
            connection,
            insert(tables.role).values(key=role["key"], label=dict(role["label"])).on_conflict_do_nothing(),
        )
        await run(connection, sa.delete(tables.grant).where(tables.grant.c.role_key == role["key"]))
        rows = [
            {"role_key": role["key"], "object": name, "action": action, "scope": scope}
            for name, actions in role["grants"].items()
            for action, scope in actions.items()
        ]
        await run(connection, sa.insert(tables.grant).values(rows))
    await run(connection, sa.update(tables.version).values(version=tables.version.c.version + 1))


@dataclass(frozen=True)
class SignedIn:
    """A live session: whose it is, in which language, with which policy."""

    user_id: UUID
    language: str
    role: str
    policy_version: int
    stale: bool  # last seen over a minute ago; the caller notes its use
    session_id: UUID
    powers_withheld: bool  # until a second factor is set up, where the workspace asks for one


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
    role = (
        sa.select(rights.assignment.c.role_key)
        .where(rights.assignment.c.user_id == session.user_id)
        .order_by(rights.assignment.c.role_key)
        .limit(1)
        .scalar_subquery()
    )
    now = sa.func.now()
    # A person whose record is in the trash is out at once.
    person = sa.table("r_user", sa.column("id"), sa.column("deleted_at"), schema=schema)
    return compile_statement(
        sa.select(
            session.user_id,
            credential.language,
            sa.func.coalesce(role, MEMBER),
            sa.select(rights.version.c.version).scalar_subquery(),
            session.last_seen_at < now - timedelta(minutes=1),
            session.id,
            session.powers_withheld,
        )
        .join_from(tables.session, tables.credential, credential.user_id == session.user_id)
        .where(
            session.token_hash == sa.bindparam("token"),
            session.expires_at > now,
            session.last_seen_at > now - timedelta(days=IDLE_DAYS),
            credential.state == "active",
            sa.exists().where(person.c.id == session.user_id, person.c.deleted_at.is_(None)),
        )
    )
