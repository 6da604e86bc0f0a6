"""Boolean 是否."""

from collections.abc import Mapping
from typing import Any, ClassVar

import sqlalchemy as sa

from banyan.kernel.collation import fold
from banyan.metadata.field_types.base import (
    ColumnSpec,
    FieldLike,
    FieldType,
    ValueContext,
    ValueProblem,
    Values,
)

_CELLS = {
    "是": True, "否": False, "有": True, "无": False, "对": True, "错": False, "true": True, "false": False,
    "yes": True, "no": False, "y": True, "n": False, "1": True, "0": False, "√": True, "×": False,
}  # fmt: skip


class Boolean(FieldType):
    key = "boolean"
    label: ClassVar[Mapping[str, str]] = {"zh-CN": "是否", "en": "Yes/no"}
    operators = ("eq", "ne", "is_empty", "is_not_empty")
    groupable = True
    json_format: ClassVar[Mapping[str, Any]] = {"type": "boolean"}

    def columns(self, field: FieldLike) -> tuple[ColumnSpec, ...]:
        return (ColumnSpec("", sa.Boolean(), "boolean"),)

    def parse(self, field: FieldLike, raw: Any, context: ValueContext) -> Values:
        if not isinstance(raw, bool):
            raise ValueProblem("not_boolean")
        return {"": raw}

    def parse_cell(
        self, field: FieldLike, cell: str, context: ValueContext, form: str | None = None
    ) -> Values:
        word = fold(cell).strip()
        if word not in _CELLS:
            raise ValueProblem("not_boolean")
        return {"": _CELLS[word]}

    def to_text(
        self, field: FieldLike, value: Any, *, language: str, labels: bool = True, currency: str | None = None
    ) -> str:
        if value is None:
            return ""
        if not labels:
            return "true" if value else "false"
        words = ("是", "否") if language == "zh-CN" else ("yes", "no")
        return words[0] if value else words[1]
