"""Who calls: the session behind a request, resolved anew each time, so that changed rights act at once."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import Annotated, Any, TypeVar, cast
from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.datastructures import Headers

from banyan.access.facade import SignedIn, find_session
from banyan.access.model import Power
from banyan.access.policy import Policy
from banyan.api.runtime import Runtime
from banyan.api.sandbox_caller import require_home
from banyan.api.token_caller import token_actor
from banyan.db.database import Connection
from banyan.db.proofs import Outdated, Proof
from banyan.identity.sessions import touch_session
from banyan.identity.tokens import workspace_of
from banyan.kernel.actor import Actor, Origin, set_acting
from banyan.kernel.errors import Denied, NotFound, NotSignedIn, Unavailable
from banyan.metadata.catalog import Catalog, Object
from banyan.metadata.field_types.user import USER_OBJECT
from banyan.records.session import Session
from banyan.workspaces import Workspace

COOKIE = "banyan_session"
HOME_COOKIE = "banyan_home"  # in a sandbox: the session of the workspace one came from
PROVES_ALONG = "banyan_proves_along"
ASK_FIRST = "banyan.ask_first"  # set in the scope of a request that proceeds on nothing said before
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
Endpoint = TypeVar("Endpoint", bound=Callable[..., Awaitable[Any]])


@dataclass(frozen=True)
class Caller:
    """A signed-in person with the policy and catalog of this moment."""

    runtime: Runtime
    workspace: Workspace
    session: Session
    token: str
    proof: Proof | None = None  # that the person may still call, to be asked with the work (`proven_along`)
    when_proven: list[Callable[[], Awaitable[None]]] = field(default_factory=list)  # done once it was heard

    def reader(self) -> AbstractAsyncContextManager[Connection]:
        """`Database.reader`, with what is still to be proven of the caller."""
        return self.runtime.database.reader(self._unheard())

    def transaction(self, *, brief: bool = False) -> AbstractAsyncContextManager[Connection]:
        """`Database.transaction`, which proves first what is still to be proven of the caller."""
        return self.runtime.database.transaction(brief=brief, proof=self._unheard())

    @property
    def is_proven(self) -> bool:
        """Whether the database has said so in this request."""
        return self.proof is None or self.proof.is_heard

    def _unheard(self) -> Proof | None:
        return None if self.is_proven else self.proof

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
    request.state.workspace = workspace.key
    caller = await _resolved(request, runtime, workspace, token, is_program=bool(program))
    request.state.language = caller.actor.language
    request.state.actor = caller.actor
    request.state.policy = caller.session.policy
    set_acting(caller.actor)
    return caller


async def refuse_if_removed(request: Request) -> None:
    """Raise NotSignedIn where the workspace that was asked is there no more, whoever removed it: nobody is in it."""
    key, runtime = getattr(request.state, "workspace", None), runtime_of(request)
    if key is None:
        return
    runtime.forget_workspace(key)
    try:
        await runtime.workspace(key)
    except NotFound as error:
        raise NotSignedIn from error


async def _resolved(
    request: Request, runtime: Runtime, workspace: Workspace, token: str, *, is_program: bool
) -> Caller:
    catalog = await runtime.catalogs.current(workspace.schema)
    if USER_OBJECT not in catalog.by_name:
        catalog = await runtime.catalogs.refresh(workspace.schema)
    if USER_OBJECT not in catalog.by_name:
        raise NotSignedIn  # a workspace whose packages are not installed yet has nobody
    known = _known(request, runtime, workspace, token, catalog)
    if known is not None:
        actor, policy, proof = known
    else:
        actor, policy, catalog = await _asked(request, runtime, workspace, token, is_program=is_program)
        proof = None
    session = Session(actor, policy, catalog, workspace.currency, accepts=_accepted(request))
    return Caller(runtime, workspace, session, token, proof)


async def _asked(
    request: Request,
    runtime: Runtime,
    workspace: Workspace,
    token: str,
    *,
    is_program: bool,
) -> tuple[Actor, Policy, Catalog]:
    """Who calls, as the database says before anything else is done, and the catalog of this moment."""
    found = None
    if is_program:
        catalog = await runtime.catalogs.refresh(workspace.schema)
    async with runtime.database.reader() as connection:
        if is_program:
            origin = origin_of(request)
            actor, policy = await token_actor(connection, workspace.schema, token, origin, catalog)
        else:
            found = await find_session(connection, workspace.schema, token)
            if found is None:
                runtime.proven.forget(token)
                raise NotSignedIn
            actor, policy = await _session_actor(connection, request, workspace, found)
            # A stream left open is no sign of life of the person before it.
            if found.stale and not getattr(request.state, "quiet", False):
                await touch_session(connection, workspace.schema, token)
        if workspace.sandbox_of is not None:
            await require_home(connection, runtime, workspace, actor)
    if found is not None:
        catalog = await runtime.catalogs.at_version(workspace.schema, found.catalog_version)
    if found is not None and (found.stale or found.real_user_id is not None or workspace.sandbox_of):
        found = None  # What would have to be done besides is done by asking.
    runtime.proven.add(token, workspace.key, found)
    return actor, policy, catalog


def _known(
    request: Request, runtime: Runtime, workspace: Workspace, token: str, catalog: Catalog
) -> tuple[Actor, Policy, Proof] | None:
    """Who calls as it was last said, for a route that proves it along with its work.

    What was said names the catalog's version: proven along with the work is also that `catalog` is the one of now.
    """
    if not getattr(request.scope.get("endpoint"), PROVES_ALONG, False) or request.scope.get(ASK_FIRST):
        return None
    found = runtime.proven.session(token)
    if found is None or found.catalog_version != catalog.version:
        return None
    actor = _actor(request, workspace, found)
    policy = runtime.known_policy(actor, found.policy_version)
    if policy is None:
        return None
    return actor, _held(policy, found), found.proof(workspace.schema, token)


def proven_along(endpoint: Endpoint) -> Endpoint:
    """For a route whose work begins with `Caller.reader` and a page, or with `Caller.transaction`.

    It proceeds on what was last said of the session and proves it in the message of its first statement. What comes to
    an end without that, in whatever way, has proven nothing: the request begins anew and asks first. Not for a route
    that streams: it would ask again who calls while it writes.
    """

    @wraps(endpoint)
    async def guarded(*args: Any, **given: Any) -> Any:
        caller: Caller = given["caller"]
        try:
            answer = await endpoint(*args, **given)
        except Unavailable:
            raise  # It says nothing of anybody.
        except Exception as error:
            if not caller.is_proven:
                raise Outdated from error
            await _catch_up(caller)
            raise
        if not caller.is_proven:
            raise Outdated
        await _catch_up(caller)
        return answer

    setattr(guarded, PROVES_ALONG, True)
    return cast("Endpoint", guarded)


async def _catch_up(caller: Caller) -> None:
    while caller.when_proven:
        await caller.when_proven.pop(0)()


def _accepted(request: Request) -> frozenset[str]:
    """Warnings that the caller has seen: `accept_duplicates=true`, on routes that take it (`AcceptsDep`)."""
    if not request.scope["query_string"]:
        return frozenset()
    yes = ("true", "1", "yes", "on")
    return frozenset(
        warning
        for warning in ("duplicates", "credit")
        if request.query_params.get(f"accept_{warning}", "").lower() in yes
    )


async def declare_accepts(accept_duplicates: bool = False, accept_credit: bool = False) -> None:
    """Declares the query parameters that `caller_of` reads."""


async def _session_actor(
    connection: Connection, request: Request, workspace: Workspace, found: SignedIn
) -> tuple[Actor, Policy]:
    if found.real_user_id is not None:
        _check_only_reads(request)
    actor = _actor(request, workspace, found)
    policy = await runtime_of(request).policy(connection, actor, found.policy_version)
    return actor, _held(policy, found)


def _actor(request: Request, workspace: Workspace, found: SignedIn) -> Actor:
    origin = replace(origin_of(request), session=str(found.session_id))
    actor = Actor(found.user_id, workspace.schema, found.language, origin=origin)
    if found.real_user_id is None:
        return actor
    return replace(actor, real_user_id=found.real_user_id, read_only=True)


def _held(policy: Policy, found: SignedIn) -> Policy:
    return replace(policy, powers=frozenset()) if found.powers_withheld else policy


def bearer_of(headers: Headers) -> str | None:
    """The token a request carries itself; the word before it is of any case (RFC 9110, section 11.1)."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _token(request: Request) -> tuple[str, bool]:
    token = bearer_of(request.headers)
    if token is not None:
        return token, False
    cookie = request.cookies.get(COOKIE)
    if not cookie:
        raise NotSignedIn
    return cookie, True


def _check_only_reads(request: Request) -> None:
    """Whoever looks through another's eyes touches nothing: asked once here, not at every route."""
    path = request.scope["path"]
    asks = path.endswith(("/query", "/aggregate", "/anchors"))
    leaves = request.method == "DELETE" and path.endswith("/sessions/current")
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
