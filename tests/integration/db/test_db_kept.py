"""What is kept of settings is never older than the beginning of the transaction that uses it."""

from uuid import uuid4

import pytest
from psycopg.errors import ReadOnlySqlTransaction

from banyan.access.holders import touch_policies
from banyan.audit.verify import verify
from banyan.db.database import Database
from banyan.db.kept import MOST_WORKSPACES, Kept, kept
from banyan.kernel.actor import Actor, set_acting

pytestmark = pytest.mark.anyio


@pytest.fixture
def acting(workspace):
    """Somebody acts in the workspace, as in a request."""
    set_acting(Actor(None, workspace.schema))
    yield
    set_acting(None)


class Setting:
    """The number of certain roles stands for a setting; `reads` counts how often it was read."""

    def __init__(self, schema):
        self.schema, self.name, self.reads = schema, f"kept_{uuid4().hex}", 0

    async def ask(self, connection):
        return await kept(connection, self.schema, self.name, lambda: self._read(connection))

    async def _read(self, connection):
        self.reads += 1
        own = f"SELECT count(*) FROM {self.schema}.role WHERE key LIKE '{self.name}%'"
        return (await (await connection.execute(own)).fetchone())[0]

    async def write(self, connection):
        await touch_policies(connection, self.schema)
        await connection.execute(f"INSERT INTO {self.schema}.role VALUES ('{self.name}', '{{}}')")


async def asked(database, setting):
    async with database.transaction() as connection:
        return await setting.ask(connection)


async def test_it_is_read_once_until_it_changes(database, workspace, acting):
    setting = Setting(workspace.schema)
    assert [await asked(database, setting) for _ in range(3)] == [0, 0, 0]
    assert setting.reads == 1
    async with database.transaction() as connection:
        await setting.write(connection)
    assert [await asked(database, setting) for _ in range(2)] == [1, 1]
    assert setting.reads == 2


async def test_without_somebody_acting_the_version_is_asked_first(database, workspace):
    setting = Setting(workspace.schema)
    assert await asked(database, setting) == 0
    async with database.transaction() as connection:
        await setting.write(connection)
    assert await asked(database, setting) == 1


async def test_another_process_that_changed_it_is_seen(database, targets, workspace, acting):
    setting, other = Setting(workspace.schema), await Database.open(targets)
    try:
        assert await asked(database, setting) == 0
        async with other.transaction() as connection:
            await setting.write(connection)
            assert await asked(database, setting) == 0
        assert await asked(database, setting) == 1
    finally:
        await other.close()


async def test_whoever_changes_it_sees_the_change_and_leaves_nothing_behind(database, workspace, acting):
    setting = Setting(workspace.schema)
    assert await asked(database, setting) == 0

    async def fail():
        async with database.transaction() as connection:
            await setting.write(connection)
            assert await setting.ask(connection) == 1
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await asked(database, setting) == 0


async def test_outside_of_a_transaction_nothing_is_kept(database, workspace, acting):
    setting = Setting(workspace.schema)
    async with database.reader() as connection:
        assert await setting.ask(connection) == await setting.ask(connection)
    assert setting.reads == 2


async def test_a_transaction_that_reads_one_moment_begins_as_such(database, workspace, acting):
    """Its kind is said before the version is asked: the trail is checked by people who have just written."""
    setting = Setting(workspace.schema)
    assert await asked(database, setting) == 0
    async with database.transaction(steady=True) as connection:
        assert await setting.ask(connection) == 0
        async with database.transaction() as other:
            await setting.write(other)
        assert await setting.ask(connection) == 0
        assert await setting._read(connection) == 0
        with pytest.raises(ReadOnlySqlTransaction):
            await touch_policies(connection, workspace.schema)
        await connection.rollback()
    assert await asked(database, setting) == 1
    assert (await verify(database, workspace.schema)).fault != "changed"


def test_workspaces_not_asked_for_any_more_are_let_go():
    known = Kept()
    known.of("main")["rules"] = ("1/1", "kept")
    for number in range(3 * MOST_WORKSPACES):
        known.of(f"trial_{number}")["rules"] = ("1/1", number)
        assert known.of("main") == {"rules": ("1/1", "kept")}
    assert len(known.values) == MOST_WORKSPACES
    set_acting(Actor(None, "trial_0"))
    try:
        assert known.beginning()[0] is None  # gone or not: BEGIN asks nothing of it
    finally:
        set_acting(None)
