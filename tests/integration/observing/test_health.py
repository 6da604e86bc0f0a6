"""The health page's API: who may see it, what it tells of one's own workspace, and nothing of another's."""

import dataclasses
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from banyan.db import slow
from banyan.db.figures import queue_figures
from banyan.jobs import PostgresJobQueue
from banyan.observing import health
from banyan.observing.figures import read_backups, read_space
from factories.api import MAIN_SCHEMA, Api, Person, unique

pytestmark = pytest.mark.anyio
SECTIONS = ["database", "jobs", "space", "backups", "speed", "service"]


def row(**values) -> slow.SlowStatement:
    return slow.SlowStatement(
        **{
            "kind": "request",
            "route": "POST /api/v1/records/{object_name}/query",
            "object": "account",
            "view_id": None,
            "seconds": 1.5,
            "statement": "SELECT ?",
            "statement_hash": "h",
            "at": datetime.now(UTC),
            **values,
        }
    )


async def keep(api: Api, schema: str, *rows: slow.SlowStatement) -> None:
    async with api.runtime.database.transaction() as connection:
        await slow.write_slow(connection, schema, rows)


def checks(found: dict) -> dict[str, dict]:
    return {check["key"]: check for section in found["sections"] for check in section["checks"]}


async def test_only_who_may_configure_sees_it(api: Api, admin: Person, member: Person):
    found = await admin.ok("GET", "/health/details")
    assert [section["key"] for section in found["sections"]] == SECTIONS
    await member.refused("GET", "/health/details", 403, "power_needed")
    assert (await api.client().get("/api/v1/health/details")).status_code == 401
    plain = await api.person("plain_administrator")
    assert (await plain.ok("GET", "/health/details"))["sections"]


async def test_it_judges_what_is_there(admin: Person, monkeypatch: pytest.MonkeyPatch):
    """The tests' installation has no worker, no backup and archives nothing: said, with what to do."""
    monkeypatch.setattr(health, "FIRST_BACKUP", timedelta(0))
    found = await admin.ok("GET", "/health/details")
    assert found["state"] == "bad"
    shown = checks(found)
    assert shown["size"]["state"] == "good"
    for key in ("base", "archive"):
        assert shown[key]["state"] == "bad"
        assert shown[key]["advice"]
    assert "PostgreSQL 18" in shown["version"]["says"]
    monkeypatch.setattr(health, "FIRST_BACKUP", timedelta(days=1))  # as if it had been set up just now
    assert checks(await admin.ok("GET", "/health/details"))["base"]["state"] == "unknown"


async def test_words_are_in_the_readers_language(api: Api, admin: Person):
    person = await api.person("plain_administrator")
    english = await person.ok("GET", "/health/details")
    await person.ok("PATCH", "/sessions/current/user", {"language": "zh-CN"})
    chinese = await person.ok("GET", "/health/details")
    assert (english["sections"][0]["label"], chinese["sections"][0]["label"]) == ("Database", "数据库")
    assert checks(chinese)["base"]["says"] != checks(english)["base"]["says"]


async def test_slow_places_with_the_view_that_caused_them(api: Api, admin: Person):
    name = unique("View ")
    shared = await admin.ok(
        "POST", "/views", {"object": "account", "name": {"en": name}, "visibility": "shared"}
    )
    own = await admin.ok("POST", "/views", {"object": "account", "name": {"en": unique("Mine ")}})
    await keep(
        api,
        MAIN_SCHEMA,
        row(view_id=uuid.UUID(shared["id"]), seconds=40.0),
        row(view_id=uuid.UUID(shared["id"]), seconds=60.0),
        row(view_id=uuid.UUID(own["id"]), seconds=30.0),
    )
    found = await admin.ok("GET", "/health/details")
    assert checks(found)["slow"]["state"] in ("warn", "bad")
    by_view = {each["view_id"]: each for each in found["slow"]}
    told = by_view[shared["id"]]
    assert (told["view"], told["object_label"], told["times"]) == (name, "Account", 2)
    assert (told["longest_ms"], told["median_ms"]) == (60_000, 50_000)
    assert by_view[own["id"]]["view"] is None


async def test_nothing_of_another_workspace(api: Api, admin: Person, house):
    """Its slow statements, failures, waiting jobs are its own; figures of the installation name nobody."""
    marker = unique("elsewhere")
    await keep(api, house.schema, row(route=marker, seconds=900.0))
    queue, database = PostgresJobQueue(), api.runtime.database
    async with database.reader() as connection:
        before = await queue_figures(connection, MAIN_SCHEMA)
    async with database.transaction() as connection:
        await slow.write_failure(connection, house.schema, marker, "database_gone")
        job = await queue.defer(connection, marker, {"schema": house.schema})
    async with database.reader() as connection:
        theirs = await queue_figures(connection, house.schema)
        after = await queue_figures(connection, MAIN_SCHEMA)
    found = await admin.ok("GET", "/health/details")
    async with database.transaction() as connection:
        assert await queue.cancel(connection, job)
    assert (theirs.waiting, after.waiting - before.waiting) == (1, 0)
    assert theirs.oldest_s is not None
    assert marker not in str(found)
    assert house.schema not in str(found)


async def test_failures_are_told_by_their_reason(api: Api, admin: Person):
    name = unique("job.")
    async with api.runtime.database.transaction() as connection:
        await slow.write_failure(connection, MAIN_SCHEMA, name, "ValueError")
        await slow.write_failure(connection, MAIN_SCHEMA, name, "database_gone")
    found = await admin.ok("GET", "/health/details")
    (told,) = [each for each in found["failures"] if each["name"] == name]
    assert (told["times"], told["code"]) == (2, "database_gone")
    assert told["reason"]
    assert checks(found)["failed"]["state"] == "warn"


def test_backups_are_read_without_making_a_folder(settings, tmp_path):
    absent = dataclasses.replace(settings, home=tmp_path / "home", backups=tmp_path / "backups")
    found = read_backups(absent)
    assert found is not None
    assert found.base_at is None
    assert list(tmp_path.iterdir()) == []
    assert read_backups(dataclasses.replace(absent, database_url="postgresql://elsewhere")) is None
    space = read_space(tmp_path / "not" / "yet")
    assert space is not None
    assert 0 < space.free <= space.total
