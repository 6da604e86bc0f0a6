"""Routes of identity providers: their settings, and sign-in through them."""

import dataclasses
import hashlib
import secrets
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict
from pydantic import Field as Bound

from banyan.access import roles as access_roles
from banyan.access.facade import assign_roles, holds_powers, installed_roles, load_policy
from banyan.api.caller import Caller, CallerDep, RuntimeDep
from banyan.api.entrance import Entrance, Proved, entrance_of, go_on, refuse
from banyan.api.strict import StrictRoute
from banyan.audit.facade import write_audit
from banyan.db.database import Connection
from banyan.identity import facade as identity
from banyan.identity import ldap, oidc, providers, tickets
from banyan.identity.providers import Claims, LdapSettings, OidcSettings, Provider, ProviderSettings
from banyan.kernel.actor import system_actor
from banyan.kernel.errors import FieldProblem, InvalidInput, NotSignedIn
from banyan.kernel.ids import new_id, parse_id
from banyan.notifications import mail
from banyan.records.commands import Commands
from banyan.records.session import Session

router = APIRouter(tags=["security"], route_class=StrictRoute)
JOURNEY_COOKIE, JOURNEY = "banyan_journey", "oidc"
CALLBACK = "/sign-in/callback"


class ProviderBody(BaseModel):
    """A secret is written and never read back; without one the kept one stays while the target is the same."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str = Bound(min_length=1, max_length=80)
    enabled: bool = True
    settings: ProviderSettings
    secret: str | None = Bound(default=None, max_length=1_000)


class Start(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    provider: str = Bound(max_length=40)


class Return(BaseModel):
    """What the provider sent the browser back with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str = Bound(min_length=1, max_length=4_000)
    state: str = Bound(min_length=1, max_length=200)


@router.get("/sign-in-options")
async def options(request: Request, runtime: RuntimeDep) -> dict[str, Any]:
    """The ways in besides e-mail and password; open to everybody."""
    door = await entrance_of(request, runtime)
    async with runtime.database.reader() as connection:
        found = await providers.providers(connection, door.schema)
        mails = runtime.settings.public_url is not None and await mail.is_ready(connection, door.schema)
    return {
        "password_reset": mails,
        "providers": [
            {"id": str(one.id), "label": one.label, "kind": one.settings.kind} for one in found if one.enabled
        ],
    }


@router.get("/security/providers")
async def list_providers(request: Request, caller: CallerDep) -> dict[str, Any]:
    """The workspace's identity providers, and the address they must send people back to."""
    caller.require_power("security")
    async with caller.runtime.database.reader() as connection:
        found = await providers.providers(connection, caller.schema)
    callback = Entrance(request, caller.runtime, caller.workspace).party.origin + CALLBACK
    return {"providers": [one.shown() for one in found], "callback": callback}


@router.post("/security/providers", status_code=201)
async def add_provider(body: ProviderBody, caller: CallerDep) -> dict[str, Any]:
    """Add an identity provider. It is asked who it is before anything is kept."""
    caller.require_power("security")
    sealed = caller.runtime.vault.seal(providers.PURPOSE, body.secret) if body.secret else None
    made = Provider(new_id(), body.label, body.settings, sealed, body.enabled)
    await _save(caller, made, new=True)
    return made.shown()


@router.put("/security/providers/{provider_id}")
async def change_provider(provider_id: str, body: ProviderBody, caller: CallerDep) -> dict[str, Any]:
    """Change an identity provider."""
    caller.require_power("security")
    async with caller.runtime.database.reader() as connection:
        before = await providers.provider(connection, caller.schema, parse_id(provider_id))
    moved = _issuer(before.settings) != _issuer(body.settings)
    sealed = before.sealed if _target(before.settings) == _target(body.settings) else None
    if body.secret is not None:
        sealed = caller.runtime.vault.seal(providers.PURPOSE, body.secret) if body.secret else None
    changed = Provider(before.id, body.label, body.settings, sealed, body.enabled)
    await _save(caller, changed, new=False, moved=moved)
    return changed.shown()


@router.delete("/security/providers/{provider_id}", status_code=204)
async def remove_provider(provider_id: str, caller: CallerDep) -> Response:
    """Remove an identity provider. People who only signed in there need a password from then on."""
    caller.require_power("security")
    async with caller.runtime.database.transaction() as connection:
        found = await providers.provider(connection, caller.schema, parse_id(provider_id))
        await providers.remove(connection, caller.schema, found.id)
        await write_audit(connection, caller.actor, "provider_removed", {"provider": found.label}, {})
    return Response(status_code=204)


@router.post("/sessions/oidc/start")
async def start(body: Start, request: Request, runtime: RuntimeDep) -> Response:
    """Where the browser goes to sign in; a cookie binds the journey to it."""
    door = await entrance_of(request, runtime)
    async with runtime.database.reader() as connection:
        found = await providers.provider(connection, door.schema, parse_id(body.provider))
    settings = _open(found)
    journey = oidc.begin(door.party.origin + CALLBACK)
    discovered = await oidc.discover(settings)
    mark = secrets.token_urlsafe(24)
    data = {"provider": str(found.id), "browser": _digest(mark), **dataclasses.asdict(journey)}
    async with runtime.database.transaction() as connection:
        state = await tickets.issue(connection, door.schema, door.workspace.key, JOURNEY, data=data)
    response = JSONResponse({"url": oidc.address(settings, discovered, journey, state)})
    lasts = int(tickets.LASTS.total_seconds())
    secure = request.url.scheme == "https"
    response.set_cookie(JOURNEY_COOKIE, mark, max_age=lasts, httponly=True, samesite="lax", secure=secure)
    return response


