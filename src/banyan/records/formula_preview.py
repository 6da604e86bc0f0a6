"""A formula's value on one record, for the editor: the record must be one the caller may read."""

from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa

from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.metadata.catalog import Object
from banyan.metadata.formulas.facade import Checked, LowerContext, lower
from banyan.records.queries import read_record
from banyan.records.session import Session

TIMEOUT = "1s"


async def preview(
    connection: Connection, session: Session, obj: Object, record_id: UUID, checked: Checked
) -> Any:
    """The value as JSON, an error as `{"error": code}`. Inside a transaction: the time it may take is bounded.

    Raises:
        NotFound: there is no such record, or it is out of the caller's sight.
        Denied: the formula reads an object whose records the caller may not read.
        Unavailable: `statement_timeout`.
    """
    for hop in (hop for use in checked.uses for hop in use.hops):
        session.policy.require(hop.object.grant_key, "read")
    await read_record(connection, session, obj, record_id)
    await run(
        connection, sa.select(sa.func.set_config("statement_timeout", TIMEOUT, sa.literal_column("true")))
    )
    base = obj.table.alias("r")
    lowered = lower(checked, base, obj.schema, LowerContext(session.timezone, session.currency))
    value = lowered.value
    if checked.type.name == "number":
        value = sa.cast(sa.func.trim_scale(value), sa.Text)
    error = sa.cast(sa.null(), sa.Text) if lowered.error is None else lowered.error
    statement = sa.select(sa.func.json_build_array(error, sa.func.to_json(value))).where(
        base.c.id == record_id, base.c.deleted_at.is_(None)
    )
    row = await (await run(connection, statement)).fetchone()
    failed, result = orjson.loads(row[0]) if row else (None, None)
    return result if failed is None else {"error": failed}
