"""Routes of printing: a record as PDF or Word, and the templates it is printed by."""

from typing import Annotated, Any, cast
from urllib.parse import quote
from uuid import UUID

import orjson
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict
from pydantic import Field as Bound

from banyan.api.caller import Caller, CallerDep
from banyan.api.once import Answer, once
from banyan.api.strict import StrictRoute
from banyan.audit.facade import write_audit
from banyan.extension.printing import PRINTING, Format, Printed
from banyan.kernel.errors import NotFound
from banyan.kernel.ids import LARGEST_VERSION
from banyan.metadata.catalog import Object
from banyan.printing import store
from banyan.printing.checking import check_template
from banyan.printing.facade import Prepared, Printing
from banyan.printing.shipped import shipped, shipped_for
from banyan.printing.store import StoredTemplate
from banyan.printing.template import Language, TemplateDocument
from banyan.query.parsed import ParsedQuery, Sort
from banyan.records.people import house_session
from banyan.records.queries import labels_of, query_page

router = APIRouter(tags=["printing"], route_class=StrictRoute)
Version = Annotated[int, Bound(ge=1, le=LARGEST_VERSION)]
ObjectName = Annotated[str, Query(max_length=40, alias="object")]


class TemplateBody(BaseModel):
    """`company`: printed for its documents alone; none: for every document of the object."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    language: Language
    company: UUID | None = None
    name: str = Bound(min_length=1, max_length=80)
    active: bool = True
    document: TemplateDocument


class NewTemplateBody(TemplateBody):
    object: str = Bound(max_length=40)


class ChangedTemplateBody(TemplateBody):
    version: Version


class PreviewBody(BaseModel):
    """`record`: what it is shown with; none: the newest that the caller may read, else invented values."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    object: str = Bound(max_length=40)
    language: Language
    document: TemplateDocument
    record: UUID | None = None


def _printing() -> Printing:
    """The printer of this process, with more than the port shows."""
    return cast("Printing", PRINTING.printer)


