"""Documents stay what their lines come to, whichever path wrote these: form, API, batch, import, sub-table.

Called before any rule is asked, for all touched documents at once. What is written so is managed, or was left empty.
A quote that waits for a release, or has one, goes back to being a draft when what was to be released changes.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from banyan.access.policy import system_policy
from banyan.db.database import Connection
from banyan.events import EventBus
from banyan.extension.writes import FOLLOWS, Write
from banyan.kernel.errors import InvalidInput
from banyan.query.documents import MONEY, DocumentKind
from banyan.quoting.pricing import LineResult, Result, Sheet, settle
from banyan.records import documents
from banyan.records.commands import Change, Commands
from banyan.records.documents import Head, LineRow
from banyan.records.judging import judged_together
from banyan.records.locking import as_house
from banyan.records.session import Session

NAME = "quoting"
# Fields of a document that say what it comes to, or what was released of it.
_HEAD = (
    "account", "company", "currency", "price_book", "prices_with_tax", "tax_mode", "discount", "reduction",
    "issued_on", "signed_on", "ordered_on", "amount",
)  # fmt: skip
_TERMS = ("valid_until", "payment_terms", "delivery_terms", "owner")
_LINE = (
    "product", "quantity", "unit_price", "discount", "tax_rate", "position", "bundle_position", "name", "unit",
)  # fmt: skip
UNDECIDED = ("pending", "released")


@dataclass(frozen=True)
class Repricing:
    """The hook on documents and on lines."""

    bus: EventBus

    async def __call__(self, write: Write) -> None:
        session: Session = write.session
        full = session.full
        obj = full.by_id[write.obj.id]
        kind = documents.document_kind(full, obj.api_name)
        if kind is not None:
            if not write.removed and not write.restored and _touches(write, kind, (*_HEAD, *_TERMS)):
                await self._reprice(write, kind, list(write.ids))
            return
        kind = documents.kind_of_lines(full, obj)
        if kind is not None and _changes_lines(write, kind):
            ids = await documents.parents_of(write.connection, session, kind, write.ids)
            await self._reprice(write, kind, ids)

    async def _reprice(self, write: Write, kind: DocumentKind, ids: Sequence[UUID]) -> None:
        of_heads = write.obj.id == kind.head.id
        created = of_heads and write.created
        anew = of_heads and not created and _touches(write, kind, ("currency",))
        waiting = _POSTPONED.get()
        if waiting is not None and waiting.connection is write.connection:
            waiting.add(write.session, kind, ids, created=created, anew=anew)
            return
        await self.work(write.connection, write.session, kind, ids, created=created, anew=anew)

    async def work(
        self,
        connection: Connection,
        session: Session,
        kind: DocumentKind,
        ids: Sequence[UUID],
        *,
        created: bool,
        anew: bool,
    ) -> None:
        """Price the documents, and take back what was released of them."""
        await reprice(connection, session, kind, ids, created=created, anew=anew)
        if kind.name == "quote" and not created:
            await self._take_back(connection, session, kind, ids)

    async def _take_back(
        self, connection: Connection, session: Session, kind: DocumentKind, ids: Sequence[UUID]
    ) -> None:
        """What was released, or waits for it, is not what was there any more."""
        heads = await documents.read_heads(connection, session, kind, today_of(session), sorted(ids))
        changes = [
            Change(head.id, {"status": "draft", **NOT_RELEASED})
            for head in heads
            if head.id is not None and head["status"] in UNDECIDED
        ]
        if changes:
            async with as_house(connection):
                commands = Commands(connection, on_behalf(session), self.bus, house=True)
                await commands.update(kind.head, changes)


@dataclass
class _Postponed:
    """Documents that one command touches several times: priced once, when it has written all."""

    connection: Connection
    asked: dict[tuple[str, bool, bool], tuple[Session, DocumentKind, dict[UUID, None]]] = field(
        default_factory=dict
    )

    def add(
        self, session: Session, kind: DocumentKind, ids: Sequence[UUID], *, created: bool, anew: bool
    ) -> None:
        known = self.asked.setdefault((kind.name, created, anew), (session, kind, {}))
        known[2].update(dict.fromkeys(ids))


_POSTPONED: ContextVar[_Postponed | None] = ContextVar("postponed", default=None)


@asynccontextmanager
async def postponed(connection: Connection, hook: Repricing) -> AsyncIterator[None]:
    """Inside, nothing is priced; at the end each touched document is, once. Rules wait with `Commands.together`."""
    waiting = _Postponed(connection)
    before = _POSTPONED.set(waiting)
    try:
        yield
    finally:
        _POSTPONED.reset(before)
    done: set[UUID] = set()
    for (_, created, anew), (session, kind, ids) in sorted(
        waiting.asked.items(), key=lambda each: not each[0][2]
    ):
        left = [key for key in ids if key not in done]
        done.update(left)
        await hook.work(connection, session, kind, left, created=created, anew=anew)


NOT_RELEASED = {"released_by": None, "released_at": None, "release_note": None}


def on_behalf(session: Session) -> Session:
    """The house, in the name of whoever caused it: what follows from somebody's act stands in history as theirs."""
    return replace(session, policy=system_policy(session.actor))


