"""Unmask 查看明文: a masked value in plain, for a stated reason, where a role allows it; audited first."""

from typing import Any

import orjson

from banyan.access.policy import Policy
from banyan.audit.facade import write_audit
from banyan.db.database import Connection
from banyan.kernel.errors import Denied, FieldProblem, InvalidInput
from banyan.metadata.catalog import Field, Object
from banyan.metadata.field_types.encrypted import purpose
from banyan.query import sealed
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
    withheld = field.masked or field.kind.sealed
    if withheld and (not may_unmask(session.policy, obj, field) or session.actor.read_only):
        raise Denied("unmask_denied", field=name)
    value = await _plain(connection, session, obj, record_id, field)
    if withheld:
        target = {"object": obj.api_name, "record": record_id, "field": field.api_name}
        await write_audit(connection, session.actor, "unmask", target, {"reason": reason.strip()[:500]})
    return value


def may_unmask(policy: Policy, obj: Object, field: Field) -> bool:
    """Where a role says so; of an encrypted field also whoever may write it."""
    access = policy.access(obj.grant_key, field.id)
    return access.unmask or (field.kind.sealed and access.level == "edit")


async def _plain(connection: Connection, session: Session, obj: Object, record_id: str, field: Field) -> Any:
    if not field.kind.sealed:
        house = house_session(session)
        whole = house.catalog.by_id[obj.id]
        return orjson.loads(await queries.read_record(connection, house, whole, record_id))[field.api_name]
    row = await (await connection.execute(sealed.stored(obj, field), {"id": record_id})).fetchone()
    keys = session.context.sealer
    if row is None or row[0] is None or keys is None:
        return None
    return keys.open(purpose(field), row[0])
