"""The routes of the API, found by the words of their path.

The framework asks one route after the other, three hundred and more of them, and of a record's own routes, which stand
last, most of a request's time went there. Here a path is walked word by word to the few routes that can be meant; these
are then asked in the order in which they were given, as the framework would.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from fastapi import APIRouter, FastAPI
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send

from banyan.api.strict import FAILED

_ANY = "{}"
_KEPT, _LONGEST_KEPT = 4_096, 200  # paths whose way is remembered, and how long one may be
Found = tuple[Match, Scope]


@dataclass
class _Place:
    """What follows a beginning of a path: further words, and routes that end here with their rank."""

    words: dict[str, "_Place"] = field(default_factory=dict)
    routes: list[tuple[int, Route]] = field(default_factory=list)

    def add(self, words: Sequence[str], rank: int, route: Route) -> None:
        if not words:
            self.routes.append((rank, route))
            return
        # A word with a place for a value anywhere in it may be any word; the route's own pattern decides.
        word = _ANY if "{" in words[0] else words[0]
        self.words.setdefault(word, _Place()).add(words[1:], rank, route)

    def find(self, words: Sequence[str], at: int = 0) -> Iterator[tuple[int, Route]]:
        if at == len(words):
            yield from self.routes
            return
        for word in (words[at], _ANY):
            place = self.words.get(word)
            if place is not None:
                yield from place.find(words, at + 1)


class Directory(BaseRoute):
    """One route of the application that stands for all of `routers` under `prefix`."""

    def __init__(self, prefix: str, routers: Sequence[APIRouter]) -> None:
        self._prefix = prefix
        self._routers = routers
        self._root = _Place()
        self._known: dict[tuple[str, str], Found] = {}
        rank = 0
        for router in routers:
            for route in router.routes:
                if not isinstance(route, Route) or ":path}" in route.path:
                    raise TypeError(f"{route} is not found by the words of its path")
                self._root.add(route.path.split("/"), rank, route)
                rank += 1

    def matches(self, scope: Scope) -> Found:
        """The first route that takes the path and the method; else the first that takes the path."""
        path = str(scope["path"]).removeprefix(scope.get("root_path", ""))
        if scope["type"] != "http" or not path.startswith(self._prefix):
            return Match.NONE, {}
        asked = (scope["method"], path)
        match, chosen = self._known.get(asked) or self._look(asked)
        return match, {**chosen, "path_params": {**chosen["path_params"]}} if chosen else {}

    def _look(self, asked: tuple[str, str]) -> Found:
        """Where a request of this method and path leads, from now on without looking."""
        found = self._found(asked[0], asked[1].removeprefix(self._prefix))
        if len(asked[1]) <= _LONGEST_KEPT:
            if len(self._known) >= _KEPT:  # Each record has a path of its own.
                self._known.clear()
            self._known[asked] = found
        return found

    def _found(self, method: str, path: str) -> Found:
        partial: Scope | None = None
        for _, route in sorted(self._root.find(path.split("/")), key=lambda found: found[0]):
            match = route.path_regex.match(path)
            if match is None:
                continue
            params = {
                name: route.param_convertors[name].convert(text) for name, text in match.groupdict().items()
            }
            chosen: Scope = {"endpoint": route.endpoint, "path_params": params, "route": route}
            if not route.methods or method in route.methods:
                return Match.FULL, chosen
            partial = partial or chosen
        return (Match.NONE, {}) if partial is None else (Match.PARTIAL, partial)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """By the route that `matches` has chosen; it refuses a method that is not its own."""
        if FAILED in scope:
            raise scope[FAILED]
        route: Route = scope["route"]
        await route.handle(scope, receive, send)

    def described(self) -> Sequence[BaseRoute]:
        """The same routes with their prefix, as the framework includes them: for a description of the API."""
        whole = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
        for router in self._routers:
            whole.include_router(router, prefix=self._prefix)
        return whole.routes
