"""The catalog: an immutable snapshot of one workspace's metadata at one version, passed as an argument."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa

from banyan.kernel.errors import NotFound
from banyan.metadata.definitions import FieldDefinition, ObjectDefinition, StoredField, StoredObject
from banyan.metadata.field_types.base import Columns, ColumnSpec, FieldType, TypeConfig
from banyan.metadata.field_types.registry import FIELD_TYPES
from banyan.metadata.keeping import Keeping
from banyan.metadata.system_fields import SYSTEM_FIELDS

OWNER, OWNER_DEPARTMENT = "owner", "owner_department"
DEPARTMENT_COLUMN, PEOPLE_TABLE = "department_id", "r_user"
HIDDEN, MASKED, READ = "hidden", "masked", "read"
Levels = tuple[tuple[str, tuple[tuple[UUID, str], ...]], ...]


@dataclass(frozen=True)
class OwnerDepartment:
    """Where a record's department is read off its owner: table of people and its column."""

    table_name: str
    column: str


@dataclass(frozen=True, eq=False)
class Field:
    """One field of an object, with its type and typed configuration."""

    id: UUID
    slug: str
    position: int
    kind: FieldType
    definition: FieldDefinition
    system: bool = False
    readonly: bool = False
    archived: bool = False
    purged: bool = False  # archived for so long that its columns are gone; history still names it
    masked: bool = False  # in a restricted catalog: shown in part only, and nothing may be asked of it
    restricted: bool = False  # in a restricted catalog: seen but not for this reader to change

    @cached_property
    def config(self) -> TypeConfig:
        """The typed configuration, read when first asked for: of a large catalog few fields are, per process."""
        return self.kind.Config.model_validate(dict(self.definition.config))

    @cached_property
    def token(self) -> str:
        """The id as text, made once: it stands for the field in the shape of every query."""
        return str(self.id)

    @property
    def api_name(self) -> str:
        return self.definition.api_name

    @property
    def label(self) -> Mapping[str, str]:
        return self.definition.label

    @property
    def required(self) -> bool:
        return self.definition.required

    @property
    def required_always(self) -> bool:
        """Required whatever the rest of the record says: the only kind that can be judged before it is written."""
        definition = self.definition
        return definition.required and definition.visible_when is None and definition.default_formula is None

    @property
    def searchable(self) -> bool:
        return self.definition.searchable and self.kind.searchable

    @cached_property
    def specs(self) -> tuple[ColumnSpec, ...]:
        return self.kind.columns(self)

    def physical(self, suffix: str = "") -> str:
        """Name of the column that holds the part `suffix` of a value."""
        return f"{self.slug}{suffix}"

    def columns(self, table: sa.FromClause) -> Columns:
        return {spec.suffix: table.c[self.physical(spec.suffix)] for spec in self.specs}

    @cached_property
    def target(self) -> str | None:
        """API name of the related object for relation-like fields."""
        target = getattr(self.kind, "target", None)
        return None if target is None else str(target(self))

    @cached_property
    def reaches(self) -> tuple[str, ...]:
        """API names of all objects whose records a value may name, to one or to many."""
        return self.kind.reaches(self)

    def named(self, row: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
        """The records that a stored row names in this field, as API name of the object and id."""
        return self.kind.named(
            self, {spec.suffix: row.get(self.physical(spec.suffix)) for spec in self.specs}
        )


@dataclass(frozen=True, eq=False)
class Object:
    """One object with its live fields in order. `archived_fields` keep their columns and can be restored."""

    id: UUID
    table_name: str
    schema: str
    position: int
    definition: ObjectDefinition
    fields: tuple[Field, ...]
    archived_fields: tuple[Field, ...] = ()
    # In a restricted catalog: fields this reader does not know of. Their columns are there all the same.
    concealed_fields: tuple[Field, ...] = ()
    owner_department: OwnerDepartment | None = None

    @property
    def api_name(self) -> str:
        return self.definition.api_name

    @property
    def grant_key(self) -> str:
        """The name grants are kept under: the object's first API name, which no renaming changes."""
        return self.table_name.removeprefix("r_")

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        """Fields by API name; old names keep working until another field takes them."""
        names = {alias: field for field in self.fields for alias in field.definition.aliases}
        return names | {field.api_name: field for field in self.fields}

    @cached_property
    def by_slug(self) -> Mapping[str, Field]:
        """Every field by each of its physical columns, archived ones included (history may name them)."""
        return {
            field.physical(spec.suffix): field
            for field in (*self.archived_fields, *self.fields)
            for spec in field.specs
        }

    @property
    def title(self) -> Field:
        return self.by_name[self.definition.title_field]

    @property
    def custom_fields(self) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if not field.system)

    @cached_property
    def stored_fields(self) -> tuple[Field, ...]:
        """Every live field of its own in order, whoever asks: what is written and indexed knows no reader."""
        found = (*self.fields, *self.concealed_fields)
        return tuple(sorted((f for f in found if not f.system and not f.archived), key=lambda f: f.position))

    @cached_property
    def searched(self) -> tuple[str, ...]:
        """Physical text columns in the search index, in a fixed order."""
        return tuple(
            field.physical(suffix)
            for field in self.stored_fields
            if field.searchable
            for suffix in field.kind.search_columns(field)
        )

    @cached_property
    def untracked(self) -> tuple[str, ...]:
        """Physical columns that history leaves out: derived keys and the row's own bookkeeping."""
        derived = [
            f.physical(spec.suffix) for f in self.stored_fields for spec in f.specs if not spec.tracked
        ]
        return (
            *derived,
            "id",
            "version",
            "created_at",
            "created_by",
            "updated_at",
            "updated_by",
            "deleted_at",
            DEPARTMENT_COLUMN,
        )

    @cached_property
    def companions(self) -> Mapping[str, str]:
        """Further columns of composite values by their main column: history keeps both when one changes."""
        return {
            field.physical(spec.suffix): field.physical()
            for field in self.stored_fields
            for spec in field.specs
            if spec.tracked and spec.suffix
        }

    def field(self, name: str) -> Field | None:
        return self.by_name.get(name)

    def current_name(self, path: str) -> str | None:
        """`path` with its first part as it is called today; None when there is no such field."""
        first, dot, rest = path.partition(".")
        found = self.by_name.get(first)
        return None if found is None else f"{found.api_name}{dot}{rest}"

    @cached_property
    def table(self) -> sa.Table:
        """The record table. Only `records` and `query` may read or write through it."""
        columns: dict[str, sa.Column[Any]] = {
            "deleted_at": sa.Column("deleted_at", sa.DateTime(timezone=True))
        }
        for field in (*self.archived_fields, *self.concealed_fields, *self.fields):
            for spec in () if field.purged else field.specs:
                name = field.physical(spec.suffix)
                columns[name] = sa.Column(name, spec.type)
        return sa.Table(self.table_name, sa.MetaData(schema=self.schema), *columns.values())


