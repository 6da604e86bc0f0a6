"""Routes of set-up, sign-in and access of people."""

from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Body, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict
from pydantic import Field as Bound

from banyan.access.facade import ADMINISTRATOR, MEMBER, assign_role, load_policy, role_of, roles_of_users
from banyan.api.caller import COOKIE, Caller, CallerDep, RuntimeDep
from banyan.api.runtime import Runtime
from banyan.api.strict import StrictRoute
from banyan.db.database import Connection
from banyan.identity import facade as identity
from banyan.identity.secrets import check_password
from banyan.kernel.actor import Actor, system_actor
from banyan.kernel.errors import Conflict, Denied, FieldProblem, InvalidInput, NotFound, NotSignedIn
from banyan.kernel.ids import parse_id
from banyan.records import queries
from banyan.records.commands import Commands
from banyan.records.session import Session
from banyan.setup.demo import SMALL, load_demo
from banyan.workspaces import DEFAULT_KEY, Workspace, complete_set_up

router = APIRouter(tags=["sessions"], route_class=StrictRoute)
_COOKIE_AGE_S = identity.SESSION_DAYS * 24 * 3600
Language = Literal["zh-CN", "en"]


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SetUp(_Body):
    token: str = Bound(max_length=200)
    organisation: str = Bound(min_length=1, max_length=120)
    language: Language = "zh-CN"
    currency: str = Bound(default="CNY", pattern="^[A-Z]{3}$")
    name: str = Bound(min_length=1, max_length=80)
    email: str = Bound(min_length=3, max_length=254)
    password: str = Bound(max_length=1_000)
    sample: Literal["none", "small"] = "none"


class SignIn(_Body):
    email: str = Bound(max_length=254)
    password: str = Bound(max_length=1_000)


class SetPassword(_Body):
    token: str = Bound(max_length=200)
    password: str = Bound(max_length=1_000)


class GiveAccess(_Body):
    role: Literal["administrator", "member"] = "member"


class Preferences(_Body):
    language: Language


@router.get("/setup")
async def set_up_state(runtime: RuntimeDep) -> dict[str, bool]:
    """Whether the installation still waits for its first administrator."""
    return {"needed": not (await runtime.workspace(DEFAULT_KEY)).is_set_up}


@router.post("/setup", status_code=201)
async def set_up(body: SetUp, request: Request, runtime: RuntimeDep) -> Response:
    """Name the organisation, make its first administrator, sign in. The token was printed at start."""
    check_password(body.password, body.name, body.email)
    before = await runtime.workspace(DEFAULT_KEY)
    if before.is_set_up:
        raise Conflict("already_set_up")
    catalog = await runtime.catalogs.refresh(before.schema)
    async with runtime.database.transaction() as connection:
        workspace = await complete_set_up(
            connection,
            DEFAULT_KEY,
            token=body.token,
            name=body.organisation,
            language=body.language,
            currency=body.currency,
        )
        if workspace is None:
            raise Denied("setup_token_wrong")
        actor = system_actor(workspace.schema, body.language)
        session = Session(actor, await load_policy(connection, actor), catalog, body.currency)
        commands = Commands(connection, session, runtime.bus)
        (person,) = await commands.create(catalog.object("user"), [{"name": body.name, "email": body.email}])
        await identity.create_credential(
            connection,
            workspace.schema,
            person.id,
            body.email,
            password=body.password,
            language=body.language,
        )
        await assign_role(connection, workspace.schema, person.id, ADMINISTRATOR)
        if body.sample == "small":
            await load_demo(connection, session, runtime.bus, SMALL, owner=person.id)
        token = await _open(connection, workspace, person.id, request)
        document = await _signed_in(connection, runtime, workspace, person.id, body.language)
    runtime.forget_workspace(DEFAULT_KEY)
    return _with_cookie(document, token, request)


@router.post("/sessions", status_code=201)
async def sign_in(body: SignIn, request: Request, runtime: RuntimeDep) -> Response:
    """Sign in with e-mail and password."""
    address, name = _address(request), body.email.strip().lower()
    runtime.throttle.check(address, name)
    workspace = await runtime.workspace(DEFAULT_KEY)
    async with runtime.database.reader() as connection:
        claim = await identity.find_claim(connection, workspace.schema, name)
    # No connection is held while the password is verified: it is slow on purpose.
    found = await identity.verify(claim, body.password)
    runtime.throttle.succeeded(address, name)
    async with runtime.database.transaction() as connection:
        token = await _open(connection, workspace, found.user_id, request)
        document = await _signed_in(connection, runtime, workspace, found.user_id, found.language)
    return _with_cookie(document, token, request)


@router.get("/sessions/current")
async def current_session(caller: CallerDep) -> dict[str, Any]:
    """Who is signed in."""
    actor = caller.actor
    async with caller.runtime.database.reader() as connection:
        return await _signed_in(connection, caller.runtime, caller.workspace, actor.user_id, actor.language)


