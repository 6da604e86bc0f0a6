"""What an object and a field are, as written in packages, stored in metadata and exported: plain values."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, field_validator, model_validator
from pydantic import Field as Bound

from banyan.kernel.faults import Fault
from banyan.metadata.labels import Label, checked_label
from banyan.metadata.pipelines import MOST_PIPELINES, Pipeline

MAX_HELP, MAX_FORMULA = 500, 10_000
KEY = r"^[a-z0-9_]{1,40}$"
API_NAME = re.compile(r"^[a-z][a-z0-9_]{0,39}$")
# Columns every record table has, and names the API gives a meaning of its own.
RESERVED_NAMES = frozenset(
    (
        "id",
        "version",
        "created_at",
        "updated_at",
        "created_by",
        "updated_by",
        "owner",
        "owner_department",
        "deleted_at",
        "department_id",
        "owner_id",
    )
)


class _Definition(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def checked_name(name: str) -> str:
    if not API_NAME.fullmatch(name) or "__" in name:
        raise Fault("api_name")
    return name


class FieldDefinition(_Definition):
    """One field. `config` is validated by its type when the catalog is built.

    `managed`: kept by the house; read like any other, written by no person.
    """

    api_name: str
    type: str
    label: Label
    help: Label | None = None
    required: bool = False
    unique: bool = False
    searchable: bool = False
    indexed: bool = False
    managed: bool = False
    config: Mapping[str, Any] = Bound(default_factory=dict)
    default: Any = None
    default_formula: str | None = Bound(default=None, max_length=MAX_FORMULA)
    placeholder: Label | None = None
    visible_when: Mapping[str, Any] | None = None
    required_when: Mapping[str, Any] | None = None
    readonly_when: Mapping[str, Any] | None = None
    aliases: tuple[str, ...] = ()
    package: str | None = None

    @classmethod
    def trusted(cls, document: Mapping[str, Any]) -> Self:
        """What was checked when it was written, read back without a second look: 1 µs instead of 25."""
        made = cls.__new__(cls)
        values = {**_FIELD_DEFAULTS, **document, "aliases": tuple(document.get("aliases", ()))}
        object.__setattr__(made, "__dict__", values)
        object.__setattr__(made, "__pydantic_fields_set__", set(document))
        object.__setattr__(made, "__pydantic_extra__", None)
        object.__setattr__(made, "__pydantic_private__", None)
        return made

    @field_validator("label", "placeholder")
    @classmethod
    def _label(cls, label: Label | None) -> Label | None:
        return None if label is None else checked_label(label)

    @field_validator("help")
    @classmethod
    def _help(cls, text: Label | None) -> Label | None:
        return None if text is None else checked_label(text, MAX_HELP)

    @model_validator(mode="after")
    def _one_default(self) -> Self:
        if self.default is not None and self.default_formula is not None:
            raise Fault("two_defaults")
        return self

    @field_validator("api_name")
    @classmethod
    def _name(cls, name: str) -> str:
        if name in RESERVED_NAMES:
            raise Fault("reserved_name", name=name)
        return checked_name(name)


_FIELD_DEFAULTS = {
    name: info.get_default(call_default_factory=True)
    for name, info in FieldDefinition.model_fields.items()
    if not info.is_required()
}


class LayoutSection(_Definition):
    """`columns` wide on a large screen; shown while `visible_when` holds, folded at first where `collapsed`."""

    label: Label
    fields: tuple[str, ...]
    columns: Literal[1, 2] = 2
    collapsed: bool = False
    visible_when: Mapping[str, Any] | None = None


class RelatedList(_Definition):
    object: str
    field: str


class Layout(_Definition):
    """What a record page shows. Names of fields that no longer exist are passed over."""

    highlights: tuple[str, ...] = ()
    path: str | None = None
    sections: tuple[LayoutSection, ...] = ()
    related: tuple[RelatedList, ...] = ()


class NamedLayout(_Definition):
    """A layout for some: the first whose roles and record types (empty: all) fit is taken, else the object's own."""

    key: str = Bound(pattern=KEY)
    label: Label
    roles: tuple[str, ...] = ()
    record_types: tuple[str, ...] = ()
    layout: Layout

    @field_validator("label")
    @classmethod
    def _label(cls, label: Label) -> Label:
        return checked_label(label)


class ValidationRule(_Definition):
    """A record is refused, with `message` at `field` (None: at the record), where the formula `error_when` is true.

    `held`: by the database too, so that nothing that writes gets past it. Its formula reads the record alone.
    """

    key: str = Bound(pattern=KEY)
    error_when: str = Bound(min_length=1, max_length=MAX_FORMULA)
    message: Label
    field: str | None = None
    active: bool = True
    held: bool = False

    @field_validator("message")
    @classmethod
    def _message(cls, message: Label) -> Label:
        return checked_label(message, MAX_HELP)


class UniqueTogether(_Definition):
    """No two live records have the same values in all of `fields`; a record with one of them empty is free."""

    key: str = Bound(pattern=KEY)
    fields: tuple[str, ...] = Bound(min_length=2, max_length=6)


class ObjectDefinition(_Definition):
    """One object, without its fields.

    `record_type_field` names a single choice whose choices are the record types; `stage_field` one whose choices are
    the stages of the `pipelines`, `pipeline_field` one whose choices are their keys.
    """

    api_name: str
    kind: Literal["standard", "custom", "system"] = "custom"
    label: Label
    label_plural: Label | None = None
    icon: str = "table"
    color: str = "grey"
    title_field: str = "name"
    subtitle_field: str | None = None
    board_field: str | None = None
    board_sum_field: str | None = None
    quick_create: tuple[str, ...] = ()
    in_navigation: bool = True
    searchable: bool = True
    layout: Layout = Layout()
    layouts: tuple[NamedLayout, ...] = Bound(default=(), max_length=50)
    rules: tuple[ValidationRule, ...] = Bound(default=(), max_length=100)
    unique_together: tuple[UniqueTogether, ...] = Bound(default=(), max_length=10)
    record_type_field: str | None = None
    stage_field: str | None = None
    pipeline_field: str | None = None
    pipelines: tuple[Pipeline, ...] = Bound(default=(), max_length=MOST_PIPELINES)
    aliases: tuple[str, ...] = ()
    package: str | None = None

    @field_validator("layouts", "rules", "unique_together", "pipelines")
    @classmethod
    def _keys_differ(cls, parts: Any) -> Any:
        if len({part.key for part in parts}) != len(parts):
            raise Fault("same_key")
        return parts

    @field_validator("label", "label_plural")
    @classmethod
    def _label(cls, label: Label | None) -> Label | None:
        return None if label is None else checked_label(label)

    @field_validator("api_name")
    @classmethod
    def _name(cls, name: str) -> str:
        return checked_name(name)

    @model_validator(mode="after")
    def _not_its_own_alias(self) -> Self:
        if self.api_name in self.aliases:
            raise Fault("own_alias")
        return self


@dataclass(frozen=True)
class StoredField:
    """A field with its identity: id and physical slug never change.

    `purged`: archived so long that its columns are gone. What it was called stays, for the history of records.
    """

    id: UUID
    object_id: UUID
    slug: str
    position: int
    definition: FieldDefinition
    archived: bool = False
    purged: bool = False


@dataclass(frozen=True)
class StoredObject:
    id: UUID
    table_name: str
    position: int
    definition: ObjectDefinition
    archived: bool = False
    purged: bool = False
