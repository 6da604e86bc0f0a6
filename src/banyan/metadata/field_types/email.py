"""E-mail 邮箱: kept in lower case."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from banyan.kernel.collation import fold
from banyan.metadata.field_types.base import (
    MASK,
    Columns,
    ColumnSpec,
    FieldLike,
    FieldType,
    ValueContext,
    ValueProblem,
    Values,
    text_of,
)

# What RFC 5321 lets through in practice; linear time, no nested quantifiers.
_ADDRESS = re.compile(
    r"[^\s@<>(),;:\"\[\]\\]{1,64}@(?:[a-z0-9\u00a1-\uffff-]{1,63}\.)+[a-z\u00a1-\uffff][a-z0-9\u00a1-\uffff-]{1,62}"
)
_LONGEST = 254


class Email(FieldType):
    key = "email"
    label: ClassVar[Mapping[str, str]] = {"zh-CN": "邮箱", "en": "E-mail"}
    operators = ("eq", "ne", "contains", "starts_with", "in", "not_in", "is_empty", "is_not_empty")
    searchable = True
    uniqueable = True
    json_format: ClassVar[Mapping[str, Any]] = {"type": "string", "format": "email"}

    def columns(self, field: FieldLike) -> tuple[ColumnSpec, ...]:
        return (ColumnSpec("", sa.Text(), "text"),)

    def masked_expression(self, field: FieldLike, columns: Columns) -> ColumnElement[Any]:
        """z***@example.com: the domain tells the company, not the person."""
        value = columns[""]
        first = sa.func.left(value, sa.literal_column("1")).concat(sa.literal_column(f"'{MASK}@'"))
        return first.concat(sa.func.split_part(value, sa.literal_column("'@'"), sa.literal_column("2")))

    def mask(self, field: FieldLike, value: Any) -> str | None:
        return None if value is None else f"{value[:1]}{MASK}@{value.partition('@')[2]}"

    def longest(self, field: FieldLike) -> int | None:
        return _LONGEST

    def parse(self, field: FieldLike, raw: Any, context: ValueContext) -> Values:
        address = fold(text_of(raw))
        local = address.partition("@")[0]
        if (
            len(address) > _LONGEST
            or not _ADDRESS.fullmatch(address)
            or local.startswith(".")
            or ".." in address
        ):
            raise ValueProblem("not_email")
        return {"": address}

    def operand(self, field: FieldLike, raw: Any, context: ValueContext) -> Any:
        return fold(text_of(raw))
