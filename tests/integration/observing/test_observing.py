"""What an installation tells about itself: metrics, slow statements, timing, traces; none of it holds a value."""

import asyncio
import contextlib
import dataclasses
import threading
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import psycopg
import pytest
from fastapi.routing import APIRoute
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from prometheus_client.parser import text_string_to_metric_families
from psycopg import sql

from banyan.api.caller import CallerDep
from banyan.app import create_app
from banyan.db import slow
from banyan.db.driver import SwiftCursor
from banyan.db.slow import slow_queries
from banyan.jobs import JobRegistry
from banyan.kernel.errors import Conflict
from banyan.kernel.settings import Observing, Settings
from banyan.observing.observer import Observer
from banyan.observing.scrub import for_plan, kind_of, scrubbed
from factories.api import BASE, MAIN_SCHEMA, Api

pytestmark = pytest.mark.anyio
SECRET = "王小明 13800138000"
TOKEN = "a token for the scrape"


@contextlib.asynccontextmanager
async def observed(api: Api, settings: Settings, **chosen) -> AsyncIterator[httpx.AsyncClient]:
    """A second application on the same database that observes as chosen; calls are the administrator's."""
    told = dataclasses.replace(settings, observing=Observing(**{"slow_ms": 0, **chosen}))
    app = create_app(told, api.runtime.targets)

    async def nap(object_name: str, caller: CallerDep, seconds: float = 0.0) -> dict[str, str]:
        async with caller.runtime.database.reader() as connection:
            await connection.execute(
                "SELECT pg_sleep(%(nap)s), %(who)s::text, 'Zhang San', 42.5", {"nap": seconds, "who": SECRET}
            )
        return {"object": object_name}

    app.router.routes.insert(0, APIRoute("/api/v1/naps/{object_name}", nap))
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        headers = {"authorization": f"Bearer {api.administrator.token}", "accept-language": "en"}
        async with httpx.AsyncClient(transport=transport, base_url=BASE, headers=headers) as client:
            client.app = app  # type: ignore[attr-defined]
            yield client


async def families(client: httpx.AsyncClient, **headers: str) -> dict:
    response = await client.get("/metrics", headers=headers)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("text/plain; version=0.0.4")
    return {family.name: family for family in text_string_to_metric_families(response.text)}


def value(found: dict, family: str, name: str | None = None, **labels: str) -> float:
    samples = [
        sample.value
        for sample in found[family].samples
        if sample.name == (name or family) and labels.items() <= sample.labels.items()
    ]
    assert samples, (family, labels, found[family].samples)
    return sum(samples)


async def test_off_means_absent(api: Api, settings: Settings):
    """No watch, no middleware, a cursor that times nothing, and nobody answers for metrics."""
    async with observed(api, settings) as client:
        observer = client.app.state.observer
        assert observer.watches == ()
        assert [
            each.cls.__name__ for each in client.app.user_middleware if each.cls.__name__ == "Requests"
        ] == []
        async with client.app.state.runtime.database.reader() as connection:
            assert connection.cursor_factory is SwiftCursor
        response = await client.get("/metrics")
        assert (response.status_code, response.json()["code"]) == (404, "unknown_route")
        assert "server-timing" not in (await client.get("/api/v1/naps/account")).headers


async def test_metrics_tell_of_requests_statements_and_the_queue(api: Api, settings: Settings):
    async with observed(api, settings, metrics=True, slow_ms=1) as client:
        assert (await client.get("/api/v1/naps/account?seconds=0.01")).status_code == 200
        assert (await client.get("/api/v1/records/account/nothing")).status_code == 404
        assert (await client.request("BREW", "/api/v1/records/account/nothing")).status_code == 405
        found = await families(client)
    nap = {"method": "GET", "route": "/api/v1/naps/{object_name}"}
    assert value(found, "banyan_requests", "banyan_requests_total", status="2xx", **nap) == 1
    assert value(found, "banyan_request_seconds", "banyan_request_seconds_count", **nap) == 1
    read = {"route": "/api/v1/records/{object_name}/{record_id}", "status": "4xx"}
    assert value(found, "banyan_requests", "banyan_requests_total", method="GET", **read) == 1
    assert value(found, "banyan_requests", "banyan_requests_total", method="OTHER", status="4xx") == 1
    assert value(found, "banyan_statement_seconds", "banyan_statement_seconds_count", verb="SELECT") > 0
    assert value(found, "banyan_slow_statements", "banyan_slow_statements_total") >= 1
    assert value(found, "banyan_database_size_bytes") > 1_000_000
    assert value(found, "banyan_pool_connections", state="idle") >= 1
    assert value(found, "banyan_process_memory_bytes", process="web") > 10_000_000
    for name in ("banyan_jobs", "banyan_outbox_events", "banyan_open_streams", "banyan_jobs_oldest_seconds"):
        assert value(found, name) >= 0


