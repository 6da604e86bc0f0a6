"""The signs of the language."""

from collections.abc import Callable, Sequence

import sqlalchemy as sa

from banyan.metadata.formulas.functions.base import (
    Build,
    Entry,
    Lowered,
    Site,
    Sql,
    code,
    entry,
    failing,
    fails,
    first_error,
    plain,
    way,
)

_ARITHMETIC = frozenset({"arithmetic"})
_FALSE: Sql = sa.literal_column("false")
DIGITS: Sql = sa.literal_column("20")


def _compared(make: Callable[[Sql, Sql], Sql]) -> Build:
    """A comparison with something empty is false, never unknown."""
    return plain(lambda a, b: sa.func.coalesce(make(a, b), _FALSE))


@fails
def _divided(site: Site, args: Sequence[Lowered]) -> Lowered:
    """Exact to 20 digits after the point."""
    left, right = args
    by = sa.func.nullif(right.value, sa.literal_column("0"))
    value = sa.func.round(sa.func.round(left.value, DIGITS).op("/")(by), DIGITS)
    zero = sa.case((right.value == sa.literal_column("0"), code("division_by_zero")))
    return Lowered(value, first_error(left.error, right.error, zero))


def _joined(a: Sql, b: Sql) -> Sql:
    """There is one kind of emptiness: a text of no characters is empty."""
    return sa.func.nullif(sa.func.concat(a, b), sa.literal_column("''"))


_days = failing(sa.func.control.fx_add_days, "out_of_range")
_after = failing(lambda number, day: sa.func.control.fx_add_days(day, number), "out_of_range")
_back = failing(lambda day, number: sa.func.control.fx_add_days(day, -number), "out_of_range")
_later = failing(sa.func.control.fx_add_time, "out_of_range")
_earlier = failing(lambda moment, number: sa.func.control.fx_add_time(moment, -number), "out_of_range")


def _apart(a: Sql, b: Sql) -> Sql:
    seconds = sa.extract("epoch", a - b)
    return sa.func.round(sa.cast(seconds, sa.Numeric) / sa.literal_column("86400"), sa.literal_column("10"))


ENTRIES: tuple[Entry, ...] = (
    entry(
        "+", "operator", "相加；日期加天数得日期", "Adds; a date plus days is a date",
        [("1 + 2", "3"), ('TEXT(DATE(2026, 1, 31) + 1, "YYYY-MM-DD")', "2026-02-01")],
        way("+", "left:number, right:number", "number", plain(lambda a, b: a + b), needs=_ARITHMETIC),
        way("+", "day:only date, days:number", "date", _days),
        way("+", "days:number, day:only date", "date", _after),
        way("+", "moment:only datetime, days:number", "datetime", _later),
    ),
    entry(
        "-", "operator", "相减；两个日期相减得天数", "Subtracts; the difference of two dates is days",
        [("5 - 7", "-2"), ("DATE(2026, 3, 1) - DATE(2026, 2, 1)", "28")],
        way("-", "left:number, right:number", "number", plain(lambda a, b: a - b), needs=_ARITHMETIC),
        way("-", "day:only date, days:number", "date", _back),
        way("-", "moment:only datetime, days:number", "datetime", _earlier),
        way("-", "left:only date, right:only date", "number", plain(lambda a, b: sa.cast(a - b, sa.Numeric))),
        way("-", "left:datetime, right:datetime", "number", plain(_apart)),
    ),
    entry(
        "*", "operator", "相乘", "Multiplies", [("1.5 * 4", "6")],
        way("*", "left:number, right:number", "number", plain(lambda a, b: a * b), needs=_ARITHMETIC),
    ),
    entry(
        "/", "operator", "相除，精确到小数点后 20 位", "Divides, exact to 20 digits after the point",
        [("7 / 4", "1.75"), ("1 / 0", {"error": "division_by_zero"})],
        way("/", "left:number, right:number", "number", _divided, needs=_ARITHMETIC),
    ),
    entry(
        "^", "operator", "乘方", "Raises to a power", [("2 ^ 10", "1024"), ("0 ^ (0 - 1)", {"error": "out_of_range"})],
        way("^", "base:number, exponent:number", "number", failing(sa.func.control.fx_power, "out_of_range"), needs=_ARITHMETIC),
    ),
    entry(
        "%", "operator", "百分之：写在数字后", "Per cent, written after a number", [("50%", "0.5")],
        way("%", "value:number", "number", plain(lambda a: a * sa.literal_column("0.01")), needs=_ARITHMETIC),
    ),
    entry("-x", "operator", "负号", "The negative", [("-(2)", "-2")],
          way("-x", "value:number", "number", plain(lambda a: -a), needs=_ARITHMETIC)),
    entry("+x", "operator", "正号", "The same number", [("+2", "2")],
          way("+x", "value:number", "number", plain(lambda a: a), needs=_ARITHMETIC)),
    entry(
        "&", "operator", "连接成文本；空值当作没有", "Joins as text; what is empty adds nothing",
        [('"A" & 1', "A1"), ('"" & "B"', "B")],
        way("&", "left:scalar, right:scalar", "text", plain(_joined)),
    ),
    entry(
        "=", "operator", "相等；空等于空", "Equal; empty equals empty", [("1 = 1.0", True), ('"" = ""', True)],
        way("=", "left:key, right:key", "boolean", plain(lambda a, b: a.is_not_distinct_from(b)), matches=True),
    ),
    entry(
        "<>", "operator", "不相等；一边为空则不成立", "Not equal; false when one side is empty", [('"a" <> "b"', True)],
        way("<>", "left:key, right:key", "boolean", _compared(lambda a, b: a != b), matches=True),
    ),
    entry("<", "operator", "小于", "Less than", [("1 < 2", True)],
          way("<", "left:ordered, right:ordered", "boolean", _compared(lambda a, b: a < b))),
    entry("<=", "operator", "小于等于", "At most", [("2 <= 2", True)],
          way("<=", "left:ordered, right:ordered", "boolean", _compared(lambda a, b: a <= b))),
    entry(">", "operator", "大于", "More than", [("1 > 2", False)],
          way(">", "left:ordered, right:ordered", "boolean", _compared(lambda a, b: a > b))),
    entry(">=", "operator", "大于等于", "At least", [("2 >= 3", False)],
          way(">=", "left:ordered, right:ordered", "boolean", _compared(lambda a, b: a >= b))),
)  # fmt: skip
