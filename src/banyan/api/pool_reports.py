"""Routes of what a pool's people look at: dashboard, requests, who goes back tonight, runs, owners of a record."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict
from pydantic import Field as Bound

from banyan.api.caller import CallerDep
from banyan.api.strict import StrictRoute
from banyan.pools import administering, bar, dashboard, moves, recycling, requests, runs
from banyan.pools.store import read_pool, require_manager, require_member
from banyan.records import queries

router = APIRouter(tags=["pools"], route_class=StrictRoute)


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Decision(_Body):
    grant: bool
    answer: str | None = Bound(default=None, max_length=500)


class MoreTime(_Body):
    object: str = Bound(max_length=40)
    id: UUID
    reason: str | None = Bound(default=None, max_length=500)


class Accepted(_Body):
    ids: Annotated[tuple[UUID, ...], Bound(min_length=1, max_length=500)]


@router.get("/pools/{pool_id}/dashboard")
async def read_dashboard(
    pool_id: UUID, caller: CallerDep, days: Annotated[int, Query(ge=1, le=92)] = 14
) -> dict[str, Any]:
    """Stock, claims, what went back, first responses: by day; by person for managers."""
    session = caller.session
    async with caller.runtime.database.reader() as connection:
        pool = await read_pool(connection, session, pool_id)
        if not session.policy.has("configure"):
            require_member(session, pool)
        found = await dashboard.read_dashboard(connection, session, pool, days)
    me = str(session.actor.user_id)
    if not administering.oversees(session, pool):
        found["people"] = [each for each in found["people"] if each["person"]["id"] == me]
    return found


@router.get("/pools/{pool_id}/requests")
async def list_requests(pool_id: UUID, caller: CallerDep) -> dict[str, Any]:
    """Open ones: all for managers, one's own for others."""
    async with caller.runtime.database.reader() as connection:
        pool = await read_pool(connection, caller.session, pool_id)
        require_member(caller.session, pool)
        return {"requests": await requests.list_requests(connection, caller.session, pool)}


@router.post("/pools/requests/{request_id}/decide", status_code=204)
async def decide(request_id: UUID, body: Decision, caller: CallerDep) -> Response:
    """Grant or refuse what somebody asked for, by a manager."""
    session = caller.session
    async with caller.runtime.database.transaction() as connection:
        pool = await read_pool(
            connection, session, await requests.pool_of_request(connection, session, request_id)
        )
        await requests.decide(
            connection, session, caller.runtime.bus, pool, request_id, grant=body.grant, answer=body.answer
        )
    return Response(status_code=204)


@router.post("/pools/extend", status_code=204)
async def ask_for_time(body: MoreTime, caller: CallerDep) -> Response:
    """Ask the managers for more time with one's own record."""
    session = caller.session
    async with caller.runtime.database.transaction() as connection:
        found = await bar.pool_of(connection, session, body.object, body.id)
        await requests.ask_for_time(connection, session, found, body.id, body.reason)
    return Response(status_code=204)


@router.post("/pools/accept")
async def accept(body: Accepted, caller: CallerDep) -> dict[str, int]:
    """Say that one has seen what one was assigned."""
    async with caller.runtime.database.transaction() as connection:
        return {"accepted": await moves.accept(connection, caller.session, body.ids)}


@router.get("/pools/{pool_id}/recycle-preview")
async def preview(pool_id: UUID, caller: CallerDep) -> dict[str, Any]:
    """Who would be recycled until tomorrow noon; for managers."""
    session = caller.session
    async with caller.runtime.database.transaction() as connection:
        pool = await read_pool(connection, session, pool_id)
        if not session.policy.has("configure"):
            require_manager(session, pool)
        return await recycling.preview(connection, session, pool)


@router.get("/pools/{pool_id}/runs")
async def list_runs(pool_id: UUID, caller: CallerDep) -> dict[str, Any]:
    """What passes did with the pool, newest first; for managers."""
    session = caller.session
    async with caller.runtime.database.reader() as connection:
        pool = await read_pool(connection, session, pool_id)
        if not session.policy.has("configure"):
            require_manager(session, pool)
        return {"runs": await runs.list_runs(connection, session, pool)}


@router.post("/pools/runs/{run_id}/undo")
async def undo(run_id: UUID, caller: CallerDep) -> dict[str, Any]:
    """Give back, within 24 hours, what a pass recycled and nobody has claimed since."""
    async with caller.runtime.database.transaction() as connection:
        return await runs.undo(connection, caller.session, caller.runtime.bus, run_id)


@router.get("/pools/of/{object_name}/{record_id}")
async def read_bar(object_name: str, record_id: UUID, caller: CallerDep) -> dict[str, Any]:
    """How a record stands to its pool, and what the caller may do about it."""
    async with caller.runtime.database.reader() as connection:
        return await bar.read_bar(connection, caller.session, object_name, record_id)


@router.get("/records/{object_name}/{record_id}/owners")
async def read_owners(object_name: str, record_id: UUID, caller: CallerDep) -> dict[str, Any]:
    """Everybody who had the record, for who may read it."""
    obj = caller.object(object_name)
    async with caller.runtime.database.reader() as connection:
        await queries.read_record(connection, caller.session, obj, record_id, include_deleted=True)
        return {"owners": await dashboard.read_owners(connection, caller.session, record_id)}
