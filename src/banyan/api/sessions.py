"""Routes of set-up and sign-in: password, second factor, passkey; links to set a password."""

from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict
from pydantic import Field as Bound

from banyan.access.facade import FIRST_ROLES, assign_roles, load_policy
from banyan.api.caller import COOKIE, HOME_COOKIE, Caller, CallerDep, RuntimeDep
from banyan.api.entrance import (
    SECOND_FACTOR,
    Entrance,
    Proved,
    enter,
    entrance_of,
    finish,
    go_on,
    new_device,
    refuse,
    signed_in,
    with_cookies,
)
from banyan.api.identity_providers import prove_in_directory
from banyan.api.sandboxes import session_of_home
from banyan.api.strict import StrictRoute
from banyan.audit.facade import write_audit
from banyan.db.database import Connection
from banyan.identity import facade as identity
from banyan.identity import factors, passkeys, sessions, tickets
from banyan.identity.secrets import check_password
from banyan.kernel.actor import system_actor
from banyan.kernel.errors import Conflict, Denied, InvalidInput, NotFound, NotSignedIn
from banyan.notifications import password_reset
from banyan.records.commands import Commands
from banyan.records.session import Session
from banyan.setup.demo import SMALL, load_demo
from banyan.workspaces import DEFAULT_KEY, complete_set_up

router = APIRouter(tags=["sessions"], route_class=StrictRoute)
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
    """`provider` names a directory that knows the password; without it the password is our own."""

    email: str = Bound(max_length=254)
    password: str = Bound(max_length=1_000)
    provider: str | None = Bound(default=None, max_length=40)


class PasskeyAnswer(_Body):
    """What the browser's authenticator answered to the challenge of `ticket`."""

    ticket: str = Bound(max_length=200)
    credential: dict[str, Any]


class SecondFactor(_Body):
    """The second step: exactly one of a code, a recovery code and a passkey."""

    ticket: str = Bound(max_length=200)
    code: str | None = Bound(default=None, max_length=20)
    recovery_code: str | None = Bound(default=None, max_length=60)
    passkey: PasskeyAnswer | None = None


class PasskeyOptions(_Body):
    ticket: str | None = Bound(default=None, max_length=200)


class ForgottenPassword(_Body):
    email: str = Bound(min_length=1, max_length=254)


class SetPassword(_Body):
    token: str = Bound(max_length=200)
    password: str = Bound(max_length=1_000)


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
        await assign_roles(connection, workspace.schema, person.id, FIRST_ROLES)
        if body.sample == "small":
            await load_demo(connection, session, runtime.bus, SMALL, owner=person.id)
        door = Entrance(request, runtime, workspace)
        who = identity.Identity(person.id, body.email.strip().lower(), body.language, "active")
        device = new_device()
        opened = await enter(door, connection, who, "setup", device)
        document = await signed_in(connection, runtime, workspace, person.id, body.language)
    runtime.forget_workspace(DEFAULT_KEY)
    return with_cookies(document, opened, device, request)


@router.post("/sessions", status_code=201)
async def sign_in(body: SignIn, request: Request, runtime: RuntimeDep) -> Response:
    """Sign in with e-mail and password. 202 with a ticket where the person has a second factor."""
    door, name = await entrance_of(request, runtime), body.email.strip().lower()
    attempt = await door.attempt(name)
    if body.provider is not None:
        return await go_on(door, await prove_in_directory(door, body.provider, name, body.password), attempt)
    async with runtime.database.reader() as connection:
        claim = await identity.find_claim(connection, door.schema, name)
    # No connection is held while the password is verified: it is slow on purpose.
    try:
        found = await identity.verify(claim, body.password)
    except NotSignedIn as error:
        whose = claim.identity.user_id if claim.identity else None
        raise await refuse(door, whose, "password", error.code) from None
    return await go_on(door, Proved(found, "password", claim.password_set_at), attempt)


@router.post("/sessions/second-factor", status_code=201)
async def second_factor(body: SecondFactor, request: Request, runtime: RuntimeDep) -> Response:
    """Finish a sign-in. A ticket has five attempts within ten minutes."""
    door = await entrance_of(request, runtime)
    async with runtime.database.transaction() as connection:
        ticket = await tickets.attempt(connection, door.schema, SECOND_FACTOR, body.ticket)
    if ticket is None or ticket.user_id is None:
        raise NotSignedIn("ticket_spent")
    attempt = await door.attempt(ticket.data["name"], of="second factor ")
    method = await _verify_second(door, ticket.user_id, body)
    if method is None:
        raise await refuse(door, ticket.user_id, "second_factor", "second_factor_wrong")
    async with runtime.database.transaction() as connection:
        spent = await tickets.spend(connection, door.schema, SECOND_FACTOR, body.ticket)
        claim = await identity.claim_of(connection, door.schema, ticket.user_id)
    if spent is None or claim.identity is None:
        raise NotSignedIn("ticket_spent")
    return await finish(door, claim.identity, method, attempt, aged=bool(ticket.data["aged"]))


