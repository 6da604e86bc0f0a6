"""A follow-up that happened shows on whom it was for: last followed now, nothing planned before it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from banyan.activities.related import ACTIVITY
from banyan.db.database import Connection
from banyan.extension.writes import HOOKS
from banyan.records.stamping import Stamp, stamp_parents

# A task is something to do; doing it is told by what was done.
FOLLOWED = Stamp("happened_at", "last_followed_at", "next_follow_up", {"kind": "task"})


async def _stamp(connection: Connection, session: Any, obj: Any, ids: Sequence[UUID]) -> None:
    await stamp_parents(connection, session, obj, ids, FOLLOWED)


def register_hooks() -> None:
    HOOKS.register(ACTIVITY, "follow_ups", _stamp)
