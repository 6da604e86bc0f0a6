"""What a route's declaration comes to, worked out when the route is made and not anew for each request.

The framework walks a route's dependencies and parameters with every request: exit stacks, fields, keys of a cache. Of
a route whose dependencies are plain coroutines the walk is always the same, so it is kept as a list of steps. The
declaration stays the one way to say what a route takes: a route that is not understood here keeps the framework's way,
and a request that does not validate is handed to it untouched, so that every refusal is the framework's own.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from fastapi import Request, Response, params
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import _validate_value_with_model_field, request_params_to_args
from fastapi.exceptions import HTTPException
from fastapi.routing import APIRoute
from starlette.datastructures import QueryParams
from starlette.types import Message, Receive

JSON = "application/json"
_PLAIN = str | int | float | bool | None
Fields = list[Any]


class NotStraight(Exception):
    """This request is the framework's: nothing has been done for it yet."""


@dataclass(frozen=True)
class _Step:
    """One coroutine: which earlier results, parts of the path and of the query it takes, under which names."""

    call: Callable[..., Awaitable[Any]]
    request: str | None
    results: tuple[tuple[str, int], ...]
    path: Fields
    is_text: bool  # each part of the path is taken as it is
    query: Fields
    unasked: Mapping[str, Any] | None  # values of the query where it is empty; None: it may not be

    def arguments(self, request: Request) -> dict[str, Any]:
        """Raises NotStraight for what does not validate."""
        found: dict[str, Any] = {}
        if self.is_text:
            parts = request.path_params
            for part in self.path:
                found[part.name] = parts[part.alias]
        else:
            found |= _valid(self.path, request.path_params)
        if self.query:
            if request.scope["query_string"]:
                found |= _valid(self.query, request.query_params)
            elif self.unasked is None:
                raise NotStraight
            else:
                found |= self.unasked
        if self.request is not None:
            found[self.request] = request
        return found


@dataclass
class Straight:
    """The steps of a route; the last is its function."""

    body: Any
    steps: list[_Step] = field(default_factory=list)

    async def __call__(self, request: Request) -> Response:
        """Raises NotStraight before anything is done, or what the steps raise."""
        arguments = [step.arguments(request) for step in self.steps]
        if self.body is not None:
            arguments[-1][self.body.name] = await self._body(request)
        results: list[Any] = []
        for step, given in zip(self.steps, arguments, strict=True):
            for name, place in step.results:
                given[name] = results[place]
            results.append(await step.call(**given))
        answer: Response = results[-1]
        return answer

    async def _body(self, request: Request) -> Any:
        kind = request.headers.get("content-type", "")
        if kind != JSON and not kind.startswith(JSON + ";"):
            raise NotStraight
        try:
            raw = await request.body()
        except Exception as error:  # As the framework: what goes wrong with a body is the caller's.
            raise HTTPException(400, "There was an error parsing the body") from error
        try:
            document = orjson.loads(raw)
        except ValueError as error:
            raise NotStraight from error
        value, errors = _validate_value_with_model_field(
            field=self.body, value=document, values={}, loc=("body",)
        )
        if errors:
            raise NotStraight
        return value


def straight_of(route: APIRoute) -> Straight | None:
    """The steps of a route that answers with a `Response` and takes nothing out of the ordinary; else None."""
    body = route.body_field
    returned = inspect.signature(route.endpoint, eval_str=True).return_annotation
    if not (isinstance(returned, type) and issubclass(returned, Response)):
        return None
    fields = route.dependant.body_params
    if body is not None and (
        len(fields) != 1 or route._embed_body_fields or isinstance(body.field_info, params.Form)  # noqa: SLF001 - pinned
    ):
        return None
    found = Straight(fields[0] if fields else None)
    return found if _add(route.dependant, found.steps, {}, is_last=True) is not None else None


def _add(
    dependant: Dependant, steps: list[_Step], places: dict[Any, int], *, is_last: bool = False
) -> int | None:
    """Put the dependant behind what it depends on, in the framework's order; returns its place."""
    if not _is_simple(dependant) or (dependant.body_params and not is_last):
        return None
    results = []
    for part in dependant.dependencies:
        place = places.get(part.call)
        if place is None:
            place = _add(part, steps, places)
        if place is None:
            return None
        if part.name is not None:
            results.append((part.name, place))
    unasked, errors = request_params_to_args(dependant.query_params, QueryParams(""))
    if not all(isinstance(value, _PLAIN) for value in unasked.values()) or dependant.call is None:
        return None  # A value that could be changed is not shared between requests.
    steps.append(
        _Step(
            dependant.call,
            dependant.request_param_name,
            tuple(results),
            dependant.path_params,
            all(_is_text(each) for each in dependant.path_params),
            dependant.query_params,
            None if errors else unasked,
        )
    )
    places[dependant.call] = len(steps) - 1
    return len(steps) - 1


def _is_simple(dependant: Dependant) -> bool:
    unusual = (
        dependant.header_params,
        dependant.cookie_params,
        dependant.websocket_param_name,
        dependant.http_connection_param_name,
        dependant.response_param_name,
        dependant.background_tasks_param_name,
        dependant.security_scopes_param_name,
        dependant.own_oauth_scopes,
        dependant.parent_oauth_scopes,
        dependant.concurrency,
        dependant.scope not in (None, "function"),  # it says when a generator ends; these are none
        not dependant.use_cache,
    )
    return not any(unusual) and inspect.iscoroutinefunction(dependant.call)


def _is_text(part: Any) -> bool:
    return part.field_info.annotation is str and not part.field_info.metadata


def _valid(fields: Fields, given: Any) -> dict[str, Any]:
    values, errors = request_params_to_args(fields, given)
    if errors:
        raise NotStraight
    return values


def replayed(request: Request, receive: Receive) -> Receive:
    """`receive` for somebody else, beginning with the body that was read already."""
    body: bytes | None = getattr(request, "_body", None)

    async def again() -> Message:
        nonlocal body
        if body is not None:
            message: Message = {"type": "http.request", "body": body, "more_body": False}
            body = None
            return message
        return await receive()

    return again
