"""How many rows a query has, exactly or up to a cap."""

import functools
import operator
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from banyan.db.compile import CompiledStatement, compile_statement
from banyan.query.authorised import Arm, AuthorisedQuery
from banyan.query.lower import Binds, Source, lower
from banyan.query.pages import numbered


def count_sql(query: AuthorisedQuery, cap: int | None, first: int | None = None) -> CompiledStatement:
    """Number of matching rows, at most `cap` when given. `first`: the arm that is counted whole, the others beside it.

    Without it the keys of a narrow scope's arms are brought together, each counted once.
    """
    binds = numbered(query)
    if query.narrow:
        made = _together(query, binds, cap) if first is None else _one_after_another(query, binds, cap, first)
        return compile_statement(made)
    source = Source(query.object.table.alias("r"), query.joins, binds)
    where = [lower(query.where, source, binds)]
    if not query.include_deleted:
        where.append(source.base.c.deleted_at.is_(None))
    if cap is None:
        return compile_statement(sa.select(sa.func.count()).select_from(source.clause).where(*where))
    inner: sa.Select[Any] = sa.select(sa.literal_column("1")).select_from(source.clause).where(*where)
    limited = inner.limit(sa.literal_column(str(cap))).subquery("n")
    return compile_statement(sa.select(sa.func.count()).select_from(limited))


def _together(query: AuthorisedQuery, binds: Binds, cap: int | None) -> sa.Select[Any]:
    parts = [sa.select(_rows(query, binds, cap, arm).subquery()) for arm in query.arms]
    together = (sa.union(*parts) if len(parts) > 1 else parts[0].distinct()).subquery("u")
    if cap is None:
        return sa.select(sa.func.count()).select_from(together)
    limited = sa.select(together).limit(sa.literal_column(str(cap))).subquery("n")
    return sa.select(sa.func.count()).select_from(limited)


def _one_after_another(query: AuthorisedQuery, binds: Binds, cap: int | None, first: int) -> sa.Select[Any]:
    """Rows of an arm are counted where no earlier one holds; those of the first from its index alone.

    Where the first reaches the cap, the others are not looked at.
    """
    arms = [query.arms[first], *query.arms[:first], *query.arms[first + 1 :]]
    counts = [
        sa.select(sa.func.count().label("rows")).select_from(
            _rows(query, binds, cap, arm, arms[:place]).subquery("n")
        )
        for place, arm in enumerate(arms)
    ]
    widest = counts[0].subquery("w")
    others = [each.scalar_subquery() for each in counts[1:]]
    total: ColumnElement[Any] = functools.reduce(operator.add, others, widest.c.rows)
    if cap is None:
        return sa.select(total)
    most: ColumnElement[int] = sa.literal_column(str(cap))
    return sa.select(sa.case((widest.c.rows >= most, most), else_=sa.func.least(total, most)))


def _rows(
    query: AuthorisedQuery, binds: Binds, cap: int | None, arm: Arm, without: Sequence[Arm] = ()
) -> sa.Select[Any]:
    """Keys of the rows of one arm, those of others left out."""
    source = Source(query.object.table.alias("r"), query.joins, binds)
    where = [lower(query.rest, source, binds), lower(arm.node, source, binds)]
    where += [lower(other.node, source, binds).is_not(sa.true()) for other in without]
    if not query.include_deleted:
        where.append(source.base.c.deleted_at.is_(None))
    rows: sa.Select[Any] = sa.select(source.base.c.id).select_from(source.clause).where(*where)
    return rows if cap is None else rows.limit(sa.literal_column(str(cap)))
