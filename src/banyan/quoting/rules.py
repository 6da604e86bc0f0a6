"""What lines come to: the one rounding rule of documents, without a database (docs/reference/rounding).

Money is rounded half up to the minor unit of its currency, at the places named here and at no other. Sums of a
document do not depend on the order of its lines.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

from banyan.kernel.money import EXACT, NOTHING, rounded, shared

HUNDRED = Decimal(100)
_FRACTION = Decimal("0.0001")


@dataclass(frozen=True)
class Line:
    """What is asked for a line. `discount` and `tax_rate` in percent; `list_price` None: the book has none."""

    quantity: Decimal
    unit_price: Decimal
    discount: Decimal = NOTHING
    tax_rate: Decimal = NOTHING
    list_price: Decimal | None = None


@dataclass(frozen=True)
class Terms:
    """What holds for all lines of a document. `discount` in percent, or `reduction` as an amount; not both."""

    currency: str
    prices_with_tax: bool = True
    tax_on_total: bool = False
    discount: Decimal = NOTHING
    reduction: Decimal = NOTHING


@dataclass(frozen=True)
class Priced:
    """What a line comes to; net + tax = total."""

    amount: Decimal
    shared_discount: Decimal
    net: Decimal
    tax: Decimal
    total: Decimal


@dataclass(frozen=True)
class Sums:
    """Of a document: the sums of its lines, and nothing else."""

    subtotal: Decimal
    discount_total: Decimal
    net_total: Decimal
    tax_total: Decimal
    total: Decimal


def price_lines(lines: Sequence[Line], terms: Terms) -> list[Priced]:
    """Every line with its share of the total's discount, its net, tax and total."""
    with localcontext(EXACT):
        currency = terms.currency
        amounts = [_amount(line, currency) for line in lines]
        shares = _shares(lines, amounts, terms)
        taxable = [amount - share for amount, share in zip(amounts, shares, strict=True)]
        taxes = _taxes(lines, taxable, terms)
        return [
            _priced(amount, share, taxed, tax, with_tax=terms.prices_with_tax)
            for amount, share, taxed, tax in zip(amounts, shares, taxable, taxes, strict=True)
        ]


def sum_up(priced: Sequence[Priced]) -> Sums:
    """Sums of the document."""
    with localcontext(EXACT):
        return Sums(
            sum((each.amount for each in priced), NOTHING),
            sum((each.shared_discount for each in priced), NOTHING),
            sum((each.net for each in priced), NOTHING),
            sum((each.tax for each in priced), NOTHING),
            sum((each.total for each in priced), NOTHING),
        )


def in_own(total: Decimal, rate: Decimal, currency: str) -> Decimal:
    """A total at a rate of exchange, in the currency it is exchanged to."""
    with localcontext(EXACT):
        return rounded(total * rate, currency)


def largest_discount(lines: Sequence[Line], terms: Terms) -> Decimal:
    """How far below the list the cheapest line is, in percent, with its part of the total's discount.

    Worked out of prices, not of rounded money: a cent of rounding is no discount. A line above the list has none.
    """
    with localcontext(EXACT):
        subtotal = sum((_amount(line, terms.currency) for line in lines), NOTHING)
        reduced = terms.reduction / subtotal if terms.reduction and subtotal else terms.discount / HUNDRED
        found = NOTHING
        for line in lines:
            listed = line.list_price or line.unit_price
            if listed > 0:
                paid = line.unit_price * (1 - line.discount / HUNDRED) * (1 - reduced)
                found = max(found, (1 - paid / listed) * HUNDRED)
        return found.quantize(_FRACTION)


def _amount(line: Line, currency: str) -> Decimal:
    full = rounded(line.quantity * line.unit_price, currency)
    return full - rounded(full * line.discount / HUNDRED, currency)


def _shares(lines: Sequence[Line], amounts: Sequence[Decimal], terms: Terms) -> list[Decimal]:
    """The total's discount over the lines. At equal remainders: the larger amount, the higher tax, the earlier."""
    subtotal = sum(amounts, NOTHING)
    discount = terms.reduction or rounded(subtotal * terms.discount / HUNDRED, terms.currency)
    if not discount:
        return [NOTHING] * len(amounts)
    ties = [(-amount, -line.tax_rate) for line, amount in zip(lines, amounts, strict=True)]
    return shared(rounded(discount, terms.currency), amounts, terms.currency, ties)


def _taxes(lines: Sequence[Line], taxable: Sequence[Decimal], terms: Terms) -> list[Decimal]:
    if not terms.tax_on_total:
        return [_tax(each, line.tax_rate, terms) for line, each in zip(lines, taxable, strict=True)]
    taxes = [NOTHING] * len(lines)
    for rate in sorted({line.tax_rate for line in lines}):
        places = [place for place, line in enumerate(lines) if line.tax_rate == rate]
        parts = [taxable[place] for place in places]
        tax = _tax(sum(parts, NOTHING), rate, terms)
        for place, part in zip(places, shared(tax, parts, terms.currency), strict=True):
            taxes[place] = part
    return taxes


def _tax(taxable: Decimal, rate: Decimal, terms: Terms) -> Decimal:
    if terms.prices_with_tax:
        return taxable - rounded(taxable * HUNDRED / (HUNDRED + rate), terms.currency)
    return rounded(taxable * rate / HUNDRED, terms.currency)


def _priced(amount: Decimal, share: Decimal, taxable: Decimal, tax: Decimal, *, with_tax: bool) -> Priced:
    if with_tax:
        return Priced(amount, share, taxable - tax, tax, taxable)
    return Priced(amount, share, taxable, tax, taxable + tax)