@router.delete("/sessions/current", status_code=204)
async def sign_out(caller: CallerDep) -> Response:
    """End this session."""
    async with caller.runtime.database.transaction() as connection:
        await identity.close_session(connection, caller.schema, caller.token)
    response = Response(status_code=204)
    response.delete_cookie(COOKIE)
    return response


@router.patch("/sessions/current/user")
async def set_preferences(body: Preferences, caller: CallerDep) -> dict[str, Any]:
    """The caller's own language."""
    actor = caller.actor
    async with caller.runtime.database.transaction() as connection:
        await identity.set_language(connection, caller.schema, _me(caller), body.language)
        document = await _signed_in(
            connection, caller.runtime, caller.workspace, actor.user_id, body.language
        )
    user: dict[str, Any] = document["user"]
    return user


@router.post("/set-password", status_code=204)
async def set_password(body: SetPassword, runtime: RuntimeDep) -> Response:
    """Choose a password with a one-time link."""
    try:
        workspace = await runtime.workspace(body.token.partition(".")[0])
    except NotFound as error:
        raise InvalidInput("link_spent") from error
    async with runtime.database.transaction() as connection:
        await identity.set_password(connection, workspace.schema, body.token, body.password)
    return Response(status_code=204)


@router.get("/users/access")
async def people(caller: CallerDep) -> dict[str, Any]:
    """Who can sign in, in which role (administrators)."""
    caller.require_administrator()
    async with caller.runtime.database.reader() as connection:
        credentials = await identity.people_with_access(connection, caller.schema)
        roles = await roles_of_users(connection, caller.schema)
    return {
        "people": [
            {"user_id": str(user_id), "email": name, "role": roles.get(user_id, MEMBER), "state": state}
            for user_id, (name, state) in credentials.items()
        ]
    }


@router.post("/users/{user_id}/access")
async def give_access(user_id: str, body: Annotated[GiveAccess, Body()], caller: CallerDep) -> dict[str, Any]:
    """Give a person a role and a one-time link to set a password; the link is shown only here."""
    caller.require_administrator()
    person = parse_id(user_id)
    async with caller.runtime.database.transaction() as connection:
        record = orjson.loads(
            await queries.read_record(connection, caller.session, caller.object("user"), user_id)
        )
        if person is None or not record["email"]:
            raise InvalidInput(problems=[FieldProblem("/email", "required", {"field": "email"})])
        await assign_role(connection, caller.schema, person, body.role)
        token, expires = await identity.invite(
            connection, caller.schema, caller.workspace.key, person, record["email"]
        )
    return {"link": f"/set-password?token={token}", "expires_at": expires.isoformat()}


@router.delete("/users/{user_id}/access", status_code=204)
async def end_access(user_id: str, caller: CallerDep) -> Response:
    """End a person's sign-in and sessions at once."""
    caller.require_administrator()
    person = parse_id(user_id)
    if person is None:
        raise NotFound("record_not_found", object="user", id=user_id)
    if person == caller.actor.user_id:
        raise Conflict("not_oneself")
    async with caller.runtime.database.transaction() as connection:
        people = caller.object("user")
        await queries.read_record(connection, caller.session, people, person, include_deleted=True)
        await identity.end_access(connection, caller.schema, person)
    return Response(status_code=204)


def _me(caller: Caller) -> Any:
    if caller.actor.user_id is None:
        raise NotSignedIn
    return caller.actor.user_id


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


async def _open(connection: Connection, workspace: Workspace, user_id: Any, request: Request) -> str:
    return await identity.open_session(
        connection,
        workspace.schema,
        workspace.key,
        user_id,
        address=_address(request) or None,
        client=request.headers.get("user-agent"),
    )


async def _signed_in(
    connection: Connection, runtime: Runtime, workspace: Workspace, user_id: Any, language: str
) -> dict[str, Any]:
    catalog = await runtime.catalogs.current(workspace.schema)
    actor = Actor(user_id, workspace.schema, language)
    role = await role_of(connection, workspace.schema, user_id) or MEMBER
    session = Session(actor, await load_policy(connection, actor), catalog, workspace.currency)
    record = orjson.loads(await queries.read_record(connection, session, catalog.object("user"), user_id))
    return {
        "user": {
            "id": str(user_id),
            "name": record["name"],
            "email": record["email"],
            "role": role,
            "language": language,
        },
        "workspace": {
            "id": str(workspace.id),
            "name": workspace.name,
            "language": workspace.language,
            "currency": workspace.currency,
        },
    }


def _with_cookie(document: dict[str, Any], token: str, request: Request) -> Response:
    response = JSONResponse({**document, "token": token}, status_code=201)
    response.set_cookie(
        COOKIE,
        token,
        max_age=_COOKIE_AGE_S,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
        path="/",
    )
    return response
