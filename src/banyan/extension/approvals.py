"""The port to approvals: a feature whose document needs somebody's yes says so here; `app` wires who asks for it.

Where nobody fills it whoever may decide finds what waits by its state.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from banyan.db.database import Connection


@dataclass(frozen=True)
class Matter:
    """What is to be decided: a record, why it must be, and what the decision looks at."""

    object: str
    record_id: UUID
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


class Approvals(Protocol):
    """Called in the transaction of the act. `session` is of whoever asks or decides."""

    async def ask(self, connection: Connection, session: Any, matter: Matter) -> None:
        """A decision is needed."""
        ...

    async def settled(self, connection: Connection, session: Any, matter: Matter) -> None:
        """It was given, refused or taken back: nobody need decide any more."""
        ...


class NoApprovals:
    async def ask(self, connection: Connection, session: Any, matter: Matter) -> None:
        return None

    async def settled(self, connection: Connection, session: Any, matter: Matter) -> None:
        return None


@dataclass
class ApprovalsPort:
    """Where the approvals of this process are found."""

    approvals: Approvals


APPROVALS = ApprovalsPort(NoApprovals())
