"""Policies of tokens: a person's narrowed to scopes, or that of roles which no person holds here.

A pass over a policy may only take grants away. No token holds an administrative power: those stay with people
who are signed in.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from banyan.access.compile import load_policy, policy_from, roles_json
from banyan.access.model import ACTIONS, Action, Grant, Standing
from banyan.access.policy import Policy
from banyan.access.tables import access_tables
from banyan.db.compile import CompiledStatement, compile_statement
from banyan.db.database import Connection
from banyan.identity.tokens import Token
from banyan.kernel.actor import Actor
from banyan.metadata.catalog import Catalog

EVERYTHING = "*"


def narrowed(policy: Policy, scopes: Iterable[str], names: Mapping[str, str]) -> Policy:
    """What `scopes` ("object:action", either may be *, or * alone) leave of a policy.

    `names` gives the grant key of an object's API name; a scope for an unknown object leaves nothing.
    """
    wanted = set(scopes)
    bare = replace(policy, powers=frozenset(), _rows={})
    if EVERYTHING in wanted:
        return bare
    left: dict[tuple[str, str], tuple[Grant, ...]] = {}
    for scope in wanted:
        name, _, action = scope.partition(":")
        for one in _actions(action):
            if name == EVERYTHING:
                left |= {key: grants for key, grants in policy.grants.items() if key[1] == one}
            elif name in names:
                left[names[name], one] = policy.granted(names[name], one)
    return replace(bare, grants=left)


def _actions(name: str) -> tuple[Action, ...]:
    return ACTIONS if name == EVERYTHING else tuple(action for action in ACTIONS if action == name)


async def token_policy(connection: Connection, actor: Actor, token: Token, catalog: Catalog) -> Policy:
    """What a live token leaves of the rights behind it at this moment."""
    if token.kind == "service":
        policy = await load_role_policy(connection, actor, token.role_keys)
    else:
        policy = await load_policy(connection, actor)
    names = {alias: obj.grant_key for alias, obj in catalog.by_name.items()}
    return narrowed(policy, token.scopes, names)


async def load_role_policy(connection: Connection, actor: Actor, keys: Iterable[str]) -> Policy:
    """The policy of an actor who stands nowhere in the organisation and holds these roles."""
    statement = _document_sql(actor.workspace)
    cursor = await connection.execute(statement.sql, {**statement.params, "keys": list(keys)})
    row = await cursor.fetchone()
    if row is None:
        return Policy(actor, {})
    policy = policy_from(actor, Standing(), int(row[1]), orjson.loads(row[0]))
    return replace(policy, powers=frozenset())


@lru_cache(maxsize=256)
def _document_sql(schema: str) -> CompiledStatement:
    """The document `compile.roles_document` gives for people, of named roles. Binds: keys (text[])."""
    tables = access_tables(schema)
    role = tables.role.c
    wanted = sa.any_(sa.cast(sa.bindparam("keys", type_=sa.types.NULLTYPE), ARRAY(sa.Text())))
    held = (
        sa.select(
            role.key.label("role_key"),
            role.label,
            sa.literal_column("'token'").label("kind"),
            sa.literal_column("gen_random_uuid()").label("holder_id"),
            sa.null().label("starts_at"),
            sa.null().label("ends_at"),
        )
        .where(role.key == wanted)
        .cte("held")
    )
    version = sa.select(tables.version.c.version).scalar_subquery()
    return compile_statement(sa.select(roles_json(tables, held), version))
