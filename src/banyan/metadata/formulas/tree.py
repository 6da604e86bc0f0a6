"""The checked tree: every name is a field of the catalog, every node has a type."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from banyan.metadata.catalog import Field, Object
from banyan.metadata.field_types.single_choice import ChoiceConfig
from banyan.metadata.formulas.types import BLANK, ValueType

if TYPE_CHECKING:
    from banyan.metadata.formulas.functions.base import Function


@dataclass(frozen=True, eq=False)
class Hop:
    """One step of a path.

    `many` False: the field leads to a record of `object`. `many` True: `field` of `object` points back at the base.
    """

    field: Field
    many: bool
    object: Object


@dataclass(frozen=True, eq=False)
class Use:
    """Something a formula reads. `field` None: that the rows reached exist (COUNT)."""

    hops: tuple[Hop, ...]
    field: Field | None


@dataclass(frozen=True, eq=False)
class Typed:
    type: ValueType
    start: int
    end: int


@dataclass(frozen=True, eq=False)
class Literal(Typed):
    value: Any


@dataclass(frozen=True, eq=False)
class Ref(Typed):
    """A field of the base record, of a record it leads to or, where `rows` is given, of the rows of an aggregate."""

    hops: tuple[Hop, ...]
    field: Field
    rows: Hop | None = None
    choices: ChoiceConfig | None = None


@dataclass(frozen=True, eq=False)
class Rows(Typed):
    """The rows of an aggregate themselves: `COUNT(contact)`."""

    rows: Hop


@dataclass(frozen=True, eq=False)
class Apply(Typed):
    function: "Function"
    args: tuple[Typed, ...]


@dataclass(frozen=True, eq=False)
class Aggregate(Apply):
    """`function` over the live rows that `rows` leads to."""

    rows: Hop


def blank(start: int, end: int) -> Literal:
    return Literal(BLANK, start, end, None)
