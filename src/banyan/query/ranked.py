"""Hits of global search in one object: candidates by grams, ranked by how the title or a number meets the text."""

from typing import Any

import sqlalchemy as sa

from banyan.access.policy import Policy
from banyan.db.compile import CompiledStatement, compile_statement
from banyan.db.database import Connection
from banyan.kernel.collation import fold
from banyan.metadata.catalog import Object
from banyan.query.authorised import authorise
from banyan.query.execute import kept_statement
from banyan.query.lower import Source, bind, bind_values, lower
from banyan.query.pages import bound_nodes, numbered
from banyan.query.parsed import ParsedQuery
from banyan.query.resolve import Resolver

# Beyond this many candidates ranking them all costs more than it tells: the text is too common.
CANDIDATES = 400


async def ranked_hits(
    connection: Connection, policy: Policy, resolver: Resolver, obj: Object, text: str, limit: int
) -> bytes:
    """JSON array of [rank, {id, title, subtitle}], best first; rank 0 is an exact title."""
    names = tuple(
        name for name in (obj.definition.title_field, obj.definition.subtitle_field) if name in obj.by_name
    )
    query = authorise(policy, resolver, obj, ParsedQuery(select=names, search=text, limit=limit))

    def make() -> CompiledStatement:
        return _statement(obj, query, limit)

    statement = kept_statement("ranked", query, make)
    words = fold(text).split()
    values = {
        **statement.params,
        **bind_values(*bound_nodes(query)),
        "exact": " ".join(words),
        "begins": _prefix(" ".join(words)),
    }
    row = await (await connection.execute(statement.sql, values)).fetchone()
    return bytes(row[0]) if row else b"[]"


def _prefix(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


def _statement(obj: Object, query: Any, limit: int) -> CompiledStatement:
    binds = numbered(query)
    source = Source(obj.table.alias("r"), query.joins, binds)
    where = lower(query.where, source, binds)
    title = obj.title.columns(source.base)
    lowered = sa.func.lower(title[""])
    exact, begins = bind("exact", sa.Text()), bind("begins", sa.Text())
    spoken = title["__p"] if "__p" in title else sa.cast(sa.null(), sa.Text)
    rank = sa.case(
        (lowered == exact, sa.literal_column("0")),
        (lowered.like(begins), sa.literal_column("1")),
        (spoken.like(begins), sa.literal_column("2")),
        (spoken.like(sa.literal_column("'% '").op("||")(begins)), sa.literal_column("2")),
        (lowered.like(sa.literal_column("'%'").op("||")(begins)), sa.literal_column("3")),
        else_=sa.literal_column("4"),
    )
    shown = {ref.name: source.json(ref) for ref in query.select}
    subtitle = obj.definition.subtitle_field if obj.definition.subtitle_field in shown else None
    candidates = (
        sa.select(
            source.base.c.id.label("id"),
            title[""].label("title"),
            (shown[subtitle] if subtitle else sa.null()).label("subtitle"),
            rank.label("rank"),
            sa.func.length(title[""]).label("size"),
        )
        .select_from(source.clause)
        .where(source.base.c.deleted_at.is_(None), where)
        .limit(sa.literal_column(str(CANDIDATES)))
        .cte("c")
        .prefix_with("MATERIALIZED")
    )
    best = (
        sa.select(candidates)
        .order_by(candidates.c.rank, candidates.c.size, candidates.c.title, candidates.c.id)
        .limit(sa.literal_column(str(limit)))
        .subquery("b")
    )
    hit = sa.func.json_build_object(
        sa.text("'id'"), best.c.id, sa.text("'title'"), best.c.title, sa.text("'subtitle'"), best.c.subtitle
    )
    rows = sa.func.json_agg(sa.func.json_build_array(best.c.rank, hit))
    return compile_statement(sa.select(sa.func.coalesce(rows, sa.text("'[]'::json"))).select_from(best))
