"""Text 文本: one line. Sorts by pinyin and is found by pinyin and initials through two derived columns."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, ClassVar, Literal

import sqlalchemy as sa
from pydantic import Field as Bound
from pydantic import field_validator
from sqlalchemy.sql.elements import ColumnElement

from banyan.kernel import collation
from banyan.metadata.field_types.base import (
    MASK,
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
from banyan.metadata.field_types.formats import FORMATS
from banyan.metadata.field_types.patterns import LONGEST_PATTERN, compiled, satisfies


class TextConfig(TypeConfig):
    """`format` names a checked form (formats.py), e.g. `cn_credit_code`.

    `pattern` is a regular expression for the whole text; `pattern_message` says in people's words what it asks for.
    """

    max_length: int = Bound(default=255, ge=1, le=4000)
    format: Literal["cn_credit_code"] | None = None
    pattern: str | None = Bound(default=None, min_length=1, max_length=LONGEST_PATTERN)
    pattern_message: Mapping[Literal["zh-CN", "en"], str] | None = None

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str | None) -> str | None:
        if pattern is not None:
            compiled(pattern)
        return pattern


class Text(FieldType):
    key = "text"
    label: ClassVar[Mapping[str, str]] = {"zh-CN": "文本", "en": "Text"}
    Config = TextConfig
    operators = (
        "eq", "ne", "contains", "not_contains", "starts_with", "in", "not_in", "is_empty", "is_not_empty",
    )  # fmt: skip
    groupable = True
    searchable = True
    uniqueable = True
    titleable = True

    def columns(self, field: FieldLike) -> tuple[ColumnSpec, ...]:
        return (
            ColumnSpec("", sa.Text(), "text"),
            ColumnSpec("__k", sa.Text(), "text", tracked=False),
            ColumnSpec("__p", sa.Text(), "text", tracked=False),
        )

    def longest(self, field: FieldLike) -> int | None:
        limit: int = field.config.max_length
        return limit

    def masked_expression(self, field: FieldLike, columns: Columns) -> ColumnElement[Any]:
        return sa.func.left(columns[""], sa.literal_column("1")).concat(sa.literal_column(f"'{MASK}'"))

    def mask(self, field: FieldLike, value: Any) -> str | None:
        return None if value is None else f"{value[:1]}{MASK}"

    def parse(self, field: FieldLike, raw: Any, context: ValueContext) -> Values:
        text = text_of(raw)
        if len(text) > field.config.max_length:
            raise ValueProblem("too_long", limit=field.config.max_length)
        if "\n" in text or "\r" in text:
            text = " ".join(text.split())
        if field.config.format:
            text = FORMATS[field.config.format](text)
        if field.config.pattern and not satisfies(field.config.pattern, text):
            told = field.config.pattern_message
            raise (
                ValueProblem("pattern_told", message=dict(told))
                if told
                else ValueProblem("pattern_mismatch", pattern=field.config.pattern)
            )
        return self.derive(text, bulk=context.bulk)

    def derive(self, text: str | None, *, bulk: bool) -> Values:
        """The value with its sort and search keys. `bulk` takes the fast per-character readings."""
        key, found = _bulk_keys(text) if bulk else (collation.sort_key(text), collation.search_key(text))
        return {"": text, "__k": key, "__p": found}

    def operand(self, field: FieldLike, raw: Any, context: ValueContext) -> Any:
        return text_of(raw)

    def sort_expression(self, field: FieldLike, columns: Columns) -> ColumnElement[Any]:
        return columns["__k"]

    def sort_python(self, field: FieldLike, value: Any) -> Any:
        return collation.sort_key(value)

    def search_columns(self, field: FieldLike) -> tuple[str, ...]:
        return ("", "__p")

    def index_columns(self, field: FieldLike) -> tuple[str, ...]:
        return ("__k",)


@lru_cache(maxsize=16_384)
def _bulk_keys(text: str | None) -> tuple[str | None, str | None]:
    """Files repeat cities and titles; each is spelled once."""
    return collation.sort_key(text, phrases=False), collation.search_key(text, phrases=False)
