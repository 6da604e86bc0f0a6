"""Connections that died under a request: what reads is asked again, of what writes nobody pretends to know."""

import contextlib
from collections.abc import AsyncIterator

import psycopg
import pytest

from banyan.db.database import Database
from factories.api import Api, Person, unique

pytestmark = pytest.mark.anyio
TRIES = 10


async def kill_all(database: Database, targets) -> int:
    """End every idle connection of the ordinary pool, as a restart of the server does."""
    _, idle, _ = database.pool_figures()
    async with contextlib.AsyncExitStack() as lent:
        pids = []
        for _ in range(idle):
            with contextlib.suppress(Exception):
                connection = await lent.enter_async_context(database.reader())
                row = await (await connection.execute("SELECT pg_backend_pid()")).fetchone()
                pids.append(row[0])
    async with await psycopg.AsyncConnection.connect(targets.superuser, autocommit=True) as root:
        await root.execute("SELECT pg_terminate_backend(pid) FROM unnest(%s::int[]) AS pid", (pids,))
    return len(pids)


@pytest.fixture(autouse=True)
async def all_replaced(api: Api, admin: Person) -> AsyncIterator[None]:
    """Each of the pool's connections has been read with before the next test writes."""
    yield
    used, idle, _ = api.runtime.database.pool_figures()
    for _ in range(2 * (used + idle + 1)):
        await admin.ok("GET", "/sessions/current")


async def test_a_read_outlives_the_connection_it_was_given(api: Api, admin: Person, targets):
    account = await admin.create("account", name=unique("Still here "))
    assert await kill_all(api.runtime.database, targets) > 0
    found = await admin.ok("GET", f"/records/account/{account['id']}")
    assert found["name"] == account["name"]
    assert await kill_all(api.runtime.database, targets) > 0
    page = await admin.ok("POST", "/records/account/query", {"select": ["name"], "limit": 1})
    assert len(page["records"]) == 1


async def test_a_write_whose_connection_is_gone_is_not_done_again_unasked(api: Api, admin: Person, targets):
    for _ in range(TRIES):
        name = unique("Perhaps ")
        assert await kill_all(api.runtime.database, targets) > 0
        answer = await admin.call("POST", "/records/account", json={"name": name})
        found = (await admin.page("account", where={"field": "name", "op": "eq", "value": name}))["records"]
        assert len(found) == answer.is_success
        if not answer.is_success:
            assert (answer.status_code, answer.json()["code"]) == (503, "database_gone")
            return
        # What the house does besides had met the dead connection, and the pool had made a new one.
    pytest.fail("no write was given a connection that was gone")
