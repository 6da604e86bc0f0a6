"""Duplicates of the sample: some customers somebody has written down a second time, waiting for review."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import orjson

from banyan.db.database import Connection
from banyan.duplicates.guard import ACCEPTS
from banyan.events import EventBus
from banyan.query.parsed import ParsedQuery
from banyan.records import queries
from banyan.records.commands import Commands
from banyan.records.session import Session

MOST = 6
_COPIED = ("name", "phone", "city", "province")


async def sample(
    connection: Connection, session: Session, bus: EventBus, made: Mapping[str, Sequence[UUID]]
) -> None:
    """As an assistant types them: with a blank inside, or without the legal form, by hand and in a hurry."""
    obj = session.catalog.object("account")
    known = [str(key) for key in made["account"][:MOST]]
    where = {"field": "id", "op": "in", "value": known}
    page = await queries.query_page(
        connection, session, obj, ParsedQuery(select=_COPIED, where=where, limit=MOST)
    )
    found: list[dict[str, Any]] = orjson.loads(page.rows)
    people = made["user"]
    rows = [
        {
            **{name: row[name] for name in _COPIED if row[name]},
            "name": _again(row["name"], place),
            "owner": str(people[-1 - place % len(people)]),
        }
        for place, row in enumerate(found)
    ]
    accepting = replace(session, accepts=frozenset({ACCEPTS}))
    await Commands(connection, accepting, bus).create(obj, rows, [""] * len(rows))


def _again(name: str, place: int) -> str:
    shorter = (
        name.replace("股份有限公司", "").replace("有限公司", "").replace(" Ltd.", "").replace(" Inc.", "")
    )
    if place % 2 and shorter != name:
        return shorter
    return f"{name[:2]} {name[2:]}"
