"""A renamed field is renamed wherever it is spoken of: formulas, rules, conditions, dependent choices."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from banyan.kernel.errors import BanyanError
from banyan.metadata.catalog import Catalog, Object
from banyan.metadata.changes.state import State
from banyan.metadata.changes.verify import CONDITIONS
from banyan.metadata.definitions import FieldDefinition, ObjectDefinition, StoredField, StoredObject
from banyan.metadata.field_types.registry import FIELD_TYPES
from banyan.metadata.formulas.facade import computation, rewrite
from banyan.metadata.pipelines import Pipeline

Rename = Callable[[str, str], str | None]


def follow_rename(state: State, stored: StoredObject, known: StoredField, new: str) -> State:
    """`state` already has the field under its new name, its old one as an alias; texts still say the old one."""
    old = known.definition.api_name
    if old == new:
        return state
    catalog = state.catalog()
    here = catalog.by_id[stored.id].api_name

    def rename(object_name: str, field_name: str) -> str | None:
        return new if (object_name, field_name) == (here, old) else None

    for obj in catalog.objects:
        state = _in_object(state, catalog, obj, rename, old if obj.id == stored.id else None, new)
    return state


def follow_object(state: State, old: str, new: str) -> State:
    """As `follow_rename`, of an object: formulas are kept in names of today, sub-tables name their relation."""
    catalog = state.catalog()
    for obj in catalog.objects:
        state = _in_object(state, catalog, obj, lambda _object, _field: None, None, new)
        for field in obj.stored_fields:
            relation = str(field.definition.config.get("relation", ""))
            if field.kind.virtual and relation.startswith(f"{old}."):
                known = state.fields[field.id]
                config = {**known.definition.config, "relation": f"{new}{relation[len(old) :]}"}
                definition = known.definition.model_copy(update={"config": config})
                state = state.with_field(replace(known, definition=definition))
    return state


def _in_object(
    state: State, catalog: Catalog, obj: Object, rename: Rename, old: str | None, new: str
) -> State:
    definition = state.objects[obj.id].definition
    rules = tuple(
        rule.model_copy(
            update={
                "error_when": _text(rule.error_when, rename, catalog, obj),
                "field": new if old is not None and rule.field == old else rule.field,
            }
        )
        for rule in definition.rules
    )
    pipelines = definition.pipelines if old is None else _pipelines(definition.pipelines, old, new)
    if (rules, pipelines) != (definition.rules, definition.pipelines):
        changed = ObjectDefinition.model_validate(
            definition.model_dump() | {"rules": rules, "pipelines": pipelines}
        )
        state = state.with_object(replace(state.objects[obj.id], definition=changed))
    for field in obj.stored_fields:
        known = state.fields[field.id]
        changes = _of_field(known.definition, rename, catalog, obj, old, new)
        if changes:
            state = state.with_field(replace(known, definition=known.definition.model_copy(update=changes)))
    return state


def _of_field(
    definition: FieldDefinition, rename: Rename, catalog: Catalog, obj: Object, old: str | None, new: str
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if definition.default_formula is not None:
        found["default_formula"] = _text(definition.default_formula, rename, catalog, obj)
    if FIELD_TYPES[definition.type].computed:
        field = obj.by_name[definition.api_name]
        # A computation is kept with names of today, which the alias leads to.
        try:
            found["config"] = dict(computation(catalog, obj, field).config)
        except BanyanError:  # Refused at the end of the plan, with its reason.
            return {}
    if old is not None:
        for condition in CONDITIONS:
            document = getattr(definition, condition)
            if document is not None:
                found[condition] = _document(document, old, new)
        if definition.config.get("depends_on") == old:
            found["config"] = {**definition.config, "depends_on": new}
    return {name: value for name, value in found.items() if getattr(definition, name) != value}


def _pipelines(pipelines: Sequence[Pipeline], old: str, new: str) -> tuple[Pipeline, ...]:
    """Conditions of stages with another name of a field."""
    return tuple(
        each.model_copy(
            update={
                "stages": tuple(
                    stage.model_copy(
                        update={
                            "entry": _document(stage.entry, old, new),
                            "exit": _document(stage.exit, old, new),
                        }
                    )
                    for stage in each.stages
                )
            }
        )
        for each in pipelines
    )


def _text(text: str, rename: Rename, catalog: Catalog, obj: Object) -> str:
    try:
        return rewrite(text, rename, catalog, obj)
    except BanyanError:
        return text


def _document(document: Any, old: str, new: str) -> Any:
    """A filter document with another name of a field of the record itself."""
    if isinstance(document, Mapping):
        return {
            key: new if key == "field" and value == old else _document(value, old, new)
            for key, value in document.items()
        }
    if isinstance(document, list | tuple):
        return [_document(each, old, new) for each in document]
    return document
