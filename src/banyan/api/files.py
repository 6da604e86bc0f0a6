"""Routes of files: upload for a field, then name it in a record; read under the rights to the record and the field."""

from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, File, Form, Response, UploadFile
from fastapi.responses import StreamingResponse

from banyan.api.caller import Caller, CallerDep
from banyan.api.metering import count_reading
from banyan.api.strict import StrictRoute
from banyan.files import facade as files
from banyan.files.content import PICTURES, SHOWN
from banyan.files.facade import StoredFile
from banyan.kernel.errors import Denied, InvalidInput, NotFound, TooLarge
from banyan.kernel.ids import parse_id
from banyan.metadata.catalog import Field, Object
from banyan.metadata.field_types.file import MOST_MB
from banyan.records.queries import read_record

router = APIRouter(prefix="/files", tags=["records"], route_class=StrictRoute)
UPLOAD_PATH = "/api/v1/files"
MB = 1024 * 1024
MAX_FILE = MOST_MB * MB


@router.post("", status_code=201)
async def upload(
    file: Annotated[UploadFile, File()],
    field: Annotated[str, Form(max_length=40)],
    caller: CallerDep,
) -> dict[str, Any]:
    """Take a file in for one field (by its id); a record's value then names the file, within a day."""
    key = parse_id(field)
    place = None if key is None else _place(caller, key)
    if place is None or not place[1].kind.holds_files:
        raise NotFound("unknown_file_field")
    obj, found = place
    policy = caller.session.policy
    if not policy.allows(obj.grant_key, "create"):
        policy.require(obj.grant_key, "update")
    if found.readonly:
        raise Denied("field_not_yours", field=found.api_name)
    most = int(getattr(found.config, "max_mb", MOST_MB)) * MB
    data = await file.read(most + 1)
    _check(found, file.filename or "", data, most)
    async with caller.runtime.database.transaction() as connection:
        kept = await files.keep_file(
            connection, caller.schema, found.id, file.filename, data, caller.actor.user_id
        )
        if found.kind.pictures and kept.media_type not in PICTURES.values():
            raise InvalidInput("not_picture", name=kept.name)
    return dict(kept.document())


def _check(field: Field, name: str, data: bytes, most: int) -> None:
    if len(data) > most:
        raise TooLarge("upload_too_large", limit=most // MB)
    if not data:
        raise InvalidInput("upload_empty")
    accept = [ending.lower().lstrip(".") for ending in getattr(field.config, "accept", ())]
    if accept and name.lower().rpartition(".")[2] not in accept:
        raise InvalidInput("file_kind", allowed=", ".join(accept))


@router.get("/{file_id}", dependencies=[Depends(count_reading)])
async def content(file_id: str, caller: CallerDep) -> StreamingResponse:
    """A file's content, for whoever may read the field of the record that holds it."""
    found = await _readable(caller, file_id)

    async def parts() -> Any:
        async with caller.runtime.database.reader() as connection:
            async for part in files.parts_of(connection, caller.schema, found.id):
                yield part

    return StreamingResponse(parts(), media_type=found.media_type, headers=_headers(found))


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
