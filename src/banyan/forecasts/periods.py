"""Periods of a forecast: months, quarters and years of a fiscal year that may begin in any month. Pure.

A fiscal year is named by the calendar year it begins in: with a start in April, 2026-Q4 is January to March 2027.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from banyan.kernel.errors import FieldProblem, InvalidInput

Kind = Literal["month", "quarter", "year"]
MONTHS: dict[Kind, int] = {"month": 1, "quarter": 3, "year": 12}
_KEY = re.compile(r"(?P<year>\d{4})(?:-(?:Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])))?")
_FIRST_YEAR, _LAST_YEAR = 1900, 9990


@dataclass(frozen=True)
class Period:
    """`end` is the first day after it."""

    key: str
    kind: Kind
    start: date
    end: date

    def document(self) -> dict[str, str]:
        last = self.end - timedelta(days=1)
        return {"key": self.key, "kind": self.kind, "start": self.start.isoformat(), "end": last.isoformat()}


def plus_months(day: date, months: int) -> date:
    """The first of the month so many months on."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)


def period_of(kind: Kind, day: date, fiscal_start: int = 1) -> Period:
    """The period of a kind that a day lies in."""
    if kind == "month":
        return _named(kind, day.replace(day=1), f"{day:%Y-%m}")
    into = (day.month - fiscal_start) % 12
    year = plus_months(day, -into)
    if kind == "year":
        return _named(kind, year, f"{year.year:04d}")
    quarter = into // 3
    return _named(kind, plus_months(year, 3 * quarter), f"{year.year:04d}-Q{quarter + 1}")


def parse_period(key: str, fiscal_start: int = 1) -> Period:
    """The period called 2026-Q4, 2026-11 or 2026. Raises InvalidInput."""
    found = _KEY.fullmatch(key)
    if found is None or not _FIRST_YEAR <= int(found["year"]) <= _LAST_YEAR:
        raise InvalidInput(problems=[FieldProblem("/period", "forecast_period", {"period": key})])
    year = int(found["year"])
    if found["month"]:
        return _named("month", date(year, int(found["month"]), 1), key)
    start = date(year, fiscal_start, 1)
    if found["quarter"]:
        return _named("quarter", plus_months(start, 3 * (int(found["quarter"]) - 1)), key)
    return _named("year", start, key)


def next_to(period: Period, steps: int, fiscal_start: int = 1) -> Period:
    """The period of the same kind so many on (or back)."""
    return period_of(period.kind, plus_months(period.start, steps * MONTHS[period.kind]), fiscal_start)


def months_of(period: Period) -> list[Period]:
    return [period_of("month", plus_months(period.start, each)) for each in range(MONTHS[period.kind])]


def begins(kind: Kind, day: date, fiscal_start: int = 1) -> bool:
    """Whether a period of the kind begins on the day."""
    return day.day == 1 and (day.month - fiscal_start) % MONTHS[kind] == 0


def _named(kind: Kind, start: date, key: str) -> Period:
    return Period(key, kind, start, plus_months(start, MONTHS[kind]))
