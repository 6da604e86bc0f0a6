"""Days and instants. A day stands for itself; an instant is read in the workspace's time zone."""

from collections.abc import Callable

import sqlalchemy as sa

from banyan.metadata.formulas.functions.base import (
    Build,
    Entry,
    Site,
    Sql,
    entry,
    failing,
    plain,
    sited,
    text_bound,
    way,
)
from banyan.metadata.formulas.tables import formula_tables

_control = sa.func.control
_ONE: Sql = sa.literal_column("1")
_RANGE, _UNIT = "out_of_range", "unknown_unit"
_CALENDAR = frozenset({"calendar"})


def _zone(site: Site) -> Sql:
    return text_bound(site.context.timezone)


def _local(site: Site, moment: Sql) -> Sql:
    return sa.func.timezone(_zone(site), moment)


def today(site: Site) -> Sql:
    return sa.cast(_local(site, sa.func.now()), sa.Date)


def _part(name: str) -> Callable[[Sql], Sql]:
    return lambda day: sa.cast(sa.extract(name, day), sa.Numeric)


def _clock(name: str) -> Build:
    return sited(
        lambda site, moment: sa.func.floor(sa.cast(sa.extract(name, _local(site, moment)), sa.Numeric))
    )


def _start(unit: str) -> Callable[[Sql], Sql]:
    return lambda day: sa.cast(sa.func.date_trunc(text_bound(unit), sa.cast(day, sa.DateTime())), sa.Date)


def _end(unit: str, months: int) -> Callable[[Sql], Sql]:
    """The day before the next period; the last one there is ends with year 9999."""

    def make(day: Sql) -> Sql:
        following = _control.fx_add_months(_start(unit)(day), sa.literal_column(str(months)))
        last: Sql = sa.literal_column("date '9999-12-31'")
        return sa.case(
            (
                day.is_not(None),
                sa.func.coalesce(_control.fx_add_days(following, sa.literal_column("-1")), last),
            )
        )

    return make


def _month_end(day: Sql, months: Sql) -> Sql:
    return _end("month", 1)(_control.fx_add_months(_start("month")(day), months))


def _week_number(day: Sql) -> Sql:
    """Weeks begin on Monday; the first has 1 January in it."""
    first = sa.extract("isodow", sa.func.date_trunc(text_bound("year"), sa.cast(day, sa.DateTime())))
    shifted = (
        sa.cast(sa.extract("doy", day), sa.Numeric) + sa.cast(first, sa.Numeric) - sa.literal_column("2")
    )
    return sa.func.floor(shifted / sa.literal_column("7")) + _ONE


def _added_days(day: Sql, amount: Sql, unit: Sql) -> Sql:
    return sa.cast(_control.fx_add(sa.cast(day, sa.DateTime()), amount, unit), sa.Date)


def _added_time(site: Site, moment: Sql, amount: Sql, unit: Sql) -> Sql:
    return sa.func.timezone(_zone(site), _control.fx_add(_local(site, moment), amount, unit))


def _composed(site: Site, day: Sql, hour: Sql, minute: Sql) -> Sql:
    inside = sa.and_(
        hour.between(sa.literal_column("0"), sa.literal_column("23")),
        minute.between(sa.literal_column("0"), sa.literal_column("59")),
    )
    minutes = sa.func.trunc(hour) * sa.literal_column("60") + sa.func.trunc(minute)
    moment = _control.fx_add(sa.cast(day, sa.DateTime()), minutes, text_bound("minute"))
    return sa.case((inside, sa.func.timezone(_zone(site), moment)))


def _apart(seconds: str) -> Callable[[Sql, Sql], Sql]:
    return lambda first, last: sa.func.round(
        sa.cast(sa.extract("epoch", last - first), sa.Numeric) / sa.literal_column(seconds),
        sa.literal_column("6"),
    )


def _months_apart(site: Site, first: Sql, last: Sql, unit: Sql) -> Sql:
    return _control.fx_between(_local(site, first), _local(site, last), unit)


def _age(site: Site, day: Sql) -> Sql:
    return _control.fx_between(
        sa.cast(day, sa.DateTime()), sa.cast(today(site), sa.DateTime()), text_bound("Y")
    )


