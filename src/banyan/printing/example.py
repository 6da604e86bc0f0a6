"""Invented values for the preview of a template where no record is at hand: each says what it stands for."""

from typing import Any

from banyan.metadata.catalog import Catalog, Field, Object
from banyan.printing.filling import Occasion
from banyan.printing.material import Material, Record, Rows, relation_target

_ROWS = 3


def example_of(catalog: Catalog, obj: Object, occasion: Occasion) -> Material:
    related = {
        field.api_name: (target, _record(target, occasion))
        for field in obj.fields
        if (target := relation_target(catalog, field)) is not None
    }
    tables: dict[str, Rows] = {}
    for field in obj.fields:
        inverse = field.kind.inverse(field)
        child = None if inverse is None else catalog.by_name.get(inverse[0])
        if child is not None:
            tables[field.api_name] = Rows(child, [_record(child, occasion)] * _ROWS)
    return Material(obj, _record(obj, occasion), related, tables)


def _record(obj: Object, occasion: Occasion) -> Record:
    record = {field.api_name: _value(field, occasion) for field in obj.fields}
    return {**record, "status": None}


def _value(field: Field, occasion: Occasion) -> Any:
    label = field.label.get(occasion.language) or field.api_name
    kind = field.kind.key
    if field.kind.virtual or field.kind.holds_files or kind in ("json", "signature", "location", "address"):
        return None
    if field.kind.pointing:
        named = {"id": "", "label": f"‹{label}›"}
        return [named] if field.kind.is_list else named
    if kind == "date":
        return occasion.today.isoformat()
    if kind in ("currency", "formula", "rollup", "lookup"):
        return {"amount": "12345.67", "currency": "CNY"}
    if field.kind.align == "right":
        return "13" if kind == "percent" else "2"
    return f"‹{label}›" if kind in ("text", "long_text", "autonumber", "phone", "email", "url") else None
