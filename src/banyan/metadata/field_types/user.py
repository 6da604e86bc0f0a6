"""User 成员: a relation to the object of people; `me` in filters is the caller."""

from collections.abc import Mapping
from typing import Any, ClassVar

from banyan.metadata.field_types.base import FieldLike, NoConfig, ValueContext, ValueProblem, Values
from banyan.metadata.field_types.relation import Relation

USER_OBJECT = "user"


class User(Relation):
    key = "user"
    label: ClassVar[Mapping[str, str]] = {"zh-CN": "成员", "en": "User"}
    Config = NoConfig

    def target(self, field: FieldLike) -> str:
        return USER_OBJECT

    def parse(self, field: FieldLike, raw: Any, context: ValueContext) -> Values:
        if raw == "me":
            if context.me is None:
                raise ValueProblem("nobody_is_me")
            return {"": str(context.me)}
        return super().parse(field, raw, context)
