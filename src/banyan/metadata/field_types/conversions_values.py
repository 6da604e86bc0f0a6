"""Conversions of single values: time, duration, rating, barcode, place and address, rich text, JSON."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.sql.elements import ColumnElement

from banyan.metadata.field_types import address, barcode, duration, json, location
from banyan.metadata.field_types.base import Columns, FieldLike
from banyan.metadata.field_types.conversion import (
    Conversion,
    Convert,
    Edges,
    Expressions,
    as_text,
    matching,
)

_HOUR = 60


def _text_to_time(_old: FieldLike, columns: Columns, _new: FieldLike) -> Expressions:
    text = sa.func.btrim(columns[""])
    form = r"^([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"
    return {"": matching(text, form, sa.cast(text, sa.Time))}


def _datetime_to_time(_old: FieldLike, columns: Columns, _new: FieldLike) -> Expressions:
    local = sa.func.timezone("Asia/Shanghai", columns[""])
    return {"": sa.cast(sa.func.date_trunc("second", local), sa.Time)}


def _text_to_duration(_old: FieldLike, columns: Columns, _new: FieldLike) -> Expressions:
    """Minutes as digits, 1:30, 1小时30分, 2h, 90分钟."""
    text = sa.func.replace(sa.func.lower(sa.func.btrim(columns[""])), " ", "")

    def number(pattern: str) -> ColumnElement[int]:
        return sa.func.coalesce(sa.cast(sa.func.substring(text, pattern), sa.Integer), 0)

    clock = number("^([0-9]+):") * _HOUR + number(":([0-9]+)$")
    spoken = number("([0-9]+)(?:小时|h)") * _HOUR + number("([0-9]+)(?:分|m)")
    minutes = sa.case(
        (text.regexp_match("^[0-9]{1,7}$"), number("^([0-9]+)$")),
        (text.regexp_match("^[0-9]{1,5}:[0-5][0-9]$"), clock),
        (text.regexp_match("^([0-9]{1,5}(小时|h))?([0-9]{1,7}(分钟?|min|m))?$"), spoken),
    )
    return {"": sa.case((sa.and_(text != "", minutes <= duration.MOST), minutes))}


def _duration_to_text(_old: FieldLike, columns: Columns, new: FieldLike) -> Expressions:
    """As 1:30, which reads back."""
    minutes = columns[""]
    rest = sa.func.lpad(sa.cast(minutes % _HOUR, sa.Text), 2, "0")
    text = sa.func.concat(sa.cast(sa.func.div(minutes, _HOUR), sa.Text), ":", rest)
    return {"": sa.case((minutes.is_not(None), sa.func.left(text, new.config.max_length)))}


def _as_number(_old: FieldLike, columns: Columns, _new: FieldLike) -> Expressions:
    return {"": sa.cast(columns[""], sa.Numeric)}


def _number_to_duration(_old: FieldLike, columns: Columns, _new: FieldLike) -> Expressions:
    rounded = sa.func.round(columns[""])
    return {"": sa.case((rounded.between(0, duration.MOST), sa.cast(rounded, sa.Integer)))}


def _number_to_rating(_old: FieldLike, columns: Columns, new: FieldLike) -> Expressions:
    rounded = sa.func.round(columns[""])
    return {"": sa.case((rounded.between(1, new.config.most), sa.cast(rounded, sa.SmallInteger)))}


def _text_to_rating(_old: FieldLike, columns: Columns, new: FieldLike) -> Expressions:
    text = sa.func.btrim(columns[""])
    stars = sa.case(
        (text.regexp_match("^[0-9]{1,2}$"), sa.cast(text, sa.SmallInteger)),
        (text.regexp_match(f"^[{'★⭐'}]+$"), sa.cast(sa.func.length(text), sa.SmallInteger)),
    )
    return {"": sa.case((stars.between(1, new.config.most), stars))}


def _text_to_barcode(_old: FieldLike, columns: Columns, new: FieldLike) -> Expressions:
    text = sa.func.btrim(columns[""])
    match new.config.format:
        case "ean13" | "ean8" | "upca" as form:
            length = {"ean13": 13, "ean8": 8, "upca": 12}[form]
            return {"": sa.case((_checks(text, length), text))}
        case "code128":
            return {"": matching(text, f"^[ -~]{{1,{barcode.LONGEST_LINEAR}}}$", text)}
        case _:
            return {"": sa.case((sa.func.length(text).between(1, barcode.LONGEST), text))}


def _checks(text: ColumnElement[str], length: int) -> ColumnElement[bool]:
    """Digits of which the last is the check digit: weights three and one take turns from the end."""
    digits = [sa.cast(sa.func.substr(text, place, 1), sa.Integer) for place in range(1, length + 1)]
    weighted = [digit * (1 if (length - place) % 2 else 3) for place, digit in enumerate(digits)]
    total: ColumnElement[int] = weighted[0]
    for part in weighted[1:]:
        total = total + part
    return sa.case((text.regexp_match(f"^[0-9]{{{length}}}$"), total % 10 == 0), else_=sa.false())


def _text_to_json(_old: FieldLike, columns: Columns, _new: FieldLike) -> Expressions:
    """Documents in the text; plain words are none."""
    text = columns[""]
    fits = sa.and_(
        text.regexp_match(r"^\s*[{\[]"),
        sa.func.octet_length(text) <= json.MOST_BYTES,
        sa.func.pg_input_is_valid(text, "jsonb"),
    )
    return {"": sa.case((fits, sa.cast(text, JSONB)))}


def _text_to_location(_old: FieldLike, columns: Columns, _new: FieldLike) -> Expressions:
    """31.23,121.47 within the globe."""
    text = sa.func.replace(columns[""], " ", "")
    form = text.regexp_match(r"^-?[0-9]{1,2}([.][0-9]{1,7})?[,，]-?[0-9]{1,3}([.][0-9]{1,7})?$")
    parts = sa.func.regexp_split_to_array(text, "[,，]", type_=ARRAY(sa.Text()))
    north, east = (sa.case((form, sa.cast(parts[place], sa.Numeric))) for place in (1, 2))
    real = sa.and_(sa.func.abs(north) <= location.NORTH, sa.func.abs(east) <= location.EAST)
    return {"": sa.case((real, north)), "__lng": sa.case((real, east))}


def _location_to_text(_old: FieldLike, columns: Columns, new: FieldLike) -> Expressions:
    text = sa.cast(columns[""], sa.Text).concat(",").concat(sa.cast(columns["__lng"], sa.Text))
    return {"": sa.func.left(text, new.config.max_length)}


def _text_to_address(_old: FieldLike, columns: Columns, _new: FieldLike) -> Expressions:
    """As the street; taking it apart needs the divisions, which an import knows."""
    text = sa.func.left(columns[""], address.LONGEST_STREET)
    return {"": text, "__street": text, "__country": sa.case((text.is_not(None), address.HOME))}


def _text_to_rich(_old: FieldLike, columns: Columns, new: FieldLike) -> Expressions:
    """A paragraph per line, with what HTML would take for markup escaped."""
    escaped = columns[""]
    for sign, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\n", "</p><p>")):
        escaped = sa.func.replace(escaped, sign, name)
    text = sa.literal("<p>").concat(escaped).concat("</p>")
    return {"": sa.case((sa.func.length(text) <= new.config.max_length, text))}


def _rich_to_text(_old: FieldLike, columns: Columns, new: FieldLike) -> Expressions:
    return {"": sa.func.left(columns["__t"], new.config.max_length)}


def _rich_to_line(_old: FieldLike, columns: Columns, new: FieldLike) -> Expressions:
    line = sa.func.regexp_replace(columns["__t"], r"\s+", " ", "g")
    return {"": sa.func.left(line, new.config.max_length)}


def _lossy(convert: Convert) -> Conversion:
    return Conversion("lossy", convert)


EDGES: Edges = {
    ("text", "time"): _lossy(_text_to_time),
    ("datetime", "time"): _lossy(_datetime_to_time),
    ("time", "text"): Conversion("lossless", as_text),
    ("text", "duration"): _lossy(_text_to_duration),
    ("duration", "text"): Conversion("lossless", _duration_to_text),
    ("duration", "number"): Conversion("lossless", _as_number),
    ("number", "duration"): _lossy(_number_to_duration),
    ("text", "rating"): _lossy(_text_to_rating),
    ("rating", "text"): Conversion("lossless", as_text),
    ("rating", "number"): Conversion("lossless", _as_number),
    ("number", "rating"): _lossy(_number_to_rating),
    ("text", "barcode"): _lossy(_text_to_barcode),
    ("barcode", "text"): _lossy(as_text),
    ("barcode", "barcode"): _lossy(_text_to_barcode),
    ("text", "location"): _lossy(_text_to_location),
    ("location", "text"): Conversion("lossless", _location_to_text),
    ("text", "address"): _lossy(_text_to_address),
    ("address", "text"): _lossy(as_text),
    ("text", "rich_text"): Conversion("lossless", _text_to_rich),
    ("long_text", "rich_text"): Conversion("lossless", _text_to_rich),
    ("rich_text", "text"): _lossy(_rich_to_line),
    ("rich_text", "long_text"): _lossy(_rich_to_text),
    ("text", "json"): _lossy(_text_to_json),
    ("long_text", "json"): _lossy(_text_to_json),
    ("json", "text"): _lossy(as_text),
    ("json", "long_text"): Conversion("lossless", as_text),
}
