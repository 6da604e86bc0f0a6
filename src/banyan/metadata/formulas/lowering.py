"""From the checked tree to SQL over a base alias: paths to one are scalar subselects, aggregates correlated ones.

Nothing of the author's is spliced in: literals are parameters, names come from the catalog. No expression can make a
statement fail: what cannot be computed is NULL beside an error code.
"""

import itertools
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from banyan.metadata.formulas.functions.base import LowerContext, Lowered, Site, Sql, bound, can_fail
from banyan.metadata.formulas.tree import Aggregate, Apply, Hop, Literal, Ref, Rows, Typed
from banyan.metadata.formulas.types import STORED

ERROR = "__err"
# SQLAlchemy renders recursively, some 25 frames for a level of a formula: 64 levels are more than Python's default.
FRAMES = 4_000
sys.setrecursionlimit(max(sys.getrecursionlimit(), FRAMES))


@dataclass
class Lowering:
    """One formula over one base. `rows` is the alias of an aggregate's rows while its arguments are lowered."""

    base: sa.FromClause
    schema: str
    context: LowerContext
    rows: sa.FromClause | None = None
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def lower(self, node: Typed) -> Lowered:
        match node:
            case Literal():
                return Lowered(_constant(node))
            case Ref():
                return self._ref(node)
            case Rows():
                return Lowered(sa.literal_column("true"))
            case Aggregate():
                return self._aggregate(node)
            case Apply():
                args = [self.lower(arg) for arg in node.args]
                return node.function.build(self._site(node), args)
            case _:
                raise TypeError(type(node))

    def _site(self, node: Apply, row_id: Sql | None = None) -> Site:
        return Site(node, node.args, self.schema, self.context, self.column, row_id)

    def _start(self, node: Ref) -> sa.FromClause:
        return self.base if node.rows is None or self.rows is None else self.rows

    def _ref(self, node: Ref) -> Lowered:
        has_error = any(spec.suffix == ERROR for spec in node.field.specs)
        return Lowered(self.column(node, ""), self.column(node, ERROR) if has_error else None)

    def column(self, node: Typed, suffix: str) -> Sql:
        """One column of a field that a name leads to, in the form formulas compute with."""
        if not isinstance(node, Ref):
            raise TypeError(type(node))
        spec = next(each for each in node.field.specs if each.suffix == suffix)
        found = self._along(self._start(node), node.hops, node.field.physical(suffix))
        if isinstance(spec.type, sa.Integer):
            return sa.cast(found, sa.Numeric)
        if isinstance(spec.type, sa.Uuid) and node.type.name != "record":
            return sa.cast(found, sa.Text)
        return found

    def _along(self, start: sa.FromClause, hops: tuple[Hop, ...], column: str) -> Sql:
        """A column at the end of a path over live records; NULL where the path breaks off."""
        if not hops:
            found: Sql = start.c[column]
            return found
        tables = [hop.object.table.alias(self._name()) for hop in hops]
        where = [tables[0].c.id == start.c[hops[0].field.physical()]]
        for before, after, hop in zip(tables, tables[1:], hops[1:], strict=False):
            where.append(after.c.id == before.c[hop.field.physical()])
        where += [table.c.deleted_at.is_(None) for table in tables]
        return (
            sa.select(tables[-1].c[column])
            .select_from(*tables)
            .where(*where)
            .correlate_except(*tables)
            .scalar_subquery()
        )

    def _aggregate(self, node: Aggregate) -> Lowered:
        """Values are computed row by row in a subselect, so that whatever is gathered belongs to it."""
        table = node.rows.object.table.alias(self._name())
        inner = Lowering(self.base, self.schema, self.context, table, self.numbers)
        lowered = [inner.lower(arg) for arg in node.args]
        columns: dict[str, Sql] = {"id": table.c.id}
        for index, each in enumerate(lowered):
            columns[f"v{index}"] = each.value
            if each.error is not None:
                columns[f"e{index}"] = each.error
        rows = (
            sa.select(*(value.label(name) for name, value in columns.items()))
            .where(table.c[node.rows.field.physical()] == self.base.c.id, table.c.deleted_at.is_(None))
            .correlate_except(table)
            .subquery(self._name())
        )
        args = [Lowered(rows.c[f"v{i}"], rows.c.get(f"e{i}")) for i in range(len(lowered))]
        gathered = node.function.build(self._site(node, rows.c.id), args)
        error = None if gathered.error is None else self._select(gathered.error, rows)
        return Lowered(self._select(gathered.value, rows), error)

    def _select(self, value: Sql, rows: sa.FromClause) -> Sql:
        return sa.select(value).select_from(rows).correlate_except(rows).scalar_subquery()

    def _name(self) -> str:
        """Aliases that no other alias of the formula has; those of queries begin with other letters."""
        return f"fx{next(self.numbers)}"


def _constant(node: Literal) -> Sql:
    value: Any = node.value
    if value is None:
        return sa.cast(sa.null(), STORED[node.type.name])
    if isinstance(value, bool):
        return sa.literal_column("true" if value else "false")
    return bound(format(value, "f") if isinstance(value, Decimal) else value, STORED[node.type.name])


def size_of(node: Typed) -> tuple[int, int]:
    """At most how large value and error become as SQL; nested IFERROR would double with every level."""
    if not isinstance(node, Apply):
        return 1, int(isinstance(node, Ref) and node.field.kind.computed)
    sizes = [size_of(arg) for arg in node.args]
    values, errors = sum(value for value, _ in sizes), sum(error for _, error in sizes)
    if node.function.heavy:
        other = sizes[-1][1] if len(sizes) > 1 else 0
        return 1 + values + errors, 1 + errors if other else 0
    fails = errors > 0 or can_fail(node.function)
    return 1 + values, 1 + errors + 2 * values if fails else 0


def uses_of(tree: Typed) -> Mapping[tuple[Any, ...], tuple[tuple[Hop, ...], Any]]:
    """What is read, each path once, in order of first mention."""
    found: dict[tuple[Any, ...], tuple[tuple[Hop, ...], Any]] = {}
    waiting = [tree]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, Ref | Rows):
            start = () if node.rows is None else (node.rows,)
            hops = start if isinstance(node, Rows) else (*start, *node.hops)
            last = None if isinstance(node, Rows) else node.field
            key = (*((hop.field.id, hop.many) for hop in hops), None if last is None else last.id)
            found.setdefault(key, (hops, last))
        elif isinstance(node, Apply):
            waiting = [*node.args, *waiting]
    return found
