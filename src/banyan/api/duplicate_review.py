"""Routes of the review queue: pairs, decisions, the scan of a whole base, merging all above a score."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict
from pydantic import Field as Bound

from banyan.api.caller import CallerDep
from banyan.api.strict import StrictRoute
from banyan.audit.facade import write_audit
from banyan.duplicates import accepting, review, scanning
from banyan.kernel.errors import NotFound
from banyan.kernel.ids import parse_id

router = APIRouter(prefix="/duplicates", tags=["duplicates"], route_class=StrictRoute)
ObjectName = Annotated[str, Query(alias="object", max_length=63)]


class Decided(BaseModel):
    """`different` is remembered; `later` sets aside; `open` takes either back."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    state: review.Decision


class ScanBody(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    object: str = Bound(max_length=63)


class AcceptBody(BaseModel):
    """Groups of records whose pairs reach `score`; `skip` those that were refused before."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    object: str = Bound(max_length=63)
    score: float = Bound(ge=0.5, le=1)
    limit: int = Bound(default=50, ge=1, le=accepting.MOST_AT_ONCE)
    skip: int = Bound(default=0, ge=0, le=1_000_000)


@router.get("/pairs")
async def pairs(
    caller: CallerDep,
    object_name: ObjectName,
    state: Literal["open", "later", "different"] = "open",
    limit: Annotated[int, Query(ge=1, le=200)] = review.SHOWN,
) -> dict[str, Any]:
    """Pairs that wait for a decision, the surest first."""
    obj = caller.object(object_name)
    async with caller.runtime.database.reader() as connection:
        return await review.read_pairs(connection, caller.session, obj, state=state, limit=limit)


@router.put("/pairs/{pair_id}", status_code=204)
async def decide(pair_id: str, body: Decided, caller: CallerDep) -> Response:
    """Say of a pair that it is none, or set it aside."""
    key = parse_id(pair_id)
    if key is None:
        raise NotFound("unknown_pair")
    async with caller.runtime.database.transaction() as connection:
        await review.decide(connection, caller.session, key, body.state)
    return Response(status_code=204)


@router.get("/pairs/above")
async def above(
    caller: CallerDep, object_name: ObjectName, score: Annotated[float, Query(ge=0.5, le=1)]
) -> dict[str, int]:
    """How many groups and records accepting all from `score` on would merge."""
    obj = caller.object(object_name)
    async with caller.runtime.database.reader() as connection:
        groups = await review.clusters_above(connection, caller.session, obj, score, 1_000_000)
    return {"groups": len(groups), "records": sum(map(len, groups))}


@router.post("/pairs/accept")
async def accept(body: AcceptBody, caller: CallerDep) -> dict[str, Any]:
    """Merge the next groups from `score` on; ask again while `left` is not 0. Each merge is undone by itself."""
    obj = caller.object(body.object)
    caller.session.policy.require(obj.grant_key, "bulk")
    runtime = caller.runtime
    done = await accepting.accept_above(
        runtime.database.transaction, caller.session, runtime.bus, obj, body.score, body.limit, body.skip
    )
    document = done.document()
    async with runtime.database.transaction() as connection:
        target = {"object": obj.api_name, "score": body.score}
        detail = {"merged": done.merged, "merges": done.merges}
        await write_audit(connection, caller.actor, "duplicates_accepted", target, detail, object_id=obj.id)
    return document


@router.post("/scan", status_code=202)
async def start(body: ScanBody, caller: CallerDep) -> dict[str, Any]:
    """Compare the whole base in a process of its own."""
    obj = caller.object(body.object)
    async with caller.runtime.database.transaction() as connection:
        found = await scanning.start_scan(connection, caller.session, caller.runtime.queue, obj)
    return {"id": str(found)}


@router.get("/scan")
async def read_scan(caller: CallerDep, object_name: ObjectName) -> dict[str, Any]:
    """The newest scan: how far it is, or what came of it."""
    obj = caller.object(object_name)
    async with caller.runtime.database.reader() as connection:
        return {"scan": await scanning.last_scan(connection, caller.schema, obj)}


@router.delete("/scan", status_code=204)
async def cancel(caller: CallerDep, object_name: ObjectName) -> Response:
    """Stop the running scan."""
    obj = caller.object(object_name)
    async with caller.runtime.database.transaction() as connection:
        await scanning.cancel_scan(connection, caller.session, obj)
    return Response(status_code=204)
