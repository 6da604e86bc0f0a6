"""What documents hang on is not removed: accounts, products, companies, and documents that others were made of."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from banyan.db.database import Connection
from banyan.extension.writes import CHECKS, EVERY, Breach, Write
from banyan.metadata.catalog import Catalog, Field, Object
from banyan.records.documents import count_pointing
from banyan.records.session import Session

NAME = "has_documents"
# What counts as a document, or a part of one.
DOCUMENTS = (
    "quote", "quote_line", "contract", "contract_line", "sales_order", "order_line", "order_return", "return_line",
    "payment_plan", "payment", "allocation", "refund", "invoice_request", "invoice",
)  # fmt: skip
# Parts go with their whole, and what is computed from it. What of an instalment was allocated and undone holds nothing:
# receivables refuse where money is on it.
_PARTS = frozenset(
    {
        ("quote_line", "quote"), ("contract_line", "contract"), ("order_line", "sales_order"),
        ("return_line", "order_return"), ("allocation", "payment_plan"),
    }
)  # fmt: skip


class HasDocuments:
    """Of everything that goes into the trash."""

    judges_removal = True

    async def applies(self, connection: Connection, session: Any, obj: Any) -> bool:
        del connection, session, obj
        return False  # A load removes nothing.

    async def __call__(self, write: Write) -> Mapping[UUID, Sequence[Breach]]:
        if not write.removed:
            return {}
        session: Session = write.session
        counts: dict[UUID, dict[UUID, int]] = {}
        for other, field in pointing(session.full, session.full.by_id[write.obj.id]):
            for record, count in (
                await count_pointing(write.connection, session, other, field, write.ids)
            ).items():
                of = counts.setdefault(record, {})
                of[other.id] = max(of.get(other.id, 0), count)
        return {key: [Breach(NAME, None, {"what": _told(session, found)})] for key, found in counts.items()}


def pointing(catalog: Catalog, obj: Object) -> Iterator[tuple[Object, Field]]:
    """Relations of documents that name records of the object."""
    for inverse in catalog.inverses(obj):
        name = inverse.object.api_name
        part = (name, inverse.field.api_name) in _PARTS
        if name in DOCUMENTS and not part and inverse.field.definition.type == "relation":
            yield inverse.object, inverse.field


def _told(session: Session, found: Mapping[UUID, int]) -> str:
    """What there is and how much of it, in the caller's language."""
    language = session.actor.language
    names = []
    for object_id, count in found.items():
        definition = session.full.by_id[object_id].definition
        label = definition.label_plural or definition.label
        names.append(f"{label.get(language) or label.get('en') or ''} {count}")
    return "、".join(names) if language == "zh-CN" else ", ".join(names)


def register_checks() -> None:
    CHECKS.register(EVERY, NAME, HasDocuments())
