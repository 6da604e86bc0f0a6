"""One page of records as a single statement whose answer is finished JSON.

The base rows of the page are found first, in order and limited, before any label is joined. Sorting by one nullable
field runs in two segments, rows with a value and rows without, so that each is an ordered index scan in either
direction; several sort fields use the general keyset.
"""

from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.sql.elements import ColumnElement

from banyan.db.compile import CompiledStatement, compile_statement
from banyan.db.json_text import object_text
from banyan.query.authorised import Arm, AuthorisedQuery
from banyan.query.cursor import Cursor, Segment, invalid_cursor
from banyan.query.lower import Binds, Source, bind, lower
from banyan.query.resolved import (
    FieldRef,
    ResolvedBranch,
    ResolvedCondition,
    ResolvedFilter,
    ResolvedSort,
)
from banyan.query.walks import PLAIN, Mode, Walk

_NEVER_EMPTY = frozenset({"id", "version", "created_at", "updated_at"})
TAKE = "take"
# Between two rows: within one no line ends, for text is escaped and a document is one line.
BETWEEN = b",\n"
_BETWEEN_SQL = "E',\\n'"


def order_of(query: AuthorisedQuery) -> str:
    """A word for the order of a query, kept in its cursors: a cursor of another order is refused."""
    return ",".join(
        f"{'-' if s.descending else ''}{s.ref.name}{'^' if s.nulls_first else ''}" for s in query.sort
    )


def segments_of(query: AuthorisedQuery) -> tuple[Segment, ...]:
    """The segments in the order in which the page walks them."""
    if len(query.sort) != 1 or query.sort[0].ref.name in _NEVER_EMPTY:
        return ("all",)
    return ("nulls", "values") if query.sort[0].nulls_first else ("values", "nulls")


@dataclass(frozen=True)
class _Key:
    expression: ColumnElement[Any]
    type: sa.types.TypeEngine[Any]
    descending: bool
    nulls_first: bool | None  # None where the expression is never null in this segment

    def order(self) -> ColumnElement[Any]:
        ordered = self.expression.desc() if self.descending else self.expression.asc()
        if self.nulls_first is None:
            return ordered
        return ordered.nulls_first() if self.nulls_first else ordered.nulls_last()

    def after(self, value: ColumnElement[Any], *, is_null: bool) -> ColumnElement[Any]:
        """Rows strictly after `value` by this key alone."""
        if is_null:
            return self.expression.is_not(None) if self.nulls_first else sa.false()
        beyond = self.expression < value if self.descending else self.expression > value
        return beyond if self.nulls_first is not False else sa.or_(beyond, self.expression.is_(None))

    def same(self, value: ColumnElement[Any], *, is_null: bool) -> ColumnElement[Any]:
        return self.expression.is_(None) if is_null else self.expression == value


def page_sql(query: AuthorisedQuery, cursor: Cursor, walk: Walk = PLAIN) -> CompiledStatement:
    """SQL of one segment of a page. Binds: the filters' p0…, the cursor's k0…, and `take`."""
    binds = numbered(query)
    part = _Part(query, cursor, binds)
    keys = part.keys
    if not walk:
        chosen = part.select(query.where, *_shown_columns(query, part.source.base)).subquery("b")
    elif set(walk) == {"gather"}:
        chosen = _chosen_within(query, part)
    else:
        chosen = _chosen_by_arms(query, cursor, binds, walk)
    return compile_statement(_rendered(query, chosen, keys, binds))


class _Part:
    """The rows of a page in its order and limited, over an alias of its own."""

    def __init__(self, query: AuthorisedQuery, cursor: Cursor, binds: Binds) -> None:
        self._query, self._cursor, self.binds = query, cursor, binds
        self.source = Source(query.object.table.alias("r"), query.joins, binds)
        self.keys = _keys(query.sort, self.source, cursor.segment)

    def select(
        self, where: ResolvedFilter, *columns: ColumnElement[Any], also: ColumnElement[bool] | None = None
    ) -> sa.Select[Any]:
        """`columns` and the sort keys of rows that satisfy `where`, from the cursor on."""
        query, cursor = self._query, self._cursor
        wanted = [lower(where, self.source, self.binds)]
        if also is not None:
            wanted.append(also)
        if not query.include_deleted:
            wanted.append(self.source.base.c.deleted_at.is_(None))
        if cursor.segment != "all":
            first = _sort_expression(query.sort[0], self.source)
            wanted.append(first.is_(None) if cursor.segment == "nulls" else first.is_not(None))
        if cursor.values:
            wanted.append(_after(self.keys, cursor))
        key_columns = [key.expression.label(f"__k{index}") for index, key in enumerate(self.keys)]
        return (
            sa.select(*columns, *key_columns)
            .select_from(self.source.clause)
            .where(*wanted)
            .order_by(*(key.order() for key in self.keys))
            .limit(sa.literal_column(str(query.limit + 1)))
        )


