"""Address 地址: its parts, and the whole as one line, by which it compares, sorts and is found."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from banyan.db.json_text import JsonObject
from banyan.kernel import collation
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
from banyan.metadata.field_types.divisions import districts, divisions, take_apart

HOME = "CN"
LONGEST_PART, LONGEST_STREET = 60, 200
# Parts in their order, each with the column that holds it.
PARTS: Mapping[str, str] = {
    "country": "__country", "province": "__province", "city": "__city", "district": "__district",
    "street": "__street", "postal_code": "__postal",
}  # fmt: skip
_POSTAL = re.compile(r"[\s,，(（]+(\d{6})[)）]?$")


class AddressConfig(TypeConfig):
    """`scope` china knows the divisions and refuses others; international takes parts as they are written."""

    scope: Literal["china", "international"] = "china"


class Address(FieldType):
    key = "address"
    label: ClassVar[Mapping[str, str]] = {"zh-CN": "地址", "en": "Address"}
    Config = AddressConfig
    operators = ("eq", "ne", "contains", "not_contains", "starts_with", "is_empty", "is_not_empty")
    searchable = True
    json_format: ClassVar[Mapping[str, Any]] = {
        "type": "object",
        "properties": {name: {"type": ["string", "null"]} for name in (*PARTS, "text")},
    }
    examples = (
        "上海市浦东新区世纪大道100号",
        {"province": "广东省", "city": "深圳市", "district": "南山区", "street": "科技园1栋", "postal_code": "518000"},
        "内蒙古呼和浩特市新城区中山路",
        {"street": "某处"},
    )  # fmt: skip

    def columns(self, field: FieldLike) -> tuple[ColumnSpec, ...]:
        parts = (ColumnSpec(suffix, sa.Text(), "text") for suffix in PARTS.values())
        keys = (ColumnSpec(suffix, sa.Text(), "text", tracked=False) for suffix in ("__k", "__p"))
        return (ColumnSpec("", sa.Text(), "text"), *parts, *keys)

    def parse(self, field: FieldLike, raw: Any, context: ValueContext) -> Values:
        if isinstance(raw, str):
            return self.parse_cell(field, raw, context)
        if not isinstance(raw, Mapping):
            raise ValueProblem("not_address")
        for name in raw.keys() - {*PARTS, "text"}:
            raise ValueProblem("unknown_key", key=name)
        parts = {name: _part(name, raw.get(name)) for name in PARTS}
        if not any(value for name, value in parts.items() if name != "country"):
            return self.empty(field)
        country = (parts["country"] or HOME).upper()
        if not re.fullmatch("[A-Z]{2}", country):
            raise ValueProblem("not_country_code", value=country)
        parts["country"] = country
        if field.config.scope == "china":
            _check(parts)
        text = _line(parts)
        found = {suffix: parts[name] for name, suffix in PARTS.items()}
        return {"": text, **found, **self.derive(text, bulk=context.bulk)}

    def derive(self, text: str | None, *, bulk: bool) -> Values:
        """Sort and search keys of the line."""
        phrases = not bulk
        return {
            "__k": collation.sort_key(text, phrases=phrases),
            "__p": collation.search_key(text, phrases=phrases),
        }

    def parse_cell(
        self, field: FieldLike, cell: str, context: ValueContext, form: str | None = None
    ) -> Values:
        """上海市浦东新区世纪大道100号, with or without blanks, a postal code at its end."""
        text = unicodedata.normalize("NFKC", text_of(cell)).strip()
        postal = _POSTAL.search(text)
        text = _POSTAL.sub("", text)
        if field.config.scope == "international":
            return self.parse(field, {"street": text, "postal_code": postal and postal[1]}, context)
        joined = re.sub(r"\s+", "", text.removeprefix("中国"))
        province, city, district, street = take_apart(joined)
        parts = {
            "province": province,
            "city": city,
            "district": district,
            "postal_code": postal and postal[1],
        }
        return self.parse(field, {**parts, "street": street if province else text}, context)

    def json_expression(self, field: FieldLike, columns: Columns) -> ColumnElement[Any]:
        members = [(name, columns[suffix]) for name, suffix in (*PARTS.items(), ("text", ""))]
        return JsonObject(columns[""], members)

    def to_json(self, field: FieldLike, values: Mapping[str, Any]) -> Any:
        if values.get("") is None:
            return None
        return {name: values.get(suffix) for name, suffix in (*PARTS.items(), ("text", ""))}

    def to_text(
        self, field: FieldLike, value: Any, *, language: str, labels: bool = True, currency: str | None = None
    ) -> str:
        if value is None:
            return ""
        return f"{value['text']} {value['postal_code']}" if value["postal_code"] else str(value["text"])

    def operand(self, field: FieldLike, raw: Any, context: ValueContext) -> Any:
        return text_of(raw) if isinstance(raw, str) else self.parse(field, raw, context)[""]

    def python(self, field: FieldLike, value: Any) -> Any:
        return value["text"] if isinstance(value, Mapping) else value

    def sort_expression(self, field: FieldLike, columns: Columns) -> ColumnElement[Any]:
        return columns["__k"]

    def sort_python(self, field: FieldLike, value: Any) -> Any:
        return collation.sort_key(value["text"])

    def search_columns(self, field: FieldLike) -> tuple[str, ...]:
        return ("", "__p")

    def index_columns(self, field: FieldLike) -> tuple[str, ...]:
        return ("__k",)


def _part(name: str, raw: Any) -> str | None:
    text = " ".join(text_of(raw).split()) if raw is not None else ""
    limit = LONGEST_STREET if name == "street" else LONGEST_PART
    if len(text) > limit:
        raise ValueProblem("too_long", limit=limit)
    return text or None


def _check(parts: Mapping[str, str | None]) -> None:
    """Divisions that exist, each within the one before it."""
    if parts["country"] != HOME:
        raise ValueProblem("address_in_china")
    province, city, district = parts["province"], parts["city"], parts["district"]
    if province is None and (city or district):
        raise ValueProblem("unknown_division", value=city or district)
    if province is not None and province not in divisions():
        raise ValueProblem("unknown_division", value=province)
    if city and city not in divisions()[str(province)]:
        raise ValueProblem("unknown_division", value=city)
    if district and district not in districts(str(province), city):
        raise ValueProblem("unknown_division", value=district)


def _line(parts: Mapping[str, str | None]) -> str:
    """The whole in one line: from the large to the small in China, from the small to the large elsewhere."""
    names = ("province", "city", "district", "street")
    if parts["country"] == HOME:
        return "".join(part for name in names if (part := parts[name])) or str(parts["postal_code"])
    return ", ".join(part for name in (*reversed(names), "postal_code", "country") if (part := parts[name]))
