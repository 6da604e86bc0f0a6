"""Items of a timeline that stay on top, for everybody who may see them."""

from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from banyan.activities import comments
from banyan.activities.related import ACTIVITY, related_ids, related_lists
from banyan.activities.tables import activity_tables
from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.kernel.errors import InvalidInput, NotFound
from banyan.kernel.ids import parse_id
from banyan.metadata.catalog import Object
from banyan.query.parsed import ParsedQuery
from banyan.records import queries
from banyan.records.reach import require_change
from banyan.records.session import Session

MOST = 10
_KINDS = (ACTIVITY, "comment")


async def pin(connection: Connection, session: Session, obj: Object, record_id: str, key: str) -> None:
    """Keep an item of this timeline on top. Raises Denied, NotFound, InvalidInput `pins_full`."""
    await require_change(connection, session, obj, record_id)
    kind, _, item = key.partition(":")
    known = kind in _KINDS and parse_id(item) is not None
    if not known or key not in await _items(connection, session, obj, record_id, [key]):
        raise NotFound("unknown_timeline_item", key=key)
    table = activity_tables(session.full.schema).pin
    count = sa.select(sa.func.count()).where(table.c.record_id == record_id)
    row = await (await run(connection, count)).fetchone()
    if row and row[0] >= MOST:
        raise InvalidInput("pins_full", limit=MOST)
    values = {"record_id": record_id, "item_key": key, "pinned_by": session.actor.user_id}
    await run(connection, insert(table).values(**values).on_conflict_do_nothing())


async def unpin(connection: Connection, session: Session, obj: Object, record_id: str, key: str) -> None:
    await require_change(connection, session, obj, record_id)
    table = activity_tables(session.full.schema).pin
    gone = sa.delete(table).where(table.c.record_id == record_id, table.c.item_key == key)
    await run(connection, gone)


async def read_pinned(
    connection: Connection, session: Session, obj: Object, record_id: str
) -> list[dict[str, Any]]:
    """Pinned items that the actor may read, last pinned first."""
    table = activity_tables(session.full.schema).pin
    asked = sa.select(table.c.item_key).where(table.c.record_id == record_id)
    rows = await (await run(connection, asked.order_by(table.c.pinned_at.desc()).limit(MOST))).fetchall()
    if not rows:
        return []
    keys = [row[0] for row in rows]
    found = await _items(connection, session, obj, record_id, keys)
    return [found[key] for key in keys if key in found]


async def _items(
    connection: Connection, session: Session, obj: Object, record_id: str, keys: list[str]
) -> dict[str, dict[str, Any]]:
    """By key: items that belong to this timeline and that the actor may read."""
    related = await related_ids(connection, session, related_lists(session, obj), record_id)
    records = [record_id, *(key for rows in related.values() for key in rows)]
    found = await _comments(connection, session, records, _ids(keys, "comment"))
    return found | await _activities(connection, session, records, _ids(keys, ACTIVITY))


def _ids(keys: list[str], kind: str) -> list[str]:
    return [item for found, _, item in (key.partition(":") for key in keys) if found == kind]


async def _comments(
    connection: Connection, session: Session, records: list[str], ids: list[str]
) -> dict[str, dict[str, Any]]:
    if not ids:
        return {}
    wanted = [UUID(key) for key in ids]
    found = await comments.read_comments(connection, session, records, keys=wanted, limit=len(ids))
    return {
        f"comment:{each['id']}": {
            "kind": "comment",
            "key": f"comment:{each['id']}",
            "at": each["at"],
            "comment": each,
            "via": None,
        }
        for each in found
    }


async def _activities(
    connection: Connection, session: Session, records: list[str], ids: list[str]
) -> dict[str, dict[str, Any]]:
    activity = session.catalog.by_name.get(ACTIVITY)
    if not ids or activity is None or not session.policy.allows(activity.grant_key, "read"):
        return {}
    query = ParsedQuery(where={"field": "id", "op": "in", "value": ids}, limit=MOST)
    page = await queries.query_page(connection, session, activity, query)
    here = set(records)
    return {
        f"{ACTIVITY}:{row['id']}": {
            "kind": ACTIVITY,
            "key": f"{ACTIVITY}:{row['id']}",
            "at": row.get("happened_at") or row["created_at"],
            "record": row,
            "via": None,
        }
        for row in orjson.loads(page.rows)
        if any(isinstance(value, dict) and value.get("id") in here for value in row.values())
    }
