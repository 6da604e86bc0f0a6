"""A document with its lines as the builder reads and writes it: the whole set of lines at once, in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

import orjson

from banyan.db.database import Connection
from banyan.events import EventBus
from banyan.kernel.errors import FieldProblem, InvalidInput, NotFound
from banyan.kernel.ids import parse_id
from banyan.metadata.catalog import OWNER, Object
from banyan.query.documents import DocumentKind
from banyan.query.parsed import ParsedQuery, Sort
from banyan.quoting.actions import actions_of
from banyan.quoting.frozen import INSTEAD, is_frozen
from banyan.quoting.prices import Reason
from banyan.quoting.repricing import Repricing, postponed
from banyan.records import documents, queries
from banyan.records.commands import Change, Commands
from banyan.records.session import Session

MOST_LINES = 1_000


@dataclass(frozen=True)
class Place:
    """One kind of document as its caller may know it."""

    connection: Connection
    session: Session
    bus: EventBus
    kind: DocumentKind

    @property
    def head(self) -> Object:
        return self.session.catalog.by_id[self.kind.head.id]

    @property
    def line(self) -> Object:
        return self.session.catalog.by_id[self.kind.line.id]


def require_kind(session: Session, name: str) -> DocumentKind:
    """Raises NotFound where there is no such document, or where it is not for this caller to know of."""
    obj = session.catalog.by_name.get(name)
    if name not in documents.KINDS or obj is None or not session.policy.allows(obj.grant_key, "read"):
        raise NotFound("unknown_object", object=name)
    kind = documents.document_kind(session.full, name)
    if kind is None:
        raise InvalidInput("quoting_fields_gone", object=name)
    return kind


async def read_head(place: Place, record_id: str | UUID) -> dict[str, Any]:
    """The document as the caller may see it. Raises NotFound."""
    body = await queries.read_record(place.connection, place.session, place.head, record_id)
    found: dict[str, Any] = orjson.loads(body)
    return found


async def read_lines(place: Place, record_id: str | UUID) -> list[dict[str, Any]]:
    """Its lines in order, as the caller may see them; none where lines are out of sight."""
    session, line = place.session, place.line
    if not session.policy.allows(line.grant_key, "read") or line.field(place.kind.link.api_name) is None:
        return []
    sort = (Sort(field="position"), Sort(field="id"))
    known = tuple(each for each in sort if line.field(each.field) is not None)
    where = {"field": place.kind.link.api_name, "op": "eq", "value": str(record_id)}
    query = ParsedQuery(where=where, sort=known, limit=MOST_LINES)
    page = await queries.query_page(place.connection, session, line, query)
    found: list[dict[str, Any]] = orjson.loads(page.rows)
    return found


async def read_document(place: Place, record_id: str | UUID) -> dict[str, Any]:
    """The document, its lines, what may be done with it now, and whether it may still be changed."""
    head = await read_head(place, record_id)
    status = head.get("status")
    locked = is_frozen(place.kind.name, status)
    reason = Reason(INSTEAD[place.kind.name], {"status": _label(place, status)})
    return {
        "document": head,
        "lines": await read_lines(place, record_id),
        "actions": await actions_of(place.connection, place.session, place.kind, head),
        "locked": locked,
        **({"reason": reason.document(place.session.actor.language)} if locked else {}),
    }


def _label(place: Place, status: str | None) -> Any:
    choices = getattr(place.kind.head.by_name["status"].config, "choices", ())
    return next((dict(each.label) for each in choices if each.key == status), status or "")


async def put_lines(
    place: Place,
    record_id: str,
    version: int,
    header: Mapping[str, Any],
    lines: Sequence[Mapping[str, Any]],
) -> None:
    """The document has these lines from now on. Raises Conflict where it has moved since `version`."""
    key = parse_id(record_id)
    if key is None:
        raise NotFound("record_not_found", object=place.kind.name, id=record_id)
    if len(lines) > MOST_LINES:
        problem = FieldProblem("/lines", "too_many_rows", {"limit": MOST_LINES})
        raise InvalidInput(problems=[problem])
    commands = Commands(place.connection, place.session, place.bus)
    change = Change(key, writable(place.head, header, owner=True), version, "/header")
    async with commands.together(), postponed(place.connection, Repricing(place.bus)):
        # First and always: whoever writes the lines holds their document, and moves its version.
        await commands.update(place.head, [change])
        await _write_lines(place, commands, key, lines)


async def _write_lines(
    place: Place, commands: Commands, key: UUID, lines: Sequence[Mapping[str, Any]]
) -> None:
    line, link = place.line, place.kind.link.api_name
    known = {row["id"]: row for row in await read_lines(place, key)}
    kept: dict[str, Change] = {}
    new: list[dict[str, Any]] = []
    pointers: list[str] = []
    named: set[str] = set()
    for index, row in enumerate(lines):
        values = {"position": index + 1, **writable(line, row)}
        values.pop(link, None)
        name, pointer = row.get("id"), f"/lines/{index}"
        if name is None:
            new.append({**values, link: str(key)})
            pointers.append(pointer)
            continue
        if str(name) not in known or str(name) in named:
            problem = FieldProblem(
                f"{pointer}/id", "record_not_found", {"object": line.api_name, "id": str(name)}
            )
            raise InvalidInput(problems=[problem])
        named.add(str(name))
        changed = {
            each: value for each, value in values.items() if not same(known[str(name)].get(each), value)
        }
        if changed:
            kept[str(name)] = Change(UUID(str(name)), changed, pointer=pointer)
    gone = [Change(UUID(name), {}) for name in known if name not in named]
    if gone:
        await commands.delete(line, gone)
    if kept:
        await commands.update(line, list(kept.values()))
    if new:
        await commands.create(line, new, pointers)


def writable(obj: Object, values: Mapping[str, Any], *, owner: bool = False) -> dict[str, Any]:
    """Without what comes with a record and nobody writes; what is unknown stays, to be refused."""
    found = {}
    for name, value in values.items():
        field = obj.field(name)
        if field is not None and (field.definition.managed or not field.kind.writable):
            continue
        if field is not None and field.system and not (owner and field.api_name == OWNER):
            continue
        found[name] = value
    return found


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values say the same: numbers by their value, blank text as none, a related record by its id."""
    one, other = _bare(one), _bare(other)
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return {**one, "amount": _number(one.get("amount"))} == {
            **other,
            "amount": _number(other.get("amount")),
        }
    if one == other or (one in (None, "") and other in (None, "")):
        return True
    if isinstance(one, Mapping) or isinstance(other, Mapping):
        return False
    first, second = _number(one), _number(other)
    return isinstance(first, Decimal) and first == second


def _bare(value: Any) -> Any:
    return value["id"] if isinstance(value, Mapping) and "id" in value else value


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return value
    try:
        return Decimal(value)
    except InvalidOperation:
        return value
