"""Routes of sandboxes: make, enter, leave, bring back, throw away."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict
from pydantic import Field as Bound

from banyan.api.account import person_of
from banyan.api.caller import COOKIE, HOME_COOKIE, Caller, CallerDep
from banyan.api.configuration import told
from banyan.api.strict import StrictRoute
from banyan.audit.facade import write_audit
from banyan.db import control
from banyan.identity import facade as identity
from banyan.identity import sessions
from banyan.kernel.errors import Conflict, NotFound
from banyan.sandbox.facade import MOST_ROWS, Sandboxes
from banyan.workspaces import Workspace

router = APIRouter(prefix="/sandboxes", tags=["metadata"], route_class=StrictRoute)


class NewSandbox(BaseModel):
    """`rows`: masked sample records of each object; 0 copies the configuration alone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Bound(min_length=1, max_length=80)
    rows: int = Bound(default=0, ge=0, le=MOST_ROWS)


class BringBack(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    prune: bool = False


def _sandboxes(caller: Caller) -> Sandboxes:
    runtime = caller.runtime
    return Sandboxes(runtime.database, runtime.targets, runtime.changes, runtime.bus)


def _shown(space: Workspace) -> dict[str, Any]:
    return {"key": space.key, "name": space.name}


@router.get("")
async def list_sandboxes(caller: CallerDep) -> dict[str, Any]:
    """Sandboxes of this workspace (power `configure`)."""
    caller.require_power("configure")
    boxes = _sandboxes(caller)
    found = await boxes.list(caller.workspace.key)
    mine = await boxes.open_to(found, await _sign_in(caller))
    return {"sandboxes": [{**_shown(space), "enterable": space.key in mine} for space in found]}


async def _sign_in(caller: Caller) -> str:
    """What the caller signs in with; nothing for whoever has no access of their own."""
    async with caller.runtime.database.reader() as connection:
        known = await identity.people_with_access(connection, caller.schema)
    return known[caller.actor.user_id][0] if caller.actor.user_id in known else ""


@router.post("", status_code=201)
async def make(body: NewSandbox, caller: CallerDep) -> dict[str, Any]:
    """Copy this workspace's configuration, with masked sample records if asked."""
    caller.require_power("configure")
    if caller.workspace.key.find("_s") > 0 and await _is_sandbox(caller):
        raise Conflict("sandbox_of_sandbox")
    return _shown(await _sandboxes(caller).make(caller.session, caller.workspace, body.name, body.rows))


async def _is_sandbox(caller: Caller) -> bool:
    async with caller.runtime.database.reader() as connection:
        return await control.sandbox_parent(connection, caller.workspace.key) is not None


@router.get("/{key}/difference")
async def difference(key: str, caller: CallerDep, prune: bool = False) -> dict[str, Any]:
    """What was changed in the sandbox, as operations on this workspace."""
    caller.require_power("configure")
    found = await _sandboxes(caller).changed(caller.workspace, key, prune=prune)
    return told(found, caller.actor.language)


@router.post("/{key}/bring-back", status_code=201)
async def bring_back(key: str, body: BringBack, caller: CallerDep) -> dict[str, Any]:
    """A draft change set here with what was changed there."""
    caller.require_power("configure")
    draft = await _sandboxes(caller).bring_back(caller.actor, caller.workspace, key, prune=body.prune)
    return {"change_set": str(draft.id), "operations": len(draft.operations)}


@router.post("/{key}/enter", status_code=201)
async def enter(key: str, request: Request, caller: CallerDep) -> Response:
    """Go into a sandbox as oneself; the session of home is kept for the way back."""
    caller.require_power("configure")
    person_of(caller)  # A token's rights are narrower than those of a session there.
    boxes, runtime = _sandboxes(caller), caller.runtime
    space = await boxes.find(caller.workspace, key)
    sign_in = await _sign_in(caller)
    async with runtime.database.transaction() as connection:
        user = await boxes.maker_in(connection, space, sign_in)
        opened = await sessions.open_session(
            connection, space.schema, space.key, user, caller.actor.origin, "sandbox"
        )
        await write_audit(connection, caller.actor, "sandbox_entered", {"sandbox": key}, {})
    response = JSONResponse({**_shown(space), "token": opened.token}, status_code=201)
    _set(response, request, COOKIE, opened.token, opened.lasts_s)
    _set(response, request, HOME_COOKIE, caller.token, opened.lasts_s)
    return response


@router.post("/leave")
async def leave(request: Request, caller: CallerDep) -> Response:
    """Back to the workspace one came from."""
    home = await session_of_home(request, caller)
    if home is None:
        raise NotFound("unknown_sandbox", key=caller.workspace.key)
    async with caller.runtime.database.transaction() as connection:
        await sessions.close_session(connection, caller.schema, caller.token)
    response = JSONResponse({"left": caller.workspace.key})
    _set(response, request, COOKIE, home, 12 * 3600)
    response.delete_cookie(HOME_COOKIE, path="/")
    return response


async def session_of_home(request: Request, caller: Caller) -> str | None:
    """The session of the workspace that the sandbox is of; what else the cookie may hold is nobody's way home."""
    token = request.cookies.get(HOME_COOKIE)
    if not token:
        return None
    async with caller.runtime.database.reader() as connection:
        parent = await control.sandbox_parent(connection, caller.workspace.key)
    return token if parent is not None and token.partition(".")[0] == parent else None


@router.delete("/{key}", status_code=204)
async def remove(key: str, caller: CallerDep) -> Response:
    """Throw a sandbox away with everything in it."""
    caller.require_power("configure")
    await _sandboxes(caller).remove(caller.actor, caller.workspace, key)
    caller.runtime.forget_workspace(key)
    return Response(status_code=204)


def _set(response: Response, request: Request, name: str, value: str, lasts: int) -> None:
    secure = request.url.scheme == "https"
    response.set_cookie(name, value, max_age=lasts, httponly=True, samesite="lax", secure=secure, path="/")
