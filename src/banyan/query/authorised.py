"""Third stage, the wall: row predicates ANDed, guards on everything joined. The executor accepts nothing else.

Invariant: a pass may narrow rows or columns, never widen. `authorise` and `authorise_aggregate` are the only makers
of these values; both put the actor's read predicate on the base object, on every to-one relation walked or labelled
and on every to-many relation asked about.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from banyan.access.model import Action
from banyan.access.policy import Policy
from banyan.metadata.catalog import OWNER, OWNER_DEPARTMENT, Catalog, Field, Object
from banyan.query.parsed import Count, Group, Measure, ParsedAggregate, ParsedQuery, Sort
from banyan.query.predicates import row_predicate
from banyan.query.resolve import Resolver
from banyan.query.resolved import (
    EVERYTHING,
    FieldRef,
    Prefix,
    ResolvedBranch,
    ResolvedCondition,
    ResolvedFilter,
    ResolvedRelated,
    ResolvedShared,
    ResolvedSort,
    paths,
)

_SEAL = object()
_ONE = (Sort(field="id"),)  # how a single record is asked for


@dataclass(frozen=True, eq=False)
class Join:
    """A to-one relation to walk: its target's rows must satisfy `guard`, else the relation reads as empty."""

    prefix: Prefix
    via: Field
    target: Object
    guard: ResolvedFilter


@dataclass(frozen=True, eq=False)
class Arm:
    """One way in which rows are open. `narrow`: an index finds the rows."""

    node: ResolvedFilter
    narrow: bool

    @property
    def scope(self) -> tuple[str, tuple[str, ...]] | None:
        """The column of owners or departments that the arm is about, and which of them."""
        if not isinstance(self.node, ResolvedCondition) or not _is_scope(self.node):
            return None
        (operand,) = self.node.operands
        keys = operand if self.node.operator.key == "in" else (operand,)
        return self.node.ref.field.physical(), tuple(map(str, keys))


@dataclass(frozen=True, eq=False)
class AuthorisedQuery:
    catalog: Catalog
    object: Object
    select: tuple[FieldRef, ...]
    where: ResolvedFilter
    joins: Mapping[Prefix, Join]
    sort: tuple[ResolvedSort, ...]
    limit: int
    cursor: str | None
    count: Count
    include_deleted: bool
    # `where` again, taken apart: it holds where `rest` and one of `arms` hold. No arms: nothing to take apart.
    rest: ResolvedFilter
    arms: tuple[Arm, ...]
    seal: Any

    def __post_init__(self) -> None:
        if self.seal is not _SEAL:
            raise TypeError("an AuthorisedQuery comes from authorise() only")

    @property
    def narrow(self) -> bool:
        """Whether each way in which rows are open is one an index finds."""
        return bool(self.arms) and all(arm.narrow for arm in self.arms)

    @property
    def shape(self) -> Any:
        guards = tuple((prefix, join.guard.shape) for prefix, join in self.joins.items())
        selected = tuple((ref.name, ref.shape) for ref in self.select)
        sorts = tuple(sort.shape for sort in self.sort)
        return (selected, self.where.shape, guards, sorts, self.limit, self.include_deleted)


@dataclass(frozen=True, eq=False)
class AuthorisedAggregate:
    catalog: Catalog
    object: Object
    where: ResolvedFilter
    joins: Mapping[Prefix, Join]
    groups: tuple[tuple[FieldRef, Group], ...]
    measures: tuple[tuple[FieldRef | None, Measure], ...]
    limit: int
    timezone: str
    seal: Any

    def __post_init__(self) -> None:
        if self.seal is not _SEAL:
            raise TypeError("an AuthorisedAggregate comes from authorise_aggregate() only")

    @property
    def shape(self) -> Any:
        guards = tuple((prefix, join.guard.shape) for prefix, join in self.joins.items())
        groups = tuple((ref.shape, group.bucket) for ref, group in self.groups)
        measures = tuple((ref.shape if ref else "", measure.fn) for ref, measure in self.measures)
        return (self.where.shape, guards, groups, measures, self.limit, self.timezone)


def authorise(
    policy: Policy,
    resolver: Resolver,
    obj: Object,
    query: ParsedQuery,
    *,
    action: Action = "read",
    also: ResolvedFilter = EVERYTHING,
    include_deleted: bool = False,
) -> AuthorisedQuery:
    """Resolve `query` and bind it to what `policy` allows. `also` may only narrow further."""
    policy.require(obj.grant_key, action)
    guard = _Guard(policy, resolver)
    select = resolver.select(obj, query.select)
    sort = resolver.sort(obj, query.sort)
    rest = guard.rest(obj, query.where, query.search, also, action)
    predicate = guard.predicate(obj, action)
    where = _and(rest, predicate)
    refs = [*select, *(item.ref for item in sort), *paths(where)]
    joins = guard.joins(refs, labelled=[*select, *(item.ref for item in sort)])
    return AuthorisedQuery(
        catalog=resolver.catalog,
        object=obj,
        select=select,
        where=where,
        joins=joins,
        sort=sort,
        limit=query.limit,
        cursor=query.cursor,
        count=query.count,
        include_deleted=include_deleted,
        rest=rest,
        # One record is found by its key, whoever asks.
        arms=() if query.limit == 1 and query.sort == _ONE else _arms_in(predicate),
        seal=_SEAL,
    )