def today_of(session: Session) -> date:
    return (session.now or datetime.now(UTC)).astimezone(ZoneInfo(session.timezone)).date()


def _touches(write: Write, kind: DocumentKind, names: Sequence[str]) -> bool:
    known = (kind.head.field(name) for name in names)
    return write.touches([each.physical(spec.suffix) for each in known if each for spec in each.specs])


def _changes_lines(write: Write, kind: DocumentKind) -> bool:
    if write.created or write.removed or write.restored:
        return True
    columns = [
        kind.line_column(name, spec.suffix) for name in _LINE for spec in kind.line.by_name[name].specs
    ]
    return write.touches([*columns, kind.link.physical()])


async def reprice(
    connection: Connection,
    session: Session,
    kind: DocumentKind,
    ids: Sequence[UUID],
    *,
    created: bool = False,
    anew: bool = False,
) -> None:
    """Write what the documents come to. Raises InvalidInput where that cannot be worked out."""
    if not ids:
        return
    ids = sorted(ids)
    heads = await documents.read_heads(connection, session, kind, today_of(session), ids)
    if created and await _fill_company(connection, session, kind, heads):
        heads = await documents.read_heads(connection, session, kind, today_of(session), ids)
    lines = await documents.read_lines(connection, session, kind, ids)
    of: dict[UUID | None, list[LineRow]] = {}
    for line in lines:
        of.setdefault(line.document, []).append(line)
    sheets = [Sheet(head, of.get(head.id, []), anew=anew) for head in heads]
    results = await settle(connection, session, sheets)
    refusals = [problem for result in results for problem in result.refusals]
    if refusals:
        raise InvalidInput(problems=refusals)
    language = session.actor.language
    changed_lines = [
        row
        for sheet, result in zip(sheets, results, strict=True)
        for line, each in zip(sheet.lines, result.lines, strict=True)
        if (row := line_row(kind, line, each, result.currency, language))
    ]
    changed_heads = [
        row
        for sheet, result in zip(sheets, results, strict=True)
        if (row := head_row(session, kind, sheet, result))
    ]
    async with judged_together(connection):  # The amount of a contract is right with its lines only.
        await documents.derive(connection, session, kind.line, changed_lines)
        await documents.derive(connection, session, kind.head, changed_heads)


async def _fill_company(
    connection: Connection, session: Session, kind: DocumentKind, heads: Sequence[Head]
) -> bool:
    """Where there is one company only, a document is that one's. Returns whether any became so."""
    without = [head for head in heads if head["company"] is None]
    company = await documents.only_company(connection, session) if without else None
    if company is None:
        return False
    column = kind.column("company")
    rows = [{"id": str(head.id), column: str(company)} for head in without]
    await documents.derive(connection, session, kind.head, rows)
    return True


