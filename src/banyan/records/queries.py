"""Reading records: pages, single records, aggregates, history. Everything passes the authorising wall."""

import json
from typing import Any
from uuid import UUID

import orjson

from banyan.db.database import Connection
from banyan.kernel.errors import Gone, NotFound
from banyan.kernel.ids import parse_id
from banyan.metadata.catalog import Object
from banyan.metadata.field_types.base import WrittenNumber
from banyan.query import merging, writes
from banyan.query.authorised import authorise, authorise_aggregate
from banyan.query.execute import Page, run_aggregate, run_page
from banyan.query.parsed import ParsedAggregate, ParsedQuery, Sort
from banyan.records.session import Session

_BY_ID = (Sort(field="id"),)
_BEGINNINGS = ("create", "import")


async def query_page(connection: Connection, session: Session, obj: Object, query: ParsedQuery) -> Page:
    return await run_page(connection, authorise(session.policy, session.resolver, obj, query))


async def read_record(
    connection: Connection,
    session: Session,
    obj: Object,
    record_id: str | UUID,
    *,
    include_deleted: bool = False,
) -> bytes:
    """One record as JSON. Raises NotFound for an unknown id and for one out of sight alike."""
    if parse_id(record_id) is None:
        raise NotFound("record_not_found", object=obj.api_name, id=str(record_id))
    query = ParsedQuery(where={"field": "id", "op": "eq", "value": str(record_id)}, limit=1, sort=_BY_ID)
    found = authorise(session.policy, session.resolver, obj, query, include_deleted=include_deleted)
    page = await run_page(connection, found)
    if page.size == 0:
        await _refuse_merged(connection, session, obj, UUID(str(record_id)))
        raise NotFound("record_not_found", object=obj.api_name, id=str(record_id))
    return page.rows[1:-1]


async def _refuse_merged(connection: Connection, session: Session, obj: Object, record: UUID) -> None:
    """Raises Gone where the record has become another that the actor may read."""
    row = await (await connection.execute(merging.merged_into(obj.schema), {"record": record})).fetchone()
    if row is not None and await labels_of(connection, session, obj, {str(row[0])}):
        raise Gone("record_merged", extra={"merged_into": str(row[0])}, object=obj.api_name)


async def aggregate(connection: Connection, session: Session, obj: Object, query: ParsedAggregate) -> bytes:
    return await run_aggregate(connection, authorise_aggregate(session.policy, session.resolver, obj, query))


async def read_history(
    connection: Connection,
    session: Session,
    obj: Object,
    record_id: str,
    *,
    limit: int,
    before: UUID | None,
    actor: UUID | None = None,
) -> dict[str, Any]:
    """History of a record the actor may read (or what one person did to it), newest first, in today's field names."""
    await read_record(connection, session, obj, record_id, include_deleted=True)
    gone = await (await connection.execute(merging.ancestors(obj.schema), {"record": record_id})).fetchall()
    records = [UUID(record_id), *(row[0] for row in gone)]
    binds = {"object_id": obj.id, "records": records, "before": before, "by": actor, "limit": limit + 1}
    cursor = await connection.execute(writes.history_page(obj.schema), binds)
    rows = await cursor.fetchall()
    labels = await _labels(connection, session, obj, rows[:limit])
    last = str(rows[limit - 1][0]) if len(rows) > limit else None
    titles = {row[0]: row[1] for row in gone}
    shown = [_entry(obj, row, labels, titles) for row in rows[:limit]]
    # An entry that tells only of what the reader may not know is not there for them.
    entries = [entry for entry in shown if entry["changes"] or entry["action"] != "update"]
    return {"entries": entries, "next_cursor": last}


