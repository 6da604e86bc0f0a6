"""Numbers: rounding, powers, what is left over. What a function cannot take is an error, never a failed list."""

import sqlalchemy as sa

from banyan.metadata.formulas.functions.base import Build, Entry, Sql, entry, failing, plain, way
from banyan.metadata.formulas.functions.operators import DIGITS

_N = frozenset({"arithmetic"})
_control = sa.func.control
_ZERO: Sql = sa.literal_column("0")
_TEN: Sql = sa.literal_column("10")
_ONE: Sql = sa.literal_column("1")
_RANGE, _BY_ZERO = "out_of_range", "division_by_zero"


def _number(value: Sql) -> Sql:
    return sa.cast(value, sa.Numeric)


def _rounded(way_: int) -> Build:
    side: Sql = sa.literal_column(str(way_))
    return failing(lambda value, places=_ZERO: _control.fx_round(value, places, side), _RANGE)


def _stepped(way_: int) -> Build:
    side: Sql = sa.literal_column(str(way_))
    return failing(lambda value, step=_ONE: _control.fx_step(value, step, side), _RANGE)


def _whole(value: Sql, by: Sql) -> Sql:
    return sa.func.trunc(sa.func.round(value, DIGITS) / sa.func.nullif(by, _ZERO))


def _share(part: Sql, whole: Sql) -> Sql:
    return sa.func.round(
        sa.func.round(part, DIGITS) * sa.literal_column("100") / sa.func.nullif(whole, _ZERO), DIGITS
    )


def _product(*values: Sql) -> Sql:
    found = values[0]
    for each in values[1:]:
        found = found * each
    return found


def _odd(value: Sql) -> Sql:
    return sa.func.mod(sa.func.trunc(value), sa.literal_column("2")) != _ZERO


