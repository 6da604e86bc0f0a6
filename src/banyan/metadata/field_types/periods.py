"""Named periods for relative dates ("this quarter", "last 7 days"): half-open ranges of days."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from banyan.metadata.field_types.base import ValueProblem

Range = tuple[date, date]


def _month(day: date, shift: int) -> date:
    months = day.year * 12 + day.month - 1 + shift
    return date(months // 12, months % 12 + 1, 1)


def _week(day: date, shift: int) -> Range:
    monday = day - timedelta(days=day.weekday()) + timedelta(weeks=shift)
    return monday, monday + timedelta(weeks=1)


def _quarter(day: date, shift: int) -> Range:
    first = _month(date(day.year, (day.month - 1) // 3 * 3 + 1, 1), shift * 3)
    return first, _month(first, 3)


def _days(day: date, first: int, after: int) -> Range:
    return day + timedelta(days=first), day + timedelta(days=after)


PERIODS: Mapping[str, tuple[Mapping[str, str], Callable[[date], Range]]] = {
    "today": ({"zh-CN": "今天", "en": "today"}, lambda d: _days(d, 0, 1)),
    "yesterday": ({"zh-CN": "昨天", "en": "yesterday"}, lambda d: _days(d, -1, 0)),
    "tomorrow": ({"zh-CN": "明天", "en": "tomorrow"}, lambda d: _days(d, 1, 2)),
    "this_week": ({"zh-CN": "本周", "en": "this week"}, lambda d: _week(d, 0)),
    "last_week": ({"zh-CN": "上周", "en": "last week"}, lambda d: _week(d, -1)),
    "next_week": ({"zh-CN": "下周", "en": "next week"}, lambda d: _week(d, 1)),
    "this_month": ({"zh-CN": "本月", "en": "this month"}, lambda d: (_month(d, 0), _month(d, 1))),
    "last_month": ({"zh-CN": "上月", "en": "last month"}, lambda d: (_month(d, -1), _month(d, 0))),
    "next_month": ({"zh-CN": "下月", "en": "next month"}, lambda d: (_month(d, 1), _month(d, 2))),
    "this_quarter": ({"zh-CN": "本季度", "en": "this quarter"}, lambda d: _quarter(d, 0)),
    "last_quarter": ({"zh-CN": "上季度", "en": "last quarter"}, lambda d: _quarter(d, -1)),
    "next_quarter": ({"zh-CN": "下季度", "en": "next quarter"}, lambda d: _quarter(d, 1)),
    "this_year": (
        {"zh-CN": "今年", "en": "this year"},
        lambda d: (date(d.year, 1, 1), date(d.year + 1, 1, 1)),
    ),
    "last_year": (
        {"zh-CN": "去年", "en": "last year"},
        lambda d: (date(d.year - 1, 1, 1), date(d.year, 1, 1)),
    ),
    "last_7_days": ({"zh-CN": "最近 7 天", "en": "last 7 days"}, lambda d: _days(d, -6, 1)),
    "last_30_days": ({"zh-CN": "最近 30 天", "en": "last 30 days"}, lambda d: _days(d, -29, 1)),
    "last_90_days": ({"zh-CN": "最近 90 天", "en": "last 90 days"}, lambda d: _days(d, -89, 1)),
    "next_7_days": ({"zh-CN": "未来 7 天", "en": "next 7 days"}, lambda d: _days(d, 0, 7)),
    "next_30_days": ({"zh-CN": "未来 30 天", "en": "next 30 days"}, lambda d: _days(d, 0, 30)),
    "past": ({"zh-CN": "今天以前", "en": "before today"}, lambda d: (date(1, 1, 1), d)),
    "future": (
        {"zh-CN": "今天以后", "en": "after today"},
        lambda d: (d + timedelta(days=1), date(9999, 12, 31)),
    ),
}


def bounds(key: str, now: datetime, timezone: str) -> Range:
    """First day and the day after the last of period `key`. Raises ValueProblem for an unknown one."""
    if key not in PERIODS:
        raise ValueProblem("unknown_period", period=key)
    return PERIODS[key][1](now.astimezone(ZoneInfo(timezone)).date())


def midnight(day: date, timezone: str) -> str:
    """The instant `day` begins in `timezone`, as RFC 3339 UTC. The earliest representable day stays as it is."""
    zone = UTC if day.year in (1, 9999) else ZoneInfo(timezone)
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC).isoformat()