@dataclass(frozen=True, eq=False)
class Inverse:
    """The to-many side of a relation: `field` of `object` points here."""

    object: Object
    field: Field


@dataclass(frozen=True, eq=False)
class Catalog(Keeping):
    schema: str
    version: int
    objects: tuple[Object, ...]
    archived_objects: tuple[Object, ...] = ()
    purged_objects: tuple[Object, ...] = ()  # their tables are gone; history and imports still name them

    @cached_property
    def by_name(self) -> Mapping[str, Object]:
        names = {alias: obj for obj in self.objects for alias in obj.definition.aliases}
        return names | {obj.api_name: obj for obj in self.objects}

    @cached_property
    def by_id(self) -> Mapping[UUID, Object]:
        return {obj.id: obj for obj in (*self.purged_objects, *self.archived_objects, *self.objects)}

    def object(self, name: str) -> Object:
        """The live object called `name`. Raises NotFound."""
        found = self.by_name.get(name)
        if found is None:
            raise NotFound("unknown_object", object=name)
        return found

    def restricted(self, levels: Levels) -> "Catalog":
        """The catalog as somebody sees it whose fields are hidden, masked or read-only as `levels` says.

        `levels` holds (object grant key, ((field id, level), …)). What is hidden is not there for any question: this
        one function is what every reference to a field passes. A title is never hidden; it is what a record is called.
        """
        by_key = {key: dict(fields) for key, fields in levels}
        if not by_key:
            return self
        return replace(
            self, objects=tuple(_restricted(obj, by_key.get(obj.grant_key, {})) for obj in self.objects)
        )

    def inverses(self, obj: Object) -> tuple[Inverse, ...]:
        """Relations of other objects (and its own) that point at `obj`."""
        return self._inverses.get(obj.id, ())

    @cached_property
    def _inverses(self) -> Mapping[UUID, tuple[Inverse, ...]]:
        found: dict[UUID, list[Inverse]] = {}
        for other in self.objects:
            for field in other.fields:
                target = None if field.target is None else self.by_name.get(field.target)
                if target is not None:
                    found.setdefault(target.id, []).append(Inverse(other, field))
        return {key: tuple(each) for key, each in found.items()}


