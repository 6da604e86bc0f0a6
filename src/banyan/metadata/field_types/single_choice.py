"""Single choice 单选: one key out of the field's choices. The key is stored; labels may change freely."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar, Literal, Self

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, field_validator, model_validator
from pydantic import Field as Bound
from sqlalchemy.sql.elements import ColumnElement

from banyan.db.json_text import KeyText
from banyan.kernel.collation import fold
from banyan.kernel.faults import Fault
from banyan.metadata.field_types.base import (
    Columns,
    ColumnSpec,
    FieldLike,
    FieldType,
    TypeConfig,
    ValueContext,
    ValueProblem,
    Values,
    text_of,
)

MAX_CHOICES = 500


class Choice(BaseModel):
    """`category` and `probability` give meaning to the stages of a pipeline.

    `managed`: into this one only the house moves a record, as into a lead's "converted".
    `when`: keys of the field that the choices depend on under which this one is offered; none: always.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str = Bound(pattern=r"^[a-z0-9_]{1,40}$")
    label: Mapping[str, str]
    color: str = "grey"
    category: Literal["open", "won", "lost"] | None = None
    probability: Decimal | None = Bound(default=None, ge=0, le=100)
    archived: bool = False
    managed: bool = False
    when: tuple[str, ...] = ()


class ChoiceConfig(TypeConfig):
    """`transitions`: which keys may follow which (one not named: any; None: all is free).

    `start`: keys that somebody's new record may begin with (none named: any).
    """

    choices: tuple[Choice, ...] = Bound(default=(), max_length=MAX_CHOICES)
    depends_on: str | None = None
    transitions: Mapping[str, tuple[str, ...]] | None = None
    start: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _known_states(self) -> Self:
        keys = {choice.key for choice in self.choices}
        named = [
            *self.start,
            *(self.transitions or {}),
            *(k for to in (self.transitions or {}).values() for k in to),
        ]
        unknown = next((key for key in named if key not in keys), None)
        if unknown is not None:
            raise Fault("no_choice", name=unknown)
        return self

    @field_validator("choices")
    @classmethod
    def _keys_differ(cls, choices: tuple[Choice, ...]) -> tuple[Choice, ...]:
        if len({choice.key for choice in choices}) != len(choices):
            raise Fault("same_key")
        return choices


def find_choice(config: ChoiceConfig, text: str) -> str | None:
    """Key of the choice whose key or any label is `text`, case and width aside."""
    wanted = fold(text).strip()
    for choice in config.choices:
        if wanted == choice.key or any(wanted == fold(label).strip() for label in choice.label.values()):
            return choice.key
    return None


def choice_label(config: ChoiceConfig, key: str, language: str) -> str:
    for choice in config.choices:
        if choice.key == key:
            return choice.label.get(language) or next(iter(choice.label.values()), key)
    return key


class SingleChoice(FieldType):
    key = "single_choice"
    label: ClassVar[Mapping[str, str]] = {"zh-CN": "单选", "en": "Single choice"}
    Config = ChoiceConfig
    operators = ("eq", "ne", "in", "not_in", "is_empty", "is_not_empty")
    groupable = True

    def columns(self, field: FieldLike) -> tuple[ColumnSpec, ...]:
        return (ColumnSpec("", KeyText(), "text"),)

    def longest(self, field: FieldLike) -> int | None:
        return 0

    def parse(self, field: FieldLike, raw: Any, context: ValueContext) -> Values:
        key = text_of(raw)
        if not any(choice.key == key for choice in field.config.choices):
            raise ValueProblem("unknown_choice", value=key)
        return {"": key}

    def parse_cell(
        self, field: FieldLike, cell: str, context: ValueContext, form: str | None = None
    ) -> Values:
        found = find_choice(field.config, cell)
        if found is None:
            raise ValueProblem("unknown_choice", value=cell)
        return {"": found}

    def holds_key(self, column: ColumnElement[Any], key: str) -> ColumnElement[bool]:
        """Whether the value is, or has among it, the choice `key`."""
        return column == sa.literal(key)

    def to_text(
        self, field: FieldLike, value: Any, *, language: str, labels: bool = True, currency: str | None = None
    ) -> str:
        if value is None:
            return ""
        return choice_label(field.config, value, language) if labels else str(value)

    def json_schema(self, field: FieldLike) -> dict[str, Any]:
        keys = [choice.key for choice in field.config.choices]
        return {"type": "string", "enum": keys} if keys else {"type": "string"}

    def sort_expression(self, field: FieldLike, columns: Columns) -> ColumnElement[Any]:
        """Choices sort in the order an administrator gave them; keys no longer listed come last."""
        order = {choice.key: rank for rank, choice in enumerate(field.config.choices)}
        if not order:
            return sa.cast(sa.null(), sa.Integer)
        ranks: dict[str, ColumnElement[Any]] = {
            key: sa.literal_column(str(rank)) for key, rank in order.items()
        }
        unlisted = sa.case((columns[""].is_not(None), sa.literal_column(str(len(order)))))
        return sa.case(ranks, value=columns[""], else_=unlisted)

    def sort_type(self, field: FieldLike) -> sa.types.TypeEngine[Any]:
        return sa.Integer()

    def sort_python(self, field: FieldLike, value: Any) -> Any:
        keys = [choice.key for choice in field.config.choices]
        return keys.index(value) if value in keys else len(keys)
