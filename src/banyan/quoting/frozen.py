"""What of a document may still be changed in which state: one table, asked of every write, removal and restore.

A sent quote gets a new version, a signed contract an amendment. What the house itself writes is managed and passes.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from banyan.db.database import Connection
from banyan.extension.writes import CHECKS, Breach, Write
from banyan.metadata.catalog import Object
from banyan.query.documents import DocumentKind
from banyan.records import documents
from banyan.records.shares import changeable, out_of_hand

NAME = "frozen"
# States in which all may be changed; in any other only the fields of OPEN_FIELDS.
CHANGEABLE: Mapping[str, frozenset[str]] = {
    "quote": frozenset({"draft", "pending", "released"}),
    "contract": frozenset({"draft"}),
    "sales_order": frozenset({"draft"}),
}
OPEN_FIELDS: Mapping[str, frozenset[str]] = {
    "quote": frozenset({"status", "note", "files"}),
    "contract": frozenset({"status", "note", "files", "signed_by", "renewal_days"}),
    "sales_order": frozenset(
        {
            "status", "note", "files", "delivery", "deliver_on", "erp_number", "ship_to", "consignee", "ship_phone",
        }
    ),
}  # fmt: skip
OPEN_LINE_FIELDS: Mapping[str, frozenset[str]] = {
    "quote": frozenset(),
    "contract": frozenset({"note"}),
    "sales_order": frozenset({"note", "delivered"}),
}
# States from which a document may go into the trash.
REMOVABLE = {name: states | {"cancelled"} for name, states in CHANGEABLE.items()}
# How one goes on with a document that is not changed any more.
INSTEAD = {"quote": "quote_frozen", "contract": "contract_frozen", "sales_order": "order_frozen"}


_HOUSE: ContextVar[Connection | None] = ContextVar("thawed", default=None)


@contextmanager
def thawed(connection: Connection) -> Iterator[None]:
    """Inside, commands of the house write what a frozen document keeps from people."""
    before = _HOUSE.set(connection)
    try:
        yield
    finally:
        _HOUSE.reset(before)


def is_frozen(kind: str, status: str | None) -> bool:
    return status is not None and status not in CHANGEABLE[kind]


def frozen_columns(obj: Object, open_fields: frozenset[str]) -> frozenset[str]:
    """Physical columns that people write and a frozen document keeps."""
    return frozenset(
        field.physical(spec.suffix)
        for field in obj.stored_fields
        if field.api_name not in open_fields and not field.definition.managed and field.kind.writable
        for spec in field.specs
    )


class FrozenDocuments:
    """Of documents."""

    judges_removal = True

    async def applies(self, connection: Connection, session: Any, obj: Any) -> bool:
        del connection
        return documents.document_kind(session.full, session.full.by_id[obj.id].api_name) is not None

    async def __call__(self, write: Write) -> Mapping[UUID, Sequence[Breach]]:
        full = write.session.full
        kind = documents.document_kind(full, full.by_id[write.obj.id].api_name)
        if kind is None or write.created or write.restored or _HOUSE.get() is write.connection:
            return {}
        if not write.removed and not write.touches(frozen_columns(kind.head, OPEN_FIELDS[kind.name])):
            return {}
        allowed = (REMOVABLE if write.removed else CHANGEABLE)[kind.name]
        states = await documents.states_before(write.connection, write.session, kind, write.ids)
        code = "document_kept" if write.removed else INSTEAD[kind.name]
        return {
            key: [Breach(code, None, {"status": _label(kind, state)})]
            for key, state in states.items()
            if state is not None and state not in allowed
        }


class FrozenLines:
    """Of their lines: added, changed, moved, removed or brought back."""

    judges_removal = True

    async def applies(self, connection: Connection, session: Any, obj: Any) -> bool:
        del connection
        return documents.kind_of_lines(session.full, session.full.by_id[obj.id]) is not None

    async def __call__(self, write: Write) -> Mapping[UUID, Sequence[Breach]]:
        session = write.session
        kind = documents.kind_of_lines(session.full, session.full.by_id[write.obj.id])
        if kind is None or (session.history and write.created):
            return {}
        columns = frozen_columns(kind.line, OPEN_LINE_FIELDS[kind.name])
        if not (write.removed or write.restored or write.touches(columns)):
            return {}
        found = await documents.places_of_lines(write.connection, session, kind, write.ids)
        return {
            key: [Breach(INSTEAD[kind.name], None, {"status": _label(kind, state)})]
            for key, _, state in found
            if is_frozen(kind.name, state)
        }


class PartsOfDocuments:
    """Lines are what the document comes to: whoever may only read it changes none of them."""

    judges_removal = True

    async def applies(self, connection: Connection, session: Any, obj: Any) -> bool:
        del connection
        kind = documents.kind_of_lines(session.full, session.full.by_id[obj.id])
        return kind is not None and not session.policy.unrestricted(kind.head.grant_key, "update")

    async def __call__(self, write: Write) -> Mapping[UUID, Sequence[Breach]]:
        session = write.session
        kind = documents.kind_of_lines(session.full, session.full.by_id[write.obj.id])
        if kind is None:
            return {}
        found = await out_of_hand(write.connection, session, kind.line, kind.link, kind.head, write.ids)
        if write.touches([kind.link.physical()]):
            found |= await self._taken(write, kind)
        return {key: [Breach("document_not_yours", kind.link.api_name)] for key in found}

    async def _taken(self, write: Write, kind: DocumentKind) -> set[UUID]:
        """Lines that were taken out of a document which the writer may not change."""
        session = write.session
        places = await documents.places_of_lines(write.connection, session, kind, write.ids)
        mine = await changeable(write.connection, session, kind.head, {document for _, document, _ in places})
        return {line for line, document, _ in places if document not in mine}


def _label(kind: DocumentKind, state: str | None) -> Any:
    choices = getattr(kind.head.by_name["status"].config, "choices", ())
    return next((dict(each.label) for each in choices if each.key == state), state or "")


def register_checks() -> None:
    for name, (line, _) in documents.KINDS.items():
        CHECKS.register(name, NAME, FrozenDocuments())
        CHECKS.register(line, NAME, FrozenLines())
        CHECKS.register(line, "parts_of_documents", PartsOfDocuments())
