"""The desired state while a change is planned: stored definitions, replaced one operation at a time."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from banyan.kernel.errors import Conflict, FieldProblem, InvalidInput, NotFound
from banyan.kernel.faults import problems_of
from banyan.kernel.limits import DEFAULT_LIMITS, BuildLimits
from banyan.metadata.catalog import (
    PEOPLE_TABLE,
    Catalog,
    Object,
    assembled,
    build_object,
    owner_department,
)
from banyan.metadata.definitions import FieldDefinition, StoredField, StoredObject
from banyan.metadata.field_types.registry import FIELD_TYPES

MAX_COLUMNS = 1_500  # PostgreSQL ends at 1,600 per table, dropped ones included


class Fields(Mapping[UUID, StoredField]):
    """Fields by id, kept apart by object: a change of one field copies one object's, not those of all."""

    def __init__(self, fields: Iterable[StoredField] = ()) -> None:
        self._objects: dict[UUID, dict[UUID, StoredField]] = {}
        # Which object a field belongs to never changes, so every state shares what is known of it.
        self._homes: dict[UUID, UUID] = {}
        for each in fields:
            self._homes[each.id] = each.object_id
            self._objects.setdefault(each.object_id, {})[each.id] = each

    def of(self, object_id: UUID) -> Iterable[StoredField]:
        """Fields of one object, archived ones included."""
        return self._objects.get(object_id, {}).values()

    def having(self, stored: StoredField) -> "Fields":
        made = Fields()
        made._homes = self._homes
        made._homes[stored.id] = stored.object_id
        own = {**self._objects.get(stored.object_id, {}), stored.id: stored}
        made._objects = {**self._objects, stored.object_id: own}
        return made

    def __getitem__(self, field_id: UUID) -> StoredField:
        return self._objects[self._homes[field_id]][field_id]

    def __iter__(self) -> Iterator[UUID]:
        return (key for fields in self._objects.values() for key in fields)

    def __len__(self) -> int:
        return sum(map(len, self._objects.values()))


@dataclass(frozen=True)
class State:
    """Objects and fields by id. Pure: a handler gives back a new State, nothing is written here."""

    schema: str
    version: int
    objects: Mapping[UUID, StoredObject]
    fields: Fields
    limits: BuildLimits = DEFAULT_LIMITS
    # Objects as the catalog sees them, kept from state to state where nothing of them changed.
    _built: dict[UUID, Object] = field(default_factory=dict, compare=False, repr=False)

    def with_object(self, stored: StoredObject) -> "State":
        objects = {**self.objects, stored.id: stored}
        return replace(self, objects=objects, _built=self._besides(stored.id))

    def with_field(self, stored: StoredField) -> "State":
        return replace(self, fields=self.fields.having(stored), _built=self._besides(stored.object_id))

    def _besides(self, object_id: UUID) -> dict[UUID, Object]:
        """All that is built but one object; people decide what every object's department is."""
        touched = self.objects.get(object_id)
        if touched is None or touched.table_name == PEOPLE_TABLE:
            return {}
        return {key: obj for key, obj in self._built.items() if key != object_id}

    def catalog(self) -> Catalog:
        """All objects as they would be."""
        missing = [stored for key, stored in self.objects.items() if key not in self._built]
        if missing:
            self._build(missing)
        found = [(stored, self._built[key]) for key, stored in self.objects.items()]
        return assembled(self.schema, self.version, found)

    def built(self, object_id: UUID) -> Object:
        """One object as it would be: fifty operations must not build fifty catalogs."""
        if object_id not in self._built:
            self._build([self.objects[object_id]])
        return self._built[object_id]

    def _build(self, stored: Sequence[StoredObject]) -> None:
        people = next((each.id for each in self.objects.values() if each.table_name == PEOPLE_TABLE), None)
        by_object = {each.id: list(self.fields.of(each.id)) for each in stored}
        if people is not None:
            by_object.setdefault(people, list(self.fields.of(people)))
        place = owner_department(self.objects.values(), by_object)
        for one in stored:
            self._built[one.id] = build_object(self.schema, one, by_object[one.id], place)

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
        return [each for each in self.fields.of(object_id) if each.archived == archived]

    def field(self, stored: StoredObject, name: str) -> StoredField:
        """The live field called `name` (or once called so). Raises NotFound."""
        live = self.fields_of(stored.id)
        for known in live:
            if known.definition.api_name == name:
                return known
        for known in live:
            if name in known.definition.aliases:
                return known
        raise NotFound("unknown_field", field=name, object=stored.definition.api_name)


def built(state: State, stored: StoredObject) -> Object:
    """The object as the catalog will see it."""
    return state.built(stored.id)


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
    for name in (*getattr(config, "targets", ()), *([] if target is None else [target])):
        state.object(name)


def _taken(code: str, pointer: str, **params: Any) -> Conflict:
    return Conflict(code, problems=[FieldProblem(pointer, code, params)], **params)


def check_config(type_key: str, config: Mapping[str, Any]) -> Any:
    """The typed configuration. Raises InvalidInput with a pointer per fault."""
    try:
        return FIELD_TYPES[type_key].Config.model_validate(dict(config))
    except ValidationError as error:
        raise InvalidInput("invalid_config", problems=problems_of(error.errors(), "/config")) from error


def free_slug(state: State, stored: StoredObject, api_name: str) -> str:
    """A physical name no column of the table begins with, archived fields included."""
    taken = {each.slug for each in state.fields.of(stored.id)}
    base = f"f_{api_name}"
    return next(slug for slug in (base, *(f"{base}_{n}" for n in range(2, MAX_COLUMNS))) if slug not in taken)


def check_width(state: State, stored: StoredObject) -> None:
    obj = built(state, stored)
    held = (*obj.fields, *obj.archived_fields)
    columns = 1 + sum(len(each.specs) for each in held)  # and the mark of deleted rows
    if columns > MAX_COLUMNS:
        raise InvalidInput("too_many_fields", limit=MAX_COLUMNS, columns=columns)
