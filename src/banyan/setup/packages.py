"""Packages: folders of YAML installed through the same change pipeline that a user's own customising goes through."""

from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

from banyan.metadata.changes.apply import read_operations
from banyan.metadata.changes.operations import Operation

STANDARD = ("core", "crm")


@lru_cache
def _document(package: str, name: str) -> Any:
    return yaml.safe_load((resources.files("banyan.packages") / package / name).read_text("utf-8"))


def manifest(package: str) -> Mapping[str, Any]:
    """key, label, version, roles and views of a package."""
    found: Mapping[str, Any] = _document(package, "package.yaml")
    return found


def package_operations(package: str) -> list[Operation]:
    """Create every object with its plain fields, then the relations between them, then what names fields.

    Three rounds, because objects may point at each other in any order.
    """
    objects: list[dict[str, Any]] = _document(package, "objects.yaml")
    create, relate, arrange = [], [], []
    for written in objects:
        fields = [{**field, "package": package} for field in written["fields"]]
        plain = [field for field in fields if field["type"] not in ("relation", "user")]
        pointing = [field for field in fields if field["type"] in ("relation", "user")]
        attributes = {name: value for name, value in written.items() if name not in ("fields", "set")}
        create.append({"kind": "create_object", **attributes, "package": package, "fields": plain})
        relate += [{"kind": "add_field", "object": written["api_name"], "field": field} for field in pointing]
        arrange.append(
            {"kind": "update_object", "object": written["api_name"], "set": written.get("set", {})}
        )
    return read_operations([*create, *relate, *arrange])
