"""Writing a configuration down: plain values in a fixed order, without what is the same by default."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import yaml
from pydantic import BaseModel
from pydantic_core import to_jsonable_python

from banyan.configuration.document import FORMAT
from banyan.metadata.catalog import Catalog, Field, Object
from banyan.metadata.definitions import FieldDefinition, ObjectDefinition
from banyan.metadata.field_types.base import FieldType, TypeConfig

_APART = frozenset({"package"})


def field_values(field: FieldDefinition, config: Mapping[str, Any]) -> dict[str, Any]:
    """A field as it is written: what differs from the default, the order of the definition."""
    values = field.model_dump(mode="json", exclude_defaults=True, exclude=set(_APART))
    values.pop("config", None)
    if config:
        values["config"] = dict(config)
    return values


def defaults_of(model: type[BaseModel], names: Collection[str]) -> dict[str, Any]:
    """What each of `names` is where nothing is written."""
    found = {
        name: info.get_default(call_default_factory=True)
        for name, info in model.model_fields.items()
        if name in names and not info.is_required()
    }
    plain: dict[str, Any] = to_jsonable_python(found)
    return plain


def config_values(field: Field) -> dict[str, Any]:
    """The configuration without defaults and without what is derived."""
    return plain_config(field.kind, field.config)


def plain_config(kind: FieldType, config: TypeConfig) -> dict[str, Any]:
    derived = kind.derived_settings(config)
    written: dict[str, Any] = config.model_dump(mode="json", exclude_defaults=True)
    return {name: value for name, value in written.items() if name not in derived}


def object_values(obj: ObjectDefinition) -> dict[str, Any]:
    values = obj.model_dump(mode="json", exclude_defaults=True, exclude=set(_APART))
    # Said even where it is the default: a reader should not have to know.
    return {"api_name": values.pop("api_name"), "label": values.pop("label"), **values}


def written_object(obj: Object) -> dict[str, Any]:
    """One object with its fields."""
    fields = [field_values(field.definition, config_values(field)) for field in obj.custom_fields]
    return {**object_values(obj.definition), "fields": fields}


def written_document(
    catalog: Catalog,
    *,
    objects: Collection[str] | None = None,
    views: Sequence[Mapping[str, Any]] = (),
    roles: Sequence[Mapping[str, Any]] = (),
    rows: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """The whole configuration, or the part that belongs to `objects`."""
    chosen = [obj for obj in catalog.objects if objects is None or obj.api_name in objects]
    document: dict[str, Any] = {"format": FORMAT, "objects": [written_object(obj) for obj in chosen]}
    for name, part in (("views", views), ("roles", roles), ("rows", rows)):
        if part:
            document[name] = list(part)
    return document


class _Dumper(yaml.SafeDumper):
    """Lists are indented, long texts stay on one line, aliases are never used."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def to_yaml(document: Mapping[str, Any]) -> str:
    """YAML as people read it: Chinese as it is, small mappings on a line of their own."""
    return yaml.dump(
        _plain(document),
        Dumper=_Dumper,
        allow_unicode=True,
        sort_keys=False,
        width=100,
        default_flow_style=None,
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value
