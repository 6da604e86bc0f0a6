"""Duration 时长: whole minutes, written and shown as hours and minutes."""

import re
from collections.abc import Mapping
from decimal import Decimal
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

MOST = 10_000_000  # minutes, nineteen years
_HOUR, _DAY = 60, 24 * 60
_CLOCK = re.compile(r"(\d{1,6}):([0-5]\d)")
_PARTS = re.compile(
    r"(?:(?P<days>\d{1,6}(?:\.\d{1,4})?)(?:天|日|days?|d))?"
    r"(?:(?P<hours>\d{1,6}(?:\.\d{1,4})?)(?:个?小时|个?钟头|时|hours?|hrs?|h))?"
    r"(?:(?P<minutes>\d{1,8}(?:\.0{1,4})?)(?:分钟?|minutes?|mins?|m)?)?"
)


def minutes_in(text: str) -> int:
    """Minutes in a duration as people write it (1小时30分, 1:30, 90分钟, 1h 30m, 90). Raises ValueProblem."""
    plain = re.sub(r"\s+", "", fold(text))
    clock = _CLOCK.fullmatch(plain)
    if clock:
        return int(clock[1]) * _HOUR + int(clock[2])
    found = _PARTS.fullmatch(plain)
    if not plain or found is None:
        raise ValueProblem("not_duration")
    days, hours, minutes = (Decimal(part or 0) for part in found.groups())
    total = days * _DAY + hours * _HOUR + minutes
    if total != total.to_integral_value():
        raise ValueProblem("not_whole_minutes")
    return int(total)


def duration_text(minutes: int, language: str) -> str:
    hours, rest = divmod(minutes, _HOUR)
    names = ("小时", "分") if language.startswith("zh") else (" h", " min")
    parts = [f"{hours}{names[0]}" if hours else "", f"{rest}{names[1]}" if rest or not hours else ""]
    return ("" if language.startswith("zh") else " ").join(filter(None, parts))


class Duration(FieldType):
    key = "duration"
    label: ClassVar[Mapping[str, str]] = {"zh-CN": "时长", "en": "Duration"}
    operators = ("eq", "ne", "lt", "lte", "gt", "gte", "between", "is_empty", "is_not_empty")
    aggregates = ("sum", "avg", "min", "max", "count_distinct")
    align = "right"
    json_format: ClassVar[Mapping[str, Any]] = {"type": "integer"}
    examples = (90, 0, 45, 1440, "1:30", "60")

    def columns(self, field: FieldLike) -> tuple[ColumnSpec, ...]:
        return (ColumnSpec("", sa.Integer(), "integer"),)

    def parse(self, field: FieldLike, raw: Any, context: ValueContext) -> Values:
        minutes = raw if isinstance(raw, int) and not isinstance(raw, bool) else minutes_in(text_of(raw))
        if minutes < 0:
            raise ValueProblem("below_minimum", limit=0)
        if minutes > MOST:
            raise ValueProblem("above_maximum", limit=MOST)
        return {"": minutes}

    def to_json(self, field: FieldLike, values: Mapping[str, Any]) -> Any:
        return None if values.get("") is None else int(values[""])

    def to_text(
        self, field: FieldLike, value: Any, *, language: str, labels: bool = True, currency: str | None = None
    ) -> str:
        if value is None:
            return ""
        return duration_text(value, language) if labels else str(value)
