"""Money: currencies, dated rates, tax. A currency field counts as its amount; these functions see its currency too."""

from collections.abc import Sequence

import sqlalchemy as sa

from banyan.metadata.formulas.functions.base import (
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
    text_bound,
    way,
)
from banyan.metadata.formulas.functions.dates import today
from banyan.metadata.formulas.tables import formula_tables

_RATES = frozenset({"rates"})
_N = frozenset({"arithmetic"})
_TWO: Sql = sa.literal_column("2")
_HUNDRED: Sql = sa.literal_column("100")
_NONE, _RANGE = "no_rate", "out_of_range"


def _rate(site: Site, currency: Sql, day: Sql) -> Sql:
    """What one unit is worth in the workspace's currency on a day: the last rate known by then."""
    table = formula_tables(site.schema).rate.alias()
    last = (
        sa.select(table.c.rate)
        .where(table.c.currency == currency, table.c.day <= day)
        .order_by(table.c.day.desc())
        .limit(sa.literal_column("1"))
        .correlate_except(table)
        .scalar_subquery()
    )
    home = text_bound(site.context.currency)
    return sa.case((sa.and_(currency == home, day.is_not(None)), sa.literal_column("1")), else_=last)


def _checked(made: Sql, given: Sequence[Sql], args: Sequence[Lowered]) -> Lowered:
    missing = sa.case((sa.and_(made.is_(None), *(each.is_not(None) for each in given)), code(_NONE)))
    return Lowered(made, first_error(*(arg.error for arg in args), missing))


@fails
def _exchange(site: Site, args: Sequence[Lowered]) -> Lowered:
    currency = args[0].value
    day = args[1].value if len(args) > 1 else today(site)
    return _checked(_rate(site, currency, day), [currency, day], args)


@fails
def _converted(site: Site, args: Sequence[Lowered]) -> Lowered:
    amount, target = args[0].value, args[1].value
    day = args[2].value if len(args) > 2 else today(site)  # noqa: PLR2004 - the day is given
    source = site.source(site.args[0], "__cur")
    worth = sa.func.round(amount * _rate(site, source, day), sa.literal_column("20"))
    value = sa.func.round(worth / _rate(site, target, day), _TWO)
    return _checked(value, [amount, source, target, day], args)


def _currency(site: Site, args: Sequence[Lowered]) -> Lowered:
    return Lowered(site.source(site.args[0], "__cur"), args[0].error)


def _without(amount: Sql, rate: Sql) -> Sql:
    """Net of a tax that the amount contains; `rate` in per cent. NULL where nothing would be left to divide by."""
    whole = sa.case((rate > sa.literal_column("-100"), _HUNDRED + rate))
    return sa.func.round(amount * _HUNDRED / whole, _TWO)


ENTRIES: tuple[Entry, ...] = (
    entry("AMOUNT 金额数", "money", "金额字段的数额", "The amount of a currency field", [("AMOUNT(amount)", "100")],
          way("AMOUNT", "money:money", "number", plain(lambda amount: amount))),
    entry("CURRENCYOF 币种", "money", "金额字段的币种", "The currency of a currency field", [("CURRENCYOF(amount)", "USD")],
          way("CURRENCYOF", "money:money", "text", _currency)),
    entry("CONVERT 换算", "money", "按汇率换算成另一币种；可指定日期，不写日期则按今天", "A currency field in another currency at the rate of a day, today's unless said",
          [('CONVERT(amount, "CNY", DATE(2026, 3, 1))', "720"), ('CONVERT(amount, "XXX", DATE(2026, 3, 1))', {"error": _NONE})],
          way("CONVERT", "money:money, currency:text, day:date", "number", _converted, reads=_RATES),
          way("CONVERT", "money:money, currency:text", "number", _converted, reads=_RATES, volatile="daily")),
    entry("RATE 汇率", "money", "一种货币值多少本位币", "What one unit of a currency is worth in the workspace's own",
          [('RATE("USD", DATE(2026, 3, 1))', "7.2"), ('RATE("USD", DATE(2020, 1, 1))', {"error": _NONE}), ('RATE("CNY")', "1")],
          way("RATE", "currency:text, day:date", "number", _exchange, reads=_RATES),
          way("RATE", "currency:text", "number", _exchange, reads=_RATES, volatile="daily")),
    entry("ROUNDMONEY 金额舍入", "money", "四舍五入到分", "Rounded half away from zero to two digits", [("ROUNDMONEY(1.005)", "1.01")],
          way("ROUNDMONEY", "amount:number", "number", plain(lambda amount: sa.func.round(amount, _TWO)), needs=_N)),
    entry("TAXFREE 不含税额", "money", "含税金额去掉税，税率为百分数：13 即 13%", "An amount without the tax in it; the rate in per cent: 13 means 13 %",
          [("TAXFREE(113, 13)", "100"), ("TAXFREE(1, -100)", {"error": _RANGE})],
          way("TAXFREE", "amount:number, rate:number", "number", failing(_without, _RANGE), needs=_N)),
    entry("TAXPART 税额", "money", "含税金额中的税额", "The tax in an amount", [("TAXPART(113, 13)", "13")],
          way("TAXPART", "amount:number, rate:number", "number", failing(lambda amount, rate: sa.func.round(amount, _TWO) - _without(amount, rate), _RANGE), needs=_N)),
    entry("WITHTAX 含税额", "money", "不含税金额加上税", "An amount with tax added", [("WITHTAX(100, 13)", "113")],
          way("WITHTAX", "amount:number, rate:number", "number", plain(lambda amount, rate: sa.func.round(amount * (_HUNDRED + rate) * sa.literal_column("0.01"), _TWO)), needs=_N)),
    entry("DISCOUNTED 折后价", "money", "打折后的金额，折扣为百分数：15 即减 15%", "An amount less a discount in per cent: 15 takes 15 % off", [("DISCOUNTED(200, 15)", "170")],
          way("DISCOUNTED", "amount:number, percent:number", "number", plain(lambda amount, percent: sa.func.round(amount * (_HUNDRED - percent) * sa.literal_column("0.01"), _TWO)), needs=_N)),
    entry("PMT 每期还款", "money", "等额本息每期还款；利率为每期的小数：0.01 即 1%", "The equal payment per period of a loan; the rate per period as a fraction: 0.01 is 1 %",
          [("PMT(0.01, 12, 10000)", "888.49"), ("PMT(0.01, 0, 10000)", {"error": _RANGE})],
          way("PMT", "rate:number, periods:number, amount:number", "number", failing(sa.func.control.fx_payment, _RANGE))),
)  # fmt: skip
