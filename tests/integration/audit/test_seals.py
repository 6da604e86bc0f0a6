"""The chain of seals: built in commit order, append-only, and every way to tamper with the trail is found."""

import uuid
from datetime import timedelta

import psycopg
import pytest

from banyan.audit.facade import write_audit
from banyan.audit.seals import head_of, seal_workspace
from banyan.audit.verify import verify
from banyan.kernel.actor import Actor, Origin
from banyan.kernel.errors import InvalidInput
from banyan.workspaces import provision

pytestmark = pytest.mark.anyio


@pytest.fixture
def place(targets):
    """A workspace of this test's own, so that tampering harms nobody else."""
    from banyan.db.control import drop_workspace

    made = provision(targets, key=f"t{uuid.uuid4().hex[:12]}", name="Audit")
    yield made.schema
    drop_workspace(targets, made.key)


async def note(database, schema, action="test", count=1, **detail):
    actor = Actor(uuid.UUID(int=7), schema, origin=Origin("10.0.0.7", "test browser", "s-1"))
    for number in range(count):
        async with database.transaction() as connection:
            await write_audit(connection, actor, action, {"number": number}, detail)


async def as_owner(database, statement):
    async with database.schema_change() as connection:
        await connection.execute(statement)


async def test_an_untouched_trail_is_intact(database, place):
    await note(database, place, count=7)
    head = await seal_workspace(database, place, batch=3)
    verdict = await verify(database, place)
    assert verdict.intact
    assert (verdict.seals, verdict.entries, verdict.unsealed) == (3, 7, 0)
    assert verdict.head == head == await head_of(database, place)
    assert await seal_workspace(database, place) is None  # nothing new, no empty seal


async def test_entries_after_the_last_seal_are_counted_as_unsealed(database, place):
    await note(database, place)
    await seal_workspace(database, place)
    await note(database, place, count=2)
    assert (await verify(database, place)).unsealed == 2


async def test_a_transaction_that_commits_late_is_sealed_after_it_committed(database, place):
    """Its ids are older than those of entries sealed meanwhile: an order by id would have missed it."""
    actor = Actor(None, place, kind="system")
    async with database.transaction() as slow:
        await write_audit(slow, actor, "slow", {}, {})
        await note(database, place, "quick")
        assert await seal_workspace(database, place) is None  # nothing is settled while an older one runs
    await note(database, place, "later")
    head = await seal_workspace(database, place)
    verdict = await verify(database, place, str(head))
    assert verdict.intact
    assert (verdict.entries, verdict.unsealed) == (3, 0)


TAMPERING = {
    "changed": "UPDATE {s}.audit_entry SET detail = '{{\"amount\": 1}}' WHERE action = 'b'",
    "removed": "DELETE FROM {s}.audit_entry WHERE action = 'b'",
    "added": "INSERT INTO {s}.audit_entry (actor_kind, action, xact)"
    " SELECT 'user', 'forged', xact FROM {s}.audit_entry WHERE action = 'b'",
}


@pytest.mark.parametrize("fault", TAMPERING)
async def test_tampering_names_batch_and_entry(database, place, fault):
    for action in "abc":
        await note(database, place, action)
        await seal_workspace(database, place)
    async with database.reader() as connection:
        rows = await connection.execute(f"SELECT id FROM {place}.audit_entry WHERE action = 'b'")
        (victim,) = await rows.fetchone()
    await as_owner(database, TAMPERING[fault].format(s=place))
    verdict = await verify(database, place)
    assert verdict.fault == fault
    # A row slipped in behind the last one of a transaction belongs to the next seal's stretch.
    assert verdict.seq in ((2,) if fault != "added" else (2, 3))
    assert (verdict.entry == victim) is (fault != "added")


async def test_history_of_records_is_sealed_too(database, place):
    await as_owner(
        database,
        f"INSERT INTO {place}.record_history (object_id, record_id, version, action, actor_kind, changes)"
        " VALUES (uuidv7(), uuidv7(), 1, 'create', 'user', '{\"name\": \"before\"}')",
    )
    await seal_workspace(database, place)
    assert (await verify(database, place)).intact
    await as_owner(database, f'UPDATE {place}.record_history SET changes = \'{{"name": "after"}}\'')
    assert (await verify(database, place)).fault == "changed"


async def test_entries_that_change_places_are_found(database, place):
    await note(database, place, "first")
    await note(database, place, "second")
    await seal_workspace(database, place)
    await as_owner(
        database,
        f"UPDATE {place}.audit_entry e SET action = o.action, target = o.target"
        f" FROM {place}.audit_entry o WHERE o.id <> e.id",
    )
    assert (await verify(database, place)).fault == "changed"


async def test_a_seal_that_was_changed_or_taken_out_is_found(database, place):
    for _ in range(3):
        await note(database, place)
        await seal_workspace(database, place)
    await as_owner(database, f"UPDATE {place}.audit_seal SET at = at + interval '1 second' WHERE seq = 2")
    verdict = await verify(database, place)
    assert (verdict.fault, verdict.seq) == ("seal_changed", 2)
    await as_owner(database, f"DELETE FROM {place}.audit_seal WHERE seq = 2")
    verdict = await verify(database, place)
    assert (verdict.fault, verdict.seq) == ("seal_missing", 2)


