"""Who acts. Background work carries the actor that caused it; nothing runs as an implicit superuser."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID


@dataclass(frozen=True)
class Actor:
    """A person, token, automation or the system itself, acting inside one workspace.

    `role` is a role key of the workspace; what it may do is decided by `access` alone.
    """

    user_id: UUID | None
    role: str
    workspace: str
    language: str = "zh-CN"
    kind: Literal["user", "token", "automation", "system"] = "user"


def system_actor(workspace: str, language: str = "zh-CN") -> Actor:
    """The installation itself (package install, demo data): full rights, named as such in history."""
    return Actor(user_id=None, role="administrator", workspace=workspace, language=language, kind="system")
