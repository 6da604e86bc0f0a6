"""The role matrix: every standard role × object × action × path, against what the packages say."""

from dataclasses import dataclass
from typing import Any

import pytest

from banyan.setup.facade import package_roles
from factories.api import Api, Person, unique

ROLES = {role["key"]: role for role in package_roles()}
# What a record of each object needs to be made.
VALUES = {
    "account": "name",
    "contact": "name",
    "lead": "name",
    "opportunity": "name",
    "activity": "title",
    "product": "name",
    "department": "name",
    "position": "name",
    "user_group": "name",
    "user": "name",
}
WIDE = {"all"}
OWN = {"own", "subordinates", "department", "department_below"}


@dataclass
class Pair:
    """One record of the person's own and one of somebody else's, elsewhere in the organisation."""

    mine: dict[str, Any]
    other: dict[str, Any]


def scope(role: str, object_name: str, action: str) -> str:
    grants = ROLES[role].get("grants", {})
    named = grants.get(object_name, {}).get(action)
    return str(named if named is not None else grants.get("*", {}).get(action, "none"))


def reach(role: str, object_name: str, action: str) -> tuple[bool, bool]:
    """Whether the action reaches one's own record, and somebody else's."""
    found = scope(role, object_name, action)
    return found in WIDE | OWN, found in WIDE


@pytest.fixture(scope="module")
async def people(api: Api) -> dict[str, Person]:
    department = await api.administrator.create("department", name=unique("alone"))
    return {
        key: await api.person(
            key if key != "administrator" else "plain_administrator", department=department["id"]
        )
        for key in ROLES
    }


async def pair(api: Api, name: str, person: Person) -> Pair:
    admin = api.administrator
    field = VALUES[name]
    mine = await admin.create(name, **{field: unique("mx"), "owner": person.id})
    return Pair(mine, await admin.create(name, **{field: unique("mx")}))


def found(response: Any) -> bool:
    """Whether an answer shows the record; anything but a plain yes or a proper refusal fails the test."""
    assert response.status_code in (200, 201, 204, 403, 404), response.text
    return bool(response.is_success)


async def listed(person: Person, name: str, key: str) -> bool:
    answer = await person.call(
        "POST", f"/records/{name}/query", json={"where": {"field": "id", "op": "eq", "value": key}}
    )
    return found(answer) and bool(answer.json()["records"])


async def counted(person: Person, name: str, key: str) -> bool:
    body = {"measures": [{"fn": "count"}], "where": {"field": "id", "op": "eq", "value": key}}
    answer = await person.call("POST", f"/records/{name}/aggregate", json=body)
    return found(answer) and int(answer.json()["groups"][0]["values"][0]) == 1


async def searched(person: Person, name: str, record: dict[str, Any]) -> bool:
    answer = await person.call("GET", f"/search?q={record[VALUES[name]]}")
    return found(answer) and record["id"] in {hit["id"] for hit in answer.json()["results"]}


async def exported(person: Person, name: str, record: dict[str, Any]) -> bool:
    answer = await person.call("POST", f"/records/{name}/export", json={"ids": [record["id"]]})
    return found(answer) and record[VALUES[name]] in answer.text


@pytest.mark.parametrize("name", sorted(VALUES))
@pytest.mark.parametrize("role", sorted(ROLES))
async def test_role_reaches_what_its_package_says(api: Api, people: dict[str, Person], role: str, name: str):
    person, records = people[role], await pair(api, name, people[role])
    searchable = name not in ("department", "position", "user_group", "activity")
    for record, index in ((records.mine, 0), (records.other, 1)):
        path = f"/records/{name}/{record['id']}"
        reads = reach(role, name, "read")[index]
        assert found(await person.call("GET", path)) == reads
        assert found(await person.call("GET", f"{path}/history")) == reads
        assert found(await person.call("GET", f"{path}/timeline")) == reads
        assert found(await person.call("GET", f"{path}/access")) == reads
        assert await listed(person, name, record["id"]) == reads
        assert await counted(person, name, record["id"]) == reads
        assert await searched(person, name, record) == (reads and searchable)
        exports = reads and reach(role, name, "export")[index]
        assert await exported(person, name, record) == exports
        updates = reads and reach(role, name, "update")[index]
        change = {"version": record["version"], VALUES[name]: unique("mx")}
        assert found(await person.call("PATCH", path, json=change)) == updates
        explained = await api.administrator.ok(
            "GET", f"/access/explain?object={name}&id={record['id']}&user={person.id}"
        )
        for action, reached in (("read", reads), ("update", reach(role, name, "update")[index])):
            assert explained["actions"][action]["allowed"] == reached, (action, index)
        version = (await api.administrator.ok("GET", path))["version"]
        heir = {"version": version, "owner": api.administrator.id}
        transfers = updates and reach(role, name, "transfer")[index] and index == 0
        if index == 0 or not updates:
            assert found(await person.call("PATCH", path, json=heir)) == transfers
            if transfers:
                version = (await api.administrator.ok("GET", path))["version"]
                await api.administrator.ok("PATCH", path, {"version": version, "owner": person.id})
        deletes = reach(role, name, "read")[index] and reach(role, name, "delete")[index]
        assert found(await person.call("DELETE", path)) == deletes
    creates = reach(role, name, "create")[0]
    answer = await person.call("POST", f"/records/{name}", json={VALUES[name]: unique("mx")})
    assert found(answer) == (creates and scope(role, name, "read") != "none")
    rows = [{"op": "create", "values": {VALUES[name]: unique("mx")}} for _ in range(2)]
    batch = await person.call("POST", f"/records/{name}/batch", json={"operations": rows})
    bulk = scope(role, name, "bulk") != "none" and scope(role, name, "read") != "none"
    assert found(batch) == (creates and bulk)
