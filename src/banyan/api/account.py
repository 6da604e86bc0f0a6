"""Routes of one's own account: password, sessions, second factors, passkeys, sign-in history."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict
from pydantic import Field as Bound

from banyan.api.caller import Caller, CallerDep
from banyan.api.entrance import Entrance, refuse
from banyan.api.strict import StrictRoute
from banyan.audit.facade import write_audit
from banyan.db.database import Connection
from banyan.identity import facade as identity
from banyan.identity import factors, history, passkeys, sessions, throttle
from banyan.identity.policy import security_policy
from banyan.kernel.errors import Denied, FieldProblem, InvalidInput, NotFound, NotSignedIn
from banyan.kernel.ids import parse_id
from banyan.notifications import mail
from banyan.notifications.letters import Letter

router = APIRouter(tags=["account"], route_class=StrictRoute)


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ChangePassword(_Body):
    current: str = Bound(max_length=1_000)
    password: str = Bound(max_length=1_000)


class Confirmed(_Body):
    """The caller's password once more: a session left open is not enough to change how one signs in."""

    password: str | None = Bound(default=None, max_length=1_000)


class Code(_Body):
    code: str = Bound(max_length=20)


class NewPasskey(_Body):
    ticket: str = Bound(max_length=200)
    name: str = Bound(min_length=1, max_length=80)
    credential: dict[str, Any]


class Name(_Body):
    name: str = Bound(min_length=1, max_length=80)


@router.get("/account/security")
async def security(caller: CallerDep) -> dict[str, Any]:
    """What protects the account, and what the workspace asks for."""
    me = person_of(caller)
    async with caller.runtime.database.reader() as connection:
        found = await factors.factors_of(connection, caller.schema, me)
        claim = await identity.claim_of(connection, caller.schema, me)
        return {
            "has_password": claim.password_hash is not None,
            "password_set_at": claim.password_set_at and claim.password_set_at.isoformat(),
            "totp": found.totp,
            "recovery_codes": found.recovery_codes,
            "passkeys": await passkeys.passkeys_of(connection, caller.schema, me),
            "policy": (await security_policy(connection, caller.schema)).model_dump(mode="json"),
        }


@router.get("/account/sessions")
async def my_sessions(caller: CallerDep) -> dict[str, Any]:
    """The caller's live sessions, this one first."""
    async with caller.runtime.database.reader() as connection:
        found = await sessions.sessions_of(connection, caller.schema, person_of(caller), caller.token)
    return {"sessions": found}


@router.delete("/account/sessions", status_code=204)
async def end_other_sessions(caller: CallerDep) -> Response:
    """End all of the caller's sessions but this one."""
    me = person_of(caller)
    async with caller.runtime.database.transaction() as connection:
        ended = await sessions.end_sessions(connection, caller.schema, me, except_token=caller.token)
        await write_audit(connection, caller.actor, "sessions_ended", {"user": str(me)}, {"count": ended})
    return Response(status_code=204)


@router.delete("/account/sessions/{session_id}", status_code=204)
async def end_session(session_id: str, caller: CallerDep) -> Response:
    """End one of the caller's sessions."""
    me, found = person_of(caller), parse_id(session_id)
    if found is None:
        raise NotFound("unknown_session")
    async with caller.runtime.database.transaction() as connection:
        await sessions.end_session(connection, caller.schema, me, found)
        await write_audit(connection, caller.actor, "session_ended", {"session": str(found)}, {})
    return Response(status_code=204)


@router.get("/account/sign-ins")
async def my_sign_ins(caller: CallerDep) -> dict[str, Any]:
    """The caller's sign-ins and failed attempts on the account, newest first, of the last half year."""
    async with caller.runtime.database.reader() as connection:
        return {"sign_ins": await history.history_of(connection, caller.schema, person_of(caller))}


@router.post("/account/password", status_code=204)
async def change_password(body: ChangePassword, request: Request, caller: CallerDep) -> Response:
    """Change the caller's password. Needs the current one; ends the other sessions."""
    me = person_of(caller)
    await _confirm(request, caller, body.current, "/current")
    async with caller.runtime.database.transaction() as connection:
        await identity.change_password(connection, caller.schema, me, body.password)
        await sessions.end_sessions(connection, caller.schema, me, except_token=caller.token)
        await write_audit(connection, caller.actor, "password_set", {"user": str(me)}, {"by": "self"})
        await _tell(connection, caller, me, "password_changed")
    return Response(status_code=204)


@router.post("/account/totp", status_code=201)
async def start_totp(body: Confirmed, request: Request, caller: CallerDep) -> dict[str, str]:
    """A secret for an authenticator; it counts once its first code is confirmed."""
    me = person_of(caller)
    claim = await _confirm(request, caller, body.password)
    name = claim.identity.sign_in if claim.identity else ""
    async with caller.runtime.database.transaction() as connection:
        secret, address = await factors.start_totp(
            connection, caller.schema, caller.runtime.vault, me, name, caller.workspace.name
        )
    return {"secret": secret, "uri": address}


@router.post("/account/totp/confirm")
async def confirm_totp(body: Code, request: Request, caller: CallerDep) -> dict[str, Any]:
    """Take the authenticator into use. Answers with recovery codes, shown only here."""
    me, vault = person_of(caller), caller.runtime.vault
    attempt = await Entrance(request, caller.runtime, caller.workspace).attempt(str(me), of="confirm totp ")
    async with caller.runtime.database.transaction() as connection:
        if not await factors.confirm_totp(connection, caller.schema, vault, me, body.code):
            raise InvalidInput(problems=[FieldProblem("/code", "second_factor_wrong")])
        await throttle.forget(connection, attempt)
        codes = await factors.new_recovery_codes(connection, caller.schema, me)
        await _changed(connection, caller, me, "totp_added")
    return {"recovery_codes": codes}


