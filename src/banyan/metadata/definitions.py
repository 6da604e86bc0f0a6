"""What an object and a field are, as written in packages, stored in metadata and exported: plain values."""

import re
from collections.abc import Mapping
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, field_validator, model_validator
from pydantic import Field as Bound

Label = Mapping[str, str]
LANGUAGES = ("zh-CN", "en")
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


def checked_label(label: Label) -> Label:
    """At least one language, none empty, at most 80 characters."""
    if not label or any(code not in LANGUAGES for code in label):
        raise ValueError("a label needs zh-CN or en")
    if any(not text.strip() or len(text) > 80 for text in label.values()):  # noqa: PLR2004 - the length
        raise ValueError("a label has 1 to 80 characters")
    return {code: text.strip() for code, text in label.items()}


def checked_name(name: str) -> str:
    if not API_NAME.fullmatch(name) or "__" in name:
        raise ValueError("an API name starts with a-z, then a-z, 0-9 or single _, at most 40 characters")
    return name


class FieldDefinition(_Definition):
    """One field. `config` is validated by its type when the catalog is built."""

    api_name: str
    type: str
    label: Label
    help: Label | None = None
    required: bool = False
    unique: bool = False
    searchable: bool = False
    indexed: bool = False
    config: Mapping[str, Any] = Bound(default_factory=dict)
    default: Any = None
    aliases: tuple[str, ...] = ()
    package: str | None = None

    @field_validator("label", "help")
    @classmethod
    def _label(cls, label: Label | None) -> Label | None:
        return None if label is None else checked_label(label)

    @field_validator("api_name")
    @classmethod
    def _name(cls, name: str) -> str:
        if name in RESERVED_NAMES:
            raise ValueError(f"{name} is a name of the system")
        return checked_name(name)


class LayoutSection(_Definition):
    label: Label
    fields: tuple[str, ...]


class RelatedList(_Definition):
    object: str
    field: str


class Layout(_Definition):
    """What a record page shows. Names of fields that no longer exist are passed over."""

    highlights: tuple[str, ...] = ()
    path: str | None = None
    sections: tuple[LayoutSection, ...] = ()
    related: tuple[RelatedList, ...] = ()


class ObjectDefinition(_Definition):
    """One object, without its fields."""

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
    aliases: tuple[str, ...] = ()
    package: str | None = None

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
            raise ValueError("an object's name cannot also be its alias")
        return self


class StoredField(_Definition):
    """A field with its identity: id and physical slug never change."""

    id: UUID
    object_id: UUID
    slug: str
    position: int
    archived: bool = False
    definition: FieldDefinition


class StoredObject(_Definition):
    id: UUID
    table_name: str
    position: int
    archived: bool = False
    definition: ObjectDefinition
