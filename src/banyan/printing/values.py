"""Values as a document shows them, in its language: not as a file for spreadsheets would."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from banyan.kernel.money import digits
from banyan.metadata.catalog import Field
from banyan.printing.words import Amount

_SIGNS = {
    "CNY": "¥",
    "USD": "US$",
    "EUR": "€",
    "GBP": "£",
    "HKD": "HK$",
    "SGD": "S$",
    "TWD": "NT$",
    "AUD": "A$",
}
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def shown(field: Field, value: Any, language: str, timezone: str, *, sign: bool = True) -> str | None:
    """None for what is empty, for what the reader sees masked, and for what has no place on paper (files)."""
    if value is None or value in ("", []) or field.masked or field.kind.holds_files:
        return None
    if isinstance(value, Mapping) and "amount" in value:
        return money(value, sign=sign)
    if field.kind.pointing:
        named = value if isinstance(value, list) else [value]
        return ", ".join(str(each.get("label") or "") for each in named if isinstance(each, Mapping)) or None
    if isinstance(value, str) and _DATE.match(value) and field.kind.key in ("date", "datetime"):
        return day(_local(value, timezone), language)
    if field.kind.align == "right" and not isinstance(value, bool | Mapping | list):
        text = number(str(value))
        return f"{text}%" if field.kind.key == "percent" else text
    return field.kind.to_text(field, value, language=language, labels=True) or None


def money(value: Mapping[str, Any], *, sign: bool = True) -> Amount | None:
    """At least the places of its currency, six at most: unit prices are finer than money. None without an amount."""
    if value.get("amount") is None or not value.get("currency"):
        return None
    amount, code = Decimal(str(value["amount"])), str(value["currency"])
    least = digits(code)
    text = _grouped(abs(amount), least)
    before = (_SIGNS.get(code) or f"{code}\u00a0") if sign else ""
    return Amount.of(f"{'-' if amount < 0 else ''}{before}{text}", amount, code)


def number(text: str) -> str:
    try:
        return _grouped(Decimal(text), 0)
    except InvalidOperation:
        return text


def _grouped(value: Decimal, least: int) -> str:
    whole, _, rest = f"{value:,f}".partition(".")
    rest = rest.rstrip("0").ljust(least, "0")
    return f"{whole}.{rest}" if rest else whole


def _local(text: str, timezone: str) -> date:
    if len(text) == len("2026-11-22"):
        return date.fromisoformat(text)
    return datetime.fromisoformat(text).astimezone(ZoneInfo(timezone)).date()


def day(value: date, language: str) -> str:
    if language == "en":
        return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"
    return f"{value.year}年{value.month}月{value.day}日"
