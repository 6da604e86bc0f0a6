"""What the suite must know of each creatable field type: a configuration, and values as a caller would send them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from banyan.metadata.field_types.base import FieldType
from banyan.metadata.field_types.registry import FIELD_TYPES

Values = st.SearchStrategy[Any]

LETTERS = "aAbBzZ 019%_\\'\"éßñ·-张三李四重庆银行上海华为曾𠀀😀,;"
TEXT = st.text(LETTERS, max_size=12)
NAMES = st.text("abz019", min_size=1, max_size=6)
CHOICES = {
    "choices": [
        {"key": "new", "label": {"zh-CN": "新建", "en": "New"}},
        {"key": "won", "label": {"zh-CN": "赢单", "en": "Won"}, "category": "won", "probability": "100"},
        {"key": "lost", "label": {"zh-CN": "输单", "en": "Lost; really"}, "category": "lost"},
        {"key": "odd", "label": {"zh-CN": "其他"}, "archived": True},
    ]
}
KEYS = ("new", "won", "lost", "odd")


def decimals(places: int) -> Values:
    limit = 10**12
    return st.decimals(-limit, limit, places=places, allow_nan=False, allow_infinity=False).map(str)


@dataclass(frozen=True)
class Case:
    """`values` are raw values that the field holds; None is added by the suite.

    They are drawn from ids of records to point at: people, or departments where the type points there.
    """

    key: str
    values: Callable[[Sequence[str]], Values]
    config: Mapping[str, Any] = field(default_factory=dict)
    default: Any = None
    words: Values = TEXT

    @property
    def name(self) -> str:
        return f"v_{self.key}"

    @property
    def comes_back(self) -> bool:
        """Whether exported text tells the whole value: names of records are matched, secrets stay."""
        kind = FIELD_TYPES[self.key]
        return not (kind.pointing or kind.sealed)

    @property
    def is_set(self) -> bool:
        """Whether a value is itself the list that operators of sets take."""
        return "any_of" in FIELD_TYPES[self.key].operators


def _instants() -> Values:
    zones = st.sampled_from([UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-5, minutes=-30))])
    moments = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=zones)  # noqa: DTZ001 - given by zones
    near = st.integers(-400, 400).map(lambda days: datetime.now(UTC) + timedelta(days=days))
    return (moments | near).map(lambda moment: moment.isoformat())


def _days() -> Values:
    near = st.integers(-400, 400).map(lambda days: datetime.now(UTC).date() + timedelta(days=days))
    return (st.dates(date(1000, 1, 1), date(2999, 12, 31)) | near).map(lambda day: day.isoformat())


def _mobiles() -> Values:
    return st.tuples(st.sampled_from("3578"), st.integers(0, 10**9 - 1)).map(
        lambda parts: f"+861{parts[0]}{parts[1]:09d}"
    )


def _several(ids: Sequence[str]) -> Values:
    return st.lists(st.sampled_from(ids), max_size=3)


def _of_user(identifier: str) -> dict[str, str]:
    return {"object": "user", "id": identifier}


_TOLD: tuple[Case, ...] = (
    Case("text", lambda _: TEXT, {"max_length": 60}, default="默认"),
    Case("long_text", lambda _: st.text(LETTERS + "\n", max_size=30), default="一\n二"),
    Case("number", lambda _: decimals(3) | st.integers(-(10**9), 10**9), default="1.50"),
    Case("percent", lambda _: decimals(2), {"scale": 2}, default="12.5"),
    Case(
        "currency",
        lambda _: st.tuples(decimals(2), st.sampled_from(["CNY", "USD"])).map(
            lambda pair: {"amount": pair[0], "currency": pair[1]}
        ),
        default="100",
    ),
    Case("boolean", lambda _: st.booleans(), default=True),
    Case("date", lambda _: _days(), default="2026-11-21"),
    Case("datetime", lambda _: _instants(), default="2026-11-21T08:00:00+08:00"),
    Case("single_choice", lambda _: st.sampled_from(KEYS), CHOICES, default="won"),
    Case("multiple_choice", lambda _: st.lists(st.sampled_from(KEYS), max_size=4), CHOICES, default=["won"]),
    Case("user", st.sampled_from),
    Case("relation", st.sampled_from, {"target": "user"}),
    Case("users", _several),
    Case("department", st.sampled_from),
    Case("departments", _several),
    Case("relation_many", _several, {"target": "user"}),
    Case("polymorphic", lambda ids: st.sampled_from(ids).map(_of_user), {"targets": ["department", "user"]}),
    Case("encrypted", lambda _: NAMES, {"max_length": 20}),
    Case("phone", lambda _: _mobiles(), default="13800138000", words=st.text("0123456789+", max_size=6)),
    Case(
        "email",
        lambda _: st.tuples(NAMES, NAMES).map(lambda p: f"{p[0]}@{p[1]}.example.com"),
        default="a@b.cn",
    ),
    Case("url", lambda _: NAMES.map(lambda name: f"https://{name}.example.com/%E4%B8%AD?a=_{name}")),
    Case("autonumber", lambda _: st.nothing(), {"pattern": "N{YYYY}-{000}"}),
    Case("formula", lambda _: st.nothing(), {"formula": "v_number + 1", "result": "number", "scale": 3}),
    Case("rollup", lambda _: st.nothing(), {"relation": "specimen.parent", "result": "number"}),
    Case("lookup", lambda _: st.nothing(), {"path": "v_user.name", "result": "line"}),
)


def _by_example(kind: FieldType) -> Case:
    """A type that says nothing more here is tried with the examples of its module."""
    return Case(kind.key, lambda _: st.sampled_from(list(kind.examples)), default=kind.examples[0])


_KEYS = {case.key for case in _TOLD}
CASES = (
    *_TOLD,
    *(_by_example(kind) for kind in FIELD_TYPES.values() if kind.examples and kind.key not in _KEYS),
)
BY_KEY = {case.key: case for case in CASES}
WRITABLE = tuple(case for case in CASES if FIELD_TYPES[case.key].writable)