def _restricted(obj: Object, levels: Mapping[UUID, str]) -> Object:
    if not levels:
        return obj
    open_to_all = {"id", "version", obj.definition.title_field}
    seen, concealed = [], []
    for field in (*obj.archived_fields, *obj.fields):
        level = levels.get(field.id) if field.api_name not in open_to_all else None
        if level == HIDDEN:
            concealed.append(field)
        elif level in (MASKED, READ):
            seen.append(replace(field, readonly=True, restricted=True, masked=level == MASKED))
        else:
            seen.append(field)
    return replace(
        obj,
        fields=tuple(field for field in seen if not field.archived),
        archived_fields=tuple(field for field in seen if field.archived),
        concealed_fields=tuple(concealed),
    )


def build_catalog(
    schema: str, version: int, objects: Iterable[StoredObject], fields: Iterable[StoredField]
) -> Catalog:
    """Assemble a catalog from stored definitions."""
    by_object: dict[UUID, list[StoredField]] = {}
    for stored in fields:
        by_object.setdefault(stored.object_id, []).append(stored)
    stored_objects = tuple(objects)
    people = owner_department(stored_objects, by_object)
    built = [(one, build_object(schema, one, by_object.get(one.id, []), people)) for one in stored_objects]
    return assembled(schema, version, built)


def assembled(schema: str, version: int, found: Sequence[tuple[StoredObject, Object]]) -> Catalog:
    """The catalog of built objects: live ones in order, archived ones, purged ones."""
    live = sorted((obj for stored, obj in found if not stored.archived), key=lambda obj: obj.position)
    archived = tuple(obj for stored, obj in found if stored.archived and not stored.purged)
    purged = tuple(obj for stored, obj in found if stored.purged)
    return Catalog(schema, version, tuple(live), archived, purged)


def owner_department(
    objects: Iterable[StoredObject], fields: Mapping[UUID, list[StoredField]]
) -> OwnerDepartment | None:
    """People with a department, once the organisation's package is there."""
    people = next((obj for obj in objects if obj.table_name == PEOPLE_TABLE), None)
    known = () if people is None else fields.get(people.id, ())
    column = next((field.slug for field in known if field.slug == "f_department"), None)
    return None if people is None or column is None else OwnerDepartment(people.table_name, column)


def build_object(
    schema: str, stored: StoredObject, fields: list[StoredField], people: OwnerDepartment | None
) -> Object:
    ordered = sorted(fields, key=lambda field: field.position)
    live = tuple(build_field(field) for field in ordered if not field.archived)
    return Object(
        id=stored.id,
        table_name=stored.table_name,
        schema=schema,
        position=stored.position,
        definition=stored.definition,
        fields=(*_system_fields(stored.id), *live),
        archived_fields=tuple(build_field(field) for field in ordered if field.archived),
        owner_department=people,
    )


def build_field(stored: StoredField) -> Field:
    kind = FIELD_TYPES[stored.definition.type].for_config(stored.definition.config)
    return Field(
        id=stored.id,
        slug=stored.slug,
        position=stored.position,
        kind=kind,
        definition=stored.definition,
        readonly=not kind.writable or stored.definition.managed,
        archived=stored.archived,
        purged=stored.purged,
    )


def _system_fields(object_id: UUID) -> tuple[Field, ...]:
    """The same fields on every object; their ids derive from the object's."""
    return tuple(
        Field(
            id=uuid5(object_id, spec.definition.api_name),
            slug=spec.column,
            position=-len(SYSTEM_FIELDS) + rank,
            kind=FIELD_TYPES[spec.definition.type],
            definition=spec.definition,
            system=True,
            readonly=spec.definition.api_name != OWNER,
        )
        for rank, spec in enumerate(SYSTEM_FIELDS)
    )
