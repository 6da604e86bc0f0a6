"""The index advisor: slow views told in words, indexes really made, used and dropped, nothing half made left behind."""

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest

from banyan.access.policy import system_policy
from banyan.advisor import unused
from banyan.advisor.making import Maker
from banyan.db.indexes import uses_of
from banyan.kernel.actor import Actor
from banyan.metadata.changes.purge import Purger
from banyan.query.authorised import authorise
from banyan.query.explaining import plan_of_page
from banyan.query.parsed import ParsedQuery, Sort
from banyan.records.session import Session
from factories.api import MAIN_SCHEMA, Api, unique

pytestmark = pytest.mark.anyio
ROWS, SECRET = 12_000, 987_654


@dataclass
class Desk:
    """An object of many rows with a view that sorts them by an amount, of one state."""

    api: Api
    object: str
    view: str

    async def slow(self) -> list[dict[str, Any]]:
        answer = await self.api.administrator.ok("GET", "/advisor/views")
        return [each for each in answer["views"] if each["object"]["name"] == self.object]

    async def standing(self) -> dict[str, Any]:
        return await self.api.administrator.ok("GET", "/advisor/indexes")

    async def asked(self, key: str) -> dict[str, Any]:
        (found,) = [each for each in (await self.standing())["indexes"] if each["id"] == key]
        return found

    async def make(self, *fields: str) -> str:
        body = {"object": self.object, "fields": list(fields)}
        return (await self.api.administrator.ok("POST", "/advisor/indexes", body))["id"]

    async def plan(self) -> str:
        """Of the view's own statement, with what the planner knows now."""
        runtime = self.api.runtime
        catalog = await runtime.catalogs.current(MAIN_SCHEMA)
        actor = Actor(UUID(self.api.administrator.id), MAIN_SCHEMA)
        session = Session(actor, system_policy(actor), catalog)
        asked = ParsedQuery(
            where={"field": "shelf", "op": "eq", "value": 1}, sort=(Sort(field="worth", direction="desc"),)
        )
        query = authorise(session.policy, session.resolver, catalog.object(self.object), asked)
        async with runtime.database.reader() as connection:
            return orjson.dumps(await plan_of_page(connection, query)).decode()

    async def name(self, key: str) -> str:
        async with self.api.runtime.database.reader() as connection:
            cursor = await connection.execute(
                f"SELECT name FROM {MAIN_SCHEMA}.advised_index WHERE id = %s", (key,)
            )
            return (await cursor.fetchone())[0]

    async def use(self, name: str):
        async with self.api.runtime.database.reader() as connection:
            return (await uses_of(connection, MAIN_SCHEMA, [name])).get(name)


@pytest.fixture(scope="module")
async def desk(api: Api) -> Desk:
    admin, name = api.administrator, unique("depot")
    number = {"type": "number", "config": {"scale": 0}}
    await admin.change(
        {"kind": "create_object", "api_name": name, "label": {"en": name}},
        *(
            {
                "kind": "add_field",
                "object": name,
                "field": {"api_name": each, "label": {"en": each.title()}, **number},
            }
            for each in ("shelf", "worth", "spare")
        ),
    )
    for start in range(0, ROWS, 1_000):
        rows = [
            {"op": "create", "values": {"name": f"N{i}", "shelf": i % 3, "worth": SECRET + i, "spare": i}}
            for i in range(start, start + 1_000)
        ]
        await admin.ok("POST", f"/records/{name}/batch", {"operations": rows})
    table = (await api.runtime.catalogs.current(MAIN_SCHEMA)).object(name).table_name
    async with api.runtime.database.upkeep() as owner:
        await owner.execute(f'ANALYZE {MAIN_SCHEMA}."{table}"')
    view = await admin.ok(
        "POST",
        "/views",
        {
            "object": name,
            "name": {"en": "Worth most", "zh-CN": "最值钱"},
            "visibility": "shared",
            "config": {
                "columns": ["name", "worth"],
                "where": {"field": "shelf", "op": "eq", "value": 1},
                "sort": [{"field": "worth", "direction": "desc"}],
            },
        },
    )
    return Desk(api, name, view["id"])


