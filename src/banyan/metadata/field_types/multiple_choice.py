"""Multiple choice 多选: a set of keys, kept in the order of the choices."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from banyan.metadata.field_types.base import (
    ColumnSpec,
    FieldLike,
    FieldType,
    ValueContext,
    ValueProblem,
    Values,
)
from banyan.metadata.field_types.single_choice import ChoiceConfig, choice_label, find_choice

_SEPARATORS = re.compile(r"([;；,，、|\n])")


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
        return self.parse(field, _keys_in(field.config, _SEPARATORS.split(cell)), context)

    def holds_key(self, column: ColumnElement[Any], key: str) -> ColumnElement[bool]:
        """Whether the value has the choice `key` among it."""
        return sa.literal(key) == sa.any_(column)

    def to_text(
        self, field: FieldLike, value: Any, *, language: str, labels: bool = True, currency: str | None = None
    ) -> str:
        names = [choice_label(field.config, key, language) if labels else key for key in value or ()]
        return "; ".join(names)

    def json_schema(self, field: FieldLike) -> dict[str, Any]:
        keys = [choice.key for choice in field.config.choices]
        return {"type": "array", "items": {"type": "string", **({"enum": keys} if keys else {})}}


def _keys_in(config: ChoiceConfig, pieces: list[str]) -> list[str]:
    """Keys named by pieces of a cell and the separators between them; a label may hold separators itself."""
    names = (name for choice in config.choices for name in choice.label.values())
    longest = max((len(_SEPARATORS.split(name)) for name in names), default=1)
    keys, start = [], 0
    while start < len(pieces):
        for end in range(min(len(pieces), start + longest), start, -2):  # pieces and separators take turns
            text = "".join(pieces[start:end]).strip()
            found = find_choice(config, text) if text else None
            if found is not None:
                keys.append(found)
                break
        else:
            end = start + 1
            if pieces[start].strip():
                raise ValueProblem("unknown_choice", value=pieces[start].strip())
        start = end + 1
    return keys
