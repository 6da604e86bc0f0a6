"""Routes of limits and alarms: what is unusual, what was raised, how long entries stay at hand."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict
from pydantic import Field as Bound

from banyan.api import audit_shown
from banyan.api.audit import Auditor
from banyan.api.strict import StrictRoute
from banyan.audit.facade import write_audit
from banyan.audit.limits import KINDS
from banyan.db import usage
from banyan.db.usage import Limit
from banyan.kernel.errors import Conflict, FieldProblem, InvalidInput, NotFound
from banyan.kernel.ids import parse_id

LEAST_HOT_DAYS = 180
_MOST_ALARMS = 200
_LARGEST = 1_000_000_000
router = APIRouter(prefix="/audit", tags=["audit"], route_class=StrictRoute)
Amount = Annotated[int, Bound(ge=1, le=_LARGEST)]


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Seen(_Body):
    note: str | None = Bound(default=None, max_length=500)


class LimitBody(_Body):
    """One limit; `role` None is everybody whose roles have none of their own."""

    kind: Literal["read", "export", "unmask", "claim"]
    role: str | None = Bound(default=None, max_length=80)
    alarm_at: Amount | None = None
    refuse_at: Amount | None = None
    habit_factor: float | None = Bound(default=None, ge=1, le=1_000)
    remove: bool = False


class SettingsBody(_Body):
    hot_days: int = Bound(le=36_500)
    hold: bool
    version: int


@router.get("/alarms")
async def alarms(
    caller: Auditor, state: Annotated[Literal["open", "all"], Query()] = "open"
) -> dict[str, Any]:
    """Alarms, newest first."""
    async with caller.runtime.database.reader() as connection:
        rows = await usage.read_alarms(
            connection, caller.schema, open_only=state == "open", most=_MOST_ALARMS
        )
        ids = {row.user_id for row in rows} | {row.acknowledged_by for row in rows if row.acknowledged_by}
        names = await audit_shown.people_named(connection, caller, ids)
    return {
        "alarms": [
            {
                "id": str(row.id),
                "at": row.at.isoformat(),
                "kind": row.kind,
                "reason": row.reason,
                "user": {"id": str(row.user_id), "name": names.get(str(row.user_id))},
                "amount": row.amount,
                "most": row.most,
                "acknowledged_at": row.acknowledged_at and row.acknowledged_at.isoformat(),
                "acknowledged_by": row.acknowledged_by and names.get(str(row.acknowledged_by)),
                "note": row.note,
            }
            for row in rows
        ]
    }


@router.post("/alarms/{alarm_id}/acknowledge", status_code=204)
async def acknowledge(alarm_id: str, body: Seen, caller: Auditor) -> Response:
    """Somebody has seen to an alarm."""
    found = parse_id(alarm_id)
    async with caller.runtime.database.transaction() as connection:
        if found is None or not await usage.acknowledge(
            connection, caller.schema, found, caller.actor.user_id, body.note
        ):
            raise NotFound("unknown_alarm")
        detail = {"note": body.note} if body.note else {}
        await write_audit(connection, caller.actor, "alarm_acknowledged", {"alarm": alarm_id}, detail)
    return Response(status_code=204)


@router.get("/limits")
async def limits(caller: Auditor) -> dict[str, Any]:
    """Limits and settings; reading is counted by pages an hour, everything else by rows a day."""
    async with caller.runtime.database.reader() as connection:
        found = await usage.read_limits(connection, caller.schema)
        hot_days, hold, version = await usage.read_settings(connection, caller.schema)
    order = sorted(found.items(), key=lambda item: (KINDS.index(item[0][0]), item[0][1] or ""))
    return {
        "limits": [
            {
                "kind": kind,
                "role": role,
                "alarm_at": limit.alarm_at,
                "refuse_at": limit.refuse_at,
                "habit_factor": limit.habit_factor,
            }
            for (kind, role), limit in order
        ],
        "settings": {"hot_days": hot_days, "hold": hold, "version": version},
    }


@router.put("/limits", status_code=204)
async def set_limit(body: LimitBody, caller: Auditor) -> Response:
    """Set one limit, or remove a role's."""
    if body.remove and body.role is None:
        raise InvalidInput(problems=[FieldProblem("/role", "required", {"field": "role"})])
    limit = None if body.remove else Limit(body.alarm_at, body.refuse_at, body.habit_factor)
    async with caller.runtime.database.transaction() as connection:
        before = (await usage.read_limits(connection, caller.schema)).get((body.kind, body.role))
        await usage.write_limit(connection, caller.schema, body.kind, body.role, limit)
        detail = {"before": _plain(before), "after": _plain(limit)}
        target = {"kind": body.kind, "role": body.role}
        await write_audit(connection, caller.actor, "limit_changed", target, detail)
    caller.runtime.meter.forget_limits(caller.schema)
    return Response(status_code=204)


@router.put("/settings", status_code=204)
async def set_settings(body: SettingsBody, caller: Auditor) -> Response:
    """How long entries stay in the database, and whether a refused use ends the person's sessions."""
    if body.hot_days < LEAST_HOT_DAYS:
        raise InvalidInput(
            problems=[FieldProblem("/hot_days", "hot_days_too_few", {"least": LEAST_HOT_DAYS})]
        )
    async with caller.runtime.database.transaction() as connection:
        before = await usage.read_settings(connection, caller.schema)
        written = await usage.write_settings(
            connection, caller.schema, body.hot_days, hold=body.hold, version=body.version
        )
        if not written:
            raise Conflict("audit_settings_changed")
        detail = {
            "before": {"hot_days": before[0], "hold": before[1]},
            "after": {"hot_days": body.hot_days, "hold": body.hold},
        }
        await write_audit(connection, caller.actor, "audit_settings_changed", {}, detail)
    return Response(status_code=204)


def _plain(limit: Limit | None) -> dict[str, Any] | None:
    if limit is None:
        return None
    return {"alarm_at": limit.alarm_at, "refuse_at": limit.refuse_at, "habit_factor": limit.habit_factor}
