"""Handlers for fields: add, update, remove (archive) and restore. Changing the type is retype.py."""

from dataclasses import replace
from typing import Any

from banyan.kernel.errors import Conflict, FieldProblem, InvalidInput, NotFound
from banyan.kernel.ids import new_id
from banyan.kernel.limits import setting
from banyan.metadata.catalog import Field, Object
from banyan.metadata.changes import ddl
from banyan.metadata.changes.computed import completed
from banyan.metadata.changes.operations import (
    AddField,
    FieldChanges,
    ObjectChanges,
    Operation,
    RemoveField,
    RestoreField,
    UpdateField,
    UpdateObject,
)
from banyan.metadata.changes.renames import follow_rename
from banyan.metadata.changes.rights import inherit_rights
from banyan.metadata.changes.state import State, built, check_config, check_field, check_width, free_slug
from banyan.metadata.changes.steps import Statement, Step
from banyan.metadata.definitions import FieldDefinition, StoredField, StoredObject
from banyan.metadata.field_types.base import ValueContext, ValueProblem
from banyan.metadata.field_types.registry import FIELD_TYPES


def field_of(obj: Object, stored: StoredField) -> Field:
    return next(field for field in (*obj.fields, *obj.archived_fields) if field.id == stored.id)


def target_of(state: State, field: Field) -> Object | None:
    if field.target is None:
        return None
    return built(state, state.object(field.target))


def new_field(state: State, stored: StoredObject, definition: FieldDefinition) -> tuple[State, StoredField]:
    """State with a fresh column place for `definition`, checked against its siblings."""
    check_field(state, stored, definition)
    fresh = StoredField(
        id=new_id(),
        object_id=stored.id,
        slug=free_slug(state, stored, definition.api_name),
        position=1 + max((f.position for f in state.fields.of(stored.id)), default=0),
        definition=definition,
    )
    state = state.with_field(fresh)
    if FIELD_TYPES[definition.type].computed:
        state = completed(state, fresh)
    check_width(state, stored)
    return state, state.fields[fresh.id]


def in_place_of(
    state: State, stored: StoredObject, known: StoredField, definition: FieldDefinition
) -> tuple[State, StoredField]:
    """State with `known` retired, its data kept, and fresh columns for `definition` where it stood."""
    state = state.with_field(replace(known, archived=True))
    state, fresh = new_field(state, stored, definition)
    fresh = replace(fresh, position=known.position)
    return state.with_field(fresh), fresh


def add_field(state: State, operation: AddField, *, with_search: bool = True) -> Step:
    stored = state.object(operation.object)
    state, fresh = new_field(state, stored, operation.field)
    obj = built(state, stored)
    field = field_of(obj, fresh)
    statements: list[Statement] = [
        *ddl.add_columns(obj, field, _default(field)),
        *ddl.field_indexes(obj, field, target_of(state, field)),
    ]
    if with_search and field.searchable:
        statements.extend(ddl.search_index(obj))
    return Step(
        operation=operation,
        state=state,
        summary=dict(field.label),
        inverse=[RemoveField(object=obj.api_name, field=field.api_name)],
        statements=statements,
        rows_affected=ddl.about_rows(obj),
    )


def _default(field: Field) -> dict[str, Any] | None:
    """Stored values of the constant default, checked as any written value is."""
    raw = field.definition.default
    if raw is None:
        return None
    try:
        return field.kind.parse(field, raw, ValueContext())
    except ValueProblem as problem:
        raise InvalidInput(
            problems=[FieldProblem("/field/default", problem.code, problem.params)]
        ) from problem


def update_field(state: State, operation: UpdateField) -> Step:
    stored = state.object(operation.object)
    known = state.field(stored, operation.field)
    before = known.definition
    changes = operation.set.model_dump(exclude_unset=True)
    if changes.get("api_name") not in (None, before.api_name) and "aliases" not in changes:
        changes["aliases"] = (*(a for a in before.aliases if a != changes["api_name"]), before.api_name)
    definition = FieldDefinition.model_validate(before.model_dump() | changes)
    if FIELD_TYPES[before.type].computed and "config" in changes:
        return _recompute(state, operation, known, definition)
    check_field(state, stored, definition, besides=known.id)
    check_config(definition.type, definition.config)
    if definition.config.get("target") != before.config.get("target"):
        raise Conflict("relation_target_fixed")
    was = field_of(built(state, stored), known)
    state = _renamed_everywhere(state, stored, known, definition)
    obj = built(state, stored)
    field = field_of(obj, known)
    _default(field)
    undone = {name: getattr(before, name) for name in _settled(operation, before)}
    return Step(
        operation=operation,
        state=state,
        summary=dict(field.label),
        inverse=[
            UpdateField(object=obj.api_name, field=field.api_name, set=FieldChanges.model_validate(undone))
        ],
        statements=_index_changes(obj, was, field),
    )


