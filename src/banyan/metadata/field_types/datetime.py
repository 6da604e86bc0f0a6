"""Date-time 日期时间: an instant, kept in UTC."""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from banyan.metadata.field_types.base import (
    Columns,
    ColumnSpec,
    FieldLike,
    FieldType,
    ValueContext,
    ValueProblem,
    Values,
)
from banyan.metadata.field_types.dates import read_day


def instant(moment: datetime) -> str:
    """UTC as PostgreSQL writes it in JSON: no trailing zeros in the fraction. Raises ValueProblem."""
    try:
        text = moment.astimezone(UTC).isoformat()
    except (OverflowError, ValueError) as error:
        raise ValueProblem("not_datetime") from error
    whole, point, fraction = text.removesuffix("+00:00").partition(".")
    return f"{whole}{point}{fraction.rstrip('0')}+00:00"


class DateTime(FieldType):
    key = "datetime"
    label: ClassVar[Mapping[str, str]] = {"zh-CN": "日期时间", "en": "Date and time"}
    operators = ("eq", "ne", "lt", "lte", "gt", "gte", "between", "within", "is_empty", "is_not_empty")
    aggregates = ("min", "max")
    groupable = True
    buckets = ("day", "week", "month", "quarter", "year")
    json_format: ClassVar[Mapping[str, Any]] = {"type": "string", "format": "date-time"}

    def columns(self, field: FieldLike) -> tuple[ColumnSpec, ...]:
        return (ColumnSpec("", sa.DateTime(timezone=True), "timestamptz"),)

    def parse(self, field: FieldLike, raw: Any, context: ValueContext) -> Values:
        """RFC 3339 with an offset; an instant without one would mean different things to different readers."""
        try:
            moment = datetime.fromisoformat(raw)
        except (TypeError, ValueError) as error:
            raise ValueProblem("not_datetime") from error
        if moment.tzinfo is None:
            raise ValueProblem("datetime_without_offset")
        return {"": instant(moment)}

    def parse_cell(
        self, field: FieldLike, cell: str, context: ValueContext, form: str | None = None
    ) -> Values:
        """A cell without offset is meant in the workspace's time zone."""
        text = cell.strip().replace("/", "-")
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            moment = datetime.combine(read_day(cell, form), time())
        return {"": instant(moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(context.timezone)))}

    def aggregate(self, field: FieldLike, columns: Columns, function: str) -> ColumnElement[Any]:
        """An instant in the form every other instant has, not in PostgreSQL's own."""
        return sa.func.to_json(getattr(sa.func, function)(columns[""]))

    def python(self, field: FieldLike, value: Any) -> Any:
        return datetime.fromisoformat(value)
