"""Routes of metadata: describe, preview, change, revert; saved views."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Body, Request, Response
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic import Field as Bound

from banyan.api.caller import Caller, CallerDep
from banyan.api.strict import StrictRoute
from banyan.audit.facade import write_audit
from banyan.db.database import Connection
from banyan.db.recalculations import pending
from banyan.filters.document import parse_filter
from banyan.kernel.errors import Denied, InvalidInput, NotFound, NotSignedIn
from banyan.kernel.faults import problems_of
from banyan.kernel.ids import parse_id
from banyan.kernel.limits import ceiling
from banyan.metadata import views
from banyan.metadata.catalog import Object
from banyan.metadata.changes.apply import read_operations
from banyan.metadata.changes.operations import Operation
from banyan.metadata.changes.sets import require_size
from banyan.metadata.describe import (
    describe_archived,
    describe_catalog,
    describe_design,
    describe_object,
    describe_types,
)
from banyan.query.parsed import Sort
from banyan.records.queries import labels_of

router = APIRouter(tags=["metadata"], route_class=StrictRoute)
MAX_OPERATIONS = ceiling("operations")  # the installation's own limit is asked when they are read


class ChangeBody(BaseModel):
    """Operations are read one by one, so that a fault names the operation it is in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    operations: tuple[dict[str, Any], ...] = Bound(min_length=1, max_length=MAX_OPERATIONS)
    dry_run: bool = False
    base_version: int | None = None


@router.get("/metadata/catalog")
async def catalog(request: Request, caller: CallerDep) -> Response:
    """Everything a client needs to draw the workspace, for this caller."""
    session = caller.session
    async with caller.runtime.database.reader() as connection:
        saved = await views.list_views(
            connection,
            session.catalog,
            caller.actor.user_id,
            administrator=caller.is_administrator,
            roles=[role.key for role in session.policy.roles],
        )
    document = {
        "version": session.catalog.version,
        "workspace": {
            "id": str(caller.workspace.id),
            "name": caller.workspace.name,
            "language": caller.workspace.language,
            "currency": caller.workspace.currency,
            "timezone": session.timezone,
        },
        **describe_catalog(session.catalog, session.policy),
        "views": [
            view
            for view in saved
            if session.policy.allows(session.catalog.object(view["object"]).grant_key, "read")
        ],
        **describe_types(),
    }
    body = orjson.dumps(document)
    tag = f'"{session.catalog.version}-{hashlib.sha256(body).hexdigest()[:16]}"'
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={"ETag": tag})
    return Response(
        body, media_type="application/json", headers={"ETag": tag, "Cache-Control": "private, no-cache"}
    )


@router.get("/metadata/definitions")
async def definitions(caller: CallerDep) -> dict[str, Any]:
    """All objects with all fields, for those who shape them or give rights to them; nobody's data."""
    caller.require_any("configure", "roles", "audit")
    session = caller.session
    return {
        "objects": [describe_design(session.full, obj, session.policy) for obj in session.full.objects],
        "archived_objects": describe_archived(session.full),
    }


@router.get("/metadata/objects/{object_name}")
async def one_object(object_name: str, caller: CallerDep) -> dict[str, Any]:
    """One object with its fields, layout and the caller's permissions."""
    return describe_object(caller.session.catalog, caller.object(object_name), caller.session.policy)


@router.get("/metadata/recalculations")
async def recalculations(caller: CallerDep) -> dict[str, Any]:
    """Computed values being set anew in the background: object, fields, how far, and why it stopped if it did."""
    catalog = caller.session.catalog
    async with caller.runtime.database.reader() as connection:
        found = await pending(connection, caller.schema)
    shown = []
    for each in found:
        obj = catalog.by_id.get(each.pop("object_id"))
        wanted = set(each.pop("field_ids"))
        if obj is not None and obj in catalog.objects and caller.session.policy.allows(obj.grant_key, "read"):
            names = [field.api_name for field in obj.fields if field.id in wanted]
            shown.append({**each, "id": str(each["id"]), "object": obj.api_name, "fields": names})
    return {"recalculations": shown}


@router.post("/metadata/changes")
async def change(body: ChangeBody, caller: CallerDep) -> dict[str, Any]:
    """Preview (`dry_run`) or publish operations, all or none (administrators)."""
    caller.require_administrator()
    require_size(body.operations, caller.runtime.changes.limits)
    operations = read_each(body.operations)
    changes = caller.runtime.changes
    if body.dry_run:
        impacts = await changes.preview(caller.schema, operations)
        version = caller.session.catalog.version
        return {"id": None, "version": version, "operations": [impact.document() for impact in impacts]}
    change_id, version, impacts = await changes.apply(
        caller.schema, operations, caller.actor, base_version=body.base_version
    )
    await caller.runtime.catalogs.refresh(caller.schema)
    return {"id": str(change_id), "version": version, "operations": [impact.document() for impact in impacts]}


