"""Routes of the organisation: memberships, groups, handover. People and departments themselves are records."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Response
from pydantic import BaseModel, ConfigDict
from pydantic import Field as Bound

from banyan.access import organisation
from banyan.access.guard import powers_by_place, require_no_rise
from banyan.access.organisation import MembershipKind
from banyan.api.caller import Caller, CallerDep
from banyan.api.strict import StrictRoute
from banyan.audit.facade import write_audit
from banyan.db.database import Connection
from banyan.identity.facade import is_active
from banyan.kernel.errors import FieldProblem, InvalidInput, NotFound
from banyan.kernel.ids import parse_id
from banyan.records import handover
from banyan.records.people import house_session, person_of
from banyan.records.principals import principal_labels

router = APIRouter(tags=["organisation"], route_class=StrictRoute)


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Membership(_Body):
    department: str
    kind: MembershipKind = "member"


class Memberships(_Body):
    memberships: tuple[Membership, ...] = Bound(max_length=50)


class GroupMembers(_Body):
    users: tuple[str, ...] = Bound(max_length=5_000)


class NewHandover(_Body):
    """`dry_run` only counts."""

    from_user: str
    to_user: str | None = None
    dry_run: bool = False


@router.get("/organisation")
async def read_organisation(caller: CallerDep) -> dict[str, Any]:
    """What records do not tell: further memberships, deputies, members of groups."""
    caller.object("department")
    async with caller.runtime.database.reader() as connection:
        memberships = await organisation.list_memberships(connection, caller.schema)
        groups = await organisation.list_group_members(connection, caller.schema)
    return {"memberships": memberships, "group_members": groups}


@router.put("/organisation/people/{user_id}/memberships", status_code=204)
async def set_memberships(user_id: str, body: Annotated[Memberships, Body()], caller: CallerDep) -> Response:
    """Replace a person's departments beside the main one."""
    caller.require_power("people")
    async with caller.runtime.database.transaction() as connection:
        person = await _known(connection, caller, "user", user_id, "/user")
        rows = [
            (await _known(connection, caller, "department", each.department, f"/memberships/{i}"), each.kind)
            for i, each in enumerate(body.memberships)
        ]
        before = await powers_by_place(connection, caller.schema)
        await organisation.set_memberships(connection, caller.schema, person, rows)
        await require_no_rise(connection, caller.session.policy, before)
        detail = body.model_dump(mode="json")
        await write_audit(connection, caller.actor, "memberships_set", {"user": user_id}, detail)
    return Response(status_code=204)


@router.put("/organisation/groups/{group_id}/members", status_code=204)
async def set_members(group_id: str, body: Annotated[GroupMembers, Body()], caller: CallerDep) -> Response:
    """Replace the members of a group."""
    caller.require_power("people")
    async with caller.runtime.database.transaction() as connection:
        group = await _known(connection, caller, "group", group_id, "/group")
        people = [parse_id(each) for each in body.users]
        names = await principal_labels(
            connection, house_session(caller.session), [f"user:{each}" for each in body.users]
        )
        problems = [
            FieldProblem(f"/users/{index}", "unknown_holder")
            for index, each in enumerate(body.users)
            if people[index] is None or f"user:{each}" not in names
        ]
        if problems:
            raise InvalidInput(problems=problems)
        before = await powers_by_place(connection, caller.schema)
        await organisation.set_group_members(
            connection, caller.schema, group, [person for person in people if person is not None]
        )
        await require_no_rise(connection, caller.session.policy, before)
        detail = {"users": list(body.users)}
        await write_audit(connection, caller.actor, "group_members_set", {"group": group_id}, detail)
    return Response(status_code=204)


async def _known(connection: Connection, caller: Caller, kind: str, key: str, place: str) -> Any:
    found = parse_id(key)
    names = await principal_labels(
        connection, house_session(caller.session), [f"{kind}:{key}"] if found else []
    )
    if found is None or f"{kind}:{key}" not in names:
        raise InvalidInput(problems=[FieldProblem(place, "unknown_holder")])
    return found


@router.post("/organisation/handovers")
async def hand_over(body: Annotated[NewHandover, Body()], caller: CallerDep) -> dict[str, Any]:
    """Hand everything a person owns to another in one step, or only count it."""
    caller.require_power("people")
    async with caller.runtime.database.transaction() as connection:
        giver = await _person(connection, caller, body.from_user, "/from_user")
        if body.dry_run:
            return {"items": await handover.preview(connection, caller.session, giver)}
        receiver = await _person(connection, caller, body.to_user or "", "/to_user", live=True)
        # Of somebody who still works here, or to oneself: that gives data, which managing people does not include.
        if receiver == caller.actor.user_id or await is_active(connection, caller.schema, giver):
            caller.require_power("roles")
        done = await handover.hand_over(connection, caller.session, handover.Handover(giver, receiver))
        target = {"from": body.from_user, "to": body.to_user}
        await write_audit(connection, caller.actor, "handover", target, done)
    return done


async def _person(connection: Connection, caller: Caller, key: str, place: str, *, live: bool = False) -> Any:
    """Somebody who is there; a leaver may be in the trash already."""
    found = parse_id(key)
    try:
        await person_of(connection, caller.session, key, include_deleted=not live)
    except NotFound as error:
        raise InvalidInput(problems=[FieldProblem(place, "unknown_holder")]) from error
    return found


@router.get("/organisation/handovers")
async def list_handovers(caller: CallerDep) -> dict[str, Any]:
    """Handovers, newest first."""
    caller.require_power("people")
    async with caller.runtime.database.reader() as connection:
        found = await handover.list_handovers(connection, caller.session)
        people = {
            f"user:{item[key]}" for item in found for key in ("actor_id", "from_user", "to_user") if item[key]
        }
        names = await principal_labels(connection, house_session(caller.session), people)
    for item in found:
        for key in ("actor_id", "from_user", "to_user"):
            item[key] = {"id": item[key], "label": names.get(f"user:{item[key]}")} if item[key] else None
    return {"handovers": found}


@router.post("/organisation/handovers/{handover_id}/undo")
async def undo_handover(handover_id: str, caller: CallerDep) -> dict[str, Any]:
    """Give back what is still the receiver's."""
    caller.require_power("people")
    found = parse_id(handover_id)
    if found is None:
        raise NotFound("unknown_handover", handover=handover_id)
    async with caller.runtime.database.transaction() as connection:
        done = await handover.undo(connection, caller.session, found)
        await write_audit(connection, caller.actor, "handover_undone", {"handover": handover_id}, done)
    return done
