"""Commission: whose rule counts, steps of a month, exact to the cent."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banyan.commissions.rules import Base, Rule, lines_of

ME, OTHER, TEAM, HOUSE = (UUID(int=number) for number in range(1, 5))
DAY = date(2026, 3, 14)


def rule(rate: str, from_amount: str = "0", **more: Any) -> Rule:
    values: dict[str, Any] = {"person": None, "department": None, "valid_from": None, "valid_until": None}
    return Rule(
        UUID(int=int(Decimal(from_amount)) + 10),
        rate,
        more.pop("basis", "received"),
        Decimal(rate),
        Decimal(from_amount),
        **{**values, **more},
    )


def base(amount: str, number: int = 1, day: date = DAY, currency: str = "CNY") -> Base:
    return Base("received", UUID(int=number), day, currency, Decimal(amount))


def paid(bases: list[Base], rules: list[Rule]) -> list[tuple[str, str]]:
    return [(str(line.part), str(line.amount)) for line in lines_of(bases, rules, ME, [TEAM, HOUSE])]


ALL, ABOVE, NEAR = rule("1"), rule("2", department=HOUSE), rule("3", department=TEAM)


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        pytest.param([ALL, ABOVE, NEAR, rule("4", person=ME)], "4.00", id="own"),
        pytest.param([ALL, ABOVE, NEAR, rule("4", person=OTHER)], "3.00", id="nearest"),
        pytest.param([ALL, ABOVE], "2.00", id="above"),
        pytest.param([ALL, rule("9", person=OTHER), rule("8", basis="won")], "1.00", id="everybody"),
    ],
)
def test_the_nearest_rules_count(rules: list[Rule], expected: str):
    assert [amount for _, amount in paid([base("100")], rules)] == [expected]


def test_a_month_climbs_its_steps_currency_by_currency():
    rules = [rule("1", "1000"), rule("2", "5000")]
    bases = [base("800", 1), base("4700", 2), base("100", 3), base("600", 4, currency="USD")]
    assert paid(bases, rules) == [("4000", "40.00"), ("500", "10.00"), ("100", "2.00")]


def test_what_is_less_than_nothing_goes_down_again():
    assert paid([base("1500", 1), base("-700", 2)], [rule("1"), rule("2", "1000")]) == [
        ("1000", "10.00"),
        ("500", "10.00"),
        ("-200", "-2.00"),
        ("-500", "-10.00"),
    ]


def test_half_a_cent_is_rounded_away_from_nothing():
    assert paid([base("10.10", 1), base("-10.10", 2)], [rule("5")]) == [
        ("10.10", "0.51"),
        ("-10.10", "-0.51"),
    ]


def test_a_rule_counts_on_its_days_only():
    spring = rule("3", valid_from=date(2026, 3, 1), valid_until=date(2026, 3, 14))
    assert paid([base("100", 1, DAY), base("100", 2, date(2026, 3, 15))], [spring]) == [("100", "3.00")]


@given(
    st.lists(st.decimals("-99999", "999999", places=2), max_size=12),
    st.lists(st.integers(1, 500_000), unique=True, max_size=4),
)
def test_no_part_is_lost_or_counted_twice(amounts: list[Decimal], steps: list[int]):
    rules = [rule("1"), *(rule("2", str(step)) for step in steps)]
    bases = [base(str(amount), number + 1) for number, amount in enumerate(amounts)]
    lines = lines_of(bases, rules, ME, [])
    for each in bases:
        assert sum((line.part for line in lines if line.base is each), Decimal(0)) == each.amount
