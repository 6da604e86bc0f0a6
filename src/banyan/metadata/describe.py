"""The catalog as documents for clients: objects, fields, operators, field types."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from banyan.filters.ast import conditions
from banyan.filters.document import parse_filter
from banyan.metadata.catalog import Catalog, Field, Object
from banyan.metadata.definitions import Layout
from banyan.metadata.field_types.base import FieldType
from banyan.metadata.field_types.conversions import conversions_from
from banyan.metadata.field_types.operators import OPERATORS
from banyan.metadata.field_types.periods import PERIODS
from banyan.metadata.field_types.registry import FIELD_TYPES


class Held(Protocol):
    @property
    def key(self) -> str: ...


class Permissions(Protocol):
    """What a description needs to know of rights (`access.Policy` fits)."""

    @property
    def roles(self) -> Sequence[Held]: ...

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
        "record_type_field": _asked(obj, written.record_type_field),
        **_pipelines(obj),
        "fields": [_shown_field(catalog, obj, field) for field in obj.fields],
        **_layouts(catalog, obj, [role.key for role in policy.roles]),
        "permissions": policy.permissions(obj.grant_key),
    }


def _pipelines(obj: Object) -> dict[str, Any]:
    """Pipelines as far as this reader knows what they speak of; none where the stage is out of sight."""
    written = obj.definition
    stage = _asked(obj, written.stage_field)
    return {
        "stage_field": stage,
        "pipeline_field": _asked(obj, written.pipeline_field),
        "pipelines": [
            {
                **pipeline.model_dump(mode="json", exclude={"stages"}),
                "stages": [
                    {
                        **one.model_dump(mode="json"),
                        "required": _current(obj, one.required),
                        "entry": _condition(obj, one.entry),
                        "exit": _condition(obj, one.exit),
                    }
                    for one in pipeline.stages
                ],
            }
            for pipeline in (written.pipelines if stage is not None else ())
        ],
    }


def describe_design(catalog: Catalog, obj: Object, policy: Permissions) -> dict[str, Any]:
    """An object with what only those who shape it need: its definition and its fields' as they are written."""
    hidden = {"api_name", "label", "label_plural", "icon", "color", "kind", "title_field", "in_navigation"}
    return {
        **describe_object(catalog, obj, policy),
        "design": {
            **obj.definition.model_dump(mode="json", exclude=hidden),
            "fields": {
                field.api_name: field.definition.model_dump(
                    mode="json", exclude={"api_name", "label", "type"}
                )
                for field in obj.custom_fields
            },
            "archived_fields": [
                {
                    "id": str(field.id),
                    "api_name": field.api_name,
                    "label": dict(field.label),
                    "type": field.kind.key,
                }
                for field in obj.archived_fields
                if not field.purged
            ],
        },
    }


def describe_archived(catalog: Catalog) -> list[dict[str, Any]]:
    """Removed objects whose data is still kept, so that a designer can offer them back."""
    return [
        {"id": str(obj.id), "api_name": obj.api_name, "label": dict(obj.definition.label)}
        for obj in catalog.archived_objects
    ]


def describe_field(field: Field, obj: Object) -> dict[str, Any]:
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
        "placeholder": dict(written.placeholder) if written.placeholder else None,
        "visible_when": _condition(obj, written.visible_when),
        "required_when": _condition(obj, written.required_when),
        "readonly_when": _condition(obj, written.readonly_when),
        "computed": kind.computed,
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


def _shown_field(catalog: Catalog, obj: Object, field: Field) -> dict[str, Any]:
    """A field; of a sub-table only those columns that this reader knows of."""
    described = describe_field(field, obj)
    inverse = field.kind.inverse(field)
    child = None if inverse is None else catalog.by_name.get(inverse[0])
    if inverse is not None:
        for part in ("columns", "totals"):
            described["config"][part] = [] if child is None else _current(child, described["config"][part])
    return described


def _condition(obj: Object, document: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """A condition as far as this reader can judge it: one that asks of something withheld is the server's alone."""
    if document is None:
        return None
    asked = [obj.by_name.get(condition.path) for condition in conditions(parse_filter(document))]
    return document if all(field is not None and not field.masked for field in asked) else None


def _layouts(catalog: Catalog, obj: Object, roles: Sequence[str]) -> dict[str, Any]:
    """The layout for somebody in `roles`, and those of record types that have one of their own."""
    fitting = [
        each for each in obj.definition.layouts if not each.roles or not set(each.roles).isdisjoint(roles)
    ]
    usual = next((each.layout for each in fitting if not each.record_types), obj.definition.layout)
    kinds: dict[str, Layout] = {}
    for each in fitting:
        for kind in each.record_types:
            kinds.setdefault(kind, each.layout)
    return {
        "layout": _layout(catalog, obj, usual),
        "record_type_layouts": {kind: _layout(catalog, obj, layout) for kind, layout in kinds.items()},
    }


def _layout(catalog: Catalog, obj: Object, layout: Layout) -> dict[str, Any]:
    """A layout with fields it does not mention in a last section, so that a new field shows at once."""
    sections = [
        {
            "label": dict(section.label),
            "fields": _current(obj, section.fields),
            "columns": section.columns,
            "collapsed": section.collapsed,
            "visible_when": _condition(obj, section.visible_when),
        }
        for section in layout.sections
    ]
    shown = {name for section in layout.sections for name in section.fields} | {obj.definition.title_field}
    shown |= {layout.path} if layout.path else set()
    rest = [field.api_name for field in obj.custom_fields if field.api_name not in shown]
    if rest:
        more: dict[str, Any] = {
            "label": {"zh-CN": "更多信息", "en": "More"},
            "columns": 2,
            "collapsed": False,
            "visible_when": None,
        }
        sections.append({**more, "fields": rest})
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