def ordered_keys(query: AuthorisedQuery, cursor: Cursor, binds: Binds) -> tuple[int, sa.Select[Any]]:
    """How many sort keys there are, and a segment's rows from the cursor on as these keys alone, in order."""
    part = _Part(query, cursor, binds)
    return len(part.keys), part.select(query.where).limit(None)


def _chosen_within(query: AuthorisedQuery, part: _Part) -> sa.Subquery:
    """All rows of a narrow scope, then the first of them by another field.

    OFFSET 0 keeps the planner from walking that field's index through everybody's rows in the hope of meeting some.
    """
    key = part.source.base.c.id.label("__id")
    inner = part.select(query.where, key).order_by(None).limit(None)
    return _fetched(query, part.keys, inner.offset(sa.literal_column("0")).subquery("w"))


def _fetched(query: AuthorisedQuery, keys: list[_Key], found: sa.Subquery) -> sa.Subquery:
    """The first of the rows whose ids and sort keys were found, with all their columns."""
    ordered = [replace(key, expression=found.c[f"__k{index}"]).order() for index, key in enumerate(keys)]
    first = sa.select(found).order_by(*ordered).limit(sa.literal_column(str(query.limit + 1))).subquery("f")
    base = query.object.table.alias("r")
    return (
        sa.select(*_shown_columns(query, base), *(first.c[f"__k{index}"] for index in range(len(keys))))
        .select_from(first.join(base, base.c.id == first.c["__id"]))
        .subquery("b")
    )


def _shown_columns(query: AuthorisedQuery, base: sa.FromClause) -> list[ColumnElement[Any]]:
    """What is shown of a row and what its labels hang on. All columns of a wide object make a text too long to keep."""
    fields = [ref.hops[0] if ref.hops else ref.field for ref in query.select]
    fields += [join.via for prefix, join in query.joins.items() if prefix[0] == join.via.token]
    names = {"id", *(field.physical(spec.suffix) for field in fields for spec in field.specs)}
    return [column for column in base.c if column.name in names]


def _chosen_by_arms(query: AuthorisedQuery, cursor: Cursor, binds: Binds, walk: Walk) -> sa.Subquery:
    """Each arm of the actor's rights gives its own first rows, as keys alone; the union's first are then fetched.

    An OR over owner, department and shares fits no index: in the order of the page it reads row after row until
    enough of them happen to be open. One ordered scan per arm (and per owner or department of it) reads what it
    returns.
    """
    parts = [
        _arm_rows(query, _Part(query, cursor, binds), arm, mode, index)
        for index, (arm, mode) in enumerate(zip(query.arms, walk, strict=True))
    ]
    # One arm may name a department twice.
    together = sa.union(*parts) if len(parts) > 1 else parts[0].distinct()
    return _fetched(query, _Part(query, cursor, binds).keys, together.subquery("u"))


def _arm_rows(query: AuthorisedQuery, part: _Part, arm: Arm, mode: Mode, index: int) -> sa.Select[Any]:
    key = part.source.base.c.id.label("__id")
    if mode == "spread" and isinstance(arm.node, ResolvedCondition) and arm.node.operator.key == "in":
        return _spread_rows(query, part, arm.node, index)
    rows = part.select(ResolvedBranch("and", (query.rest, arm.node)), key)
    if mode == "gather":
        # OFFSET 0: see _chosen_within.
        rows = rows.order_by(None).limit(None).offset(sa.literal_column("0"))
    return sa.select(rows.subquery(f"a{index}"))


def _spread_rows(query: AuthorisedQuery, part: _Part, node: ResolvedCondition, index: int) -> sa.Select[Any]:
    """The first rows of each of the owners or departments."""
    (name,) = part.binds.names(node)
    each = (
        sa.func.unnest(bind(name, ARRAY(sa.Uuid())))
        .table_valued(sa.column("key", sa.Uuid()), name=f"e{index}")
        .render_derived()
    )
    column = part.source.columns(node.ref)[""]
    key = part.source.base.c.id.label("__id")
    rows_of_each = part.select(query.rest, key, also=column == each.c.key).lateral(f"a{index}")
    return sa.select(rows_of_each).select_from(each.join(rows_of_each, sa.true()))


