"""Who calls: the session behind a request, resolved anew each time, so that changed rights act at once."""

from dataclasses import dataclass, replace
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request

from banyan.access.facade import find_session
from banyan.access.model import Power
from banyan.access.policy import Policy
from banyan.api.runtime import Runtime
from banyan.api.sandbox_caller import require_home
from banyan.api.token_caller import token_actor
from banyan.db.database import Connection
from banyan.identity.sessions import touch_session
from banyan.identity.tokens import workspace_of
from banyan.kernel.actor import Actor, Origin, set_acting
from banyan.kernel.errors import Denied, NotFound, NotSignedIn
from banyan.metadata.catalog import Object
from banyan.metadata.field_types.user import USER_OBJECT
from banyan.records.session import Session
from banyan.workspaces import Workspace

COOKIE = "banyan_session"
HOME_COOKIE = "banyan_home"  # in a sandbox: the session of the workspace one came from
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Caller:
    """A signed-in person with the policy and catalog of this moment."""

    runtime: Runtime
    workspace: Workspace
    session: Session
    token: str

    @property
    def actor(self) -> Actor:
        return self.session.actor

    @property
    def schema(self) -> str:
        return self.workspace.schema

    @property
    def is_administrator(self) -> bool:
        return self.session.policy.has("configure")

    def require_administrator(self) -> None:
        if not self.is_administrator:
            raise Denied("administrators_only")

    def require_power(self, power: Power) -> None:
        """Raise Denied unless the caller holds an administrative power."""
        if not self.session.policy.has(power):
            raise Denied("power_needed", power=power)

    def require_any(self, *powers: Power) -> None:
        """Raise Denied unless one of the powers is held."""
        if not any(self.session.policy.has(power) for power in powers):
            raise Denied("power_needed", power=powers[0])

    def object(self, name: str) -> Object:
        """The object called `name`; one the caller may not read at all is as unknown as a missing one."""
        obj = self.session.catalog.object(name)
        if not self.session.policy.allows(obj.grant_key, "read"):
            raise NotFound("unknown_object", object=name)
        return obj


def runtime_of(request: Request) -> Runtime:
    runtime: Runtime = request.app.state.runtime
    return runtime


def origin_of(request: Request) -> Origin:
    """Where the request came from, for the audit."""
    client = request.headers.get("user-agent")
    return Origin(request.client.host if request.client else None, client[:200] if client else None)


def language_of(request: Request) -> str:
    """The language for a caller we do not know yet: English when asked for first, else Chinese."""
    preferred = request.headers.get("accept-language", "").strip().lower()
    return "en" if preferred.startswith("en") else "zh-CN"


async def caller_of(request: Request) -> Caller:
    """Resolve the session of a request. Raises NotSignedIn."""
    runtime = runtime_of(request)
    token, from_cookie = _token(request)
    if from_cookie and request.method not in _SAFE:
        _check_same_origin(request)
    program = None if from_cookie else workspace_of(token)
    try:
        workspace = await runtime.workspace(program or token.partition(".")[0])
    except NotFound as error:
        raise NotSignedIn from error
    catalog = await runtime.catalogs.current(workspace.schema)
    if USER_OBJECT not in catalog.by_name:
        raise NotSignedIn  # a workspace whose packages are not installed yet has nobody
    async with runtime.database.reader() as connection:
        if program:
            origin = origin_of(request)
            actor, policy = await token_actor(connection, workspace.schema, token, origin, catalog)
        else:
            actor, policy = await _session_actor(connection, request, workspace, token)
        if workspace.sandbox_of is not None:
            await require_home(connection, runtime, workspace, actor)
    runtime.proven.add(token, workspace.key)
    request.state.language = actor.language
    request.state.actor = actor
    request.state.policy = policy
    set_acting(actor)
    session = Session(actor, policy, catalog, workspace.currency, accepts=_accepted(request))
    return Caller(runtime, workspace, session, token)


def _accepted(request: Request) -> frozenset[str]:
    """Warnings that the caller has seen: `accept_duplicates=true`, on routes that take it (`AcceptsDep`)."""
    yes = ("true", "1", "yes", "on")
    return frozenset(
        warning
        for warning in ("duplicates", "credit")
        if request.query_params.get(f"accept_{warning}", "").lower() in yes
    )


async def declare_accepts(accept_duplicates: bool = False, accept_credit: bool = False) -> None:
    """Declares the query parameters that `caller_of` reads."""


async def _session_actor(
    connection: Connection, request: Request, workspace: Workspace, token: str
) -> tuple[Actor, Policy]:
    runtime = runtime_of(request)
    found = await find_session(connection, workspace.schema, token)
    if found is None:
        raise NotSignedIn
    origin = replace(origin_of(request), session=str(found.session_id))
    actor = Actor(found.user_id, workspace.schema, found.language, origin=origin)
    if found.real_user_id is not None:
        actor = replace(actor, real_user_id=found.real_user_id, read_only=True)
        _check_only_reads(request)
    policy = await runtime.policy(connection, actor, found.policy_version)
    if found.powers_withheld:
        policy = replace(policy, powers=frozenset())
    # A stream left open is no sign of life of the person before it.
    if found.stale and not getattr(request.state, "quiet", False):
        await touch_session(connection, workspace.schema, token)
    return actor, policy


def _token(request: Request) -> tuple[str, bool]:
    header = request.headers.get("authorization", "")
    if header.startswith("Bearer "):
        return header[7:].strip(), False
    cookie = request.cookies.get(COOKIE)
    if not cookie:
        raise NotSignedIn
    return cookie, True


def _check_only_reads(request: Request) -> None:
    """Whoever looks through another's eyes touches nothing: asked once here, not at every route."""
    asks = request.url.path.endswith(("/query", "/aggregate", "/anchors"))
    leaves = request.method == "DELETE" and request.url.path.endswith("/sessions/current")
    if request.method not in _SAFE and not asks and not leaves:
        raise Denied("only_looking")


def _check_same_origin(request: Request) -> None:
    """A cookie travels with forged requests too, so an unsafe one must come from our own pages."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site in ("same-origin", "none"):
        return
    if site is None and (origin is None or urlsplit(origin).netloc == request.headers.get("host")):
        return
    raise Denied("cross_origin")


RuntimeDep = Annotated[Runtime, Depends(runtime_of)]
CallerDep = Annotated[Caller, Depends(caller_of)]
AcceptsDep = Depends(declare_accepts)
