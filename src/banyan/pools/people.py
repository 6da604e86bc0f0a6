"""Who manages a pool and can be asked, and what they are told."""

from collections.abc import Sequence
from uuid import UUID

from banyan.access.members import people_of
from banyan.db.database import Connection
from banyan.metadata.catalog import Object
from banyan.notifications.inbox import Notice, notify
from banyan.pools.store import Pool
from banyan.records.session import Session


async def managers_of(connection: Connection, session: Session, pool: Pool) -> list[UUID]:
    """Those who are still here."""
    return await people_of(connection, session.full.schema, pool.settings.managers)


async def tell(
    connection: Connection,
    session: Session,
    people: Sequence[UUID],
    kind: str,
    obj: Object | None,
    record: UUID | None,
    pool: Pool,
    count: int = 1,
    **params: str,
) -> None:
    """The same notice to each, in their inbox."""
    same = f"{kind}:{pool.id}:{record or ''}" if kind == "pool_request" else f"{kind}:{pool.id}"
    actor = session.actor.user_id
    notices = [
        Notice(
            person,
            kind,
            None if obj is None else obj.id,
            record,
            actor,
            {"pool": pool.name, "pool_id": str(pool.id), **params},
            same=same,
            count=count,
        )
        for person in people
    ]
    await notify(connection, session.full.schema, notices)
