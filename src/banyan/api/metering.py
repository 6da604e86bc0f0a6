"""What the audit counts of every request: pages read, by a dependency of record routes; refusals, by the renderer."""

from functools import partial

from fastapi import Request

from banyan.api.caller import Caller, CallerDep
from banyan.api.runtime import Runtime
from banyan.kernel.errors import BanyanError

_DENIED = 403


def roles_of(caller: Caller) -> tuple[str, ...]:
    """Keys of the roles the caller holds at this moment."""
    return tuple(role.key for role in caller.session.policy.roles)


async def count_reading(request: Request, caller: CallerDep) -> None:
    """Count a page or a record that is read; past the limit it is refused.

    Of somebody who is still to be proven it is done then: nobody's account is charged with what others ask, and no
    request is counted twice because it began anew.
    """
    if request.method == "GET" or request.scope["path"].endswith("/query"):
        if caller.is_proven:
            await _count(caller)
        else:
            caller.when_proven.append(partial(_count, caller))


async def _count(caller: Caller) -> None:
    meter, roles = caller.runtime.meter, roles_of(caller)
    await meter.check(caller.actor, "read", roles)
    meter.count(caller.actor, "read", roles)


def note_denial(request: Request, error: BanyanError) -> None:
    """Hand a refusal of rights to the audit. What is out of scope answers 404 and is none."""
    runtime: Runtime | None = getattr(request.app.state, "runtime", None)
    actor = getattr(request.state, "actor", None)
    if error.status != _DENIED or runtime is None or actor is None:
        return
    route = request.scope.get("route")
    path = getattr(route, "path", request.url.path)
    runtime.denials.note(actor, error.code, error.params, f"{request.method} {path}")
