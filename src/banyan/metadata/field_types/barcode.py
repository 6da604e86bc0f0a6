"""Barcode 条码: the text in a barcode or QR code; check digits are checked, the picture is drawn where it is shown."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Literal

import sqlalchemy as sa

from banyan.metadata.field_types.base import (
    ColumnSpec,
    FieldLike,
    FieldType,
    TypeConfig,
    ValueContext,
    ValueProblem,
    Values,
    text_of,
)

LONGEST, LONGEST_LINEAR = 1_000, 80
_DAMAGED = re.compile(r"\d(\.\d+)?[eE]\+?\d+")
_EAN13, _EAN8, _UPCA = 13, 8, 12


class BarcodeConfig(TypeConfig):
    """`format` any takes whatever text; the others take what their symbols can hold."""

    format: Literal["any", "ean13", "ean8", "upca", "code128", "qr"] = "any"


def _numbered(digits: int) -> Callable[[str], str]:
    def check(text: str) -> str:
        from stdnum import ean

        code = re.sub(r"[\s-]", "", text)
        if _DAMAGED.fullmatch(code):
            raise ValueProblem("spreadsheet_damage", value=text)
        if len(code) != digits or not (code.isascii() and code.isdigit()):
            raise ValueProblem("barcode_digits", digits=digits)
        # An UPC-A is the EAN-13 that begins with a zero.
        if not ean.is_valid(code.zfill(_EAN13) if digits == _UPCA else code):
            raise ValueProblem("barcode_check_digit")
        return code

    return check


def _code128(text: str) -> str:
    if not (text.isascii() and text.isprintable()):
        raise ValueProblem("barcode_letters")
    return _at_most(text, LONGEST_LINEAR)


def _any(text: str) -> str:
    return _at_most(text, LONGEST)


def _at_most(text: str, limit: int) -> str:
    if len(text) > limit:
        raise ValueProblem("too_long", limit=limit)
    if not text.isprintable():
        raise ValueProblem("barcode_letters")
    return text


_FORMS: Mapping[str, Callable[[str], str]] = {
    "any": _any,
    "qr": _any,
    "code128": _code128,
    "ean13": _numbered(_EAN13),
    "ean8": _numbered(_EAN8),
    "upca": _numbered(_UPCA),
}


class Barcode(FieldType):
    key = "barcode"
    label: ClassVar[Mapping[str, str]] = {"zh-CN": "条码", "en": "Barcode"}
    Config = BarcodeConfig
    operators = ("eq", "ne", "contains", "starts_with", "in", "not_in", "is_empty", "is_not_empty")
    searchable = True
    uniqueable = True
    examples = ("6901234567892", "https://example.com/a?b=1", "ABC-123", "设备 01")

    def columns(self, field: FieldLike) -> tuple[ColumnSpec, ...]:
        return (ColumnSpec("", sa.Text(), "text"),)

    def longest(self, field: FieldLike) -> int | None:
        return LONGEST

    def parse(self, field: FieldLike, raw: Any, context: ValueContext) -> Values:
        text = unicodedata.normalize("NFKC", text_of(raw)).strip()
        return {"": _FORMS[field.config.format](text)}

    def operand(self, field: FieldLike, raw: Any, context: ValueContext) -> Any:
        return unicodedata.normalize("NFKC", text_of(raw)).strip()
