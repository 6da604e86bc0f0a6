"""Groups and measures as a single statement whose answer is finished JSON."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from banyan.db.compile import CompiledStatement, compile_statement
from banyan.query.authorised import AuthorisedAggregate
from banyan.query.lower import Binds, Source, lower
from banyan.query.parsed import Group, Measure
from banyan.query.resolved import FieldRef, ResolvedFilter


def bound_nodes(query: AuthorisedAggregate) -> list[ResolvedFilter]:
    return [query.where, *(join.guard for join in query.joins.values())]


def aggregate_sql(query: AuthorisedAggregate) -> CompiledStatement:
    """SQL giving a JSON array of `{key, values}` and whether there are more groups than the limit."""
    binds = Binds()
    for node in bound_nodes(query):
        binds.number(node)
    source = Source(query.object.table.alias("r"), query.joins, binds)
    keys = [_key(ref, group, source, query.timezone) for ref, group in query.groups]
    shown = [_shown(ref, group, key, source) for (ref, group), key in zip(query.groups, keys, strict=True)]
    measures = [_measure(ref, measure, source) for ref, measure in query.measures]
    where = lower(query.where, source, binds)
    by = [*keys, *(column for ref, _ in query.groups for column in _label_columns(ref, source))]
    grouped = (
        sa.select(
            _array(shown).label("key"),
            _array(measures).label("values"),
        )
        .select_from(source.clause)
        .where(source.base.c.deleted_at.is_(None), where)
        .group_by(*by)
        .order_by(*_order(query, keys))
        .limit(sa.literal_column(str(query.limit + 1)))
        .cte("g")
    )
    out = sa.select(grouped).limit(sa.literal_column(str(query.limit))).subquery("o")
    rows = sa.select(sa.func.coalesce(sa.func.json_agg(sa.text("o")), sa.text("'[]'::json"))).select_from(out)
    more = sa.select(sa.func.count() > sa.literal_column(str(query.limit))).select_from(grouped)
    return compile_statement(sa.select(rows.scalar_subquery(), more.scalar_subquery()))


def _array(parts: list[ColumnElement[Any]]) -> ColumnElement[Any]:
    return sa.func.json_build_array(*parts)


def _key(ref: FieldRef, group: Group, source: Source, timezone: str) -> ColumnElement[Any]:
    value = ref.field.kind.comparable(ref.field, source.columns(ref))
    if group.bucket is None:
        return value
    # Literal, not bound: the same expression must stand in SELECT, GROUP BY and ORDER BY; the value is checked.
    unit: ColumnElement[Any] = sa.literal_column(f"'{group.bucket}'")
    if isinstance(ref.field.kind.operand_type(ref.field), sa.DateTime):
        value = sa.func.timezone(sa.literal(timezone, literal_execute=True), value)
    else:
        value = sa.cast(value, sa.DateTime())
    return sa.cast(sa.func.date_trunc(unit, value), sa.Date)


def _label_columns(ref: FieldRef, source: Source) -> list[ColumnElement[Any]]:
    related = source.target(ref)
    return [] if related is None else [related[0].title.columns(related[1])[""]]


def _shown(ref: FieldRef, group: Group, key: ColumnElement[Any], source: Source) -> ColumnElement[Any]:
    if group.bucket is None and source.target(ref) is not None:
        return source.json(ref)
    return key


def _measure(ref: FieldRef | None, measure: Measure, source: Source) -> ColumnElement[Any]:
    if ref is None:
        return sa.func.count()
    return ref.field.kind.aggregate(ref.field, source.columns(ref), measure.fn)


def _order(query: AuthorisedAggregate, keys: list[ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    """Periods run in time; everything else starts with the largest group."""
    ordered: list[ColumnElement[Any]] = []
    if not any(group.bucket for _, group in query.groups):
        ordered.append(sa.func.count().desc())
    return [*ordered, *(key.asc().nulls_last() for key in keys)]
