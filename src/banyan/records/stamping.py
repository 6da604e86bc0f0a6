"""Times that children leave on their parents, with everything computed from them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from banyan.db.database import Connection
from banyan.metadata.catalog import Field, Object
from banyan.query import stamping
from banyan.records.following import follow
from banyan.records.session import Session

_TIMES = ("datetime", "date")


@dataclass(frozen=True)
class Stamp:
    """API names: when a child happened, the parent's last time and what was planned, choices that do not count."""

    happened: str
    last: str
    due: str
    but: Mapping[str, str]


async def stamp_parents(
    connection: Connection, session: Session, child: Object, ids: Sequence[UUID], stamp: Stamp
) -> None:
    """For every relation of `child` whose target has the field `stamp.last`.

    An administrator may have made something else of a field: then it is not stamped, and stops no writing.
    """
    whole = session.full.by_id[child.id]
    happened = _typed(whole, stamp.happened, *_TIMES)
    if happened is None:
        return
    but = {
        field.physical(): value
        for name, value in stamp.but.items()
        if (field := _typed(whole, name, "single_choice", "text"))
    }
    for link in whole.custom_fields:
        single = link.definition.type == "relation"
        parent = session.full.by_name.get(str(link.target)) if single else None
        last = _typed(parent, stamp.last, *_TIMES) if parent is not None else None
        if parent is None or last is None:
            continue
        due = _typed(parent, stamp.due, *_TIMES)
        statement = stamping.stamp_parents(whole, link, happened, parent, last, due, but=but)
        cursor = await connection.execute(statement.sql, {**statement.params, stamping.IDS: list(ids)})
        changed = [row[0] for row in await cursor.fetchall()]
        if changed:
            columns = {field.physical() for field in (last, due) if field is not None}
            await follow(connection, session, parent, changed, columns)


def _typed(obj: Object, name: str, *types: str) -> Field | None:
    field = obj.field(name)
    return field if field is not None and field.definition.type in types else None
