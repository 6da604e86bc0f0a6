"""What every way in shares: the counted attempt, the second step, the session at the end, its cookies."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from banyan.access.facade import load_policy
from banyan.api.caller import COOKIE, origin_of
from banyan.api.runtime import Runtime
from banyan.audit.facade import write_audit
from banyan.db.database import Connection
from banyan.identity import facade as identity
from banyan.identity import history, sessions, throttle, tickets
from banyan.identity.factors import factors_of
from banyan.identity.passkeys import Party
from banyan.identity.policy import security_policy
from banyan.kernel.actor import Actor
from banyan.kernel.errors import Denied, NotSignedIn
from banyan.notifications import mail
from banyan.notifications.letters import Letter
from banyan.records.people import person_of
from banyan.records.session import Session
from banyan.workspaces import DEFAULT_KEY, Workspace

DEVICE_COOKIE = "banyan_device"
SECOND_FACTOR = "second_factor"
_DEVICE_LASTS_S = 400 * 24 * 3600


@dataclass(frozen=True)
class Entrance:
    """One request at the door of a workspace."""

    request: Request
    runtime: Runtime
    workspace: Workspace

    @property
    def schema(self) -> str:
        return self.workspace.schema

    @property
    def device(self) -> str | None:
        """The random mark this browser was given at an earlier sign-in."""
        return self.request.cookies.get(DEVICE_COOKIE)

    def actor(self, user_id: UUID | None, language: str = "zh-CN") -> Actor:
        return Actor(user_id, self.schema, language, origin=origin_of(self.request))

    @property
    def party(self) -> Party:
        """Whom passkeys are for: the configured address, else the host the request names."""
        url = self.runtime.settings.public_url or str(self.request.base_url)
        parts = urlsplit(url)
        return Party(parts.hostname or "", f"{parts.scheme}://{parts.netloc}", self.workspace.name)

    async def attempt(self, name: str, *, of: str = "") -> throttle.Attempt:
        """Book an attempt on `name`; raises TooMany. `of` keeps the steps of a sign-in apart."""
        async with self.runtime.database.reader() as connection:
            known = await history.knows_device(connection, self.schema, name, self.device)
        address = origin_of(self.request).address or ""
        booked = throttle.Attempt.of(self.schema, address, f"{of}{name}", self.device if known else None)
        await throttle.book(self.runtime.database, booked)
        return booked


def new_device() -> str:
    """A mark for a browser: worth nothing alone, it only tells a known device from a strange one."""
    return secrets.token_urlsafe(24)


async def entrance_of(request: Request, runtime: Runtime) -> Entrance:
    return Entrance(request, runtime, await runtime.workspace(DEFAULT_KEY))


@dataclass(frozen=True)
class Proved:
    """A person who has proved the first step. `trusted` says that this step was already a strong one."""

    person: identity.Identity
    method: str
    password_set_at: datetime | None = None
    trusted: bool = False


async def go_on(door: Entrance, proved: Proved, attempt: throttle.Attempt | None) -> Response:
    """After the first step: 202 with a ticket where the person has a second factor, else the session."""
    person = proved.person
    async with door.runtime.database.transaction() as connection:
        policy = await security_policy(connection, door.schema)
        aged = _aged(proved.password_set_at, policy.max_age_days)
        factors = await factors_of(connection, door.schema, person.user_id)
        if factors.any and not proved.trusted:
            if attempt is not None:
                await throttle.forget(connection, attempt)
            data = {"name": person.sign_in, "aged": aged}
            ticket = await tickets.issue(
                connection, door.schema, door.workspace.key, SECOND_FACTOR, person.user_id, data
            )
            return JSONResponse({"second_factor": factors.offered(), "ticket": ticket}, status_code=202)
    return await finish(door, person, proved.method, attempt, aged=aged)


def _aged(set_at: datetime | None, days: int | None) -> bool:
    return set_at is not None and days is not None and (datetime.now(UTC) - set_at).days >= days


async def finish(
    door: Entrance,
    person: identity.Identity,
    method: str,
    attempt: throttle.Attempt | None,
    *,
    aged: bool = False,
) -> Response:
    """Open the session, write it down, tell the person of a strange device, hand out the cookies."""
    if aged:
        async with door.runtime.database.transaction() as connection:
            link = await identity.password_link(connection, door.schema, door.workspace.key, person.user_id)
        raise Denied("password_aged", extra={"token": link})
    device = door.device or new_device()
    async with door.runtime.database.transaction() as connection:
        if attempt is not None:
            await throttle.forget(connection, attempt)
        if earlier := door.request.cookies.get(COOKIE):
            await sessions.close_session(connection, door.schema, earlier)
        opened = await enter(door, connection, person, method, device)
        document = await signed_in(
            connection, door.runtime, door.workspace, person.user_id, person.language, opened.powers_withheld
        )
    return with_cookies(document, opened, device, door.request)


async def enter(
    door: Entrance, connection: Connection, person: identity.Identity, method: str, device: str
) -> sessions.Opened:
    """The session with its traces, in the caller's transaction."""
    actor = door.actor(person.user_id, person.language)
    opened = await sessions.open_session(
        connection, door.schema, door.workspace.key, person.user_id, actor.origin, method
    )
    strange = await history.note_success(
        connection, door.schema, person.user_id, method, actor.origin, opened.id, device
    )
    await write_audit(connection, actor, "signed_in", {"session": str(opened.id)}, {"method": method})
    if strange and (await security_policy(connection, door.schema)).alert_new_device:
        values = {
            "organisation": door.workspace.name,
            "at": datetime.now(UTC).strftime("%Y-%m-%d %H:%M"),
            "address": actor.origin.address or "?",
            "client": actor.origin.client or "?",
        }
        letter = Letter("new_sign_in", person.sign_in, person.language, values)
        await mail.post(connection, door.runtime.queue, door.runtime.vault, door.schema, letter)
    return opened


