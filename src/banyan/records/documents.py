"""Documents of money as features read and write them: heads, lines, price books, prices, rates of exchange.

An administrator may have reshaped an object: where a field that money needs is not what it was there is no kind, and
nothing is priced.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from banyan.db.compile import CompiledStatement
from banyan.db.database import Connection
from banyan.metadata.catalog import Catalog, Field, Object
from banyan.query import documents, merging, writes
from banyan.query.documents import HEAD, LINE, MONEY, OF_COMPANY, OF_PRODUCT, OF_QUOTES, DocumentKind
from banyan.query.stage_lines import Lines, parents_of_lines
from banyan.records.computed import add_changed
from banyan.records.following import follow
from banyan.records.judging import judge_rules
from banyan.records.rules import Asked
from banyan.records.session import Session

# By document: its lines, and the day that its prices and rates are of.
KINDS = {
    "quote": ("quote_line", "issued_on"),
    "contract": ("contract_line", "signed_on"),
    "sales_order": ("order_line", "ordered_on"),
}
_TYPES = {
    "account": "relation", "company": "relation", "price_book": "relation", "product": "relation",
    "currency": "text", "exchange_rate": "number", "rate_on": "date", "prices_with_tax": "boolean",
    "tax_mode": "single_choice", "discount": "percent", "reduction": "currency", "base_total": "currency",
    "status": "single_choice", "name": "text", "position": "number", "quantity": "number", "unit": "text",
    "price_reason": "text", "bundle_position": "number", "tax_rate": "percent", **dict.fromkeys(MONEY, "currency"),
}  # fmt: skip


@dataclass
class Head:
    """A document as it stands or is proposed; company and account by what of them counts."""

    id: UUID | None
    version: int | None
    owner: UUID | None
    values: dict[str, Any]
    reduction_currency: str | None
    base_currency: str | None
    amount: Decimal | None
    amount_currency: str | None
    day: date
    company: dict[str, Any]
    account_book: UUID | None

    def __getitem__(self, name: str) -> Any:
        return self.values[name]


@dataclass
class LineRow:
    """A line as it stands or is proposed. `currencies`: of its money; `product`: what of it counts."""

    id: UUID | None
    document: UUID | None
    values: dict[str, Any]
    currencies: dict[str, str | None]
    product: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]


@dataclass(frozen=True)
class Book:
    id: UUID
    name: str | None
    currency: str
    company: UUID | None
    valid_from: date | None
    valid_until: date | None
    active: bool | None
    standard: bool | None

    def holds(self, on: date) -> bool:
        """Whether prices of the book may be used on the day."""
        begun = self.valid_from is None or self.valid_from <= on
        ended = self.valid_until is not None and self.valid_until < on
        return self.active is not False and begun and not ended


@dataclass(frozen=True)
class Wish:
    """A price that is looked for."""

    book: UUID
    product: UUID
    quantity: Decimal
    day: date


@dataclass(frozen=True)
class Tier:
    """`price` None: there is one of other days or larger quantities only; `ended`: one has run out."""

    price: Decimal | None
    currency: str | None
    from_quantity: Decimal | None
    until: date | None
    ended: bool


@dataclass(frozen=True)
class RateOf:
    rate: Decimal
    on: date


def document_kind(catalog: Catalog, name: str) -> DocumentKind | None:
    """The document called `name`; None where it is not one of money (any more)."""
    return catalog.keep(("document kind", name), lambda: _kind(catalog, name))


def _kind(catalog: Catalog, name: str) -> DocumentKind | None:
    line_name, day = KINDS.get(name, ("", ""))
    head, line = catalog.by_name.get(name), catalog.by_name.get(line_name)
    if head is None or line is None:
        return None
    link = line.field(name)
    whole = all(_is(head, each) for each in HEAD) and all(_is(line, each) for each in LINE)
    if link is None or not whole or head.field(day) is None:
        return None
    return DocumentKind(name, head, line, link, day)


def _is(obj: Object, name: str) -> bool:
    field = obj.field(name)
    return field is not None and field.definition.type == _TYPES[name]


def kind_of_lines(catalog: Catalog, obj: Object) -> DocumentKind | None:
    """The document that `obj` is the lines of."""
    found = next((name for name, (line, _) in KINDS.items() if line == obj.api_name), None)
    return None if found is None else document_kind(catalog, found)


async def _rows(connection: Connection, statement: CompiledStatement, binds: Mapping[str, Any]) -> list[Any]:
    return await (await connection.execute(statement.sql, {**statement.params, **binds})).fetchall()


async def read_heads(
    connection: Connection, session: Session, kind: DocumentKind, today: date, source: Sequence[Any]
) -> list[Head]:
    """Heads by id, locked; or those proposed as stored columns."""
    full, stored = session.full, not source or isinstance(source[0], UUID)
    company, account = full.by_name.get("company"), full.by_name.get("account")
    statement = full.keep(
        ("heads", kind.name, stored), lambda: documents.read_heads(kind, company, account, stored=stored)
    )
    rows = await _rows(
        connection,
        statement,
        {"timezone": session.timezone, "today": today, **_source(source, stored=stored)},
    )
    return [_head(row) for row in rows]


def _source(source: Sequence[Any], *, stored: bool) -> dict[str, Any]:
    return {documents.IDS: list(source)} if stored else {documents.ROWS: writes.as_rows(source)}


def _head(row: Sequence[Any]) -> Head:
    values = iter(row)
    key, version, owner = next(values), next(values), next(values)
    head = {name: next(values) for name in HEAD}
    reduction, base = next(values), next(values)
    head |= {name: next(values) for name in OF_QUOTES}
    amount, amount_currency, day = next(values), next(values), next(values)
    company = {name: next(values) for name in OF_COMPANY}
    return Head(
        key, version, owner, head, reduction, base, amount, amount_currency, day, company, next(values)
    )


async def read_lines(
    connection: Connection, session: Session, kind: DocumentKind, source: Sequence[Any]
) -> list[LineRow]:
    """Lines of the documents by id, in order; or those proposed as stored columns."""
    full, stored = session.full, not source or isinstance(source[0], UUID)
    product = full.by_name.get("product")
    statement = full.keep(
        ("lines", kind.name, stored), lambda: documents.read_lines(kind, product, stored=stored)
    )
    found = await _rows(connection, statement, _source(source, stored=stored))
    return [_line(row) for row in found]


def _line(row: Sequence[Any]) -> LineRow:
    values = iter(row)
    key, document = next(values), next(values)
    line = {name: next(values) for name in LINE}
    currencies = {name: next(values) for name in MONEY}
    product = {name: next(values) for name in OF_PRODUCT}
    return LineRow(key, document, line, currencies, {**product, "price_currency": next(values)})


async def parents_of(
    connection: Connection, session: Session, kind: DocumentKind, ids: Sequence[UUID]
) -> list[UUID]:
    """Documents that the lines belong to, and those they belonged to before their last change."""
    lines = Lines(kind.line, kind.link, kind.line.by_name["amount"], None)
    statement = session.full.keep(
        ("parents of lines", kind.name), lambda: parents_of_lines(lines).as_string()
    )
    cursor = await connection.execute(statement, {"ids": list(ids), "object": kind.line.id})
    return sorted(row[0] for row in await cursor.fetchall())


async def read_books(connection: Connection, session: Session) -> list[Book]:
    obj = session.full.by_name.get("price_book")
    if obj is None:
        return []
    statement = session.full.keep("price books", lambda: documents.read_books(obj))
    return [Book(*row) for row in await _rows(connection, statement, {}) if row[2]]


async def find_prices(
    connection: Connection, session: Session, wishes: Sequence[tuple[int, Wish]]
) -> dict[int, Tier]:
    """Prices by place of the wish, all in one statement."""
    entry = session.full.by_name.get("price_book_entry")
    if entry is None or not wishes:
        return {}
    statement = session.full.keep("find prices", lambda: documents.find_prices(entry))
    binds = {
        "places": [place for place, _ in wishes],
        "books": [wish.book for _, wish in wishes],
        "products": [wish.product for _, wish in wishes],
        "quantities": [wish.quantity for _, wish in wishes],
        "days": [wish.day for _, wish in wishes],
    }
    return {row[0]: Tier(*row[1:]) for row in await _rows(connection, statement, binds)}


async def find_rates(
    connection: Connection, session: Session, pairs: Sequence[tuple[str, date]]
) -> dict[tuple[str, date], RateOf]:
    """The latest rate on or before each day; of the workspace's own currency it is 1."""
    own = {pair: RateOf(Decimal(1), pair[1]) for pair in pairs if pair[0] == session.currency}
    others = sorted({pair for pair in pairs if pair not in own})
    if not others:
        return own
    statement = session.full.keep("find rates", lambda: documents.find_rates(session.full.schema))
    binds = {"currencies": [each[0] for each in others], "days": [each[1] for each in others]}
    found = await _rows(connection, statement, binds)
    return own | {(row[0], row[1]): RateOf(row[2], row[3]) for row in found}


