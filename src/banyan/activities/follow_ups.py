"""A follow-up that happened shows on whom it was for: last followed now, nothing planned before it."""

from banyan.activities.related import ACTIVITY
from banyan.extension.writes import HOOKS, Write
from banyan.records.stamping import Stamp, stamp_parents

# A task is something to do; doing it is told by what was done.
FOLLOWED = Stamp("happened_at", "last_followed_at", "next_follow_up", {"kind": "task"})


async def _stamp(write: Write) -> None:
    await stamp_parents(write.connection, write.session, write.obj, write.ids, FOLLOWED)


def register_hooks() -> None:
    HOOKS.register(ACTIVITY, "follow_ups", _stamp)
