"""Location 位置: latitude and longitude in degrees."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar, Literal

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from banyan.db.json_text import JsonObject
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
)
from banyan.metadata.field_types.number import exact_decimal, plain

_SCALE, NORTH, EAST = 7, 90, 180
_HALVES = {"s": -1, "w": -1, "n": 1, "e": 1}
_PAIR = re.compile(
    r"([ns]?)(-?\d{1,3}(?:\.\d+)?)°?([ns]?)\s*[,;，、\s]\s*([ew]?)(-?\d{1,3}(?:\.\d+)?)°?([ew]?)"
)


class LocationConfig(TypeConfig):
    """`map` is the map a click opens; `none` shows the coordinates alone."""

    map: Literal["amap", "baidu", "tencent", "openstreetmap", "google", "none"] = "amap"


class Location(FieldType):
    key = "location"
    label: ClassVar[Mapping[str, str]] = {"zh-CN": "位置", "en": "Location"}
    Config = LocationConfig
    operators = ("is_empty", "is_not_empty")
    sortable = False
    aggregates = ()
    opaque = True
    json_format: ClassVar[Mapping[str, Any]] = {
        "type": "object",
        "properties": {
            "lat": {"type": "number", "minimum": -NORTH, "maximum": NORTH},
            "lng": {"type": "number", "minimum": -EAST, "maximum": EAST},
        },
    }
    examples = ({"lat": 31.2304, "lng": 121.4737}, {"lat": "-33.5", "lng": 0}, {"lat": 90, "lng": -180})

    def columns(self, field: FieldLike) -> tuple[ColumnSpec, ...]:
        return (ColumnSpec("", sa.Numeric(), "numeric"), ColumnSpec("__lng", sa.Numeric(), "numeric"))

    def parse(self, field: FieldLike, raw: Any, context: ValueContext) -> Values:
        if isinstance(raw, str):
            return self.parse_cell(field, raw, context)
        if not isinstance(raw, Mapping):
            raise ValueProblem("not_location")
        for name in raw.keys() - {"lat", "lng"}:
            raise ValueProblem("unknown_key", key=name)
        return {"": _degrees(raw.get("lat"), NORTH), "__lng": _degrees(raw.get("lng"), EAST)}

    def parse_cell(
        self, field: FieldLike, cell: str, context: ValueContext, form: str | None = None
    ) -> Values:
        """31.23,121.47 or 31.23°N 121.47°E: latitude first."""
        found = _PAIR.fullmatch(fold(cell).strip())
        if found is None:
            raise ValueProblem("not_location")
        north = _HALVES.get(found[1] or found[3], 1) * Decimal(found[2])
        east = _HALVES.get(found[4] or found[6], 1) * Decimal(found[5])
        return {"": _degrees(north, NORTH), "__lng": _degrees(east, EAST)}

    def json_expression(self, field: FieldLike, columns: Columns) -> ColumnElement[Any]:
        return JsonObject(columns[""], [("lat", columns[""]), ("lng", columns["__lng"])])

    def to_json(self, field: FieldLike, values: Mapping[str, Any]) -> Any:
        if values.get("") is None:
            return None
        return {"lat": float(values[""]), "lng": float(values["__lng"])}

    def to_text(
        self, field: FieldLike, value: Any, *, language: str, labels: bool = True, currency: str | None = None
    ) -> str:
        if value is None:
            return ""
        return ",".join(plain(Decimal(str(value[name]))) for name in ("lat", "lng"))


def _degrees(raw: Any, most: int) -> str:
    """Degrees to a centimetre; what is finer is noise of whoever measured."""
    value = exact_decimal(raw, None) if not isinstance(raw, float) else Decimal(str(raw))
    if not value.is_finite() or abs(value) > most:
        raise ValueProblem("location_range", limit=most)
    return plain(round(value, _SCALE).normalize())
