"""The desired state while a change is planned: stored definitions, replaced one operation at a time."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from banyan.kernel.errors import Conflict, FieldProblem, InvalidInput, NotFound
from banyan.metadata.catalog import (
    PEOPLE_TABLE,
    Catalog,
    Object,
    build_catalog,
    build_object,
    owner_department,
)
from banyan.metadata.definitions import FieldDefinition, StoredField, StoredObject
from banyan.metadata.field_types.registry import FIELD_TYPES

MAX_COLUMNS = 1_500  # PostgreSQL ends at 1,600 per table, dropped ones included


@dataclass(frozen=True)
class State:
    """Objects and fields by id. Pure: a handler gives back a new State, nothing is written here."""

    schema: str
    version: int
    objects: Mapping[UUID, StoredObject]
    fields: Mapping[UUID, StoredField]

    def with_object(self, stored: StoredObject) -> "State":
        return replace(self, objects={**self.objects, stored.id: stored})

    def with_field(self, stored: StoredField) -> "State":
        return replace(self, fields={**self.fields, stored.id: stored})

    def catalog(self) -> Catalog:
        return build_catalog(self.schema, self.version, self.objects.values(), self.fields.values())

    def object(self, name: str) -> StoredObject:
        """The live object called `name` (or once called so). Raises NotFound."""
        live = [stored for stored in self.objects.values() if not stored.archived]
        for stored in live:
            if stored.definition.api_name == name:
                return stored
        for stored in live:
            if name in stored.definition.aliases:
                return stored
        raise NotFound("unknown_object", object=name)

    def fields_of(self, object_id: UUID, *, archived: bool = False) -> list[StoredField]:
        found = [field for field in self.fields.values() if field.object_id == object_id]
        return [field for field in found if field.archived == archived]

    def field(self, stored: StoredObject, name: str) -> StoredField:
        """The live field called `name` (or once called so). Raises NotFound."""
        live = self.fields_of(stored.id)
        for field in live:
            if field.definition.api_name == name:
                return field
        for field in live:
            if name in field.definition.aliases:
                return field
        raise NotFound("unknown_field", field=name, object=stored.definition.api_name)


def built(state: State, stored: StoredObject) -> Object:
    """The object as the catalog will see it, built alone: fifty operations must not build fifty catalogs."""
    current = state.objects[stored.id]
    people = next((each for each in state.objects.values() if each.table_name == PEOPLE_TABLE), None)
    known = [] if people is None else [f for f in state.fields.values() if f.object_id == people.id]
    place = owner_department([] if people is None else [people], {each.object_id: known for each in known})
    fields = [field for field in state.fields.values() if field.object_id == stored.id]
    return build_object(state.schema, current, fields, place)


def check_field(
    state: State, stored: StoredObject, definition: FieldDefinition, *, besides: UUID | None = None
) -> None:
    """Refuse a field that clashes with its siblings or whose type and configuration do not hold."""
    siblings = [field for field in state.fields_of(stored.id) if field.id != besides]
    if any(field.definition.api_name == definition.api_name for field in siblings):
        raise _taken("field_name_taken", "/field/api_name", field=definition.api_name)
    for language, text in definition.label.items():
        if any(field.definition.label.get(language) == text for field in siblings):
            raise _taken("field_label_taken", f"/field/label/{language}", label=text)
    kind = FIELD_TYPES.get(definition.type)
    if kind is None or not kind.creatable:
        raise InvalidInput("unknown_field_type", type=definition.type)
    if definition.unique and not kind.uniqueable:
        raise InvalidInput("cannot_be_unique", type=definition.type)
    config = check_config(definition.type, definition.config)
    target = getattr(config, "target", None)
    if target is not None:
        state.object(target)


def _taken(code: str, pointer: str, **params: Any) -> Conflict:
    return Conflict(code, problems=[FieldProblem(pointer, code, params)], **params)


def check_config(type_key: str, config: Mapping[str, Any]) -> Any:
    """The typed configuration. Raises InvalidInput with a pointer per fault."""
    try:
        return FIELD_TYPES[type_key].Config.model_validate(dict(config))
    except ValidationError as error:
        raise InvalidInput(
            "invalid_config",
            problems=[
                FieldProblem(
                    "/config/" + "/".join(map(str, fault["loc"])), "invalid_value", {"reason": fault["msg"]}
                )
                for fault in error.errors()
            ],
        ) from error


def free_slug(state: State, stored: StoredObject, api_name: str) -> str:
    """A physical name no column of the table begins with, archived fields included."""
    taken = {field.slug for field in state.fields.values() if field.object_id == stored.id}
    base = f"f_{api_name}"
    return next(slug for slug in (base, *(f"{base}_{n}" for n in range(2, MAX_COLUMNS))) if slug not in taken)


def check_width(state: State, stored: StoredObject) -> None:
    columns = len(built(state, stored).table.c)
    if columns > MAX_COLUMNS:
        raise InvalidInput("too_many_fields", limit=MAX_COLUMNS, columns=columns)
