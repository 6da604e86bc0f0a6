"""Times that children leave on their parents, with everything computed from them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from banyan.db.database import Connection
from banyan.metadata.catalog import Field, Object
from banyan.query import stamping
from banyan.records.following import follow
from banyan.records.session import Session


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
    """For every relation of `child` whose target has the field `stamp.last`."""
    whole = session.full.by_id[child.id]
    happened = whole.field(stamp.happened)
    if happened is None:
        return
    but = {field.physical(): value for name, value in stamp.but.items() if (field := whole.field(name))}
    for link in whole.custom_fields:
        parent = session.full.by_name.get(str(link.target)) if link.target is not None else None
        last = parent.field(stamp.last) if parent is not None else None
        if parent is None or last is None or _computed([last]):
            continue
        due = parent.field(stamp.due)
        statement = stamping.stamp_parents(whole, link, happened, parent, last, due, but=but)
        cursor = await connection.execute(statement.sql, {**statement.params, stamping.IDS: list(ids)})
        changed = [row[0] for row in await cursor.fetchall()]
        if changed:
            columns = {field.physical() for field in (last, due) if field is not None}
            await follow(connection, session, parent, changed, columns)


def _computed(fields: Collection[Field]) -> bool:
    """Whether an administrator has made the field one that is computed anyway."""
    return any(field.kind.computed for field in fields)