def _renamed_everywhere(
    state: State, stored: StoredObject, known: StoredField, definition: FieldDefinition
) -> State:
    """State with the field as `definition`, and its new name wherever it is spoken of."""
    before = known.definition
    if definition.api_name == before.api_name:
        return state.with_field(replace(known, definition=definition))
    # Until all that is said in the old name is rewritten, the old name leads here.
    reached = definition.model_copy(update={"aliases": (*definition.aliases, before.api_name)})
    state = state.with_field(replace(known, definition=reached))
    state = follow_rename(state, stored, known, definition.api_name)
    state = _follow_rename(state, stored, before.api_name, definition.api_name)
    now = state.fields[known.id]
    return state.with_field(
        replace(now, definition=now.definition.model_copy(update={"aliases": definition.aliases}))
    )


def _settled(operation: UpdateField, before: FieldDefinition) -> set[str]:
    """What the way back must set: a rename leaves the old name as an alias, its undoing none."""
    names = set(operation.set.model_fields_set)
    return names | {"aliases"} if operation.set.api_name not in (None, before.api_name) else names


def _recompute(state: State, operation: UpdateField, known: StoredField, definition: FieldDefinition) -> Step:
    """Another formula. Where its result is of another type the field gets columns of that type."""
    stored = state.object(operation.object)
    check_field(state, stored, definition, besides=known.id)
    was = field_of(built(state, stored), known)
    fresh = completed(
        state.with_field(replace(known, definition=definition)), replace(known, definition=definition)
    )
    now = field_of(built(fresh, stored), fresh.fields[known.id])
    if [spec.ddl for spec in was.specs] == [spec.ddl for spec in now.specs]:
        before = known.definition
        undone = {name: getattr(before, name) for name in _settled(operation, before)}
        fresh = _renamed_everywhere(fresh, stored, known, fresh.fields[known.id].definition)
        inverse = UpdateField(
            object=stored.definition.api_name,
            field=definition.api_name,
            set=FieldChanges.model_validate(undone),
        )
        return Step(
            operation, fresh, dict(now.label), [inverse], _index_changes(built(fresh, stored), was, now)
        )
    state, added = in_place_of(state, stored, known, definition)
    obj = built(state, stored)
    field = field_of(obj, added)
    return Step(
        operation=operation,
        state=state,
        summary=dict(field.label),
        inverse=[RestoreField(object=obj.api_name, field_id=known.id, replaces=added.id)],
        statements=[*ddl.add_columns(obj, field), *ddl.field_indexes(obj, field, None)],
        finish=inherit_rights(obj.schema, known.id, added.id),
        rows_affected=ddl.about_rows(obj),
    )


def _index_changes(obj: Object, was: Field, now: Field) -> list[Statement]:
    statements: list[Statement] = []
    if now.definition.unique and not was.definition.unique:
        statements.append(ddl.unique_index(obj, now))
    if was.definition.unique and not now.definition.unique:
        statements.append(ddl.drop_unique(obj, now))
    if now.definition.indexed and not was.definition.indexed:
        statements.extend(ddl.sort_indexes(obj, now))
    if was.definition.indexed and not now.definition.indexed and not now.kind.pointing:
        statements.extend(ddl.drop_sort_indexes(obj, now))
    if was.searchable != now.searchable:
        statements.extend(ddl.search_index(obj))
    if ddl.label_index(was) and not ddl.label_index(now):
        statements.append(ddl.drop_label_index(obj, now))
    return statements


def _follow_rename(state: State, stored: StoredObject, old: str, new: str) -> State:
    """The object's own definition names fields; a rename follows them there."""
    if old == new:
        return state
    current = state.objects[stored.id]
    document = _renamed(
        current.definition.model_dump(exclude={"api_name", "aliases", "label", "label_plural"}), old, new
    )
    definition = current.definition.model_copy(
        update=type(current.definition).model_validate(current.definition.model_dump() | document).__dict__
    )
    return state.with_object(replace(current, definition=definition))


