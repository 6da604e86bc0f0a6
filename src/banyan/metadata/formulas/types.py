"""Types of formula values, and what type a field's value has."""

from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from banyan.metadata.catalog import Field

Name = Literal["number", "text", "boolean", "date", "datetime", "record", "list", "blank"]


@dataclass(frozen=True)
class ValueType:
    """`object` names what a record is a record of. `blank` is the type of nothing, which fits everywhere."""

    name: Name
    object: str | None = None

    def document(self) -> dict[str, str]:
        return {"type": self.name, **({"object": self.object} if self.object else {})}


NUMBER, TEXT, BOOLEAN = ValueType("number"), ValueType("text"), ValueType("boolean")
DATE, DATETIME, LIST, BLANK = (
    ValueType("date"),
    ValueType("datetime"),
    ValueType("list"),
    ValueType("blank"),
)
BY_NAME: dict[str, "ValueType"] = {each.name: each for each in (NUMBER, TEXT, BOOLEAN, DATE, DATETIME, LIST)}
STORED: dict[str, sa.types.TypeEngine[Any]] = {
    "number": sa.Numeric(),
    "text": sa.Text(),
    "boolean": sa.Boolean(),
    "date": sa.Date(),
    "datetime": sa.DateTime(timezone=True),
    "record": sa.Uuid(),
    "list": ARRAY(sa.Text()),
    "blank": sa.Text(),
}


def type_of(field: Field) -> ValueType | None:  # noqa: PLR0911 - one per type
    """The type a formula sees; None for what it cannot read (files, JSON, encrypted text …)."""
    if field.kind.opaque:
        return None
    if field.target is not None:
        return ValueType("record", field.target)
    main = field.specs[0].type if field.specs and not field.specs[0].suffix else None
    match main:
        case sa.Numeric() | sa.Integer():
            return NUMBER
        case sa.Boolean():
            return BOOLEAN
        case sa.DateTime():
            return DATETIME
        case sa.Date():
            return DATE
        case ARRAY():
            return LIST if isinstance(main.item_type, sa.Text) else None
        case sa.Text() | sa.Uuid():
            return TEXT
        case _:
            return None


def unified(left: ValueType, right: ValueType) -> ValueType | None:
    """The type both fit into: a day is an instant where one is asked for; None when they do not meet."""
    if right in (left, BLANK):
        return left
    if left == BLANK:
        return right
    if {left, right} == {DATE, DATETIME}:
        return DATETIME
    return None
