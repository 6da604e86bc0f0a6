"""Routes that refuse what they do not know: unknown query parameters, and JSON that is not quite JSON."""

from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import orjson
from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from banyan.kernel.errors import FieldProblem, InvalidInput


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
            return await handle(_StrictRequest(request.scope, request.receive))

        return strict


def _query_names(dependant: Dependant) -> Iterator[str]:
    for field in dependant.query_params:
        yield str(field.alias)
    for part in dependant.dependencies:
        yield from _query_names(part)
