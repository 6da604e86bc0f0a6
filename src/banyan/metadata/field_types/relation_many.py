"""Relation to many 多项关联: a list of records of another object, in the order in which they were named."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from banyan.kernel.ids import parse_id
from banyan.metadata.field_types.base import (
    ColumnSpec,
    FieldLike,
    FieldType,
    NoConfig,
    TypeConfig,
    ValueContext,
    ValueProblem,
    Values,
)
from banyan.metadata.field_types.department import DEPARTMENT_OBJECT
from banyan.metadata.field_types.relation import VARIABLES
from banyan.metadata.field_types.user import USER_OBJECT

MOST = 200


class RelationManyConfig(TypeConfig):
    """`target` is the API name of the related object."""

    target: str


class RelationMany(FieldType):
    key = "relation_many"
    label: ClassVar[Mapping[str, str]] = {"zh-CN": "多项关联", "en": "Relation to many"}
    Config: ClassVar[type[TypeConfig]] = RelationManyConfig
    operators = ("any_of", "all_of", "none_of", "is_empty", "is_not_empty")
    sortable = False
    aggregates = ()
    pointing = True
    matchable = True
    is_list = True
    json_format: ClassVar[Mapping[str, Any]] = {
        "type": "array",
        "maxItems": MOST,
        "items": {
            "type": "object",
            "properties": {
                "id": {"type": "string", "format": "uuid"},
                "label": {"type": ["string", "null"]},
            },
        },
    }

    def columns(self, field: FieldLike) -> tuple[ColumnSpec, ...]:
        return (ColumnSpec("", ARRAY(sa.Uuid()), "uuid[]"),)

    def member(self, field: FieldLike) -> str:
        """API name of the object whose records the list holds."""
        return str(field.config.target)

    def reaches(self, field: FieldLike) -> tuple[str, ...]:
        return (self.member(field),)

    def named(self, field: FieldLike, values: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
        return tuple((self.member(field), found) for found in values.get("") or ())

    def parse(self, field: FieldLike, raw: Any, context: ValueContext) -> Values:
        ids = list(dict.fromkeys(self._ids(field, raw, context)))
        if len(ids) > MOST:
            raise ValueProblem("too_many_related", limit=MOST)
        return {"": ids or None}

    def _ids(self, field: FieldLike, raw: Any, context: ValueContext) -> Iterable[str]:
        if not isinstance(raw, list):
            raise ValueProblem("not_list")
        for item in raw:
            if item == "me" and self.member(field) == USER_OBJECT:
                if context.me is None:
                    raise ValueProblem("nobody_is_me")
                yield str(context.me)
                continue
            found = parse_id(item.get("id") if isinstance(item, Mapping) else item)
            if found is None:
                raise ValueProblem("not_id")
            yield str(found)

    def operand(self, field: FieldLike, raw: Any, context: ValueContext) -> Any:
        """Ids, with those that variables such as `me` stand for."""
        ids: list[str] = []
        for item in raw if isinstance(raw, list) else [raw]:
            if isinstance(item, str) and VARIABLES.get(item) == self.member(field):
                ids += context.variables.get(item, ())
            else:
                ids += self._ids(field, [item], context)
        return ids

    def to_text(
        self, field: FieldLike, value: Any, *, language: str, labels: bool = True, currency: str | None = None
    ) -> str:
        names = [item.get("label") if labels else item["id"] for item in value or ()]
        return "; ".join(str(name) for name in names if name)

    def python(self, field: FieldLike, value: Any) -> Any:
        return [item["id"] if isinstance(item, Mapping) else item for item in value]


class Users(RelationMany):
    """Several people; `me` in filters is the caller."""

    key = "users"
    label: ClassVar[Mapping[str, str]] = {"zh-CN": "多个成员", "en": "Users"}
    Config = NoConfig

    def member(self, field: FieldLike) -> str:
        return USER_OBJECT


class Departments(RelationMany):
    """Several departments."""

    key = "departments"
    label: ClassVar[Mapping[str, str]] = {"zh-CN": "多个部门", "en": "Departments"}
    Config = NoConfig

    def member(self, field: FieldLike) -> str:
        return DEPARTMENT_OBJECT
