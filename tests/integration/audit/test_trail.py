"""What the audit holds of people's work: denials, origins, limits and alarms."""

import uuid

import orjson
import pytest

from banyan.audit.search import Filters, search
from banyan.db.usage import Limit, read_alarms, read_settings, write_limit, write_settings
from factories.api import Api, Person, unique

pytestmark = pytest.mark.anyio


async def entries(api: Api, **filters):
    async with api.runtime.database.reader() as connection:
        return await search(connection, "ws_main", Filters(**filters), limit=50)


async def test_a_denial_is_written_although_its_transaction_was_none(api: Api):
    person = await api.person()
    for _ in range(40):
        await person.refused("GET", "/metadata/changes", 403)
    await api.runtime.denials.flush()
    for _ in range(25):
        await person.refused("GET", "/metadata/changes", 403)
    await api.runtime.denials.flush()  # the same minute: counted, not written yet
    (denial,) = await entries(api, actor=uuid.UUID(person.id), outcome="denied")
    assert orjson.loads(denial.target)["route"] == "GET /metadata/changes"
    await api.runtime.denials.flush(everything=True)
    found = await entries(api, actor=uuid.UUID(person.id), outcome="denied")
    assert len(found) == 2
    assert sum(orjson.loads(row.detail)["count"] for row in found) == 65


async def test_unknown_records_are_no_denials(api: Api):
    person = await api.person()
    await person.refused("GET", f"/records/account/{uuid.uuid4()}", 404)
    await api.runtime.denials.flush()
    assert await entries(api, actor=uuid.UUID(person.id), outcome="denied") == []


async def test_changes_of_records_say_where_they_came_from(api: Api, admin: Person):
    made = await admin.ok(
        "POST",
        "/records/account",
        {"name": unique("Origin")},
        headers={"user-agent": "a 'quoted' \\ browser"},
    )
    (change,) = await entries(api, record=uuid.UUID(made["id"]))
    assert (change.source, change.action, change.client) == ("change", "create", "a 'quoted' \\ browser")
    assert change.address
    assert str(change.actor_id) == admin.id


async def test_origin_does_not_stay_on_the_connection(api: Api, admin: Person):
    await admin.create("account", name=unique("Mine"))

    async def setting():
        async with api.runtime.database.reader() as connection:
            cursor = await connection.execute("SELECT current_setting('banyan.origin', true)")
            return (await cursor.fetchone())[0]

    assert not any([await setting() for _ in range(12)])


@pytest.fixture
async def small_limits(api: Api):
    """Tight limits for the time of one test."""
    database, meter = api.runtime.database, api.runtime.meter
    async with database.transaction() as connection:
        await write_limit(connection, "ws_main", "read", None, Limit(3, 5, None))
    meter.forget_limits("ws_main")
    yield
    async with database.transaction() as connection:
        await write_limit(connection, "ws_main", "read", None, Limit(600, 10_000, 10.0))
    meter.forget_limits("ws_main")


async def test_reading_past_the_limit_is_refused_and_raises_alarms(api: Api, small_limits):
    person = await api.person()
    meter = api.runtime.meter
    await person.page("account")
    await meter.flush()
    for _ in range(4):
        await person.page("account")
    problem = await person.refused("POST", "/records/account/query", 429, "use_limit_reached", {})
    assert "(5)" in problem["detail"]
    await meter.flush()
    async with api.runtime.database.reader() as connection:
        alarms = await read_alarms(connection, "ws_main", open_only=True, most=100)
    mine = {(alarm.reason, alarm.amount, alarm.most) for alarm in alarms if str(alarm.user_id) == person.id}
    assert mine == {("limit", 5, 3), ("refused", 5, 5)}
    assert [row.action for row in await entries(api, actor=uuid.UUID(person.id), action="alarm_raised")] == [
        "alarm_raised"
    ] * 2
    other = await api.person()
    await other.page("account")  # nobody else is held up


async def test_what_another_process_counted_is_learnt(api: Api, small_limits):
    from banyan.audit.limits import Meter
    from banyan.kernel.actor import Actor
    from banyan.kernel.errors import TooMany

    actor = Actor(uuid.uuid4(), "ws_main")
    here, there = Meter(api.runtime.database), Meter(api.runtime.database)
    here.count(actor, "read", amount=5)
    await here.flush()
    there.count(actor, "read", amount=1)
    await there.flush()
    with pytest.raises(TooMany):
        await there.check(actor, "read")


