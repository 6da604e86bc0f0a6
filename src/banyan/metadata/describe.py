"""The catalog as documents for clients: objects, fields, operators, field types."""

from collections.abc import Iterable
from typing import Any, Protocol

from banyan.metadata.catalog import Catalog, Field, Object
from banyan.metadata.field_types.base import FieldType
from banyan.metadata.field_types.conversions import conversions_from
from banyan.metadata.field_types.operators import OPERATORS
from banyan.metadata.field_types.periods import PERIODS
from banyan.metadata.field_types.registry import FIELD_TYPES


class Permissions(Protocol):
    """What a description needs to know of rights (`access.Policy` fits)."""

    def permissions(self, object_name: str) -> dict[str, bool]: ...


def describe_catalog(catalog: Catalog, policy: Permissions) -> dict[str, Any]:
    """Objects the caller may read, in their order."""
    described = [describe_object(catalog, obj, policy) for obj in catalog.objects]
    return {"objects": [document for document in described if document["permissions"]["read"]]}


def describe_object(catalog: Catalog, obj: Object, policy: Permissions) -> dict[str, Any]:
    written = obj.definition
    return {
        "id": str(obj.id),
        "api_name": obj.api_name,
        "kind": written.kind,
        "label": dict(written.label),
        "label_plural": dict(written.label_plural or written.label),
        "icon": written.icon,
        "color": written.color,
        "position": obj.position,
        "in_navigation": written.in_navigation,
        "title_field": written.title_field,
        "subtitle_field": _asked(obj, written.subtitle_field, masked=True),
        "board_field": _asked(obj, written.board_field),
        "board_sum_field": _asked(obj, written.board_sum_field),
        "quick_create": _current(obj, written.quick_create),
        "fields": [describe_field(field) for field in obj.fields],
        "layout": _layout(catalog, obj),
        "permissions": policy.permissions(obj.grant_key),
    }


def describe_field(field: Field) -> dict[str, Any]:
    written, kind = field.definition, field.kind
    config = field.config.model_dump(mode="json")
    if len(field.reaches) == 1 and "targets" not in config:
        config["target"] = field.reaches[0]
    return {
        "id": str(field.id),
        "api_name": field.api_name,
        "type": kind.key,
        "label": dict(written.label),
        "help": dict(written.help) if written.help else None,
        "required": written.required,
        "unique": written.unique,
        "system": field.system,
        "readonly": field.readonly,
        "access": "masked" if field.masked else "read" if field.restricted else "edit",
        "searchable": field.searchable,
        "indexed": written.indexed,
        # Nothing may be asked of a masked field, so nothing is offered.
        "sortable": kind.sortable and not field.masked,
        "groupable": kind.groupable and not field.masked,
        "buckets": [] if field.masked else list(kind.buckets),
        "aggregates": [] if field.masked else list(kind.aggregates),
        "operators": [] if field.masked else list(kind.operators),
        "align": kind.align,
        "default": written.default,
        "config": config,
    }


def _layout(catalog: Catalog, obj: Object) -> dict[str, Any]:
    """The saved layout with fields it does not mention in a last section, so that a new field shows at once."""
    layout = obj.definition.layout
    sections = [
        {"label": dict(section.label), "fields": _current(obj, section.fields)} for section in layout.sections
    ]
    shown = {name for section in layout.sections for name in section.fields} | {obj.definition.title_field}
    shown |= {layout.path} if layout.path else set()
    rest = [field.api_name for field in obj.custom_fields if field.api_name not in shown]
    if rest:
        sections.append({"label": {"zh-CN": "更多信息", "en": "More"}, "fields": rest})
    return {
        "highlights": _current(obj, layout.highlights),
        "path": layout.path if layout.path in obj.by_name else None,
        "sections": sections,
        "related": [
            {"object": other.api_name, "field": other.by_name[related.field].api_name}
            for related in layout.related
            if (other := catalog.by_name.get(related.object)) and related.field in other.by_name
        ]
        or _all_related(catalog, obj),
    }


def _asked(obj: Object, name: str | None, *, masked: bool = False) -> str | None:
    """A field of the object's face, as far as this reader knows of it (a masked one only where it is shown)."""
    field = obj.by_name.get(name) if name else None
    return None if field is None or (field.masked and not masked) else field.api_name


def _current(obj: Object, names: Iterable[str]) -> list[str]:
    """Names of live fields as they are called today."""
    return [obj.by_name[name].api_name for name in names if name in obj.by_name]


def _all_related(catalog: Catalog, obj: Object) -> list[dict[str, str]]:
    return [
        {"object": inverse.object.api_name, "field": inverse.field.api_name}
        for inverse in catalog.inverses(obj)
        if not inverse.field.system
    ]


def describe_types() -> dict[str, Any]:
    """Operators, periods and field types: the same for every workspace."""
    return {
        "operators": {
            key: {"label": dict(op.label), "arity": op.arity, "input": op.input}
            for key, op in OPERATORS.items()
        },
        "periods": [{"key": key, "label": dict(label)} for key, (label, _) in PERIODS.items()],
        "field_types": [_type(kind) for kind in FIELD_TYPES.values() if kind.creatable],
    }


def _type(kind: FieldType) -> dict[str, Any]:
    return {
        "key": kind.key,
        "label": dict(kind.label),
        "config_schema": kind.Config.model_json_schema(),
        "conversions": conversions_from(kind.key),
        "uniqueable": kind.uniqueable,
        "searchable": kind.searchable,
    }