async def test_a_slow_view_is_told_and_an_index_for_it_is_made_used_and_dropped(desk: Desk):
    await told(desk)
    await made_used_and_dropped(desk)


async def told(desk: Desk) -> None:
    """In words, without values, with what would help."""
    (found,) = await desk.slow()
    assert (found["view"], found["way"], found["of"]) == (
        {"id": desk.view, "name": "Worth most"},
        "all",
        ROWS,
    )
    assert found["words"].startswith("Reads all 12,000 rows and sorts ")
    assert found["words"].endswith(" of them by Worth")
    assert [each["name"] for each in found["fields"]] == ["shelf", "worth"]
    assert str(SECRET)[:4] not in str(found)
    await desk.api.administrator.ok("PATCH", "/sessions/current/user", {"language": "zh-CN"})
    (chinese,) = await desk.slow()
    await desk.api.administrator.ok("PATCH", "/sessions/current/user", {"language": "en"})
    assert chinese["words"].startswith("读取全部 12,000 行，再按Worth对 ")


async def made_used_and_dropped(desk: Desk) -> None:
    """Listed as unused until somebody reads by it."""
    key = await desk.make("shelf", "worth")
    assert (await desk.asked(key))["state"] == "waiting"
    admin = desk.api.administrator
    again = {"object": desk.object, "fields": ["shelf", "worth"]}
    await admin.refused("POST", "/advisor/indexes", 409, "advisor_stands", again)
    await desk.api.run_jobs()
    assert (await desk.asked(key))["state"] == "ready"
    name = await desk.name(key)
    assert name in await desk.plan()
    assert await desk.slow() == []
    standing = await desk.standing()
    assert standing["unused"] == []  # Nothing is called so before it has been counted for a month.
    assert datetime.fromisoformat(standing["judged_from"]) > datetime.now(UTC)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(unused, "COUNTED_FOR", timedelta(0))
        told = [each for each in (await desk.standing())["unused"] if each["id"] == key]
    assert [each["name"] for each in told[0]["fields"]] == ["shelf", "worth"]
    await admin.refused("POST", "/advisor/indexes", 409, "advisor_stands", again)

    await admin.ok("DELETE", f"/advisor/indexes/{key}")
    await desk.api.run_jobs()
    assert (await desk.asked(key))["state"] == "dropped"
    assert await desk.use(name) is None
    second = await desk.make("shelf", "worth")  # Undone: asked for again.
    await desk.api.run_jobs()
    assert (await desk.asked(second))["state"] == "ready"
    assert name in await desk.plan()
    await admin.refused("DELETE", f"/advisor/indexes/{key}", 404, "advisor_unknown")


async def test_a_killed_job_leaves_nothing_half_made_and_is_taken_up_again(desk: Desk):
    key = await desk.make("spare", "name")
    name, database = await desk.name(key), desk.api.runtime.database
    payload = {"schema": MAIN_SCHEMA, "index": key}
    table = (await desk.api.runtime.catalogs.current(MAIN_SCHEMA)).object(desk.object).table_name
    async with database.transaction() as writer:  # The index waits for work older than itself.
        await writer.execute(f'LOCK TABLE {MAIN_SCHEMA}."{table}" IN ROW EXCLUSIVE MODE')
        job = asyncio.create_task(Maker(database).work(payload))
        await half_made(desk, name)
        job.cancel()
        with pytest.raises(asyncio.CancelledError):
            await job
    assert (await desk.asked(key))["state"] == "making"
    await Maker(database).work(payload)
    made = await desk.use(name)
    assert made is not None
    assert made.is_valid
    assert (await desk.asked(key))["state"] == "ready"
    await desk.api.run_jobs()  # What the queue holds is over by now.