ENTRIES: tuple[Entry, ...] = (
    entry("ROUND 四舍五入", "math", "四舍五入到小数点后若干位（可为负）", "Rounds half away from zero to some digits after the point (may be negative)",
          [("ROUND(2.345, 2)", "2.35"), ("ROUND(1234, -2)", "1200")],
          way("ROUND", "value:number, digits:number?", "number", _rounded(0), needs=_N)),
    entry("ROUNDUP 向上舍入", "math", "离零方向舍入", "Rounds away from zero", [("ROUNDUP(2.341, 2)", "2.35")],
          way("ROUNDUP", "value:number, digits:number?", "number", _rounded(1), needs=_N)),
    entry("ROUNDDOWN 向下舍入 TRUNC 截断", "math", "截去后面的位数", "Cuts off further digits", [("ROUNDDOWN(2.349, 2)", "2.34"), ("TRUNC(-1.9)", "-1")],
          way("ROUNDDOWN", "value:number, digits:number?", "number", _rounded(-1), needs=_N)),
    entry("MROUND 舍入到倍数", "math", "舍入到最近的倍数", "Rounds to the nearest multiple", [("MROUND(17, 5)", "15")],
          way("MROUND", "value:number, step:number", "number", _stepped(0), needs=_N)),
    entry("CEILING 向上取整", "math", "向上到最近的倍数（默认 1）", "Up to the nearest multiple (of 1 unless said)", [("CEILING(4.2)", "5"), ("CEILING(42, 10)", "50")],
          way("CEILING", "value:number, step:number?", "number", _stepped(1), needs=_N)),
    entry("FLOOR 向下取整 INT 取整", "math", "向下到最近的倍数（默认 1）", "Down to the nearest multiple (of 1 unless said)", [("FLOOR(4.8)", "4"), ("INT(-1.5)", "-2")],
          way("FLOOR", "value:number, step:number?", "number", _stepped(-1), needs=_N)),
    entry("ABS 绝对值", "math", "绝对值", "The absolute value", [("ABS(-3)", "3")], way("ABS", "value:number", "number", plain(sa.func.abs), needs=_N)),
    entry("SIGN 符号", "math", "正为 1，负为 -1，零为 0", "1, -1 or 0 as the number is positive, negative or zero", [("SIGN(-3)", "-1")],
          way("SIGN", "value:number", "number", plain(sa.func.sign), needs=_N)),
    entry("MOD 求余", "math", "除后的余数，符号同除数", "What is left after division, with the sign of the divisor", [("MOD(7, 3)", "1"), ("MOD(-7, 3)", "2"), ("MOD(1, 0)", {"error": _BY_ZERO})],
          way("MOD", "value:number, by:number", "number", failing(_control.fx_mod, _BY_ZERO), needs=_N)),
    entry("QUOTIENT 整除", "math", "商的整数部分", "The whole part of a quotient", [("QUOTIENT(7, 2)", "3"), ("QUOTIENT(1, 0)", {"error": _BY_ZERO})],
          way("QUOTIENT", "value:number, by:number", "number", failing(_whole, _BY_ZERO), needs=_N)),
    entry("POWER 幂", "math", "乘方", "Raises to a power", [("POWER(2, 3)", "8"), ("POWER(-1, 0.5)", {"error": _RANGE})],
          way("POWER", "base:number, exponent:number", "number", failing(_control.fx_power, _RANGE), needs=_N)),
    entry("SQRT 平方根", "math", "平方根", "The square root", [("SQRT(9)", "3"), ("SQRT(-1)", {"error": _RANGE})],
          way("SQRT", "value:number", "number", failing(_control.fx_sqrt, _RANGE), needs=_N)),
    entry("EXP 自然指数", "math", "e 的若干次方", "e to a power", [("ROUND(EXP(1), 5)", "2.71828"), ("EXP(1000)", {"error": _RANGE})],
          way("EXP", "value:number", "number", failing(_control.fx_exp, _RANGE), needs=_N)),
    entry("LN 自然对数", "math", "自然对数", "The natural logarithm", [("LN(1)", "0"), ("LN(0)", {"error": _RANGE})],
          way("LN", "value:number", "number", failing(_control.fx_ln, _RANGE), needs=_N)),
    entry("LOG 对数", "math", "对数，默认以 10 为底", "The logarithm, to base 10 unless said", [("ROUND(LOG(8, 2), 6)", "3"), ("LOG(0)", {"error": _RANGE})],
          way("LOG", "value:number, base:number?", "number", failing(lambda value, base=_TEN: _control.fx_log(value, base), _RANGE), needs=_N)),
    entry("LOG10 常用对数", "math", "以 10 为底的对数", "The logarithm to base 10", [("ROUND(LOG10(1000), 6)", "3")],
          way("LOG10", "value:number", "number", failing(lambda value: _control.fx_log(value, sa.literal_column("10")), _RANGE), needs=_N)),
    entry("PI 圆周率", "math", "圆周率", "The number pi", [("ROUND(PI(), 4)", "3.1416")],
          way("PI", "", "number", plain(lambda: sa.literal_column("3.14159265358979323846")))),
    entry("GCD 最大公约数", "math", "两个整数的最大公约数", "The greatest common divisor of two whole numbers", [("GCD(12, 18)", "6"), ("GCD(1.5, 2)", {"error": _RANGE})],
          way("GCD", "a:number, b:number", "number", failing(lambda a, b: _control.fx_gcd(a, b, sa.literal_column("false")), _RANGE), needs=_N)),
    entry("LCM 最小公倍数", "math", "两个整数的最小公倍数", "The least common multiple of two whole numbers", [("LCM(4, 6)", "12")],
          way("LCM", "a:number, b:number", "number", failing(lambda a, b: _control.fx_gcd(a, b, sa.literal_column("true")), _RANGE), needs=_N)),
    entry("FACT 阶乘", "math", "阶乘，最大 27", "The factorial, up to 27", [("FACT(5)", "120"), ("FACT(100)", {"error": _RANGE})],
          way("FACT", "value:number", "number", failing(_control.fx_factorial, _RANGE), needs=_N)),
    entry("PRODUCT 乘积", "math", "几个数的乘积；有空则空", "The product; empty where one is empty", [("PRODUCT(2, 3, 4)", "24")],
          way("PRODUCT", "[value:number]", "number", plain(_product), needs=_N)),
    entry("MEDIAN 中位数", "math", "几个数的中位数；空值跳过", "The median; empty ones are passed over", [("MEDIAN(1, 9, 2)", "2"), ("MEDIAN(1, 2)", "1.5")],
          way("MEDIAN", "[value:number]", "number", plain(_control.fx_median), needs=_N)),
    entry("CLAMP 限制范围", "math", "小于下限取下限，大于上限取上限", "Kept between a lowest and a highest number", [("CLAMP(15, 0, 10)", "10"), ("CLAMP(-1, 0, 10)", "0")],
          way("CLAMP", "value:number, low:number, high:number", "number",
              plain(lambda value, low, high: sa.case((value.is_not(None), sa.func.least(sa.func.greatest(value, low), high)))), needs=_N)),
    entry("PERCENTOF 占比", "math", "部分占整体的百分数：12.5 即 12.5%", "A part's percentage of the whole: 12.5 means 12.5 %", [("PERCENTOF(1, 8)", "12.5"), ("PERCENTOF(1, 0)", {"error": _BY_ZERO})],
          way("PERCENTOF", "part:number, whole:number", "number", failing(_share, _BY_ZERO), needs=_N)),
    entry("ISEVEN 是否偶数", "math", "是否偶数", "Whether a number is even", [("ISEVEN(4)", True)],
          way("ISEVEN", "value:number", "boolean", plain(lambda value: sa.not_(_odd(value))))),
    entry("ISODD 是否奇数", "math", "是否奇数", "Whether a number is odd", [("ISODD(4)", False)], way("ISODD", "value:number", "boolean", plain(_odd))),
    entry("NUMBER 转数字", "math", "是为 1，否为 0", "1 for true, 0 for false", [("NUMBER(2 > 1)", "1")],
          way("NUMBER", "value:boolean", "number", plain(lambda value: _number(sa.cast(value, sa.Integer))))),
)  # fmt: skip
