"""Cells that come again are read once; nothing else about their values changes."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.cn import uscc

from banyan.imports.mapping import ColumnMapping
from banyan.imports.rows import ColumnReader
from banyan.metadata.field_types import formats
from banyan.metadata.field_types.base import ValueContext, ValueProblem
from banyan.metadata.field_types.registry import FIELD_TYPES

LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
BODIES = st.text("0123456789", min_size=8, max_size=8).flatmap(
    lambda head: st.text(LETTERS, min_size=9, max_size=9).map(lambda tail: head + tail)
)


def told(read: Any, *given: Any) -> Any:
    """What a reader gives or, where it refuses, how."""
    try:
        return read(*given)
    except ValueProblem as problem:
        return problem.code, problem.params


def slowly(text: str) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(formats, "_CREDIT_CODE", SimpleNamespace(fullmatch=lambda _: None))
        return told(formats.cn_credit_code, text)


@settings(deadline=None)
@given(BODIES, st.sampled_from([*LETTERS, "I", "o", "", "１"]), st.sampled_from(["", " ", "-", "\u3000"]))
def test_a_usual_credit_code_is_judged_as_by_the_standard(body: str, last: str, mark: str):
    for text in (
        body + uscc.calc_check_digit(body),
        body + last,
        body[:4] + mark + body[4:] + last,
        body.lower(),
    ):
        assert told(formats.cn_credit_code, text) == slowly(text)


def reader(kind: str, config: dict[str, Any], **more: Any) -> ColumnReader:
    found = FIELD_TYPES[kind].for_config(config)
    settings = found.Config.model_validate(config)
    field: Any = SimpleNamespace(kind=found, config=settings, api_name="f", required=False, slug="f_f")
    field.specs = found.columns(field)
    return ColumnReader(ColumnMapping(column=0, field="f", **more), field, ValueContext(bulk=True))


CELLS = [
    "上海",
    " 上海 ",
    "12",
    "1,200",
    "3.5万",
    "",
    "n/a",
    "--",
    "2026-01-02",
    "5/1/2026",
    "=1",
    "A",
    "b",
    "x" * 300,
]
CHOICES = {"choices": [{"key": "a", "label": {"en": "A", "zh-CN": "甲"}}]}
KINDS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("text", {}, {}),
    ("text", {"max_length": 5}, {"values": {"A": "12"}}),
    ("number", {}, {}),
    ("currency", {}, {}),
    ("date", {}, {}),
    ("boolean", {}, {}),
    ("phone", {}, {}),
    ("single_choice", CHOICES, {}),
    ("single_choice", CHOICES, {"create_choices": True}),
    ("multiple_choice", CHOICES, {}),
]


@pytest.mark.parametrize(("kind", "config", "more"), KINDS)
@settings(deadline=None)
@given(cells=st.lists(st.sampled_from(CELLS), max_size=30))
def test_a_cell_read_before_gives_what_it_gives_alone(
    kind: str, config: dict[str, Any], more: dict[str, Any], cells: list[str]
):
    knowing, fresh = reader(kind, config, **more), reader(kind, config, **more)
    fresh.most_known = 0
    assert [told(knowing.read, cell) for cell in cells] == [told(fresh.read, cell) for cell in cells]
    assert knowing.new_choices == fresh.new_choices


def test_few_cells_are_kept_and_no_long_ones():
    column = reader("text", {"max_length": 4000})
    column.most_known = 2
    for cell in ("x" * 300, "a", "b", "c", "a"):
        column.read(cell)
    assert set(column._known) == {"a", "b"}


def test_what_is_sealed_is_sealed_anew_for_each_row():
    kinds = [key for key, kind in FIELD_TYPES.items() if kind.sealed]
    assert kinds
    assert [reader(key, {}).most_known for key in kinds] == [0] * len(kinds)
