"""Handlers for objects: create, update, remove (archive) and restore."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from banyan.kernel.errors import Conflict, FieldProblem, InvalidInput, NotFound
from banyan.kernel.ids import new_id
from banyan.kernel.limits import setting
from banyan.metadata.catalog import Object
from banyan.metadata.changes import ddl
from banyan.metadata.changes.fields import add_field
from banyan.metadata.changes.operations import (
    AddField,
    CreateObject,
    ObjectChanges,
    RemoveObject,
    RestoreObject,
    UpdateObject,
)
from banyan.metadata.changes.renames import follow_object
from banyan.metadata.changes.state import State, built
from banyan.metadata.changes.steps import Statement, Step
from banyan.metadata.definitions import FieldDefinition, ObjectDefinition, StoredObject
from banyan.metadata.field_types.registry import FIELD_TYPES
from banyan.metadata.formulas.facade import FormulaInvalid

_NAME_LABEL = {"zh-CN": "名称", "en": "Name"}


def create_object(state: State, operation: CreateObject) -> Step:
    """A table with its system columns, then its fields. Without a title field among them, `name` is added."""
    values = operation.model_dump(exclude={"kind", "fields", "object_kind"})
    definition = ObjectDefinition.model_validate(values | {"kind": operation.object_kind})
    _check_name_free(state, definition.api_name)
    object_id = new_id()
    stored = StoredObject(
        id=object_id,
        table_name=_free_table(state, definition.api_name),
        position=len(state.objects),
        definition=definition,
    )
    state = state.with_object(stored)
    fields = operation.fields
    if not any(field.api_name == definition.title_field for field in fields):
        title = FieldDefinition(
            api_name=definition.title_field,
            type="text",
            label=_NAME_LABEL,
            required=True,
            searchable=True,
            indexed=True,
        )
        fields = (title, *fields)
    state, statements = _with_fields(state, definition.api_name, fields)
    state = _ordered(state, built(state, stored), [field.api_name for field in fields])
    obj = built(state, stored)
    _check_title(obj.definition, {field.api_name: field.definition for field in obj.custom_fields})
    return Step(
        operation=operation,
        state=state,
        summary=dict(definition.label),
        inverse=[RemoveObject(object=definition.api_name)],
        statements=[*ddl.create_table(obj), *statements, *ddl.search_index(obj)],
    )


def _with_fields(
    state: State, object_name: str, fields: Sequence[FieldDefinition]
) -> tuple[State, list[Statement]]:
    """All fields of a new object; a formula waits until what it reads is there, wherever it stands among them."""
    statements: list[Statement] = []
    waiting = list(fields)
    while waiting:
        left, refused = [], None
        for field in waiting:
            try:
                step = add_field(state, AddField(object=object_name, field=field), with_search=False)
            except FormulaInvalid as error:
                left.append(field)
                refused = refused or error
                continue
            state = step.state
            statements.extend(step.statements)
        if refused is not None and len(left) == len(waiting):
            raise refused
        waiting = left
    return state, statements


def update_object(state: State, operation: UpdateObject) -> Step:
    stored = state.object(operation.object)
    before, built_before = stored.definition, built(state, stored)
    changes = operation.set.model_dump(exclude_unset=True, exclude={"field_order"})
    old_order = [field.api_name for field in built_before.custom_fields]
    if operation.set.field_order is not None:
        state = _ordered(state, built_before, operation.set.field_order)
    if "api_name" in changes and changes["api_name"] != before.api_name:
        _check_name_free(state, changes["api_name"], besides=stored)
    if "api_name" in changes and changes["api_name"] != before.api_name and "aliases" not in changes:
        changes["aliases"] = (*(a for a in before.aliases if a != changes["api_name"]), before.api_name)
    definition = ObjectDefinition.model_validate(before.model_dump() | changes)
    state = _rename_targets(state, before.api_name, definition.api_name)
    state = _renamed_everywhere(state, stored, definition)
    obj = built(state, stored)
    _check_title(definition, {field.api_name: field.definition for field in obj.custom_fields})
    _check_names_known(definition, set(obj.by_name), operation.set.model_fields_set)
    undone: dict[str, Any] = {name: getattr(before, name) for name in changes}
    if operation.set.field_order is not None:
        undone["field_order"] = old_order
    search = definition.searchable != before.searchable
    return Step(
        operation=operation,
        state=state,
        summary=dict(definition.label),
        inverse=[UpdateObject(object=definition.api_name, set=ObjectChanges.model_validate(undone))],
        statements=[
            *(ddl.search_index(obj) if search else ()),
            *_unique_changes(built_before, obj),
        ],
    )


def _ordered(state: State, obj: Object, names: Sequence[str]) -> State:
    """Fields in the order named; those not named keep theirs, after them."""
    for place, name in enumerate(names):
        if name not in obj.by_name or names.index(name) != place:
            problem = FieldProblem(
                f"/set/field_order/{place}", "unknown_field", {"field": name, "object": obj.api_name}
            )
            raise InvalidInput(problems=[problem])
    named = [obj.by_name[name].id for name in names]
    rest = [field.id for field in obj.custom_fields if field.id not in named]
    for position, field_id in enumerate([*named, *rest]):
        if field_id in state.fields and state.fields[field_id].position != position:
            state = state.with_field(replace(state.fields[field_id], position=position))
    return state


def _unique_changes(was: Object, now: Object) -> list[Statement]:
    """Unique indexes over several fields, as far as they differ."""
    old, new = was.definition.unique_together, now.definition.unique_together
    dropped = [
        ddl.drop_index(now, ddl.unique_together_name(now, each.key)) for each in old if each not in new
    ]
    made = []
    for each in new:
        fields = [field for name in each.fields if (field := now.field(name)) is not None and field.specs]
        if each not in old and len(fields) == len(each.fields):  # Otherwise refused at the end of the plan.
            made.append(ddl.unique_together(now, each.key, fields))
    return [*dropped, *made]


def remove_object(state: State, operation: RemoveObject) -> Step:
    """Archived: the table stays, so that a restore brings back every record."""
    stored = state.object(operation.object)
    catalog = state.catalog()
    obj = catalog.by_id[stored.id]
    if stored.definition.kind == "system":
        raise Conflict("system_object", object=stored.definition.api_name)
    users = [inverse for inverse in catalog.inverses(obj) if inverse.object is not obj]
    if users:
        names = ", ".join(f"{inverse.object.api_name}.{inverse.field.api_name}" for inverse in users)
        raise Conflict("object_in_use", object=obj.api_name, used_by=names)
    return Step(
        operation=operation,
        state=state.with_object(replace(stored, archived=True)),
        summary=dict(stored.definition.label),
        inverse=[RestoreObject(object_id=stored.id)],
        rows_affected=ddl.about_rows(obj),
    )


def restore_object(state: State, operation: RestoreObject) -> Step:
    stored = state.objects.get(operation.object_id)
    if stored is None or not stored.archived:
        raise NotFound("unknown_object", object=str(operation.object_id))
    if stored.purged:
        name = stored.definition.api_name
        raise Conflict("purged", name=name, days=state.limits.kept_days, setting=setting("kept_days"))
    _check_name_free(state, stored.definition.api_name)
    return Step(
        operation=operation,
        state=state.with_object(replace(stored, archived=False)),
        summary=dict(stored.definition.label),
        inverse=[RemoveObject(object=stored.definition.api_name)],
    )


def _check_name_free(state: State, name: str, besides: StoredObject | None = None) -> None:
    for other in state.objects.values():
        if not other.archived and other is not besides and other.definition.api_name == name:
            raise Conflict("object_name_taken", object=name)


def _free_table(state: State, api_name: str) -> str:
    taken = {stored.table_name for stored in state.objects.values()}
    base = f"r_{api_name}"
    return next(name for name in (base, *(f"{base}_{n}" for n in range(2, 10_000))) if name not in taken)


def _renamed_everywhere(state: State, stored: StoredObject, definition: ObjectDefinition) -> State:
    """State with the object as `definition`, its new name in every formula and sub-table."""
    old = stored.definition.api_name
    if definition.api_name == old:
        return state.with_object(replace(stored, definition=definition))
    # Until all that is said in the old name is rewritten, the old name leads here.
    reached = definition.model_copy(update={"aliases": (*definition.aliases, old)})
    state = state.with_object(replace(stored, definition=reached))
    state = follow_object(state, old, definition.api_name)
    now = state.objects[stored.id]
    kept = now.definition.model_copy(update={"aliases": definition.aliases})
    return state.with_object(replace(now, definition=kept))


def _rename_targets(state: State, old: str, new: str) -> State:
    """Relations name their target by API name; a rename follows them."""
    if old == new:
        return state
    for field in state.fields.values():
        if field.definition.config.get("target") == old:
            config = {**field.definition.config, "target": new}
            definition = field.definition.model_copy(update={"config": config})
            state = state.with_field(replace(field, definition=definition))
    return state


def _check_title(definition: ObjectDefinition, fields: dict[str, FieldDefinition]) -> None:
    title = fields.get(definition.title_field)
    if title is None or not FIELD_TYPES[title.type].titleable:
        raise InvalidInput("invalid_title_field", field=definition.title_field)


def _check_names_known(definition: ObjectDefinition, names: set[str], given: set[str]) -> None:
    """The parts of a definition that are being set must name live fields."""
    layout = definition.layout
    mentioned = {
        "subtitle_field": [definition.subtitle_field],
        "board_field": [definition.board_field],
        "board_sum_field": [definition.board_sum_field],
        "quick_create": definition.quick_create,
        "layout/path": [layout.path],
        "layout/highlights": layout.highlights,
        "layout/sections": [name for section in layout.sections for name in section.fields],
    }
    problems = [
        FieldProblem(f"/set/{place}", "unknown_field", {"field": name})
        for place, mentions in mentioned.items()
        for name in mentions
        if place.split("/")[0] in given and name is not None and name not in names
    ]
    if problems:
        raise InvalidInput(problems=problems)
