"""What belongs to a record beside itself: the records its layout lists, as far as the reader may see them."""

from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from banyan.db.database import Connection
from banyan.metadata.catalog import Field, Object
from banyan.query.parsed import ParsedQuery, Sort
from banyan.records import queries
from banyan.records.session import Session

ACTIVITY = "activity"
MOST_RECORDS = 500
MOST_LISTS = 8
_NEWEST = (Sort(field="created_at", direction="desc"),)


@dataclass(frozen=True)
class RelatedList:
    """Records of `object` whose relation `via` points here."""

    object: Object
    via: Field


def related_lists(session: Session, obj: Object) -> list[RelatedList]:
    """The lists of the object's own layout, without activities, that the reader may open."""
    found = []
    for each in obj.definition.layout.related[:MOST_LISTS]:
        child = session.catalog.by_name.get(each.object)
        via = child.field(each.field) if child is not None else None
        if child is None or via is None or via.masked or child.api_name == ACTIVITY:
            continue
        if points_at(session, via, obj) and session.policy.allows(child.grant_key, "read"):
            found.append(RelatedList(child, via))
    return found


def points_at(session: Session, field: Field, obj: Object) -> bool:
    return field.target is not None and session.catalog.by_name.get(field.target) is obj


async def related_ids(
    connection: Connection, session: Session, lists: list[RelatedList], record_id: str
) -> Mapping[str, dict[str, str | None]]:
    """By object name: titles by id of the newest related records."""
    found: dict[str, dict[str, str | None]] = {}
    for each in lists:
        title = each.object.title.api_name
        query = ParsedQuery(
            select=(title,),
            where={"field": each.via.api_name, "op": "eq", "value": record_id},
            sort=_NEWEST,
            limit=MOST_RECORDS,
        )
        page = await queries.query_page(connection, session, each.object, query)
        rows = {row["id"]: row[title] for row in orjson.loads(page.rows)}
        found[each.object.api_name] = found.get(each.object.api_name, {}) | rows
    return found
