"""Long text 多行文本: plain text of several lines."""

from collections.abc import Mapping
from typing import Any, ClassVar

import sqlalchemy as sa
from pydantic import Field as Bound

from banyan.metadata.field_types.base import (
    ColumnSpec,
    FieldLike,
    FieldType,
    TypeConfig,
    ValueContext,
    ValueProblem,
    Values,
    text_of,
)


class LongTextConfig(TypeConfig):
    max_length: int = Bound(default=32_000, ge=1, le=1_000_000)


class LongText(FieldType):
    key = "long_text"
    label: ClassVar[Mapping[str, str]] = {"zh-CN": "多行文本", "en": "Long text"}
    Config = LongTextConfig
    operators = ("contains", "not_contains", "is_empty", "is_not_empty")
    sortable = False

    def columns(self, field: FieldLike) -> tuple[ColumnSpec, ...]:
        return (ColumnSpec("", sa.Text(), "text"),)

    def parse(self, field: FieldLike, raw: Any, context: ValueContext) -> Values:
        text = text_of(raw).replace("\r\n", "\n")
        if len(text) > field.config.max_length:
            raise ValueProblem("too_long", limit=field.config.max_length)
        return {"": text}

    def index_columns(self, field: FieldLike) -> tuple[str, ...]:
        return ()
