"""Conversions between field types: registered edges, each lossless or lossy. What is not registered is impossible.

An edge gives SQL for the new columns; NULL where a value has no counterpart. Derived keys are filled afterwards.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from banyan.metadata.field_types import conversions_sets, conversions_values
from banyan.metadata.field_types.base import Columns, FieldLike
from banyan.metadata.field_types.conversion import (
    Conversion,
    Convert,
    Edges,
    Expressions,
    as_text,
    choice_key,
    matching,
    same,
)

_DEFAULT_CURRENCY = "CNY"


def _one_line(_old: FieldLike, columns: Columns, new: FieldLike) -> Expressions:
    return {"": sa.func.left(sa.func.regexp_replace(columns[""], r"\s+", " ", "g"), new.config.max_length)}


def _text_to_number(_old: FieldLike, columns: Columns, new: FieldLike) -> Expressions:
    plain = sa.func.replace(sa.func.btrim(columns[""]), ",", "")
    number = sa.cast(plain, sa.Numeric)
    scale = getattr(new.config, "scale", None)
    rounded = number if scale is None else sa.func.round(number, scale)
    return {"": matching(plain, r"^[+-]?[0-9]{1,17}([.][0-9]{1,12})?$", rounded)}


def _scaled(_old: FieldLike, columns: Columns, new: FieldLike) -> Expressions:
    scale = getattr(new.config, "scale", None)
    return {"": columns[""] if scale is None else sa.func.round(columns[""], scale)}


def _with_currency(amount: ColumnElement[Any], new: FieldLike) -> Expressions:
    code = new.config.currency or _DEFAULT_CURRENCY
    return {"": sa.func.round(amount, new.config.scale), "__cur": sa.case((amount.is_not(None), code))}


def _number_to_currency(_old: FieldLike, columns: Columns, new: FieldLike) -> Expressions:
    return _with_currency(columns[""], new)


def _text_to_currency(old: FieldLike, columns: Columns, new: FieldLike) -> Expressions:
    return _with_currency(_text_to_number(old, columns, new)[""], new)


def _text_to_date(_old: FieldLike, columns: Columns, _new: FieldLike) -> Expressions:
    """Only ISO days that exist: 2023-02-30 has no counterpart."""
    form = r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
    text = columns[""]
    real = sa.func.pg_input_is_valid(text, "date")
    return {"": sa.case((sa.and_(text.regexp_match(form), real), sa.cast(text, sa.Date)))}


def _text_to_datetime(_old: FieldLike, columns: Columns, _new: FieldLike) -> Expressions:
    form = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}(:[0-9]{2})?)$"
    moment = sa.DateTime(timezone=True)
    real = sa.func.pg_input_is_valid(columns[""], "timestamptz")
    return {"": sa.case((sa.and_(columns[""].regexp_match(form), real), sa.cast(columns[""], moment)))}


def _text_to_boolean(_old: FieldLike, columns: Columns, _new: FieldLike) -> Expressions:
    word = sa.func.lower(sa.func.btrim(columns[""]))
    yes, no = ("是", "true", "yes", "y", "1"), ("否", "false", "no", "n", "0")
    return {"": sa.case((word.in_(yes), sa.true()), (word.in_(no), sa.false()))}


def _boolean_to_text(_old: FieldLike, columns: Columns, _new: FieldLike) -> Expressions:
    return {"": sa.case((columns[""].is_(sa.true()), "是"), (columns[""].is_(sa.false()), "否"))}


def _text_to_choice(_old: FieldLike, columns: Columns, new: FieldLike) -> Expressions:
    return {"": choice_key(new.config, sa.func.lower(sa.func.btrim(columns[""])))}


def _choice_to_choice(_old: FieldLike, columns: Columns, new: FieldLike) -> Expressions:
    return {"": choice_key(new.config, columns[""])}


def _choice_to_text(old: FieldLike, columns: Columns, _new: FieldLike) -> Expressions:
    labels = {choice.key: next(iter(choice.label.values())) for choice in old.config.choices}
    return {"": sa.case(labels, value=columns[""], else_=columns[""]) if labels else columns[""]}


def _choice_to_many(_old: FieldLike, columns: Columns, new: FieldLike) -> Expressions:
    key = choice_key(new.config, columns[""])
    return {
        "": sa.case(
            (key.is_not(None), sa.cast(sa.func.array_append(sa.text("'{}'::text[]"), key), ARRAY(sa.Text)))
        )
    }


def _many_to_choice(_old: FieldLike, columns: Columns, new: FieldLike) -> Expressions:
    first = sa.case((sa.func.cardinality(columns[""]) == 1, sa.func.array_to_string(columns[""], "")))
    return {"": choice_key(new.config, first)}


def _many_to_text(_old: FieldLike, columns: Columns, _new: FieldLike) -> Expressions:
    return {"": sa.func.array_to_string(columns[""], "; ")}


def _date_to_datetime(_old: FieldLike, columns: Columns, _new: FieldLike) -> Expressions:
    return {"": sa.func.timezone("Asia/Shanghai", sa.cast(columns[""], sa.DateTime()))}


def _datetime_to_date(_old: FieldLike, columns: Columns, _new: FieldLike) -> Expressions:
    return {"": sa.cast(sa.func.timezone("Asia/Shanghai", columns[""]), sa.Date)}


def _checked_text(pattern: str) -> Convert:
    def convert(_old: FieldLike, columns: Columns, _new: FieldLike) -> Expressions:
        text = sa.func.btrim(columns[""])
        return {"": matching(text, pattern, text)}

    return convert


_EDGES: Edges = {
    ("text", "text"): Conversion("lossy", _one_line),
    ("text", "long_text"): Conversion("lossless", same),
    ("long_text", "text"): Conversion("lossy", _one_line),
    ("text", "number"): Conversion("lossy", _text_to_number),
    ("text", "percent"): Conversion("lossy", _text_to_number),
    ("text", "currency"): Conversion("lossy", _text_to_currency),
    ("text", "boolean"): Conversion("lossy", _text_to_boolean),
    ("text", "date"): Conversion("lossy", _text_to_date),
    ("text", "datetime"): Conversion("lossy", _text_to_datetime),
    ("text", "single_choice"): Conversion("lossy", _text_to_choice),
    ("text", "email"): Conversion(
        "lossy", _checked_text(r"^[^[:space:]@<>]+@[^[:space:]@<>]+\.[a-zA-Z]{2,}$")
    ),
    ("text", "url"): Conversion("lossy", _checked_text(r"^https?://[^[:space:]/]+\.[^[:space:]]+$")),
    ("text", "phone"): Conversion("lossy", _checked_text(r"^\+[1-9][0-9]{6,14}$")),
    ("number", "text"): Conversion("lossless", as_text),
    ("number", "number"): Conversion("lossy", _scaled),
    ("number", "percent"): Conversion("lossy", _scaled),
    ("number", "currency"): Conversion("lossy", _number_to_currency),
    ("percent", "number"): Conversion("lossy", _scaled),
    ("percent", "text"): Conversion("lossless", as_text),
    ("currency", "number"): Conversion("lossy", _scaled),
    ("currency", "text"): Conversion("lossy", as_text),
    ("boolean", "text"): Conversion("lossless", _boolean_to_text),
    ("date", "text"): Conversion("lossless", as_text),
    ("date", "datetime"): Conversion("lossless", _date_to_datetime),
    ("datetime", "date"): Conversion("lossy", _datetime_to_date),
    ("datetime", "text"): Conversion("lossless", as_text),
    ("single_choice", "text"): Conversion("lossless", _choice_to_text),
    ("single_choice", "single_choice"): Conversion("lossy", _choice_to_choice),
    ("single_choice", "multiple_choice"): Conversion("lossy", _choice_to_many),
    ("multiple_choice", "single_choice"): Conversion("lossy", _many_to_choice),
    ("multiple_choice", "text"): Conversion("lossy", _many_to_text),
    ("phone", "text"): Conversion("lossless", as_text),
    ("email", "text"): Conversion("lossless", as_text),
    ("url", "text"): Conversion("lossless", as_text),
    ("autonumber", "text"): Conversion("lossless", as_text),
    **conversions_values.EDGES,
    **conversions_sets.EDGES,
}


def conversion(source: str, target: str) -> Conversion | None:
    return _EDGES.get((source, target))


def conversions_from(source: str) -> dict[str, str]:
    """Targets a type can become, each with lossless or lossy."""
    return {
        target: edge.kind
        for (origin, target), edge in _EDGES.items()
        if origin == source and target != source
    }


__all__ = ["Conversion", "conversion", "conversions_from"]
