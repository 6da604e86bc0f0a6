"""Places in a long list: cursors at even distances, so that a scroll bar over millions of rows can jump.

One ordered scan per segment of the order gives them all. What authorised the rows of a page authorises their places.
"""

from dataclasses import replace
from typing import Any

import orjson
import sqlalchemy as sa
from psycopg import DataError

from banyan.db.compile import CompiledStatement, compile_statement
from banyan.db.database import Connection
from banyan.query import pages
from banyan.query.authorised import AuthorisedQuery
from banyan.query.cursor import Cursor, encode, invalid_cursor
from banyan.query.execute import kept_statement, run_count, start_of
from banyan.query.lower import bind_values

MOST = 200
EVERY, BEFORE, FURTHER = "every", "before", "further"


async def run_anchors(
    connection: Connection, query: AuthorisedQuery, every: int | None
) -> tuple[int | None, int, list[str]]:
    """Rows in all, rows between two places, and the cursor after each such stretch.

    Without `every` the whole list is counted and divided; with it, up to MOST places follow the query's cursor.
    """
    order, segments = pages.order_of(query), pages.segments_of(query)
    cursor = start_of(query, order, segments)
    count = None
    if every is None:
        count, _ = await run_count(connection, replace(query, count="exact"))
    step = every or max(1, -(-(count or 0) // MOST))
    found: list[str] = []
    before = 0
    for segment in segments[segments.index(cursor.segment) :]:
        place = cursor if segment == cursor.segment else Cursor(segment, ())
        left = MOST - len(found)
        if left == 0:
            break
        keys, rows = await _segment(connection, query, place, {EVERY: step, BEFORE: before, FURTHER: left})
        found += [encode(Cursor(segment, tuple(key)), order) for key in keys]
        before = (before + rows) % step
    return count, step, found


async def _segment(
    connection: Connection, query: AuthorisedQuery, place: Cursor, numbers: dict[str, int]
) -> tuple[list[list[str | None]], int]:
    """Sort keys of the rows that end a stretch, and how many rows of the segment were passed."""
    kind = f"anchors {place.shape!r}"
    statement = kept_statement(kind, query, lambda: _anchors_sql(query, place))
    keys = {f"k{index}": value for index, value in enumerate(place.values) if value is not None}
    binds = {**statement.params, **bind_values(*pages.bound_nodes(query)), **keys, **numbers}
    try:
        cursor = await connection.execute(statement.sql, binds)
    except DataError as error:
        if not keys:
            raise
        raise invalid_cursor() from error
    row = await cursor.fetchone()
    return (orjson.loads(row[0]), int(row[1])) if row else ([], 0)


def _anchors_sql(query: AuthorisedQuery, place: Cursor) -> CompiledStatement:
    """Rows are numbered in their order and read no further than the last place that is wanted."""
    binds = pages.numbered(query)
    keys, rows = pages.ordered_keys(query, place, binds)
    every, before, further = (sa.bindparam(name, type_=sa.Integer) for name in (EVERY, BEFORE, FURTHER))
    limited = rows.limit(every * further - before).subquery("r0")
    key_names = [f"__k{index}" for index in range(keys)]
    number = (sa.func.row_number().over() + before).label("n")
    numbered = sa.select(*(limited.c[name] for name in key_names), number).cte("r1")
    chosen = (
        sa.select(
            sa.func.json_build_array(*(sa.cast(numbered.c[name], sa.Text) for name in key_names)).label("k"),
            numbered.c.n,
        )
        .where(numbered.c.n % every == 0)
        .subquery("r2")
    )
    listed = sa.func.json_agg(sa.text("r2.k ORDER BY r2.n"))
    found = sa.select(sa.func.coalesce(listed, sa.text("'[]'::json"))).select_from(chosen)
    passed: sa.Select[Any] = sa.select(sa.func.count()).select_from(numbered)
    return compile_statement(sa.select(found.scalar_subquery(), passed.scalar_subquery()))
