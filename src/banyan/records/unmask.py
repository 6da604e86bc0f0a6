"""Unmask 查看明文: a masked value in plain, for a stated reason, where a role allows it; audited first."""

from typing import Any

import orjson

from banyan.audit.facade import write_audit
from banyan.db.database import Connection
from banyan.kernel.errors import Denied, FieldProblem, InvalidInput
from banyan.metadata.catalog import Object
from banyan.records import queries
from banyan.records.people import house_session
from banyan.records.session import Session

SHORTEST_REASON = 2


async def unmask(
    connection: Connection, session: Session, obj: Object, record_id: str, name: str, reason: str
) -> Any:
    """The plain value. Raises NotFound for a record out of sight, Denied where no role allows to unmask."""
    await queries.read_record(connection, session, obj, record_id)
    field = obj.field(name)
    if field is None:
        problem = FieldProblem("/field", "unknown_field", {"field": name, "object": obj.api_name})
        raise InvalidInput(problems=[problem])
    if len(reason.strip()) < SHORTEST_REASON:
        raise InvalidInput(problems=[FieldProblem("/reason", "required", {"field": "reason"})])
    access = session.policy.access(obj.grant_key, field.id)
    if field.masked and (not access.unmask or session.actor.read_only):
        raise Denied("unmask_denied", field=name)
    house = house_session(session)
    document = orjson.loads(
        await queries.read_record(connection, house, house.catalog.by_id[obj.id], record_id)
    )
    if field.masked:
        target = {"object": obj.api_name, "record": record_id, "field": field.api_name}
        await write_audit(connection, session.actor, "unmask", target, {"reason": reason.strip()[:500]})
    return document[field.api_name]
