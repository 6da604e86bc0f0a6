"""Packages: folders of YAML installed through the same change pipeline that a user's own customising goes through."""

import itertools
import re
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from graphlib import TopologicalSorter
from importlib import resources
from typing import Any

import yaml

from banyan.metadata.catalog import Catalog, Field, Object
from banyan.metadata.changes.apply import read_operations
from banyan.metadata.changes.operations import Operation
from banyan.metadata.field_types.registry import FIELD_TYPES

_WORD = re.compile(r"[a-z][a-z0-9_]*")
STANDARD = ("core", "crm", "commerce")


@lru_cache
def _document(package: str, name: str) -> Any:
    # The same reader in C, where it is built: the first start reads two thousand lines of it.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load((resources.files("banyan.packages") / package / name).read_text("utf-8"), Loader=loader)  # noqa: S506 - safe either way


def manifest(package: str) -> Mapping[str, Any]:
    """key, label, version, roles and views of a package."""
    found: Mapping[str, Any] = _document(package, "package.yaml")
    return found


def package_operations(package: str, catalog: Catalog) -> list[Operation]:
    """Create every object with its plain fields, then the relations between them, what is derived, what names fields.

    Rounds, because objects may point at each other in any order. Of an object that is there already, only
    fields that never were come in; its layout is its users' own by then.
    """
    objects: list[dict[str, Any]] = _document(package, "objects.yaml")
    create, relate, derive, arrange = [], [], [], []
    known = {obj.grant_key: obj for obj in catalog.by_id.values()}
    for written in objects:
        if (there := known.get(written["api_name"])) is not None:
            if there in catalog.objects:
                fresh = _new_fields(there, written, package)
                derive += [each for each in fresh if _derived(each["field"])]
                relate += [each for each in fresh if not _derived(each["field"])]
                arrange += [*_new_states(there, written), *_longer_layout(there, written, fresh, known)]
            continue
        fields = [{**field, "package": package} for field in written["fields"]]
        later = [field for field in fields if _derived(field)]
        pointing = [field for field in fields if FIELD_TYPES[field["type"]].pointing]
        plain = [field for field in fields if field not in later and field not in pointing]
        attributes = {name: value for name, value in written.items() if name not in ("fields", "set")}
        create.append({"kind": "create_object", **attributes, "package": package, "fields": plain})
        relate += [{"kind": "add_field", "object": written["api_name"], "field": field} for field in pointing]
        derive += [{"kind": "add_field", "object": written["api_name"], "field": field} for field in later]
        arrange.append(
            {"kind": "update_object", "object": written["api_name"], "set": written.get("set", {})}
        )
    return read_operations([*create, *relate, *_in_order(derive), *arrange])


