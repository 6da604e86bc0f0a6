"""Typed operations of a change: what a person (or a package) asks for. Each has one handler."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Bound

from banyan.metadata.definitions import (
    FieldDefinition,
    Layout,
    NamedLayout,
    UniqueTogether,
    ValidationRule,
)
from banyan.metadata.labels import Label
from banyan.metadata.pipelines import Pipeline


class _Operation(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CreateObject(_Operation):
    kind: Literal["create_object"] = "create_object"
    api_name: str
    label: Label
    label_plural: Label | None = None
    object_kind: Literal["standard", "custom", "system"] = "custom"
    icon: str = "table"
    color: str = "grey"
    title_field: str = "name"
    in_navigation: bool = True
    searchable: bool = True
    package: str | None = None
    fields: tuple[FieldDefinition, ...] = ()


class ObjectChanges(_Operation):
    """Attributes of an object that may change; only those given are set. `field_order` names all its fields."""

    api_name: str | None = None
    label: Label | None = None
    label_plural: Label | None = None
    icon: str | None = None
    color: str | None = None
    title_field: str | None = None
    subtitle_field: str | None = None
    board_field: str | None = None
    board_sum_field: str | None = None
    quick_create: tuple[str, ...] | None = None
    in_navigation: bool | None = None
    searchable: bool | None = None
    layout: Layout | None = None
    layouts: tuple[NamedLayout, ...] | None = None
    rules: tuple[ValidationRule, ...] | None = None
    unique_together: tuple[UniqueTogether, ...] | None = None
    record_type_field: str | None = None
    stage_field: str | None = None
    pipeline_field: str | None = None
    pipelines: tuple[Pipeline, ...] | None = None
    field_order: tuple[str, ...] | None = None
    aliases: tuple[str, ...] | None = None


class UpdateObject(_Operation):
    kind: Literal["update_object"] = "update_object"
    object: str
    set: ObjectChanges


class RemoveObject(_Operation):
    kind: Literal["remove_object"] = "remove_object"
    object: str


class RestoreObject(_Operation):
    kind: Literal["restore_object"] = "restore_object"
    object_id: UUID


class AddField(_Operation):
    kind: Literal["add_field"] = "add_field"
    object: str
    field: FieldDefinition


class FieldChanges(_Operation):
    api_name: str | None = None
    label: Label | None = None
    help: Label | None = None
    required: bool | None = None
    unique: bool | None = None
    searchable: bool | None = None
    indexed: bool | None = None
    config: Mapping[str, Any] | None = None
    default: Any = None
    default_formula: str | None = None
    placeholder: Label | None = None
    visible_when: Mapping[str, Any] | None = None
    required_when: Mapping[str, Any] | None = None
    readonly_when: Mapping[str, Any] | None = None
    aliases: tuple[str, ...] | None = None


class UpdateField(_Operation):
    kind: Literal["update_field"] = "update_field"
    object: str
    field: str
    set: FieldChanges


class RetypeField(_Operation):
    kind: Literal["retype_field"] = "retype_field"
    object: str
    field: str
    type: str
    config: Mapping[str, Any] = Bound(default_factory=dict)


class RemoveField(_Operation):
    kind: Literal["remove_field"] = "remove_field"
    object: str
    field: str


class RestoreField(_Operation):
    """`replaces` is a live field that gives its place to the restored one, as taking back a change of type does."""

    kind: Literal["restore_field"] = "restore_field"
    object: str
    field_id: UUID
    replaces: UUID | None = None


Operation = Annotated[
    CreateObject
    | UpdateObject
    | RemoveObject
    | RestoreObject
    | AddField
    | UpdateField
    | RetypeField
    | RemoveField
    | RestoreField,
    Bound(discriminator="kind"),
]
