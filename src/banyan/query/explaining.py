"""The plan of a page, asked of the server for the very statement that would run. Nothing is read."""

from typing import Any

import orjson

from banyan.db.database import Connection
from banyan.query import pages
from banyan.query.authorised import AuthorisedQuery
from banyan.query.execute import start_of
from banyan.query.lower import bind_values
from banyan.query.statistics import known_of
from banyan.query.walks import PLAIN, choose


async def plan_of_page(connection: Connection, query: AuthorisedQuery) -> dict[str, Any]:
    """The tree of the plan for the first part of the page, as the server writes it."""
    walk = choose(query, await known_of(connection, query.object)) if query.arms else PLAIN
    place = start_of(query, pages.order_of(query), pages.segments_of(query))
    statement = pages.page_sql(query, place, walk)
    binds = {**statement.params, **bind_values(*pages.bound_nodes(query)), pages.TAKE: query.limit}
    cursor = await connection.execute("EXPLAIN (FORMAT JSON) " + statement.sql, binds, prepare=False)
    row = await cursor.fetchone()
    found: dict[str, Any] = orjson.loads(row[0])[0]["Plan"] if row else {}
    return found
