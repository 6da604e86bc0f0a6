"""Routes of comments and pins on records."""

from typing import Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict
from pydantic import Field as Bound

from banyan.activities import comments, pins
from banyan.api.account import person_of
from banyan.api.caller import CallerDep
from banyan.api.once import Answer, once
from banyan.api.strict import StrictRoute
from banyan.db.database import Connection
from banyan.kernel.errors import NotFound
from banyan.kernel.ids import LARGEST_VERSION, parse_id

router = APIRouter(tags=["records"], route_class=StrictRoute)


class NewComment(BaseModel):
    """Plain text; `@[name](id)` mentions a person."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    body: str = Bound(min_length=1, max_length=comments.LONGEST)


class CommentChange(NewComment):
    version: int = Bound(ge=1, le=LARGEST_VERSION)


@router.post("/records/{object_name}/{record_id}/comments", status_code=201)
async def add_comment(
    object_name: str, record_id: str, body: NewComment, request: Request, caller: CallerDep
) -> Response:
    """Say something on a record. `unreached` were mentioned and may not read it."""
    obj = caller.object(object_name)
    person_of(caller)

    async def work(connection: Connection) -> Answer:
        said = await comments.add_comment(connection, caller.session, obj, record_id, body.body)
        return Answer(orjson.dumps({"id": str(said.id), "unreached": said.unreached}), 201)

    return await once(request, caller, work)


@router.patch("/comments/{comment_id}")
async def change_comment(comment_id: str, body: CommentChange, caller: CallerDep) -> dict[str, Any]:
    """Rewrite one's own comment."""
    person_of(caller)
    key = _key(comment_id)
    async with caller.runtime.database.transaction() as connection:
        said = await comments.change_comment(connection, caller.session, key, body.body, body.version)
    return {"id": str(said.id), "unreached": said.unreached}


@router.delete("/comments/{comment_id}", status_code=204)
async def remove_comment(comment_id: str, caller: CallerDep) -> Response:
    """Take a comment away: one's own, or any on a record one may delete."""
    async with caller.runtime.database.transaction() as connection:
        await comments.remove_comment(connection, caller.session, _key(comment_id))
    return Response(status_code=204)


@router.put("/records/{object_name}/{record_id}/pins/{key}", status_code=204)
async def pin(object_name: str, record_id: str, key: str, caller: CallerDep) -> Response:
    """Keep an item of the timeline on top."""
    obj = caller.object(object_name)
    async with caller.runtime.database.transaction() as connection:
        await pins.pin(connection, caller.session, obj, record_id, key)
    return Response(status_code=204)


@router.delete("/records/{object_name}/{record_id}/pins/{key}", status_code=204)
async def unpin(object_name: str, record_id: str, key: str, caller: CallerDep) -> Response:
    """The item is where it belongs by time again."""
    obj = caller.object(object_name)
    async with caller.runtime.database.transaction() as connection:
        await pins.unpin(connection, caller.session, obj, record_id, key)
    return Response(status_code=204)


def _key(text: str) -> UUID:
    found = parse_id(text)
    if found is None:
        raise NotFound("unknown_comment", id=text[:40])
    return found
