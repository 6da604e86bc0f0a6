"""Accounts that have ended stay ended; looks, files and views reach no further than whoever uses them."""

import asyncio
from uuid import UUID

import pytest

from banyan.identity import facade as identity
from banyan.identity import secrets
from banyan.kernel.errors import Conflict
from factories.api import MAIN_SCHEMA, Api, unique
from factories.company import LOOK

EVERY = dict.fromkeys(("create", "read", "update", "delete", "export", "import", "bulk"), "all")


async def test_administrators_read_no_file_but_their_own(api: Api):
    owner, other = await api.person(), await api.person("plain_administrator")
    mark = unique("secret")
    files = {"file": ("c.csv", f"客户名称,电话\n{mark},13812345678\n,1\n".encode())}
    made = await owner.ok("POST", "/imports", files=files, data={"object": "account"})
    await owner.ok("POST", f"/imports/{made['id']}/check")
    await api.run_jobs()
    for path in ("", "/errors.csv", "/events"):
        await other.refused("GET", f"/imports/{made['id']}{path}", 404, "unknown_import")
    await other.refused("POST", f"/imports/{made['id']}/undo", 404, "unknown_import")
    assert made["id"] not in str(await other.ok("GET", "/imports"))
    assert made["id"] in str(await owner.ok("GET", "/imports"))


async def test_a_password_changed_while_access_ends_reopens_nothing(
    api: Api, monkeypatch: pytest.MonkeyPatch
):
    person = await api.person()
    hashing, ended = asyncio.Event(), asyncio.Event()
    plain = secrets.hash_password

    async def slow(password: str) -> str:
        hashing.set()
        await ended.wait()
        return await plain(password)

    monkeypatch.setattr(secrets, "hash_password", slow)

    async def change() -> None:
        async with api.runtime.database.transaction() as connection:
            await identity.change_password(connection, MAIN_SCHEMA, UUID(person.id), "another horse battery")

    changing = asyncio.create_task(change())
    await hashing.wait()
    await api.administrator.ok("DELETE", f"/users/{person.id}/access")
    ended.set()
    with pytest.raises(Conflict, match="access_ended"):
        await changing
    people = (await api.administrator.ok("GET", "/users/access"))["people"]
    assert [each["state"] for each in people if each["user_id"] == person.id] == ["disabled"]


async def test_a_look_ends_with_whoever_looks(api: Api):
    looker, seen = await api.person("plain_administrator"), await api.person()
    kept = await api.person("plain_administrator")
    looks = [
        api.client((await each.ok("POST", "/access/see-as", {"user": seen.id, "reason": "help"}))["token"])
        for each in (looker, kept)
    ]
    assert [(await look.get("/api/v1/sessions/current")).status_code for look in looks] == [200, 200]
    await api.administrator.ok("DELETE", f"/users/{looker.id}/access")
    assert [(await look.get("/api/v1/sessions/current")).status_code for look in looks] == [401, 200]
    record = await api.administrator.ok("GET", f"/records/user/{kept.id}")
    await api.administrator.ok("DELETE", f"/records/user/{kept.id}?version={record['version']}")
    assert (await looks[1].get("/api/v1/sessions/current")).status_code == 401


async def test_renaming_a_view_keeps_what_the_editor_does_not_see(api: Api):
    admin = api.administrator
    config = {"columns": ["name", "phone", "city"], "sort": [{"field": "phone"}], "widths": {"phone": 100}}
    body = {"object": "account", "name": {"en": "x"}, "visibility": "shared", "config": config}
    view = await admin.ok("POST", "/views", body)
    key = await api.role(
        grants={**LOOK, "account": EVERY},
        powers=["configure"],
        fields={"account": {"phone": {"level": "hidden"}}},
    )
    editor = await api.person(key)
    shown = await editor.ok("PATCH", f"/views/{view['id']}", {"name": {"en": "y"}})
    assert "phone" not in shown["config"]["columns"]
    (now,) = [each for each in (await admin.catalog())["views"] if each["id"] == view["id"]]
    assert (now["name"], now["config"]["columns"]) == ({"en": "y"}, ["name", "phone", "city"])
    assert now["config"]["sort"][0]["field"] == "phone"


async def test_a_handover_of_places_is_written_down(api: Api):
    admin, leaver, heir = api.administrator, await api.person(), await api.person()
    led = await api.person(manager=leaver.id)
    headed = await admin.create("department", name=unique("d"), head=leaver.id)
    given = {"from_user": leaver.id, "to_user": heir.id}
    done = await admin.ok("POST", "/organisation/handovers", given)
    for path, field in ((f"user/{led.id}", "manager"), (f"department/{headed['id']}", "head")):
        entry = (await admin.ok("GET", f"/records/{path}/history"))["entries"][0]
        assert entry["action"] == "update", entry
        assert [change["field"] for change in entry["changes"]] == [field], entry
        assert entry["actor"]["id"] == admin.id
        assert (await admin.ok("GET", f"/records/{path}"))[field]["id"] == heir.id
    await admin.ok("POST", f"/organisation/handovers/{done['id']}/undo")
    entry = (await admin.ok("GET", f"/records/user/{led.id}/history"))["entries"][0]
    assert [change["field"] for change in entry["changes"]] == ["manager"], entry
