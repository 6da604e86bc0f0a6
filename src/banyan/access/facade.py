"""What others ask of access: policies of actors, sessions, and the roles people hold."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.dialects.postgresql import insert

from banyan.access.compile import load_policy
from banyan.access.holders import check_somebody_rules, touch_policies
from banyan.access.model import EVERY_OBJECT
from banyan.access.tables import AccessTables, access_tables
from banyan.db.database import Connection
from banyan.db.proofs import Proof, ask
from banyan.db.statements import run
from banyan.identity.facade import IDLE_DAYS
from banyan.identity.secrets import token_hash
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
    """A live session: whose it is, in which language, at which versions of the policies and of the catalog."""

    user_id: UUID
    language: str
    policy_version: int
    stale: bool  # last seen over a minute ago; the caller notes its use
    session_id: UUID
    powers_withheld: bool  # until a second factor is set up, where the workspace asks for one
    real_user_id: UUID | None  # somebody looking through this person's eyes
    catalog_version: int
    said: bytes  # all of this as the database said it

    def proof(self, schema: str, token: str) -> Proof:
        """That this is still so."""
        return Proof(_session_proof(schema), token_hash(token), self.said)


async def find_session(connection: Connection, schema: str, token: str) -> SignedIn | None:
    """The session behind a token; None when unknown, expired, idle too long or disabled."""
    said = await ask(connection, _session_proof(schema), token_hash(token))
    if said is None:
        return None
    user, language, version, stale, session, withheld, looker, catalog, *_ = orjson.loads(said)
    return SignedIn(
        UUID(user),
        language,
        version,
        stale,
        UUID(session),
        withheld,
        looker and UUID(looker),
        catalog,
        said,
    )


@lru_cache(maxsize=256)
def _session_proof(schema: str) -> str:
    """A call of the function that knows the sessions of a workspace, with a place for the token's hash."""
    return f"{sql.Identifier(schema).as_string()}.session_proof({{}}::bytea, {IDLE_DAYS:d})"
