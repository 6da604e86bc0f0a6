"""Routes that refuse what they do not know: unknown query parameters, and JSON that is not quite JSON."""

import asyncio
import random
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import orjson
from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from banyan.kernel.errors import Conflict, FieldProblem, InvalidInput

_TRIES = 6


class _StrictRequest(Request):
    """Python's own reader takes NaN and lone surrogates, which neither PostgreSQL nor an answer can carry."""

    async def json(self) -> Any:
        return orjson.loads(await self.body())


class StrictRoute(APIRoute):
    """The route class of every router."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        known = set(_query_names(self.dependant))

        async def strict(request: Request) -> Response:
            unknown = [name for name in request.query_params if name not in known]
            if unknown:
                problems = [FieldProblem(f"/{name}", "unknown_key", {"key": name}) for name in unknown]
                raise InvalidInput(problems=problems)
            return await _in_tries(handle, _StrictRequest(request.scope, request.receive))

        return strict


async def _in_tries(handle: Callable[[Request], Coroutine[Any, Any, Response]], request: Request) -> Response:
    """Do it again where the database broke it off for the sake of somebody else's: two sums over the same records.

    A transaction broken off has left nothing behind, and the body that was read is kept with the request.
    """
    for attempt in range(_TRIES):
        try:
            return await handle(request)
        except Conflict as error:
            again = error.code == "serialization_failure" and attempt < _TRIES - 1
            if not again or request.headers.get("content-type", "").startswith("multipart/"):
                raise
        await asyncio.sleep(random.uniform(0.005, 0.03) * (1 + attempt))  # noqa: S311 - jitter
    raise AssertionError


def _query_names(dependant: Dependant) -> Iterator[str]:
    for field in dependant.query_params:
        yield str(field.alias)
    for part in dependant.dependencies:
        yield from _query_names(part)