async def components_of(
    connection: Connection, session: Session, products: Sequence[UUID]
) -> dict[UUID, list[tuple[UUID, Decimal]]]:
    """What bundles hold: product and quantity, by bundle."""
    obj = session.full.by_name.get("product_component")
    if obj is None or not products:
        return {}
    statement = session.full.keep("components", lambda: documents.components_of(obj))
    found: dict[UUID, list[tuple[UUID, Decimal]]] = {}
    for bundle, product, quantity in await _rows(connection, statement, {documents.IDS: list(products)}):
        found.setdefault(bundle, []).append((product, quantity))
    return found


async def only_company(connection: Connection, session: Session) -> UUID | None:
    """The one company in use; None where there are several, or none."""
    obj = session.full.by_name.get("company")
    if obj is None:
        return None
    statement = session.full.keep("active companies", lambda: documents.active_companies(obj))
    found = await _rows(connection, statement, {})
    return found[0][0] if len(found) == 1 else None


async def derive(
    connection: Connection, session: Session, obj: Object, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Set derived columns of rows (`id` and physical columns, the same in each), and all that is computed from them."""
    if not rows:
        return
    columns = tuple(sorted(rows[0].keys() - {"id"}))
    statement = session.full.keep(("derive", obj.id, columns), lambda: documents.write_rows(obj, columns))
    found = await _rows(connection, statement, {documents.ROWS: writes.as_rows(rows)})
    ids = [row[0] for row in found]
    computing = await follow(connection, session, obj, ids, columns)
    # Told as what came out differently: of a row that somebody writes, at the place where that is written.
    names = {field.id for field in obj.stored_fields if field.physical() in columns}
    changed = computing.take_changed()
    add_changed(changed, {obj.id: (set(ids), names)})
    await judge_rules(connection, session, Asked(obj, {}, frozenset()), changed)


async def states_before(
    connection: Connection, session: Session, kind: DocumentKind, ids: Sequence[UUID]
) -> dict[UUID, str | None]:
    """The state in which the last write found each of the documents."""
    statement = session.full.keep(("states before", kind.name), lambda: documents.states_before(kind))
    binds = {documents.IDS: list(ids), "object": kind.head.id}
    return {row[0]: row[1] for row in await _rows(connection, statement, binds)}


async def places_of_lines(
    connection: Connection, session: Session, kind: DocumentKind, ids: Sequence[UUID]
) -> list[tuple[UUID, UUID, str | None]]:
    """Each line with its document and that one's state; also with the one that the last write took it out of."""
    statement = session.full.keep(("places of lines", kind.name), lambda: documents.places_of_lines(kind))
    binds = {documents.IDS: list(ids), "object": kind.line.id}
    return [(row[0], row[1], row[2]) for row in await _rows(connection, statement, binds)]


@dataclass(frozen=True)
class ReturnRow:
    """A line of a return, what it is of, and what came back of that before."""

    id: UUID
    quantity: Decimal
    total: Decimal | None
    ordered: Decimal | None
    line_total: Decimal | None
    currency: str | None
    returned_before: Decimal
    worth_before: Decimal


async def read_returns(
    connection: Connection, session: Session, line: Object, ids: Sequence[UUID]
) -> list[ReturnRow]:
    full = session.full
    sold = full.by_name.get("order_line")
    if sold is None:
        return []
    statement = full.keep(
        "returns", lambda: documents.read_returns(line, sold, full.by_name.get("order_return"))
    )
    return [ReturnRow(*row) for row in await _rows(connection, statement, {documents.IDS: list(ids)})]


async def strange_returns(
    connection: Connection,
    session: Session,
    line: Object,
    head: Object,
    ids: Sequence[UUID],
    *,
    of_heads: bool,
) -> list[tuple[UUID, UUID]]:
    """Lines that are of another order than their return, each with its return: among lines, or of returns."""
    sold = session.full.object("order_line")
    statement = session.full.keep(
        ("strange returns", of_heads), lambda: documents.strange_returns(line, sold, head, of_heads=of_heads)
    )
    rows = await _rows(connection, statement, {documents.IDS: list(ids)})
    return [(row[0], row[1]) for row in rows]


async def accounts_of_returns(
    connection: Connection, session: Session, head: Object, order: Object, ids: Sequence[UUID]
) -> list[Mapping[str, Any]]:
    """Rows to derive: the customer of returns that name none."""
    statement = session.full.keep("accounts of returns", lambda: documents.accounts_of_returns(head, order))
    column = head.by_name["account"].physical()
    found = await _rows(connection, statement, {documents.IDS: list(ids)})
    return [{"id": str(row[0]), column: str(row[1])} for row in found]


async def count_pointing(
    connection: Connection, session: Session, obj: Object, field: Field, ids: Sequence[UUID]
) -> dict[UUID, int]:
    """How many live records of `obj` name each of the records in `field`; those that none names are not told."""
    key = ("count pointing", obj.id, field.id)
    statement = session.full.keep(key, lambda: merging.count_pointing(obj, field).as_string())
    cursor = await connection.execute(statement, {"ids": list(ids)})
    return {row[0]: int(row[1]) for row in await cursor.fetchall()}
