"""The field-type protocol: one stateless class per type, its configuration a frozen Pydantic model.

A type says which columns hold a value, how a raw value is read, how PostgreSQL renders it as JSON and how it
compares. Everything else in the house (filters, sort, import, export, OpenAPI, change plans) asks these members
and never the type's name. `values` everywhere are mappings from column suffix to a JSON-ready stored value.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar, Literal, Protocol
from uuid import UUID

import orjson
import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict
from sqlalchemy.sql.elements import ColumnElement

Columns = Mapping[str, ColumnElement[Any]]
Values = dict[str, Any]
MASK = "***"


class TypeConfig(BaseModel):
    """Base of all configurations: immutable, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class NoConfig(TypeConfig):
    """A type without choices of its own."""


class FieldLike(Protocol):
    """What a type may know of the field it serves (Catalog's Field satisfies it)."""

    @property
    def id(self) -> UUID: ...
    @property
    def api_name(self) -> str: ...
    @property
    def config(self) -> Any: ...
    @property
    def searchable(self) -> bool: ...


@dataclass(frozen=True)
class ColumnSpec:
    """One physical column of a value. `suffix` is appended to the field's slug."""

    suffix: str
    type: sa.types.TypeEngine[Any]
    ddl: str
    tracked: bool = True  # False for derived keys, which are left out of history

    def written(self, value: Any) -> Any:
        """A stored value as COPY and literals take it: documents as their text."""
        return orjson.dumps(value).decode() if self.ddl == "jsonb" and value is not None else value


@dataclass(frozen=True)
class Parts:
    """An aggregate in two steps: rows come together in parts first, and the few parts make the whole.

    `by` tells the parts of a group apart, `each` are aggregates over the rows of one part, and `whole` makes the
    JSON-ready aggregate of the group from both: what `FieldType.aggregate` gives over the rows themselves.
    """

    by: tuple[ColumnElement[Any], ...]
    each: tuple[ColumnElement[Any], ...]
    whole: Callable[[Sequence[ColumnElement[Any]], Sequence[ColumnElement[Any]]], ColumnElement[Any]]


class WrittenNumber(str):
    """A number of a history entry as the text it was written in: a float would round money."""

    __slots__ = ()


class Sealer(Protocol):
    """Seals and opens texts that the database must not hold in plain (db.vault's Vault satisfies it)."""

    def seal(self, purpose: str, text: str) -> str: ...
    def open(self, purpose: str, sealed: str) -> str: ...


@dataclass(frozen=True)
class ValueContext:
    """What a value may depend on beside itself: who writes, when and where."""

    me: UUID | None = None
    currency: str = "CNY"
    timezone: str = "Asia/Shanghai"
    bulk: bool = False
    sealer: Sealer | None = None
    # What `me`, `my_department` … stand for: ids, none where the word means nobody for this caller.
    variables: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    now: datetime = field(default_factory=lambda: datetime.now(UTC))


class ValueProblem(Exception):
    """A raw value that the field cannot hold: a finding, collected with others and rendered at its place."""

    def __init__(self, code: str, **params: Any) -> None:
        self.code = code
        self.params = params
        super().__init__(code)


