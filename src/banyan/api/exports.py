"""Routes of exports that a job writes."""

from typing import Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse

from banyan.api.account import person_of
from banyan.api.audit_shown import taken_by
from banyan.api.caller import CallerDep
from banyan.api.metering import roles_of
from banyan.api.once import Answer, once
from banyan.api.search import EXPORT_TYPES
from banyan.api.strict import StrictRoute
from banyan.audit.facade import write_audit
from banyan.db.database import Connection
from banyan.exports.facade import Asked, ask, list_exports, place_of, ready_file
from banyan.kernel.errors import NotFound
from banyan.kernel.ids import parse_id
from banyan.records.export import Export, ExportBody

router = APIRouter(tags=["records"], route_class=StrictRoute)


@router.post("/records/{object_name}/exports", status_code=202)
async def ask_export(object_name: str, body: ExportBody, request: Request, caller: CallerDep) -> Response:
    """A list or selection written by a job; its maker is told, and can fetch it for a day."""
    obj, user = caller.object(object_name), person_of(caller)
    export = Export(caller.runtime.database, caller.session, obj, body)
    meter, roles = caller.runtime.meter, roles_of(caller)
    async with caller.runtime.database.reader() as connection:
        rows = await export.size(connection)
    await meter.check(caller.actor, "export", roles, rows)

    async def work(connection: Connection) -> Answer:
        await export.audit(connection, rows)
        mark = await taken_by(connection, caller)
        label = obj.definition.label_plural or obj.definition.label
        name = f"{label.get(caller.actor.language) or obj.api_name} {mark.replace(':', '.')}.{body.format}"
        asked = Asked(body, name, mark, rows)
        key = await ask(connection, caller.session, caller.runtime.queue, obj, user, asked)
        return Answer(orjson.dumps({"id": str(key), "rows": rows, "name": name}), 202)

    response = await once(request, caller, work)
    await meter.book(caller.actor, "export", roles, rows)
    return response


@router.get("/exports")
async def exports(caller: CallerDep) -> dict[str, Any]:
    """One's own exports, newest first."""
    async with caller.runtime.database.reader() as connection:
        return {"exports": await list_exports(connection, caller.session, person_of(caller))}


@router.get("/exports/{export_id}/content")
async def content(export_id: str, caller: CallerDep) -> FileResponse:
    """The file, for who asked for it, while it lasts; fetching it is audited."""
    user, key = person_of(caller), parse_id(export_id) or UUID(int=0)
    async with caller.runtime.database.transaction() as connection:
        found = await ready_file(connection, caller.schema, user, key)
        obj = caller.session.catalog.by_id.get(found.object_id)
        if obj is None or not caller.session.policy.allows(obj.grant_key, "export"):
            raise NotFound("unknown_export")
        await write_audit(
            connection,
            caller.actor,
            "export_fetched",
            {"export": str(key), "object": obj.api_name},
            {"name": found.name},
            object_id=obj.id,
        )
    place = place_of(caller.runtime.settings.home / "exports", caller.schema, key)
    if not place.is_file():
        raise NotFound("unknown_export")
    return FileResponse(place, media_type=EXPORT_TYPES[found.format], filename=found.name)
