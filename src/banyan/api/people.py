"""Routes of people's access: who can sign in, with which roles."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Response
from pydantic import BaseModel, ConfigDict
from pydantic import Field as Bound

from banyan.access import roles as access_roles
from banyan.access.facade import MEMBER, assign_roles, roles_of_users
from banyan.access.guard import require_over
from banyan.access.holders import touch_policies
from banyan.api.caller import Caller, CallerDep
from banyan.api.strict import StrictRoute
from banyan.audit.facade import write_audit
from banyan.identity import facade as identity
from banyan.kernel.errors import Conflict, FieldProblem, InvalidInput, NotFound
from banyan.kernel.ids import parse_id
from banyan.notifications.invitations import Invitation, invite_by_mail
from banyan.records.people import person_of

router = APIRouter(tags=["people"], route_class=StrictRoute)


class GiveAccess(BaseModel):
    """Roles the person will hold in person; none leaves the ones they hold."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    roles: tuple[str, ...] | None = Bound(default=None, max_length=50)


@router.get("/users/access")
async def people(caller: CallerDep) -> dict[str, Any]:
    """Who can sign in, and the roles they hold in person."""
    caller.require_power("people")
    async with caller.runtime.database.reader() as connection:
        credentials = await identity.people_with_access(connection, caller.schema)
        roles = await roles_of_users(connection, caller.schema)
    return {
        "people": [
            {"user_id": str(user_id), "email": name, "roles": roles.get(user_id, []), "state": state}
            for user_id, (name, state) in credentials.items()
        ]
    }


@router.post("/users/{user_id}/access")
async def give_access(user_id: str, body: Annotated[GiveAccess, Body()], caller: CallerDep) -> dict[str, Any]:
    """Let a person sign in: roles, and a one-time link to set a password: by mail, else shown only here."""
    caller.require_power("people")
    person = parse_id(user_id)
    async with caller.runtime.database.transaction() as connection:
        record = await person_of(connection, caller.session, user_id)
        if person is None or not record["email"]:
            raise InvalidInput(problems=[FieldProblem("/email", "required", {"field": "email"})])
        await require_over(connection, caller.session.policy, [person])
        await _change_roles(connection, caller, person, body)
        runtime, workspace = caller.runtime, caller.workspace
        token, expires = await identity.invite(
            connection, caller.schema, workspace.key, person, record["email"]
        )
        mine = await person_of(connection, caller.session, str(caller.actor.user_id))
        letter = Invitation(record["email"], record["name"], mine["name"], token)
        mailed = await invite_by_mail(
            connection, runtime.queue, runtime.vault, runtime.settings.public_url, workspace, letter
        )
        await write_audit(connection, caller.actor, "access_given", {"user": user_id}, {"roles": body.roles})
    link = None if mailed else f"/set-password?token={token}"
    return {"link": link, "mailed": mailed, "expires_at": expires.isoformat()}


async def _change_roles(connection: Any, caller: Caller, person: Any, body: GiveAccess) -> None:
    """Who may only manage people gives newcomers the ordinary role; every other change is for `roles`."""
    await touch_policies(connection, caller.schema)  # the turn, before anything is read
    held = (await roles_of_users(connection, caller.schema)).get(person, [])
    wanted = sorted(body.roles if body.roles is not None else held or [MEMBER])
    if wanted == held:
        return
    if wanted != [MEMBER] or held:
        await access_roles.require_givable(connection, caller.session.policy, {*wanted} ^ {*held})
    await assign_roles(connection, caller.schema, person, wanted)


@router.delete("/users/{user_id}/access", status_code=204)
async def end_access(user_id: str, caller: CallerDep) -> Response:
    """End a person's sign-in, sessions and tokens at once."""
    caller.require_power("people")
    person = parse_id(user_id)
    if person is None:
        raise NotFound("record_not_found", object="user", id=user_id)
    if person == caller.actor.user_id:
        raise Conflict("not_oneself")
    async with caller.runtime.database.transaction() as connection:
        await person_of(connection, caller.session, user_id, include_deleted=True)
        await require_over(connection, caller.session.policy, [person])
        await identity.end_access(connection, caller.schema, person)
        await access_roles.check_after_leaving(connection, caller.schema)
        await write_audit(connection, caller.actor, "access_ended", {"user": user_id}, {})
    return Response(status_code=204)
