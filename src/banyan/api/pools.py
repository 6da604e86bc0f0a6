"""Routes of pools."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict
from pydantic import Field as Bound

from banyan.api.caller import Caller, CallerDep
from banyan.api.metering import count_reading
from banyan.api.once import Answer, once
from banyan.api.problems import problem_document
from banyan.api.strict import StrictRoute
from banyan.db.database import Connection
from banyan.kernel.errors import BanyanError
from banyan.pools import administering, moves, requests
from banyan.pools.claims import Outcome, shown
from banyan.pools.reading import within
from banyan.pools.settings import Settings
from banyan.pools.store import Pool, belongs, read_pool, read_pools, require_member
from banyan.query.parsed import ParsedAggregate, ParsedQuery
from banyan.records import queries

router = APIRouter(tags=["pools"], route_class=StrictRoute)
Ids = Annotated[tuple[UUID, ...], Bound(min_length=1, max_length=500)]
JSON = "application/json"


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Records(_Body):
    ids: Ids


def outcomes(caller: Caller, found: list[Outcome]) -> dict[str, Any]:
    """One that failed alone is its error; of several each has its own result."""
    if len(found) == 1 and found[0].error is not None:
        raise found[0].error

    def problem(error: BanyanError) -> dict[str, Any]:
        return problem_document(error, caller.actor.language, "")

    return {"results": [shown(each, problem) for each in found]}


@router.post("/pools/{pool_id}/query", dependencies=[Depends(count_reading)])
async def query_pool(pool_id: UUID, query: ParsedQuery, caller: CallerDep) -> Response:
    """A page of what lies in the pool, for its members: nothing else opens, hidden fields are not there."""
    async with caller.runtime.database.reader() as connection:
        pool = await _for_member(connection, caller, pool_id)
        session, obj = within(caller.session, pool)
        page = await queries.query_page(connection, session, obj, query)
    return Response(page.document(), media_type=JSON)


@router.post("/pools/{pool_id}/aggregate")
async def aggregate_pool(pool_id: UUID, query: ParsedAggregate, caller: CallerDep) -> Response:
    """Groups and measures of what lies in the pool."""
    async with caller.runtime.database.reader() as connection:
        pool = await _for_member(connection, caller, pool_id)
        session, obj = within(caller.session, pool)
        body = await queries.aggregate(connection, session, obj, query)
    return Response(body, media_type=JSON)


async def _for_member(connection: Connection, caller: Caller, pool_id: UUID) -> Pool:
    pool = await read_pool(connection, caller.session, pool_id)
    require_member(caller.session, pool)
    return pool


@router.post("/pools/{pool_id}/claim")
async def claim(pool_id: UUID, body: Records, request: Request, caller: CallerDep) -> Response:
    """Claim records: one alone answers with its refusal, several each for itself."""

    async def work(connection: Connection) -> Answer:
        pool = await read_pool(connection, caller.session, pool_id)
        found = await requests.claim(connection, caller.session, caller.runtime.bus, pool, body.ids)
        return Answer(orjson.dumps(outcomes(caller, found)))

    return await once(request, caller, work)


class Put(Records):
    reason: str | None = Bound(default=None, max_length=500)


class Given(Records):
    to: UUID
    reason: str | None = Bound(default=None, max_length=500)


class Released(Records):
    object: str = Bound(max_length=40)
    reason: str = Bound(max_length=500)
    pool: UUID | None = None


Move = Callable[[Connection, Pool], Awaitable[list[Outcome]]]


async def _move(request: Request, caller: Caller, pool_id: UUID, move: Move) -> Response:
    async def work(connection: Connection) -> Answer:
        pool = await read_pool(connection, caller.session, pool_id)
        return Answer(orjson.dumps(outcomes(caller, await move(connection, pool))))

    return await once(request, caller, work)


@router.post("/pools/{pool_id}/put")
async def put(pool_id: UUID, body: Put, request: Request, caller: CallerDep) -> Response:
    """Records into the pool, by its managers."""
    session, bus = caller.session, caller.runtime.bus
    return await _move(
        request,
        caller,
        pool_id,
        lambda connection, pool: moves.put(connection, session, bus, pool, body.ids, body.reason),
    )


@router.post("/pools/{pool_id}/assign")
async def assign(pool_id: UUID, body: Given, request: Request, caller: CallerDep) -> Response:
    """Waiting records to a person, by a manager."""
    session, bus = caller.session, caller.runtime.bus
    return await _move(
        request,
        caller,
        pool_id,
        lambda connection, pool: moves.assign(connection, session, bus, pool, body.ids, body.to),
    )


@router.post("/pools/{pool_id}/transfer")
async def transfer(pool_id: UUID, body: Given, request: Request, caller: CallerDep) -> Response:
    """Records owned out of the pool to another person, by a manager."""
    session, bus = caller.session, caller.runtime.bus
    return await _move(
        request,
        caller,
        pool_id,
        lambda connection, pool: moves.transfer(
            connection, session, bus, pool, body.ids, body.to, body.reason
        ),
    )


@router.post("/pools/{pool_id}/lock")
async def lock(pool_id: UUID, body: Records, request: Request, caller: CallerDep) -> Response:
    """Records of the pool are neither claimed nor recycled, by a manager."""
    session, bus = caller.session, caller.runtime.bus
    return await _move(
        request,
        caller,
        pool_id,
        lambda connection, pool: moves.lock(connection, session, bus, pool, body.ids, locked=True),
    )


@router.post("/pools/{pool_id}/unlock")
async def unlock(pool_id: UUID, body: Records, request: Request, caller: CallerDep) -> Response:
    """As the others again."""
    session, bus = caller.session, caller.runtime.bus
    return await _move(
        request,
        caller,
        pool_id,
        lambda connection, pool: moves.lock(connection, session, bus, pool, body.ids, locked=False),
    )


@router.post("/pools/release")
async def release(body: Released, request: Request, caller: CallerDep) -> Response:
    """One's own records back, with the reason."""

    async def work(connection: Connection) -> Answer:
        found = await moves.release(
            connection, caller.session, caller.runtime.bus, body.object, body.ids, body.reason, body.pool
        )
        return Answer(orjson.dumps(outcomes(caller, found)))

    return await once(request, caller, work)


