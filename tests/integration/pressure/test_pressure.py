"""More is asked than can be served: the surplus is told when to come again, nobody hangs, no place is lost."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import chain

import pytest

from banyan.api import pressure as limiter
from banyan.api.traffic import HEAVY, LONG, STREAM, Kind, kind_of
from banyan.app import ROUTERS
from factories.api import MAIN_SCHEMA, Api, unique
from factories.neighbour import neighbour

pytestmark = pytest.mark.anyio
LIST = ("POST", "/records/lead/query", {"select": ["name"], "limit": 1})
TOTALS = ("POST", "/records/lead/aggregate", {"measures": [{"fn": "count"}]})


async def until(holds: Callable[[], bool | Awaitable[bool]]) -> None:
    """Look again and again: what is looked at is moved by others, who tell nobody."""
    while True:
        found = holds()
        if found if isinstance(found, bool) else await found:
            return
        await asyncio.sleep(0.005)


@contextlib.asynccontextmanager
async def locked(api: Api, table: str | None = None) -> AsyncIterator[None]:
    """Nobody reads leads, or another table, until the block ends."""
    table = table or (await api.runtime.catalogs.current(MAIN_SCHEMA)).object("lead").table_name
    async with api.runtime.database.transaction() as connection:
        await connection.execute(f'LOCK TABLE {MAIN_SCHEMA}."{table}" IN ACCESS EXCLUSIVE MODE')
        yield


@pytest.fixture
async def caller(narrow, api):
    async with narrow.client(api.administrator.token) as client:
        assert (await client.request(*LIST[:2], json=LIST[2])).status_code == 200
        assert (await client.request(*TOTALS[:2], json=TOTALS[2])).status_code == 200
        yield client


def ask(client, method: str, path: str, body=None) -> asyncio.Task:
    return asyncio.create_task(client.request(method, path, json=body))


async def waits(api) -> bool:
    """Whether a statement waits for the lock."""
    async with api.runtime.database.reader() as connection:
        cursor = await connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = 'banyan'"
        )
        return bool((await cursor.fetchone())[0])


async def is_over(api) -> bool:
    return not await waits(api)


async def test_the_surplus_is_refused_in_the_callers_language_and_the_rest_is_served(narrow, api, caller):
    lane = narrow.lanes[Kind.ORDINARY]
    async with locked(api):
        working = [ask(caller, *LIST) for _ in range(2)]
        await until(lambda: lane.working == 2)
        refused = await caller.request(*LIST[:2], json=LIST[2])
        chinese = await caller.request(*LIST[:2], json=LIST[2], headers={"accept-language": "zh-CN"})
    for answer in (refused, chinese):
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.json()["code"] == "workspace_busy"
    assert "too much under way" in refused.json()["title"]
    assert "同时处理的请求过多" in chinese.json()["title"]
    assert [(await each).status_code for each in working] == [200, 200]
    assert (lane.working, lane.waiting) == (0, 0)


async def test_another_workspace_is_served_while_the_first_floods(narrow, api, caller, workspace):
    lane, next_door = narrow.lanes[Kind.ORDINARY], await neighbour(api, workspace)
    async with locked(api), narrow.client(next_door.token) as other:
        flood = [ask(caller, *LIST) for _ in range(40)]
        await until(lambda: lane.working == 2)
        answer = await other.request(*LIST[:2], json=LIST[2])
        assert (answer.status_code, answer.json()["records"]) == (200, [])
        await until(lambda: sum(each.done() for each in flood) == 38)
    assert sorted([(await each).status_code for each in flood]) == [200] * 2 + [429] * 38


async def test_made_up_tokens_use_up_no_share_of_the_workspace_they_name(narrow, api, caller):
    lane, key = narrow.lanes[Kind.ORDINARY], api.administrator.token.partition(".")[0]
    async with narrow.client(f"{key}.{'x' * 40}") as liar:
        async with locked(api, "session"):
            flood = [ask(liar, *LIST) for _ in range(20)]
            await until(lambda: lane.working == 2)
            member = ask(caller, *LIST)
            await until(lambda: lane.working == 3)
        assert (await member).status_code == 200
        assert sorted([(await each).status_code for each in flood])[:2] == [401] * 2


async def test_a_stream_holds_a_place_until_it_begins(narrow, api, caller):
    lane = narrow.lanes[Kind.ORDINARY]
    async with locked(api, "session"):
        streams = [ask(caller, "GET", "/live") for _ in range(3)]
        await until(lambda: any(each.done() for each in streams))
        assert lane.working == 2
        assert sorted(each.result().status_code for each in streams if each.done()) == [429]
        for each in streams:
            each.cancel()
    await until(lambda: lane.working == 0)
    async with caller.stream("GET", "/live") as stream:
        assert stream.status_code == 200
        await until(lambda: lane.working == 0)
        assert (await caller.request(*LIST[:2], json=LIST[2])).status_code == 200


async def test_lists_go_on_while_reports_fill_their_lane(narrow, api, caller):
    lane = narrow.lanes[Kind.HEAVY]
    async with locked(api):
        report = ask(caller, *TOTALS)
        await until(lambda: lane.working == 1)
        others = [ask(caller, *TOTALS) for _ in range(3)]
        await until(lambda: lane.waiting == 3)
        for _ in range(20):
            answer = await caller.post("/records/account/query", json=LIST[2])
            assert answer.status_code == 200
        assert not report.done()
        surplus = [(await each).status_code for each in others]
    assert surplus == [429] * 3
    assert (await report).status_code == 200
    assert (lane.working, lane.waiting) == (0, 0)


async def test_signing_in_goes_on_while_all_else_is_full(narrow, api, caller):
    lane = narrow.lanes[Kind.ORDINARY]
    async with locked(api):
        flood = [ask(caller, *LIST) for _ in range(2)]
        await until(lambda: lane.working == 2)
        assert (await caller.get("/sessions/current")).status_code == 200
    await asyncio.gather(*flood)


@pytest.mark.parametrize("wish", [LIST, TOTALS], ids=["list", "report"])
async def test_who_goes_away_takes_the_statement_along(narrow, api, caller, wish):
    lane = narrow.lanes[kind_of(wish[0], f"/api/v1{wish[1]}")]
    async with locked(api):
        left = ask(caller, *wish)
        await until(lambda: waits(api))
        left.cancel()
        await until(lambda: lane.working == 0)
        await until(lambda: is_over(api))
    again = await caller.request(*wish[:2], json=wish[2])
    assert again.status_code == 200


async def test_a_save_is_not_broken_off_when_its_caller_goes_away(narrow, api, caller, admin):
    lane, name = narrow.lanes[Kind.ORDINARY], unique("left")
    async with locked(api):
        left = ask(caller, "POST", "/records/lead", {"name": name})
        await until(lambda: waits(api))
        await asyncio.sleep(2 * limiter.WATCH_AFTER_S)  # Long enough for a read to be watched.
        left.cancel()
    await until(lambda: lane.working == 0)
    found = await admin.page("lead", where={"field": "name", "op": "eq", "value": name})
    assert len(found["records"]) == 1


async def test_no_place_is_lost_with_a_thousand_callers_who_went_away(narrow, api, caller, monkeypatch):
    monkeypatch.setattr(limiter, "WATCH_AFTER_S", 0.0)
    lane = narrow.lanes[Kind.ORDINARY]
    head = (
        f"POST /api/v1{LIST[1]} HTTP/1.1\r\nHost: x\r\nAuthorization: {caller.headers['authorization']}\r\n"
    )
    body = b'{"select":["name"],"limit":1}'
    raw = f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
    gone = 0
    while gone < 1_000:
        async with locked(api):
            for _ in range(5):
                lines = [await asyncio.open_connection("127.0.0.1", narrow.port) for _ in range(50)]
                for _, writer in lines:
                    writer.write(raw)
                await until(lambda: lane.working == 2)
                for _, writer in lines:
                    writer.transport.abort()
                await until(lambda: (lane.working, lane.waiting) == (0, 0))
                gone += len(lines)
    assert (await caller.request(*LIST[:2], json=LIST[2])).status_code == 200


async def test_a_refused_request_gives_its_place_back(narrow, caller):
    for path, body in (("/records/lead/query", {"limit": "many"}), ("/records/nothing/query", {})):
        for _ in range(5):
            assert (await caller.post(path, json=body)).status_code in (404, 422)
    too_large = await caller.post("/records/lead", content=b"x" * (17 * 1024 * 1024))
    assert too_large.status_code == 413
    assert all((lane.working, lane.waiting) == (0, 0) for lane in narrow.lanes.values())


def test_every_path_named_for_a_lane_is_a_route():
    """A pattern that no route matches any more would leave what it meant in the ordinary lane."""
    paths = [
        f"{method} {re.sub('[{}]', '', route.path)}"
        for router in ROUTERS
        for route in router.routes
        for method in route.methods
    ]
    for pattern in chain.from_iterable(_alternatives(each) for each in (*STREAM, *HEAVY, *LONG)):
        assert any(re.fullmatch(pattern, path) for path in paths), pattern


def _alternatives(pattern: str) -> list[str]:
    """The patterns between bars that stand in no bracket."""
    found, depth = [""], 0
    for letter in pattern:
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "|" and depth == 0:
            found.append("")
        else:
            found[-1] += letter
    return found
