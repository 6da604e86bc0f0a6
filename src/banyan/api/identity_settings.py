"""Routes of a workspace's sign-in settings, and of what administrators do about people's sign-in."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field as Bound

from banyan.access.guard import require_over
from banyan.api.account import person_of
from banyan.api.caller import Caller, CallerDep
from banyan.api.strict import StrictRoute
from banyan.audit.facade import write_audit
from banyan.identity import facade as identity
from banyan.identity import factors, history, sessions
from banyan.identity.policy import SecurityPolicy, change_policy, security_policy
from banyan.kernel.errors import Conflict, Denied, InvalidInput, NotFound
from banyan.kernel.ids import parse_id
from banyan.notifications import mail
from banyan.notifications.letters import Letter

router = APIRouter(tags=["security"], route_class=StrictRoute)


class MailBody(mail.MailSettings):
    """The settings with the password, which is written and never read back; without one the kept one stays."""

    password: str | None = Bound(default=None, max_length=1_000)


@router.get("/security/policy")
async def policy(caller: CallerDep) -> dict[str, Any]:
    """What the workspace asks of passwords, sessions and second factors."""
    caller.require_power("security")
    async with caller.runtime.database.reader() as connection:
        return (await security_policy(connection, caller.schema)).model_dump(mode="json")


@router.put("/security/policy")
async def set_policy(body: SecurityPolicy, caller: CallerDep) -> dict[str, Any]:
    """Change it; open sessions are held to it at once. Whoever asks for a second factor has one."""
    caller.require_power("security")
    async with caller.runtime.database.transaction() as connection:
        before = await security_policy(connection, caller.schema)
        if body.require_second_factor and not before.require_second_factor:
            mine = await factors.factors_of(connection, caller.schema, person_of(caller))
            if not mine.any:
                raise Conflict("second_factor_first")
        await change_policy(connection, caller.schema, body)
        then, now = before.model_dump(mode="json"), body.model_dump(mode="json")
        changed = {key: [then[key], now[key]] for key in now if then[key] != now[key]}
        await write_audit(connection, caller.actor, "security_policy_changed", {}, {"changed": changed})
    return now


@router.get("/security/mail")
async def mail_settings(caller: CallerDep) -> dict[str, Any]:
    """Outgoing mail, without its password; `public_url` is what links in mails begin with."""
    caller.require_power("security")
    async with caller.runtime.database.reader() as connection:
        found = await mail.read_settings(connection, caller.schema)
    document = None if found is None else {**found[0].model_dump(mode="json"), "has_password": found[1]}
    return {"mail": document, "public_url": caller.runtime.settings.public_url}


@router.put("/security/mail", status_code=204)
async def set_mail(body: MailBody, caller: CallerDep) -> Response:
    """Change the mail server."""
    caller.require_power("security")
    wanted = mail.MailSettings.model_validate(body.model_dump(exclude={"password"}))
    async with caller.runtime.database.transaction() as connection:
        await mail.change_settings(connection, caller.schema, caller.runtime.vault, wanted, body.password)
        detail = {"host": wanted.host, "port": wanted.port, "private": wanted.allow_private}
        await write_audit(connection, caller.actor, "mail_changed", {}, detail)
    return Response(status_code=204)


@router.delete("/security/mail", status_code=204)
async def remove_mail(caller: CallerDep) -> Response:
    """Send no mail any more; one-time links are shown to administrators again."""
    caller.require_power("security")
    async with caller.runtime.database.transaction() as connection:
        await mail.remove_settings(connection, caller.schema)
        await write_audit(connection, caller.actor, "mail_removed", {}, {})
    return Response(status_code=204)


@router.post("/security/mail/test", status_code=204)
async def test_mail(caller: CallerDep) -> Response:
    """Send a message to the caller now, and say what the server says."""
    caller.require_power("security")
    async with caller.runtime.database.reader() as connection:
        claim = await identity.claim_of(connection, caller.schema, person_of(caller))
        ready = await mail.is_ready(connection, caller.schema)
    if not ready or claim.identity is None:
        raise InvalidInput("mail_not_set_up")
    letter = Letter(
        "test", claim.identity.sign_in, caller.actor.language, {"organisation": caller.workspace.name}
    )
    await mail.Mailer(caller.runtime.database, caller.runtime.vault).send(caller.schema, letter)
    return Response(status_code=204)


@router.get("/users/{user_id}/sessions")
async def sessions_of_person(user_id: str, caller: CallerDep) -> dict[str, Any]:
    """A person's live sessions."""
    person = await _person(caller, user_id)
    async with caller.runtime.database.reader() as connection:
        return {"sessions": await sessions.sessions_of(connection, caller.schema, person, caller.token)}


@router.get("/users/{user_id}/sign-ins")
async def sign_ins_of_person(user_id: str, caller: CallerDep) -> dict[str, Any]:
    """A person's sign-ins and failed attempts of the last half year."""
    person = await _person(caller, user_id)
    async with caller.runtime.database.reader() as connection:
        return {"sign_ins": await history.history_of(connection, caller.schema, person)}


@router.delete("/users/{user_id}/sessions", status_code=204)
async def end_sessions_of_person(user_id: str, caller: CallerDep) -> Response:
    """End every session of a person; they may sign in again."""
    person = await _person(caller, user_id)
    async with caller.runtime.database.transaction() as connection:
        await require_over(connection, caller.session.policy, [person])
        ended = await sessions.end_sessions(connection, caller.schema, person, except_token=caller.token)
        await write_audit(connection, caller.actor, "sessions_ended", {"user": user_id}, {"count": ended})
    return Response(status_code=204)


@router.delete("/users/{user_id}/second-factors", status_code=204)
async def remove_factors_of_person(user_id: str, caller: CallerDep) -> Response:
    """For somebody who lost every device: remove authenticator, passkeys and recovery codes, end the sessions."""
    caller.require_power("security")
    person = await _person(caller, user_id)
    if person == caller.actor.user_id:
        raise Conflict("not_oneself")
    async with caller.runtime.database.transaction() as connection:
        await require_over(connection, caller.session.policy, [person])
        await factors.remove_all(connection, caller.schema, person)
        await sessions.end_sessions(connection, caller.schema, person)
        await write_audit(connection, caller.actor, "second_factors_removed", {"user": user_id}, {})
    return Response(status_code=204)


async def _person(caller: Caller, user_id: str) -> UUID:
    """Somebody who can sign in, for holders of `security` or `people`."""
    if not caller.session.policy.has("people") and not caller.session.policy.has("security"):
        raise Denied("power_needed", power="people")
    person = parse_id(user_id)
    async with caller.runtime.database.reader() as connection:
        known = person is not None and await identity.is_known(connection, caller.schema, person)
    if person is None or not known:
        raise NotFound("record_not_found", object="user", id=user_id)
    return person
