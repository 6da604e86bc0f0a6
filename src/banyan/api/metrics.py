"""GET /metrics: figures for Prometheus, for who holds the token or asks from this machine."""

import hmac

from fastapi import APIRouter, Request, Response

from banyan.api.caller import bearer_of, runtime_of
from banyan.kernel.errors import Denied, NotFound, NotSignedIn
from banyan.observing.figures import read_figures
from banyan.observing.observer import Observer

TYPE = "text/plain; version=0.0.4; charset=utf-8"
_LOOPBACK = frozenset({"127.0.0.1", "::1"})
_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")  # somebody else asked, through a proxy here
router = APIRouter(include_in_schema=False)


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Everything that is counted; unknown while it is switched off."""
    observer: Observer = request.app.state.observer
    if observer.metrics is None:
        raise NotFound("unknown_route")
    runtime = runtime_of(request)
    _check(request, runtime.settings.observing.metrics_token)
    await observer.round(runtime.database)
    figures = await read_figures(runtime.database, runtime.settings)
    return Response(
        observer.metrics.exposition(figures), headers={"Cache-Control": "no-store"}, media_type=TYPE
    )


def _check(request: Request, token: str) -> None:
    if token:
        given = bearer_of(request.headers) or ""
        if not hmac.compare_digest(given.encode(), token.encode()):
            raise NotSignedIn
        return
    here = request.client is not None and request.client.host in _LOOPBACK
    if not here or any(name in request.headers for name in _FORWARDED):
        raise Denied("metrics_from_here_only")
