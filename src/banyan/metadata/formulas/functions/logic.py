"""Conditions and emptiness. What is not chosen is not an error: IF, IFS, SWITCH, AND and OR look no further."""

from collections.abc import Sequence

import sqlalchemy as sa

from banyan.metadata.formulas.functions.base import Entry, Lowered, Site, Sql, entry, first_error, plain, way

_FALSE: Sql = sa.literal_column("false")
_NULL: Sql = sa.literal_column("NULL::text")


def _held(value: Sql) -> Sql:
    return sa.func.coalesce(value, _FALSE)


def _branches(pairs: Sequence[tuple[Lowered, Lowered]], other: Lowered | None) -> Lowered:
    """The first branch whose condition holds; a condition that fails decides by its error."""
    value: Sql = sa.null() if other is None else other.value
    value = sa.case(*((each.value, then.value) for each, then in pairs), else_=value)
    error = None if other is None else other.error
    for each, then in reversed(pairs):
        if then.error is not None or error is not None:
            chosen = _NULL if then.error is None else then.error
            error = sa.case((each.value, chosen), else_=_NULL if error is None else error)
        error = first_error(each.error, error)
    return Lowered(value, error)


def _if(site: Site, args: Sequence[Lowered]) -> Lowered:
    return _branches([(args[0], args[1])], args[2] if len(args) > 2 else None)  # noqa: PLR2004 - else is given


def _ifs(site: Site, args: Sequence[Lowered]) -> Lowered:
    count = len(args) // 2
    pairs = [(args[2 * i], args[2 * i + 1]) for i in range(count)]
    return _branches(pairs, args[-1] if len(args) % 2 else None)