async def refuse(door: Entrance, user_id: UUID | None, method: str, code: str) -> NotSignedIn:
    """Write a failure down, where it was somebody's, and return what to raise."""
    if user_id is not None:
        actor = door.actor(None)
        async with door.runtime.database.transaction() as connection:
            await history.note_failure(connection, door.schema, user_id, method, actor.origin)
            await write_audit(connection, actor, "sign_in_failed", {"user": str(user_id)}, {"method": method})
    return NotSignedIn(code)


async def signed_in(
    connection: Connection,
    runtime: Runtime,
    workspace: Workspace,
    user_id: Any,
    language: str,
    powers_withheld: bool = False,
    *,
    seeing: bool = False,
) -> dict[str, Any]:
    """Who is signed in, as the client reads it."""
    catalog = await runtime.catalogs.refresh_if_changed(connection, workspace.schema)
    actor = Actor(user_id, workspace.schema, language)
    policy = await load_policy(connection, actor)
    session = Session(actor, policy, catalog, workspace.currency)
    # One's own name is one's to know, whatever the roles say of people.
    record = await person_of(connection, session, str(user_id))
    return {
        "user": {
            "id": str(user_id),
            "name": record["name"],
            "email": record["email"],
            "roles": sorted({role.key for role in policy.roles}),
            "powers": [] if powers_withheld or seeing else sorted(policy.powers),
            "language": language,
        },
        "workspace": {
            "id": str(workspace.id),
            "name": workspace.name,
            "language": workspace.language,
            "currency": workspace.currency,
            "sandbox_of": workspace.sandbox_of,
        },
        # Powers wait until a second factor is set up; whoever holds none is not troubled.
        "second_factor_needed": powers_withheld and bool(policy.powers),
        # Somebody else looks through this person's eyes: nothing can be changed.
        "seeing": seeing,
    }


def with_cookies(
    document: Mapping[str, Any], opened: sessions.Opened, device: str, request: Request
) -> Response:
    response = JSONResponse({**document, "token": opened.token}, status_code=201)
    secure = request.url.scheme == "https"
    for name, value, lasts in (
        (COOKIE, opened.token, opened.lasts_s),
        (DEVICE_COOKIE, device, _DEVICE_LASTS_S),
    ):
        response.set_cookie(
            name, value, max_age=lasts, httponly=True, samesite="lax", secure=secure, path="/"
        )
    return response
