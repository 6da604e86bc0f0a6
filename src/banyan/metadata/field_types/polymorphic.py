"""Polymorphic relation 多态关联: one record of one of several objects."""

from collections.abc import Mapping
from typing import Any, ClassVar

import sqlalchemy as sa
from pydantic import Field as Bound
from pydantic import field_validator

from banyan.kernel.faults import Fault
from banyan.kernel.ids import parse_id
from banyan.metadata.field_types.base import (
    ColumnSpec,
    FieldLike,
    FieldType,
    TypeConfig,
    ValueContext,
    ValueProblem,
    Values,
)

MOST_TARGETS = 20


class PolymorphicConfig(TypeConfig):
    """`targets` are the API names of the objects a value may belong to."""

    targets: tuple[str, ...] = Bound(min_length=1, max_length=MOST_TARGETS)

    @field_validator("targets")
    @classmethod
    def _once(cls, targets: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(targets)) != len(targets):
            raise Fault("same_object")
        return targets


class Polymorphic(FieldType):
    key = "polymorphic"
    label: ClassVar[Mapping[str, str]] = {"zh-CN": "多态关联", "en": "Relation to one of several objects"}
    Config: ClassVar[type[TypeConfig]] = PolymorphicConfig
    operators = ("eq", "ne", "in", "not_in", "is_empty", "is_not_empty")
    sortable = False
    aggregates = ()
    opaque = True
    pointing = True
    json_format: ClassVar[Mapping[str, Any]] = {
        "type": "object",
        "properties": {
            "object": {"type": "string"},
            "id": {"type": "string", "format": "uuid"},
            "label": {"type": ["string", "null"]},
        },
    }

    def columns(self, field: FieldLike) -> tuple[ColumnSpec, ...]:
        return (ColumnSpec("", sa.Uuid(), "uuid"), ColumnSpec("__obj", sa.Text(), "text"))

    def reaches(self, field: FieldLike) -> tuple[str, ...]:
        return tuple(field.config.targets)

    def named(self, field: FieldLike, values: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
        return () if values.get("") is None else ((values["__obj"], values[""]),)

    def parse(self, field: FieldLike, raw: Any, context: ValueContext) -> Values:
        if not isinstance(raw, Mapping):
            raise ValueProblem("not_object_and_id")
        name = raw.get("object")
        if name not in field.config.targets:
            raise ValueProblem(
                "object_not_offered", object=str(name), allowed=", ".join(field.config.targets)
            )
        found = parse_id(raw.get("id"))
        if found is None:
            raise ValueProblem("not_id")
        return {"": str(found), "__obj": name}

    def parse_cell(
        self, field: FieldLike, cell: str, context: ValueContext, form: str | None = None
    ) -> Values:
        """`object:id`, as an export without labels writes it."""
        name, _, identifier = cell.strip().partition(":")
        return self.parse(field, {"object": name.strip(), "id": identifier.strip()}, context)

    def operand(self, field: FieldLike, raw: Any, context: ValueContext) -> Any:
        found = parse_id(raw.get("id") if isinstance(raw, Mapping) else raw)
        if found is None:
            raise ValueProblem("not_id")
        return str(found)

    def to_json(self, field: FieldLike, values: Mapping[str, Any]) -> Any:
        return None if values.get("") is None else {"object": values["__obj"], "id": values[""]}

    def to_text(
        self, field: FieldLike, value: Any, *, language: str, labels: bool = True, currency: str | None = None
    ) -> str:
        if value is None:
            return ""
        return str(value.get("label") or "") if labels else f"{value['object']}:{value['id']}"

    def python(self, field: FieldLike, value: Any) -> Any:
        return value["id"] if isinstance(value, Mapping) else value
