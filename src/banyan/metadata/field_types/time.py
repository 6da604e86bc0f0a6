"""Time 时间: a time of day, to the second, without a day or a time zone."""

import re
from collections.abc import Mapping
from datetime import time
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
    text_of,
)

_NOON = 12
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?")
# 下午3点半, 上午9时05分, 3:05 pm; a day's halves only with hours of a twelve-hour clock.
_SPOKEN = re.compile(
    r"(?P<half>凌晨|早上|上午|中午|下午|傍晚|晚上)?\s*(?P<hour>\d{1,2})(?:[点时](?P<part>半|[0-5]?\d分?)?"
    r"|(?::(?P<minute>[0-5]\d))?(?::(?P<second>[0-5]\d))?)\s*(?P<latin>am|pm)?"
)
_LATER = frozenset(("下午", "傍晚", "晚上", "pm"))


class Time(FieldType):
    key = "time"
    label: ClassVar[Mapping[str, str]] = {"zh-CN": "时间", "en": "Time"}
    operators = ("eq", "ne", "lt", "lte", "gt", "gte", "between", "is_empty", "is_not_empty")
    aggregates = ("min", "max", "count_distinct")
    groupable = True
    json_format: ClassVar[Mapping[str, Any]] = {"type": "string", "pattern": r"^\d\d:\d\d:\d\d$"}
    examples = ("09:30:00", "00:00:00", "23:59:59", "12:05")

    def columns(self, field: FieldLike) -> tuple[ColumnSpec, ...]:
        return (ColumnSpec("", sa.Time(), "time"),)

    def parse(self, field: FieldLike, raw: Any, context: ValueContext) -> Values:
        found = _CLOCK.fullmatch(raw) if isinstance(raw, str) else None
        if found is None:
            raise ValueProblem("not_time")
        hour, minute, second = (int(part or 0) for part in found.groups())
        return {"": time(hour, minute, second).isoformat("seconds")}

    def parse_cell(
        self, field: FieldLike, cell: str, context: ValueContext, form: str | None = None
    ) -> Values:
        """Times as people write them, 9:30, 3:05 PM, 下午3点半."""
        found = _SPOKEN.fullmatch(fold(text_of(cell)))
        if found is None:
            raise ValueProblem("not_time")
        hour, part, half = int(found["hour"]), found["part"] or "", found["half"] or found["latin"]
        minute = 30 if part == "半" else int(part.removesuffix("分") or found["minute"] or 0)
        if found["latin"] and not 1 <= hour <= _NOON:
            raise ValueProblem("not_time")
        if half in _LATER and hour < _NOON:
            hour += _NOON
        elif half in ("am", "凌晨") and hour == _NOON:
            hour = 0
        return self.parse(field, f"{hour}:{minute:02d}:{found['second'] or '00'}", context)