def authorise_aggregate(
    policy: Policy, resolver: Resolver, obj: Object, query: ParsedAggregate
) -> AuthorisedAggregate:
    """The same wall for groups and measures."""
    policy.require(obj.grant_key, "read")
    guard = _Guard(policy, resolver)
    groups = tuple((resolver.group(obj, group, index), group) for index, group in enumerate(query.group_by))
    measures = tuple((resolver.measure(obj, item, index), item) for index, item in enumerate(query.measures))
    where = _and(guard.rest(obj, query.where, query.search, EVERYTHING, "read"), guard.predicate(obj, "read"))
    grouped = [ref for ref, _ in groups]
    refs = [*grouped, *(ref for ref, _ in measures if ref is not None), *paths(where)]
    joins = guard.joins(refs, labelled=grouped)
    return AuthorisedAggregate(
        resolver.catalog, obj, where, joins, groups, measures, query.limit, resolver.context.timezone, _SEAL
    )


def _and(*parts: ResolvedFilter) -> ResolvedFilter:
    return ResolvedBranch("and", tuple(part for part in parts if part is not EVERYTHING))


def _arms_in(predicate: ResolvedFilter) -> tuple[Arm, ...]:
    """The arms of a predicate: several to choose from, or several owners or departments; else there is no choice."""
    if isinstance(predicate, ResolvedBranch) and predicate.kind == "or":
        return tuple(Arm(node, _is_narrow(node)) for node in predicate.parts)
    several = isinstance(predicate, ResolvedCondition) and predicate.operator.key == "in"
    return (Arm(predicate, narrow=True),) if several and _is_narrow(predicate) else ()


def _is_scope(node: ResolvedCondition) -> bool:
    """Whether the condition says whose or which departments' records, and no more."""
    field = node.ref.field
    named = field.system and field.api_name in (OWNER, OWNER_DEPARTMENT) and not node.ref.hops
    return named and node.operator.key in ("eq", "in")


def _is_narrow(node: ResolvedFilter) -> bool:
    if isinstance(node, ResolvedShared):
        return True
    return isinstance(node, ResolvedCondition) and _is_scope(node)


@dataclass(frozen=True)
class _Guard:
    policy: Policy
    resolver: Resolver

    def rest(
        self, obj: Object, where: Any, search: str | None, also: ResolvedFilter, action: Action
    ) -> ResolvedFilter:
        """Everything that decides whether a base row is seen beside the right to `action` itself: asked, searched."""
        parts = [self.related(self.resolver.document(obj, where)), also]
        if action != "read":
            # An export shows rows as a list does: it needs both rights.
            parts.append(self.predicate(obj, "read"))
        if search is not None and search.strip():
            parts.append(self.resolver.search(obj, search))
        return ResolvedBranch("and", tuple(part for part in parts if part is not EVERYTHING))

    def predicate(self, obj: Object, action: Action = "read") -> ResolvedFilter:
        return row_predicate(self.policy, self.resolver, obj, action)

    def related(self, node: ResolvedFilter) -> ResolvedFilter:
        """The tree with each to-many relation narrowed to rows the actor may read."""
        match node:
            case ResolvedBranch(kind=kind, parts=parts):
                return ResolvedBranch(kind, tuple(self.related(part) for part in parts))
            case ResolvedRelated(quantifier=quantifier, object=child, via=via, where=where):
                inner = ResolvedBranch("and", (self.related(where), self.predicate(child)))
                return ResolvedRelated(quantifier, child, via, inner, self.joins(paths(inner), ()))
            case _:
                return node

    def joins(self, refs: Iterable[FieldRef], labelled: Iterable[FieldRef]) -> dict[Prefix, Join]:
        """Each relation walked by a path, and each relation shown with its label, exactly once."""
        found: dict[Prefix, Join] = {}
        for ref in refs:
            for depth, hop in enumerate(ref.hops, start=1):
                self._join(found, ref.prefix[:depth], hop)
        for ref in labelled:
            if ref.field.target is not None:
                self._join(found, (*ref.prefix, ref.field.token), ref.field)
                continue
            for name in ref.field.reaches:
                self._join(found, (*ref.prefix, ref.field.token, name), ref.field, name)
        return found

    def _join(self, found: dict[Prefix, Join], prefix: Prefix, via: Field, name: str | None = None) -> None:
        target = self.resolver.catalog.by_name.get(name or str(via.target))
        if prefix not in found and target is not None:
            found[prefix] = Join(prefix, via, target, self.predicate(target))