async def _verify_second(door: Entrance, user_id: UUID, body: SecondFactor) -> str | None:
    """The way that proved it, or None. What is used up stays used up, whatever follows."""
    database, schema = door.runtime.database, door.schema
    challenge = None
    if body.passkey is not None:
        async with database.transaction() as connection:
            challenge = await tickets.spend(connection, schema, passkeys.SIGN_IN, body.passkey.ticket)
    async with database.transaction() as connection:
        if body.code is not None:
            right = await factors.verify_totp(connection, schema, door.runtime.vault, user_id, body.code)
            return "totp" if right else None
        if body.recovery_code is not None:
            right = await factors.spend_recovery_code(connection, schema, user_id, body.recovery_code)
            return "recovery" if right else None
        if challenge is None or body.passkey is None or challenge.user_id != user_id:
            return None
        try:
            await passkeys.verify(connection, schema, door.party, challenge, body.passkey.credential)
        except NotSignedIn:
            return None
    return "passkey"


@router.post("/sessions/passkey-options")
async def passkey_options(body: PasskeyOptions, request: Request, runtime: RuntimeDep) -> dict[str, Any]:
    """A challenge: for any passkey, or (with the ticket of a first step) for that person's."""
    door, user_id = await entrance_of(request, runtime), None
    async with runtime.database.transaction() as connection:
        if body.ticket is not None:
            ticket = await tickets.look(connection, door.schema, SECOND_FACTOR, body.ticket)
            if ticket is None:
                raise NotSignedIn("ticket_spent")
            user_id = ticket.user_id
        return await passkeys.start_sign_in(connection, door.schema, door.workspace.key, door.party, user_id)


@router.post("/sessions/passkey", status_code=201)
async def passkey_sign_in(body: PasskeyAnswer, request: Request, runtime: RuntimeDep) -> Response:
    """Sign in with a passkey alone: it is something one has, unlocked by something one is or knows."""
    door = await entrance_of(request, runtime)
    async with runtime.database.transaction() as connection:
        challenge = await tickets.spend(connection, door.schema, passkeys.SIGN_IN, body.ticket)
    if challenge is None:
        raise NotSignedIn("ticket_spent")
    async with runtime.database.transaction() as connection:
        user_id = await passkeys.verify(connection, door.schema, door.party, challenge, body.credential)
        claim = await identity.claim_of(connection, door.schema, user_id)
    if claim.identity is None:
        raise NotSignedIn("passkey_refused")
    return await finish(door, claim.identity, "passkey", None)


@router.get("/sessions/current")
async def current_session(caller: CallerDep) -> dict[str, Any]:
    """Who is signed in."""
    async with caller.runtime.database.reader() as connection:
        return await _current(connection, caller, caller.actor.language)


@router.delete("/sessions/current", status_code=204)
async def sign_out(request: Request, caller: CallerDep) -> Response:
    """End this session. The browser's cookie goes only when it was the cookie that asked."""
    home = await session_of_home(request, caller)
    async with caller.runtime.database.transaction() as connection:
        await sessions.close_session(connection, caller.schema, caller.token)
        if home is not None:  # From a sandbox one signs out of where one came from too.
            parent = await caller.runtime.workspace(home.partition(".")[0])
            await sessions.close_session(connection, parent.schema, home)
        await write_audit(
            connection, caller.actor, "signed_out", {"session": caller.actor.origin.session}, {}
        )
    response = Response(status_code=204)
    if "authorization" not in request.headers:
        response.delete_cookie(HOME_COOKIE)
        response.delete_cookie(COOKIE)
    return response


@router.patch("/sessions/current/user")
async def set_preferences(body: Preferences, caller: CallerDep) -> dict[str, Any]:
    """The caller's own language."""
    async with caller.runtime.database.transaction() as connection:
        await identity.set_language(connection, caller.schema, _me(caller), body.language)
        document = await _current(connection, caller, body.language)
    user: dict[str, Any] = document["user"]
    return user


@router.post("/set-password", status_code=204)
async def set_password(body: SetPassword, request: Request, runtime: RuntimeDep) -> Response:
    """Choose a password with a one-time link. The person's sessions end."""
    try:
        workspace = await runtime.workspace(body.token.partition(".")[0])
    except NotFound as error:
        raise InvalidInput("link_spent") from error
    async with runtime.database.transaction() as connection:
        user_id = await identity.set_password(connection, workspace.schema, body.token, body.password)
        actor = Entrance(request, runtime, workspace).actor(user_id)
        await write_audit(connection, actor, "password_set", {"user": str(user_id)}, {"by": "link"})
    return Response(status_code=204)


@router.post("/password-reset", status_code=202)
async def forgotten_password(
    body: ForgottenPassword, request: Request, runtime: RuntimeDep
) -> dict[str, bool]:
    """Ask for a link by mail. Known and unknown names get the same answer after the same work."""
    door, name = await entrance_of(request, runtime), body.email.strip().lower()
    await door.attempt(name, of="password reset ")
    async with runtime.database.transaction() as connection:
        await password_reset.request(connection, runtime.queue, runtime.vault, door.workspace.key, name)
    return {"accepted": True}


async def _current(connection: Connection, caller: Caller, language: str) -> dict[str, Any]:
    withheld = await sessions.withholds_powers(connection, caller.schema, caller.token)
    return await signed_in(
        connection,
        caller.runtime,
        caller.workspace,
        _me(caller),
        language,
        powers_withheld=withheld,
        seeing=caller.actor.read_only,
    )


def _me(caller: Caller) -> Any:
    if caller.actor.user_id is None:
        raise NotSignedIn
    return caller.actor.user_id