def _in_order(derive: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each after those it is computed from, as far as names tell; tables of rows last."""
    places = {(each["object"], each["field"]["api_name"]): place for place, each in enumerate(derive)}

    def named(each: Mapping[str, Any]) -> Iterator[int]:
        config = each["field"].get("config", {})
        holder = config.get("relation", "").partition(".")[0] or each["object"]
        words = _WORD.findall(
            " ".join(str(config.get(part) or "") for part in ("formula", "field", "condition"))
        )
        return (places[holder, word] for word in words if (holder, word) in places)

    order: TopologicalSorter[int] = TopologicalSorter()
    for place, each in enumerate(derive):
        order.add(place, *(set(named(each)) - {place}))
    sorted_ = [derive[place] for place in order.static_order()]
    return sorted(sorted_, key=lambda each: each["field"]["type"] == "sub_table")


def _derived(field: Mapping[str, Any]) -> bool:
    """Whether it speaks of fields of other objects, which have to be there first."""
    kind = FIELD_TYPES[field["type"]]
    return kind.computed or kind.virtual


def _new_fields(obj: Object, written: Mapping[str, Any], package: str) -> list[dict[str, Any]]:
    slugs = {field.slug for field in (*obj.fields, *obj.archived_fields)}
    taken = {(language, text) for field in obj.fields for language, text in field.label.items()}
    return [
        {
            "kind": "add_field",
            "object": obj.api_name,
            "field": {**field, "label": _free_label(field["label"], taken), "package": package},
        }
        for field in written["fields"]
        if f"f_{field['api_name']}" not in slugs and field["api_name"] not in obj.by_name
    ]


def _new_states(obj: Object, written: Mapping[str, Any]) -> list[dict[str, Any]]:
    """State machines of the package for an object that has none, where its choices are still those they speak of."""
    found: list[dict[str, Any]] = []
    wanted = written.get("set", {})
    stage = obj.by_name.get(wanted.get("stage_field", ""))
    if wanted.get("pipelines") and not obj.definition.pipelines and stage is not None:
        named = {each["key"] for pipeline in wanted["pipelines"] for each in pipeline["stages"]}
        if named <= _keys(stage) and _asks_known(obj, written, wanted["pipelines"]):
            changes = {name: wanted[name] for name in ("stage_field", "pipeline_field", "pipelines")}
            found.append({"kind": "update_object", "object": obj.api_name, "set": changes})
    for field in written["fields"]:
        config, known = field.get("config", {}), obj.by_name.get(field["api_name"])
        if "transitions" not in config or known is None or known.definition.config.get("transitions"):
            continue
        if known.definition.type == field["type"] and set(config["transitions"]) == _keys(known):
            managed = {each["key"] for each in config["choices"] if each.get("managed")}
            choices = [
                {**each, "managed": each["key"] in managed}
                for each in known.config.model_dump(mode="json")["choices"]
            ]
            merged = {**known.definition.config, "choices": choices, "transitions": config["transitions"]}
            changes = {"config": merged}
            found.append(
                {"kind": "update_field", "object": obj.api_name, "field": known.api_name, "set": changes}
            )
    return found


def _longer_layout(
    obj: Object, written: Mapping[str, Any], fresh: list[dict[str, Any]], known: Collection[str]
) -> list[dict[str, Any]]:
    """What an object of another package shows besides (`extend`): sections of coming fields, lists of new objects."""
    extension = written.get("extend", {})
    coming = {each["field"]["api_name"] for each in fresh}
    sections = [each for each in extension.get("sections", ()) if coming & set(each["fields"])]
    related = [each for each in extension.get("related", ()) if each["object"] not in known]
    if not sections and not related:
        return []

    def longer(layout: Mapping[str, Any]) -> dict[str, Any]:
        return {
            **layout,
            "sections": [*layout["sections"], *sections],
            "related": [*layout["related"], *related],
        }

    definition = obj.definition.model_dump(mode="json")
    layouts = [{**each, "layout": longer(each["layout"])} for each in definition["layouts"]]
    changes = {"layout": longer(definition["layout"]), **({"layouts": layouts} if layouts else {})}
    return [{"kind": "update_object", "object": obj.api_name, "set": changes}]


def _keys(field: Field) -> set[str]:
    return {each.key for each in getattr(field.config, "choices", ())}


def _asks_known(obj: Object, written: Mapping[str, Any], pipelines: list[Mapping[str, Any]]) -> bool:
    """Whether every field that a stage asks for is there, or comes with this package."""
    there = {*obj.by_name, *(field["api_name"] for field in written["fields"])}
    asked = {name for each in pipelines for stage in each["stages"] for name in stage.get("required", ())}
    return asked <= there


def _free_label(label: Mapping[str, str], taken: set[tuple[str, str]]) -> dict[str, str]:
    """The label, with a number behind it where users have given theirs to a field of their own."""
    free = {}
    for language, text in label.items():
        numbered = (text if count == 1 else f"{text} {count}" for count in itertools.count(1))
        free[language] = next(each for each in numbered if (language, each) not in taken)
    return free
