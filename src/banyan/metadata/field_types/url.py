"""URL 网址: http or https only, so that a click is never a script."""

from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlsplit

import sqlalchemy as sa

from banyan.metadata.field_types.base import (
    ColumnSpec,
    FieldLike,
    FieldType,
    ValueContext,
    ValueProblem,
    Values,
    text_of,
)

_LONGEST = 2_000


class Url(FieldType):
    key = "url"
    label: ClassVar[Mapping[str, str]] = {"zh-CN": "网址", "en": "URL"}
    operators = ("eq", "ne", "contains", "starts_with", "is_empty", "is_not_empty")
    json_format: ClassVar[Mapping[str, Any]] = {"type": "string", "format": "uri"}

    def columns(self, field: FieldLike) -> tuple[ColumnSpec, ...]:
        return (ColumnSpec("", sa.Text(), "text"),)

    def longest(self, field: FieldLike) -> int | None:
        return _LONGEST

    def parse(self, field: FieldLike, raw: Any, context: ValueContext) -> Values:
        text = text_of(raw)
        text = text if "://" in text else f"https://{text}"
        try:
            parts = urlsplit(text)
            host = parts.hostname
        except ValueError as error:
            raise ValueProblem("not_url") from error
        if parts.scheme.lower() not in ("http", "https") or not host or "." not in host:
            raise ValueProblem("not_url")
        if len(text) > _LONGEST or any(char.isspace() for char in text):
            raise ValueProblem("not_url")
        return {"": text}

    def operand(self, field: FieldLike, raw: Any, context: ValueContext) -> Any:
        return text_of(raw)
