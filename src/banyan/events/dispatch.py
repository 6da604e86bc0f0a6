"""From the outbox to the subscribers: at least once, in order for each record and subscriber.

A write appends its events and one dispatch job in its own transaction. The dispatch job turns each event
into one
delivery job per subscriber, in one transaction, so a subscriber that fails delays nobody else and is
tried again.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import orjson

from banyan.db.database import Connection, Database
from banyan.db.outbox import OutboxRow, insert_events, take_events
from banyan.events.model import MOST_DEPTH, Event, SubscriberRegistry
from banyan.events.ports import Payload, Queue, Registry

DISPATCH = "events.dispatch"
DELIVER = "events.deliver"
BATCH = 500


class EventBus:
    """The two ends of the outbox: `publish` for commands, job handlers for the worker."""

    def __init__(self, subscribers: SubscriberRegistry, queue: Queue) -> None:
        self._subscribers = subscribers
        self._queue = queue

    def wants(self, kind: str) -> bool:
        """Whether anybody subscribes to a kind of event."""
        return self._subscribers.wants(kind)

    async def publish(self, connection: Connection, schema: str, events: Iterable[Event]) -> None:
        """Record events in the caller's transaction; those nobody subscribes to cost nothing."""
        wanted = [
            event for event in events if event.depth <= MOST_DEPTH and self._subscribers.wants(event.kind)
        ]
        if not wanted:
            return
        await insert_events(connection, schema, [_row(event) for event in wanted])
        # One dispatcher per workspace at a time: deliveries are queued in the order events were written.
        await self._queue.defer(connection, DISPATCH, {"schema": schema}, lock=f"{DISPATCH}:{schema}")

    def add_jobs(self, registry: Registry, database: Database) -> None:
        """Register the dispatch and delivery jobs with a worker."""

        async def dispatch(payload: Payload) -> None:
            await self.dispatch(database, payload["schema"])

        registry.register(DISPATCH, dispatch)
        registry.register(DELIVER, self.deliver, attempts=8)

    async def dispatch(self, database: Database, schema: str) -> int:
        """Queue a delivery for every waiting event and subscriber; returns how many."""
        queued = 0
        while True:
            async with database.transaction() as connection:
                rows = await take_events(connection, schema, BATCH)
                deliveries = [item for row in rows for item in self._deliveries(schema, row)]
                if deliveries:
                    await self._queue.defer_many(connection, DELIVER, deliveries)
                queued += len(deliveries)
            if len(rows) < BATCH:
                return queued

    def _deliveries(self, schema: str, row: OutboxRow) -> list[tuple[Payload, str | None]]:
        event = _as_json(row)
        return [
            ({"schema": schema, "subscriber": name, "event": event}, f"{schema}:{name}:{row.record_id or ''}")
            for name in self._subscribers.by_kind.get(row.kind, {})
        ]

    async def deliver(self, payload: Payload) -> None:
        """Hand one event to one subscriber. A subscriber that no longer exists has nothing to miss."""
        event = _from_json(payload["event"])
        subscriber = self._subscribers.by_kind.get(event.kind, {}).get(payload["subscriber"])
        if subscriber is not None:
            await subscriber(payload["schema"], event)


def _row(event: Event) -> dict[str, Any]:
    return {
        "kind": event.kind,
        "object_id": event.object_id,
        "record_id": event.record_id,
        "actor_id": event.actor_id,
        "payload": dict(event.payload),
        "depth": event.depth,
    }


def _as_json(row: OutboxRow) -> dict[str, Any]:
    ids = {"id": row.id, "object_id": row.object_id, "record_id": row.record_id, "actor_id": row.actor_id}
    return {
        **{name: str(value) if value else None for name, value in ids.items()},
        "kind": row.kind,
        "at": row.at,
        "payload": orjson.loads(row.payload),
        "depth": row.depth,
    }


def _from_json(stored: dict[str, Any]) -> Event:
    ids = {
        name: UUID(stored[name]) if stored[name] else None
        for name in ("id", "object_id", "record_id", "actor_id")
    }
    return Event(
        kind=stored["kind"], payload=stored["payload"], depth=stored["depth"], at=stored["at"], **ids
    )
