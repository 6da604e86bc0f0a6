"""Events: what others may use."""

from banyan.events.dispatch import EventBus
from banyan.events.model import MOST_DEPTH, Event, Subscriber, SubscriberRegistry

__all__ = ["MOST_DEPTH", "Event", "EventBus", "Subscriber", "SubscriberRegistry"]
