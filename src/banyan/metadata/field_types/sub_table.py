"""Sub-table 子表: records of another object that belong to this one, shown and edited in its page.

It holds no value of its own: its rows are records of `relation`'s object, read and written as such; a new record may be
written together with its rows.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field as Bound

from banyan.metadata.field_types.base import (
    ColumnSpec,
    FieldLike,
    FieldType,
    TypeConfig,
    ValueContext,
    ValueProblem,
    Values,
)


class SubTableConfig(TypeConfig):
    """`relation`: `child.field`, the relation that points here. `columns` of the child shown, `totals` summed below."""

    relation: str = Bound(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$", max_length=81)
    columns: tuple[str, ...] = Bound(default=(), max_length=30)
    totals: tuple[str, ...] = Bound(default=(), max_length=30)


class SubTable(FieldType):
    key = "sub_table"
    label: ClassVar[Mapping[str, str]] = {"zh-CN": "子表", "en": "Sub-table"}
    Config = SubTableConfig
    operators = ()
    aggregates = ()
    sortable = False
    virtual = True
    writable = False
    json_format: ClassVar[Mapping[str, Any]] = {"type": "array", "items": {"type": "object"}}

    def columns(self, field: FieldLike) -> tuple[ColumnSpec, ...]:
        return ()

    def parse(self, field: FieldLike, raw: Any, context: ValueContext) -> Values:
        raise ValueProblem("given_by_system")

    def inverse(self, field: FieldLike) -> tuple[str, str]:
        """The object whose records these are, and its relation that points here."""
        child, _, relation = field.config.relation.partition(".")
        return child, relation
