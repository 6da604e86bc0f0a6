"""Functions over many: rows that lead here, or several arguments. What is empty is passed over."""

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.sql.functions import FunctionElement

from banyan.metadata.formulas.functions.base import (
    Build,
    Entry,
    Lowered,
    Site,
    Sql,
    entry,
    first_error,
    plain,
    way,
)
from banyan.metadata.formulas.functions.operators import DIGITS

_TOTAL = frozenset({"arithmetic", "total"})
_NUMBERS = frozenset({"arithmetic"})
_TRUE: Sql = sa.literal_column("true")
_FALSE: Sql = sa.literal_column("false")


def _errors(args: Sequence[Lowered], when: Sql | None = None) -> Sql | None:
    """The error of any row; of rows that a condition leaves out only the condition's own."""
    found = []
    for index, each in enumerate(args):
        if each.error is not None:
            worst: FunctionElement[Any] = sa.func.min(each.error)
            found.append(worst if when is None or index == len(args) - 1 else worst.filter(when))
    return first_error(*found)


def _over(make: Callable[[Sql], FunctionElement[Any]], shape: Callable[[Sql], Sql] | None = None) -> Build:
    """An aggregate of the first argument over the rows where the second, if any, holds."""

    def build(site: Site, args: Sequence[Lowered]) -> Lowered:
        when = args[1].value if len(args) > 1 else None
        made = make(args[0].value)
        value: Sql = made if when is None else made.filter(when)
        return Lowered(value if shape is None else shape(value), _errors(args, when))

    return build


def _counted(site: Site, args: Sequence[Lowered]) -> Lowered:
    return Lowered(_numeric(sa.func.count().filter(args[0].value)), _errors(args))


def _numeric(value: Sql) -> Sql:
    return sa.cast(value, sa.Numeric)


def _at_end(*, last: bool) -> Build:
    def build(site: Site, args: Sequence[Lowered]) -> Lowered:
        value, order = args[0].value, args[1].value
        id_ = value if site.row_id is None else site.row_id
        keys = (order.desc(), id_.desc()) if last else (order.asc(), id_.asc())
        ordered = sa.func.array_agg(aggregate_order_by(value, *keys)).filter(order.is_not(None))
        return Lowered(ordered[1], _errors(args))

    return build


def _joined_rows(site: Site, args: Sequence[Lowered]) -> Lowered:
    between, value = args[0].value, args[1].value
    id_ = value if site.row_id is None else site.row_id
    joined = sa.func.string_agg(
        value, aggregate_order_by(sa.func.coalesce(between, sa.literal_column("''")), id_)
    )
    return Lowered(joined, _errors(args))


def _joined(between: Sql, *values: Sql) -> Sql:
    empty: Sql = sa.literal_column("''")
    return sa.func.nullif(sa.func.concat_ws(sa.func.coalesce(between, empty), *values), empty)


def _some(value: Sql) -> FunctionElement[Any]:
    return sa.func.bool_or(value)


def _each(value: Sql) -> FunctionElement[Any]:
    return sa.func.bool_and(sa.func.coalesce(value, _FALSE))


def _averaged(value: Sql) -> Sql:
    return sa.func.round(value, DIGITS)


def _distinct(value: Sql) -> FunctionElement[Any]:
    return sa.func.count(sa.distinct(value))


_least, _most = plain(sa.func.least), plain(sa.func.greatest)
_sum = _over(sa.func.sum)
_avg = _over(sa.func.avg, _averaged)
_min, _max = _over(sa.func.min), _over(sa.func.max)
_unique = _over(_distinct, _numeric)

