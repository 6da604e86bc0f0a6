"""What formula, rollup and lookup share: the columns and behaviour of their result's plain type, beside an error.

A field's kind is the type bound to its result (`for_config`), so that whoever asks it for operators or order asks the
plain type. An error is a value of its own: JSON `{"error": code}`; filters and sorts treat it as empty.
"""

from collections.abc import Mapping
from copy import copy
from dataclasses import replace
from functools import lru_cache
from typing import Any, ClassVar, Literal, Self

import sqlalchemy as sa
from pydantic import Field as Bound
from sqlalchemy.sql.elements import ColumnElement

from banyan.metadata.field_types.base import (
    Columns,
    ColumnSpec,
    FieldLike,
    FieldType,
    Parts,
    TypeConfig,
    ValueContext,
    ValueProblem,
    Values,
)
from banyan.metadata.field_types.plain import PLAIN, Inner, inner_config

Result = Literal["number", "currency", "text", "line", "boolean", "date", "datetime", "choice", "choices"]
ERROR = "__err"
_DELEGATED = ("operators", "aggregates", "groupable", "buckets", "sortable", "json_format", "align")


class ComputedConfig(TypeConfig):
    """`result` is what the computation gives, filled in when a change is planned; `scale` rounds numbers."""

    result: Result | None = None
    scale: int = Bound(default=2, ge=0, le=12)


class Computed(FieldType):
    computed: ClassVar[bool] = True
    writable: ClassVar[bool] = False
    operators = ("is_empty", "is_not_empty")

    def __init__(self) -> None:
        self._plain = PLAIN["text"]
        self._result = "text"

    def for_config(self, config: Mapping[str, Any]) -> FieldType:
        """The type bound to the result that `config` names."""
        return _bound(self, str(config.get("result") or "text"))

    def derived_settings(self, config: Any) -> frozenset[str]:
        return frozenset({"result", "choices_of"})

    def bound(self, result: str) -> Self:
        found = copy(self)
        plain = PLAIN.get(result, PLAIN["text"])
        vars(found).update({name: getattr(plain, name) for name in _DELEGATED}, _plain=plain, _result=result)
        return found

    def _inner(self, field: FieldLike) -> Inner:
        return Inner(field.id, field.api_name, inner_config(self._result, field.config.scale))

    def columns(self, field: FieldLike) -> tuple[ColumnSpec, ...]:
        specs = tuple(replace(spec, tracked=False) for spec in self._plain.columns(self._inner(field)))
        return (*specs, ColumnSpec(ERROR, sa.Text(), "text", tracked=False))

    def parse(self, field: FieldLike, raw: Any, context: ValueContext) -> Values:
        raise ValueProblem("given_by_system")

    def json_expression(self, field: FieldLike, columns: Columns) -> ColumnElement[Any]:
        error = sa.func.json_build_object(sa.literal_column("'error'"), columns[ERROR])
        value = sa.func.to_json(self._plain.json_expression(self._inner(field), columns))
        return sa.case((columns[ERROR].is_not(None), error), else_=value)

    def to_json(self, field: FieldLike, values: Mapping[str, Any]) -> Any:
        if values.get(ERROR) is not None:
            return {"error": values[ERROR]}
        return self._plain.to_json(self._inner(field), values)

    def to_text(
        self, field: FieldLike, value: Any, *, language: str, labels: bool = True, currency: str | None = None
    ) -> str:
        if isinstance(value, Mapping) and "error" in value:
            return f"#{value['error']}"
        return self._plain.to_text(
            self._inner(field), value, language=language, labels=labels, currency=currency
        )

    def json_schema(self, field: FieldLike) -> dict[str, Any]:
        error = {"type": "object", "properties": {"error": {"type": "string"}}, "required": ["error"]}
        return {"anyOf": [self._plain.json_schema(self._inner(field)), error]}

    def comparable(self, field: FieldLike, columns: Columns) -> ColumnElement[Any]:
        return self._plain.comparable(self._inner(field), columns)

    def operand(self, field: FieldLike, raw: Any, context: ValueContext) -> Any:
        return self._plain.operand(self._inner(field), raw, context)

    def operand_type(self, field: FieldLike) -> sa.types.TypeEngine[Any]:
        return self._plain.operand_type(self._inner(field))

    def python(self, field: FieldLike, value: Any) -> Any:
        return self._plain.python(self._inner(field), value)

    def sort_expression(self, field: FieldLike, columns: Columns) -> ColumnElement[Any]:
        return self._plain.sort_expression(self._inner(field), columns)

    def sort_type(self, field: FieldLike) -> sa.types.TypeEngine[Any]:
        return self._plain.sort_type(self._inner(field))

    def sort_python(self, field: FieldLike, value: Any) -> Any:
        return self._plain.sort_python(self._inner(field), value)

    def aggregate(self, field: FieldLike, columns: Columns, function: str) -> ColumnElement[Any]:
        return self._plain.aggregate(self._inner(field), columns, function)

    def in_parts(self, field: FieldLike, columns: Columns, function: str) -> Parts | None:
        return self._plain.in_parts(self._inner(field), columns, function)

    def index_columns(self, field: FieldLike) -> tuple[str, ...]:
        return tuple(self._plain.index_columns(self._inner(field)))


@lru_cache(maxsize=64)
def _bound(kind: Computed, result: str) -> Computed:
    return kind.bound(result)
