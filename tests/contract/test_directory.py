"""The directory of routes chooses what the framework's own walk through all of them would choose."""

import re

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Match, Mount

from banyan.api.directory import Directory
from banyan.app import ROUTERS

PREFIX = "/api/v1"
ROUTES = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]


def _scope(method: str, path: str) -> dict[str, object]:
    return {"type": "http", "method": method, "path": path, "root_path": ""}


def _walked(method: str, path: str) -> tuple[Match, object]:
    """As the framework does it: the first whole match, else the first with another method."""
    partial = None
    for route in ROUTES:
        match, child = route.matches(_scope(method, path))
        if match is Match.FULL:
            return match, child["endpoint"]
        if match is Match.PARTIAL and partial is None:
            partial = child["endpoint"]
    return (Match.NONE, None) if partial is None else (Match.PARTIAL, partial)


def _filled(path: str, text: str) -> str:
    return re.sub(r"{[^}]*}", text, path)


# Values that are words of other routes too: `export` may be a record or the route called so.
@pytest.mark.parametrize("text", ["x1", "export", "query", "batch", "settings", "current"])
def test_the_same_route_is_chosen(text: str) -> None:
    directory = Directory(PREFIX, ROUTERS)
    for path in sorted({_filled(route.path, text) for route in ROUTES}):
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"):
            match, child = directory.matches(_scope(method, PREFIX + path))
            assert (match, child.get("endpoint")) == _walked(method, path), f"{method} {path}"


def test_values_stand_where_the_path_names_them() -> None:
    directory = Directory(PREFIX, ROUTERS)
    match, child = directory.matches(_scope("GET", f"{PREFIX}/records/account/17/history"))
    assert match is Match.FULL
    assert child["path_params"] == {"object_name": "account", "record_id": "17"}


@pytest.mark.parametrize(
    "path", ["/api/v1", "/api/v1/", "/api/v1/nothing", "/records/account", "/api/v2/records/a"]
)
def test_other_paths_are_not_of_the_api(path: str) -> None:
    assert Directory(PREFIX, ROUTERS).matches(_scope("GET", path)) == (Match.NONE, {})


def test_a_route_that_takes_any_number_of_words_is_refused() -> None:
    router = APIRouter()

    @router.get("/files/{path:path}")
    async def page(path: str) -> str:
        return path

    other = APIRouter()
    foreign: list[BaseRoute] = [Mount("/m", routes=[])]
    other.routes.extend(foreign)
    for each in (router, other):
        with pytest.raises(TypeError):
            Directory(PREFIX, [each])
