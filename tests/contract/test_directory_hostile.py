"""Paths as nobody should send them go where the framework would send them, and are refused in the same words."""

import re

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Match, Route

from banyan.api.directory import Directory
from banyan.app import ROUTERS

pytestmark = pytest.mark.anyio
PREFIX = "/api/v1"
ROUTES = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW")
TEXTS = ("x", "", ".", "..", "{}", "query", "a b", "客户", "a\nb", "x/y", "x//y", "*", "%2F", "a;b", "?")


def _paths() -> list[str]:
    found = set()
    for route in ROUTES:
        for text in TEXTS:
            path = re.sub(r"{[^}]*}", lambda _, text=text: text, route.path)
            found |= {path, f"{path}/", f"/{path}", path.replace("/", "//", 3), path.upper(), path[:-1]}
    return sorted(found)


def _plain(method: str, path: str) -> tuple[Match, object]:
    scope = {"type": "http", "method": method, "path": path, "root_path": ""}
    partial: tuple[Match, object] = (Match.NONE, None)
    for route in ROUTES:
        match, child = Route.matches(route, scope)
        if match is Match.FULL:
            return match, (child["endpoint"], child["path_params"])
        if match is Match.PARTIAL and partial[0] is Match.NONE:
            partial = (match, (child["endpoint"], child["path_params"]))
    return partial


@pytest.mark.parametrize("root", ["", "/crm", "/api"])
def test_hostile_paths_find_the_same_route(root: str) -> None:
    directory, found = Directory(PREFIX, ROUTERS), set()
    for path in _paths()[::29]:
        for method in METHODS:
            scope = {"type": "http", "method": method, "path": f"{root}{PREFIX}{path}", "root_path": root}
            match, child = directory.matches(scope)
            chosen = None if match is Match.NONE else (child["endpoint"], child["path_params"])
            assert (match, chosen) == _plain(method, path), f"{method} {path!r}"
            found.add(match)
    assert found == set(Match)


def _application(*, directory: bool, pages: bool) -> FastAPI:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    if directory:
        app.router.routes.append(Directory(PREFIX, ROUTERS))
    else:
        for router in ROUTERS:
            app.include_router(router, prefix=PREFIX)

    async def page(request: Request) -> PlainTextResponse:
        return PlainTextResponse(f"page {request.path_params['anything']}")

    if pages:
        app.router.routes.append(Route("/{anything:path}", page))

    async def broken(request: Request, error: Exception) -> PlainTextResponse:
        """Nothing is behind the routes here: which one was asked is all that is told."""
        return PlainTextResponse(f"{request.scope['endpoint'].__qualname__} {type(error).__name__}", 500)

    app.add_exception_handler(Exception, broken)
    return app


@pytest.mark.parametrize("pages", [True, False], ids=["pages", "bare"])
async def test_hostile_paths_are_answered_alike(*, pages: bool) -> None:
    """Statuses, the methods told with 405, redirects of slashes, and pages behind the API."""
    statuses = set()
    clients = [
        httpx.AsyncClient(
            transport=httpx.ASGITransport(
                app=_application(directory=directory, pages=pages), raise_app_exceptions=False
            ),
            base_url="http://crm",
        )
        for directory in (True, False)
    ]
    for path in _paths()[::83]:
        sent = f"{PREFIX}{path}".replace("?", "%3F").replace("\n", "%0A")
        for method in METHODS:
            ours, plain = [await client.request(method, f"http://crm{sent}") for client in clients]
            for answer in (ours, plain):
                answer.told = (
                    answer.status_code,
                    answer.text,
                    answer.headers.get("allow"),
                    answer.headers.get("location"),
                )
            assert ours.told == plain.told, f"{method} {sent!r}"
            statuses.add(ours.status_code)
    assert {200 if pages else 307, 404, 405, 500} <= statuses
