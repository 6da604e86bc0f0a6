"""Which computed values depend on which stored ones, and the statements that set them.

A trigger leads from a source (a field of an object, or the existence of its rows) along a way of hops to the computed
field that reads it. Everything here is a value of one catalog; who runs the statements, and when, is decided elsewhere.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from banyan.metadata.catalog import Catalog, Field, Object
from banyan.metadata.formulas.facade import Computation, Graph, Hop, LowerContext, computation, dependencies

Way = tuple[Hop, ...]
Node = tuple[UUID, UUID]  # object id, field id
ERROR = "__err"


@dataclass(frozen=True, eq=False)
class Trigger:
    """`target` is to be set anew for the rows of its object from which `way` leads to the touched row.

    `field` None: the row's being there at all. `parents`: a change of this to-many relation concerns the parent of
    before as well as that of after.
    """

    field: UUID | None
    way: Way
    target: Node

    @property
    def parents(self) -> bool:
        return bool(self.way) and self.way[-1].many and self.way[-1].field.id == self.field


class Computed:
    """The computed fields of one catalog, in the order in which they are set."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog

    @cached_property
    def graph(self) -> Graph:
        """What reads what. Raises Conflict for a cycle, naming its way."""
        return dependencies(self.catalog)

    @cached_property
    def source_keys(self) -> tuple[str, ...]:
        """Grant keys of the objects that anything is computed from: few, and asked by every request."""
        found = {object_id for sources in self.graph.sources.values() for object_id, _ in sources}
        return tuple(sorted(self.catalog.by_id[object_id].grant_key for object_id in found))

    @cached_property
    def computations(self) -> Mapping[Node, Computation]:
        """In topological order."""
        found: dict[Node, Computation] = {}
        for object_id, field_id in self.graph.nodes:
            obj = self.catalog.by_id[object_id]
            found[object_id, field_id] = computation(self.catalog, obj, field_by_id(obj, field_id))
        return found

    @cached_property
    def levels(self) -> Mapping[Node, int]:
        """Fields of one object and level do not depend on each other: they are set in one statement."""
        found: dict[Node, int] = {}
        for node in self.graph.nodes:
            sources = self.graph.sources[node]
            found[node] = 1 + max((found[source] for source in sources if source in found), default=-1)
        return found

    @cached_property
    def triggers(self) -> Mapping[UUID, Sequence[Trigger]]:
        """By the object whose rows are written."""
        found: dict[UUID, dict[tuple[Any, ...], Trigger]] = {}
        for node, each in self.computations.items():
            for use in each.uses:
                for source, trigger in _triggers(each.obj, use.hops, use.field, node):
                    key = (trigger.field, tuple(hop.field.id for hop in trigger.way), node)
                    found.setdefault(source, {}).setdefault(key, trigger)
        return {source: tuple(each.values()) for source, each in found.items()}

    @cached_property
    def alone(self) -> frozenset[Node]:
        """Fields that of a new row depend on it alone: on its own values and on rows below it, of which it has none.

        Once the row stands nothing is to be added to them, whoever writes what meanwhile.
        """
        found: set[Node] = set()
        for node, each in self.computations.items():
            # A field on the way to another record, and what is read there, may change until that record is locked.
            own = (use.field for use in each.uses if not use.hops and use.field is not None)
            if all(not use.hops or use.hops[0].many for use in each.uses) and all(
                (source := (node[0], field.id)) not in self.computations or source in found for field in own
            ):
                found.add(node)
        return frozenset(found)

    def reading(self, *, sources: Collection[str] = (), volatile: str | None = None) -> list[Node]:
        """Fields that read the calendar or rates, or the time at that pace."""
        return [
            node
            for node, each in self.computations.items()
            if not each.reads.isdisjoint(sources) or (volatile is not None and each.volatile == volatile)
        ]

    def downstream(self, nodes: Iterable[Node]) -> list[Node]:
        """`nodes` and everything computed from them, in order."""
        reached = set(nodes)
        for node in self.graph.nodes:
            if not reached.isdisjoint(self.graph.sources[node]):
                reached.add(node)
        return [node for node in self.graph.nodes if node in reached]


def computed_of(catalog: Catalog) -> Computed:
    """The computed fields of a catalog, worked out once per version."""
    return catalog.keep("computed", lambda: Computed(catalog))


def field_by_id(obj: Object, field_id: UUID) -> Field:
    return next(field for field in (*obj.fields, *obj.concealed_fields) if field.id == field_id)


