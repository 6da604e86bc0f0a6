"""Programs that call with a token: who acts then, and what is left of the rights behind it."""

from dataclasses import replace

from banyan.access.policy import Policy
from banyan.access.tokens import token_policy
from banyan.db.database import Connection
from banyan.identity.tokens import find_token, touch_token
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
    return actor, await token_policy(connection, actor, found, catalog)
