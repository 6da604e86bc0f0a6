"""The connection that stays with its event loop."""

import asyncio
import socket
import tempfile
import threading
from pathlib import Path

import psycopg
import pytest
import uvloop
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from banyan.db.database import Database
from banyan.db.driver import PREPARED_MOST, SwiftConnection
from banyan.kernel.errors import BanyanError

pytestmark = pytest.mark.anyio

LONG = f"SELECT %(a)s::int, %(b)s::text, %(a)s::int {'-- ' + 'x' * 9_000}"


async def one(connection, statement, params=None):
    return await (await connection.execute(statement, params)).fetchone()


async def test_the_loop_is_told_of_a_socket_once_and_forgets_it_when_it_is_closed(targets):
    loop = asyncio.get_running_loop()
    connection = await SwiftConnection.connect(targets.app, autocommit=True)
    await one(connection, "SELECT 1")
    told = connection._told
    assert told == (loop, connection.fileno())
    for number in range(50):
        assert await one(connection, "SELECT %s::int", (number,)) == (number,)
    assert connection._told is told
    await connection.close()
    assert not loop.remove_reader(told[1])
    # The same number is soon another connection's.
    again = await SwiftConnection.connect(targets.app, autocommit=True)
    assert await asyncio.wait_for(one(again, "SELECT 2"), 10) == (2,)
    await again.close()


async def test_a_connection_ended_by_the_server_while_nobody_asks_is_noticed(targets):
    loop = asyncio.get_running_loop()
    connection = await SwiftConnection.connect(targets.app, autocommit=True)
    other = await SwiftConnection.connect(targets.app, autocommit=True)
    (pid,) = await one(connection, "SELECT pg_backend_pid()")
    socket = connection.fileno()
    await one(other, "SELECT pg_terminate_backend(%s)", (pid,))
    for _ in range(200):
        if connection._told is None:
            break
        await asyncio.sleep(0.01)
    assert connection._told is None
    with pytest.raises(psycopg.OperationalError):
        await one(connection, "SELECT 1")
    assert connection.closed
    assert connection._told is None
    assert not loop.remove_reader(socket)
    await connection.close()
    await other.close()


async def test_a_connection_ended_by_the_server_within_a_statement_leaves_nothing_with_the_loop(targets):
    loop = asyncio.get_running_loop()
    connection = await SwiftConnection.connect(targets.app, autocommit=True)
    (pid,) = await one(connection, "SELECT pg_backend_pid()")
    socket = connection.fileno()
    waiting = asyncio.create_task(one(connection, "SELECT pg_sleep(30)"))
    await asyncio.sleep(0.05)
    async with await SwiftConnection.connect(targets.app, autocommit=True) as other:
        await one(other, "SELECT pg_terminate_backend(%s)", (pid,))
    with pytest.raises(psycopg.OperationalError):
        await waiting
    assert connection._told is None
    assert not loop.remove_reader(socket)
    await connection.close()


async def test_a_cancelled_statement_is_cancelled_in_the_server_and_its_connection_goes_on(targets):
    connection = await SwiftConnection.connect(targets.app, autocommit=True)
    for _ in range(3):
        task = asyncio.create_task(one(connection, "SELECT pg_sleep(30)"))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await asyncio.wait_for(one(connection, "SELECT 3"), 10) == (3,)
    await connection.close()


async def test_a_text_with_places_means_the_same_however_long_and_however_often(targets):
    async with await SwiftConnection.connect(targets.app, autocommit=True, prepare_threshold=2) as connection:
        for number in range(6):
            values = {"a": number, "b": f"é{number}%s"}
            assert await one(connection, LONG, values) == (number, f"é{number}%s", number)
            assert await one(connection, "SELECT %s::text || '100%%'", (str(number),)) == (f"{number}100%",)


async def test_large_copies_go_both_ways(targets):
    async with await SwiftConnection.connect(targets.app, autocommit=False) as connection:
        await connection.execute("CREATE TEMPORARY TABLE swift_copy (n int, t text)")
        async with connection.cursor() as cursor:
            async with cursor.copy("COPY swift_copy FROM STDIN") as copy:
                for number in range(20_000):
                    await copy.write_row((number, "x" * 200))
            async with cursor.copy("COPY swift_copy TO STDOUT") as copy:
                taken = sum([len(part) async for part in copy])
        assert taken > 20_000 * 200
        assert await one(connection, "SELECT count(*) FROM swift_copy") == (20_000,)


