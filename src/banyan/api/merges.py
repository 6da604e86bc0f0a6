"""Routes of merging: what would come of it, doing it, the merges of the last 30 days, undoing one."""

from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict
from pydantic import Field as Bound

from banyan.api.caller import CallerDep
from banyan.api.once import Answer, once
from banyan.api.strict import StrictRoute
from banyan.audit.facade import write_audit
from banyan.db.database import Connection
from banyan.duplicates import review
from banyan.kernel.errors import FieldProblem as Fault
from banyan.kernel.errors import InvalidInput, NotFound
from banyan.kernel.ids import parse_id
from banyan.records import merge_preview, queries
from banyan.records.merging import MOST_OTHERS, Group, merge
from banyan.records.unmerging import list_merges, told_to, unmerge

router = APIRouter(tags=["duplicates"], route_class=StrictRoute)


class MergeBody(BaseModel):
    """`choices`: by field the id of the record whose value stays, or `all` for lists of values."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    survivor: UUID
    others: list[UUID] = Bound(min_length=1, max_length=MOST_OTHERS)
    choices: dict[str, str] = Bound(default_factory=dict, max_length=1_000)


@router.get("/records/{object_name}/merge")
async def preview(
    object_name: str, ids: Annotated[str, Query(max_length=400)], caller: CallerDep
) -> dict[str, Any]:
    """Field by field what the records hold; `ids` apart by commas, the survivor first."""
    obj = caller.object(object_name)
    found = [parse_id(each.strip()) for each in ids.split(",")]
    if None in found:
        raise InvalidInput("invalid_query", problems=[Fault("/ids", "not_id")])
    keys = [key for key in found if key is not None]
    group = Group(keys[0], tuple(keys[1:]))
    async with caller.runtime.database.reader() as connection:
        return await merge_preview.preview(connection, caller.session, caller.runtime.bus, obj, group)


@router.post("/records/{object_name}/merge")
async def merge_records(object_name: str, body: MergeBody, request: Request, caller: CallerDep) -> Response:
    """Merge records into one; answers with it and with the id by which the merge is undone."""
    obj = caller.object(object_name)

    async def work(connection: Connection) -> Answer:
        group = Group(body.survivor, tuple(body.others), body.choices)
        await merge(connection, caller.session, caller.runtime.bus, obj, [group])
        await review.note_merged(connection, caller.session, [group])
        await write_audit(
            connection,
            caller.actor,
            "records_merged",
            {"object": obj.api_name, "merge": str(group.merge_id)},
            {"others": [str(key) for key in body.others]},
            object_id=obj.id,
            record_id=body.survivor,
        )
        record = await queries.read_record(connection, caller.session, obj, body.survivor)
        return Answer(b'{"merge":"' + str(group.merge_id).encode() + b'","record":' + record + b"}")

    return await once(request, caller, work)


@router.get("/duplicates/merges")
async def merges(
    caller: CallerDep,
    object_name: Annotated[str | None, Query(alias="object", max_length=63)] = None,
    survivor: UUID | None = None,
) -> dict[str, Any]:
    """Merges of the last 30 days, newest first."""
    obj = caller.object(object_name) if object_name else None
    async with caller.runtime.database.reader() as connection:
        return {"merges": await list_merges(connection, caller.session, obj, survivor)}


@router.post("/duplicates/merges/{merge_id}/undo")
async def undo(merge_id: str, request: Request, caller: CallerDep) -> Response:
    """Take a merge back; answers with what has changed since and therefore stays."""
    key = parse_id(merge_id)
    if key is None:
        raise NotFound("unknown_merge")

    async def work(connection: Connection) -> Answer:
        obj, told = await unmerge(connection, caller.session, caller.runtime.bus, key)
        await review.note_unmerged(connection, caller.session, key)
        await write_audit(
            connection,
            caller.actor,
            "merge_undone",
            {"object": obj.api_name, "merge": str(key)},
            told,
            object_id=obj.id,
        )
        return Answer(orjson.dumps(told_to(caller.session, told)))

    return await once(request, caller, work)
