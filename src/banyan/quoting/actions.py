"""What a caller may do with a document now: by its state and the caller's rights."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from banyan.db.database import Connection
from banyan.query.documents import DocumentKind
from banyan.quoting.pricing import limit_of
from banyan.quoting.settings import read_settings
from banyan.records.reach import may
from banyan.records.session import Session

# By document and state, what its commands ask of the state.
BY_STATE: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "quote": {
        "draft": ("edit", "submit", "send", "cancel"),
        "pending": ("edit", "release", "refuse", "recall", "cancel"),
        "released": ("edit", "send", "recall", "cancel"),
        "sent": ("version", "link", "accept", "decline", "cancel"),
        "accepted": ("contract", "order"),
        "declined": ("version",),
        "expired": ("version", "send"),
    },
    "contract": {
        "draft": ("edit",),
        "signed": ("amend", "order", "renew"),
        "performing": ("amend", "order", "renew"),
        "completed": ("renew",),
    },
    "sales_order": {"draft": ("edit",), "confirmed": ("return",), "completed": ("return",)},
}
DECISIONS = ("release", "refuse")
# What needs the right to make something besides.
MAKES = {
    "version": "quote", "contract": "contract", "order": "sales_order", "amend": "contract", "renew": "contract",
    "return": "order_return",
}  # fmt: skip


async def actions_of(
    connection: Connection, session: Session, kind: DocumentKind, head: Mapping[str, Any]
) -> list[str]:
    """Names of the commands that are open to the caller, in a fixed order."""
    found = BY_STATE[kind.name].get(str(head.get("status")), ())
    obj = session.catalog.by_id[kind.head.id]
    if not found or not await may(connection, session, obj, str(head["id"]), "update"):
        return []
    closed = await _closed(connection, session, head) if kind.name == "quote" else frozenset()
    return [name for name in found if name not in closed and _may_make(session, MAKES.get(name))]


async def _closed(connection: Connection, session: Session, head: Mapping[str, Any]) -> frozenset[str]:
    """What the discount stands in the way of: sending without a release, releasing beyond one's own limit."""
    if head.get("status") == "draft":
        return frozenset({"send"} if head.get("needs_approval") else ())
    if head.get("status") != "pending":
        return frozenset()
    settings, _ = await read_settings(connection, session.full.schema)
    limit = await limit_of(connection, session, settings, session.actor.user_id)
    return frozenset(DECISIONS if Decimal(head.get("largest_discount") or 0) > limit else ())


def _may_make(session: Session, name: str | None) -> bool:
    if name is None:
        return True
    obj = session.catalog.by_name.get(name)
    return obj is not None and session.policy.allows(obj.grant_key, "create")
