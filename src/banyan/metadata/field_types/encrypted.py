"""Encrypted text 加密文本: sealed before it is stored; shown in plain only to whoever asks for it with a reason."""

from collections.abc import Mapping
from typing import Any, ClassVar

import sqlalchemy as sa
from pydantic import Field as Bound
from sqlalchemy.sql.elements import ColumnElement

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


class EncryptedConfig(TypeConfig):
    """`max_length` counts the characters before they are sealed."""

    max_length: int = Bound(default=1_000, ge=1, le=4_000)


def purpose(field: FieldLike) -> str:
    """What a value is sealed for: moved to another field it does not open."""
    return f"field:{field.id}"


class Encrypted(FieldType):
    key = "encrypted"
    label: ClassVar[Mapping[str, str]] = {"zh-CN": "加密文本", "en": "Encrypted text"}
    Config = EncryptedConfig
    operators = ("is_empty", "is_not_empty")
    sortable = False
    aggregates = ()
    sealed: ClassVar[bool] = True
    opaque = True

    def columns(self, field: FieldLike) -> tuple[ColumnSpec, ...]:
        return (ColumnSpec("", sa.Text(), "text"),)

    def parse(self, field: FieldLike, raw: Any, context: ValueContext) -> Values:
        text = text_of(raw)
        if text == MASK:  # what readers are shown; written back it would replace the secret by itself
            raise ValueProblem("encrypted_mask")
        if len(text) > field.config.max_length:
            raise ValueProblem("too_long", limit=field.config.max_length)
        if context.sealer is None:
            raise ValueProblem("encrypted_no_key")
        return {"": context.sealer.seal(purpose(field), text)}

    def json_expression(self, field: FieldLike, columns: Columns) -> ColumnElement[Any]:
        return self.masked_expression(field, columns)

    def to_json(self, field: FieldLike, values: Mapping[str, Any]) -> Any:
        return self.mask(field, values.get(""))

    def index_columns(self, field: FieldLike) -> tuple[str, ...]:
        return ()
