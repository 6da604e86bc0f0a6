"""What documents come to, as they stand or are proposed: a few statements for any number of them, then pure rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from banyan.access.facade import load_policy
from banyan.db.database import Connection
from banyan.kernel.actor import Actor
from banyan.kernel.errors import FieldProblem
from banyan.kernel.money import NOTHING, rounded
from banyan.quoting import prices, rules
from banyan.quoting.prices import Found
from banyan.quoting.rules import Line, Priced, Sums, Terms
from banyan.quoting.settings import QuotingSettings, read_settings
from banyan.records import documents
from banyan.records.documents import Book, Head, LineRow, RateOf, Wish
from banyan.records.session import Session

# As long as a quote may still change, its lines are told what the list says now.
OPEN = ("draft", "pending", "released")


@dataclass
class Sheet:
    """One document with its lines. `anew`: its currency has changed, so prices in another one are found anew."""

    head: Head
    lines: list[LineRow]
    anew: bool = False


@dataclass(frozen=True)
class LineResult:
    """What a line comes to, and what it is filled with where nothing was given."""

    priced: Priced
    found: Found
    unit_price: Decimal | None
    tax_rate: Decimal
    name: str | None
    unit: str | None
    position: int


@dataclass(frozen=True)
class Result:
    """`problems` are told; `refusals` among them let nothing be saved. Pointers are within the document."""

    currency: str
    book: Book | None
    rate: RateOf | None
    day: date
    with_tax: bool
    lines: list[LineResult]
    sums: Sums
    base_total: Decimal | None
    largest_discount: Decimal
    needs_approval: bool
    refusals: list[FieldProblem]
    problems: list[FieldProblem]


@dataclass(frozen=True)
class _Facts:
    """What was read for all documents at once."""

    books: Sequence[Book]
    tiers: Mapping[tuple[int, int], documents.Tier]
    rates: Mapping[tuple[str, date], RateOf]
    contents: Mapping[UUID, Mapping[UUID, Decimal]]
    limits: Mapping[UUID | None, Decimal]


async def settle(connection: Connection, session: Session, sheets: Sequence[Sheet]) -> list[Result]:
    """Each document as it comes out."""
    books = await documents.read_books(connection, session)
    chosen = [_choose(session, sheet, books) for sheet in sheets]
    wishes, keys = list[tuple[int, Wish]](), list[tuple[int, int]]()
    for place, (sheet, (_, book)) in enumerate(zip(sheets, chosen, strict=True)):
        for index, line in enumerate(sheet.lines):
            if book is not None and line["product"] is not None:
                quantity = line["quantity"] or NOTHING
                wishes.append((len(keys), Wish(book.id, line["product"], quantity, sheet.head.day)))
                keys.append((place, index))
    tiers = await documents.find_prices(connection, session, wishes)
    pairs = {(currency, sheet.head.day) for sheet, (currency, _) in zip(sheets, chosen, strict=True)}
    facts = _Facts(
        books,
        {keys[place]: tier for place, tier in tiers.items()},
        await documents.find_rates(connection, session, sorted(pairs)),
        await _contents(connection, session, sheets),
        await _limits(connection, session, sheets),
    )
    return [
        _settle(session, facts, place, sheet, currency, book)
        for place, (sheet, (currency, book)) in enumerate(zip(sheets, chosen, strict=True))
    ]


def _choose(session: Session, sheet: Sheet, books: Sequence[Book]) -> tuple[str, Book | None]:
    """Currency: of the document, of the book it names, of its amount or company, of the workspace."""
    head = sheet.head
    given = next((book for book in books if book.id == head["price_book"]), None)
    currency = (
        head["currency"]
        or (given.currency if given else None)
        or (head.amount_currency if head.amount is not None else None)
        or head.company["currency"]
        or session.currency
    )
    wanted = (head["price_book"], head.account_book, head.company["price_book"])
    return currency, prices.choose_book(books, wanted, head["company"], currency, head.day)


async def _contents(
    connection: Connection, session: Session, sheets: Sequence[Sheet]
) -> dict[UUID, dict[UUID, Decimal]]:
    """What bundles hold, where a line says that it is part of one."""
    parts = any(line["bundle_position"] is not None for sheet in sheets for line in sheet.lines)
    bundles = {
        line["product"] for sheet in sheets for line in sheet.lines if line.product["kind"] == "bundle"
    }
    if not parts or not bundles:
        return {}
    found = await documents.components_of(connection, session, sorted(bundles))
    return {bundle: dict(held) for bundle, held in found.items()}


async def _limits(
    connection: Connection, session: Session, sheets: Sequence[Sheet]
) -> dict[UUID | None, Decimal]:
    """The largest discount that each owner gives without asking."""
    settings, _ = await read_settings(connection, session.full.schema)
    return {
        owner: await limit_of(connection, session, settings, owner)
        for owner in {sheet.head.owner for sheet in sheets}
    }


async def limit_of(
    connection: Connection, session: Session, settings: QuotingSettings, person: UUID | None
) -> Decimal:
    """The largest discount that a person gives without asking."""
    if person is None or not settings.limits:
        return settings.limit_of(())
    own = session.actor.user_id == person and session.actor.kind == "user"
    # What the house does in somebody's name has the house's rights, and no roles: theirs are read.
    policy = session.policy if own and session.policy.roles else None
    found = policy or await load_policy(connection, Actor(person, session.full.schema))
    return settings.limit_of(role.key for role in found.roles)


def _settle(
    session: Session, facts: _Facts, place: int, sheet: Sheet, currency: str, book: Book | None
) -> Result:
    head = sheet.head
    with_tax = _first(head["prices_with_tax"], head.company["prices_with_tax"], True)  # noqa: FBT003 - a value
    asked: list[Line] = []
    told: list[LineResult] = []
    refusals: list[FieldProblem] = []
    problems: list[FieldProblem] = []
    last = max((int(line["position"]) for line in sheet.lines if line["position"] is not None), default=0)
    parts = _parts(sheet.lines, facts.contents)
    for index, line in enumerate(sheet.lines):
        found = _found(facts.tiers.get((place, index)), book, line, sheet, currency)
        price = _unit_price(session, line, found, sheet, currency)
        if price is None and line["unit_price"] is not None:
            params = {"currency": line.currencies["unit_price"], "of": currency}
            refusals.append(FieldProblem(f"/lines/{index}/unit_price", "line_currency", params))
        problems += _line_problems(index, line, found, price, head.day)
        rate = _first(line["tax_rate"], line.product["tax_rate"], head.company["tax_rate"], NOTHING)
        listed = None if parts[index] else found.price
        asked.append(_asked(line, price, rate, listed))
        if line["position"] is None:
            last += 1
        position = last if line["position"] is None else int(line["position"])
        told.append(_told(line, found, price, rate, position))
    terms = _terms(head, currency, with_tax=bool(with_tax))
    terms = _bounded(terms, asked, refusals)
    priced = rules.price_lines(asked, terms)
    sums = rules.sum_up(priced)
    largest = rules.largest_discount(asked, terms)
    rate_of = facts.rates.get((currency, head.day))
    if rate_of is None:
        params = {"currency": currency, "own": session.currency, "on": head.day.isoformat()}
        refusals.append(FieldProblem("/currency", "no_exchange_rate", params))
    whole = sums.total if sheet.lines or head.amount is None else head.amount
    return Result(
        currency,
        book,
        rate_of,
        head.day,
        bool(with_tax),
        [replace(each, priced=one) for each, one in zip(told, priced, strict=True)],
        sums,
        None if rate_of is None else rules.in_own(whole, rate_of.rate, session.currency),
        largest,
        largest > facts.limits.get(head.owner, NOTHING),
        refusals,
        [*refusals, *problems],
    )


_UNPRICED = Priced(NOTHING, NOTHING, NOTHING, NOTHING, NOTHING)


def _first(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)


def _found(
    tier: documents.Tier | None, book: Book | None, line: LineRow, sheet: Sheet, currency: str
) -> Found:
    """What the list says; of a document that may not change any more, what it said."""
    if sheet.head["status"] not in (None, *OPEN) and line["price_reason"] and line["amount"] is not None:
        return Found(line["list_price"], prices.Reason("price_kept"))
    if line["product"] is None:
        return Found(None, prices.Reason("price_by_hand"))
    return prices.find(tier, book, line.product, currency)


def _unit_price(session: Session, line: LineRow, found: Found, sheet: Sheet, currency: str) -> Decimal | None:
    """The price given, else the one found. None where there is none, or where it is in a foreign currency."""
    given, of = line["unit_price"], line.currencies["unit_price"]
    if given is None:
        return found.price
    if of == currency:
        return Decimal(given)
    if sheet.anew:
        return found.price if found.price is not None else Decimal(given)
    # A plain number is in the workspace's currency until a document says otherwise.
    return Decimal(given) if of in (None, session.currency) else None


def _line_problems(
    index: int, line: LineRow, found: Found, price: Decimal | None, day: date
) -> list[FieldProblem]:
    place, named = f"/lines/{index}", line.product["name"] or ""
    problems = []
    if line["product"] is not None and prices.withdrawn(line.product, day):
        problems.append(FieldProblem(f"{place}/product", "product_withdrawn", {"product": named}))
    if found.reason.code == "price_expired":
        problems.append(FieldProblem(f"{place}/unit_price", "price_expired", found.reason.params))
    elif price is None and line["unit_price"] is None:
        problems.append(FieldProblem(f"{place}/unit_price", "line_without_price", {"product": named}))
    return problems


def _parts(lines: Sequence[LineRow], contents: Mapping[UUID, Mapping[UUID, Decimal]]) -> list[bool]:
    """Which lines are paid with the bundle they say they are part of; the list says nothing of these.

    No more of them than the bundle holds: what goes beyond has its own price.
    """
    left: dict[tuple[int, UUID], Decimal] = {}
    at: dict[Any, list[int]] = {}
    for place, line in enumerate(lines):
        for product, quantity in contents.get(line["product"], {}).items():
            left[place, product] = (line["quantity"] or NOTHING) * quantity
        at.setdefault(line["position"], []).append(place)
    found = []
    for line in lines:
        wholes = [] if line["bundle_position"] is None else at.get(line["bundle_position"], [])
        quantity = line["quantity"] or NOTHING
        keys = [(place, line["product"]) for place in wholes]
        key = next((each for each in keys if left.get(each, NOTHING) >= quantity > 0), None)
        if key is not None:
            left[key] -= quantity
        found.append(key is not None)
    return found


def _asked(line: LineRow, price: Decimal | None, rate: Decimal, listed: Decimal | None) -> Line:
    return Line(
        line["quantity"] or NOTHING, price or NOTHING, line["discount"] or NOTHING, Decimal(rate), listed
    )


def _told(line: LineRow, found: Found, price: Decimal | None, rate: Decimal, position: int) -> LineResult:
    name, unit = _first(line["name"], line.product["name"]), _first(line["unit"], line.product["unit"])
    return LineResult(_UNPRICED, found, price, Decimal(rate), name, unit, position)


def _terms(head: Head, currency: str, *, with_tax: bool) -> Terms:
    reduction = rounded(head["reduction"] or NOTHING, currency)
    discount = head["discount"] or NOTHING
    return Terms(currency, with_tax, head["tax_mode"] == "total", discount, reduction)


def _bounded(terms: Terms, lines: Sequence[Line], refusals: list[FieldProblem]) -> Terms:
    """No reduction takes more than there is; where it would, that is told and the whole is free."""
    if not lines or not terms.reduction:
        return replace(terms, reduction=NOTHING) if terms.reduction else terms
    most = rules.sum_up(
        rules.price_lines(lines, replace(terms, reduction=NOTHING, discount=NOTHING))
    ).subtotal
    if NOTHING <= terms.reduction <= most:
        return terms
    params = {"most": str(most), "currency": terms.currency}
    refusals.append(FieldProblem("/reduction", "reduction_too_large", params))
    return replace(terms, reduction=most)