class FieldType(ABC):
    """What every type declares. Optional powers are class attributes or the protocols below."""

    key: ClassVar[str]
    label: ClassVar[Mapping[str, str]]
    Config: ClassVar[type[TypeConfig]] = NoConfig
    operators: ClassVar[Sequence[str]]
    aggregates: ClassVar[Sequence[str]] = ("count_distinct",)
    groupable: ClassVar[bool] = False
    buckets: ClassVar[Sequence[str]] = ()
    sortable: ClassVar[bool] = True
    searchable: ClassVar[bool] = False
    uniqueable: ClassVar[bool] = False
    titleable: ClassVar[bool] = False
    creatable: ClassVar[bool] = True
    writable: ClassVar[bool] = True
    holds_files: ClassVar[bool] = False
    pictures: ClassVar[bool] = False  # of the files it holds, that they must be pictures
    virtual: ClassVar[bool] = False  # without columns: nothing is stored, selected or asked of it
    opaque: ClassVar[bool] = False  # what is stored means nothing to a formula (ciphertext, parts of a whole)
    computed: ClassVar[bool] = False  # set by the system from other fields (ADR 15)
    pointing: ClassVar[bool] = False  # whether values name records, which `reaches` and `named` tell
    matchable: ClassVar[bool] = False  # whether cells name records of its one object, by a field of theirs
    sealed: ClassVar[bool] = False  # whether what is stored is unreadable without the vault
    is_list: ClassVar[bool] = False  # whether the records named are a list
    json_format: ClassVar[Mapping[str, Any]] = {"type": "string"}
    align: ClassVar[Literal["left", "right"]] = "left"
    # Raw values the type holds under its default configuration: what the conformance suite tries.
    examples: ClassVar[Sequence[Any]] = ()

    @abstractmethod
    def columns(self, field: FieldLike) -> tuple[ColumnSpec, ...]:
        """The physical columns, the main one (suffix "") first."""

    @abstractmethod
    def parse(self, field: FieldLike, raw: Any, context: ValueContext) -> Values:
        """Stored values for a raw JSON (or imported text) value that is not empty. Raises ValueProblem."""

    def for_config(self, config: Mapping[str, Any]) -> "FieldType":
        """The type as a field with this configuration has it; a computed one is bound to its result."""
        return self

    def parse_cell(
        self, field: FieldLike, cell: str, context: ValueContext, form: str | None = None
    ) -> Values:
        """Stored values for a cell as people write it; `form` is a form found out for the whole column."""
        return self.parse(field, cell, context)

    def derived_settings(self, config: Any) -> frozenset[str]:
        """Settings that the change pipeline works out by itself: nobody writes them, no file holds them."""
        return frozenset()

    def speaks_of(self, field: FieldLike) -> frozenset[str]:
        """Fields of the same object that the configuration names: whoever may not know of these sees no such field."""
        return frozenset()

    def longest(self, field: FieldLike) -> int | None:
        """The most characters of the main column; 0 where it holds no text, None where nothing bounds them."""
        return None if self.columns(field)[0].ddl in ("text", "jsonb") else 0

    def inverse(self, field: FieldLike) -> tuple[str, str] | None:
        """Where the field stands for records that point here: their object and its relation."""
        return None

    def empty(self, field: FieldLike) -> Values:
        """Stored values of an empty field."""
        return {column.suffix: None for column in self.columns(field)}

    def json_expression(self, field: FieldLike, columns: Columns) -> ColumnElement[Any]:
        """SQL that renders the value as it leaves the API."""
        return columns[""]

    def masked_expression(self, field: FieldLike, columns: Columns) -> ColumnElement[Any]:
        """SQL of what a reader sees who may only know that there is a value."""
        return sa.case((columns[""].is_not(None), sa.literal_column(f"'{MASK}'")))

    def mask(self, field: FieldLike, value: Any) -> str | None:
        """The Python twin of `masked_expression` over a stored main value."""
        return None if value is None else MASK

    def to_json(self, field: FieldLike, values: Mapping[str, Any]) -> Any:
        """The Python twin of `json_expression`, held equal by the conformance suite."""
        return values.get("")

    def to_text(
        self, field: FieldLike, value: Any, *, language: str, labels: bool = True, currency: str | None = None
    ) -> str:
        """A JSON value as a spreadsheet cell, which `parse_cell` reads back; `currency` is the workspace's."""
        return "" if value is None else str(value)

    def json_schema(self, field: FieldLike) -> dict[str, Any]:
        return dict(self.json_format)

    def comparable(self, field: FieldLike, columns: Columns) -> ColumnElement[Any]:
        """The expression that filters compare."""
        return columns[""]

    def operand(self, field: FieldLike, raw: Any, context: ValueContext) -> Any:
        """The right side of a comparison in the form PostgreSQL casts to `operand_type`."""
        return self.parse(field, raw, context)[""]

    def operands(self, field: FieldLike, raw: Any, context: ValueContext) -> list[Any]:
        """Operands for one item of a list: several where the item is a variable that stands for several."""
        return [self.operand(field, raw, context)]

    def operand_type(self, field: FieldLike) -> sa.types.TypeEngine[Any]:
        return self.columns(field)[0].type

    def python(self, field: FieldLike, value: Any) -> Any:
        """A JSON value as something Python orders as SQL does; for the in-memory twin."""
        return value

    def sort_expression(self, field: FieldLike, columns: Columns) -> ColumnElement[Any]:
        return self.comparable(field, columns)

    def sort_type(self, field: FieldLike) -> sa.types.TypeEngine[Any]:
        """Type the cursor's value is cast back to."""
        return self.operand_type(field)

    def sort_python(self, field: FieldLike, value: Any) -> Any:
        """Twin of `sort_expression` over a JSON value."""
        return self.python(field, value)

    def aggregate(self, field: FieldLike, columns: Columns, function: str) -> ColumnElement[Any]:
        """JSON-ready aggregate for one of `aggregates`."""
        if function == "count_distinct":
            return sa.func.count(sa.distinct(self.comparable(field, columns)))
        chosen = getattr(sa.func, function)(self.comparable(field, columns))
        return sa.cast(chosen, sa.Text)

    def in_parts(self, field: FieldLike, columns: Columns, function: str) -> Parts | None:
        """`aggregate` in two steps; None where it cannot be had so."""
        return None

    def reaches(self, field: FieldLike) -> tuple[str, ...]:
        """API names of the objects whose records a value may name."""
        return ()

    def named(self, field: FieldLike, values: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
        """Each record that stored values name, as API name of its object and id."""
        return ()

    def search_columns(self, field: FieldLike) -> tuple[str, ...]:
        """Suffixes of the text columns under which global search finds the record."""
        return ("",) if self.searchable else ()

    def index_columns(self, field: FieldLike) -> tuple[str, ...]:
        """Suffixes of the columns an index for sorting and filtering should lead with."""
        return ("",)


class AutomaticValue(Protocol):
    """A type whose values the system gives (autonumber)."""

    automatic: ClassVar[bool]


def text_of(raw: Any) -> str:
    """The text in a raw value; refuses structures where a scalar belongs."""
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        raise ValueProblem("not_text")
    text = raw if isinstance(raw, str) else str(raw)
    if "\x00" in text:
        raise ValueProblem("null_character")
    return text.strip()
