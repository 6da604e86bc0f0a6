"""Routes of today and of what one opened last."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict
from pydantic import Field as Bound

from banyan.activities import recents, today
from banyan.api.caller import Caller, CallerDep
from banyan.api.strict import StrictRoute
from banyan.kernel.errors import Denied

router = APIRouter(tags=["today"], route_class=StrictRoute)


class Snooze(BaseModel):
    """`until` none brings it back."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    record: UUID
    reason: str = Bound(max_length=40)
    until: AwareDatetime | None = None


class Opened(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    object: str = Bound(max_length=40)
    id: UUID


def _me(caller: Caller) -> UUID:
    if caller.actor.user_id is None:
        raise Denied("only_in_person")
    return caller.actor.user_id


@router.get("/today")
async def read_today(caller: CallerDep, person: Annotated[UUID | None, Query()] = None) -> dict[str, Any]:
    """What to do now and why: one's own, or of somebody one leads."""
    async with caller.runtime.database.reader() as connection:
        return await today.read_today(connection, caller.session, person or _me(caller))


@router.get("/today/team")
async def read_team(caller: CallerDep) -> dict[str, Any]:
    """How much of what waits for whom the caller leads."""
    async with caller.runtime.database.reader() as connection:
        return await today.read_team(connection, caller.session)


@router.post("/today/snooze", status_code=204)
async def snooze(body: Snooze, caller: CallerDep) -> Response:
    """Out of one's own list until then."""
    async with caller.runtime.database.transaction() as connection:
        await today.snooze(connection, caller.session, body.record, body.reason, body.until)
    return Response(status_code=204)


@router.get("/recents")
async def read_recents(caller: CallerDep) -> dict[str, Any]:
    """Records opened last and most often."""
    async with caller.runtime.database.reader() as connection:
        return await recents.read_recents(connection, caller.session, _me(caller))


@router.post("/recents", status_code=204)
async def note_opened(body: Opened, caller: CallerDep) -> Response:
    """Say that a record was opened."""
    obj = caller.object(body.object)
    async with caller.runtime.database.transaction() as connection:
        await recents.note_opened(connection, caller.session, _me(caller), obj, str(body.id))
    return Response(status_code=204)
