"""Autonumber 自动编号: given by the system from a pattern, unique, never written by people."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from pydantic import field_validator

from banyan.kernel.faults import Fault
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
# The code of the record's company. A sign after it goes with it where there is no code.
_COMPANY = re.compile(r"\{company\}([-_/.]?)")
_TOUCHING = re.compile(r"\{company\}\{0+\}|\{0+\}\{company\}")
_DATED = {"YYYY": "%Y", "YY": "%y", "MM": "%m", "DD": "%d"}
_LONGEST = 60


class AutonumberConfig(TypeConfig):
    """`pattern` like `L{YYYY}{MM}-{00000}`: exactly one counter, which restarts with each dated part and company.

    `gap_free`: no number is left out, for which records of one counter are written one after the other.
    """

    pattern: str = "{00000}"
    gap_free: bool = True

    @field_validator("pattern")
    @classmethod
    def _one_counter(cls, pattern: str) -> str:
        if len(pattern) > _LONGEST or len(re.findall(r"\{0+\}", pattern)) != 1:
            raise Fault("one_counter")
        if len(_COMPANY.findall(pattern)) > 1 or _TOUCHING.search(pattern):
            raise Fault("company_apart")
        rest = _COMPANY.sub("", _PART.sub("", pattern))
        if "{" in rest or "}" in rest:
            raise Fault("pattern_parts")
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

    def longest(self, field: FieldLike) -> int | None:
        return _LONGEST

    def parse(self, field: FieldLike, raw: Any, context: ValueContext) -> Values:
        raise ValueProblem("given_by_system")

    def operand(self, field: FieldLike, raw: Any, context: ValueContext) -> Any:
        return text_of(raw)

    def carries_company(self, field: FieldLike) -> bool:
        return _COMPANY.search(field.config.pattern) is not None

    def period(self, field: FieldLike, now: datetime, timezone: str, company: str = "") -> str:
        """What stands around the counter, in which it runs: each month, each company has one of its own."""
        return _fill(re.sub(r"\{0+\}", "", field.config.pattern), now, timezone, 0, company)

    def render(
        self, field: FieldLike, number: int, now: datetime, timezone: str, company: str = ""
    ) -> Values:
        return {"": _fill(field.config.pattern, now, timezone, number, company)}

    def parts(
        self, field: FieldLike, now: datetime, timezone: str, company: str = ""
    ) -> tuple[str, int, str]:
        """What stands before the counter, its width, and what stands after: for numbering whole sets in SQL."""
        counter = re.search(r"\{(0+)\}", field.config.pattern)
        if counter is None:  # the configuration requires one
            raise ValueProblem("given_by_system")
        before, after = field.config.pattern[: counter.start()], field.config.pattern[counter.end() :]
        head, tail = (_fill(part, now, timezone, 0, company) for part in (before, after))
        return head, len(counter[1]), tail


def _fill(pattern: str, now: datetime, timezone: str, number: int, company: str = "") -> str:
    local = now.astimezone(ZoneInfo(timezone))

    def part(found: re.Match[str]) -> str:
        form = _DATED.get(found[1])
        return str(number).zfill(len(found[1])) if form is None else local.strftime(form)

    pattern = _COMPANY.sub(lambda found: f"{company}{found[1]}" if company else "", pattern)
    return _PART.sub(part, pattern)