def _rendered(query: AuthorisedQuery, chosen: sa.Subquery, keys: list[_Key], binds: Binds) -> sa.Select[Any]:
    """Labels joined onto the chosen rows; all of them as text with BETWEEN in between, the count, the key reached.

    Their number is not limited to `take` here: a window that counted them would copy each row, a tenth of the work.
    """
    shown = Source(chosen, query.joins, binds, name="s")
    row = object_text([(ref.name, shown.json(ref)) for ref in query.select], given=[chosen.c.id])
    key_columns = [chosen.c[f"__k{index}"] for index in range(len(keys))]
    ordered = [
        _Key(column, key.type, key.descending, key.nulls_first).order()
        for column, key in zip(key_columns, keys, strict=True)
    ]
    page = (
        sa.select(row.label("j"), *(column.label(column.name) for column in key_columns))
        .select_from(shown.clause)
        .order_by(*ordered)
        .subquery("p")
    )
    take = sa.bindparam(TAKE, type_=sa.Integer)
    reached = [
        sa.func.array_agg(page.c[column.name], type_=ARRAY(column.type))[take] for column in key_columns
    ]
    return sa.select(
        sa.func.string_agg(page.c.j, sa.literal_column(_BETWEEN_SQL)),
        sa.func.count(),
        sa.cast(sa.func.array_to_json(array([sa.cast(key, sa.Text) for key in reached])), sa.Text),
    ).select_from(page)


def first_rows(rows: bytes, found: int, take: int) -> bytes | memoryview:
    """The first `take` of `found` rows with BETWEEN in between, not copied."""
    end = len(rows)
    for _ in range(found - take):
        end = rows.rindex(BETWEEN, 0, end)
    return rows if end == len(rows) else memoryview(rows)[:end]


def _keys(sorts: tuple[ResolvedSort, ...], source: Source, segment: Segment) -> list[_Key]:
    """Sort keys with the id as the last one, in the direction of the first sort (so one index serves both)."""
    tie = source.base.c.id
    down = sorts[0].descending if sorts else True
    last = _Key(tie, sa.Uuid(), down, None)
    if segment == "nulls":
        return [last]
    keys = [
        _Key(
            _sort_expression(sort, source),
            _sort_type(sort, source),
            sort.descending,
            None if segment == "values" or sort.ref.name in _NEVER_EMPTY else sort.nulls_first,
        )
        for sort in sorts
    ]
    return [*keys, last]


def _sort_expression(sort: ResolvedSort, source: Source) -> ColumnElement[Any]:
    ref: FieldRef = sort.ref
    related = source.target(ref)
    if related is not None:
        # A relation sorts by what people see of it: the target's title.
        obj, alias = related
        return obj.title.kind.sort_expression(obj.title, obj.title.columns(alias))
    return ref.field.kind.sort_expression(ref.field, source.columns(ref))


def _sort_type(sort: ResolvedSort, source: Source) -> sa.types.TypeEngine[Any]:
    """Type of `_sort_expression`, to which a cursor's text is cast back."""
    related = source.target(sort.ref)
    field = sort.ref.field if related is None else related[0].title
    return field.kind.sort_type(field)


def _after(keys: list[_Key], cursor: Cursor) -> ColumnElement[Any]:
    """Rows strictly after the cursor in the order of `keys`."""
    values = [bind(f"k{index}", key.type) for index, key in enumerate(keys)]
    directions = {key.descending for key in keys}
    if all(key.nulls_first is None for key in keys) and len(directions) == 1:
        if None in cursor.values:
            raise invalid_cursor()
        row, bound = sa.tuple_(*(key.expression for key in keys)), sa.tuple_(*values)
        return row < bound if keys[0].descending else row > bound
    nulls = [value is None for value in cursor.values]
    branches = []
    for index, key in enumerate(keys):
        equal = [k.same(v, is_null=n) for k, v, n in zip(keys[:index], values, nulls, strict=False)]
        branches.append(sa.and_(*equal, key.after(values[index], is_null=nulls[index])))
    return sa.or_(*branches)


def numbered(query: AuthorisedQuery) -> Binds:
    binds = Binds()
    for node in bound_nodes(query):
        binds.number(node)
    return binds


def bound_nodes(query: AuthorisedQuery) -> list[ResolvedFilter]:
    """The nodes with operands, in the order in which they are numbered."""
    return [query.where, *(join.guard for join in query.joins.values())]
