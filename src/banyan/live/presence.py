"""Who looks at a record now: a row per open stream and record, kept alive while the stream is."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.live.tables import live_tables

HEARTBEAT_S = 20.0
GONE_AFTER_S = 50.0


async def come(
    connection: Connection, schema: str, stream: UUID, user: UUID, records: Sequence[tuple[UUID, UUID]]
) -> None:
    """Say that `user` looks at `records` (object, record); again is a heartbeat."""
    if not records:
        return
    table = live_tables(schema).presence
    rows = [
        {"stream": stream, "user_id": user, "object_id": object_id, "record_id": record_id}
        for object_id, record_id in sorted(records)
    ]
    statement = insert(table).values(rows)
    await run(
        connection,
        statement.on_conflict_do_update(
            index_elements=["stream", "record_id"], set_={"seen_at": sa.func.now()}
        ),
    )


async def leave(connection: Connection, schema: str, stream: UUID) -> None:
    """The stream is over; rows that died with their process go too."""
    table = live_tables(schema).presence
    over = table.c.seen_at < sa.func.now() - sa.cast(f"{3 * GONE_AFTER_S} seconds", sa.Interval)
    await run(connection, sa.delete(table).where(sa.or_(table.c.stream == stream, over)))


async def present(
    connection: Connection, schema: str, records: Sequence[UUID], but: UUID
) -> dict[UUID, list[UUID]]:
    """By record, the people who look at it now, without `but`."""
    table = live_tables(schema).presence
    alive = table.c.seen_at > sa.func.now() - sa.cast(f"{GONE_AFTER_S} seconds", sa.Interval)
    asked = (
        sa.select(table.c.record_id, table.c.user_id)
        .where(table.c.record_id.in_(records), alive, table.c.user_id != but)
        .distinct()
        .order_by(table.c.record_id, table.c.user_id)
    )
    found: dict[UUID, list[UUID]] = {}
    for record, user in await (await run(connection, asked)).fetchall():
        found.setdefault(record, []).append(user)
    return found
