"""Routes of global search and export."""

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse

from banyan.activities.recents import opened_among
from banyan.api.audit_shown import taken_by
from banyan.api.caller import CallerDep, caller_of
from banyan.api.metering import count_reading, roles_of
from banyan.api.strict import StrictRoute
from banyan.records.export import Export, ExportBody
from banyan.records.session import Session
from banyan.search.facade import MAX_RESULTS, search

router = APIRouter(route_class=StrictRoute)
EXPORT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@router.get("/search", tags=["search"], dependencies=[Depends(count_reading)])
async def search_records(
    q: Annotated[str, Query(max_length=200)],
    caller: CallerDep,
    objects: Annotated[str | None, Query(max_length=1_000)] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_RESULTS)] = 20,
) -> dict[str, Any]:
    """Records found by name, pinyin, initials, phone or number."""
    names = tuple(objects.split(",")) if objects else None
    me = caller.actor.user_id
    async with caller.runtime.database.reader() as connection:

        async def opened(ids: set[UUID]) -> Mapping[UUID, int]:
            return {} if me is None else await opened_among(connection, caller.schema, me, ids)

        hits = await search(connection, caller.session, q, objects=names, limit=limit, opened=opened)
    return {"results": hits}


@router.post("/records/{object_name}/export", tags=["records"])
async def export_records(
    object_name: str, body: ExportBody, request: Request, caller: CallerDep
) -> StreamingResponse:
    """A list or selection as a CSV or XLSX file, streamed; audited before the first byte."""
    obj = caller.object(object_name)

    async def renew() -> Session:
        return (await caller_of(request)).session

    export = Export(caller.runtime.database, caller.session, obj, body, renew)
    meter, roles = caller.runtime.meter, roles_of(caller)
    async with caller.runtime.database.reader() as connection:
        rows = await export.size(connection)
    await meter.check(caller.actor, "export", roles, rows)
    async with caller.runtime.database.transaction() as connection:
        await export.audit(connection, rows)
        mark = await taken_by(connection, caller)
    await meter.book(caller.actor, "export", roles, rows)
    export.mark(mark)
    chunks = export.csv() if body.format == "csv" else export.xlsx()
    label = obj.definition.label_plural or obj.definition.label
    # A line of its own would keep a CSV from being imported again, so there the mark is in the file's name.
    name = f"{label.get(caller.actor.language) or obj.api_name} {mark.replace(':', '.')}.{body.format}"
    disposition = f"attachment; filename=\"{obj.api_name}.{body.format}\"; filename*=UTF-8''{quote(name)}"
    return StreamingResponse(
        chunks, media_type=EXPORT_TYPES[body.format], headers={"Content-Disposition": disposition}
    )
