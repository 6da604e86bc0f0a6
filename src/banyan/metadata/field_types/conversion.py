"""What a conversion between field types is, and the expressions that several of them share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from banyan.metadata.field_types.base import Columns, FieldLike
from banyan.metadata.field_types.single_choice import ChoiceConfig

Expressions = dict[str, ColumnElement[Any]]
Convert = Callable[[FieldLike, Columns, FieldLike], Expressions]


@dataclass(frozen=True)
class Conversion:
    """SQL for the new columns from the old ones; NULL where a value has no counterpart."""

    kind: Literal["lossless", "lossy"]
    sql: Convert


Edges = Mapping[tuple[str, str], Conversion]


def same(_old: FieldLike, columns: Columns, _new: FieldLike) -> Expressions:
    return {"": columns[""]}


def as_text(_old: FieldLike, columns: Columns, new: FieldLike) -> Expressions:
    return {"": sa.func.left(sa.cast(columns[""], sa.Text), new.config.max_length)}


def matching(column: ColumnElement[Any], pattern: str, value: ColumnElement[Any]) -> ColumnElement[Any]:
    return sa.case((column.regexp_match(pattern), value))


def choice_key(config: ChoiceConfig, word: ColumnElement[Any]) -> ColumnElement[Any]:
    """Key of the choice whose key or label is `word`, which is in lower case."""
    names: dict[str, str] = {}
    for choice in config.choices:
        for name in (choice.key, *choice.label.values()):
            names.setdefault(name.strip().lower(), choice.key)
    return sa.case(names, value=word) if names else sa.cast(sa.null(), sa.Text)
