"""What an event is, and who wants to hear of it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

MOST_DEPTH = 8


@dataclass(frozen=True)
class Event:
    """Something that has happened, in the past tense (`record.created`).

    `payload` holds ids and changed fields, never whole records. `depth` counts how many automations led here.
    `id` and `at` are given by the outbox; a new event has none.
    """

    kind: str
    object_id: UUID | None = None
    record_id: UUID | None = None
    actor_id: UUID | None = None
    payload: Mapping[str, Any] = field(default_factory=dict)
    depth: int = 0
    id: UUID | None = None
    at: str | None = None


# A subscriber gets the workspace's schema and the event. It may be called again for the same event id.
Subscriber = Callable[[str, Event], Awaitable[None]]


@dataclass
class SubscriberRegistry:
    """Subscribers by event kind.

    Their names are stored with waiting deliveries: renaming one strands them.
    """

    by_kind: dict[str, dict[str, Subscriber]] = field(default_factory=dict)

    def subscribe(self, kind: str, name: str, subscriber: Subscriber) -> None:
        """Add a subscriber; the same name twice for one kind is a mistake that shows at start."""
        named = self.by_kind.setdefault(kind, {})
        if name in named:
            raise ValueError(f"subscriber {name!r} of {kind!r} is registered twice")
        named[name] = subscriber

    def wants(self, kind: str) -> bool:
        """Whether anyone subscribes; if not, nothing is stored and no job is queued."""
        return bool(self.by_kind.get(kind))
