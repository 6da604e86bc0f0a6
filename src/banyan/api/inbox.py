"""Routes of a person's own inbox."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict
from pydantic import Field as Bound

from banyan.api.caller import Caller, CallerDep
from banyan.api.strict import StrictRoute
from banyan.kernel.errors import Denied, FieldProblem, InvalidInput
from banyan.notifications import inbox
from banyan.notifications.inbox import State
from banyan.notifications.kinds import KINDS
from banyan.notifications.preferences import Preferences, read_preferences, write_preferences

router = APIRouter(prefix="/inbox", tags=["inbox"], route_class=StrictRoute)
MOST = 200


class Chosen(BaseModel):
    """`ids` none: everything."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ids: tuple[UUID, ...] | None = Bound(default=None, max_length=MOST)


class Named(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    ids: tuple[UUID, ...] = Bound(min_length=1, max_length=MOST)


class Snooze(Named):
    until: AwareDatetime


def _me(caller: Caller) -> UUID:
    if caller.actor.user_id is None:
        raise Denied("only_in_person")
    return caller.actor.user_id


@router.get("")
async def read_inbox(
    caller: CallerDep,
    state: State = "all",
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
    cursor: Annotated[str | None, Query(max_length=100)] = None,
) -> dict[str, Any]:
    """What concerns the caller, newest first."""
    async with caller.runtime.database.reader() as connection:
        return await inbox.read_inbox(
            connection, caller.session, _me(caller), state=state, limit=limit, before=cursor
        )


@router.get("/count")
async def count(caller: CallerDep) -> dict[str, int]:
    """How many are unread, 100 at most."""
    async with caller.runtime.database.reader() as connection:
        return {"unread": await inbox.unread_count(connection, caller.schema, _me(caller))}


@router.post("/read")
async def mark_read(body: Chosen, caller: CallerDep) -> dict[str, int]:
    """Mark as read; without ids, everything."""
    return await _mark(caller, body.ids, read_at=datetime.now(UTC))


@router.post("/unread")
async def mark_unread(body: Named, caller: CallerDep) -> dict[str, int]:
    """Mark as unread again."""
    async with caller.runtime.database.transaction() as connection:
        return {"changed": await inbox.mark_unread(connection, caller.schema, _me(caller), body.ids)}


@router.post("/archive")
async def archive(body: Named, caller: CallerDep) -> dict[str, int]:
    """Put away for good."""
    now = datetime.now(UTC)
    return await _mark(caller, body.ids, archived_at=now, read_at=now)


@router.post("/snooze")
async def snooze(body: Snooze, caller: CallerDep) -> dict[str, int]:
    """Out of sight until then."""
    if body.until <= datetime.now(UTC):
        raise InvalidInput(problems=[FieldProblem("/until", "snooze_past")])
    return await _mark(caller, body.ids, snoozed_until=body.until)


async def _mark(caller: Caller, ids: tuple[UUID, ...] | None, **values: Any) -> dict[str, int]:
    async with caller.runtime.database.transaction() as connection:
        changed = await inbox.mark(connection, caller.schema, _me(caller), ids, **values)
    return {"changed": changed}


@router.get("/preferences")
async def preferences(caller: CallerDep) -> dict[str, Any]:
    """Where each kind goes, and when the digest does."""
    async with caller.runtime.database.reader() as connection:
        found = await read_preferences(connection, caller.schema, _me(caller))
    kinds = [
        {"key": key, "label": dict(kind.label), **found.kinds[key].model_dump()}
        for key, kind in KINDS.items()
    ]
    return {"kinds": kinds, "digest": found.digest, "digest_hour": found.digest_hour}


@router.put("/preferences", status_code=204)
async def set_preferences(body: Preferences, caller: CallerDep) -> Response:
    """Say where each kind goes; kinds not named are as they come."""
    async with caller.runtime.database.transaction() as connection:
        await write_preferences(connection, caller.schema, _me(caller), body)
    return Response(status_code=204)
