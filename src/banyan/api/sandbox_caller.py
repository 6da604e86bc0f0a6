"""Whoever is in a sandbox is there by their rights at home: without these the sandbox is closed to them at once."""

from banyan.access.compile import load_policy
from banyan.api.runtime import Runtime
from banyan.db.database import Connection
from banyan.identity import facade as identity
from banyan.kernel.actor import Actor
from banyan.kernel.errors import NotSignedIn
from banyan.workspaces import Workspace


async def require_home(connection: Connection, runtime: Runtime, space: Workspace, actor: Actor) -> None:
    """Raises NotSignedIn unless the person may sign in and configure in the workspace the sandbox is of."""
    home = await runtime.workspace(str(space.sandbox_of))
    known = await identity.people_with_access(connection, space.schema)
    sign_in = known[actor.user_id][0] if actor.user_id in known else ""
    person = await identity.find_user(connection, home.schema, sign_in)
    if person is None or not await identity.is_active(connection, home.schema, person):
        raise NotSignedIn
    policy = await load_policy(connection, Actor(person, home.schema, actor.language))
    if not policy.has("configure"):
        raise NotSignedIn
