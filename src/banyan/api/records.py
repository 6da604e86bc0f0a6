"""Routes of records: declarations, each with one call behind it."""

from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Body, Depends, Query, Request, Response

from banyan.activities.journey import read_journey
from banyan.activities.timeline import Wanted, read_timeline
from banyan.api.batch import BatchBody, run_batch
from banyan.api.caller import AcceptsDep, Caller, CallerDep, proven_along
from banyan.api.metering import count_reading
from banyan.api.once import MINIMAL, Again, Answer, once, wants_minimal
from banyan.api.strict import StrictRoute
from banyan.db.database import Connection
from banyan.kernel.errors import Conflict, FieldProblem, InvalidInput, NotFound
from banyan.kernel.ids import parse_id
from banyan.metadata.catalog import Object
from banyan.query.parsed import ParsedAggregate, ParsedQuery
from banyan.records import queries
from banyan.records.commands import Change, Commands, Written, change_of
from banyan.records.upsert import UpsertBody, upsert

router = APIRouter(
    prefix="/records/{object_name}",
    tags=["records"],
    route_class=StrictRoute,
    dependencies=[Depends(count_reading)],
)
JSON = "application/json"
FEW = 50  # operations of a batch whose statements are planned as for single records
Values = Annotated[dict[str, Any], Body()]
Limit = Annotated[int, Query(ge=1, le=200)]


def commands(connection: Connection, caller: Caller) -> Commands:
    return Commands(connection, caller.session, caller.runtime.bus)


@router.post("/query")
@proven_along
async def query_records(object_name: str, query: ParsedQuery, caller: CallerDep) -> Response:
    """A page of records: selection, filter, search, order, cursor."""
    async with caller.reader() as connection:
        page = await queries.query_page(connection, caller.session, caller.object(object_name), query)
    return Response(page.document(), media_type=JSON)


@router.get("")
@proven_along
async def list_records(
    object_name: str,
    caller: CallerDep,
    limit: Annotated[int, Query(ge=1, le=1000)] = 80,
    cursor: str | None = None,
) -> Response:
    """All records, newest first."""
    query = ParsedQuery(limit=limit, cursor=cursor)
    async with caller.reader() as connection:
        page = await queries.query_page(connection, caller.session, caller.object(object_name), query)
    return Response(page.document(), media_type=JSON)


@router.post("/aggregate")
async def aggregate_records(object_name: str, query: ParsedAggregate, caller: CallerDep) -> Response:
    """Groups and measures."""
    async with caller.runtime.database.reader() as connection:
        body = await queries.aggregate(connection, caller.session, caller.object(object_name), query)
    return Response(body, media_type=JSON)


@router.post("", status_code=201, dependencies=[AcceptsDep])
@proven_along
async def create_record(object_name: str, values: Values, request: Request, caller: CallerDep) -> Response:
    """Create one record; answers with it, or with its id and version where the caller prefers `return=minimal`."""
    obj = caller.object(object_name)

    async def work(connection: Connection) -> Answer:
        (written,) = await commands(connection, caller).create(obj, [values])
        return _answer(written, 201)

    return await once(request, caller, work, _again(caller, obj), brief=True)


def _answer(written: Written, status: int = 200) -> Answer:
    """Which record was written; `_again` shows it."""
    kept = _brief(written)
    return Answer(kept, status, kept=kept)


def _brief(written: Written) -> bytes:
    return orjson.dumps({"id": str(written.id), "version": written.version})


def _again(caller: Caller, obj: Object) -> Again:
    """The record that was written: as it is now, with the rights of now."""

    async def again(connection: Connection, kept: bytes) -> bytes:
        document = orjson.loads(kept)
        return await _after(connection, caller, obj, Written(UUID(document["id"]), document["version"]))

    return again


async def _after(connection: Connection, caller: Caller, obj: Object, written: Written) -> bytes:
    """The record as it is now; of one given away, out of the caller's own sight, what the caller knows anyway."""
    try:
        return await queries.read_record(connection, caller.session, obj, written.id)
    except NotFound:
        return _brief(written)


@router.post("/batch", dependencies=[AcceptsDep])
@proven_along
async def batch(object_name: str, body: BatchBody, request: Request, caller: CallerDep) -> Response:
    """Up to 1,000 operations, atomic or each for itself."""
    obj = caller.object(object_name)

    async def work(connection: Connection) -> Answer:
        results = await run_batch(connection, caller, obj, body)
        return Answer(orjson.dumps({"results": results}))

    return await once(request, caller, work, brief=len(body.operations) <= FEW)


@router.post("/upsert", dependencies=[AcceptsDep])
@proven_along
async def upsert_record(object_name: str, body: UpsertBody, request: Request, caller: CallerDep) -> Response:
    """Create, or update the one record with the same value in a unique field."""
    obj = caller.object(object_name)

    async def work(connection: Connection) -> Answer:
        written, created = await upsert(connection, caller.session, caller.runtime.bus, obj, body)
        return _answer(written, 201 if created else 200)

    return await once(request, caller, work, _again(caller, obj), brief=True)