async def test_unusual_reading_by_ones_own_habit(api: Api):
    from banyan.audit.limits import Meter
    from banyan.kernel.actor import Actor

    actor = Actor(uuid.uuid4(), "ws_main")
    database = api.runtime.database
    async with database.transaction() as connection:
        await connection.execute(
            "INSERT INTO ws_main.usage_count SELECT %s, 'read', date_trunc('hour', now()) - n * interval '1 hour', 8"
            " FROM generate_series(1, 6) n",
            (actor.user_id,),
        )
    meter = Meter(database)
    meter.count(actor, "read", amount=79)
    await meter.flush()
    async with database.reader() as connection:
        assert actor.user_id not in {
            a.user_id for a in await read_alarms(connection, "ws_main", open_only=True, most=200)
        }
    meter.count(actor, "read", amount=1)
    await meter.flush()
    async with database.reader() as connection:
        found = await read_alarms(connection, "ws_main", open_only=True, most=200)
    assert [(a.reason, a.most) for a in found if a.user_id == actor.user_id] == [("habit", 80)]


async def test_counters_no_habit_looks_at_are_dropped(api: Api, open_folder):
    from banyan.audit.archive import Archiver

    user = uuid.uuid4()
    async with api.runtime.database.transaction() as connection:
        await connection.execute(
            "INSERT INTO ws_main.usage_count SELECT %s, 'read', now() - n * interval '1 day', 1"
            " FROM unnest(ARRAY[1, 29, 40]) n",
            (user,),
        )
    await Archiver(api.runtime.database, open_folder / "rounds").work("ws_main")
    async with api.runtime.database.reader() as connection:
        rows = await connection.execute(
            "SELECT count(*) FROM ws_main.usage_count WHERE user_id = %s", (user,)
        )
        assert await rows.fetchone() == (2,)


async def test_an_approval_lets_through_and_a_hold_ends_sessions(api: Api, small_limits):
    from banyan.audit.limits import Meter
    from banyan.kernel.actor import Actor
    from banyan.kernel.errors import TooMany

    class Yes:
        async def granted(self, actor, kind, amount):
            return kind == "read"

    database, held = api.runtime.database, []

    async def hold(connection, schema, user):
        held.append(user)

    actor = Actor(uuid.uuid4(), "ws_main")
    approved = Meter(database, Yes())
    approved.count(actor, "read", amount=5)
    await approved.flush()
    await approved.check(actor, "read")
    strict = Meter(database, hold=hold)
    strict.count(actor, "read", amount=1)
    async with database.transaction() as connection:
        days, _, version = await read_settings(connection, "ws_main")
        assert await write_settings(connection, "ws_main", days, hold=True, version=version)
        assert not await write_settings(connection, "ws_main", days, hold=True, version=version)
    await strict.flush()
    assert held == []
    with pytest.raises(TooMany):
        await strict.check(actor, "read")
    await strict.flush()
    assert held == [actor.user_id]
    async with database.transaction() as connection:
        assert await write_settings(connection, "ws_main", days, hold=False, version=version + 1)


async def test_configuration_and_shared_views_are_written_down(api: Api, admin: Person):
    label = unique("Field ")
    field = {"api_name": unique("f_"), "label": {"en": label, "zh-CN": label}, "type": "text"}
    changed = await admin.change({"kind": "add_field", "object": "account", "field": field})
    found = await entries(api, action="configuration_changed", text=changed["id"])
    assert [orjson.loads(row.detail)["operations"][0]["kind"] for row in found] == ["add_field"]
    assert str(found[0].actor_id) == admin.id

    view = {
        "object": "account",
        "name": {"en": label, "zh-CN": label},
        "kind": "list",
        "config": {"columns": ["name"]},
    }
    private = await admin.ok("POST", "/views", {**view, "visibility": "private"})
    assert await entries(api, action="view_shared", text=private["id"]) == []
    await admin.ok("PATCH", f"/views/{private['id']}", {"visibility": "shared"})
    assert len(await entries(api, action="view_shared", text=private["id"])) == 1
