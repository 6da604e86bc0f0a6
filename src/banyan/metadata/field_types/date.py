"""Date 日期: a calendar day without a time zone."""

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

import sqlalchemy as sa

from banyan.metadata.field_types.base import (
    ColumnSpec,
    FieldLike,
    FieldType,
    ValueContext,
    ValueProblem,
    Values,
)
from banyan.metadata.field_types.dates import read_day


class Date(FieldType):
    key = "date"
    label: ClassVar[Mapping[str, str]] = {"zh-CN": "日期", "en": "Date"}
    operators = (
        "eq", "ne", "lt", "lte", "gt", "gte", "between", "within", "is_empty", "is_not_empty",
    )  # fmt: skip
    aggregates = ("min", "max", "count_distinct")
    groupable = True
    buckets = ("day", "week", "month", "quarter", "year")
    json_format: ClassVar[Mapping[str, Any]] = {"type": "string", "format": "date"}

    def columns(self, field: FieldLike) -> tuple[ColumnSpec, ...]:
        return (ColumnSpec("", sa.Date(), "date"),)

    def parse(self, field: FieldLike, raw: Any, context: ValueContext) -> Values:
        try:
            return {"": date.fromisoformat(raw).isoformat()}
        except (TypeError, ValueError) as error:
            raise ValueProblem("not_date") from error

    def parse_cell(
        self, field: FieldLike, cell: str, context: ValueContext, form: str | None = None
    ) -> Values:
        """`form` is one of dates.FORMS, found out once for the whole column."""
        return {"": read_day(cell, form).isoformat()}

    def python(self, field: FieldLike, value: Any) -> Any:
        return date.fromisoformat(value)
