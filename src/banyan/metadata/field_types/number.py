"""Number 数字: an exact decimal. Percent and the amount of a currency share its reading."""

import re
from collections.abc import Mapping, Sequence
from decimal import Context, Decimal, InvalidOperation
from typing import Any, ClassVar

import sqlalchemy as sa
from pydantic import Field as Bound
from sqlalchemy.sql.elements import ColumnElement

from banyan.kernel.collation import fold
from banyan.metadata.field_types.base import (
    Columns,
    ColumnSpec,
    FieldLike,
    FieldType,
    Parts,
    TypeConfig,
    ValueContext,
    ValueProblem,
    Values,
)

MAX_DIGITS = 30
MAX_SCALE = 12
# Wide enough that no accepted number is rounded on the way; the default of 28 digits is not.
_EXACT = Context(prec=64)
_UNITS = {"万": Decimal(10_000), "亿": Decimal(100_000_000), "w": Decimal(10_000), "k": Decimal(1_000)}
_WORDS = re.compile(
    r"(?<=[0-9万亿.])\(?([万亿]?)(?:[元圆](?:人民币|美元|港元|港币)?|人民币|美元|港元|港币)\)?$"
)
_UNIT_IN_BRACKETS = re.compile(r"\(([万亿])\)$")
_SIGNS = str.maketrans("", "", ", \u00a0'$€£¥￥")


class NumberConfig(TypeConfig):
    """`scale` None keeps the digits as written (at most 12 after the point); years and codes want no `grouping`."""

    grouping: bool = True
    scale: int | None = Bound(default=None, ge=0, le=MAX_SCALE)
    min: Decimal | None = None
    max: Decimal | None = None


def exact_decimal(raw: Any, scale: int | None) -> Decimal:
    """The decimal in a JSON number or plain decimal text; more digits than `scale` are refused, not rounded."""
    if isinstance(raw, bool) or not isinstance(raw, str | int | float | Decimal):
        raise ValueProblem("not_number")
    try:
        value = Decimal(str(raw).strip())
    except InvalidOperation as error:
        raise ValueProblem("not_number") from error
    most = MAX_SCALE if scale is None else scale
    if not value.is_finite():
        raise ValueProblem("not_number")
    if not value:
        return Decimal(0).quantize(Decimal(1).scaleb(-(scale or 0)))
    # Sizes are judged before any arithmetic: 1e999999999 is a short text and a number of a billion digits.
    if value.adjusted() + 1 > MAX_DIGITS - MAX_SCALE:
        raise ValueProblem("number_too_large")
    digits = "".join(map(str, value.as_tuple().digits)).rstrip("0")
    if len(digits) - value.adjusted() - 1 > most:
        raise ValueProblem("too_many_decimals", limit=most)
    return value if scale is None else value.quantize(Decimal(1).scaleb(-scale), context=_EXACT)


def plain(value: Decimal) -> str:
    """Digits as PostgreSQL prints a numeric: no exponent, no minus before zero."""
    text = format(value, "f")
    return text.lstrip("-") if not value else text


def decimal_text(cell: str) -> str:
    """A number as people write it in spreadsheets (１，２３４, ¥3.5万, (12), 12 元) as plain decimal text."""
    text = fold(cell).translate(_SIGNS).replace("rmb", "").replace("cny", "").replace("usd", "")
    text = _UNIT_IN_BRACKETS.sub(r"\1", _WORDS.sub(r"\1", text))
    negative = text.startswith("(") and text.endswith(")")
    text = text.strip("()") if negative else text
    unit = _UNITS.get(text[-1:]) if len(text) > 1 else None
    try:
        value = Decimal(text[:-1] if unit else text)
    except InvalidOperation as error:
        raise ValueProblem("not_number") from error
    if not value.is_finite():
        raise ValueProblem("not_number")
    if value and not -MAX_DIGITS < value.adjusted() < MAX_DIGITS:
        raise ValueProblem("number_too_large" if value.adjusted() > 0 else "not_number")
    value = _EXACT.multiply(value, unit) if unit else value
    return plain(-value if negative else value)


def number_in_parts(number: ColumnElement[Any], function: str) -> Parts | None:
    """Sum, mean, least or greatest of an exact number: the same digits as over the rows themselves."""
    if function == "avg":
        each: tuple[ColumnElement[Any], ...] = (sa.func.sum(number), sa.func.count(number))
        return Parts((), each, lambda _, of: sa.cast(sa.func.sum(of[0]).op("/")(sa.func.sum(of[1])), sa.Text))
    if function not in ("sum", "min", "max"):
        return None
    join = getattr(sa.func, function)
    return Parts((), (join(number),), lambda _, of: sa.cast(join(of[0]), sa.Text))


class Number(FieldType):
    key = "number"
    label: ClassVar[Mapping[str, str]] = {"zh-CN": "数字", "en": "Number"}
    Config = NumberConfig
    operators = (
        "eq", "ne", "lt", "lte", "gt", "gte", "between", "in", "not_in", "is_empty", "is_not_empty",
    )  # fmt: skip
    aggregates: ClassVar[Sequence[str]] = ("sum", "avg", "min", "max", "count_distinct")
    uniqueable = True
    align = "right"
    json_format: ClassVar[Mapping[str, Any]] = {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}

    def columns(self, field: FieldLike) -> tuple[ColumnSpec, ...]:
        return (ColumnSpec("", sa.Numeric(), "numeric"),)

    def parse(self, field: FieldLike, raw: Any, context: ValueContext) -> Values:
        value = exact_decimal(raw, field.config.scale)
        if field.config.min is not None and value < field.config.min:
            raise ValueProblem("below_minimum", limit=str(field.config.min))
        if field.config.max is not None and value > field.config.max:
            raise ValueProblem("above_maximum", limit=str(field.config.max))
        return {"": plain(value)}

    def parse_cell(
        self, field: FieldLike, cell: str, context: ValueContext, form: str | None = None
    ) -> Values:
        return self.parse(field, decimal_text(cell), context)

    def operand(self, field: FieldLike, raw: Any, context: ValueContext) -> Any:
        return plain(exact_decimal(raw, None))

    def json_expression(self, field: FieldLike, columns: Columns) -> ColumnElement[Any]:
        return sa.cast(columns[""], sa.Text)

    def python(self, field: FieldLike, value: Any) -> Any:
        return Decimal(value)

    def in_parts(self, field: FieldLike, columns: Columns, function: str) -> Parts | None:
        return number_in_parts(columns[""], function)
