"""Ports of features that come later or from elsewhere; `app` wires them."""

from typing import Protocol

from banyan.kernel.actor import Actor


class Approvals(Protocol):
    """Somebody else's consent to what is over a person's limit."""

    async def granted(self, actor: Actor, kind: str, amount: int) -> bool:
        """Whether a consent that covers this use stands."""
        ...


class NoApprovals:
    """Nobody can be asked: what is over the limit is refused."""

    async def granted(self, actor: Actor, kind: str, amount: int) -> bool:
        return False