def _calendar(site: Site) -> tuple[Sql, Sql, Sql]:
    """Week, working days and days off: subselects without correlation, run once per statement."""
    tables = formula_tables(site.schema)
    day = tables.day.c

    def days(which: Sql) -> Sql:
        found = sa.func.coalesce(sa.func.array_agg(day.day), sa.literal_column("'{}'::date[]"))
        return sa.select(found).where(which).correlate(None).scalar_subquery()

    week = sa.select(tables.week.c.days).correlate(None).scalar_subquery()
    return week, days(day.working), days(sa.not_(day.working))


def _working_days(site: Site, first: Sql, last: Sql) -> Sql:
    return _control.fx_working_days(first, last, *_calendar(site))


def _working_day(site: Site, day: Sql, count: Sql) -> Sql:
    return _control.fx_working_day(day, count, *_calendar(site))


def _is_working(site: Site, day: Sql) -> Sql:
    return sa.case((day.is_not(None), _control.fx_is_working(day, *_calendar(site))))


def _named(day: Sql) -> Sql:
    return sa.func.concat(
        text_bound("星期"), _control.fx_format_time(sa.cast(day, sa.DateTime()), text_bound("W"))
    )


ENTRIES: tuple[Entry, ...] = (
    entry("DATE 日期", "date", "由年、月、日组成日期", "A day of year, month and day", [("DATE(2026, 2, 28)", "2026-02-28"), ("DATE(2026, 2, 30)", {"error": "not_a_date"})],
          way("DATE", "year:number, month:number, day:number", "date", failing(_control.fx_date, "not_a_date"))),
    entry("DATEVALUE 转日期", "date", "把文本读成日期", "A text read as a day", [('DATEVALUE("2026年3月5日")', "2026-03-05"), ('DATEVALUE("soon")', {"error": "not_a_date"})],
          way("DATEVALUE", "text:text", "date", failing(_control.fx_date_text, "not_a_date"))),
    entry("DATETIME 日期时间", "date", "由日期、时、分组成时间点", "An instant of a day, hour and minute", [('TEXT(DATETIME(DATE(2026, 1, 2), 8, 30), "YYYY-MM-DD HH:MI")', "2026-01-02 08:30")],
          way("DATETIME", "day:date, hour:number, minute:number", "datetime", sited(_composed, "not_a_date"))),
    entry("TODATE 取日期", "date", "时间点所在的日期", "The day of an instant", [("TODATE(DATETIME(DATE(2026, 1, 2), 0, 30))", "2026-01-02")],
          way("TODATE", "moment:date", "date", plain(lambda day: day))),
    entry("TODAY 今天", "date", "今天（每天重新计算）", "Today (computed anew each day)", [("TODAY() = TODAY()", True)],
          way("TODAY", "", "date", sited(today), volatile="daily")),
    entry("NOW 现在", "date", "现在（每小时重新计算）", "Now (computed anew each hour)", [("NOW() >= TODAY()", True)],
          way("NOW", "", "datetime", plain(sa.func.now), volatile="hourly")),
    entry("YEAR 年", "date", "年份", "The year", [("YEAR(DATE(2026, 3, 5))", "2026")], way("YEAR", "day:date", "number", plain(_part("year")))),
    entry("MONTH 月", "date", "月份", "The month", [("MONTH(DATE(2026, 3, 5))", "3")], way("MONTH", "day:date", "number", plain(_part("month")))),
    entry("DAY 日", "date", "几号", "The day of the month", [("DAY(DATE(2026, 3, 5))", "5")], way("DAY", "day:date", "number", plain(_part("day")))),
    entry("HOUR 时", "date", "小时", "The hour", [("HOUR(DATETIME(DATE(2026, 1, 2), 8, 30))", "8")], way("HOUR", "moment:datetime", "number", _clock("hour"))),
    entry("MINUTE 分", "date", "分钟", "The minute", [("MINUTE(DATETIME(DATE(2026, 1, 2), 8, 30))", "30")], way("MINUTE", "moment:datetime", "number", _clock("minute"))),
    entry("SECOND 秒", "date", "秒", "The second", [("SECOND(DATETIME(DATE(2026, 1, 2), 8, 30))", "0")], way("SECOND", "moment:datetime", "number", _clock("second"))),
    entry("QUARTER 季度", "date", "第几季度", "The quarter of the year", [("QUARTER(DATE(2026, 5, 1))", "2")], way("QUARTER", "day:date", "number", plain(_part("quarter")))),
    entry("WEEKDAY 星期几", "date", "星期几，周一为 1，周日为 7", "The day of the week, Monday 1 to Sunday 7", [("WEEKDAY(DATE(2026, 11, 22))", "7")], way("WEEKDAY", "day:date", "number", plain(_part("isodow")))),
    entry("WEEKDAYNAME 星期名", "date", "中文的星期", "The day of the week in Chinese", [("WEEKDAYNAME(DATE(2026, 11, 22))", "星期日")],
          way("WEEKDAYNAME", "day:date", "text", plain(lambda day: sa.case((day.is_not(None), _named(day)))))),
    entry("WEEKNUM 周数", "date", "一年的第几周，周一开始，1 月 1 日在第一周", "The week of the year; weeks begin on Monday, 1 January is in the first", [("WEEKNUM(DATE(2026, 1, 5))", "2")], way("WEEKNUM", "day:date", "number", plain(_week_number))),
    entry("ISOWEEKNUM ISO周数", "date", "ISO 8601 的周数", "The week of ISO 8601", [("ISOWEEKNUM(DATE(2026, 1, 5))", "2"), ("ISOWEEKNUM(DATE(2027, 1, 1))", "53")], way("ISOWEEKNUM", "day:date", "number", plain(_part("week")))),
    entry("DAYOFYEAR 年内天数", "date", "一年的第几天", "The day of the year", [("DAYOFYEAR(DATE(2026, 2, 1))", "32")], way("DAYOFYEAR", "day:date", "number", plain(_part("doy")))),
    entry("DAYSINMONTH 当月天数", "date", "当月有几天", "How many days the month has", [("DAYSINMONTH(DATE(2028, 2, 1))", "29")],
          way("DAYSINMONTH", "day:date", "number", plain(lambda day: _part("day")(_end("month", 1)(day))))),
    entry("EOMONTH 月末", "date", "若干个月后那个月的最后一天", "The last day of the month some months on", [("EOMONTH(DATE(2026, 1, 15), 1)", "2026-02-28")],
          way("EOMONTH", "day:date, months:number", "date", failing(_month_end, _RANGE))),
    entry("EDATE 加月", "date", "若干个月后的同一天，没有则为月末", "The same day some months on, or the month's last", [("EDATE(DATE(2026, 1, 31), 1)", "2026-02-28"), ("EDATE(DATE(2026, 1, 31), 999999)", {"error": _RANGE})],
          way("EDATE", "day:date, months:number", "date", failing(_control.fx_add_months, _RANGE))),
    entry("DATEADD 日期加", "date", "加上若干个单位：minute、hour、day、week、month、quarter、year", "Adds so many of a unit: minute, hour, day, week, month, quarter, year",
          [('DATEADD(DATE(2026, 1, 31), 1, "month")', "2026-02-28"), ('DATEADD(DATE(2026, 1, 31), 1, "moon")', {"error": _UNIT})],
          way("DATEADD", "day:only date, amount:number, unit:text", "date", failing(_added_days, _UNIT)),
          way("DATEADD", "moment:only datetime, amount:number, unit:text", "datetime", sited(_added_time, _UNIT))),
    entry("DATEDIF 日期差", "date", "相差几个整单位：Y 年、M 月、W 周、D 天、H 时、MI 分；YM 除年外的月、MD 除月外的天", "Whole units between: Y years, M months, W weeks, D days, H hours, MI minutes; YM months beside years, MD days beside months",
          [('DATEDIF(DATE(2024, 2, 29), DATE(2026, 2, 28), "Y")', "1"), ('DATEDIF(DATE(2026, 1, 1), DATE(2026, 3, 1), "M")', "2"), ('DATEDIF(TODAY(), TODAY(), "?")', {"error": _UNIT})],
          way("DATEDIF", "start:datetime, end:datetime, unit:text", "number", sited(_months_apart, _UNIT))),
    entry("DAYS 天数差", "date", "结束日期减开始日期", "Days from start to end", [("DAYS(DATE(2026, 3, 1), DATE(2026, 2, 1))", "28")],
          way("DAYS", "end:date, start:date", "number", plain(lambda end, start: sa.cast(end - start, sa.Numeric)))),
    entry("HOURSBETWEEN 小时差", "date", "两个时间点相差的小时数", "Hours from one instant to another", [("HOURSBETWEEN(DATETIME(DATE(2026, 1, 1), 8, 0), DATETIME(DATE(2026, 1, 1), 9, 30))", "1.5")],
          way("HOURSBETWEEN", "start:datetime, end:datetime", "number", plain(_apart("3600")))),
    entry("MINUTESBETWEEN 分钟差", "date", "两个时间点相差的分钟数", "Minutes from one instant to another", [("MINUTESBETWEEN(DATETIME(DATE(2026, 1, 1), 8, 0), DATETIME(DATE(2026, 1, 1), 9, 30))", "90")],
          way("MINUTESBETWEEN", "start:datetime, end:datetime", "number", plain(_apart("60")))),
    entry("AGE 周岁", "date", "到今天的周岁（每天重新计算）", "Whole years up to today (computed anew each day)", [("AGE(TODAY())", "0")], way("AGE", "birthday:date", "number", sited(_age), volatile="daily")),
    entry("STARTOFWEEK 周初", "date", "所在周的周一", "The Monday of the week", [("STARTOFWEEK(DATE(2026, 11, 22))", "2026-11-16")], way("STARTOFWEEK", "day:date", "date", plain(_start("week")))),
    entry("STARTOFMONTH 月初", "date", "所在月的第一天", "The first day of the month", [("STARTOFMONTH(DATE(2026, 11, 22))", "2026-11-01")], way("STARTOFMONTH", "day:date", "date", plain(_start("month")))),
    entry("STARTOFQUARTER 季初", "date", "所在季度的第一天", "The first day of the quarter", [("STARTOFQUARTER(DATE(2026, 11, 22))", "2026-10-01")], way("STARTOFQUARTER", "day:date", "date", plain(_start("quarter")))),
    entry("STARTOFYEAR 年初", "date", "所在年的第一天", "The first day of the year", [("STARTOFYEAR(DATE(2026, 11, 22))", "2026-01-01")], way("STARTOFYEAR", "day:date", "date", plain(_start("year")))),
    entry("ENDOFMONTH 本月末", "date", "所在月的最后一天", "The last day of the month", [("ENDOFMONTH(DATE(2026, 11, 22))", "2026-11-30")], way("ENDOFMONTH", "day:date", "date", plain(_end("month", 1)))),
    entry("ENDOFQUARTER 季末", "date", "所在季度的最后一天", "The last day of the quarter", [("ENDOFQUARTER(DATE(2026, 11, 22))", "2026-12-31")], way("ENDOFQUARTER", "day:date", "date", plain(_end("quarter", 3)))),
    entry("ENDOFYEAR 年末", "date", "所在年的最后一天", "The last day of the year", [("ENDOFYEAR(DATE(2026, 11, 22))", "2026-12-31")], way("ENDOFYEAR", "day:date", "date", plain(_end("year", 12)))),
    entry("NETWORKDAYS 工作日数", "date", "两天之间（含两端）的工作日数，按工作日历", "Working days between two days, both included, by the working calendar", [("NETWORKDAYS(DATE(2026, 11, 16), DATE(2026, 11, 22))", "5")],
          way("NETWORKDAYS", "start:date, end:date", "number", sited(_working_days), reads=_CALENDAR)),
    entry("WORKDAY 工作日后", "date", "若干个工作日之后（或之前）的日期，按工作日历", "The day so many working days on (or back), by the working calendar", [("WORKDAY(DATE(2026, 11, 20), 1)", "2026-11-23"), ("WORKDAY(DATE(2026, 11, 23), -1)", "2026-11-20")],
          way("WORKDAY", "day:date, count:number", "date", sited(_working_day, _RANGE), reads=_CALENDAR)),
    entry("ISWORKDAY 是否工作日", "date", "是否工作日，按工作日历", "Whether a day is a working day, by the working calendar", [("ISWORKDAY(DATE(2026, 11, 22))", False)],
          way("ISWORKDAY", "day:date", "boolean", sited(_is_working), reads=_CALENDAR)),
)  # fmt: skip