@router.post("/account/totp/remove", status_code=204)
async def remove_totp(body: Confirmed, request: Request, caller: CallerDep) -> Response:
    """Stop using the authenticator."""
    me = person_of(caller)
    await _confirm(request, caller, body.password)
    async with caller.runtime.database.transaction() as connection:
        await factors.remove_totp(connection, caller.schema, me)
        await _changed(connection, caller, me, "totp_removed")
    return Response(status_code=204)


@router.post("/account/recovery-codes", status_code=201)
async def new_recovery_codes(body: Confirmed, request: Request, caller: CallerDep) -> dict[str, Any]:
    """Ten fresh recovery codes, shown only here; earlier ones end."""
    me = person_of(caller)
    await _confirm(request, caller, body.password)
    async with caller.runtime.database.transaction() as connection:
        if not (await factors.factors_of(connection, caller.schema, me)).any:
            raise InvalidInput("no_second_factor")
        codes = await factors.new_recovery_codes(connection, caller.schema, me)
        await _changed(connection, caller, me, "recovery_codes_renewed")
    return {"recovery_codes": codes}


@router.post("/account/passkeys/options")
async def passkey_options(body: Confirmed, request: Request, caller: CallerDep) -> dict[str, Any]:
    """What the browser needs to make a passkey."""
    me, door = person_of(caller), Entrance(request, caller.runtime, caller.workspace)
    claim = await _confirm(request, caller, body.password)
    name = claim.identity.sign_in if claim.identity else ""
    async with caller.runtime.database.transaction() as connection:
        return await passkeys.start_registration(
            connection, caller.schema, caller.workspace.key, door.party, me, name
        )


@router.post("/account/passkeys", status_code=201)
async def add_passkey(body: NewPasskey, request: Request, caller: CallerDep) -> dict[str, Any]:
    """Keep the passkey the browser made. The first second factor also brings recovery codes."""
    me, door = person_of(caller), Entrance(request, caller.runtime, caller.workspace)
    async with caller.runtime.database.transaction() as connection:
        first = not (await factors.factors_of(connection, caller.schema, me)).any
        made = await passkeys.register(
            connection, caller.schema, door.party, me, body.ticket, body.credential, body.name
        )
        codes = await factors.new_recovery_codes(connection, caller.schema, me) if first else None
        await _changed(connection, caller, me, "passkey_added", name=body.name)
    return {"id": str(made), "recovery_codes": codes}


@router.patch("/account/passkeys/{passkey_id}", status_code=204)
async def rename_passkey(passkey_id: str, body: Name, caller: CallerDep) -> Response:
    """Call one of the caller's passkeys something else."""
    me = person_of(caller)
    async with caller.runtime.database.transaction() as connection:
        await passkeys.rename(connection, caller.schema, me, _factor(passkey_id), body.name)
    return Response(status_code=204)


@router.post("/account/passkeys/{passkey_id}/remove", status_code=204)
async def remove_passkey(passkey_id: str, body: Confirmed, request: Request, caller: CallerDep) -> Response:
    """Forget one of the caller's passkeys."""
    me = person_of(caller)
    await _confirm(request, caller, body.password)
    async with caller.runtime.database.transaction() as connection:
        await passkeys.remove(connection, caller.schema, me, _factor(passkey_id))
        await _changed(connection, caller, me, "passkey_removed")
    return Response(status_code=204)


def person_of(caller: Caller) -> UUID:
    """The person behind the caller; only their own sign-in may change how they sign in."""
    if caller.actor.user_id is None or caller.actor.kind != "user" or caller.actor.real_user_id is not None:
        raise Denied("only_in_person")
    return caller.actor.user_id


def _factor(text: str) -> UUID:
    found = parse_id(text)
    if found is None:
        raise NotFound("unknown_factor")
    return found


async def _confirm(
    request: Request, caller: Caller, password: str | None, pointer: str = "/password"
) -> identity.Claim:
    """Have the caller's password said once more. Whoever has none here signs in elsewhere and is not asked."""
    me, door = person_of(caller), Entrance(request, caller.runtime, caller.workspace)
    async with caller.runtime.database.reader() as connection:
        claim = await identity.claim_of(connection, caller.schema, me)
    if claim.password_hash is None:
        return claim
    if not password:
        raise InvalidInput(problems=[FieldProblem(pointer, "required", {"field": pointer[1:]})])
    attempt = await door.attempt(claim.identity.sign_in if claim.identity else "", of="confirm ")
    try:
        await identity.verify(claim, password)
    except NotSignedIn:
        await refuse(door, me, "confirm", "wrong_password")
        raise InvalidInput(problems=[FieldProblem(pointer, "wrong_password")]) from None
    async with caller.runtime.database.transaction() as connection:
        await throttle.forget(connection, attempt)
    return claim


async def _changed(connection: Connection, caller: Caller, me: UUID, action: str, **detail: Any) -> None:
    await write_audit(connection, caller.actor, action, {"user": str(me)}, detail)
    await _tell(connection, caller, me, "factors_changed")


async def _tell(connection: Connection, caller: Caller, me: UUID, template: str) -> None:
    """Tell the person by mail what was done with their sign-in: somebody else may have done it."""
    claim = await identity.claim_of(connection, caller.schema, me)
    if claim.identity is not None:
        values = {"organisation": caller.workspace.name}
        letter = Letter(template, claim.identity.sign_in, claim.identity.language, values)
        await mail.post(connection, caller.runtime.queue, caller.runtime.vault, caller.schema, letter)