@router.post("/sessions/oidc", status_code=201)
async def come_back(body: Return, request: Request, runtime: RuntimeDep) -> Response:
    """Finish a sign-in at a provider, in the browser that began it."""
    door = await entrance_of(request, runtime)
    async with runtime.database.transaction() as connection:
        ticket = await tickets.spend(connection, door.schema, JOURNEY, body.state)
    mark = request.cookies.get(JOURNEY_COOKIE, "")
    if ticket is None or not secrets.compare_digest(ticket.data["browser"], _digest(mark)):
        raise NotSignedIn("ticket_spent")
    async with runtime.database.reader() as connection:
        found = await providers.provider(connection, door.schema, parse_id(ticket.data["provider"]))
    settings = _open(found)
    journey = oidc.Journey(*(ticket.data[name] for name in ("nonce", "verifier", "redirect")))
    claims = await oidc.finish(settings, found.secret(runtime.vault), journey, body.code)
    person = await recognise(door, found, claims)
    return await go_on(door, Proved(person, "oidc", trusted=settings.trusted), None)


async def prove_in_directory(door: Entrance, provider_id: str, name: str, password: str) -> Proved:
    """The person whom a directory knows by this name and password. Raises NotSignedIn."""
    async with door.runtime.database.reader() as connection:
        found = await providers.provider(connection, door.schema, parse_id(provider_id))
        known = await identity.find_user(connection, door.schema, name)
    if not found.enabled or not isinstance(found.settings, LdapSettings):
        raise NotSignedIn("unknown_provider")
    try:
        claims = await ldap.authenticate(found.settings, found.secret(door.runtime.vault), name, password)
    except NotSignedIn as error:
        raise await refuse(door, known, "ldap", error.code) from None
    return Proved(await recognise(door, found, claims), "ldap", trusted=found.settings.trusted)


async def recognise(door: Entrance, found: Provider, claims: Claims) -> identity.Identity:
    """The person whom a provider vouches for; made, where the provider may. Raises NotSignedIn."""
    async with door.runtime.database.transaction() as connection:
        user_id = await providers.person_behind(connection, door.schema, found.id, claims, holds_powers)
        if user_id is None and found.settings.auto_create and claims.email is not None:
            user_id = await _create(door, connection, found, claims, claims.email)
        claim = None if user_id is None else await identity.claim_of(connection, door.schema, user_id)
    if claim is None or claim.identity is None:
        raise NotSignedIn("identity_unknown")
    return claim.identity


async def _create(
    door: Entrance, connection: Connection, found: Provider, claims: Claims, email: str
) -> UUID | None:
    """A new person of that address; nobody, where the address belongs to somebody whose access has ended."""
    if (await identity.find_user(connection, door.schema, email)) is not None:
        return None
    runtime, workspace = door.runtime, door.workspace
    actor = system_actor(workspace.schema, workspace.language)
    catalog = await runtime.catalogs.refresh_if_changed(connection, workspace.schema)
    session = Session(actor, await load_policy(connection, actor), catalog, workspace.currency)
    values = {"name": claims.name or email, "email": email}
    (person,) = await Commands(connection, session, runtime.bus).create(catalog.object("user"), [values])
    await identity.create_credential(
        connection, workspace.schema, person.id, email, password=None, language=workspace.language
    )
    await assign_roles(connection, workspace.schema, person.id, [found.settings.role])
    await providers.link_person(connection, workspace.schema, found.id, claims.subject, person.id)
    await write_audit(
        connection, actor, "person_created", {"user": str(person.id)}, {"provider": found.label}
    )
    return person.id


async def _save(caller: Caller, wanted: Provider, *, new: bool, moved: bool = False) -> None:
    """`moved`: it is another place now, whose subjects are other people; nobody is known there yet."""
    if isinstance(wanted.settings, OidcSettings):
        await oidc.discover(wanted.settings)
    async with caller.runtime.database.transaction() as connection:
        if wanted.settings.auto_create:
            caller.require_power("people")
            if wanted.settings.role != "member":
                caller.require_power("roles")
            if wanted.settings.role not in await installed_roles(connection, caller.schema):
                params = {"role": wanted.settings.role}
                raise InvalidInput(problems=[FieldProblem("/settings/role", "unknown_role", params)])
            await access_roles.require_givable(connection, caller.session.policy, [wanted.settings.role])
        await providers.save(connection, caller.schema, wanted, new=new)
        forgotten = await providers.forget_links(connection, caller.schema, wanted.id) if moved else 0
        action = "provider_added" if new else "provider_changed"
        detail = wanted.settings.model_dump(mode="json", exclude={"certificate"})
        detail |= {"links_removed": forgotten} if moved else {}
        await write_audit(connection, caller.actor, action, {"provider": wanted.label}, detail)


def _target(settings: OidcSettings | LdapSettings) -> tuple[Any, ...]:
    """Whom the secret is meant for: it is never sent anywhere else."""
    if isinstance(settings, OidcSettings):
        return settings.kind, settings.issuer, settings.client_id
    return settings.kind, settings.host, settings.port, settings.security, settings.bind_dn


def _issuer(settings: OidcSettings | LdapSettings) -> tuple[Any, ...]:
    """Whose subjects these are: the same word means another person elsewhere."""
    if isinstance(settings, OidcSettings):
        return settings.kind, settings.issuer, settings.client_id
    return settings.kind, settings.host, settings.port, settings.base, settings.subject_attribute


def _open(found: Provider) -> OidcSettings:
    if not found.enabled or not isinstance(found.settings, OidcSettings):
        raise NotSignedIn("unknown_provider")
    return found.settings


def _digest(mark: str) -> str:
    return hashlib.sha256(mark.encode()).hexdigest()
