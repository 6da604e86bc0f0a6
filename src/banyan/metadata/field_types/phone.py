"""Phone 电话: validated and kept as E.164; a number without country code is read as Chinese."""

import re
from collections.abc import Mapping
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
    TypeConfig,
    ValueContext,
    ValueProblem,
    Values,
    text_of,
)

_CHINESE_MOBILE = re.compile(r"(?:\+?86)?(1[3-9]\d{9})")
_DAMAGED = re.compile(r"^\d(\.\d+)?e\+?\d+$")
_SHOWN_FIRST, _SHOWN_LAST = 6, 4
_LONGEST = 45  # seventeen digits, an extension of twenty and what stands around them
_MARKS = str.maketrans("", "", " -()\u00a0")


class PhoneConfig(TypeConfig):
    region: str = Bound(default="CN", pattern="^[A-Z]{2}$")


def e164(text: str, region: str) -> str:
    """`text` as E.164. Raises ValueProblem."""
    plain = fold(text).translate(_MARKS)
    mobile = _CHINESE_MOBILE.fullmatch(plain)
    if mobile and (region == "CN" or plain.startswith(("+86", "86"))):
        return f"+86{mobile[1]}"
    if _DAMAGED.match(plain):
        raise ValueProblem("spreadsheet_damage", value=text)
    import phonenumbers

    try:
        number = phonenumbers.parse(plain, region)
    except phonenumbers.NumberParseException as error:
        raise ValueProblem("not_phone") from error
    if not phonenumbers.is_valid_number(number):
        raise ValueProblem("not_phone")
    written = str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    return f"{written};ext={number.extension}" if number.extension else written


class Phone(FieldType):
    key = "phone"
    label: ClassVar[Mapping[str, str]] = {"zh-CN": "电话", "en": "Phone"}
    Config = PhoneConfig
    operators = ("eq", "ne", "contains", "starts_with", "in", "not_in", "is_empty", "is_not_empty")
    searchable = True
    uniqueable = True

    def columns(self, field: FieldLike) -> tuple[ColumnSpec, ...]:
        return (ColumnSpec("", sa.Text(), "text"),)

    def longest(self, field: FieldLike) -> int | None:
        return _LONGEST

    def masked_expression(self, field: FieldLike, columns: Columns) -> ColumnElement[Any]:
        """+86138****5678: enough to tell two numbers of one person apart."""
        value = columns[""]
        shown = sa.func.left(value, sa.literal_column(str(_SHOWN_FIRST))).concat(sa.literal_column("'****'"))
        return shown.concat(sa.func.right(value, sa.literal_column(str(_SHOWN_LAST))))

    def mask(self, field: FieldLike, value: Any) -> str | None:
        return None if value is None else f"{value[:_SHOWN_FIRST]}****{value[-_SHOWN_LAST:]}"

    def parse(self, field: FieldLike, raw: Any, context: ValueContext) -> Values:
        return {"": e164(text_of(raw), field.config.region)}
