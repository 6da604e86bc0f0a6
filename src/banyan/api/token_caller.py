"""Programs that call with a token: who acts then, and what is left of the rights behind it."""

from dataclasses import replace

from banyan.access.compile import load_policy
from banyan.access.policy import Policy
from banyan.access.tokens import load_role_policy, narrowed
from banyan.db.database import Connection
from banyan.identity.tokens import Token, find_token, touch_token
from banyan.kernel.actor import Actor, Origin
from banyan.kernel.errors import NotSignedIn
from banyan.metadata.catalog import Catalog


async def token_actor(
    connection: Connection, schema: str, token: str, origin: Origin, catalog: Catalog
) -> tuple[Actor, Policy]:
    """The actor and policy behind a token, read anew each time. Raises NotSignedIn."""
    found = await find_token(connection, schema, token)
    if found is None:
        raise NotSignedIn
    if found.stale:
        await touch_token(connection, schema, found.id)
    named = replace(origin, session=str(found.id))
    actor = Actor(found.user_id, schema, found.language, kind="token", origin=named)
    policy = await _policy(connection, actor, found)
    names = {obj.api_name: obj.grant_key for obj in catalog.objects}
    return actor, narrowed(policy, found.scopes, names)


async def _policy(connection: Connection, actor: Actor, token: Token) -> Policy:
    if token.kind == "service":
        return await load_role_policy(connection, actor, token.role_keys)
    return await load_policy(connection, actor)
