"""What events become notifications."""

from uuid import UUID

from banyan.db.database import Database
from banyan.events import Event, SubscriberRegistry
from banyan.notifications.inbox import Notice, notify

ASSIGNED = "record.assigned"


class Notifier:
    """Writes for the person concerned; an event delivered twice adds to a count and to nothing else."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def subscribe(self, registry: SubscriberRegistry) -> None:
        registry.subscribe(ASSIGNED, "notifications.assigned", self.assigned)

    async def assigned(self, schema: str, event: Event) -> None:
        to, count = UUID(event.payload["to"]), int(event.payload["count"])
        same = f"assigned:{event.object_id}:{event.actor_id}"
        notice = Notice(
            to, "assigned", event.object_id, event.record_id, event.actor_id, {}, same=same, count=count
        )
        async with self._database.transaction() as connection:
            await notify(connection, schema, [notice])
