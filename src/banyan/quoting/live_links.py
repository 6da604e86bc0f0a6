"""Which links stand open to customers now: for whoever answers for the house's doors."""

from datetime import UTC, datetime
from typing import Any

import orjson
import sqlalchemy as sa

from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.query.parsed import ParsedQuery
from banyan.quoting.tables import quoting_tables
from banyan.records import queries
from banyan.records.session import Session

_MOST = 200


async def live_links(connection: Connection, session: Session) -> dict[str, Any]:
    """The latest links that can still be answered; of quotes out of sight only the number is told."""
    table = quoting_tables(session.full.schema).link
    now = session.now or datetime.now(UTC)
    is_open = sa.and_(table.c.used_at.is_(None), table.c.ended_at.is_(None), table.c.expires_at > now)
    asked = sa.select(table.c.quote_id, table.c.made_at, table.c.expires_at).where(is_open)
    rows = await (await run(connection, asked.order_by(table.c.made_at.desc()).limit(_MOST))).fetchall()
    quote = session.catalog.by_name.get("quote")
    known: dict[str, Any] = {}
    if rows and quote is not None and session.policy.allows(quote.grant_key, "read"):
        where = {"field": "id", "op": "in", "value": [str(row[0]) for row in rows]}
        names = tuple(name for name in ("name", "number", "owner") if quote.field(name) is not None)
        page = await queries.query_page(
            connection, session, quote, ParsedQuery(select=names, where=where, limit=_MOST)
        )
        known = {each["id"]: each for each in orjson.loads(page.rows)}
    shown = [
        {
            "quote": {
                "id": str(key),
                "label": known[str(key)].get("name"),
                "number": known[str(key)].get("number"),
            },
            "owner": known[str(key)].get("owner"),
            "made_at": made.isoformat(),
            "expires_at": ends.isoformat(),
        }
        for key, made, ends in rows
        if str(key) in known
    ]
    return {"links": shown, "hidden": len(rows) - len(shown)}
