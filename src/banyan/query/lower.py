"""From authorised nodes to SQLAlchemy expressions. Operands become numbered binds; text is never spliced in."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.sql.elements import ColumnElement

from banyan.access.tables import access_tables
from banyan.db.json_text import JsonObject
from banyan.metadata.catalog import Object
from banyan.metadata.field_types.base import Columns
from banyan.query.authorised import Join
from banyan.query.resolved import (
    FieldRef,
    Leaf,
    Prefix,
    ResolvedBranch,
    ResolvedCondition,
    ResolvedFilter,
    ResolvedRelated,
    ResolvedSearch,
    ResolvedShared,
    ResolvedThrough,
    leaves,
)


def operands_of(leaf: Leaf) -> tuple[Any, ...]:
    """Bind values of one leaf, in the order `lower` numbers them."""
    if isinstance(leaf, ResolvedCondition):
        return leaf.operands
    if isinstance(leaf, ResolvedShared):
        return (list(leaf.principals),)
    words = tuple(f"%{_escaped(word)}%" for word in leaf.words)
    return words if leaf.grams is None else (leaf.grams, *words)


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


class Binds:
    """Gives each operand a name by its place in the tree, so that equal shapes have equal SQL."""

    def __init__(self) -> None:
        self._next = 0
        self._names: dict[int, tuple[str, ...]] = {}

    def number(self, node: ResolvedFilter) -> None:
        for leaf in leaves(node):
            count = len(operands_of(leaf))
            self._names[id(leaf)] = tuple(f"p{self._next + i}" for i in range(count))
            self._next += count

    def names(self, leaf: Leaf) -> tuple[str, ...]:
        return self._names[id(leaf)]


def bind_values(*nodes: ResolvedFilter) -> dict[str, Any]:
    """Parameters for a statement whose nodes were numbered in this order."""
    values = [value for node in nodes for leaf in leaves(node) for value in operands_of(leaf)]
    return {f"p{index}": value for index, value in enumerate(values)}


def bind(name: str, kind: sa.types.TypeEngine[Any]) -> ColumnElement[Any]:
    """A parameter cast to its type by the server, so that values travel as plain text."""
    return sa.cast(sa.bindparam(name, type_=sa.types.NULLTYPE), kind)


class Source:
    """The base table under an alias, with its to-one joins made as they are first asked for."""

    def __init__(
        self, base: sa.FromClause, joins: Mapping[Prefix, Join], binds: Binds, name: str = "j"
    ) -> None:
        self.base = base
        self.clause: sa.FromClause = base
        self._joins = joins
        self._binds = binds
        self._name = name
        self._aliases: dict[Prefix, sa.FromClause] = {(): base}

    def table(self, prefix: Prefix) -> sa.FromClause:
        """The alias that holds the rows reached by `prefix`."""
        if prefix not in self._aliases:
            join = self._joins[prefix]
            parent = self.table(prefix[:-1])
            alias = join.target.table.alias(f"{self._name}{len(self._aliases)}")
            self._aliases[prefix] = alias
            guard = lower(join.guard, Source(alias, {}, self._binds), self._binds)
            on = sa.and_(alias.c.id == parent.c[join.via.physical()], alias.c.deleted_at.is_(None), guard)
            self.clause = self.clause.outerjoin(alias, on)
        return self._aliases[prefix]

    def columns(self, ref: FieldRef) -> Columns:
        return ref.field.columns(self.table(ref.prefix))

    def target(self, ref: FieldRef) -> tuple[Object, sa.FromClause] | None:
        """The joined row that a relation field shows, when it is joined."""
        prefix = (*ref.prefix, ref.field.token)
        if ref.field.target is None or prefix not in self._joins:
            return None
        return self._joins[prefix].target, self.table(prefix)

    def json(self, ref: FieldRef) -> ColumnElement[Any]:
        """The value of `ref` as it leaves the API; relations carry the label the actor may see."""
        if ref.field.masked:
            return ref.field.kind.masked_expression(ref.field, self.columns(ref))
        related = self.target(ref)
        if related is None and ref.field.reaches:
            return self._named(ref)
        if related is None:
            return ref.field.kind.json_expression(ref.field, self.columns(ref))
        obj, alias = related
        key = self.columns(ref)[""]
        label = obj.title.columns(alias)[""]
        return JsonObject(key, [("id", key), ("label", label)])

    def _named(self, ref: FieldRef) -> ColumnElement[Any]:
        """The records a value names beside a single relation, each with the label the actor may see."""
        columns, place = self.columns(ref), (*ref.prefix, ref.field.token)
        joins = {name: join for name in ref.field.reaches if (join := self._joins.get((*place, name)))}
        if not joins:
            return ref.field.kind.json_expression(ref.field, columns)
        if ref.field.kind.is_list:
            return self._list(columns[""], next(iter(joins.values())))
        key, kind = columns[""], columns["__obj"]
        objects = {name: sa.literal(join.target.api_name, sa.Text) for name, join in joins.items()}
        labels = {name: self._label(key, join) for name, join in joins.items()}
        named = sa.case(objects, value=kind, else_=kind)
        return JsonObject(key, [("object", named), ("id", key), ("label", sa.case(labels, value=kind))])

    def _list(self, ids: ColumnElement[Any], join: Join) -> ColumnElement[Any]:
        each = (
            sa.func.unnest(ids)
            .table_valued(sa.column("id", sa.Uuid()), with_ordinality="place", name="e")
            .render_derived()
        )
        item = sa.func.json_build_object(
            sa.text("'id'"), each.c.id, sa.text("'label'"), self._label(each.c.id, join)
        )
        return sa.select(sa.func.json_agg(aggregate_order_by(item, each.c.place))).scalar_subquery()

    def _label(self, key: ColumnElement[Any], join: Join) -> ColumnElement[Any]:
        """Title of the one live record `key`, if the actor may read it."""
        table = join.target.table.alias(f"{self._name}l")
        guard = lower(join.guard, Source(table, {}, self._binds), self._binds)
        title = join.target.title.columns(table)[""]
        found = sa.select(title).where(table.c.id == key, table.c.deleted_at.is_(None), guard)
        return found.scalar_subquery()


def lower(node: ResolvedFilter, source: Source, binds: Binds) -> ColumnElement[bool]:  # noqa: PLR0911 - one per kind
    match node:
        case ResolvedCondition(ref=ref, operator=operator):
            kind, field = ref.field.kind, ref.field
            left = kind.comparable(field, source.columns(ref))
            names = binds.names(node)
            types = operator.types(kind, field)
            return operator.sql(left, [bind(name, of) for name, of in zip(names, types, strict=True)])
        case ResolvedBranch(kind="and", parts=parts):
            return sa.and_(sa.true(), *(lower(part, source, binds) for part in parts))
        case ResolvedBranch(kind="or", parts=parts):
            return sa.or_(sa.false(), *(lower(part, source, binds) for part in parts))
        case ResolvedBranch(parts=parts):
            return lower(parts[0], source, binds).is_not(sa.true())
        case ResolvedRelated():
            return _related(node, source, binds)
        case ResolvedSearch():
            return _search(node, source, binds)
        case ResolvedThrough():
            return _through(node, source, binds)
        case ResolvedShared():
            return _shared(node, source, binds)


def _related(node: ResolvedRelated, source: Source, binds: Binds) -> ColumnElement[bool]:
    child = node.object.table.alias(f"c{_depth(source)}")
    inner = Source(child, node.joins, binds, name=f"{child.name}_")
    where = lower(node.where, inner, binds)
    points_here = child.c[node.via.physical()] == source.base.c.id
    found = sa.exists(
        sa.select(sa.literal_column("1"))
        .select_from(inner.clause)
        .where(points_here, child.c.deleted_at.is_(None), where)
        .correlate(source.base)
    )
    return found if node.quantifier == "some" else sa.not_(found)


def _through(node: ResolvedThrough, source: Source, binds: Binds) -> ColumnElement[bool]:
    target = node.object.table.alias(f"c{_depth(source)}")
    where = lower(node.where, Source(target, {}, binds), binds)
    return sa.exists(
        sa.select(sa.literal_column("1"))
        .select_from(target)
        .where(target.c.id == source.base.c[node.via.physical()], target.c.deleted_at.is_(None), where)
        .correlate(source.base)
    )


def _shared(node: ResolvedShared, source: Source, binds: Binds) -> ColumnElement[bool]:
    """An array made once per statement: `id = ANY(…)` can use the key, which a subquery under OR cannot."""
    share = access_tables(node.object.schema).share.c
    (name,) = binds.names(node)
    found = sa.select(share.record_id).where(
        share.principal == sa.any_(bind(name, ARRAY(sa.Text()))),
        share.object_id == sa.literal_column(f"'{node.object.id}'::uuid"),
        sa.or_(share.until.is_(None), share.until > sa.func.now()),
    )
    if node.edit:
        found = found.where(share.access == sa.literal_column("'edit'"))
    return source.base.c.id == sa.any_(sa.func.array(found.scalar_subquery()))


def _depth(source: Source) -> int:
    """Nesting level of to-many conditions, read off the alias, so that aliases never clash."""
    name = getattr(source.base, "name", "")
    return int(name[1:]) + 1 if name[:1] == "c" and name[1:].isdigit() else 0


def _search(node: ResolvedSearch, source: Source, binds: Binds) -> ColumnElement[bool]:
    """Grams over the indexed expression find candidates; each word must then stand in a field the actor may see."""
    table = source.base
    names = list(binds.names(node))
    gram_name = None if node.grams is None else names.pop(0)
    joined: ColumnElement[Any] | None = None
    for column in node.object.searched:
        part = sa.func.coalesce(table.c[column], sa.literal_column("''"))
        joined = part if joined is None else joined.op("||")(sa.literal_column("E'\\n'")).op("||")(part)
    columns = [
        table.c[field.physical(suffix)]
        for field in node.fields
        for suffix in field.kind.search_columns(field)
    ]
    if joined is None or not columns:
        return sa.false()
    words = [sa.or_(*(column.ilike(bind(name, sa.Text())) for column in columns)) for name in names]
    if gram_name is None:
        return sa.and_(sa.true(), *words)
    grams = sa.func.control.grams(joined).op("@>")(sa.func.control.asked_grams(bind(gram_name, sa.Text())))
    return sa.and_(grams, *words)