ENTRIES: tuple[Entry, ...] = (
    entry(
        "SUM 求和 合计", "aggregate", "关联记录的数值之和，或几个参数之和；空值跳过，全空为空",
        "The sum over related records, or of the arguments; empty ones are passed over, all empty is empty",
        [("SUM(1, 2, BLANK())", "3"), ("SUM(line.qty * line.price)", "35")],
        way("SUM", "value:number", "number", _sum, rows=True, needs=_TOTAL),
        way("SUM", "[value:number]", "number", plain(sa.func.control.fx_sum), needs=_NUMBERS),
    ),
    entry(
        "SUMIF 条件求和", "aggregate", "只把条件成立的关联记录相加", "The sum over the related records for which the condition holds",
        [("SUMIF(line.price, line.qty > 2)", "5")],
        way("SUMIF", "value:number, condition:boolean", "number", _sum, rows=True, needs=_TOTAL),
    ),
    entry(
        "COUNT 计数", "aggregate", "关联记录的条数，或其中某字段不为空的条数；也可数几个参数中不为空的个数",
        "How many related records there are, or have a value; or how many arguments are not empty",
        [("COUNT(line)", "3"), ("COUNT(line.price)", "2"), ("COUNT(1, BLANK(), 3)", "2")],
        way("COUNT", "rows:rows", "number", lambda site, args: Lowered(_numeric(sa.func.count())), rows=True),
        way("COUNT", "value:any", "number", _over(sa.func.count, _numeric), rows=True),
        way("COUNT", "[value:any]", "number", plain(lambda *values: _numeric(sa.func.num_nonnulls(*values)))),
    ),
    entry(
        "COUNTIF 条件计数", "aggregate", "条件成立的关联记录条数", "How many related records the condition holds for",
        [("COUNTIF(line.qty >= 2)", "2")],
        way("COUNTIF", "condition:boolean", "number", _counted, rows=True),
    ),
    entry(
        "COUNTUNIQUE 去重计数", "aggregate", "关联记录中不同值的个数", "How many different values related records have",
        [("COUNTUNIQUE(line.name)", "2")],
        way("COUNTUNIQUE", "value:any", "number", _unique, rows=True),
    ),
    entry(
        "COUNTUNIQUEIF 条件去重计数", "aggregate", "条件成立的关联记录中不同值的个数",
        "How many different values the related records have for which the condition holds",
        [("COUNTUNIQUEIF(line.name, line.qty > 1)", "1")],
        way("COUNTUNIQUEIF", "value:any, condition:boolean", "number", _unique, rows=True),
    ),
    entry(
        "AVERAGE 平均值 平均 AVG", "aggregate", "平均值；空值不计入个数", "The mean; empty ones do not count",
        [("AVERAGE(2, 4, BLANK())", "3"), ("AVERAGE(line.price)", "7.5")],
        way("AVERAGE", "value:number", "number", _avg, rows=True, needs=_NUMBERS),
        way("AVERAGE", "[value:number]", "number", plain(sa.func.control.fx_average), needs=_NUMBERS),
    ),
    entry(
        "AVERAGEIF 条件平均", "aggregate", "条件成立的关联记录的平均值", "The mean over the related records for which the condition holds",
        [("AVERAGEIF(line.qty, line.qty < 3)", "1.5")],
        way("AVERAGEIF", "value:number, condition:boolean", "number", _avg, rows=True, needs=_NUMBERS),
    ),
    entry(
        "MIN 最小值", "aggregate", "最小的数、最早的日期；空值跳过", "The smallest number or earliest date; empty ones are passed over",
        [("MIN(3, 1, 2)", "1"), ("MIN(line.qty)", "1")],
        way("MIN", "value:ordered", "ordered", _min, rows=True, needs=_NUMBERS),
        way("MIN", "[value:ordered]", "ordered", _least, needs=_NUMBERS),
    ),
    entry(
        "MAX 最大值", "aggregate", "最大的数、最晚的日期；空值跳过", "The largest number or latest date; empty ones are passed over",
        [("MAX(3, 1, 2)", "3"), ("MAX(line.qty)", "3")],
        way("MAX", "value:ordered", "ordered", _max, rows=True, needs=_NUMBERS),
        way("MAX", "[value:ordered]", "ordered", _most, needs=_NUMBERS),
    ),
    entry(
        "MINIF 条件最小", "aggregate", "条件成立的关联记录中的最小值", "The smallest among related records for which the condition holds",
        [("MINIF(line.qty, line.qty > 1)", "2")],
        way("MINIF", "value:ordered, condition:boolean", "ordered", _min, rows=True, needs=_NUMBERS),
    ),
    entry(
        "MAXIF 条件最大", "aggregate", "条件成立的关联记录中的最大值", "The largest among related records for which the condition holds",
        [("MAXIF(line.qty, line.qty < 3)", "2")],
        way("MAXIF", "value:ordered, condition:boolean", "ordered", _max, rows=True, needs=_NUMBERS),
    ),
    entry(
        "FIRST 首个", "aggregate", "按第二个值排序，最前一条关联记录的值", "The value of the first related record in the order of the second",
        [("FIRST(line.name, line.qty)", "A")],
        way("FIRST", "value:same, order:ordered", "same", _at_end(last=False), rows=True),
    ),
    entry(
        "LAST 末个", "aggregate", "按第二个值排序，最后一条关联记录的值", "The value of the last related record in the order of the second",
        [("LAST(line.name, line.qty)", "B")],
        way("LAST", "value:same, order:ordered", "same", _at_end(last=True), rows=True),
    ),
    entry(
        "TEXTJOIN 合并文本 JOIN", "aggregate", "用分隔符连接关联记录的文本（按创建先后）或几个参数；空值跳过",
        "Joins texts of related records (in the order they were made), or the arguments, with a separator; empty ones are passed over",
        [('TEXTJOIN("-", "a", "", "b")', "a-b"), ('TEXTJOIN("、", line.name)', "A、B、B")],
        way("TEXTJOIN", "separator:text, value:scalar", "text", _joined_rows, rows=True),
        way("TEXTJOIN", "separator:text, [value:scalar]", "text", plain(_joined)),
    ),
    entry(
        "ANY 任一", "aggregate", "至少一条关联记录使条件成立", "Whether the condition holds for at least one related record",
        [("ANY(line.qty > 2)", True)],
        way("ANY", "condition:boolean", "boolean", _over(_some, lambda value: sa.func.coalesce(value, _FALSE)), rows=True),
    ),
    entry(
        "EVERY 全部", "aggregate", "条件对每条关联记录都成立；没有记录时为真", "Whether the condition holds for every related record; true without any",
        [("EVERY(line.qty > 2)", False)],
        way("EVERY", "condition:boolean", "boolean", _over(_each, lambda value: sa.func.coalesce(value, _TRUE)), rows=True),
    ),
)  # fmt: skip
