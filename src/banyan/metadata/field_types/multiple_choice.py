"""Multiple choice 多选: a set of keys, kept in the order of the choices."""

from collections.abc import Mapping
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from banyan.metadata.field_types.base import (
    ColumnSpec,
    FieldLike,
    FieldType,
    ValueContext,
    ValueProblem,
    Values,
)
from banyan.metadata.field_types.single_choice import ChoiceConfig, choice_label, find_choice

_SEPARATORS = (";", "；", ",", "，", "、", "|", "\n")


class MultipleChoice(FieldType):
    key = "multiple_choice"
    label: ClassVar[Mapping[str, str]] = {"zh-CN": "多选", "en": "Multiple choice"}
    Config = ChoiceConfig
    operators = ("any_of", "all_of", "none_of", "is_empty", "is_not_empty")
    sortable = False
    aggregates = ()

    def columns(self, field: FieldLike) -> tuple[ColumnSpec, ...]:
        return (ColumnSpec("", ARRAY(sa.Text()), "text[]"),)

    def parse(self, field: FieldLike, raw: Any, context: ValueContext) -> Values:
        if not isinstance(raw, list):
            raise ValueProblem("not_list")
        order = [choice.key for choice in field.config.choices]
        for key in raw:
            if key not in order:
                raise ValueProblem("unknown_choice", value=key)
        return {"": [key for key in order if key in raw] or None}

    def parse_cell(
        self, field: FieldLike, cell: str, context: ValueContext, form: str | None = None
    ) -> Values:
        for separator in _SEPARATORS[1:]:
            cell = cell.replace(separator, _SEPARATORS[0])
        keys = []
        for part in filter(None, (piece.strip() for piece in cell.split(_SEPARATORS[0]))):
            found = find_choice(field.config, part)
            if found is None:
                raise ValueProblem("unknown_choice", value=part)
            keys.append(found)
        return self.parse(field, keys, context)

    def to_text(self, field: FieldLike, value: Any, *, language: str, labels: bool = True) -> str:
        names = [choice_label(field.config, key, language) if labels else key for key in value or ()]
        return "; ".join(names)

    def json_schema(self, field: FieldLike) -> dict[str, Any]:
        keys = [choice.key for choice in field.config.choices]
        return {"type": "array", "items": {"type": "string", **({"enum": keys} if keys else {})}}
