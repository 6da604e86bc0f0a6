"""People as those who manage them see them: the organisation belongs to nobody's data scope."""

from typing import Any

import orjson

from banyan.access.policy import system_policy
from banyan.db.database import Connection
from banyan.kernel.actor import system_actor
from banyan.records import queries
from banyan.records.session import Session


def house_session(session: Session) -> Session:
    """The installation's own eyes in the same workspace. Only after a power of the actor has been asked for."""
    actor = system_actor(session.actor.workspace, session.actor.language)
    return Session(actor, system_policy(actor), session.full, session.currency, session.timezone, session.now)


async def person_of(
    connection: Connection, session: Session, user_id: str, *, include_deleted: bool = False
) -> dict[str, Any]:
    """The record of a person. Raises NotFound."""
    own = house_session(session)
    body = await queries.read_record(
        connection, own, own.catalog.object("user"), user_id, include_deleted=include_deleted
    )
    found: dict[str, Any] = orjson.loads(body)
    return found
