"""Autonumber 自动编号: given by the system from a pattern, unique, never written by people."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from pydantic import field_validator

from banyan.metadata.field_types.base import (
    ColumnSpec,
    FieldLike,
    FieldType,
    TypeConfig,
    ValueContext,
    ValueProblem,
    Values,
    text_of,
)

_PART = re.compile(r"\{(YYYY|YY|MM|DD|0+)\}")
_LONGEST = 60


class AutonumberConfig(TypeConfig):
    """`pattern` like `L{YYYY}{MM}-{00000}`: exactly one counter, which restarts with each dated part."""

    pattern: str = "{00000}"

    @field_validator("pattern")
    @classmethod
    def _one_counter(cls, pattern: str) -> str:
        if len(pattern) > _LONGEST or len(re.findall(r"\{0+\}", pattern)) != 1:
            raise ValueError("a pattern needs exactly one counter such as {00000}")
        if "{" in _PART.sub("", pattern) or "}" in _PART.sub("", pattern):
            raise ValueError("a pattern knows {YYYY} {YY} {MM} {DD} and one counter such as {00000}")
        return pattern


class Autonumber(FieldType):
    key = "autonumber"
    label: ClassVar[Mapping[str, str]] = {"zh-CN": "自动编号", "en": "Autonumber"}
    Config = AutonumberConfig
    operators = ("eq", "ne", "contains", "starts_with", "in", "is_empty", "is_not_empty")
    searchable = True
    titleable = True
    writable = False
    automatic: ClassVar[bool] = True

    def columns(self, field: FieldLike) -> tuple[ColumnSpec, ...]:
        return (ColumnSpec("", sa.Text(), "text"),)

    def parse(self, field: FieldLike, raw: Any, context: ValueContext) -> Values:
        raise ValueProblem("given_by_system")

    def operand(self, field: FieldLike, raw: Any, context: ValueContext) -> Any:
        return text_of(raw)

    def period(self, field: FieldLike, now: datetime, timezone: str) -> str:
        """The dated part in which the counter runs."""
        return _fill(re.sub(r"\{0+\}", "", field.config.pattern), now, timezone, 0)

    def render(self, field: FieldLike, number: int, now: datetime, timezone: str) -> Values:
        return {"": _fill(field.config.pattern, now, timezone, number)}

    def parts(self, field: FieldLike, now: datetime, timezone: str) -> tuple[str, int, str]:
        """What stands before the counter, its width, and what stands after: for numbering whole sets in SQL."""
        counter = re.search(r"\{(0+)\}", field.config.pattern)
        if counter is None:  # the configuration requires one
            raise ValueProblem("given_by_system")
        before, after = field.config.pattern[: counter.start()], field.config.pattern[counter.end() :]
        return _fill(before, now, timezone, 0), len(counter[1]), _fill(after, now, timezone, 0)


def _fill(pattern: str, now: datetime, timezone: str, number: int) -> str:
    local = now.astimezone(ZoneInfo(timezone))
    dated = {"YYYY": f"{local:%Y}", "YY": f"{local:%y}", "MM": f"{local:%m}", "DD": f"{local:%d}"}
    return _PART.sub(lambda part: dated.get(part[1]) or str(number).zfill(len(part[1])), pattern)
