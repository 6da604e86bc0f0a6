"""Who is told of a discount that waits, and of what was decided: in the inbox, in the transaction of the act.

Stands in the place of the approvals feature (`extension/approvals.py`) until that takes over.
"""

from decimal import Decimal
from typing import Any
from uuid import UUID

from banyan.db.database import Connection
from banyan.extension.approvals import Matter
from banyan.notifications.inbox import Notice, notify
from banyan.quoting.pricing import limit_of
from banyan.quoting.settings import read_settings
from banyan.records.leaders import leaders_of

SAID = {"released": "release_given", "draft": "release_refused"}


class Telling:
    """Asks the nearest leader whose own limit covers the discount; tells the owner what others decided."""

    async def ask(self, connection: Connection, session: Any, matter: Matter) -> None:
        person = session.actor.user_id
        if person is None:
            return
        settings, _ = await read_settings(connection, session.full.schema)
        discount = Decimal(matter.params.get("discount") or 0)
        for leader in await leaders_of(connection, session, person):
            if await limit_of(connection, session, settings, leader) >= discount:
                await _tell(connection, session, leader, "release_asked", matter)
                return

    async def settled(self, connection: Connection, session: Any, matter: Matter) -> None:
        kind, owner = SAID.get(str(matter.params.get("status"))), matter.params.get("owner")
        if kind is not None and owner is not None and owner != str(session.actor.user_id):
            await _tell(connection, session, UUID(owner), kind, matter)


async def _tell(connection: Connection, session: Any, person: UUID, kind: str, matter: Matter) -> None:
    obj = session.full.object(matter.object)
    told = {"text": str(matter.params["note"])} if matter.params.get("note") else {}
    same = f"{kind}:{matter.record_id}"
    notice = Notice(person, kind, obj.id, matter.record_id, session.actor.user_id, told, same)
    await notify(connection, session.full.schema, [notice])
