"""Percent 百分比: 12.5 means 12.5 %."""

from collections.abc import Mapping
from typing import ClassVar

from banyan.metadata.field_types.base import FieldLike, ValueContext, Values
from banyan.metadata.field_types.number import Number


class Percent(Number):
    key = "percent"
    label: ClassVar[Mapping[str, str]] = {"zh-CN": "百分比", "en": "Percent"}
    aggregates = ("avg", "min", "max")

    def parse_cell(
        self, field: FieldLike, cell: str, context: ValueContext, form: str | None = None
    ) -> Values:
        text = cell.strip()
        return super().parse_cell(field, text[:-1] if text.endswith(("%", "%")) else text, context)
