"""Every refusal of every route is one problem document; nothing a caller sends is an error of the server."""

import base64
import re
import uuid
from typing import Any

import httpx
import orjson
import pytest
from fastapi.routing import APIRoute

from factories.api import Api, Person, unique

pytestmark = pytest.mark.anyio
KEYS = {"type", "title", "status", "code", "detail", "reference", "errors"}
OPEN = {
    "/api/v1/setup",
    "/api/v1/sessions",
    "/api/v1/sessions/second-factor",
    "/api/v1/sessions/oidc",
    "/api/v1/sessions/oidc/start",
    "/api/v1/sessions/passkey",
    "/api/v1/sessions/passkey-options",
    "/api/v1/password-reset",
    "/api/v1/set-password",
    "/api/v1/sign-in-options",
    "/healthz",
}
JSON = {"content-type": "application/json"}


def routes(api: Api) -> list[tuple[str, str, APIRoute]]:
    return [
        (method, path, route)
        for path, route in api_routes(api)
        for method in sorted(route.methods)
        if path.startswith("/api/v1")
    ]


def api_routes(api: Api) -> list[tuple[str, APIRoute]]:
    from banyan.api import (
        account,
        identity_providers,
        identity_settings,
        imports,
        metadata,
        openapi,
        records,
        search,
        sessions,
        tokens,
    )

    modules = (
        account,
        identity_providers,
        identity_settings,
        imports,
        metadata,
        openapi,
        records,
        search,
        sessions,
        tokens,
    )
    return [(f"/api/v1{r.path}", r) for m in modules for r in m.router.routes if isinstance(r, APIRoute)]


def filled(path: str, identifier: str = "") -> str:
    path = path.replace("{object_name}", "account")
    return re.sub(r"\{[a-z_]+\}", identifier or str(uuid.uuid4()), path)


def assert_problem(response: httpx.Response, context: str) -> dict[str, Any]:
    assert 400 <= response.status_code < 500, f"{context}: {response.status_code} {response.text}"
    assert response.headers["content-type"] == "application/problem+json", context
    document: dict[str, Any] = response.json()
    assert set(document) >= KEYS, context
    assert document["status"] == response.status_code
    assert document["type"] == f"/errors/{document['code']}"
    assert document["title"] != document["code"], f"{context}: no text for {document['code']}"
    assert "…" not in document["detail"], f"{context}: {document['detail']}"
    for item in document["errors"]:
        assert set(item) == {"pointer", "code", "message"}
        assert item["message"] != item["code"], f"{context}: no text for {item['code']}"
    return document


async def test_every_route_asks_who_calls(api: Api):
    async with api.client() as nobody:
        for method, path, _ in routes(api):
            if path not in OPEN:
                response = await nobody.request(method, filled(path), json={} if method != "GET" else None)
                assert response.status_code in (401, 422), f"{method} {path}: {response.status_code}"
                assert_problem(response, f"{method} {path}")


async def test_unknown_ids_and_nonsense_ids_are_refused_on_every_route(api: Api, admin: Person):
    for method, path, _ in routes(api):
        for identifier in (str(uuid.uuid4()), "nonsense", "%00", "..%2f", "😀"):
            if "_id}" in path:
                response = await admin.call(method, filled(path, identifier).removeprefix("/api/v1"), json={})
                assert_problem(response, f"{method} {path} {identifier}")


async def test_unknown_object_is_refused_on_every_route(api: Api, admin: Person):
    for method, path, _ in routes(api):
        if "{object_name}" in path:
            target = filled(path.replace("{object_name}", "nothing")).removeprefix("/api/v1")
            response = await admin.call(method, target, json={} if method != "GET" else None)
            assert_problem(response, f"{method} {path}")


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"",
        b"[]",
        b'"x"',
        b"\xff\xfe",
        b'{"a":NaN}',
        b'{"\\ud800":1}',
        b"[" * 5_000,
        b'{"zz_unknown":1}',
    ],
)
async def test_bodies_that_are_not_what_they_should_be_are_refused(api: Api, admin: Person, body: bytes):
    for method, path, route in routes(api):
        if route.body_field is None or path == "/api/v1/imports":
            continue
        response = await admin.call(method, filled(path).removeprefix("/api/v1"), content=body, headers=JSON)
        assert_problem(response, f"{method} {path} {body[:20]!r}")


async def test_unknown_query_parameter_is_refused_on_every_route(api: Api, admin: Person):
    for method, path, _ in routes(api):
        response = await admin.call(method, filled(path).removeprefix("/api/v1") + "?zz_unknown=1")
        assert_problem(response, f"{method} {path}")


