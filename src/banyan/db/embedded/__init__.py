"""The embedded PostgreSQL server: what others may use of it."""

from banyan.db.embedded.server import EmbeddedServer
from banyan.db.roles import ConnectionTargets
from banyan.db.targets import resolve_targets

__all__ = ["ConnectionTargets", "EmbeddedServer", "resolve_targets"]
