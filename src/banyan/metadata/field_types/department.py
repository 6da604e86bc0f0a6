"""Department 部门: a relation to the object of departments; `my_department` in filters is the caller's own."""

from collections.abc import Mapping
from typing import ClassVar

from banyan.metadata.field_types.base import FieldLike, NoConfig
from banyan.metadata.field_types.relation import Relation

DEPARTMENT_OBJECT = "department"


class Department(Relation):
    key = "department"
    label: ClassVar[Mapping[str, str]] = {"zh-CN": "部门", "en": "Department"}
    Config = NoConfig

    def target(self, field: FieldLike) -> str:
        return DEPARTMENT_OBJECT