async def test_metrics_are_for_who_may_see_them(api: Api, settings: Settings):
    async with observed(api, settings, metrics=True, metrics_token=TOKEN) as client:
        for authorization in ("", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {api.administrator.token}"):
            response = await client.get("/metrics", headers={"authorization": authorization})
            assert (response.status_code, response.json()["code"]) == (401, "not_signed_in"), authorization
        assert await families(client, authorization=f"Bearer {TOKEN}")
        assert await families(client, authorization=f"bearer {TOKEN}")
    async with observed(api, settings, metrics=True) as client:
        assert await families(client)
        through = await client.get("/metrics", headers={"x-forwarded-for": "127.0.0.1"})
        assert (through.status_code, through.json()["code"]) == (403, "metrics_from_here_only")
        afar = httpx.ASGITransport(client.app, client=("203.0.113.9", 4711))
        async with httpx.AsyncClient(transport=afar, base_url=BASE) as stranger:
            assert (await stranger.get("/metrics")).status_code == 403


async def test_a_slow_statement_is_kept_with_its_place_and_without_values(api: Api, settings: Settings):
    view, since = str(uuid.uuid4()), datetime.now(UTC)
    async with observed(api, settings, slow_ms=60) as client:
        assert (await client.get("/api/v1/naps/account")).status_code == 200
        response = await client.get("/api/v1/naps/account?seconds=0.15", headers={"x-banyan-view": view})
        assert response.status_code == 200
        runtime = client.app.state.runtime
        await client.app.state.observer.round(runtime.database)
        async with runtime.database.reader() as connection:
            found = await slow_queries(connection, MAIN_SCHEMA, since)
    kept = [each for each in found if "pg_sleep" in each.statement]
    assert len(kept) == 1
    assert kept[0].kind == "request"
    assert kept[0].route == "GET /api/v1/naps/{object_name}"
    assert kept[0].object == "account"
    assert str(kept[0].view_id) == view
    assert kept[0].seconds >= 0.15
    assert {"administrator", "all_data"} <= set(kept[0].roles)
    assert kept[0].statement == "SELECT pg_sleep(?), ?"
    assert kept[0].plan_hash is not None
    everything = repr(kept)
    assert SECRET not in everything
    assert "Zhang" not in everything
    assert api.administrator.id not in everything


async def test_a_view_that_is_no_id_is_not_kept(api: Api, settings: Settings):
    since = datetime.now(UTC)
    async with observed(api, settings, slow_ms=30) as client:
        await client.get("/api/v1/naps/lead?seconds=0.05", headers={"x-banyan-view": SECRET.encode().hex()})
        runtime = client.app.state.runtime
        await client.app.state.observer.round(runtime.database)
        async with runtime.database.reader() as connection:
            found = await slow_queries(connection, MAIN_SCHEMA, since)
    assert {each.view_id for each in found if each.object == "lead"} == {None}


async def test_what_is_kept_has_an_end(database, house, monkeypatch):
    """Too old goes, too many go."""
    monkeypatch.setattr(slow, "MOST_SLOW", 3)
    now = datetime.now(UTC)
    rows = [
        slow.SlowStatement("job", f"j{number}", None, None, 1.0, "SELECT ?", "h", at=now)
        for number in range(5)
    ]
    old = dataclasses.replace(rows[0], route="old", at=now - timedelta(days=slow.KEPT_DAYS + 1))
    async with database.transaction() as connection:
        await slow.write_slow(connection, house.schema, [old])
        await slow.write_slow(connection, house.schema, rows)
        found = await slow_queries(connection, house.schema, now - timedelta(days=90))
    assert sorted(each.route for each in found) == ["j2", "j3", "j4"]


async def test_server_timing_counts_statements(api: Api, settings: Settings):
    async with observed(api, settings, server_timing=True) as client:
        await client.get("/api/v1/naps/account")  # reads the catalog and the rights, which are then known
        header = (await client.get("/api/v1/naps/account?seconds=0.02")).headers["server-timing"]
    parts = dict(part.strip().split(";", 1) for part in header.split(","))
    database_ms = float(parts["db"].split(";")[0].removeprefix("dur="))
    assert float(parts["app"].removeprefix("dur=")) >= database_ms >= 20
    assert parts["db"].endswith('desc="2 statements"')  # whose session it is, and the nap


async def test_traces_reach_a_collector(api: Api, settings: Settings):
    """OTLP over HTTP to a server of this test: request and statement in one trace, and no value in any of it."""
    parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    with collector() as (endpoint, sent):
        async with observed(api, settings, otlp_endpoint=endpoint) as client:
            response = await client.get("/api/v1/naps/account", headers={"traceparent": parent})
            assert response.status_code == 200
        # Leaving sends what waits.
        spans = [
            span
            for body in sent
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]
    (request,) = [span for span in spans if span.name == "GET /api/v1/naps/{object_name}"]
    assert request.trace_id.hex() == "4bf92f3577b34da6a3ce929d0e0e4736"
    inside = [span for span in spans if span.parent_span_id == request.span_id]
    texts = [
        each.value.string_value for span in inside for each in span.attributes if each.key == "db.query.text"
    ]
    assert "SELECT pg_sleep(?), ?" in texts
    whole = b"".join(sent)
    for value_ in (SECRET, "Zhang San", api.administrator.id, "Ada Admin"):
        assert value_.encode() not in whole


@contextlib.contextmanager
def collector():
    """A collector on this machine that keeps the bodies it is sent."""
    sent: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            import gzip

            body = self.rfile.read(int(self.headers["content-length"]))
            sent.append(gzip.decompress(body) if self.headers.get("content-encoding") == "gzip" else body)
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *arguments) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1/traces", sent
        server.shutdown()
        thread.join()


