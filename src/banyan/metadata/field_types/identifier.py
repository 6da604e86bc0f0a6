"""Identifier 标识: the record's own id; a system type that nobody can add."""

from collections.abc import Mapping
from typing import Any, ClassVar

import sqlalchemy as sa

from banyan.kernel.ids import parse_id
from banyan.metadata.field_types.base import (
    ColumnSpec,
    FieldLike,
    FieldType,
    ValueContext,
    ValueProblem,
    Values,
)


class Identifier(FieldType):
    key = "identifier"
    label: ClassVar[Mapping[str, str]] = {"zh-CN": "标识", "en": "Identifier"}
    operators = ("eq", "ne", "in", "not_in")
    creatable = False
    writable = False
    json_format: ClassVar[Mapping[str, Any]] = {"type": "string", "format": "uuid"}

    def columns(self, field: FieldLike) -> tuple[ColumnSpec, ...]:
        return (ColumnSpec("", sa.Uuid(), "uuid"),)

    def parse(self, field: FieldLike, raw: Any, context: ValueContext) -> Values:
        found = parse_id(raw)
        if found is None:
            raise ValueProblem("not_id")
        return {"": str(found)}
