"""The one way out: every connection to somebody else's machine is checked here."""

from banyan.egress.client import Answer, connect, fetch

__all__ = ["Answer", "connect", "fetch"]
