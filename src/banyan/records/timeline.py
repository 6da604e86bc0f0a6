"""The timeline of a record: its activities and its own history, merged by when they happened, newest first.

Three ordered streams are read a page each and merged: activities that say when they happened, those that do not (their
creation counts), and the record's history. The cursor holds the place in each stream, so no item is lost or repeated
however many share one moment.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
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

ACTIVITY, HAPPENED = "activity", "happened_at"
_HISTORY = "history"
_STREAMS = ("happened_at", "created_at", _HISTORY)
Place = list[str]  # sort value and id of the last item taken from a stream; of history the id alone


@dataclass(frozen=True)
class _Item:
    stream: str
    at: str
    key: Place
    document: dict[str, Any]


async def read_timeline(
    connection: Connection, session: Session, obj: Object, record_id: str, *, limit: int, before: str | None
) -> dict[str, Any]:
    """`limit` items after the cursor, newest first, as far as the actor may read them."""
    places = _decode(before)
    items: list[_Item] = []
    more = False
    for stream in _STREAMS[:2]:
        found = await _activities(connection, session, obj, record_id, stream, places.get(stream), limit + 1)
        more = more or len(found) > limit
        items += found
    history_place = parse_id(places[_HISTORY][0]) if _HISTORY in places else None
    history = await queries.read_history(
        connection, session, obj, record_id, limit=limit, before=history_place
    )
    more = more or history["next_cursor"] is not None
    items += [_Item(_HISTORY, entry["at"], [entry["id"]], {"entry": entry}) for entry in history["entries"]]
    items.sort(key=lambda item: (item.at, item.key[-1]), reverse=True)
    page = items[:limit]
    taken = places | {item.stream: item.key for item in page}
    return {
        "items": [
            {"kind": "history" if item.stream == _HISTORY else "activity", "at": item.at, **item.document}
            for item in page
        ],
        "next_cursor": _encode(taken) if page and (more or len(items) > limit) else None,
    }


async def _activities(
    connection: Connection,
    session: Session,
    obj: Object,
    record_id: str,
    stream: str,
    place: Place | None,
    limit: int,
) -> list[_Item]:
    """One stream of the activities that point at the record."""
    activity = session.catalog.by_name.get(ACTIVITY)
    if activity is None or not session.policy.allows(activity.grant_key, "read"):
        return []
    links = [f for f in activity.custom_fields if not f.masked and _points_at(session, f, obj)]
    dated = activity.field(HAPPENED) is not None
    if not links or (stream == HAPPENED and not dated):
        return []
    here: dict[str, Any] = {
        "or": [{"field": link.api_name, "op": "eq", "value": record_id} for link in links]
    }
    if dated:
        op = "is_not_empty" if stream == HAPPENED else "is_empty"
        here = {"and": [here, {"field": HAPPENED, "op": op}]}
    segment = "values" if stream == HAPPENED else "all"
    query = ParsedQuery(
        where=here,
        sort=(Sort(field=stream, direction="desc"),),
        limit=limit,
        cursor=encode(Cursor(segment, tuple(place)), f"-{stream}") if place else None,  # type: ignore[arg-type]
    )
    page = await queries.query_page(connection, session, activity, query)
    records: list[dict[str, Any]] = orjson.loads(page.rows)
    return [_Item(stream, row[stream], [row[stream], row["id"]], {"record": row}) for row in records]


def _points_at(session: Session, field: Field, obj: Object) -> bool:
    return field.target is not None and session.catalog.by_name.get(field.target) is obj


def _encode(places: Mapping[str, Place]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(places)).rstrip(b"=").decode()


def _decode(cursor: str | None) -> dict[str, Place]:
    """Places by stream. Raises InvalidInput for a cursor that is not one of ours."""
    if cursor is None:
        return {}
    try:
        found = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        valid = isinstance(found, dict) and all(_is_place(name, value) for name, value in found.items())
    except (ValueError, binascii.Error):
        valid = False
    if not valid:
        raise InvalidInput("invalid_query", problems=[FieldProblem("/cursor", "invalid_cursor")])
    return dict(found)


def _is_place(stream: str, value: Any) -> bool:
    parts = 1 if stream == _HISTORY else 2
    return (
        stream in _STREAMS
        and isinstance(value, list)
        and len(value) == parts
        and all(isinstance(part, str) for part in value)
        and parse_id(value[-1]) is not None
    )
