"""Routes that refuse what they do not know: unknown query parameters, and JSON that is not quite JSON."""

import asyncio
import random
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from typing import Any

import orjson
from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.types import ASGIApp, Receive, Scope, Send

from banyan.api.caller import ASK_FIRST, refuse_if_removed
from banyan.api.runtime import GONE
from banyan.api.straight import NotStraight, Straight, replayed, straight_of
from banyan.api.traffic import only_reads
from banyan.db.proofs import Outdated
from banyan.kernel.errors import BanyanError, Conflict, FieldProblem, InvalidInput, Unavailable

FAILED = "banyan.failed"  # set in the scope of a request whose answer is a refusal already
_TRIES = 6
_TRIES_GONE = 3
_WORKING_OUT = threading.RLock()
_GONE_S = 0.1  # the pool replaces its dead connections meanwhile


class _StrictRequest(Request):
    """Python's own reader takes NaN and lone surrogates, which neither PostgreSQL nor an answer can carry."""

    async def json(self) -> Any:
        return orjson.loads(await self.body())


class StrictRoute(APIRoute):
    """The route class of every router.

    What it takes and answers is worked out when it is first asked for: three hundred routes would cost each process a
    sixth of its start, and the memory of what it never serves. Its path, methods and endpoint are there from the start.
    """

    answer: Callable[[Request], Awaitable[Response]] | None  # where the framework's way is not needed

    def __init__(self, path: str, endpoint: Callable[..., Any], **declared: Any) -> None:
        self.path, self.endpoint = path, endpoint
        self.methods = {method.upper() for method in declared.get("methods") or ("GET",)}
        self._declared = declared

    def __getattr__(self, name: str) -> Any:
        """Called for what is not there yet."""
        known = self.__dict__
        with _WORKING_OUT:  # a description of the API is made in a thread
            if "answer" not in known and "_declared" in known and not known.get("_begun"):
                self._begun = True
                try:
                    self._work_out()
                finally:
                    self._begun = False
        try:
            return known[name]
        except KeyError:
            raise AttributeError(name, name=name, obj=self) from None

    def _work_out(self) -> None:
        super().__init__(self.path, self.endpoint, **self._declared)
        steps = straight_of(self)
        self.answer = None if steps is None else _straight(steps, set(_query_names(self.dependant)))

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        known = set(_query_names(self.dependant))

        async def strict(request: Request) -> Response:
            _refuse_unknown(request, known)
            request.scope[ASK_FIRST] = (
                True  # The framework answers what does not validate without asking the route.
            )
            return await _in_tries(handle, _StrictRequest(request.scope, request.receive))

        return strict


def _straight(steps: Straight, known: set[str]) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        if request.scope["query_string"]:
            _refuse_unknown(request, known)
        return await _in_tries(steps, request)

    return answer


class Shortcut:
    """Straight routes answer here; the framework's layers about a route are for the others and for what goes wrong.

    Plain ASGI, the innermost layer. `find` is where a request leads (`Directory.matches`).
    """

    def __init__(self, app: ASGIApp, find: Callable[[Scope], tuple[Match, Scope]]) -> None:
        self._app = app
        self._find = find

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        match, chosen = self._find(scope) if scope["type"] == "http" else (Match.NONE, {})
        route = chosen.get("route")
        answer = route.answer if match is Match.FULL and isinstance(route, StrictRoute) else None
        if answer is None:
            await self._app(scope, receive, send)
            return
        scope.update(chosen)
        request = _StrictRequest(scope, receive)
        try:
            response = await answer(request)
        except NotStraight:
            await self._app(scope, replayed(request, receive), send)
        except Exception as error:  # noqa: BLE001 - raised again where the framework answers it
            scope[FAILED] = error
            await self._app(scope, receive, send)
        else:
            await response(scope, receive, send)


def _refuse_unknown(request: Request, known: set[str]) -> None:
    unknown = [name for name in request.query_params if name not in known]
    if unknown:
        problems = [FieldProblem(f"/{name}", "unknown_key", {"key": name}) for name in unknown]
        raise InvalidInput(problems=problems)


async def _in_tries(handle: Callable[[Request], Awaitable[Response]], request: Request) -> Response:
    """Do it again where the database broke it off: for the sake of somebody else's sums, or because it went away.

    A transaction broken off has left nothing behind, and the body that was read is kept with the request. Of a write
    whose connection is gone nobody knows whether it stands; only what reads is then asked again.
    """
    attempt = 0
    while True:
        try:
            return await handle(request)
        except Outdated:
            _ask_first(request)
        except GONE:
            await refuse_if_removed(request)
            raise
        except (Conflict, Unavailable) as error:
            if not _may_go_again(error, request, attempt):
                raise
            pause = _GONE_S if isinstance(error, Unavailable) else random.uniform(0.005, 0.03)  # noqa: S311 - jitter
            attempt += 1
            await asyncio.sleep(pause * attempt)


def _ask_first(request: Request) -> None:
    """Begin anew with nothing that was said before; what asks first is never outdated."""
    if request.scope.get(ASK_FIRST):
        raise AssertionError("outdated although it was asked first")
    request.scope[ASK_FIRST] = True
    for name in ("language", "actor", "policy"):
        if hasattr(request.state, name):
            delattr(request.state, name)


def _may_go_again(error: BanyanError, request: Request, attempt: int) -> bool:
    if error.code == "database_gone":
        return only_reads(request.method, request.url.path) and attempt < _TRIES_GONE - 1
    multipart = request.headers.get("content-type", "").startswith("multipart/")
    return error.code == "serialization_failure" and attempt < _TRIES - 1 and not multipart


def _query_names(dependant: Dependant) -> Iterator[str]:
    for field in dependant.query_params:
        yield str(field.alias)
    for part in dependant.dependencies:
        yield from _query_names(part)