_NAMING_KEYS = {
    "title_field", "subtitle_field", "board_field", "board_sum_field", "quick_create", "highlights", "path", "fields",
    "record_type_field", "stage_field", "pipeline_field", "required",
}  # fmt: skip


def _renamed(document: Any, old: str, new: str, *, naming: bool = False) -> Any:
    if isinstance(document, dict):
        return {key: _renamed(value, old, new, naming=key in _NAMING_KEYS) for key, value in document.items()}
    if isinstance(document, list | tuple):
        return [_renamed(item, old, new, naming=naming) for item in document]
    return new if naming and document == old else document


def remove_field(state: State, operation: RemoveField) -> Step:
    """Archived: the column keeps its data, so that a restore within the retention brings it back."""
    stored = state.object(operation.object)
    known = state.field(stored, operation.field)
    if stored.definition.title_field == known.definition.api_name:
        raise Conflict("field_is_title", field=known.definition.api_name)
    before = built(state, stored)
    field = field_of(before, known)
    state = state.with_field(replace(known, archived=True))
    state = _without_mentions(state, stored, known.definition.api_name)
    obj = built(state, stored)
    statements: list[Statement] = []
    if field.definition.unique:
        statements.append(ddl.drop_unique(obj, field))
    if field.searchable:
        statements.extend(ddl.search_index(obj))
    return Step(
        operation=operation,
        state=state,
        summary=dict(field.label),
        inverse=[RestoreField(object=obj.api_name, field_id=known.id), *_mentions(stored, state)],
        statements=statements,
        rows_affected=ddl.count_filled(before, field),
    )


def _without_mentions(state: State, stored: StoredObject, name: str) -> State:
    """Take the field out of the object's board and quick-create settings; layouts pass unknown names over."""
    current = state.objects[stored.id]
    definition = current.definition
    changes: dict[str, Any] = {"quick_create": tuple(n for n in definition.quick_create if n != name)}
    for attribute in ("subtitle_field", "board_field", "board_sum_field"):
        if getattr(definition, attribute) == name:
            changes[attribute] = None
    return state.with_object(replace(current, definition=definition.model_copy(update=changes)))


def _mentions(before: StoredObject, after: State) -> list[UpdateObject]:
    """Puts the field back where the object named it (board, quick create, subtitle)."""
    now = after.objects[before.id].definition
    names = ("quick_create", "subtitle_field", "board_field", "board_sum_field")
    lost = {
        n: getattr(before.definition, n) for n in names if getattr(before.definition, n) != getattr(now, n)
    }
    return [UpdateObject(object=now.api_name, set=ObjectChanges.model_validate(lost))] if lost else []


def restore_field(state: State, operation: RestoreField) -> Step:
    stored = state.object(operation.object)
    known = state.fields.get(operation.field_id)
    if known is None or not known.archived or known.object_id != stored.id:
        raise NotFound("unknown_field", field=str(operation.field_id), object=stored.definition.api_name)
    if known.purged:
        name = f"{stored.definition.api_name}.{known.definition.api_name}"
        raise Conflict("purged", name=name, days=state.limits.kept_days, setting=setting("kept_days"))
    statements: list[Statement] = []
    inverse: Operation = RemoveField(object=stored.definition.api_name, field=known.definition.api_name)
    if operation.replaces is not None:
        given_up = state.fields.get(operation.replaces)
        if given_up is None or given_up.archived or given_up.object_id != stored.id:
            raise NotFound("unknown_field", field=str(operation.replaces), object=stored.definition.api_name)
        old = field_of(built(state, stored), given_up)
        statements += [ddl.drop_unique(built(state, stored), old)] if old.definition.unique else []
        state = state.with_field(replace(given_up, archived=True))
        statements += inherit_rights(state.schema, given_up.id, known.id)
        inverse = RestoreField(object=stored.definition.api_name, field_id=given_up.id, replaces=known.id)
    check_field(state, stored, known.definition)
    state = state.with_field(replace(known, archived=False))
    obj = built(state, stored)
    field = field_of(obj, known)
    if field.definition.unique:
        statements.append(ddl.unique_index(obj, field))
    if field.searchable or operation.replaces is not None:
        statements.extend(ddl.search_index(obj))
    return Step(
        operation=operation,
        state=state,
        summary=dict(field.label),
        inverse=[inverse],
        statements=statements,
        rows_affected=ddl.count_filled(obj, field),
    )
