"""The catalog: an immutable snapshot of one workspace's metadata at one version, passed as an argument."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa

from banyan.kernel.errors import NotFound
from banyan.metadata.definitions import FieldDefinition, ObjectDefinition, StoredField, StoredObject
from banyan.metadata.field_types.base import Columns, ColumnSpec, FieldType, TypeConfig
from banyan.metadata.field_types.registry import FIELD_TYPES
from banyan.metadata.system_fields import SYSTEM_FIELDS

OWNER = "owner"


@dataclass(frozen=True, eq=False)
class Field:
    """One field of an object, with its type and typed configuration."""

    id: UUID
    slug: str
    position: int
    kind: FieldType
    config: TypeConfig
    definition: FieldDefinition
    system: bool = False
    readonly: bool = False
    archived: bool = False

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

    @property
    def target(self) -> str | None:
        """API name of the related object for relation-like fields."""
        target = getattr(self.kind, "target", None)
        return None if target is None else str(target(self))


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
    def searched(self) -> tuple[str, ...]:
        """Physical text columns in the search index, in a fixed order."""
        return tuple(
            field.physical(suffix)
            for field in self.fields
            if field.searchable
            for suffix in field.kind.search_columns(field)
        )

    @cached_property
    def untracked(self) -> tuple[str, ...]:
        """Physical columns that history leaves out: derived keys and the row's own bookkeeping."""
        derived = [f.physical(spec.suffix) for f in self.fields for spec in f.specs if not spec.tracked]
        return (
            *derived,
            "id",
            "version",
            "created_at",
            "created_by",
            "updated_at",
            "updated_by",
            "deleted_at",
        )

    @cached_property
    def companions(self) -> Mapping[str, str]:
        """Further columns of composite values by their main column: history keeps both when one changes."""
        return {
            field.physical(spec.suffix): field.physical()
            for field in self.fields
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
        for field in (*self.archived_fields, *self.fields):
            for spec in field.specs:
                name = field.physical(spec.suffix)
                columns[name] = sa.Column(name, spec.type)
        return sa.Table(self.table_name, sa.MetaData(schema=self.schema), *columns.values())


@dataclass(frozen=True, eq=False)
class Inverse:
    """The to-many side of a relation: `field` of `object` points here."""

    object: Object
    field: Field


@dataclass(frozen=True, eq=False)
class Catalog:
    schema: str
    version: int
    objects: tuple[Object, ...]
    archived_objects: tuple[Object, ...] = ()

    @cached_property
    def by_name(self) -> Mapping[str, Object]:
        names = {alias: obj for obj in self.objects for alias in obj.definition.aliases}
        return names | {obj.api_name: obj for obj in self.objects}

    @cached_property
    def by_id(self) -> Mapping[UUID, Object]:
        return {obj.id: obj for obj in (*self.archived_objects, *self.objects)}

    def object(self, name: str) -> Object:
        """The live object called `name`. Raises NotFound."""
        found = self.by_name.get(name)
        if found is None:
            raise NotFound("unknown_object", object=name)
        return found

    def inverses(self, obj: Object) -> tuple[Inverse, ...]:
        """Relations of other objects (and its own) that point at `obj`."""
        return tuple(
            Inverse(other, field)
            for other in self.objects
            for field in other.fields
            if field.target is not None and self.by_name.get(field.target) is obj
        )


def build_catalog(
    schema: str, version: int, objects: Iterable[StoredObject], fields: Iterable[StoredField]
) -> Catalog:
    """Assemble a catalog from stored definitions; each field's configuration is validated by its type."""
    by_object: dict[UUID, list[StoredField]] = {}
    for stored in fields:
        by_object.setdefault(stored.object_id, []).append(stored)
    built = [(stored, _object(schema, stored, by_object.get(stored.id, []))) for stored in objects]
    live = sorted((obj for stored, obj in built if not stored.archived), key=lambda obj: obj.position)
    return Catalog(schema, version, tuple(live), tuple(obj for stored, obj in built if stored.archived))


def _object(schema: str, stored: StoredObject, fields: list[StoredField]) -> Object:
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
    )


def build_field(stored: StoredField) -> Field:
    kind = FIELD_TYPES[stored.definition.type]
    config = kind.Config.model_validate(dict(stored.definition.config))
    return Field(
        id=stored.id,
        slug=stored.slug,
        position=stored.position,
        kind=kind,
        config=config,
        definition=stored.definition,
        readonly=not kind.writable,
        archived=stored.archived,
    )


def _system_fields(object_id: UUID) -> tuple[Field, ...]:
    """The same seven fields on every object; their ids derive from the object's."""
    return tuple(
        Field(
            id=uuid5(object_id, spec.definition.api_name),
            slug=spec.column,
            position=-len(SYSTEM_FIELDS) + rank,
            kind=FIELD_TYPES[spec.definition.type],
            config=FIELD_TYPES[spec.definition.type].Config.model_validate(dict(spec.definition.config)),
            definition=spec.definition,
            system=True,
            readonly=spec.definition.api_name != OWNER,
        )
        for rank, spec in enumerate(SYSTEM_FIELDS)
    )
