"""JSON: a document of another system, kept as it came. Of its inside nothing is asked but whether it is there.

A document is an object or a list, so that a text can be read as its written form wherever it comes from.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

import orjson
from sqlalchemy.dialects.postgresql import JSONB

from banyan.metadata.field_types.base import (
    ColumnSpec,
    FieldLike,
    FieldType,
    ValueContext,
    ValueProblem,
    Values,
    WrittenNumber,
)

MOST_BYTES, MOST_LEVELS = 64_000, 20


def _check(value: Any, level: int = 1) -> None:
    """Refuse what is nested too deep and what PostgreSQL cannot keep."""
    if level > MOST_LEVELS:
        raise ValueProblem("json_too_deep", limit=MOST_LEVELS)
    if isinstance(value, str) and "\x00" in value:
        raise ValueProblem("null_character")
    if isinstance(value, Mapping):
        for name, part in value.items():
            _check(name, level)
            _check(part, level + 1)
    elif isinstance(value, list):
        for part in value:
            _check(part, level + 1)


def _read(text: str) -> Any:
    if len(text) > MOST_BYTES:
        raise ValueProblem("json_too_large", limit=MOST_BYTES)
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise ValueProblem("not_json") from error


def _with_numbers(value: Any) -> Any:
    """History keeps numbers as the text they were written in; a document has them back as numbers."""
    if isinstance(value, Mapping):
        return {name: _with_numbers(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_with_numbers(part) for part in value]
    if isinstance(value, WrittenNumber):
        return orjson.loads(str(value))
    return value


class Json(FieldType):
    key = "json"
    label: ClassVar[Mapping[str, str]] = {"zh-CN": "JSON 数据", "en": "JSON"}
    operators = ("is_empty", "is_not_empty")
    sortable = False
    aggregates = ()
    json_format: ClassVar[Mapping[str, Any]] = {"type": ["object", "array"]}
    examples = ({"a": [1, 2.5, None, True], "中": {"b": "x"}}, [1], '{"b": 2}', {}, {"n": 1.0, "s": "1"})

    def columns(self, field: FieldLike) -> tuple[ColumnSpec, ...]:
        return (ColumnSpec("", JSONB(), "jsonb"),)

    def parse(self, field: FieldLike, raw: Any, context: ValueContext) -> Values:
        value = _read(raw) if isinstance(raw, str) else raw
        if not isinstance(value, Mapping | list):
            raise ValueProblem("not_json")
        _check(value)
        if len(orjson.dumps(value)) > MOST_BYTES:
            raise ValueProblem("json_too_large", limit=MOST_BYTES)
        return {"": value or None if isinstance(value, list) else value}

    def to_json(self, field: FieldLike, values: Mapping[str, Any]) -> Any:
        return _with_numbers(values.get(""))

    def to_text(
        self, field: FieldLike, value: Any, *, language: str, labels: bool = True, currency: str | None = None
    ) -> str:
        return "" if value is None else orjson.dumps(value).decode()

    def index_columns(self, field: FieldLike) -> tuple[str, ...]:
        return ()
