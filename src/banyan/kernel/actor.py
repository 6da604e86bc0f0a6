"""Who acts. Background work carries the actor that caused it; nothing runs as an implicit superuser."""

from contextvars import ContextVar
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

    What it may do is decided by `access` alone. `kind` system is the installation itself. When
    eyes are borrowed ("see as"), `user_id` is the person whose they are and `real_user_id` who looks through them.
    """

    user_id: UUID | None
    workspace: str
    language: str = "zh-CN"
    kind: Literal["user", "token", "automation", "system"] = "user"
    real_user_id: UUID | None = field(default=None, compare=False)
    origin: Origin = field(default=Origin(), compare=False)
    read_only: bool = False


# Who acts in this request: read where a transaction begins, so that each row of history says where it came from without
# every statement carrying it along.
_acting: ContextVar[Actor | None] = ContextVar("banyan_acting", default=None)


def set_acting(actor: Actor | None) -> None:
    """Say who acts in the current task from here on."""
    _acting.set(actor)


def acting_workspace() -> str | None:
    """The schema of the workspace in which somebody acts; None outside of a request."""
    actor = _acting.get()
    return None if actor is None else actor.workspace


def acting_origin() -> dict[str, str]:
    """Address, client, session and the person behind borrowed eyes, as far as known; empty outside of a request."""
    actor = _acting.get()
    if actor is None:
        return {}
    real = None if actor.real_user_id is None else str(actor.real_user_id)
    origin = actor.origin
    parts = {"address": origin.address, "client": origin.client, "session": origin.session, "real_user": real}
    return {name: value for name, value in parts.items() if value is not None}


def system_actor(workspace: str, language: str = "zh-CN") -> Actor:
    """The installation itself (package install, demo data): full rights, named as such in history."""
    return Actor(user_id=None, workspace=workspace, language=language, kind="system")