async def test_an_index_that_is_being_made_is_given_up(desk: Desk):
    key = await desk.make("spare", "shelf")
    name, database, admin = await desk.name(key), desk.api.runtime.database, desk.api.administrator
    table = (await desk.api.runtime.catalogs.current(MAIN_SCHEMA)).object(desk.object).table_name
    async with database.transaction() as writer:
        await writer.execute(f'LOCK TABLE {MAIN_SCHEMA}."{table}" IN ROW EXCLUSIVE MODE')
        job = asyncio.create_task(Maker(database).work({"schema": MAIN_SCHEMA, "index": key}))
        await half_made(desk, name)
        await admin.ok("DELETE", f"/advisor/indexes/{key}")
        assert (await desk.asked(key))["state"] == "dropping"
        await admin.refused("DELETE", f"/advisor/indexes/{key}", 404, "advisor_unknown")
        await not_at_work(desk, f"CREATE INDEX CONCURRENTLY%{name}%")
    await job
    assert (await desk.asked(key))["state"] == "dropped"
    assert await desk.use(name) is None
    await desk.api.run_jobs()  # The job that was to drop it finds nothing to do.
    assert (await desk.asked(key))["state"] == "dropped"


async def test_a_job_that_runs_twice_makes_one_index(desk: Desk):
    """The queue gives a job back whose worker seemed gone: the second of the two drops nothing."""
    key = await desk.make("spare", "worth")
    payload, maker = {"schema": MAIN_SCHEMA, "index": key}, Maker(desk.api.runtime.database)
    await asyncio.gather(maker.work(payload), maker.work(payload))
    assert (await desk.asked(key))["state"] == "ready"
    made = await desk.use(await desk.name(key))
    assert made is not None
    assert made.is_valid
    await desk.api.run_jobs()


async def test_an_index_that_waits_is_given_up(desk: Desk):
    key = await desk.make("worth", "shelf")
    await desk.api.administrator.ok("DELETE", f"/advisor/indexes/{key}")
    await desk.api.run_jobs()
    assert (await desk.asked(key))["state"] == "dropped"
    assert await desk.use(await desk.name(key)) is None


async def not_at_work(desk: Desk, statement: str) -> None:
    """Look until no server process is at such a statement."""
    asked = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query ILIKE %s"
    async with asyncio.timeout(30), desk.api.runtime.database.upkeep() as owner:
        while True:
            row = await (await owner.execute(asked, (statement,))).fetchone()
            if row == (0,):
                return
            await asyncio.sleep(0.05)


async def half_made(desk: Desk, name: str) -> None:
    """Look until it stands and is not whole: the server tells nobody."""
    while True:
        found = await desk.use(name)
        if found is not None and not found.is_valid:
            return
        await asyncio.sleep(0.01)


LONG = "".join(chr(0x4E00 + place * 7_919 % 20_000) for place in range(4_000))


async def with_texts(desk: Desk, *lengths: int) -> Desk:
    """An object of its own with texts t0, t1, … that hold so many characters."""
    texts = replace(desk, object=unique("essay"))
    fields = [
        {"api_name": f"t{n}", "label": {"en": f"T{n}"}, "type": "text", "config": {"max_length": length}}
        for n, length in enumerate(lengths)
    ]
    await desk.api.administrator.change(
        {"kind": "create_object", "api_name": texts.object, "label": {"en": texts.object}},
        *({"kind": "add_field", "object": texts.object, "field": field} for field in fields),
    )
    return texts


async def may_hold(texts: Desk, field: str, most: int) -> None:
    changed = {"config": {"max_length": most}}
    await texts.api.administrator.change(
        {"kind": "update_field", "object": texts.object, "field": field, "set": changed}
    )


