"""The rounding rule of documents: sums are their lines to the smallest unit, whatever the mode, order and size."""

import random
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banyan.kernel.money import digits, rounded, shared, unit
from banyan.quoting.rules import Line, Priced, Terms, in_own, largest_discount, price_lines, sum_up

D = Decimal
LINES = st.lists(
    st.builds(
        Line,
        quantity=st.decimals("0.001", "999999999", places=3),
        unit_price=st.decimals("0", "999999.999999", places=6),
        discount=st.decimals("0", "100", places=4),
        tax_rate=st.sampled_from([D(0), D(3), D(6), D(9), D(13)]),
    ),
    max_size=40,
)
TERMS = st.builds(
    Terms,
    currency=st.sampled_from(["CNY", "JPY", "KWD"]),
    prices_with_tax=st.booleans(),
    tax_on_total=st.booleans(),
    discount=st.decimals("0", "100", places=4),
)


@given(LINES, TERMS)
def test_every_sum_is_the_sum_of_its_lines(lines: list[Line], terms: Terms) -> None:
    priced = price_lines(lines, terms)
    sums = sum_up(priced)
    assert sums.net_total + sums.tax_total == sums.total
    for each in priced:
        assert each.net + each.tax == each.total
        assert all(value == rounded(value, terms.currency) for value in vars(each).values())
    assert sums.discount_total == rounded(sums.subtotal * terms.discount / 100, terms.currency)
    if terms.prices_with_tax:
        assert sums.total == sums.subtotal - sums.discount_total
    else:
        assert sums.net_total == sums.subtotal - sums.discount_total


@given(LINES, TERMS, st.randoms(use_true_random=False))
def test_the_order_of_lines_says_nothing(lines: list[Line], terms: Terms, chance: random.Random) -> None:
    turned = list(lines)
    chance.shuffle(turned)
    assert sum_up(price_lines(turned, terms)) == sum_up(price_lines(lines, terms))


@given(LINES.filter(bool), TERMS, st.decimals("0", "1", places=6))
def test_a_reduction_is_shared_exactly(lines: list[Line], terms: Terms, part: Decimal) -> None:
    plain = Terms(terms.currency, terms.prices_with_tax, terms.tax_on_total)
    subtotal = sum_up(price_lines(lines, plain)).subtotal
    reduction = rounded(subtotal * part, terms.currency)
    reduced = Terms(terms.currency, terms.prices_with_tax, terms.tax_on_total, reduction=reduction)
    priced = price_lines(lines, reduced)
    assert sum_up(priced).discount_total == reduction
    assert all(D(0) <= each.shared_discount <= each.amount for each in priced)


@given(
    st.lists(st.decimals("0", "1000", places=4), min_size=1, max_size=60),
    st.decimals("-100000", "100000", places=2),
)
def test_shares_make_exactly_the_whole(weights: list[Decimal], total: Decimal) -> None:
    found = shared(total, weights, "CNY")
    assert sum(found) == total
    whole = sum(weights)
    if whole:
        assert all(
            abs(each - total * w / whole) < unit("CNY") for each, w in zip(found, weights, strict=True)
        )


def test_tax_on_the_total_is_worked_out_once_per_rate() -> None:
    lines = [Line(D(1), D("0.37"), tax_rate=D(13)) for _ in range(3)]
    each = sum_up(price_lines(lines, Terms("CNY", prices_with_tax=False)))
    once = sum_up(price_lines(lines, Terms("CNY", prices_with_tax=False, tax_on_total=True)))
    assert (each.tax_total, once.tax_total) == (D("0.15"), D("0.14"))


def test_the_example_of_the_reference() -> None:
    lines = [Line(D(12), D(90), tax_rate=D(13)), Line(D(3), D("19.99"), D(5), D(13))]
    priced = price_lines(lines, Terms("CNY", discount=D(10)))
    assert priced == [
        Priced(D("1080.00"), D("108.00"), D("860.18"), D("111.82"), D("972.00")),
        Priced(D("56.97"), D("5.70"), D("45.37"), D("5.90"), D("51.27")),
    ]


@pytest.mark.parametrize(
    ("currency", "total"), [("JPY", "1000"), ("CNY", "999.70"), ("KWD", "999.700")], ids=["JPY", "CNY", "KWD"]
)
def test_each_currency_has_its_own_digits(currency: str, total: str) -> None:
    (line,) = price_lines([Line(D("9.997"), D(100))], Terms(currency))
    assert str(line.total) == total
    assert digits(currency) == -line.total.as_tuple().exponent


def test_half_goes_up_away_from_zero() -> None:
    assert [str(rounded(D(x), "CNY")) for x in ("0.005", "-0.005", "2.675", "0.0049")] == [
        "0.01", "-0.01", "2.68", "0.00",
    ]  # fmt: skip


def test_five_hundred_lines_of_the_largest_numbers_come_out_exactly() -> None:
    lines = [Line(D("999999999.999"), D("999999999999.999999"), D("0.0001"), D(13)) for _ in range(500)]
    sums = sum_up(price_lines(lines, Terms("CNY", discount=D("3.3333"))))
    assert sums.net_total + sums.tax_total == sums.total == sums.subtotal - sums.discount_total


def test_the_largest_discount_is_told_of_prices_not_of_rounding() -> None:
    lines = [Line(D(1), D(90), D(10), list_price=D(100)), Line(D(1), D("0.01"), list_price=D("0.01"))]
    assert largest_discount(lines, Terms("CNY", discount=D(10))) == D("27.1000")
    assert largest_discount([Line(D(1), D(120), list_price=D(100))], Terms("CNY")) == 0
    assert largest_discount([Line(D(3), D(100))], Terms("CNY", reduction=D(30))) == D("10.0000")


def test_an_amount_in_own_currency_is_rounded_once() -> None:
    assert in_own(D("99.99"), D("0.7"), "CNY") == D("69.99")
    assert in_own(D("99.99"), D("20.5"), "JPY") == D(2050)