async def test_what_is_prepared_outlives_a_rollback_and_stays_right(targets):
    database = await Database.open(targets, max_size=1)
    try:
        async with database.reader() as connection:
            for _ in range(4):
                await one(connection, "SELECT %(a)s::int + 1", {"a": 1})
            kept = len(connection._prepared._names)
        assert kept > 0

        async def refused():
            async with database.transaction() as connection:
                await one(connection, "SELECT %(a)s::int + 1", {"a": 1})
                await connection.execute("SELECT 1 / 0")

        with pytest.raises((psycopg.Error, BanyanError)):
            await refused()
        async with database.reader() as connection:
            assert len(connection._prepared._names) >= kept
            assert await one(connection, "SELECT %(a)s::int + 1", {"a": 41}) == (42,)
            server = await one(connection, "SELECT count(*) FROM pg_prepared_statements")
            assert server[0] >= kept
            assert connection.prepared_max == PREPARED_MOST
    finally:
        await database.close()


async def test_a_column_that_was_retyped_is_refused_once_and_read_then(database, targets):
    """A prepared statement of the column as it was fails each time: its connection goes."""
    async with await psycopg.AsyncConnection.connect(targets.superuser, autocommit=True) as root:
        await root.execute("CREATE TABLE control.retyped (v int)")
        await root.execute(
            "GRANT SELECT ON control.retyped TO PUBLIC; INSERT INTO control.retyped VALUES (1)"
        )
        try:
            one = await Database.open(targets, max_size=1)
            for _ in range(8):
                async with one.transaction() as connection:
                    await connection.execute("SELECT v FROM control.retyped")
            await root.execute("ALTER TABLE control.retyped ALTER v TYPE text")
            with pytest.raises(psycopg.errors.FeatureNotSupported):
                async with one.transaction() as connection:
                    await connection.execute("SELECT v FROM control.retyped")
            async with one.transaction() as connection:
                row = await (await connection.execute("SELECT v FROM control.retyped")).fetchone()
            assert row == ("1",)
            await one.close()
        finally:
            await root.execute("DROP TABLE control.retyped")


class Killed:
    """A server that is killed before it has read a statement, right after a word to its client."""

    def __init__(self, target: str, folder: str) -> None:
        true = conninfo_to_dict(target)
        self._place = str(Path(true["host"]) / f".s.PGSQL.{true.get('port', 5432)}")
        self.target = make_conninfo(target, host=folder, port="5432")
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(Path(folder) / ".s.PGSQL.5432"))
        self._listener.listen()
        self.is_dying, self.is_dead = threading.Event(), threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with self._listener:
            client, _ = self._listener.accept()
        client.settimeout(0.02)
        with client, socket.socket(socket.AF_UNIX) as server:
            server.connect(self._place)
            answering = threading.Thread(target=self._answer, args=(server, client), daemon=True)
            answering.start()
            while not self.is_dying.is_set():
                try:
                    server.sendall(client.recv(65_536))
                except TimeoutError:
                    continue
            client.settimeout(None)
            client.recv(1, socket.MSG_PEEK)
            said = b"SNOTICE\0C00000\0Mgoing down\0\0"
            client.sendall(b"N" + (len(said) + 4).to_bytes(4, "big") + said)
            client.close()
            self.is_dead.set()
            server.shutdown(socket.SHUT_RDWR)
            answering.join()

    def _answer(self, server: socket.socket, client: socket.socket) -> None:
        while data := server.recv(65_536):
            client.sendall(data)


def test_a_server_killed_before_it_read_the_statement_leaves_nobody_waiting(targets):
    """Under the web processes' event loop, which tells of a socket in error only once."""

    async def ask(killed: Killed) -> None:
        connection = await SwiftConnection.connect(killed.target, autocommit=True)
        assert await one(connection, "SELECT 1") == (1,)
        killed.is_dying.set()
        await asyncio.sleep(0.1)
        asking = asyncio.create_task(one(connection, "SELECT 2"))
        await asyncio.sleep(0)  # It is sent.
        assert killed.is_dead.wait(5)  # And the loop sees the last word and the end together.
        with pytest.raises(psycopg.OperationalError):
            await asyncio.wait_for(asking, 5)
        assert connection.closed
        await connection.close()

    with (
        tempfile.TemporaryDirectory() as folder,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        runner.run(ask(Killed(targets.app, folder)))