async def test_wrong_method_and_unknown_address_have_the_shape(admin: Person):
    assert_problem(await admin.call("PUT", "/records/account"), "PUT")
    assert_problem(await admin.call("GET", "/no/such/thing"), "unknown route")


async def test_body_over_the_limit_is_413(admin: Person):
    response = await admin.call(
        "POST", "/records/account", content=b'{"name":"' + b"x" * 17 * 1024 * 1024 + b'"}', headers=JSON
    )
    assert assert_problem(response, "large body")["code"] == "too_large"
    assert response.status_code == 413


def cursor(document: Any) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(document)).rstrip(b"=").decode()


ID = "25960379-910e-4d59-8c2f-ac6262fbd0f5"


@pytest.mark.parametrize(
    "made_up",
    [
        "%%%",
        "bm8",
        cursor(["values", ["x", "no id"], "name"]),
        cursor(["values", [None, ID], "name"]),
        cursor(["values", [ID], "name"]),
        cursor(["values", ["x", "y", ID], "name"]),
        cursor(["nulls", ["x", ID], "name"]),
        cursor(["all", ["x", ID], "name"]),
        cursor(["values", {"a": 1}, "name"]),
        cursor(["values", "ab", "name"]),
        cursor(["values", ["x", ID], "-name"]),
        cursor([[], [], "name"]),
        cursor(["values", ["\x00", ID], "name"]),
    ],
)
async def test_made_up_cursor_is_refused(admin: Person, made_up: str):
    query = {"sort": [{"field": "name"}], "cursor": made_up}
    assert_problem(await admin.call("POST", "/records/account/query", json=query), made_up)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("annual_revenue", "1e2000000"),
        ("annual_revenue", "1e-2000000"),
        ("annual_revenue", {"amount": "1", "currency": "cny"}),
        ("employees", "9" * 5_000),
        ("employees", True),
        ("employees", {"a": 1}),
        ("name", ["x"]),
        ("name", "nul\x00"),
        ("name", "x" * 300),
        ("registered_on", "2026-02-30"),
        ("registered_on", 5),
        ("last_followed_at", "0001-01-01T00:00:00+14:00"),
        ("parent", "not an id"),
        ("parent", {"id": None}),
        ("industry", {}),
        ("version", "²"),
        ("owner", "me too"),
        ("email", "a@b"),
        ("website", "javascript://x.y/%0aalert(1)"),
        ("phone", "1.38E+10"),
    ],
)
async def test_wrong_value_is_refused_at_its_place(admin: Person, field: str, value: Any):
    body = {"name": "Right"} | {field: value}
    problem = assert_problem(await admin.call("POST", "/records/account", json=body), field)
    assert f"/{field}" in [item["pointer"] for item in problem["errors"]]
    where = {"field": field, "op": "eq", "value": value}
    response = await admin.call("POST", "/records/account/query", json={"where": where})
    assert response.status_code in (200, 422), response.text


@pytest.mark.parametrize("version", ["²", "9" * 5_000, -1, 1.5, True, 2**31, [], "1"])
async def test_wrong_version_is_refused(admin: Person, version: Any):
    record = await admin.create("account", name=unique("A"))
    response = await admin.call(
        "PATCH", f"/records/account/{record['id']}", json={"version": version, "name": "B"}
    )
    if version == "1":
        assert response.status_code == 200
    else:
        assert_problem(response, str(version)[:20])


async def test_error_speaks_the_language_of_the_caller(api: Api):
    async with api.client() as nobody:
        english = await nobody.get("/api/v1/records/account")
        chinese = await nobody.get("/api/v1/records/account", headers={"accept-language": "zh-CN,zh"})
    assert english.json()["title"] == "Please sign in"
    assert chinese.json()["title"] == "请先登录"


async def test_upload_larger_than_a_file_may_be_is_refused_before_it_is_read(api: Api):
    headers = {"content-length": str(10 * 1024**4), "content-type": "multipart/form-data; boundary=x"}
    async with api.client() as nobody:
        response = await nobody.post("/api/v1/imports", content=b"--x--", headers=headers)
    assert assert_problem(response, "upload")["status"] == 413


async def test_a_field_named_as_a_part_of_the_request_keeps_its_place(api: Api):
    """`body` is where the framework found it and what the field is called: the first goes, the second stays."""
    admin = api.administrator
    account = await admin.create("account", name=unique("Acme"))
    told = await admin.refused(
        "POST", f"/records/account/{account['id']}/comments", 422, "validation_failed", {"body": 5}
    )
    assert [(each["pointer"], each["code"]) for each in told["errors"]] == [("/body", "invalid_value")]