def read_each(documents: Sequence[Mapping[str, Any]]) -> list[Operation]:
    """Operations one by one, so that a fault names the one it is in. Raises InvalidInput."""
    found: list[Operation] = []
    for index, document in enumerate(documents):
        try:
            found += read_operations([document])
        except ValidationError as error:
            # The union adds the list index and the kind to each place; the caller's document has neither.
            kind = document.get("kind")
            faults = [
                {**fault, "loc": [part for part in fault["loc"][1:] if part != kind]}
                for fault in error.errors()
            ]
            raise InvalidInput(problems=problems_of(faults, f"/operations/{index}")) from error
    return found


@router.get("/metadata/changes")
async def history(caller: CallerDep) -> dict[str, Any]:
    """Published changes, newest first (administrators); one without an actor is a package's."""
    caller.require_administrator()
    changes = orjson.loads(await caller.runtime.changes.history(caller.schema))
    async with caller.runtime.database.reader() as connection:
        people = {change["actor_id"] for change in changes if change["actor_id"]}
        names = await labels_of(connection, caller.session, caller.object("user"), people)
    for change in changes:
        actor = change.pop("actor_id")
        change["actor"] = None if actor is None else {"id": actor, "label": names.get(actor)}
    return {"changes": changes}


@router.post("/metadata/changes/{change_id}/revert")
async def revert(change_id: str, caller: CallerDep) -> dict[str, Any]:
    """Take a published change back (administrators)."""
    caller.require_administrator()
    found = parse_id(change_id)
    if found is None:
        raise NotFound("unknown_change", change=change_id)
    undone, version, impacts = await caller.runtime.changes.revert(caller.schema, found, caller.actor)
    await caller.runtime.catalogs.refresh(caller.schema)
    return {"id": str(undone), "version": version, "operations": [impact.document() for impact in impacts]}


@router.post("/views", status_code=201)
async def create_view(view: Annotated[views.NewView, Body()], caller: CallerDep) -> dict[str, Any]:
    """Save a view, private or shared."""
    _check_answers(caller, caller.object(view.object), view.config)
    _check_sharing(caller, view.visibility)
    async with caller.runtime.database.transaction() as connection:
        made = await views.create_view(connection, caller.session.catalog, view, owner=_user(caller))
        await _note_sharing(connection, caller, view.visibility, made)
        return made


@router.patch("/views/{view_id}")
async def change_view(
    view_id: str, changes: Annotated[views.ViewChanges, Body()], caller: CallerDep
) -> dict[str, Any]:
    """Change a view of one's own (administrators: also shared ones)."""
    _check_sharing(caller, changes.visibility)
    async with caller.runtime.database.transaction() as connection:
        changed = await views.change_view(
            connection,
            caller.session.catalog,
            _view_id(view_id),
            changes,
            _user(caller),
            administrator=caller.is_administrator,
        )
        if changes.config is not None:
            _check_answers(caller, caller.object(changed["object"]), changes.config)
        await _note_sharing(connection, caller, changes.visibility, changed)
        return changed


@router.delete("/views/{view_id}", status_code=204)
async def remove_view(view_id: str, caller: CallerDep) -> Response:
    """Remove a view of one's own (administrators: also shared ones)."""
    async with caller.runtime.database.transaction() as connection:
        await views.remove_view(
            connection,
            caller.session.catalog,
            _view_id(view_id),
            _user(caller),
            administrator=caller.is_administrator,
        )
    return Response(status_code=204)


def _check_answers(caller: Caller, obj: Object, config: views.ViewConfig) -> None:
    """Refuse what would not open: an operator that the field does not have, an order that it cannot have."""
    resolver = caller.session.resolver
    for place, where in (
        ("/config/where", config.where),
        *((f"/config/colors/{index}/where", rule.where) for index, rule in enumerate(config.colors)),
    ):
        if where is not None:
            resolver.filter(obj, parse_filter(where, place))
    # As it is opened: orders by fields that are gone are passed over.
    known = [each for each in config.sort if obj.current_name(each.field)]
    try:
        resolver.sort(obj, tuple(Sort.model_validate(each.model_dump()) for each in known))
    except InvalidInput as error:
        problems = [replace(each, pointer=f"/config{each.pointer}") for each in error.problems]
        raise InvalidInput(error.code, problems=problems, **error.params) from error


async def _note_sharing(
    connection: Connection, caller: Caller, visibility: str | None, view: dict[str, Any]
) -> None:
    """A view given to everybody, or taken back, is written down."""
    if visibility is not None and (visibility != "private" or view["owner"] is None):
        detail = {"name": view["name"], "visibility": visibility}
        target = {"view": view["id"], "object": view["object"]}
        await write_audit(connection, caller.actor, "view_shared", target, detail)


def _check_sharing(caller: Caller, visibility: str | None) -> None:
    """A shared view stands in everybody's way, so it is an administrator's to give."""
    if visibility in ("shared", "roles") and not caller.is_administrator:
        raise Denied("view_sharing_denied")


def _view_id(text: str) -> UUID:
    found = parse_id(text)
    if found is None:
        raise NotFound("unknown_view", view=text)
    return found


def _user(caller: Caller) -> UUID:
    if caller.actor.user_id is None:
        raise NotSignedIn
    return caller.actor.user_id
