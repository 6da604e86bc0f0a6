"""The timeline of a record: its activities and its own history, merged by time, newest first."""

from typing import Any

import orjson

from banyan.db.database import Connection
from banyan.kernel.errors import FieldProblem, InvalidInput
from banyan.kernel.ids import parse_id
from banyan.metadata.catalog import Field, Object
from banyan.query.cursor import Cursor, encode
from banyan.query.parsed import ParsedQuery, Sort
from banyan.records import queries
from banyan.records.session import Session

ACTIVITY = "activity"
_NEWEST = (Sort(field="id", direction="desc"),)


async def read_timeline(
    connection: Connection, session: Session, obj: Object, record_id: str, *, limit: int, before: str | None
) -> dict[str, Any]:
    """`limit` items before the cursor. Items are ordered by when they were entered (ids are time-ordered)."""
    cursor = _cursor(before)
    activities = await _activities(connection, session, obj, record_id, limit, cursor)
    history = await queries.read_history(connection, session, obj, record_id, limit=limit, before=cursor)
    items = [
        *(
            {"kind": "activity", "at": record.get("happened_at") or record["created_at"], "record": record}
            for record in activities
        ),
        *({"kind": "history", "at": entry["at"], "entry": entry} for entry in history["entries"]),
    ]
    items.sort(key=_id, reverse=True)
    more = len(items) > limit or history["next_cursor"] is not None
    page = items[:limit]
    return {"items": page, "next_cursor": _id(page[-1]) if more and page else None}


def _id(item: dict[str, Any]) -> str:
    return str(item["record"]["id"] if item["kind"] == "activity" else item["entry"]["id"])


def _cursor(before: str | None) -> Any:
    if before is None:
        return None
    found = parse_id(before)
    if found is None:
        raise InvalidInput("invalid_query", problems=[FieldProblem("/cursor", "invalid_cursor")])
    return found


async def _activities(
    connection: Connection, session: Session, obj: Object, record_id: str, limit: int, before: Any
) -> list[dict[str, Any]]:
    """Activities that point at the record, as far as the actor may read them; one more than asked, to know of more."""
    activity = session.catalog.by_name.get(ACTIVITY)
    links = [] if activity is None else [f for f in activity.custom_fields if _points_at(session, f, obj)]
    if activity is None or not links or not session.policy.allows(activity.grant_key, "read"):
        return []
    here: list[dict[str, Any]] = [{"field": link.api_name, "op": "eq", "value": record_id} for link in links]
    query = ParsedQuery(
        where={"or": here}, sort=_NEWEST, limit=min(limit + 1, 1000), cursor=_page_cursor(before)
    )
    page = await queries.query_page(connection, session, activity, query)
    found: list[dict[str, Any]] = orjson.loads(page.rows)
    return found


def _points_at(session: Session, field: Field, obj: Object) -> bool:
    return field.target is not None and session.catalog.by_name.get(field.target) is obj


def _page_cursor(before: Any) -> str | None:
    """Ids are the order of an activity page, so a timeline cursor is a page cursor of one key."""
    return None if before is None else encode(Cursor("all", (str(before), str(before))), "-id")
