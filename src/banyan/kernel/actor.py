"""Who acts. Background work carries the actor that caused it; nothing runs as an implicit superuser."""

from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID


@dataclass(frozen=True)
class Origin:
    """Where a request came from, for the audit: network address, client program, session or token in use."""

    address: str | None = None
    client: str | None = None
    session: str | None = None  # a public id, never the secret


@dataclass(frozen=True)
class Actor:
    """A person, token, automation or the system itself, acting inside one workspace.

    What it may do is decided by `access` alone. `kind` system is the installation itself. `on_behalf_of` is the
    person whose eyes are borrowed ("see as"); then `user_id` is that person and `real_user_id` who looks through them.
    """

    user_id: UUID | None
    workspace: str
    language: str = "zh-CN"
    kind: Literal["user", "token", "automation", "system"] = "user"
    real_user_id: UUID | None = field(default=None, compare=False)
    origin: Origin = field(default=Origin(), compare=False)
    read_only: bool = False


def system_actor(workspace: str, language: str = "zh-CN") -> Actor:
    """The installation itself (package install, demo data): full rights, named as such in history."""
    return Actor(user_id=None, workspace=workspace, language=language, kind="system")
