"""Routes of files: upload for a field, then name it in a record; read under the rights to the record and the field."""

import asyncio
import tempfile
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, File, Form, Query, Request, Response, UploadFile
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict
from pydantic import Field as Bound

from banyan.api.account import person_of
from banyan.api.caller import Caller, CallerDep
from banyan.api.metering import count_reading
from banyan.api.strict import StrictRoute
from banyan.files import facade as files
from banyan.files import uploads
from banyan.files.content import PICTURES, SHOWN
from banyan.files.facade import StoredFile, Taken
from banyan.kernel.errors import Conflict, Denied, InvalidInput, NotFound, TooLarge
from banyan.kernel.ids import parse_id
from banyan.metadata.catalog import Field, Object
from banyan.metadata.field_types.file import MOST_MB
from banyan.records.queries import read_record

router = APIRouter(prefix="/files", tags=["records"], route_class=StrictRoute)
UPLOAD_PATH = "/api/v1/files"
MB = 1024 * 1024
DIRECT_MB = 20  # more comes in pieces
MAX_FILE = DIRECT_MB * MB
PIECE = 8 * MB


class NewUpload(BaseModel):
    """`field`: the id of the field; `size` in bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    field: str = Bound(max_length=40)
    name: str = Bound(min_length=1, max_length=400)
    size: int = Bound(gt=0, le=MOST_MB * MB)


@router.post("", status_code=201)
async def upload(
    file: Annotated[UploadFile, File()],
    field: Annotated[str, Form(max_length=40)],
    caller: CallerDep,
) -> dict[str, Any]:
    """Take a file in for one field (by its id); a record's value then names the file, within a day."""
    found = _writable(caller, field)
    most = min(_most(found), MAX_FILE)
    data = await file.read(most + 1)
    _check(found, file.filename or "", len(data), most)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "content"
        await asyncio.to_thread(place.write_bytes, data)
        return await _keep(caller, found, file.filename or "", place)


@router.post("/uploads", status_code=201)
async def begin_upload(body: NewUpload, caller: CallerDep) -> dict[str, Any]:
    """Announce a file that comes in pieces. Pieces are sent in order, and go on where they broke off."""
    found, user = _writable(caller, body.field), person_of(caller)
    _check(found, body.name, body.size, _most(found))
    async with caller.runtime.database.transaction() as connection:
        begun = await uploads.begin(connection, caller.schema, found.id, body.name, body.size, user)
    return {"id": str(begun.id), "offset": 0, "piece": PIECE}


@router.get("/uploads/{upload_id}")
async def read_upload(upload_id: str, caller: CallerDep) -> dict[str, Any]:
    """How much of an upload has come."""
    async with caller.runtime.database.reader() as connection:
        found = await uploads.find(connection, caller.schema, _key(upload_id), person_of(caller))
    return {
        "id": str(found.id),
        "offset": found.received,
        "size": found.size,
        "name": found.name,
        "piece": PIECE,
    }