@router.get("/{record_id}")
@proven_along
async def read_record(
    object_name: str, record_id: str, caller: CallerDep, include: str | None = None
) -> Response:
    """One record; `include=timeline` adds the first page of its timeline."""
    obj = caller.object(object_name)
    if include not in (None, "timeline"):
        raise InvalidInput(problems=[FieldProblem("/include", "unknown_key", {"key": str(include)})])
    async with caller.reader() as connection:
        body = await queries.read_record(connection, caller.session, obj, record_id)
        if include:
            timeline = await read_timeline(connection, caller.session, obj, record_id, Wanted())
            body = body[:-1] + b',"timeline":' + orjson.dumps(timeline) + b"}"
    return Response(body, media_type=JSON)


@router.patch("/{record_id}", dependencies=[AcceptsDep])
@proven_along
async def update_record(
    object_name: str, record_id: str, values: Values, request: Request, caller: CallerDep
) -> Response:
    """Change fields. Needs the `version` that was read (in the body or If-Match). `Prefer`: as when creating."""
    obj = caller.object(object_name)
    change = change_of(record_id, values | _if_match(request))
    if change.version is None:
        raise InvalidInput(problems=[FieldProblem("/version", "version_missing")])
    async with caller.transaction(brief=True) as connection:
        work = commands(connection, caller).update(obj, [change])
        (written,) = await _conflict_shown(work, connection, caller, obj, change)
        if wants_minimal(request):
            return Response(_brief(written), media_type=JSON, headers=MINIMAL)
        body = await _after(connection, caller, obj, written)
    return Response(body, media_type=JSON)


def _if_match(request: Request) -> dict[str, Any]:
    header = request.headers.get("if-match")
    return {} if header is None else {"version": header.strip().strip('"')}


async def _conflict_shown(
    work: Any, connection: Connection, caller: Caller, obj: Object, change: Change
) -> list[Written]:
    """A lost race carries the record as it is now, so that the client can show both.

    Read on the connection at hand: a second one per request would let a dozen losers starve the pool.
    """
    try:
        found: list[Written] = await work
    except Conflict as error:
        if error.code == "version_conflict":
            current = await queries.read_record(connection, caller.session, obj, change.id)
            error.extra["current"] = orjson.loads(current)
        raise
    return found


@router.delete("/{record_id}", status_code=204)
@proven_along
async def delete_record(
    object_name: str, record_id: str, request: Request, caller: CallerDep, version: int | None = None
) -> Response:
    """Into the trash."""
    obj = caller.object(object_name)
    given = {} if version is None else {"version": version}
    change = change_of(record_id, given | _if_match(request))
    async with caller.transaction(brief=True) as connection:
        work = commands(connection, caller).delete(obj, [change])
        await _conflict_shown(work, connection, caller, obj, change)
    return Response(status_code=204)


@router.post("/{record_id}/restore", dependencies=[AcceptsDep])
@proven_along
async def restore_record(object_name: str, record_id: str, request: Request, caller: CallerDep) -> Response:
    """Out of the trash."""
    obj = caller.object(object_name)

    async def work(connection: Connection) -> Answer:
        (written,) = await commands(connection, caller).restore(obj, [change_of(record_id, {})])
        return _answer(written)

    return await once(request, caller, work, _again(caller, obj), brief=True)


@router.get("/{record_id}/history")
async def read_history(
    object_name: str, record_id: str, caller: CallerDep, limit: Limit = 50, cursor: str | None = None
) -> dict[str, Any]:
    """What changed, when and by whom, newest first."""
    obj = caller.object(object_name)
    async with caller.runtime.database.reader() as connection:
        return await queries.read_history(
            connection, caller.session, obj, record_id, limit=limit, before=_history_cursor(cursor)
        )


@router.get("/{record_id}/timeline")
async def timeline(
    object_name: str,
    record_id: str,
    caller: CallerDep,
    kinds: Annotated[str, Query(max_length=400)] = "",
    person: Annotated[str | None, Query(max_length=40)] = None,
    q: Annotated[str, Query(max_length=200)] = "",
    limit: Limit = 30,
    cursor: str | None = None,
) -> dict[str, Any]:
    """Activities, comments, related records and changes in one stream, newest first."""
    obj = caller.object(object_name)
    who = parse_id(person) if person else None
    if person and who is None:
        raise InvalidInput("invalid_query", problems=[FieldProblem("/person", "not_person")])
    chosen = frozenset(kind for kind in kinds.split(",") if kind)
    wanted = Wanted(chosen, who, q.strip(), limit, cursor)
    async with caller.runtime.database.reader() as connection:
        return await read_timeline(connection, caller.session, obj, record_id, wanted)


@router.get("/{record_id}/journey")
async def journey(object_name: str, record_id: str, caller: CallerDep) -> dict[str, Any]:
    """How far it has come: leads, opportunities, quotes and what follows, as far as they are there."""
    obj = caller.object(object_name)
    async with caller.runtime.database.reader() as connection:
        return {"steps": await read_journey(connection, caller.session, obj, record_id)}


def _history_cursor(cursor: str | None) -> UUID | None:
    if cursor is None:
        return None
    found = parse_id(cursor)
    if found is None:
        raise InvalidInput("invalid_query", problems=[FieldProblem("/cursor", "invalid_cursor")])
    return found
