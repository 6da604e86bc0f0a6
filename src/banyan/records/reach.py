"""Who may do what with one record: asked before somebody is told of it, or something is hung on it."""

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from banyan.access.compile import load_policy
from banyan.access.model import Action
from banyan.db.database import Connection
from banyan.kernel.actor import Actor
from banyan.kernel.errors import Denied, NotFound
from banyan.metadata.catalog import Object
from banyan.query import writes
from banyan.records import queries
from banyan.records.session import Session


async def session_for(connection: Connection, session: Session, user: UUID) -> Session:
    """What the same workspace is to somebody else."""
    actor = Actor(user, session.full.schema, session.actor.language)
    return replace(session, actor=actor, policy=await load_policy(connection, actor))


async def readers_among(
    connection: Connection, session: Session, obj: Object, record_id: UUID, users: Iterable[UUID]
) -> set[UUID]:
    """Those of `users` (a handful) who may read the record now."""
    found = set()
    for user in set(users):
        theirs = await session_for(connection, session, user)
        mine = theirs.catalog.by_id.get(obj.id)
        if mine is None or not theirs.policy.allows(mine.grant_key, "read"):
            continue
        try:
            await queries.read_record(connection, theirs, mine, record_id)
        except NotFound:
            continue
        found.add(user)
    return found


async def may(connection: Connection, session: Session, obj: Object, record_id: str, action: Action) -> bool:
    """Whether the actor may do so with this very record, not only with some of its object."""
    if not session.policy.allows(obj.grant_key, action):
        return False
    predicate = writes.write_predicate(session.policy, session.resolver, obj, action)
    statement, binds = writes.visible_ids(obj, predicate)
    cursor = await connection.execute(statement, {**binds, "ids": [UUID(record_id)]})
    return bool(await cursor.fetchall())


async def visible_to(
    connection: Connection, session: Session, object_name: str, ids: Iterable[UUID], action: Action
) -> set[UUID]:
    """Those of `ids` with which the actor may do so; none where the object is out of sight."""
    obj = session.catalog.by_name.get(object_name)
    if obj is None or not session.policy.allows(obj.grant_key, action):
        return set()
    predicate = writes.write_predicate(session.policy, session.resolver, obj, action)
    statement, binds = writes.visible_ids(obj, predicate)
    cursor = await connection.execute(statement, {**binds, "ids": list(ids)})
    return {row[0] for row in await cursor.fetchall()}


async def require_change(connection: Connection, session: Session, obj: Object, record_id: str) -> None:
    """Raises NotFound where the record is out of sight, Denied where the actor may not change it."""
    await queries.read_record(connection, session, obj, record_id)
    if not await may(connection, session, obj, record_id, "update"):
        raise Denied("action_denied", action="update", object=obj.api_name)