@router.put("/uploads/{upload_id}")
async def send_piece(
    upload_id: str,
    request: Request,
    caller: CallerDep,
    offset: Annotated[int, Query(ge=0, le=MOST_MB * MB)],
) -> dict[str, Any]:
    """One piece, the body as it is, from `offset` on. Answers with where the next begins."""
    piece = await request.body()
    if len(piece) > PIECE:
        raise TooLarge("upload_too_large", limit=PIECE // MB)
    async with caller.runtime.database.transaction() as connection:
        found = await uploads.find(connection, caller.schema, _key(upload_id), person_of(caller), lock=True)
        received = await uploads.take_piece(connection, caller.schema, _staging(caller), found, offset, piece)
    return {"offset": received}


@router.post("/uploads/{upload_id}/finish", status_code=201)
async def finish_upload(upload_id: str, caller: CallerDep) -> dict[str, Any]:
    """Everything has come: the file is looked at and kept, and a record may name it. Once: asked again, it says so."""
    user, key = person_of(caller), _key(upload_id)
    if known := await _finished(caller, key, user):
        return known
    async with caller.runtime.database.reader() as connection:
        found = await uploads.find(connection, caller.schema, key, user)
    if found.received < found.size:
        raise Conflict("upload_offset", offset=found.received)
    field = _writable(caller, str(found.field_id))
    place = uploads.place_of(_staging(caller), key)
    with uploads.alone(place):
        if known := await _finished(caller, key, user):
            return known  # Somebody was quicker between the look and the lock.
        kept = await _keep(caller, field, found.name, place)
        async with caller.runtime.database.transaction() as connection:
            await uploads.finish(connection, caller.schema, key, UUID(str(kept["id"])))
        place.unlink(missing_ok=True)
    return kept


async def _finished(caller: Caller, key: UUID, user: UUID) -> dict[str, Any] | None:
    async with caller.runtime.database.reader() as connection:
        known = await uploads.kept_as(connection, caller.schema, key, user)
        if known is None:
            return None
        found = (await files.find_files(connection, caller.schema, [known])).get(known)
    if found is None:
        raise NotFound("unknown_upload")
    return dict(found.document())


@router.delete("/uploads/{upload_id}", status_code=204)
async def drop_upload(upload_id: str, caller: CallerDep) -> Response:
    """Give an upload up."""
    async with caller.runtime.database.reader() as connection:
        found = await uploads.find(connection, caller.schema, _key(upload_id), person_of(caller))
    async with caller.runtime.database.transaction() as connection:
        await uploads.end(connection, caller.schema, found.id)
    uploads.place_of(_staging(caller), found.id).unlink(missing_ok=True)
    return Response(status_code=204)


def _staging(caller: Caller) -> Path:
    return caller.runtime.settings.home / "uploads" / "pieces"


def _key(text: str) -> UUID:
    found = parse_id(text)
    if found is None:
        raise NotFound("unknown_upload")
    return found


def _writable(caller: Caller, field_id: str) -> Field:
    """The field a file is for, if the caller may write it. Raises NotFound, Denied."""
    key = parse_id(field_id)
    place = None if key is None else _place(caller, key)
    if place is None or not place[1].kind.holds_files:
        raise NotFound("unknown_file_field")
    obj, found = place
    policy = caller.session.policy
    if not policy.allows(obj.grant_key, "create"):
        policy.require(obj.grant_key, "update")
    if found.readonly:
        raise Denied("field_not_yours", field=found.api_name)
    return found


async def _keep(caller: Caller, field: Field, name: str, place: Path) -> dict[str, Any]:
    runtime = caller.runtime
    taken = await Taken.of(place)
    if field.kind.pictures and taken.content.media_type not in PICTURES.values():
        raise InvalidInput("not_picture", name=name)
    kept = await files.keep_content(
        runtime.database, runtime.stores, caller.schema, field.id, name, taken, place, caller.actor.user_id
    )
    return dict(kept.document())


def _most(field: Field) -> int:
    return int(getattr(field.config, "max_mb", DIRECT_MB)) * MB


def _check(field: Field, name: str, size: int, most: int) -> None:
    if size > most:
        raise TooLarge("upload_too_large", limit=most // MB)
    if not size:
        raise InvalidInput("upload_empty")
    accept = [ending.lower().lstrip(".") for ending in getattr(field.config, "accept", ())]
    if accept and name.lower().rpartition(".")[2] not in accept:
        raise InvalidInput("file_kind", allowed=", ".join(accept))


@router.get("/{file_id}", dependencies=[Depends(count_reading)])
async def content(file_id: str, caller: CallerDep) -> StreamingResponse:
    """A file's content, for whoever may read the field of the record that holds it."""
    found = await _readable(caller, file_id)

    parts = caller.runtime.stores.of(found.store).read(caller.schema, found.id)
    return StreamingResponse(parts, media_type=found.media_type, headers=_headers(found))


@router.get("/{file_id}/thumbnail")
async def thumbnail(file_id: str, caller: CallerDep) -> Response:
    """A small picture of a picture."""
    found = await _readable(caller, file_id)
    async with caller.runtime.database.reader() as connection:
        data = await files.thumbnail_of(connection, caller.schema, found.id)
    if data is None:
        raise NotFound("unknown_file")
    headers = {"Cache-Control": "private, max-age=86400", "X-Content-Type-Options": "nosniff"}
    return Response(data, media_type="image/webp", headers=headers)


async def _readable(caller: Caller, file_id: str) -> StoredFile:
    """The file, unknown to whoever may not read the record, the field, or a value that no longer names it."""
    key = parse_id(file_id)
    async with caller.runtime.database.reader() as connection:
        found = None if key is None else (await files.find_files(connection, caller.schema, [key])).get(key)
        if found is None:
            raise NotFound("unknown_file")
        if found.record_id is None:
            if found.created_by != caller.actor.user_id:
                raise NotFound("unknown_file")
            return found
        place = _place(caller, found.field_id)
        if place is None:
            raise NotFound("unknown_file")
        obj, field = place
        if not caller.session.policy.allows(obj.grant_key, "read"):
            raise NotFound("unknown_file")
        try:
            body = await read_record(connection, caller.session, obj, found.record_id, include_deleted=True)
        except NotFound as error:  # As unknown as the record.
            raise NotFound("unknown_file") from error
        record = orjson.loads(body)
    if str(found.id) not in [item["id"] for item in record.get(field.api_name) or ()]:
        raise NotFound("unknown_file")
    return found


def _place(caller: Caller, field_id: UUID) -> tuple[Object, Field] | None:
    """Where the field is, as far as the caller knows of it unmasked."""
    for obj in caller.session.catalog.objects:
        for field in obj.fields:
            if field.id == field_id and not field.masked:
                return obj, field
    return None


def _headers(found: StoredFile) -> dict[str, str]:
    """Saved to disk unless it is a picture or a PDF, which a browser shows without running anything of it."""
    kind = "inline" if found.media_type in SHOWN else "attachment"
    return {
        "Content-Disposition": f"{kind}; filename*=UTF-8''{quote(found.name)}",
        "Content-Length": str(found.size),
        "Content-Security-Policy": "default-src 'none'; img-src 'self'; object-src 'self'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-cache",
    }
