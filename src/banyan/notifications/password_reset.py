"""A forgotten password: every request is answered at once and alike; a job finds out whether anybody is meant."""

from dataclasses import dataclass

import orjson

from banyan.access.facade import holds_powers
from banyan.db.database import Connection, Database
from banyan.db.vault import Vault
from banyan.identity import facade as identity
from banyan.identity.factors import factors_of
from banyan.jobs import JobQueue, Payload
from banyan.notifications import mail
from banyan.notifications.letters import Letter
from banyan.workspaces import load

JOB = "notifications.password_reset"
_SEALED = "password reset"


async def request(
    connection: Connection, queue: JobQueue, vault: Vault, workspace_key: str, name: str
) -> None:
    """Queue the look-up: the same work for known and unknown names."""
    sealed = vault.seal(_SEALED, orjson.dumps({"name": name}).decode())
    await queue.defer(connection, JOB, {"workspace": workspace_key, "request": sealed})


@dataclass(frozen=True)
class PasswordResets:
    """The job's side. Links begin with the configured address; a request's own headers are never believed."""

    database: Database
    queue: JobQueue
    vault: Vault
    public_url: str | None

    async def work(self, payload: Payload) -> None:
        name = orjson.loads(self.vault.open(_SEALED, payload["request"]))["name"]
        async with self.database.transaction() as connection:
            workspace = await load(connection, payload["workspace"])
            claim = await identity.find_claim(connection, workspace.schema, name)
            found = claim.identity
            # Whoever signs in elsewhere has no password here, so there is none to reset.
            if self.public_url is None or found is None or claim.password_hash is None:
                return
            # Who reads a mailbox must not rule the workspace: powers need a second factor, which a reset keeps.
            factors = await factors_of(connection, workspace.schema, found.user_id)
            if not factors.any and await holds_powers(connection, workspace.schema, found.user_id):
                return
            token = await identity.reset_link(connection, workspace.schema, workspace.key, found.user_id)
            if token is None:
                return
            values = {
                "organisation": workspace.name,
                "hours": str(identity.RESET_HOURS),
                "link": f"{self.public_url}/set-password?token={token}",
            }
            letter = Letter("password_reset", found.sign_in, found.language, values)
            await mail.post(connection, self.queue, self.vault, workspace.schema, letter)
