"""Relation 关联字段: one record of another object, held by a foreign key."""

from collections.abc import Mapping
from typing import Any, ClassVar

import sqlalchemy as sa

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

# Words a filter may use for the caller's own place in the organisation, and the object each names records of.
VARIABLES: Mapping[str, str] = {
    "me": "user",
    "my_subordinates": "user",
    "my_department": "department",
    "my_departments": "department",
    "my_departments_and_below": "department",
}


class RelationConfig(TypeConfig):
    """`target` is the API name of the related object; `inverse_label` names the list on its page."""

    target: str
    inverse_label: Mapping[str, str] | None = None


class Relation(FieldType):
    key = "relation"
    label: ClassVar[Mapping[str, str]] = {"zh-CN": "关联", "en": "Relation"}
    Config: ClassVar[type[TypeConfig]] = RelationConfig
    operators = ("eq", "ne", "in", "not_in", "is_empty", "is_not_empty")
    groupable = True
    pointing = True
    matchable = True
    json_format: ClassVar[Mapping[str, Any]] = {
        "type": "object",
        "properties": {"id": {"type": "string", "format": "uuid"}, "label": {"type": ["string", "null"]}},
    }

    def columns(self, field: FieldLike) -> tuple[ColumnSpec, ...]:
        return (ColumnSpec("", sa.Uuid(), "uuid"),)

    def target(self, field: FieldLike) -> str:
        return str(field.config.target)

    def reaches(self, field: FieldLike) -> tuple[str, ...]:
        return (self.target(field),)

    def named(self, field: FieldLike, values: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
        return () if values.get("") is None else ((self.target(field), values[""]),)

    def parse(self, field: FieldLike, raw: Any, context: ValueContext) -> Values:
        found = parse_id(raw.get("id") if isinstance(raw, Mapping) else raw)
        if found is None:
            raise ValueProblem("not_id")
        return {"": str(found)}

    def operand(self, field: FieldLike, raw: Any, context: ValueContext) -> Any:
        """A variable that means nobody here gives no operand, which equals nothing."""
        if not self._is_variable(field, raw):
            return super().operand(field, raw, context)
        found = context.variables.get(raw, ())
        if len(found) > 1:
            raise ValueProblem("variable_many", variable=raw)
        return found[0] if found else None

    def operands(self, field: FieldLike, raw: Any, context: ValueContext) -> list[Any]:
        if self._is_variable(field, raw):
            return list(context.variables.get(raw, ()))
        return [self.operand(field, raw, context)]

    def _is_variable(self, field: FieldLike, raw: Any) -> bool:
        return isinstance(raw, str) and VARIABLES.get(raw) == self.target(field)

    def to_text(
        self, field: FieldLike, value: Any, *, language: str, labels: bool = True, currency: str | None = None
    ) -> str:
        if value is None:
            return ""
        # A record out of the reader's sight has no label; its bare id would tell nobody anything.
        return str(value.get("label") or "") if labels else str(value["id"])

    def python(self, field: FieldLike, value: Any) -> Any:
        return value["id"] if isinstance(value, Mapping) else value