async def test_a_shortened_chain_is_found_by_the_head_kept_elsewhere(database, place):
    await note(database, place, count=2)
    await seal_workspace(database, place)
    await note(database, place, "last")
    kept = str(await seal_workspace(database, place))
    assert (await verify(database, place, kept)).intact
    await as_owner(
        database,
        f"WITH s AS (DELETE FROM {place}.audit_seal WHERE seq = 2)"
        f" DELETE FROM {place}.audit_entry WHERE action = 'last'",
    )
    assert (await verify(database, place)).intact  # the rest fits together: only the head can tell
    assert (await verify(database, place, kept)).fault == "head_missing"
    await note(database, place, "instead")
    await seal_workspace(database, place)
    assert (await verify(database, place, kept)).fault == "head_differs"


async def test_a_seal_of_another_workspace_does_not_fit(database, place, targets):
    await note(database, place)
    other = provision(targets, key=f"t{uuid.uuid4().hex[:12]}", name="Other")
    try:
        await seal_workspace(database, place)
        for table in ("audit_entry", "audit_seal"):
            await as_owner(database, f"INSERT INTO {other.schema}.{table} SELECT * FROM {place}.{table}")
        assert (await verify(database, other.schema)).fault == "seal_changed"
    finally:
        from banyan.db.control import drop_workspace

        drop_workspace(targets, other.key)


async def test_the_app_role_can_only_add(database, place):
    await note(database, place)
    await seal_workspace(database, place)
    for statement in (
        "UPDATE {}.audit_seal SET count = 2",
        "DELETE FROM {}.audit_seal",
        "TRUNCATE {}.audit_seal",
        "UPDATE {}.audit_entry SET action = 'x'",
        "TRUNCATE {}.audit_entry",
        "TRUNCATE {}.record_history",
        "INSERT INTO {}.audit_archive (first_seq, last_seq, file, count, sha256) VALUES (1, 1, 'x', 1, '')",
        "SELECT {}.audit_forget(uuidv7())",
        "DELETE FROM {}.audit_alarm",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            async with database.transaction() as connection:
                await connection.execute(statement.format(place))
    assert (await verify(database, place)).intact


async def age(database, schema, days):
    """As if everything up to now had happened `days` ago: sealed with those times."""
    await as_owner(database, f"UPDATE {schema}.audit_entry SET at = at - interval '{days} days'")
    return timedelta(days=days)


async def test_old_entries_move_to_a_file_that_the_check_still_covers(
    database, place, open_folder, monkeypatch
):
    from banyan.audit import seals
    from banyan.audit.archive import archive_workspace

    folder = open_folder / "archive"
    await note(database, place, "old", count=3)
    await as_owner(
        database,
        f"INSERT INTO {place}.record_history (object_id, record_id, version, action, actor_kind, changes)"
        " VALUES (uuidv7(), uuidv7(), 1, 'create', 'user', '{}'), (uuidv7(), uuidv7(), 1, 'create', 'user', '{}')",
    )
    past = await age(database, place, 200)
    real = seals.datetime

    class Then(real):
        @classmethod
        def now(cls, tz=None):
            return real.now(tz) - past

    with monkeypatch.context() as patch:
        patch.setattr(seals, "datetime", Then)
        await seal_workspace(database, place)
    await note(database, place, "new")
    await seal_workspace(database, place)

    path = await archive_workspace(database, place, folder)
    assert path is not None
    async with database.reader() as connection:
        rows = await connection.execute(f"SELECT action FROM {place}.audit_entry")
        assert await rows.fetchall() == [("new",)]
    verdict = await verify(database, place)
    assert verdict.intact
    assert verdict.entries == 6
    assert await archive_workspace(database, place, folder) is None

    async with database.reader() as connection:
        rows = await connection.execute(f"SELECT min(id::text) FROM {place}.record_history")
        (first,) = await rows.fetchone()
    await as_owner(database, f"CREATE TABLE {place}.aside AS SELECT * FROM {place}.record_history")
    await as_owner(database, f"DELETE FROM {place}.record_history WHERE id = '{first}'")
    verdict = await verify(
        database, place
    )  # record history stays in the database: its copy on file is no excuse
    assert (verdict.fault, str(verdict.entry)) == ("removed", first)
    await as_owner(
        database, f"INSERT INTO {place}.record_history SELECT * FROM {place}.aside WHERE id = '{first}'"
    )
    assert (await verify(database, place)).intact

    kept = path.read_bytes()
    path.write_bytes(kept[:-9] + b"x" + kept[-8:])
    assert (await verify(database, place)).fault == "archive_damaged"
    path.unlink()
    assert (await verify(database, place)).fault == "archive_damaged"


async def test_less_than_half_a_year_cannot_be_chosen(database, place):
    with pytest.raises(InvalidInput, match="ck_audit_setting_hot_days"):
        await as_owner(database, f"UPDATE {place}.audit_setting SET hot_days = 179")
