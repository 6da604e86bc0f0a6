"""Invitations: the one-time link goes to the person by mail where mail is set up and our own address is known."""

from dataclasses import dataclass

from banyan.db.database import Connection
from banyan.db.vault import Vault
from banyan.identity import facade as identity
from banyan.jobs import JobQueue
from banyan.notifications import mail
from banyan.notifications.letters import Letter
from banyan.workspaces import Workspace


@dataclass(frozen=True)
class Invitation:
    to: str
    name: str
    inviter: str
    token: str


async def invite_by_mail(
    connection: Connection,
    queue: JobQueue,
    vault: Vault,
    public_url: str | None,
    workspace: Workspace,
    invitation: Invitation,
) -> bool:
    """Queue the invitation in the caller's transaction; False where the administrator has to hand the link over."""
    if public_url is None:
        return False
    values = {
        "organisation": workspace.name,
        "name": invitation.name,
        "inviter": invitation.inviter,
        "hours": str(identity.LINK_HOURS),
        "link": f"{public_url}/set-password?token={invitation.token}",
    }
    letter = Letter("invitation", invitation.to, workspace.language, values)
    return await mail.post(connection, queue, vault, workspace.schema, letter)
