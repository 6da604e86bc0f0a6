"""What a person opened: last and most often, so that the next time it is one key away."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert

from banyan.activities.tables import activity_tables
from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.metadata.catalog import Object
from banyan.records import queries
from banyan.records.session import Session

SHOWN = 10
_KEPT = 200


async def note_opened(
    connection: Connection, session: Session, user: UUID, obj: Object, record_id: str
) -> None:
    """Count one opening. Raises NotFound for a record out of sight."""
    await queries.read_record(connection, session, obj, record_id)
    table = activity_tables(session.full.schema).recent
    statement = insert(table).values(user_id=user, object_id=obj.id, record_id=record_id)
    counted = {"opened": table.c.opened + 1, "last_at": sa.func.now()}
    await run(
        connection, statement.on_conflict_do_update(index_elements=["user_id", "record_id"], set_=counted)
    )
    # Now and then the oldest go, so that nobody's list grows for ever.
    old = (
        sa.select(table.c.record_id)
        .where(table.c.user_id == user)
        .order_by(table.c.last_at.desc())
        .offset(_KEPT)
    )
    await run(connection, sa.delete(table).where(table.c.user_id == user, table.c.record_id.in_(old)))


async def read_recents(connection: Connection, session: Session, user: UUID) -> dict[str, Any]:
    """{recent, frequent}: records the person may still read, ten each."""
    table = activity_tables(session.full.schema).recent
    asked = sa.select(table.c.object_id, table.c.record_id, table.c.opened).where(table.c.user_id == user)
    rows = await (await run(connection, asked.order_by(table.c.last_at.desc()).limit(_KEPT))).fetchall()
    often = sorted((row for row in rows if row[2] > 1), key=lambda row: -row[2])[:SHOWN]
    wanted = [*rows[:SHOWN], *often]
    titles: dict[str, str | None] = {}
    for object_id in {row[0] for row in wanted}:
        obj = session.catalog.by_id.get(object_id)
        if obj is not None:
            ids = {str(row[1]) for row in wanted if row[0] == object_id}
            titles |= await queries.labels_of(connection, session, obj, ids)

    def shown(row: Any) -> dict[str, Any]:
        obj = session.catalog.by_id[row[0]]
        return {"object": obj.api_name, "id": str(row[1]), "title": titles[str(row[1])], "opened": row[2]}

    return {
        "recent": [shown(row) for row in rows[:SHOWN] if str(row[1]) in titles],
        "frequent": [shown(row) for row in often if str(row[1]) in titles],
    }


async def opened_among(connection: Connection, schema: str, user: UUID, ids: set[UUID]) -> dict[UUID, int]:
    """How often a person opened those of some records that they did open."""
    table = activity_tables(schema).recent
    # One array and no list of values: such a statement is compiled once, one with a list each time.
    among = sa.bindparam("among", list(ids), type_=ARRAY(sa.Uuid()))
    asked = sa.select(table.c.record_id, table.c.opened)
    found = await run(connection, asked.where(table.c.user_id == user, table.c.record_id == sa.any_(among)))
    return {row[0]: row[1] for row in await found.fetchall()}