def _file(printed: Printed, *, shown: bool) -> Response:
    kind = "inline" if shown else "attachment"
    headers = {
        "Content-Disposition": f"{kind}; filename*=UTF-8''{quote(printed.name)}",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    return Response(printed.content, media_type=printed.media_type, headers=headers)


@router.get("/prints/{object_name}/{record_id}")
async def print_record(
    object_name: str,
    record_id: UUID,
    caller: CallerDep,
    template: Annotated[str | None, Query(max_length=40)] = None,
    language: Annotated[Language | None, Query()] = None,
    format: Annotated[Format, Query()] = "pdf",  # noqa: A002 - the parameter's name in the API
) -> Response:
    """A record as a file, with what the caller may read of it. Each one is audited with the file's hash."""
    obj, session, database = caller.object(object_name), caller.session, caller.runtime.database
    spoken: Language = language or ("en" if caller.actor.language == "en" else "zh-CN")
    async with database.reader() as connection:
        prepared = await _printing().prepare(
            connection, session, obj, record_id, template=template, language=spoken
        )
    # The press works without a connection: it may take a while, and reads nothing.
    printed = await _printing().finish(prepared, format)
    async with database.transaction() as connection:
        await _audit(connection, caller, obj, record_id, prepared, printed)
    return _file(printed, shown=format == "pdf")


async def _audit(
    connection: Any, caller: Caller, obj: Object, record_id: UUID, prepared: Prepared, printed: Printed
) -> None:
    await write_audit(
        connection,
        caller.actor,
        "record_printed",
        {"object": obj.api_name, "record": str(record_id)},
        {
            "template": prepared.template.key,
            "version": prepared.template.version,
            "language": prepared.template.language,
            "file": printed.name,
            "sha256": printed.sha256,
        },
        object_id=obj.id,
        record_id=record_id,
    )


def _entry(template: StoredTemplate, obj: Object, company: str | None) -> dict[str, Any]:
    return {
        "id": template.key,
        "object": obj.api_name,
        "language": template.language,
        "name": template.name,
        "company": None if template.company is None else {"id": str(template.company), "label": company},
        "active": template.active,
        "version": template.version,
    }


@router.get("/print-templates")
async def read_templates(caller: CallerDep, object_name: ObjectName = "") -> dict[str, Any]:
    """What can be printed by: of one object for whoever reads it, of all for whoever configures."""
    if object_name:
        obj: Object | None = caller.object(object_name)
    else:
        caller.require_power("configure")
        obj = None
    full = caller.session.full
    async with caller.runtime.database.reader() as connection:
        own = await store.templates_of(connection, caller.schema, None if obj is None else obj.id)
        names = await _company_names(connection, caller, own)
    entries = [
        _entry(each, full.by_id[each.object_id], names.get(str(each.company)))
        for each in own
        if full.by_id.get(each.object_id) in full.objects
    ]
    objects = full.objects if obj is None else (obj,)
    keys = {one.grant_key: one for one in objects}
    entries += [
        {**_entry(StoredTemplate(None, keys[name].id, language, None, "", document), keys[name], None)}
        for (name, language), document in sorted(shipped().items())
        if name in keys
    ]
    return {"templates": entries}


async def _company_names(connection: Any, caller: Caller, own: list[StoredTemplate]) -> dict[str, str | None]:
    company = caller.session.catalog.by_name.get("company")
    wanted = {str(each.company) for each in own if each.company is not None}
    return await labels_of(connection, caller.session, company, wanted) if company and wanted else {}


@router.get("/print-templates/shipped")
async def read_shipped(
    caller: CallerDep, object_name: ObjectName, language: Annotated[Language, Query()]
) -> dict[str, Any]:
    """What ships for an object, to begin an own one from; an empty beginning where nothing does."""
    caller.require_power("configure")
    obj = caller.session.full.object(object_name)
    found = shipped_for(obj.grant_key, language)
    title = obj.definition.label.get(language) or obj.api_name
    document = found or TemplateDocument(title=title)
    return {"object": obj.api_name, "language": language, "document": document.model_dump(mode="json")}


@router.get("/print-templates/{key}")
async def read_template(key: UUID, caller: CallerDep) -> dict[str, Any]:
    """A template of the workspace, whole."""
    caller.require_power("configure")
    async with caller.runtime.database.reader() as connection:
        found = await store.find_template(connection, caller.schema, key)
        names = await _company_names(connection, caller, [found])
    return _whole(caller, found, names.get(str(found.company)))


def _whole(caller: Caller, found: StoredTemplate, company: str | None = None) -> dict[str, Any]:
    obj = caller.session.full.by_id[found.object_id]
    return {**_entry(found, obj, company), "document": found.document.model_dump(mode="json")}


@router.post("/print-templates", status_code=201)
async def create_template(body: NewTemplateBody, request: Request, caller: CallerDep) -> Response:
    """A template of the workspace's own. Refused with the place of each text that is not right."""
    caller.require_power("configure")
    obj = caller.session.full.object(body.object)

    async def work(connection: Any) -> Answer:
        saved = await store.save_template(connection, caller.session, _stored(body, obj.id, None, 0))
        return Answer(orjson.dumps(_whole(caller, saved)), 201)

    return await once(request, caller, work)


@router.put("/print-templates/{key}")
async def change_template(key: UUID, body: ChangedTemplateBody, caller: CallerDep) -> dict[str, Any]:
    """As a whole. What it was before stands in the audit."""
    caller.require_power("configure")
    async with caller.runtime.database.transaction() as connection:
        before = await store.find_template(connection, caller.schema, key)
        after = _stored(body, before.object_id, key, body.version)
        saved = await store.save_template(connection, caller.session, after)
    return _whole(caller, saved)


@router.delete("/print-templates/{key}", status_code=204)
async def remove_template(
    key: UUID, caller: CallerDep, version: Annotated[int, Query(ge=1, le=LARGEST_VERSION)]
) -> Response:
    """From then on what ships prints again."""
    caller.require_power("configure")
    async with caller.runtime.database.transaction() as connection:
        await store.remove_template(connection, caller.session, key, version)
    return Response(status_code=204)


def _stored(body: TemplateBody, object_id: UUID, key: UUID | None, version: int) -> StoredTemplate:
    return StoredTemplate(
        key, object_id, body.language, body.company, body.name, body.document, body.active, version
    )


@router.post("/print-templates/preview")
async def preview(body: PreviewBody, caller: CallerDep) -> dict[str, Any]:
    """What a template makes of a record: its first pages as pictures; nothing is kept."""
    caller.require_power("configure")
    obj, session = caller.session.full.object(body.object), caller.session
    template = StoredTemplate(None, obj.id, body.language, None, "", body.document)
    check_template(session.full, obj, body.document, body.language)
    async with caller.runtime.database.reader() as connection:
        record = body.record or await _newest(connection, caller, obj)
        if record is None:
            prepared = await _printing().example(connection, house_session(session), template)
        else:
            seen = caller.object(body.object)
            prepared = await _printing().fill(connection, session, seen, record, template)
    return {"pages": await _printing().pictures(prepared)}


async def _newest(connection: Any, caller: Caller, obj: Object) -> UUID | None:
    try:
        seen = caller.object(obj.api_name)
    except NotFound:
        return None
    query = ParsedQuery(select=("id",), sort=(Sort(field="created_at", direction="desc"),), limit=1)
    page = await query_page(connection, caller.session, seen, query)
    return UUID(orjson.loads(page.rows)[0]["id"]) if page.size else None