async def test_jobs_leave_the_code_of_their_failure(database, house, settings: Settings):
    """The code, never the message; and slow statements of a job are its own."""
    since = datetime.now(UTC)
    observer = Observer(dataclasses.replace(settings, observing=Observing(slow_ms=0, metrics=True)), "worker")
    registry = JobRegistry()

    async def refuse(payload) -> None:
        raise Conflict("version_conflict", name=SECRET)

    async def break_(payload) -> None:
        raise ValueError(SECRET)

    registry.register("test.refuse", refuse)
    registry.register("test.break", break_)
    observer.watch_jobs(registry, database)
    for name, kind in (("test.refuse", Conflict), ("test.break", ValueError)):
        with pytest.raises(kind):
            await registry.kinds[name].handler({"schema": house.schema})
    async with database.reader() as connection:
        found = await slow.failed_kinds(connection, house.schema, since)
    assert {each.name: each.code for each in found} == {
        "test.refuse": "version_conflict",
        "test.break": "ValueError",
    }
    assert SECRET not in repr(found)


async def test_a_workspace_that_is_gone_does_not_stop_the_log(database, settings: Settings):
    observer = Observer(dataclasses.replace(settings, observing=Observing(slow_ms=1)), "worker")
    registry = JobRegistry()

    async def work(payload) -> None:
        observer.slow("SELECT 1", 5.0)
        await asyncio.sleep(0)
        raise psycopg.OperationalError

    registry.register("test.gone", work)
    observer.watch_jobs(registry, database)
    with pytest.raises(psycopg.OperationalError):
        await registry.kinds["test.gone"].handler({"schema": "ws_never_was"})
    await observer.round(database)
    assert observer.slow.seen == 1


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("SELECT \"c 1\", t1.x2 FROM t1 WHERE a = 'it''s'", 'SELECT "c 1", t1.x2 FROM t1 WHERE a = ?'),
        (
            "SELECT 1 WHERE a IN (%(a_1)s, %(a_2)s,%(a_3)s) AND b > 12.5e3",
            "SELECT ? WHERE a IN (?) AND b > ?",
        ),
        ("SELECT $x$ secret $x$, %s, $1", "SELECT ?, $1"),
        ("SELECT E'a\\\\' || %(b)s::uuid", "SELECT E? || ?::uuid"),
        ("SELECT ARRAY[%(a)s::text, %(b)s::text, %(c)s::text]", "SELECT ARRAY[?]"),
    ],
    ids=["literals", "lists", "dollars", "backslash", "casts"],
)
def test_scrubbing(text: str, bare: str):
    assert scrubbed(text) == bare


def test_kinds_of_statements():
    composed = sql.SQL("UPDATE {} SET x = 1").format(sql.Identifier("t"))
    queries = (
        "  select 1",
        b"DELETE FROM t",
        composed,
        sql.SQL("WITH a AS (SELECT 1) SELECT 2"),
        "BEGIN",
        "",
    )
    assert [kind_of(query) for query in queries] == ["SELECT", "DELETE", "UPDATE", "WITH", "OTHER", "OTHER"]


def test_plans_are_asked_of_single_statements_alone():
    assert for_plan("SELECT a FROM b WHERE c = %(x)s AND d = %(x)s AND e LIKE '%%'") == (
        "SELECT a FROM b WHERE c = $1 AND d = $1 AND e LIKE '%'"
    )
    assert for_plan("BEGIN; SET LOCAL x = 1") is None
    assert for_plan("SELECT 1; DROP TABLE x") is None
