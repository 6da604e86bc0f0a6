"""What is in the trash gives nothing, and who stands above a leaver still stands above their people."""

import pytest

from factories.api import Api, unique
from factories.company import LOOK, READING, Company


@pytest.mark.parametrize("kind", ["group", "position"])
async def test_what_is_in_the_trash_gives_no_role(api: Api, kind: str):
    admin, name = api.administrator, {"group": "user_group", "position": "position"}[kind]
    place = await admin.create(name, name=unique("x"))
    role = await api.role(grants={**LOOK, "account": {"read": "all"}}, powers=["configure"])
    await admin.ok("POST", f"/roles/{role}/holders", {"kind": kind, "id": place["id"]})
    person = await api.person(await api.role(grants=LOOK))
    if kind == "group":
        await admin.ok("PUT", f"/organisation/groups/{place['id']}/members", {"users": [person.id]})
    else:
        record = await admin.ok("GET", f"/records/user/{person.id}")
        moved = {"version": record["version"], "position": place["id"]}
        await admin.ok("PATCH", f"/records/user/{person.id}", moved)
    account = await admin.create("account", name=unique("a"))
    path = f"/records/account/{account['id']}"

    async def sees() -> tuple[bool, bool, bool]:
        document = await person.ok("GET", "/sessions/current")
        told = await admin.ok("GET", f"{path}/access")
        listed = person.id in {each["id"] for each in told["people"]}
        return (
            document["user"]["powers"] == ["configure"],
            (await person.call("GET", path)).is_success,
            listed,
        )

    assert await sees() == (True, True, True)
    await admin.ok("DELETE", f"/records/{name}/{place['id']}")
    assert await sees() == (False, False, False)
    await admin.ok("POST", f"/records/{name}/{place['id']}/restore")
    assert await sees() == (True, True, True)


async def test_a_department_in_the_trash_gives_nothing_to_those_below(api: Api):
    admin = api.administrator
    above = await admin.create("department", name=unique("d"))
    below = await admin.create("department", name=unique("d"), parent=above["id"])
    role = await api.role(grants=LOOK, powers=["configure"])
    await admin.ok("POST", f"/roles/{role}/holders", {"kind": "department", "id": above["id"]})
    person = await api.person(await api.role(grants=LOOK), department=below["id"])

    async def powers() -> list[str]:
        found: list[str] = (await person.ok("GET", "/sessions/current"))["user"]["powers"]
        return found

    assert await powers() == ["configure"]
    # Both go together; then only the lower one comes back.
    record = await admin.ok("GET", f"/records/user/{person.id}")
    away = {"version": record["version"], "department": None}
    moved = await admin.ok("PATCH", f"/records/user/{person.id}", away)
    both = [{"op": "delete", "id": each["id"]} for each in (below, above)]
    await admin.ok("POST", "/records/department/batch", {"operations": both})
    await admin.ok("POST", f"/records/department/{below['id']}/restore")
    back = {"version": moved["version"], "department": below["id"]}
    await admin.ok("PATCH", f"/records/user/{person.id}", back)
    assert await powers() == []


async def test_who_can_see_goes_on_above_a_leaver(api: Api):
    company = await Company(api).found()
    admin, boss, ann = api.administrator, company.people["boss"], company.people["ann"]
    await company.scope("boss", "subordinates", READING)
    account = company.accounts["bob"]["id"]
    record = await admin.ok("GET", f"/records/user/{ann.id}")
    await admin.ok("DELETE", f"/records/user/{ann.id}?version={record['version']}")
    await boss.ok("GET", f"/records/account/{account}")
    told = await admin.ok("GET", f"/records/account/{account}/access")
    assert boss.id in {each["id"] for each in told["people"]}