def _switch(site: Site, args: Sequence[Lowered]) -> Lowered:
    subject, rest = args[0], args[1:]
    errors = first_error(subject.error, *(rest[2 * i].error for i in range(len(rest) // 2)))
    pairs = []
    for index in range(len(rest) // 2):
        same = subject.value.is_not_distinct_from(rest[2 * index].value)
        pairs.append((Lowered(same), rest[2 * index + 1]))
    chosen = _branches(pairs, rest[-1] if len(rest) % 2 else None)
    return Lowered(chosen.value, first_error(errors, chosen.error))


def _all(site: Site, args: Sequence[Lowered]) -> Lowered:
    error: Sql | None = None
    for each in reversed(args):
        later = None if error is None else sa.case((each.value, error))
        error = first_error(each.error, later)
    return Lowered(sa.and_(*(_held(each.value) for each in args)), error)


def _some(site: Site, args: Sequence[Lowered]) -> Lowered:
    error: Sql | None = None
    for each in reversed(args):
        later = None if error is None else sa.case((each.value, _NULL), else_=error)
        error = first_error(each.error, later)
    return Lowered(sa.or_(*(_held(each.value) for each in args)), error)


def _odd(site: Site, args: Sequence[Lowered]) -> Lowered:
    count: Sql = sa.literal_column("0")
    for each in args:
        count = count.op("+")(sa.func.coalesce(sa.cast(each.value, sa.Integer), sa.literal_column("0")))
    value = sa.func.mod(count, sa.literal_column("2")) == sa.literal_column("1")
    return Lowered(value, first_error(*(each.error for each in args)))


def _if_error(site: Site, args: Sequence[Lowered]) -> Lowered:
    first, other = args
    if first.error is None:
        return first
    failed = first.error.is_not(None)
    error = None if other.error is None else sa.case((failed, other.error))
    return Lowered(sa.case((failed, other.value), else_=first.value), error)


def _is_error(site: Site, args: Sequence[Lowered]) -> Lowered:
    return Lowered(_FALSE if args[0].error is None else args[0].error.is_not(None))


def _first_filled(site: Site, args: Sequence[Lowered]) -> Lowered:
    error: Sql | None = None
    for each in reversed(args):
        later = None if error is None else sa.case((each.value.is_(None), error))
        error = first_error(each.error, later)
    return Lowered(sa.func.coalesce(*(each.value for each in args)), error)


def _error_code(site: Site, args: Sequence[Lowered]) -> Lowered:
    return Lowered(_NULL if args[0].error is None else args[0].error)


_blank_if = plain(sa.func.nullif)

ENTRIES: tuple[Entry, ...] = (
    entry(
        "IF 如果", "logic", "条件成立取第二个值，否则取第三个（可省）；没有选中的一支不计算错误",
        "The second value where the condition holds, else the third; the branch not taken causes no error",
        [('IF(2 > 1, "yes", "no")', "yes"), ("IF(FALSE, 1 / 0, 7)", "7"), ("IF(FALSE, 1)", None)],
        way("IF", "condition:boolean, then:same, otherwise:same?", "same", _if),
    ),
    entry(
        "IFS 多条件", "logic", "取第一个成立的条件所对应的值；最后可加一个默认值",
        "The value after the first condition that holds; a last value may stand for none",
        [("IFS(1 > 2, 10, 2 > 1, 20)", "20"), ("IFS(FALSE, 1, 3)", "3")],
        way("IFS", "[condition:boolean, value:same] otherwise:same?", "same", _ifs),
    ),
    entry(
        "SWITCH 匹配", "logic", "把值与各情形比较，取相同情形后的结果；最后可加默认值",
        "Compares a value with cases and takes the result after the equal one; a last value may stand for none",
        [('SWITCH(2, 1, "a", 2, "b", "c")', "b"), ('SWITCH(9, 1, "a", "c")', "c")],
        way("SWITCH", "value:key, [case:key, result:same] otherwise:same?", "same", _switch, matches=True),
    ),
    entry(
        "AND 且 并且", "logic", "全部成立；空值视为不成立；遇到不成立就不再看后面的错误",
        "All hold; empty counts as false; errors after the first that does not hold are not looked at",
        [("AND(TRUE, 1 < 2)", True), ("AND(FALSE, 1 / 0 > 1)", False)],
        way("AND", "[condition:boolean]", "boolean", _all),
    ),
    entry(
        "OR 或 或者", "logic", "至少一个成立；空值让位给其他条件", "At least one holds; an empty one leaves it to the others",
        [("OR(FALSE, 1 < 2)", True), ("OR(TRUE, 1 / 0 > 1)", True)],
        way("OR", "[condition:boolean]", "boolean", _some),
    ),
    entry(
        "NOT 非", "logic", "取反；空值视为不成立，结果为真", "The opposite; empty counts as false, so the result is true",
        [("NOT(1 > 2)", True)],
        way("NOT", "condition:boolean", "boolean", plain(lambda a: sa.not_(_held(a)))),
    ),
    entry(
        "XOR 异或", "logic", "成立的个数为奇数", "An odd number of them hold", [("XOR(TRUE, FALSE)", True), ("XOR(TRUE, TRUE)", False)],
        way("XOR", "[condition:boolean]", "boolean", _odd),
    ),
    entry(
        "IFERROR 如果错误", "logic", "第一个值出错时取第二个", "The second value where the first is an error",
        [("IFERROR(1 / 0, 5)", "5"), ("IFERROR(4 / 2, 5)", "2")],
        way("IFERROR", "value:same, otherwise:same", "same", _if_error, heavy=True),
    ),
    entry(
        "ISERROR 是否错误", "logic", "值是否为错误", "Whether a value is an error", [("ISERROR(1 / 0)", True), ("ISERROR(1)", False)],
        way("ISERROR", "value:any", "boolean", _is_error, heavy=True),
    ),
    entry(
        "ERRORCODE 错误码", "logic", "错误的代码；没有错误则为空", "The code of an error; empty where there is none",
        [("ERRORCODE(1 / 0)", "division_by_zero")],
        way("ERRORCODE", "value:any", "text", _error_code, heavy=True),
    ),
    entry(
        "ISBLANK 是否为空", "logic", "值是否为空", "Whether a value is empty", [('ISBLANK("")', True), ("ISBLANK(0)", False)],
        way("ISBLANK", "value:any", "boolean", plain(lambda a: a.is_(None))),
    ),
    entry(
        "NOTBLANK 不为空", "logic", "值是否不为空", "Whether there is a value", [("NOTBLANK(0)", True)],
        way("NOTBLANK", "value:any", "boolean", plain(lambda a: a.is_not(None))),
    ),
    entry(
        "COALESCE 首个非空", "logic", "第一个不为空的值", "The first value that is not empty", [('COALESCE("", "b", "c")', "b")],
        way("COALESCE", "[value:same]", "same", _first_filled),
    ),
    entry(
        "IFBLANK 如果为空", "logic", "第一个值为空时取第二个", "The second value where the first is empty", [("IFBLANK(NULLIF(1, 1), 9)", "9")],
        way("IFBLANK", "value:same, otherwise:same", "same", _first_filled),
    ),
    entry(
        "NULLIF 相等则空", "logic", "两个值相等时为空，否则取第一个", "Empty where both are equal, else the first",
        [("NULLIF(3, 3)", None), ("NULLIF(3, 4)", "3")],
        way("NULLIF", "value:key, other:key", "key", _blank_if, matches=True),
    ),
    entry(
        "BLANK 空值", "logic", "空值", "Nothing", [("BLANK()", None)],
        way("BLANK", "", "blank", lambda site, args: Lowered(_NULL)),
    ),
    entry(
        "BETWEEN 介于", "logic", "值在两端之间（含两端）", "Whether a value lies between two, both included",
        [("BETWEEN(5, 1, 5)", True), ("BETWEEN(6, 1, 5)", False)],
        way("BETWEEN", "value:ordered, low:ordered, high:ordered", "boolean",
            plain(lambda a, low, high: _held(a.between(low, high)))),
    ),
    entry(
        "ISONEOF 属于", "logic", "值等于其中之一", "Whether a value equals one of several",
        [('ISONEOF("b", "a", "b")', True)],
        way("ISONEOF", "value:key, [option:key]", "boolean",
            plain(lambda a, *rest: sa.or_(*(a.is_not_distinct_from(one) for one in rest))), matches=True),
    ),
)  # fmt: skip