async def test_texts_that_may_not_fit_into_an_index_are_refused(desk: Desk):
    texts = await with_texts(desk, 255, 255, 255, 4_000)
    essay = {"api_name": "essay", "label": {"en": "Essay"}, "type": "long_text"}
    await desk.api.administrator.change({"kind": "add_field", "object": texts.object, "field": essay})
    for fields, code in (
        (["t0", "t1", "t2"], "advisor_too_long"),
        (["t3"], "advisor_no_column"),
        (["essay"], "advisor_no_column"),
    ):
        body = {"object": texts.object, "fields": fields}
        problem = await desk.api.administrator.refused("POST", "/advisor/indexes", 422, None, body)
        assert [each["code"] for each in problem["errors"]] == [code]
    key = await texts.make("t0", "t1")
    await desk.api.run_jobs()
    assert (await texts.asked(key))["state"] == "ready"
    full = {"name": "Full", "t0": LONG[:255], "t1": LONG[255:510]}
    await desk.api.administrator.ok("POST", f"/records/{texts.object}", full)


async def test_a_text_that_has_outgrown_an_index_is_refused_in_words(desk: Desk):
    texts = await with_texts(desk, 255)
    await texts.make("t0")
    await desk.api.run_jobs()
    await may_hold(texts, "t0", 4_000)
    for length in (1_500, 4_000):
        record = {"name": "Long", "t0": LONG[:length]}
        problem = await desk.api.administrator.refused("POST", f"/records/{texts.object}", 422, None, record)
        assert problem["code"] == "too_long_for_index"


async def test_what_the_database_cannot_make_is_told_and_leaves_nothing(desk: Desk):
    essays = await with_texts(desk, 4_000)
    await desk.api.administrator.ok("POST", f"/records/{essays.object}", {"name": "Long", "t0": LONG})
    await may_hold(essays, "t0", 255)
    for _ in range(2):  # It may be asked for again.
        key = await essays.make("t0")
        await desk.api.run_jobs()
        found = await essays.asked(key)
        assert (found["state"], found["error"][:35]) == ("failed", "A text is too long for an index on ")
        assert await desk.use(await desk.name(key)) is None


async def test_an_index_goes_with_its_field(desk: Desk):
    admin = desk.api.administrator
    extra = {"api_name": "extra", "label": {"en": "Extra"}, "type": "number"}
    await admin.change({"kind": "add_field", "object": desk.object, "field": extra})
    key = await desk.make("extra", "spare")
    await desk.api.run_jobs()
    name = await desk.name(key)
    assert await desk.use(name) is not None
    await admin.change({"kind": "remove_field", "object": desk.object, "field": "extra"})
    assert key not in [each["id"] for each in (await desk.standing())["indexes"]]
    await purged(desk)
    assert await desk.use(name) is None


async def purged(desk: Desk) -> None:
    """What was removed goes for good, as after its days."""
    limits = desk.api.runtime.settings.limits
    await Purger(desk.api.runtime.database, replace(limits, kept_days=0)).purge("ws_main")


@pytest.mark.parametrize(
    ("fields", "code"),
    [(["nowhere"], "advisor_no_column"), (["shelf", "shelf"], "advisor_fields")],
    ids=["unknown", "twice"],
)
async def test_what_no_index_can_be_made_on_is_refused(desk: Desk, fields, code):
    problem = await desk.api.administrator.refused(
        "POST", "/advisor/indexes", 422, None, {"object": desk.object, "fields": fields}
    )
    assert [each["code"] for each in problem["errors"]] == [code]


async def test_only_administrators_are_told(desk: Desk, member):
    for path in ("/advisor/views", "/advisor/indexes"):
        await member.refused("GET", path, 403, "power_needed")
    await member.refused(
        "POST", "/advisor/indexes", 403, "power_needed", {"object": "account", "fields": ["name"]}
    )
    await member.refused("DELETE", f"/advisor/indexes/{UUID(int=0)}", 403, "power_needed")


async def test_what_was_asked_for_stands_in_the_audit(desk: Desk):
    await desk.make("spare")
    await desk.api.run_jobs()
    found = await desk.api.administrator.ok("GET", "/audit/entries?action=index_asked")
    targets = [each["target"] for each in found["entries"]]
    assert {"object": desk.object, "fields": ["spare"]} in targets, found["entries"][:1]
