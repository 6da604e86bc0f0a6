"""A rule of an object, asked of rows that stand: whether they break it, and what is said then."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from banyan.db.compile import DIALECT
from banyan.metadata.catalog import Field
from banyan.metadata.formulas.facade import LowerContext

# From the base alias, what lowers a filter of the rule, and the lowering context: whether a row breaks the rule.
Broken = Callable[[sa.FromClause, Callable[[int], ColumnElement[bool]], LowerContext], ColumnElement[bool]]
# From a new row as it was written (by physical column): whether it may break the rule at all.
MayBreak = Callable[[Mapping[str, Any]], bool]


@dataclass(frozen=True, eq=False)
class Rule:
    """`fields` are the ids of fields it speaks of; `filters` documents resolved anew for each caller and moment.

    `moving`: of a stage, so not asked of what a load brings in as history. `unless`: not asked where one of these
    fields was written, for another rule is. `spared`: roles it is not asked of; `people`: of nobody but people.
    `new_may`: a look at a new row that spares the asking where it says no; what it says yes to is asked.
    """

    code: str
    field: Field | None
    message: Mapping[str, str]
    fields: frozenset[UUID]
    filters: tuple[Any, ...]
    broken: Broken
    moving: bool = False
    unless: frozenset[UUID] = frozenset()
    spared: frozenset[str] = frozenset()
    people: bool = False
    new_may: MayBreak = lambda _row: True

    def told(self, language: str) -> dict[str, str]:
        """Parameters of the problem's text in `language`."""
        words = self.message.get(language) or next(iter(self.message.values()), "")
        return {"message": words, "leading": words, "field": self.field.api_name if self.field else ""}


def fixed(value: Any, kind: sa.types.TypeEngine[Any]) -> ColumnElement[Any]:
    """A value of the configuration, written out: the text is kept with it, and nothing is sent with each asking."""
    return sa.literal_column(f"{sql.Literal(value).as_string()}::{kind.compile(dialect=DIALECT)}", kind)


def among(column: ColumnElement[Any], keys: Sequence[str]) -> ColumnElement[bool]:
    """Whether the value is one of `keys`."""
    return column == sa.any_(fixed(list(keys), ARRAY(sa.Text())))
