"""The pool, its edges and what leaves it."""

import asyncio
from uuid import uuid4

import psycopg
import pytest

from banyan.db.database import Database
from banyan.kernel.errors import Conflict, Unavailable
from banyan.workspaces import load

pytestmark = pytest.mark.anyio


async def one(connection, statement, params=None):
    cursor = await connection.execute(statement, params)
    return (await cursor.fetchone())[0]


async def test_json_comes_back_as_the_bytes_the_server_wrote(database):
    async with database.reader() as connection:
        assert await one(connection, "SELECT json_build_object('a', 1)") == b'{"a" : 1}'
        assert await one(connection, """SELECT '{"b": 2}'::jsonb""") == b'{"b": 2}'


async def test_session_runs_in_utc_on_the_jobs_schema_with_a_time_limit(database):
    async with database.reader() as connection:
        assert await one(connection, "SHOW timezone") == "UTC"
        assert await one(connection, "SHOW search_path") == "banyan_jobs"
        assert await one(connection, "SHOW statement_timeout") == "30s"


async def test_transaction_commits_at_its_end_and_rolls_back_on_any_error(database, workspace):
    table = f"{workspace.schema}.role"
    async with database.transaction() as connection:
        await connection.execute(f"INSERT INTO {table} VALUES ('kept', '{{}}')")

    async def fail():
        async with database.transaction() as connection:
            await connection.execute(f"INSERT INTO {table} VALUES ('lost', '{{}}')")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with database.reader() as connection:
        assert await one(connection, f"SELECT array_agg(key) FROM {table}") == ["kept"]


async def test_cancelled_transaction_rolls_back_and_frees_its_connection(targets, workspace):
    table = f"{workspace.schema}.role"
    database = await Database.open(targets, max_size=1)
    started = asyncio.Event()

    async def hang():
        async with database.transaction() as connection:
            await connection.execute(f"INSERT INTO {table} VALUES ('hung', '{{}}')")
            started.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(hang())
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with database.reader() as connection:
        assert await one(connection, f"SELECT count(*) FROM {table} WHERE key = 'hung'") == 0
    await database.close()


async def test_violation_leaves_as_kernel_error_naming_its_constraint(database, workspace):
    statement = (
        f"INSERT INTO {workspace.schema}.credential (user_id, sign_in, state) VALUES (%s, 'a@b', 'active')"
    )
    async with database.transaction() as connection:
        await connection.execute(statement, (uuid4(),))
    with pytest.raises(Conflict) as caught:
        async with database.transaction() as connection:
            await connection.execute(statement, (uuid4(),))
    assert caught.value.code == "unique_violation"
    assert caught.value.params["constraint"] == "uq_credential_sign_in"


async def test_exhausted_pool_is_unavailable_not_a_hang(targets):
    database = await Database.open(targets, max_size=1, pool_wait_s=0.2)
    async with database.reader():
        with pytest.raises(Unavailable, match="database_busy"):
            async with database.reader():
                pass
    await database.close()


async def test_statement_over_its_time_is_unavailable(targets):
    database = await Database.open(targets, max_size=1, statement_timeout_ms=50)
    with pytest.raises(Unavailable, match="statement_timeout"):
        async with database.reader() as connection:
            await connection.execute("SELECT pg_sleep(5)")
    await database.close()


async def test_broken_connections_are_replaced(targets):
    database = await Database.open(targets, min_size=2, max_size=2)
    async with database.reader() as first, database.reader() as second:
        mine = [await one(connection, "SELECT pg_backend_pid()") for connection in (first, second)]
    async with await psycopg.AsyncConnection.connect(targets.superuser, autocommit=True) as root:
        await root.execute("SELECT pg_terminate_backend(pid) FROM unnest(%s::int[]) AS pid", (mine,))
    with pytest.raises(Unavailable):
        async with database.reader() as connection:
            await connection.execute("SELECT 1")
    await asyncio.sleep(0.5)
    async with database.reader() as connection:
        assert await one(connection, "SELECT pg_backend_pid()") not in mine
    await database.close()


async def test_listener_hears_what_is_announced(database):
    heard = database.listen("test_channel")
    assert await anext(heard) is None
    async with database.transaction() as connection:
        await connection.execute("SELECT pg_notify('test_channel', '7')")
    assert await asyncio.wait_for(anext(heard), 5) == "7"
    await heard.aclose()


async def test_app_role_may_not_rewrite_history_or_touch_the_catalog(database, workspace):
    for statement in (
        "UPDATE {}.record_history SET version = 1",
        "DELETE FROM {}.audit_entry",
        "DELETE FROM {}.meta_field",
        "UPDATE {}.meta_version SET version = 1",
        "CREATE TABLE {}.mine (a int)",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            async with database.transaction() as connection:
                await connection.execute(statement.format(workspace.schema))


async def test_schema_change_runs_as_owner_and_gives_the_app_its_rows(database, workspace):
    async with database.schema_change() as connection:
        await connection.execute(f"CREATE TABLE {workspace.schema}.made (a int)")
    async with database.transaction() as connection:
        await connection.execute(f"INSERT INTO {workspace.schema}.made VALUES (1)")
        assert (await load(connection, workspace.key)).schema == workspace.schema
    async with database.schema_change() as connection:
        await connection.execute(f"DROP TABLE {workspace.schema}.made")


async def test_a_transaction_begins_by_a_name_that_outlives_rollbacks_and_is_made_anew(targets):
    database = await Database.open(targets, max_size=1)
    asked = "SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'begin_%'"
    try:
        for ending in ("", "ROLLBACK", "DEALLOCATE ALL"):
            async with database.transaction(brief=True) as connection:
                assert await one(connection, asked) == 1
                assert await one(connection, "SHOW plan_cache_mode") == "force_generic_plan"
            if ending:
                with pytest.raises(ZeroDivisionError):
                    async with database.transaction():
                        raise ZeroDivisionError
            if ending == "DEALLOCATE ALL":
                async with database.reader() as connection:
                    await connection.execute(ending, prepare=False)
        async with database.transaction(steady=True) as connection:
            assert await one(connection, "SHOW transaction_isolation") == "repeatable read"
            assert await one(connection, "SHOW transaction_read_only") == "on"
            assert await one(connection, "SHOW plan_cache_mode") == "auto"
    finally:
        await database.close()


async def test_what_was_given_back_last_is_lent_first(targets):
    database = await Database.open(targets, min_size=3, max_size=3)
    try:
        async with database.reader() as a, database.reader() as b, database.reader() as c:
            processes = [await one(each, "SELECT pg_backend_pid()") for each in (a, b, c)]
        lent = []
        for _ in range(5):
            async with database.reader() as connection:
                lent.append(await one(connection, "SELECT pg_backend_pid()"))
        # Given back from the innermost out: the outermost is the last.
        assert lent == [processes[0]] * 5
        async with database.reader() as first, database.reader() as second:
            found = [await one(each, "SELECT pg_backend_pid()") for each in (first, second)]
        assert found == processes[:2]
    finally:
        await database.close()