class NewPool(_Body):
    name: str = Bound(min_length=1, max_length=100)
    applies_to: str = Bound(default="lead", max_length=40)
    description: str | None = Bound(default=None, max_length=500)
    settings: Settings = Settings()


class ChangedPool(_Body):
    """Settings as a whole. `confirm`: the list of who would lose everything has been seen."""

    version: int = Bound(ge=0)
    settings: Settings
    name: str | None = Bound(default=None, min_length=1, max_length=100)
    active: bool | None = None
    description: str | None = Bound(default=None, max_length=500)
    confirm: bool = False


@router.get("/pools")
async def list_pools(caller: CallerDep) -> dict[str, Any]:
    """Pools one belongs to; who configures sees all."""
    session = caller.session
    async with caller.runtime.database.reader() as connection:
        found = await read_pools(connection, session)
    seen = [pool for pool in found if belongs(session, pool) or session.policy.has("configure")]
    return {
        "pools": [{**administering.shown(session, pool), "member": belongs(session, pool)} for pool in seen]
    }


@router.post("/pools", status_code=201)
async def create_pool(body: NewPool, caller: CallerDep) -> dict[str, Any]:
    values = body.model_dump(exclude={"settings"}, exclude_none=True)
    session = caller.session
    async with caller.runtime.database.transaction() as connection:
        made = await administering.create_pool(connection, session, caller.runtime.bus, values, body.settings)
        return administering.shown(session, await read_pool(connection, session, made))


@router.get("/pools/{pool_id}")
async def show_pool(pool_id: UUID, caller: CallerDep) -> dict[str, Any]:
    """What a pool is to the caller; its settings for managers and who configures."""
    session = caller.session
    async with caller.runtime.database.reader() as connection:
        pool = await read_pool(connection, session, pool_id)
        if not session.policy.has("configure"):
            require_member(session, pool)
    return {**administering.shown(session, pool), "member": belongs(session, pool)}


@router.put("/pools/{pool_id}")
async def change_pool(pool_id: UUID, body: ChangedPool, caller: CallerDep) -> dict[str, Any]:
    """Change what a pool does. Where somebody would lose all they hold, 409 with the counts until it is confirmed."""
    session = caller.session
    values: dict[str, Any] = {
        name: value
        for name in ("name", "active", "description")
        if name in body.model_fields_set and (value := getattr(body, name)) is not None
    }
    async with caller.runtime.database.transaction() as connection:
        pool = await read_pool(connection, session, pool_id)
        await administering.change_pool(
            connection,
            session,
            caller.runtime.bus,
            pool,
            body.settings,
            body.version,
            values,
            confirm=body.confirm,
        )
        return administering.shown(session, await read_pool(connection, session, pool_id))
