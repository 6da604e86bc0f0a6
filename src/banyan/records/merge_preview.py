"""What a merge would do, before anybody does it: field by field, and how much comes along."""

from typing import Any

from banyan.db.database import Connection
from banyan.events import EventBus
from banyan.metadata.catalog import Object
from banyan.query import merging as statements
from banyan.records.merging import Choosing, Group, Merges, holds_many, pointing_fields, same_value
from banyan.records.session import Session

Document = dict[str, Any]


async def preview(
    connection: Connection, session: Session, bus: EventBus, obj: Object, group: Group
) -> Document:
    """{records, fields with each record's value and the one proposed, children counted by record}."""
    merges = Merges(connection, session, bus, obj, [group])
    merges.check_shape()
    await merges.check_rights()
    by_id = await merges.documents(session)
    rows = [by_id[str(key)] for key in group.ids]
    choosing = Choosing(session, obj)
    fields = []
    for each in choosing.fields:
        values = {row["id"]: row.get(each.api_name) for row in rows}
        shown = {
            "field": each.api_name,
            "values": values,
            "chosen": choosing.default(each, rows),
            "many": holds_many(each),
            "differs": len({same_value(value) for value in values.values()}) > 1,
        }
        fields.append(shown)
    return {
        "records": [{"id": row["id"], "title": row.get(obj.title.api_name)} for row in rows],
        "fields": fields,
        "children": await _children(connection, session, obj, group),
    }


async def _children(connection: Connection, session: Session, obj: Object, group: Group) -> list[Document]:
    """How many live records name each of the records, by object and field the reader knows."""
    found = []
    for each in pointing_fields(session, obj):
        shown = session.catalog.by_id.get(each.obj.id)
        if shown is None or not session.policy.allows(shown.grant_key, "read"):
            continue
        binds = {"ids": list(group.ids), "names": [obj.api_name, *obj.definition.aliases]}
        cursor = await connection.execute(statements.count_pointing(each.obj, each.field), binds)
        counts = {str(row[0]): row[1] for row in await cursor.fetchall()}
        if counts:
            label = dict(shown.definition.label_plural or shown.definition.label)
            named = {"object": shown.api_name, "label": label, "field": each.field.api_name}
            found.append({**named, "counts": counts})
    return found
