"""Packages: folders of YAML installed through the same change pipeline that a user's own customising goes through."""

from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

from banyan.metadata.catalog import Catalog, Object
from banyan.metadata.changes.apply import read_operations
from banyan.metadata.changes.operations import Operation
from banyan.metadata.field_types.registry import FIELD_TYPES

STANDARD = ("core", "crm")


@lru_cache
def _document(package: str, name: str) -> Any:
    return yaml.safe_load((resources.files("banyan.packages") / package / name).read_text("utf-8"))


def manifest(package: str) -> Mapping[str, Any]:
    """key, label, version, roles and views of a package."""
    found: Mapping[str, Any] = _document(package, "package.yaml")
    return found


def package_operations(package: str, catalog: Catalog) -> list[Operation]:
    """Create every object with its plain fields, then the relations between them, then what names fields.

    Three rounds, because objects may point at each other in any order. Of an object that is there already, only
    fields that never were come in; its layout is its users' own by then.
    """
    objects: list[dict[str, Any]] = _document(package, "objects.yaml")
    create, relate, arrange = [], [], []
    known = {obj.grant_key: obj for obj in catalog.by_id.values()}
    for written in objects:
        if (there := known.get(written["api_name"])) is not None:
            if there in catalog.objects:
                relate += _new_fields(there, written, package)
            continue
        fields = [{**field, "package": package} for field in written["fields"]]
        plain = [field for field in fields if not FIELD_TYPES[field["type"]].pointing]
        pointing = [field for field in fields if FIELD_TYPES[field["type"]].pointing]
        attributes = {name: value for name, value in written.items() if name not in ("fields", "set")}
        create.append({"kind": "create_object", **attributes, "package": package, "fields": plain})
        relate += [{"kind": "add_field", "object": written["api_name"], "field": field} for field in pointing]
        arrange.append(
            {"kind": "update_object", "object": written["api_name"], "set": written.get("set", {})}
        )
    return read_operations([*create, *relate, *arrange])


def _new_fields(obj: Object, written: Mapping[str, Any], package: str) -> list[dict[str, Any]]:
    slugs = {field.slug for field in (*obj.fields, *obj.archived_fields)}
    return [
        {"kind": "add_field", "object": obj.api_name, "field": {**field, "package": package}}
        for field in written["fields"]
        if f"f_{field['api_name']}" not in slugs and field["api_name"] not in obj.by_name
    ]
