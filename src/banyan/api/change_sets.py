"""Routes of change sets: a draft is written, looked at with its effects, published as one change, or discarded."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict
from pydantic import Field as Bound

from banyan.api.caller import Caller, CallerDep
from banyan.api.metadata import read_each
from banyan.api.strict import StrictRoute
from banyan.kernel.errors import NotFound
from banyan.kernel.ids import parse_id
from banyan.kernel.limits import ceiling
from banyan.metadata.changes import sets
from banyan.metadata.changes.apply import plan, read_state
from banyan.metadata.changes.operations import Operation
from banyan.metadata.changes.sets import ChangeSet
from banyan.metadata.describe import describe_archived, describe_design
from banyan.records.queries import labels_of

router = APIRouter(prefix="/metadata/change-sets", tags=["metadata"], route_class=StrictRoute)
Documents = tuple[dict[str, Any], ...]
MOST_OPERATIONS = ceiling("operations")  # the installation's own limit is asked when it is written


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class NewSet(_Body):
    name: str = Bound(min_length=1, max_length=sets.LONGEST_NAME)
    operations: Documents = Bound(default=(), max_length=MOST_OPERATIONS)


class SetChanges(_Body):
    """`rebase`: go on from the configuration of this moment, having seen what others published."""

    version: int
    name: str | None = Bound(default=None, min_length=1, max_length=sets.LONGEST_NAME)
    note: str | None = Bound(default=None, max_length=2_000)
    operations: Documents | None = Bound(default=None, max_length=MOST_OPERATIONS)
    rebase: bool = False


class Known(_Body):
    version: int


@router.get("")
async def list_sets(
    caller: CallerDep,
    state: Annotated[str | None, Query(pattern="^(draft|published|discarded|all)$")] = "draft",
) -> dict[str, Any]:
    """Change sets of one state, the one touched last first (power `configure`)."""
    caller.require_power("configure")
    async with caller.runtime.database.reader() as connection:
        found = await sets.list_sets(connection, caller.schema, state=None if state == "all" else state)
        return {"change_sets": await _documents(caller, connection, found)}


@router.post("", status_code=201)
async def create_set(body: NewSet, caller: CallerDep) -> dict[str, Any]:
    """Begin a draft on the configuration of this moment."""
    caller.require_power("configure")
    read_each(body.operations)
    async with caller.runtime.database.transaction() as connection:
        given, limits = body.operations, caller.runtime.changes.limits
        made = await sets.create_set(connection, caller.schema, caller.actor, body.name, given, limits=limits)
        return await _document(caller, connection, made)


@router.get("/{set_id}")
async def read_set(set_id: str, caller: CallerDep) -> dict[str, Any]:
    """One change set with its operations."""
    caller.require_power("configure")
    async with caller.runtime.database.reader() as connection:
        return await _document(
            caller, connection, await sets.read_set(connection, caller.schema, _id(set_id))
        )


@router.patch("/{set_id}")
async def save_set(set_id: str, body: SetChanges, caller: CallerDep) -> dict[str, Any]:
    """Write the draft; of two people who edit one, the second is told (409)."""
    caller.require_power("configure")
    changes = body.model_dump(exclude_unset=True, exclude={"version", "rebase"})
    limits = caller.runtime.changes.limits
    if body.operations is not None:
        read_each(body.operations)
    async with caller.runtime.database.transaction() as connection:
        draft = await sets.open_draft(connection, caller.schema, _id(set_id), body.version)
        if body.rebase:
            changes["base_version"] = (await read_state(connection, caller.schema)).version
        saved = await sets.save_set(connection, caller.schema, caller.actor, draft, changes, limits=limits)
        return await _document(caller, connection, saved)


@router.get("/{set_id}/preview")
async def preview(set_id: str, caller: CallerDep) -> dict[str, Any]:
    """What publishing would do, counted: per operation rows, losses, locks, time, uses; and what others published."""
    caller.require_power("configure")
    async with caller.runtime.database.reader() as connection:
        draft = await sets.read_set(connection, caller.schema, _id(set_id))
        clashes = await sets.clashes_of(connection, caller.schema, draft)
    impacts = await caller.runtime.changes.preview(caller.schema, _operations(draft))
    return {
        "operations": [impact.document() for impact in impacts],
        "clashes": [
            {"object": place, "field": field or None, "setting": name} for place, field, name in clashes
        ],
    }


@router.get("/{set_id}/definitions")
async def definitions(set_id: str, caller: CallerDep) -> dict[str, Any]:
    """All objects as they would be with the draft, for the designer; nobody's data."""
    caller.require_power("configure")
    async with caller.runtime.database.reader() as connection:
        draft = await sets.read_set(connection, caller.schema, _id(set_id))
        state = await read_state(connection, caller.schema, limits=caller.runtime.changes.limits)
        planned = plan(state, _operations(draft))
    catalog, policy = planned.state.catalog(), caller.session.policy
    return {
        "objects": [describe_design(catalog, obj, policy) for obj in catalog.objects],
        "archived_objects": describe_archived(catalog),
    }


@router.post("/{set_id}/publish")
async def publish(set_id: str, body: Known, caller: CallerDep) -> dict[str, Any]:
    """Publish as one change, whole or not at all."""
    caller.require_power("configure")
    change, version, impacts = await caller.runtime.changes.publish(
        caller.schema, _id(set_id), body.version, caller.actor
    )
    await caller.runtime.catalogs.refresh(caller.schema)
    return {"id": str(change), "version": version, "operations": [impact.document() for impact in impacts]}


@router.post("/{set_id}/discard")
async def discard(set_id: str, body: Known, caller: CallerDep) -> dict[str, Any]:
    """Give a draft up; it stays readable."""
    caller.require_power("configure")
    async with caller.runtime.database.transaction() as connection:
        draft = await sets.open_draft(connection, caller.schema, _id(set_id), body.version)
        saved = await sets.save_set(connection, caller.schema, caller.actor, draft, {"state": "discarded"})
        return await _document(caller, connection, saved)


def _operations(draft: ChangeSet) -> list[Operation]:
    return read_each(draft.operations)


def _id(text: str) -> UUID:
    found = parse_id(text)
    if found is None:
        raise NotFound("unknown_change_set")
    return found


async def _document(caller: Caller, connection: Any, found: ChangeSet) -> dict[str, Any]:
    return (await _documents(caller, connection, [found]))[0]


async def _documents(caller: Caller, connection: Any, found: list[ChangeSet]) -> list[dict[str, Any]]:
    people = {str(person) for each in found for person in (each.created_by, each.updated_by) if person}
    names = await labels_of(connection, caller.session, caller.object("user"), people)

    def person(user: UUID | None) -> dict[str, Any] | None:
        return None if user is None else {"id": str(user), "label": names.get(str(user))}

    return [
        {
            "id": str(each.id),
            "name": each.name,
            "note": each.note,
            "state": each.state,
            "base_version": each.base_version,
            "version": each.version,
            "operations": list(each.operations),
            "created_by": person(each.created_by),
            "created_at": each.created_at,
            "updated_by": person(each.updated_by),
            "updated_at": each.updated_at,
            "change_id": None if each.change_id is None else str(each.change_id),
        }
        for each in found
    ]
