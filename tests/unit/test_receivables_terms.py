"""Pure parts of receivables: shares that make exactly the whole, templates, where a payment would go."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banyan.kernel.errors import InvalidInput
from banyan.kernel.money import rounded, shared
from banyan.receivables.proposal import OpenInvoice, OpenPlan, Part, propose
from banyan.receivables.terms import Instalment, Wanted, from_template, months_after, valued

CENTS = st.integers(1, 10**13).map(lambda cents: Decimal(cents) / 100)
OPEN = st.lists(st.integers(1, 10**6).map(lambda cents: Decimal(cents) / 100), max_size=8)


@given(CENTS, st.lists(st.integers(0, 1000).map(Decimal), min_size=1, max_size=40))
def test_shares_make_exactly_the_whole(total, weights):
    shares = shared(total, weights, "CNY")
    assert sum(shares) == total
    assert all(share >= 0 for share in shares)
    whole = sum(weights)
    if whole:
        pairs = zip(shares, weights, strict=True)
        assert all(abs(share - total * weight / whole) < Decimal("0.01") for share, weight in pairs)


def test_of_equal_remainders_the_earlier_gets_the_cent():
    assert shared(Decimal("0.10"), [Decimal(1)] * 3, "CNY") == [
        Decimal("0.04"),
        Decimal("0.03"),
        Decimal("0.03"),
    ]
    assert shared(Decimal(100), [Decimal(1)] * 3, "JPY") == [Decimal(34), Decimal(33), Decimal(33)]


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [("1.005", "CNY", "1.01"), ("-1.005", "CNY", "-1.01"), ("1.5", "JPY", "2"), ("1.0005", "KWD", "1.001")],
)
def test_money_is_rounded_half_up_away_from_zero(amount, currency, expected):
    assert rounded(Decimal(amount), currency) == Decimal(expected)


@given(
    CENTS, st.sampled_from(["at_once", "halves", "three_steps", "monthly", "quarterly"]), st.integers(1, 60)
)
def test_a_template_makes_exactly_the_contract(total, template, count):
    rows = valued(total, "CNY", from_template(Wanted(template, date(2026, 1, 31), count)))
    assert sum(row.amount for row in rows) == total


def test_amounts_that_are_given_stand_though_their_percents_make_a_hundred():
    given = [Decimal("123456.78"), Decimal("876543.22")]
    percents = [Decimal("12.3457"), Decimal("87.6543")]
    rows = [
        Instalment("x", date(2026, 1, 1), percent=percent, amount=amount)
        for percent, amount in zip(percents, given, strict=True)
    ]
    assert [row.amount for row in valued(Decimal(1_000_000), "CNY", rows)] == given


def test_months_end_where_they_end():
    assert [months_after(date(2026, 1, 31), step) for step in (1, 2, 13)] == [
        date(2026, 2, 28), date(2026, 3, 31), date(2027, 2, 28),
    ]  # fmt: skip


def test_what_makes_no_instalment_is_said_with_its_place():
    with pytest.raises(InvalidInput) as refused:
        valued(Decimal(100), "CNY", [Instalment("a"), Instalment("b", amount=Decimal("1.001"))])
    assert [(each.pointer, each.code) for each in refused.value.problems] == [
        ("/instalments/0/amount", "required"),
        ("/instalments/1/amount", "money_digits"),
    ]


@given(CENTS, OPEN, OPEN)
def test_a_proposal_never_takes_more_than_there_is(available, plans, invoices):
    opened = [OpenPlan(f"p{place}", amount, document=f"d{place % 2}") for place, amount in enumerate(plans)]
    billed = [OpenInvoice(f"i{place}", amount, f"d{place % 2}") for place, amount in enumerate(invoices)]
    parts = propose(available, opened, billed, "d1")
    assert sum(part.amount for part in parts) <= available
    for each in opened:
        assert sum(part.amount for part in parts if part.plan == each.id) <= each.outstanding
    for bill in billed:
        assert sum(part.amount for part in parts if part.invoice == bill.id) <= bill.outstanding
    assert all(part.amount > 0 for part in parts)


def test_the_very_amount_is_meant_then_the_own_contract_then_the_oldest():
    plans = [OpenPlan("old", Decimal(50), document="a"), OpenPlan("mine", Decimal(30), document="b"),
             OpenPlan("exact", Decimal(70), document="c")]  # fmt: skip
    assert propose(Decimal(70), plans, []) == [Part(Decimal(70), "exact")]
    assert propose(Decimal(60), plans, [], "b") == [Part(Decimal(30), "mine"), Part(Decimal(30), "old")]
    assert propose(Decimal(60), plans, []) == [Part(Decimal(50), "old"), Part(Decimal(10), "mine")]
    assert propose(Decimal(0), plans, []) == []
