"""Exports as jobs: written with the rights of then, fetched by their maker alone, gone after their time."""

import pytest
import sqlalchemy as sa

from banyan.access.facade import assign_roles
from banyan.db.statements import run
from banyan.exports.facade import place_of
from banyan.exports.tables import export_table
from factories.api import MAIN_SCHEMA, Api, Person, unique

pytestmark = pytest.mark.anyio


async def asked(person: Person, **body) -> str:
    return (await person.ok("POST", "/records/lead/exports", body))["id"]


async def state_of(person: Person, key: str) -> dict:
    exports = (await person.ok("GET", "/exports"))["exports"]
    return next(each for each in exports if each["id"] == key)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
async def test_a_list_becomes_a_file_for_its_maker(api: Api, form: str):
    key = await api.role(
        grants={"lead": dict.fromkeys(("read", "export", "create"), "own"), "user": {"read": "all"}}
    )
    maker = await api.person(key)
    names = sorted([(await maker.create("lead", name=unique("L")))["name"] for _ in range(3)])
    export = await asked(maker, format=form, columns=["name"], sort=[{"field": "name"}])
    await maker.refused("GET", f"/exports/{export}/content", 409, "export_not_ready")
    await api.run_jobs()
    shown = await state_of(maker, export)
    assert (shown["state"], shown["rows"], shown["done"]) == ("ready", 3, 3)
    answer = await maker.call("GET", f"/exports/{export}/content")
    assert answer.status_code == 200
    if form == "csv":
        assert answer.content.decode("utf-8-sig").split("\r\n")[1:4] == names
    else:
        assert answer.content[:2] == b"PK"
    inbox = await maker.ok("GET", "/inbox", params={"state": "unread"})
    assert [item["params"]["export"] for item in inbox["items"]] == [export]
    other = await api.person(key)
    await other.refused("GET", f"/exports/{export}/content", 404, "unknown_export")
    assert (await other.ok("GET", "/exports"))["exports"] == []


async def roles_are(api: Api, person: Person, roles: list[str]) -> None:
    async with api.runtime.database.transaction() as connection:
        await assign_roles(connection, MAIN_SCHEMA, person.id, roles)


async def test_rights_taken_away_meanwhile_end_it(api: Api):
    maker = await api.person()
    await maker.create("lead", name=unique("L"))
    export = await asked(maker, format="csv")
    await roles_are(api, maker, [])
    await api.run_jobs()
    await roles_are(api, maker, ["member"])
    shown = await state_of(maker, export)
    assert shown["state"] == "failed"
    assert shown["error"]
    await maker.refused("GET", f"/exports/{export}/content", 409, "export_failed")


async def test_a_file_is_gone_after_its_time(api: Api):
    maker = await api.person()
    await maker.create("lead", name=unique("L"))
    export = await asked(maker, format="csv")
    await api.run_jobs()
    place = place_of(api.runtime.settings.home / "exports", MAIN_SCHEMA, export)
    assert place.is_file()
    table = export_table(MAIN_SCHEMA)
    past = (
        sa.update(table).where(table.c.id == export).values(expires_at=sa.text("now() - interval '1 minute'"))
    )
    async with api.runtime.database.transaction() as connection:
        await run(connection, past)
    await maker.refused("GET", f"/exports/{export}/content", 404, "unknown_export")
    await api.exports.sweep()
    assert not place.exists()
    assert (await state_of(maker, export))["state"] == "gone"


async def test_what_a_killed_job_left_is_swept(api: Api):
    maker = await api.person()
    export = await asked(maker, format="csv")
    folder = api.runtime.settings.home / "exports"
    place = place_of(folder, MAIN_SCHEMA, export)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(b"half")
    table = export_table(MAIN_SCHEMA)
    values = {"state": "running", "created_at": sa.text("now() - interval '2 days'")}
    async with api.runtime.database.transaction() as connection:
        await run(connection, sa.update(table).where(table.c.id == export).values(**values))
    left = place_of(folder, "ws_thrown_away", export)
    left.parent.mkdir(parents=True)
    left.write_bytes(b"of a sandbox that is gone")
    await api.exports.sweep()
    assert not place.exists()
    assert not left.parent.exists()
    assert (await state_of(maker, export))["state"] == "gone"
    await api.run_jobs()
    assert not place.exists()