def _entry(
    obj: Object, row: Any, labels: dict[str, str | None], gone: dict[UUID, str | None]
) -> dict[str, Any]:
    """`merged` is the title of the record that came into this one, where the entry is that one's."""
    entry_id, at, actor_id, actor_kind, action, version, changes, record = row
    actor = None if actor_id is None else {"id": str(actor_id), "label": labels.get(str(actor_id))}
    return {
        "id": str(entry_id),
        "at": at,
        "actor": actor,
        "actor_kind": actor_kind,
        "action": action,
        "version": version,
        "changes": _changes(obj, _sides(action, changes), labels),
        "merged": gone.get(record),
    }


def _changes(
    obj: Object, changes: dict[str, list[Any]], labels: dict[str, str | None]
) -> list[dict[str, Any]]:
    """Physical columns put together to values of fields; fields gone since are named by their last label."""
    found: list[dict[str, Any]] = []
    fields = dict.fromkeys(field for column in changes if (field := obj.by_slug.get(column)) is not None)
    for field in fields:
        sides: list[dict[str, Any]] = [{}, {}]
        for spec in field.specs:
            before, after = changes.get(field.physical(spec.suffix), [None, None])
            sides[0][spec.suffix], sides[1][spec.suffix] = _text(before), _text(after)
        values: list[Any]
        if field.masked:
            values = [field.kind.mask(field, side.get("")) for side in sides]
        elif field.physical() in changes:
            values = [field.kind.to_json(field, side) if side[""] is not None else None for side in sides]
        else:  # only a further part changed, e.g. the currency code but not the amount
            values = [next((part for part in side.values() if part is not None), None) for side in sides]
        if field.kind.pointing and not field.masked:
            values = [_with_labels(value, labels) for value in values]
        found.append(
            {"field": field.api_name, "label": dict(field.label), "from": values[0], "to": values[1]}
        )
    return found


def _with_labels(value: Any, labels: dict[str, str | None]) -> Any:
    """Ids as the records they name."""
    if isinstance(value, list):
        return [_with_labels(item, labels) for item in value]
    if isinstance(value, dict):
        return {**value, "label": labels.get(value["id"])}
    return None if value is None else {"id": value, "label": labels.get(value)}


def _sides(action: str, document: bytes) -> dict[str, list[Any]]:
    """Old and new by column. A new row's history holds its values alone: there was nothing before.

    Numbers are read as the text they were written in: a float would round money.
    """
    found = json.loads(document, parse_float=WrittenNumber, parse_int=WrittenNumber)
    return {column: [None, value] for column, value in found.items()} if action in _BEGINNINGS else found


def _text(value: Any) -> Any:
    """Values of the API are text; booleans, lists and documents stay."""
    return value if isinstance(value, bool | list | dict | str | None) else str(value)


async def _labels(
    connection: Connection, session: Session, obj: Object, rows: list[Any]
) -> dict[str, str | None]:
    """Names of people and related records in the entries, as far as the actor may read them."""
    wanted: dict[str, set[str]] = {"user": {str(row[2]) for row in rows if row[2] is not None}}
    for row in rows:
        changes = _sides(row[4], row[6])
        pointing = {f for column in changes if (f := obj.by_slug.get(column)) is not None and f.kind.pointing}
        for side in (0, 1):
            stored = {column: sides[side] for column, sides in changes.items()}
            for name, record in (pair for field in pointing for pair in field.named(stored)):
                wanted.setdefault(name, set()).add(record)
    labels: dict[str, str | None] = {}
    for name, ids in wanted.items():
        target = session.catalog.by_name.get(name)
        if target is not None:
            labels |= await labels_of(connection, session, target, ids)
    return labels


async def labels_of(
    connection: Connection, session: Session, obj: Object, ids: set[str]
) -> dict[str, str | None]:
    """Titles by id of those records the actor may read, a thousand at most."""
    if not ids or not session.policy.allows(obj.grant_key, "read"):
        return {}
    query = ParsedQuery(
        select=(obj.title.api_name,),
        where={"field": "id", "op": "in", "value": sorted(ids)[:1000]},
        limit=1000,
        sort=_BY_ID,
    )
    page = await query_page(connection, session, obj, query)
    return {item["id"]: item[obj.title.api_name] for item in orjson.loads(page.rows)}
