"""The ruler of another workspace in the same installation."""

from banyan.access.compile import load_policy
from banyan.access.facade import assign_roles
from banyan.identity.facade import create_credential
from banyan.identity.sessions import open_session
from banyan.kernel.actor import Origin, system_actor
from banyan.metadata.store import load_catalog
from banyan.records.commands import Commands
from banyan.records.session import Session
from banyan.setup.facade import install_packages
from factories.api import PASSWORD, Api, Person

ROLES = ("administrator", "all_data", "auditor")


async def neighbour(api: Api, workspace) -> Person:
    """Somebody with every right in `workspace`, signed in."""
    database, schema = api.runtime.database, workspace.schema
    await install_packages(database, schema)
    async with database.transaction() as connection:
        actor = system_actor(schema)
        catalog = await load_catalog(connection, schema)
        session = Session(actor, await load_policy(connection, actor), catalog)
        commands = Commands(connection, session, api.runtime.bus)
        (made,) = await commands.create(
            catalog.object("user"), [{"name": "Stranger", "email": "s@example.com"}]
        )
        await create_credential(
            connection, schema, made.id, "s@example.com", password=PASSWORD, language="en"
        )
        await assign_roles(connection, schema, made.id, ROLES)
        opened = await open_session(connection, schema, workspace.key, made.id, Origin(), "password")
    return Person(api.client(opened.token), {"id": str(made.id)}, opened.token)
