"""Filters: printing and parsing undo each other, budgets hold, faults name their place, logic obeys its laws."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banyan.filters.ast import And, Condition, Filter, Not, Or, Related, both
from banyan.filters.document import MAX_DEPTH, MAX_TERMS, parse_filter, print_filter
from banyan.filters.evaluate import evaluate
from banyan.kernel.errors import InvalidInput

CONDITIONS = st.builds(
    Condition,
    st.sampled_from(["a", "b", "c.d"]),
    st.sampled_from(["eq", "in"]),
    st.none() | st.text(max_size=3) | st.booleans(),
)
PLAIN = st.recursive(
    CONDITIONS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: And(tuple(parts))),
        st.lists(inner, max_size=3).map(lambda parts: Or(tuple(parts))),
        st.builds(Not, inner),
    ),
    max_leaves=8,
)
FILTERS = PLAIN | st.builds(Related, st.sampled_from(["some", "none"]), st.just("x.y"), PLAIN)


def holds(condition: Condition) -> bool:
    """Some fixed truth of each condition."""
    return (len(condition.path) + len(condition.op) + len(str(condition.value))) % 2 == 0


@given(FILTERS)
def test_parsing_undoes_printing(node: Filter):
    document = print_filter(node)
    assert print_filter(parse_filter(document)) == document


@given(PLAIN)
def test_not_is_the_exact_complement(node: Filter):
    assert evaluate(Not(node), holds) is not evaluate(node, holds)


@given(PLAIN, PLAIN)
def test_branches_obey_de_morgan(left: Filter, right: Filter):
    assert evaluate(Not(And((left, right))), holds) == evaluate(Or((Not(left), Not(right))), holds)


@given(PLAIN, PLAIN)
def test_both_means_and(left: Filter, right: Filter):
    assert evaluate(both(left, right), holds) == (evaluate(left, holds) and evaluate(right, holds))


def problem(document: Any) -> tuple[str, str]:
    with pytest.raises(InvalidInput) as caught:
        parse_filter(document)
    (found,) = caught.value.problems
    return found.pointer, found.code


def test_faults_name_their_place():
    good = {"field": "a", "op": "eq", "value": 1}
    assert problem({"and": [good, {"or": [{"op": "eq"}]}]}) == (
        "/where/and/1/or/0/field",
        "filter_field_missing",
    )
    assert problem({"not": {"field": "a"}}) == ("/where/not/op", "filter_operator_missing")
    assert problem({"and": {}}) == ("/where/and", "filter_not_list")
    assert problem({"xor": []}) == ("/where/xor", "filter_unknown_key")
    assert problem({"some": {"where": {}}}) == ("/where/some", "filter_relation_missing")
    assert problem(good | {"values": 1}) == ("/where/values", "filter_unknown_key")
    assert problem({"and": [], "or": []}) == ("/where", "filter_one_key")
    assert problem([]) == ("/where", "filter_not_object")


def test_budgets_of_depth_and_terms_hold():
    deep: dict[str, Any] = {"field": "a", "op": "eq"}
    for _ in range(MAX_DEPTH + 1):
        deep = {"not": deep}
    assert problem(deep)[1] == "filter_too_deep"
    many = {"or": [{"field": "a", "op": "eq"}] * MAX_TERMS}
    assert problem(many)[1] == "filter_too_large"
