"""A route whose walk is kept answers what the framework's own walk answers."""

import itertools
from typing import Any

import pytest
import sqlalchemy as sa

from banyan.api.strict import StrictRoute
from banyan.app import ROUTERS
from banyan.db.statements import run
from banyan.identity.secrets import token_hash
from banyan.identity.tables import identity_tables
from factories.api import MAIN_SCHEMA, Api

pytestmark = pytest.mark.anyio
STRAIGHT = [
    route
    for router in ROUTERS
    for route in router.routes
    if isinstance(route, StrictRoute) and route.answer is not None
]
JSON = "application/json"
BODIES: list[tuple[str | None, bytes]] = [
    (None, b""),
    (JSON, b""),
    (JSON, b"{}"),
    (JSON, b"[]"),
    (JSON, b"null"),
    (JSON, b'{"limit": 2}'),
    (JSON, b'{"limit": "2", "select": ["name"]}'),
    (JSON, b'{"limit": 0, "unknown": 1}'),
    (JSON, b'{"limit": NaN}'),
    (JSON, b'{"name": "\\ud800"}'),
    (JSON, b"{"),
    (f"{JSON}; charset=utf-8", b'{"limit": 1}'),
    ("application/vnd.api+json", b'{"limit": 1}'),
    ("APPLICATION/JSON", b'{"limit": 1}'),
    ("text/plain", b'{"limit": 1}'),
    ("nonsense", b'{"limit": 1}'),
    (None, b'{"limit": 1}'),
    (JSON, b'{"operations": []}'),
    (JSON, b'{"operations": [{"op": "create", "values": {}}]}'),
]
QUERIES = [
    "",
    "limit=1",
    "limit=x",
    "limit=0",
    "limit=1&limit=2",
    "nothing=1",
    "include=timeline",
    "version=",
]
OBJECTS = ["account", "nothing", "a%20b"]


def _answer(response: Any) -> tuple[int, Any, Any]:
    """What an answer says, without what differs each time."""
    kind = response.headers.get("content-type")
    if not (kind or "").endswith("json"):
        return response.status_code, kind, response.content
    document = response.json()
    if isinstance(document, dict):
        document.pop("reference", None)
    return response.status_code, kind, document


def test_the_hottest_routes_are_among_them() -> None:
    paths = {(method, route.path) for route in STRAIGHT for method in route.methods}
    one = "/records/{object_name}/{record_id}"
    assert {
        ("POST", "/records/{object_name}/query"),
        ("POST", "/records/{object_name}/aggregate"),
        ("POST", "/records/{object_name}"),
        ("POST", "/records/{object_name}/batch"),
        ("GET", one),
        ("PATCH", one),
        ("DELETE", one),
    } <= paths


async def test_every_answer_is_the_framework_s_own(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    record = await api.administrator.create("account", name="Straight")
    places = [f"/api/v1/records/{name}{rest}" for name in OBJECTS for rest in ("/query", "/aggregate")]
    writes = [("POST", place, "", body) for place in places for body in BODIES]
    writes += [("POST", "/api/v1/records/account/batch", "", body) for body in BODIES[:-1]]
    writes += [("POST", "/api/v1/records/nothing", "accept_duplicates=perhaps", body) for body in BODIES]
    one = f"/api/v1/records/account/{record['id']}"
    writes += [("PATCH", one, "", body) for body in BODIES]
    writes += [("DELETE", one, query, BODIES[0]) for query in ("version=x", "version=99", "nothing=1")]
    reads = [
        ("GET", place, query, BODIES[0])
        for place, query in itertools.product(
            [one, "/api/v1/records/account/x", "/api/v1/records/nothing", "/api/v1/records/account"], QUERIES
        )
    ]
    ended = await api.person()
    await ended.page("account")
    assert api.runtime.proven.session(ended.token) is not None
    clients = [api.client(token) for token in (None, "main.made-up", api.administrator.token, ended.token)]
    # Past this process: it proceeds on what was last said of the session.
    tables = identity_tables(MAIN_SCHEMA)
    async with api.runtime.database.transaction() as connection:
        mine = tables.session.c.token_hash == token_hash(ended.token)
        await run(connection, sa.delete(tables.session).where(mine))

    async def answers() -> list[Any]:
        found = []
        for client in clients:
            for method, path, query, (kind, body) in (*writes, *reads):
                headers = {} if kind is None else {"content-type": kind}
                url = f"{path}?{query}" if query else path
                found.append(
                    _answer(await client.request(method, url, content=body or None, headers=headers))
                )
        return found

    straight = await answers()
    for route in STRAIGHT:
        monkeypatch.setattr(route, "answer", None)
    by_framework = await answers()
    asked = [(method, path, query, body) for _ in clients for method, path, query, body in (*writes, *reads)]
    for request, one_way, other_way in zip(asked, straight, by_framework, strict=True):
        assert one_way == other_way, request
    assert {status for status, *_ in straight} >= {200, 401, 404, 422}
