"""Second stage: names have become fields, operators are checked, operands are in database form.

`shape` of every node is its value without the operands: two queries of equal shape share one compiled statement.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from banyan.metadata.catalog import Field, Object
from banyan.metadata.field_types.operators import Operator

MAX_WORDS = 5  # of a search text; further words are passed over
Prefix = tuple[str, ...]  # ids of the relation fields walked from the base object


@dataclass(frozen=True, eq=False)
class FieldRef:
    """A field reached from the base object across to-one relations `hops`."""

    name: str
    hops: tuple[Field, ...]
    object: Object
    field: Field

    @cached_property
    def prefix(self) -> Prefix:
        return tuple(hop.token for hop in self.hops)

    @cached_property
    def shape(self) -> str:
        masked = "~" if self.field.masked else ""
        return ".".join((*self.prefix, self.field.token)) + masked


@dataclass(frozen=True, eq=False)
class ResolvedCondition:
    ref: FieldRef
    operator: Operator
    operands: tuple[Any, ...]

    @property
    def shape(self) -> Any:
        return (self.ref.shape, self.operator.key)


@dataclass(frozen=True, eq=False)
class ResolvedBranch:
    kind: Literal["and", "or", "not"]
    parts: "tuple[ResolvedFilter, ...]"

    @property
    def shape(self) -> Any:
        return (self.kind, *(part.shape for part in self.parts))


@dataclass(frozen=True, eq=False)
class ResolvedRelated:
    """Some or none of `object`'s rows whose relation `via` points here match `where`."""

    quantifier: Literal["some", "none"]
    object: Object
    via: Field
    where: "ResolvedFilter"
    joins: Mapping[Prefix, Any] = field(
        default_factory=dict
    )  # to-one joins inside `where`, set when authorised

    @property
    def shape(self) -> Any:
        guards = tuple((prefix, join.guard.shape) for prefix, join in self.joins.items())
        return (self.quantifier, self.via.token, self.where.shape, guards)


@dataclass(frozen=True, eq=False)
class ResolvedSearch:
    """Global-search condition on the base object: bigrams narrow, ILIKE on the searched fields decides."""

    object: Object
    fields: tuple[Field, ...]
    words: tuple[str, ...]
    grams: str | None  # what the index is asked for; None where only the words may decide

    @property
    def shape(self) -> Any:
        return ("search", len(self.words), self.grams is None, *(field.token for field in self.fields))


@dataclass(frozen=True, eq=False)
class ResolvedThrough:
    """The one record that relation `via` points to satisfies `where`: only in predicates of rights."""

    via: Field
    object: Object
    where: "ResolvedFilter"

    @property
    def shape(self) -> Any:
        return ("through", self.via.token, self.where.shape)


@dataclass(frozen=True, eq=False)
class ResolvedShared:
    """The record is shared with one of `principals`, to edit when `edit` asks for that."""

    object: Object
    principals: tuple[str, ...]
    edit: bool

    @property
    def shape(self) -> Any:
        return ("shared", self.edit)


ResolvedFilter = (
    ResolvedCondition | ResolvedBranch | ResolvedRelated | ResolvedSearch | ResolvedThrough | ResolvedShared
)
Leaf = ResolvedCondition | ResolvedSearch | ResolvedShared
EVERYTHING = ResolvedBranch("and", ())
NOTHING = ResolvedBranch("or", ())


@dataclass(frozen=True, eq=False)
class ResolvedSort:
    ref: FieldRef
    descending: bool
    nulls_first: bool

    @property
    def shape(self) -> Any:
        return (self.ref.shape, self.descending, self.nulls_first)


def leaves(node: ResolvedFilter) -> Iterator[Leaf]:
    """Conditions in the order in which they are numbered for binding."""
    match node:
        case ResolvedBranch(parts=parts):
            for part in parts:
                yield from leaves(part)
        case ResolvedRelated(where=where, joins=joins):
            yield from leaves(where)
            for join in joins.values():
                yield from leaves(join.guard)
        case ResolvedThrough(where=where):
            yield from leaves(where)
        case _:
            yield node


def paths(node: ResolvedFilter) -> Iterator[FieldRef]:
    """References of the base object (those inside to-many relations have bases of their own)."""
    match node:
        case ResolvedBranch(parts=parts):
            for part in parts:
                yield from paths(part)
        case ResolvedCondition(ref=ref):
            yield ref
        case _:
            return
