"""What may be printed of one record: read through the reader's rights, so a field one may not see is not printed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson

from banyan.db.database import Connection
from banyan.kernel.errors import NotFound
from banyan.metadata.catalog import Catalog, Field, Object
from banyan.query.parsed import ParsedQuery, Sort
from banyan.records.queries import query_page, read_record
from banyan.records.session import Session

MOST_ROWS = 2_000
_PAGE = 1_000
COMPANY = "company"
Record = Mapping[str, Any]


@dataclass(frozen=True)
class Rows:
    """Rows of a sub-table, and their object as the reader knows it."""

    object: Object
    records: Sequence[Record]


@dataclass(frozen=True)
class Material:
    """`related` by relation field; one that is empty or out of sight is not there."""

    object: Object
    record: Record
    related: Mapping[str, tuple[Object, Record]] = field(default_factory=dict)
    tables: Mapping[str, Rows] = field(default_factory=dict)


def relation_target(catalog: Catalog, found: Field) -> Object | None:
    """The one object that a field names one record of."""
    if not found.kind.pointing or found.kind.is_list or len(found.reaches) != 1:
        return None
    return catalog.by_name.get(found.reaches[0])


async def read_material(
    connection: Connection,
    session: Session,
    obj: Object,
    record_id: UUID,
    *,
    relations: Collection[str],
    tables: Collection[str],
) -> Material:
    """Raises NotFound for a record out of sight."""
    record: Record = orjson.loads(await read_record(connection, session, obj, record_id))
    related: dict[str, tuple[Object, Record]] = {}
    for name in relations:
        one = await _related(connection, session, obj, record, name)
        if one is not None:
            related[name] = one
    rows = {name: await _rows(connection, session, obj, record_id, name) for name in tables}
    return Material(obj, record, related, {name: each for name, each in rows.items() if each is not None})


async def _related(
    connection: Connection, session: Session, obj: Object, record: Record, name: str
) -> tuple[Object, Record] | None:
    found = obj.field(name)
    target = None if found is None or found.masked else relation_target(session.catalog, found)
    if found is None or target is None or not session.policy.allows(target.grant_key, "read"):
        return None
    value = record.get(found.api_name)
    if value is None:
        return await _only_company(connection, session, target) if target.api_name == COMPANY else None
    try:
        return target, orjson.loads(await read_record(connection, session, target, value["id"]))
    except NotFound:
        return None


async def _only_company(
    connection: Connection, session: Session, target: Object
) -> tuple[Object, Record] | None:
    """A house with one company need not name it on every document."""
    active = target.field("active")
    where = None if active is None or active.masked else {"field": "active", "op": "eq", "value": True}
    page = await query_page(connection, session, target, ParsedQuery(where=where, limit=2))
    return (target, orjson.loads(page.rows)[0]) if page.size == 1 else None


async def _rows(
    connection: Connection, session: Session, obj: Object, record_id: UUID, name: str
) -> Rows | None:
    found = obj.field(name)
    inverse = None if found is None else found.kind.inverse(found)
    child = None if inverse is None else session.catalog.by_name.get(inverse[0])
    if inverse is None or child is None or not session.policy.allows(child.grant_key, "read"):
        return None
    relation = child.field(inverse[1])
    if relation is None or relation.masked:
        return None
    by = (Sort(field="position"),) if _sortable(child, "position") else ()
    where = {"field": relation.api_name, "op": "eq", "value": str(record_id)}
    records: list[Record] = []
    cursor: str | None = None
    while len(records) < MOST_ROWS:
        query = ParsedQuery(where=where, sort=(*by, Sort(field="id")), limit=_PAGE, cursor=cursor)
        page = await query_page(connection, session, child, query)
        records += orjson.loads(page.rows)
        cursor = page.next_cursor
        if cursor is None:
            break
    return Rows(child, records)


def _sortable(obj: Object, name: str) -> bool:
    found = obj.field(name)
    return found is not None and not found.masked and found.kind.sortable
