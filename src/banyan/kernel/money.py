"""Money in exact decimals: minor units of currencies, the one rounding rule, sharing without a cent lost (ADR 18)."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import Any

# ISO 4217: minor units where they are not two.
WITHOUT_MINOR = (
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF",
    "XPF",
)  # fmt: skip
WITH_THREE = ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND")
_DIGITS = {**dict.fromkeys(WITHOUT_MINOR, 0), **dict.fromkeys(WITH_THREE, 3)}
# A quantity of 12 digits times a price of 21 comes out exact.
EXACT = Context(prec=80, rounding=ROUND_HALF_UP)
NOTHING = Decimal(0)


def digits(currency: str) -> int:
    """Digits after the point that amounts of a currency have."""
    return _DIGITS.get(currency, 2)


@lru_cache(maxsize=256)
def unit(currency: str) -> Decimal:
    """The smallest amount of a currency."""
    return Decimal(1).scaleb(-digits(currency))


def rounded(amount: Decimal, currency: str) -> Decimal:
    """Half up, away from zero (四舍五入), to the minor unit."""
    return amount.quantize(unit(currency), context=EXACT)


def shared(
    total: Decimal, weights: Sequence[Decimal], currency: str, ties: Sequence[Any] | None = None
) -> list[Decimal]:
    """`total` in proportion to `weights` by largest remainder; the shares make exactly the total.

    Of equal remainders the smaller of `ties` gets the unit, then the earlier. Weights that come to nothing share
    nothing: then all stands with the first.
    """
    finest = min((int(weight.as_tuple().exponent) for weight in weights), default=0)
    parts = [int(weight.scaleb(-finest, context=EXACT)) for weight in weights]
    of, one = sum(parts), unit(currency)
    if of == 0:
        return [total if place == 0 else NOTHING for place in range(len(parts))]
    whole = int(EXACT.divide(total, one))
    given = [whole * part // of for part in parts]
    order = sorted(
        range(len(parts)),
        key=lambda place: (-(whole * parts[place] % of), 0 if ties is None else ties[place], place),
    )
    for place in order[: whole - sum(given)]:
        given[place] += 1
    return [each * one for each in given]
