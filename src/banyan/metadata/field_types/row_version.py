"""Row version 版本: the counter of optimistic locking; a system type that nobody can add."""

from collections.abc import Mapping
from typing import Any, ClassVar

import sqlalchemy as sa

from banyan.kernel.ids import parse_version
from banyan.metadata.field_types.base import (
    ColumnSpec,
    FieldLike,
    FieldType,
    ValueContext,
    ValueProblem,
    Values,
)


class RowVersion(FieldType):
    key = "row_version"
    label: ClassVar[Mapping[str, str]] = {"zh-CN": "版本", "en": "Version"}
    operators = ("eq", "ne", "lt", "lte", "gt", "gte")
    creatable = False
    writable = False
    align = "right"
    json_format: ClassVar[Mapping[str, Any]] = {"type": "integer"}

    def columns(self, field: FieldLike) -> tuple[ColumnSpec, ...]:
        return (ColumnSpec("", sa.Integer(), "integer"),)

    def parse(self, field: FieldLike, raw: Any, context: ValueContext) -> Values:
        version = parse_version(raw)
        if version is None:
            raise ValueProblem("not_version")
        return {"": version}
