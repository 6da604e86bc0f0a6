"""Figures of how records flow through the stages of a pipeline, over those its reader may read."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from banyan.db.database import Connection
from banyan.metadata.catalog import Object
from banyan.metadata.pipelines import Pipeline
from banyan.metadata.states import LOST, WON, Machine
from banyan.query import stage_flow, stages, writes
from banyan.records.session import Session
from banyan.records.stages import followers_of


@dataclass(frozen=True)
class Asked:
    """Which records: of one pipeline, in the days `since` to `until` (both counted), of one owner or all."""

    machine: Machine
    pipeline: Pipeline
    since: date
    until: date
    owner: str | None = None


async def read_rows(
    connection: Connection, session: Session, obj: Object, asked: Asked
) -> tuple[list[tuple[Any, ...]], tuple[Any, ...], int]:
    """Rows per stage, the row of what was decided, and how many are open now."""
    predicate = writes.write_predicate(session.policy, session.resolver, obj, "read")
    machine, followers = asked.machine, followers_of(asked.machine)
    binds = {**writes.predicate_binds(predicate), **_binds(session, asked)}
    rows = await (await connection.execute(stage_flow.stage_figures(machine, predicate), binds)).fetchall()
    statement = stage_flow.decided(machine, followers, predicate)
    ended = await (await connection.execute(statement, binds)).fetchone()
    standing = await (await connection.execute(stage_flow.open_now(machine, predicate), binds)).fetchone()
    return rows, ended or (), int(standing[0]) if standing else 0


def _binds(session: Session, asked: Asked) -> dict[str, Any]:
    zone = ZoneInfo(session.timezone)
    known = stages.parameters(asked.machine)
    return {
        "known": known["known"],
        "standard": known["standard"],
        "field": asked.machine.field.id,
        "line": asked.pipeline.key,
        "owner": asked.owner,
        "since": datetime.combine(asked.since, time(), zone).astimezone(UTC),
        "until": datetime.combine(asked.until + timedelta(days=1), time(), zone).astimezone(UTC),
        "ranks": [stage.key for stage in asked.pipeline.stages],
        "won": list(asked.machine.of_category(WON)),
        "lost": list(asked.machine.of_category(LOST)),
        "currency": session.currency,
        "timezone": session.timezone,
    }