def line_values(line: LineRow, result: LineResult, currency: str, language: str) -> dict[str, Any]:
    """All that the house says of a line, by API name."""
    priced, listed = result.priced, result.found.price
    kept = line["price_reason"] and line["list_price"] == listed and line.currencies["list_price"] == currency
    kept = kept or result.found.reason.code == "price_kept"
    return {
        "name": result.name,
        "position": Decimal(result.position),
        "unit": result.unit,
        "list_price": listed,
        "unit_price": result.unit_price,
        "price_reason": line["price_reason"] if kept else result.found.reason.text(language),
        "tax_rate": result.tax_rate,
        "amount": priced.amount,
        "shared_discount": priced.shared_discount,
        "net": priced.net,
        "tax": priced.tax,
        "total": priced.total,
    }


def line_row(
    kind: DocumentKind, line: LineRow, result: LineResult, currency: str, language: str
) -> dict[str, Any] | None:
    """The derived columns of a stored line; None where they are as they should be."""
    values = line_values(line, result, currency, language)
    same = all(line[name] == value for name, value in values.items()) and all(
        line.currencies[name] == (currency if values[name] is not None else None) for name in MONEY
    )
    if same:
        return None
    row: dict[str, Any] = {"id": str(line.id)}
    for name, value in values.items():
        row[kind.line_column(name)] = plain(value)
        if name in MONEY:
            row[kind.line_column(name, "__cur")] = None if value is None else currency
    return row


def plain(value: Any) -> Any:
    """As JSON carries it."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    return (
        value.isoformat()
        if isinstance(value, date)
        else value
        if isinstance(value, (bool, str))
        else _text(value)
    )


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def head_values(kind: DocumentKind, sheet: Sheet, result: Result) -> dict[str, Any]:
    """All that the house says of a document, by API name."""
    head, rate = sheet.head, result.rate
    fits = result.book is not None and head["price_book"] is None
    values: dict[str, Any] = {
        "currency": result.currency,
        "price_book": result.book.id if fits and result.book else head["price_book"],
        "exchange_rate": None if rate is None else rate.rate,
        "rate_on": None if rate is None else rate.on,
        "prices_with_tax": result.with_tax,
        "tax_mode": head["tax_mode"] or "line",
        "base_total": result.base_total,
    }
    if kind.name == "quote":
        values["version_no"] = head["version_no"] or Decimal(1)
        values["largest_discount"] = result.largest_discount
        values["needs_approval"] = result.needs_approval
    return values


def head_row(session: Session, kind: DocumentKind, sheet: Sheet, result: Result) -> dict[str, Any] | None:
    """The derived columns of a stored document; None where they are as they should be."""
    head, currency = sheet.head, result.currency
    values = head_values(kind, sheet, result)
    row = {kind.column(name): plain(value) for name, value in values.items()}
    was = {kind.column(name): plain(head[name]) for name in values}
    numbers = {kind.column(name) for name, value in values.items() if isinstance(value, Decimal)}
    own = None if result.base_total is None else session.currency
    row[kind.column("base_total", "__cur")], was[kind.column("base_total", "__cur")] = own, head.base_currency
    of_reduction = None if head["reduction"] is None else currency
    row[kind.column("reduction", "__cur")] = of_reduction
    was[kind.column("reduction", "__cur")] = head.reduction_currency
    if kind.name == "contract" and kind.head.field("amount") is not None:
        amount = result.sums.total if sheet.lines else head.amount
        row[kind.column("amount")], was[kind.column("amount")] = plain(amount), plain(head.amount)
        numbers.add(kind.column("amount"))
        row[kind.column("amount", "__cur")] = None if amount is None else currency
        was[kind.column("amount", "__cur")] = head.amount_currency
    same = all(_equal(row[name], was[name], number=name in numbers) for name in row)
    return None if same else {"id": str(head.id), **row}


def _equal(one: Any, other: Any, *, number: bool) -> bool:
    if number and one is not None and other is not None:
        return Decimal(one) == Decimal(other)
    return bool(one == other)


def register_hooks(bus: EventBus) -> None:
    hook = Repricing(bus)
    for name, (line, _) in documents.KINDS.items():
        FOLLOWS.register(name, NAME, hook)
        FOLLOWS.register(line, NAME, hook)
