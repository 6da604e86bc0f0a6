"""What a computed value is like once computed: the plain types that its result delegates to.

Computed texts have no pinyin keys (SQL cannot spell), so they sort by code points; a looked-up text brings its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from banyan.metadata.field_types.base import (
    Columns,
    ColumnSpec,
    FieldLike,
    FieldType,
    TypeConfig,
    ValueContext,
    ValueProblem,
    Values,
    text_of,
)
from banyan.metadata.field_types.boolean import Boolean
from banyan.metadata.field_types.currency import Currency
from banyan.metadata.field_types.date import Date
from banyan.metadata.field_types.datetime import DateTime
from banyan.metadata.field_types.number import Number
from banyan.metadata.field_types.text import Text


class _Words(Text):
    """A text without derived keys."""

    searchable = False

    def columns(self, field: FieldLike) -> tuple[ColumnSpec, ...]:
        return (ColumnSpec("", sa.Text(), "text"),)

    def longest(self, field: FieldLike) -> int | None:
        return None  # whatever the formula makes of it

    def sort_expression(self, field: FieldLike, columns: Columns) -> ColumnElement[Any]:
        return columns[""]

    def sort_python(self, field: FieldLike, value: Any) -> Any:
        return value

    def search_columns(self, field: FieldLike) -> tuple[str, ...]:
        return ()

    def index_columns(self, field: FieldLike) -> tuple[str, ...]:
        return ("",)


class _Key(FieldType):
    """A choice of another field, by its key."""

    operators = ("eq", "ne", "in", "not_in", "is_empty", "is_not_empty")
    groupable = True

    def columns(self, field: FieldLike) -> tuple[ColumnSpec, ...]:
        return (ColumnSpec("", sa.Text(), "text"),)

    def parse(self, field: FieldLike, raw: Any, context: ValueContext) -> Values:
        return {"": text_of(raw)}


class _Keys(FieldType):
    """Several choices of another field, by their keys."""

    operators = ("any_of", "all_of", "none_of", "is_empty", "is_not_empty")
    sortable = False
    aggregates = ()

    def columns(self, field: FieldLike) -> tuple[ColumnSpec, ...]:
        return (ColumnSpec("", ARRAY(sa.Text()), "text[]"),)

    def parse(self, field: FieldLike, raw: Any, context: ValueContext) -> Values:
        if not isinstance(raw, list):
            raise ValueProblem("not_list")
        return {"": [text_of(each) for each in raw]}

    def to_text(
        self, field: FieldLike, value: Any, *, language: str, labels: bool = True, currency: str | None = None
    ) -> str:
        return "; ".join(value or ())

    def json_schema(self, field: FieldLike) -> dict[str, Any]:
        return {"type": "array", "items": {"type": "string"}}


@dataclass(frozen=True)
class Inner:
    """A computed field as its plain type sees it."""

    id: UUID
    api_name: str
    config: Any
    searchable: bool = False


PLAIN: Mapping[str, FieldType] = {
    "number": Number(),
    "currency": Currency(),
    "text": _Words(),
    "line": Text(),
    "boolean": Boolean(),
    "date": Date(),
    "datetime": DateTime(),
    "choice": _Key(),
    "choices": _Keys(),
}


def inner_config(result: str, scale: int) -> TypeConfig:
    """The configuration of the plain type: the digits shown where it is a number."""
    kind = PLAIN[result]
    return kind.Config(**({"scale": scale} if result == "number" else {}))
