"""What hangs on a lead comes to what it became: activities gain their links, comments are carried along.

Nothing is taken from the lead. It is the house that links: whoever may convert need not own every activity.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa

from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.events import EventBus
from banyan.metadata.catalog import Object
from banyan.pipelines.proposal import ACCOUNT, LEAD, OPPORTUNITY, PARTS
from banyan.pipelines.tables import pipeline_tables
from banyan.query.parsed import ParsedQuery
from banyan.records import queries
from banyan.records.commands import Change, Commands
from banyan.records.people import house_session
from banyan.records.session import Session

ACTIVITY = "activity"
MOST = 1_000


async def link_all(
    connection: Connection,
    session: Session,
    bus: EventBus,
    lead: Object,
    lead_id: UUID,
    became: Mapping[str, UUID],
) -> dict[str, Any]:
    """Link, and tell what was linked, so that it can be taken back."""
    activities = await _link_activities(connection, session, bus, lead_id, became)
    comments = await _carry_comments(connection, session, lead, lead_id, became)
    return {"activities": activities, "comments": comments}


async def _link_activities(
    connection: Connection, session: Session, bus: EventBus, lead_id: UUID, became: Mapping[str, UUID]
) -> dict[str, list[str]]:
    house = house_session(session)
    obj = house.full.by_name.get(ACTIVITY)
    link = None if obj is None else obj.field(LEAD)
    if obj is None or link is None or link.target != LEAD:
        return {}
    targets = {name: key for name, key in became.items() if _links(obj, name)}
    found: dict[str, list[str]] = {}
    while rows := await _unlinked(connection, house, obj, lead_id, targets):
        changes = []
        for row in rows:
            values = {name: str(key) for name, key in targets.items() if row[name] is None}
            changes.append(Change(UUID(row["id"]), values))
            found[row["id"]] = list(values)
        await Commands(connection, house, bus, house=True).update(obj, changes)
    return found


def _links(obj: Object, name: str) -> bool:
    field = obj.field(name)
    return name in PARTS and field is not None and field.target == name


async def _unlinked(
    connection: Connection, house: Session, obj: Object, lead_id: UUID, targets: Mapping[str, UUID]
) -> list[dict[str, Any]]:
    """Activities of the lead that lack a link, a page of them."""
    if not targets:
        return []
    lacking = [{"field": name, "op": "is_empty"} for name in targets]
    where = {"and": [{"field": LEAD, "op": "eq", "value": str(lead_id)}, {"or": lacking}]}
    query = ParsedQuery(select=tuple(targets), where=where, limit=MOST // 2)
    rows: list[dict[str, Any]] = orjson.loads((await queries.query_page(connection, house, obj, query)).rows)
    return rows


async def _carry_comments(
    connection: Connection, session: Session, lead: Object, lead_id: UUID, became: Mapping[str, UUID]
) -> list[str]:
    """Comments as they were said, on the opportunity or else the account. Nobody is told of them again."""
    name = next((each for each in (OPPORTUNITY, ACCOUNT) if each in became), None)
    if name is None:
        return []
    comment = pipeline_tables(session.full.schema).comment
    kept = ("author_id", "body", "mentions", "created_at", "updated_at")
    source = sa.select(
        sa.literal(session.full.object(name).id, sa.Uuid()),
        sa.literal(became[name], sa.Uuid()),
        *(comment.c[each] for each in kept),
    ).where(comment.c.object_id == lead.id, comment.c.record_id == lead_id, comment.c.deleted_at.is_(None))
    made = await run(
        connection,
        sa.insert(comment).from_select(["object_id", "record_id", *kept], source).returning(comment.c.id),
    )
    return [str(row[0]) for row in await made.fetchall()]
