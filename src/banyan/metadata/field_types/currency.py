"""Currency 金额: a composite of amount and ISO 4217 code. Compares and sorts by amount."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

import sqlalchemy as sa
from pydantic import Field as Bound
from sqlalchemy.sql.elements import ColumnElement

from banyan.db.json_text import JsonObject, KeyText
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
from banyan.metadata.field_types.number import decimal_text, exact_decimal, number_in_parts, plain

_CODE = re.compile(r"[A-Z]{3}")
# What a cell may call its currency. The signs ¥ and $ belong to several and say nothing.
_NAMES = {
    "人民币": "CNY", "rmb": "CNY", "美元": "USD", "美金": "USD", "us$": "USD", "欧元": "EUR", "€": "EUR",
    "英镑": "GBP", "£": "GBP", "港元": "HKD", "港币": "HKD", "hk$": "HKD", "日元": "JPY", "日圆": "JPY",
    "新加坡元": "SGD", "新台币": "TWD", "韩元": "KRW", "澳元": "AUD",
    **{code.lower(): code for code in ("CNY", "USD", "EUR", "GBP", "HKD", "JPY", "SGD", "TWD", "KRW", "AUD")},
}  # fmt: skip
_NAMED = re.compile("|".join(re.escape(name) for name in sorted(_NAMES, key=len, reverse=True)))


class CurrencyConfig(TypeConfig):
    """`currency` None takes the workspace's currency as default; each value may carry its own."""

    currency: str | None = Bound(default=None, pattern="^[A-Z]{3}$")
    scale: int = Bound(default=2, ge=0, le=6)


class Currency(FieldType):
    key = "currency"
    label: ClassVar[Mapping[str, str]] = {"zh-CN": "金额", "en": "Currency"}
    Config = CurrencyConfig
    operators = ("eq", "ne", "lt", "lte", "gt", "gte", "between", "is_empty", "is_not_empty")
    aggregates = ("sum", "avg", "min", "max")
    align = "right"
    json_format: ClassVar[Mapping[str, Any]] = {
        "type": "object",
        "properties": {"amount": {"type": "string"}, "currency": {"type": "string"}},
    }

    def columns(self, field: FieldLike) -> tuple[ColumnSpec, ...]:
        return (ColumnSpec("", sa.Numeric(), "numeric"), ColumnSpec("__cur", KeyText(), "text"))

    def parse(self, field: FieldLike, raw: Any, context: ValueContext) -> Values:
        code = field.config.currency or context.currency
        if isinstance(raw, Mapping):
            for name in raw.keys() - {"amount", "currency"}:
                raise ValueProblem("unknown_key", key=name)
            code, raw = raw.get("currency") or code, raw.get("amount")
        if not isinstance(code, str) or not _CODE.fullmatch(code):
            raise ValueProblem("not_currency_code")
        return {"": plain(exact_decimal(raw, field.config.scale)), "__cur": code}

    def parse_cell(
        self, field: FieldLike, cell: str, context: ValueContext, form: str | None = None
    ) -> Values:
        """An amount as people write it; a currency named beside it (500万美元) is the amount's own."""
        text = fold(cell)
        named = _NAMED.search(text)
        if named is None:
            return self.parse(field, decimal_text(cell), context)
        amount = decimal_text(text[: named.start()] + text[named.end() :])
        return self.parse(field, {"amount": amount, "currency": _NAMES[named.group()]}, context)

    def operand(self, field: FieldLike, raw: Any, context: ValueContext) -> Any:
        return plain(exact_decimal(raw["amount"] if isinstance(raw, Mapping) else raw, None))

    def json_expression(self, field: FieldLike, columns: Columns) -> ColumnElement[Any]:
        amount = columns[""]
        return JsonObject(amount, [("amount", sa.cast(amount, sa.Text)), ("currency", columns["__cur"])])

    def to_json(self, field: FieldLike, values: Mapping[str, Any]) -> Any:
        if values.get("") is None:
            return None
        return {"amount": values[""], "currency": values["__cur"]}

    def to_text(
        self, field: FieldLike, value: Any, *, language: str, labels: bool = True, currency: str | None = None
    ) -> str:
        if value is None:
            return ""
        # The currency is named where it is not the one a reader of the file would take for granted.
        plain = currency is None or value["currency"] == currency
        return str(value["amount"]) if plain else f"{value['amount']} {value['currency']}"

    def python(self, field: FieldLike, value: Any) -> Any:
        return Decimal(value["amount"] if isinstance(value, Mapping) else value)

    def aggregate(self, field: FieldLike, columns: Columns, function: str) -> ColumnElement[Any]:
        """One amount when all rows share a currency; otherwise no false total, but the currencies apart."""
        amount = columns[""]
        total = sa.cast(getattr(sa.func, function)(amount), sa.Text)
        return _told(sa.func.count(amount), total, columns["__cur"])

    def in_parts(self, field: FieldLike, columns: Columns, function: str) -> Parts | None:
        """A part is of one currency: which ones there are is then asked of the few parts, not of each row."""
        amount = columns[""]
        number = number_in_parts(amount, function)
        if number is None:
            return None
        each = (sa.func.count(amount), *number.each)

        def whole(by: Sequence[ColumnElement[Any]], of: Sequence[ColumnElement[Any]]) -> ColumnElement[Any]:
            filled = sa.func.coalesce(sa.func.sum(of[0]), sa.literal_column("0"))
            return _told(filled, number.whole((), of[1:]), by[0])

        return Parts((columns["__cur"],), each, whole)


def _told(
    filled: ColumnElement[Any], total: ColumnElement[Any], code: ColumnElement[Any]
) -> ColumnElement[Any]:
    one = sa.func.min(code) == sa.func.max(code)
    codes = sa.func.array_agg(sa.distinct(code)).filter(code.is_not(None))
    return sa.case(
        (filled == 0, sa.null()),
        (
            one,
            sa.func.json_build_object(
                sa.literal_column("'amount'"), total, sa.literal_column("'currency'"), sa.func.min(code)
            ),
        ),
        else_=sa.func.json_build_object(
            sa.literal_column("'amount'"), sa.null(), sa.literal_column("'currency'"), sa.null(),
            sa.literal_column("'currencies'"), codes,
        ),
    )  # fmt: skip
