"""Where one record stands: its stage and since when, where it may go, what was ticked off, how it came here."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.kernel.errors import InvalidInput, NotFound
from banyan.metadata.catalog import Object
from banyan.metadata.states import OPEN, Machine, machine_of
from banyan.pipelines.stuck import require_machine
from banyan.records import queries
from banyan.records.reach import require_change
from banyan.records.session import Session
from banyan.records.stage_tables import stage_tables

MOST_PERIODS = 100


async def read_standing(
    connection: Connection, session: Session, obj: Object, record_id: str
) -> dict[str, Any]:
    """{pipeline, stage, entered_at, rots_at, rotten, allowed, checks, periods}. Raises NotFound.

    Of an object without a state machine, or whose state the reader does not see, nothing is told.
    """
    record = orjson.loads(await queries.read_record(connection, session, obj, record_id))
    machine = machine_of(session.full, session.full.by_id[obj.id])
    if machine is None or machine.field.api_name not in record:
        return {"stage": None, "allowed": [], "checks": [], "periods": []}
    stage = record[machine.field.api_name]
    chooser = machine.pipeline_field
    line = record.get(chooser.api_name) if chooser is not None else None
    pipeline = machine.pipeline(line)
    periods = await _periods(connection, session, machine, UUID(record_id))
    current = next((each for each in periods if each["left_at"] is None), None)
    return {
        "pipeline": None if pipeline is None else pipeline.key,
        "stage": stage,
        **_rot(session, machine, line, stage, current),
        "allowed": _allowed(machine, line, stage),
        "checks": await _checks(connection, session, UUID(record_id)),
        "periods": periods,
    }


def _allowed(machine: Machine, line: str | None, stage: str | None) -> list[dict[str, Any]]:
    """Where the record may go; `reopens` where it is taken up again, which not everybody may."""
    closed = machine.categories.get(stage or "", OPEN) != OPEN
    return [
        {"key": key, "reopens": closed and machine.categories.get(key) == OPEN}
        for key in machine.allowed(line, stage)
    ]


def _rot(
    session: Session, machine: Machine, line: str | None, stage: str | None, current: dict[str, Any] | None
) -> dict[str, Any]:
    written = machine.stage(line, stage)
    if current is None:
        return {"entered_at": None, "rots_at": None, "rotten": False}
    entered = datetime.fromisoformat(current["entered_at"])
    if written is None or written.rot_days is None or machine.categories.get(stage or "") != OPEN:
        return {"entered_at": current["entered_at"], "rots_at": None, "rotten": False}
    rots = entered + timedelta(days=written.rot_days)
    late = rots < (session.now or datetime.now(UTC))
    return {"entered_at": current["entered_at"], "rots_at": rots.isoformat(), "rotten": late}


async def _periods(
    connection: Connection, session: Session, machine: Machine, record_id: UUID
) -> list[dict[str, Any]]:
    period = stage_tables(session.full.schema).period
    rows = await run(
        connection,
        sa.select(
            period.c.pipeline, period.c.stage, period.c.entered_at, period.c.left_at, period.c.entered_by
        )
        .where(period.c.record_id == record_id, period.c.field_id == machine.field.id)
        .order_by(period.c.entered_at.desc(), period.c.id.desc())
        .limit(MOST_PERIODS),
    )
    return [
        {
            "pipeline": row[0],
            "stage": row[1],
            "entered_at": row[2].isoformat(),
            "left_at": None if row[3] is None else row[3].isoformat(),
            "by": None if row[4] is None else str(row[4]),
        }
        for row in await rows.fetchall()
    ]


async def _checks(connection: Connection, session: Session, record_id: UUID) -> list[dict[str, Any]]:
    check = stage_tables(session.full.schema).check
    rows = await run(
        connection,
        sa.select(check.c.pipeline, check.c.stage, check.c.item, check.c.done_at, check.c.done_by)
        .where(check.c.record_id == record_id)
        .order_by(check.c.done_at),
    )
    return [
        {
            "pipeline": row[0],
            "stage": row[1],
            "item": row[2],
            "done_at": row[3].isoformat(),
            "done_by": None if row[4] is None else str(row[4]),
        }
        for row in await rows.fetchall()
    ]


async def tick(
    connection: Connection,
    session: Session,
    obj: Object,
    record_id: str,
    stage: str,
    item: str,
    *,
    done: bool,
) -> None:
    """Tick an item of a stage's checklist off, or take the tick back. Needs the right to change the record."""
    machine = require_machine(session, obj)
    await require_change(connection, session, obj, record_id)
    record = orjson.loads(await queries.read_record(connection, session, obj, record_id))
    chooser = machine.pipeline_field
    pipeline = machine.pipeline(record.get(chooser.api_name) if chooser is not None else None)
    written = None if pipeline is None else pipeline.stage(stage)
    if pipeline is None or written is None or all(each.key != item for each in written.checklist):
        raise NotFound("unknown_check", item=item)
    check = stage_tables(session.full.schema).check
    key = {"record_id": UUID(record_id), "pipeline": pipeline.key, "stage": stage, "item": item}
    if not done:
        await run(
            connection, sa.delete(check).where(*(check.c[name] == value for name, value in key.items()))
        )
        return
    now = session.now or datetime.now(UTC)
    values = {**key, "object_id": obj.id, "done_at": now, "done_by": session.actor.user_id}
    await run(connection, insert(check).values(**values).on_conflict_do_nothing())


def pipeline_named(machine: Machine, key: str | None) -> Any:
    """The pipeline called so; the default one where none is named. Raises InvalidInput."""
    if key is None:
        return machine.default
    found = next((each for each in machine.pipelines if each.key == key), None)
    if found is None:
        raise InvalidInput("unknown_pipeline", pipeline=key)
    return found
