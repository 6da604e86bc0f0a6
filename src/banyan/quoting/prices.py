"""Which price holds for a product: of which book, from which quantity, on which day; and why.

The book: the one that the document names, else the customer's, else the company's, else the standard one of the
currency. What the book has no price for costs what the product says, where that is in the currency.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from banyan.kernel.messages import message
from banyan.kernel.money import digits, unit
from banyan.records.documents import Book, Tier


@dataclass(frozen=True)
class Reason:
    """Where a price is from, or why there is none."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def text(self, language: str) -> str:
        return message(self.code, language, self.params)

    def document(self, language: str) -> dict[str, Any]:
        return {"code": self.code, "params": dict(self.params), "text": self.text(language)}


@dataclass(frozen=True)
class Found:
    """`price` None: there is none."""

    price: Decimal | None
    reason: Reason
    from_quantity: Decimal | None = None


def choose_book(
    books: Sequence[Book], wanted: Iterable[UUID | None], company: UUID | None, currency: str, on: date
) -> Book | None:
    """The first of the wanted that holds on the day in the currency, else the standard one, of the company first."""
    fitting = {book.id: book for book in books if book.currency == currency and book.holds(on)}
    for key in wanted:
        if key in fitting:
            return fitting[key]
    usual = [book for book in fitting.values() if book.standard and book.company in (company, None)]
    return min(usual, key=lambda book: (book.company is None, book.id), default=None)


def find(tier: Tier | None, book: Book | None, product: Mapping[str, Any], currency: str) -> Found:
    """What the book says, else the product."""
    if book is not None and tier is not None and tier.price is not None and tier.currency == currency:
        params = {"book": book.name or "", "from": number(tier.from_quantity)}
        code = "price_from_tier" if tier.from_quantity else "price_from_book"
        return Found(trimmed(tier.price, currency), Reason(code, params), tier.from_quantity)
    if book is not None and tier is not None and tier.ended:
        day = tier.until.isoformat() if tier.until else ""
        return Found(None, Reason("price_expired", {"book": book.name or "", "on": day}))
    own = product.get("price")
    if own is not None and product.get("price_currency") == currency:
        return Found(trimmed(own, currency), Reason("price_of_product"))
    return Found(None, Reason("price_none", {"currency": currency}))


def trimmed(price: Decimal, currency: str) -> Decimal:
    """A price with the digits of its currency, and more only where they say something."""
    plain = price.normalize()
    return plain if -int(plain.as_tuple().exponent) > digits(currency) else plain.quantize(unit(currency))


def number(value: Decimal | None) -> str:
    """Without digits that say nothing."""
    return "" if value is None else f"{value.normalize():f}"


def withdrawn(product: Mapping[str, Any], on: date) -> bool:
    """Whether the product is not sold (any more) on the day."""
    until = product.get("withdrawn_on")
    return product.get("active") is False or (until is not None and until <= on)