def _triggers(obj: Object, hops: Way, last: Field | None, node: Node) -> Iterable[tuple[UUID, Trigger]]:
    current = obj
    for count, hop in enumerate(hops, start=1):
        holder, way = (hop.object, hops[:count]) if hop.many else (current, hops[: count - 1])
        yield holder.id, Trigger(hop.field.id, way, node)
        yield hop.object.id, Trigger(None, hops[:count], node)
        current = hop.object
    if last is not None:
        yield current.id, Trigger(last.id, hops, node)
    yield obj.id, Trigger(None, (), node)


def reached_back(way: Way, obj: Object, ids: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """Ids of rows of `obj` from which `way` leads to one of the rows `ids` (an array of the last hop's object)."""
    rows: Any = sa.any_(ids)
    starts = [obj, *(hop.object for hop in way)]
    query: sa.Select[Any] | None = None
    for depth in range(len(way) - 1, -1, -1):
        hop, start = way[depth], starts[depth]
        table = (hop.object if hop.many else start).table.alias(f"w{depth}")
        known, wanted = (table.c.id, table.c[hop.field.physical()]) if hop.many else (
            table.c[hop.field.physical()], table.c.id)  # fmt: skip
        inside = known.in_(query) if query is not None else known == rows
        query = sa.select(wanted).where(inside, wanted.is_not(None))
    if query is None:
        table = obj.table.alias("w")
        query = sa.select(table.c.id).where(table.c.id == rows)
    return query


def id_array(name: str) -> sa.ColumnElement[Any]:
    """A bound array of ids."""
    return sa.cast(sa.bindparam(name, type_=sa.types.NULLTYPE), ARRAY(sa.Uuid()))


def set_values(
    computations: Sequence[Computation], context: LowerContext, *, ids: sa.ColumnElement[Any] | None = None
) -> sa.Update:
    """Bring fields of one object to what they should be, in rows `ids` (None: all live ones); returns ids changed.

    Neither version nor time of change move: the record was not changed by anybody.
    """
    obj = computations[0].obj
    base = obj.table.alias("r")
    values: dict[str, sa.ColumnElement[Any]] = {}
    for each in computations:
        made = each.values(base, context)
        values |= {each.field.physical(suffix): expression for suffix, expression in made.items()}
    rows = (
        base.c.deleted_at.is_(None)
        if ids is None
        else sa.and_(base.c.id == sa.any_(ids), base.c.deleted_at.is_(None))
    )
    # OFFSET 0 keeps each expression computed once: flattened, it would stand in SET and in WHERE.
    fresh = (
        sa.select(base.c.id, *(value.label(name) for name, value in values.items()))
        .where(rows)
        .offset(sa.literal_column("0"))
    ).subquery("n")
    table: Any = obj.table.alias("t")
    differs = sa.or_(*(table.c[name].is_distinct_from(fresh.c[name]) for name in values))
    return (
        sa.update(table)
        .values({table.c[name]: fresh.c[name] for name in values})
        .where(table.c.id == fresh.c.id, differs)
        .returning(table.c.id)
    )


def locked(obj: Object, ids: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """Take the rows in the order of their ids, so that what is computed next sees what others have committed."""
    table = obj.table.alias("r")
    return (
        sa.select(table.c.id)
        .where(table.c.id == sa.any_(ids))
        .order_by(table.c.id)
        .with_for_update(key_share=True)
    )


def read_rows(each: Computation, ids: sa.ColumnElement[Any]) -> list[sa.Select[Any]]:
    """Share the rows that a computation reads across to-one relations: nobody changes them until this is committed."""
    found: dict[tuple[UUID, ...], sa.Select[Any]] = {}
    for use in each.uses:
        for count, hop in enumerate(use.hops, start=1):
            key = tuple(step.field.id for step in use.hops[:count])
            if not hop.many and key not in found:
                found[key] = _shared(each.obj, use.hops[:count], ids)
    return list(found.values())


def _shared(obj: Object, way: Way, ids: sa.ColumnElement[Any]) -> sa.Select[Any]:
    current, rows = obj, sa.select(sa.func.unnest(ids).label("id"))
    for depth, hop in enumerate(way):
        holder = hop.object if hop.many else current
        table = holder.table.alias(f"s{depth}")
        if hop.many:
            rows = sa.select(table.c.id).where(table.c[hop.field.physical()].in_(rows))
        else:
            rows = sa.select(table.c[hop.field.physical()]).where(table.c.id.in_(rows))
        current = hop.object
    last = current.table.alias("s")
    found = sa.select(last.c.id).where(last.c.id.in_(rows)).order_by(last.c.id)
    # What is computed itself may have to be set in this very transaction: two who share it would both wait to.
    if any(field.kind.computed for field in current.stored_fields):
        return found.with_for_update(key_share=True)
    return found.with_for_update(read=True)
