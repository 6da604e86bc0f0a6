"""Encrypted fields: sealed wherever they lie, shown only for a reason, sealed again under a new key."""

import orjson
import pytest
from cryptography.fernet import Fernet

from banyan.db.vault import Vault
from banyan.metadata.field_types.encrypted import purpose
from banyan.metadata.store import load_catalog
from banyan.records import rotation
from banyan.records.sealing import sealer
from factories.api import MAIN_SCHEMA, Api, Person, unique
from factories.company import LOOK

pytestmark = pytest.mark.anyio
SECRET = "6222 0000 1111 2222"


@pytest.fixture(scope="module")
async def safe(admin: Person) -> str:
    name = unique("safe")[:30]
    field = {"api_name": "secret", "type": "encrypted", "label": {"en": "Secret"}}
    await admin.change({"kind": "create_object", "api_name": name, "label": {"en": name}, "fields": [field]})
    return name


async def sealed_text(api: Api, safe: str, record: str) -> str:
    runtime = api.app.state.runtime
    async with runtime.database.reader() as connection:
        row = await (
            await connection.execute(f"SELECT f_secret FROM {MAIN_SCHEMA}.r_{safe} WHERE id = %s", (record,))
        ).fetchone()
        trail = await (
            await connection.execute(
                f"SELECT changes::text FROM {MAIN_SCHEMA}.record_history WHERE record_id = %s",
                (record,),
            )
        ).fetchall()
    assert all(SECRET not in text for (text,) in trail)
    return str(row[0])


async def test_a_secret_is_sealed_masked_and_shown_for_a_reason(api: Api, admin: Person, safe: str):
    made = await admin.create(safe, name="one", secret=SECRET)
    path = f"/records/{safe}/{made['id']}"
    assert (await admin.ok("GET", path))["secret"] == "***"
    stored = await sealed_text(api, safe, made["id"])
    assert SECRET not in stored
    history = orjson.dumps(await admin.ok("GET", f"{path}/history")).decode()
    assert SECRET not in history
    assert stored not in history
    await admin.refused("POST", f"{path}/unmask", 422, json={"field": "secret", "reason": " "})
    shown = await admin.ok("POST", f"{path}/unmask", {"field": "secret", "reason": "refund"})
    assert shown["value"] == SECRET
    await admin.refused("PATCH", path, 422, json={"version": made["version"], "secret": "***"})
    for where, count in (("is_not_empty", 1), ("is_empty", 0)):
        mine = {"field": "id", "op": "eq", "value": made["id"]}
        page = await admin.page(safe, where={"and": [mine, {"field": "secret", "op": where}]})
        assert len(page["records"]) == count
    asked = {"field": "secret", "op": "eq", "value": SECRET}
    await admin.refused("POST", f"/records/{safe}/query", 422, json={"where": asked})


async def test_who_may_not_write_it_needs_the_right_to_unmask(api: Api, admin: Person, safe: str):
    made = await admin.create(safe, name="two", secret=SECRET)
    path = f"/records/{safe}/{made['id']}/unmask"
    body = {"field": "secret", "reason": "curious"}
    for access, status in ((("read", False), 403), (("masked", False), 403), (("masked", True), 200)):
        level, unmask = access
        key = await api.role(
            grants={**LOOK, safe: {"read": "all"}},
            fields={safe: {"secret": {"level": level, "unmask": unmask}}},
        )
        person = await api.person(key)
        response = await person.call("POST", path, json=body)
        assert response.status_code == status, response.text
        if status == 200:
            assert response.json()["value"] == SECRET


async def test_a_default_would_lie_in_plain_in_the_configuration(admin: Person, safe: str):
    field = {"api_name": "other", "type": "encrypted", "label": {"en": "Other"}, "default": "x"}
    operation = {"kind": "add_field", "object": safe, "field": field}
    problem = await admin.refused("POST", "/metadata/changes", 422, json={"operations": [operation]})
    assert problem["errors"][0]["code"] == "encrypted_no_key"


async def test_rotation_seals_everything_with_the_newest_key(api: Api, admin: Person, safe: str):
    made = [await admin.create(safe, name=f"r{n}", secret=f"{SECRET} {n}") for n in range(5)]
    await admin.ok("DELETE", f"/records/{safe}/{made[0]['id']}", json={"version": 1})
    vault = api.app.state.runtime.vault
    keys = Vault({"fresh": Fernet.generate_key().decode()})
    ring = _Ring(keys, vault)
    database = api.app.state.runtime.database
    async with database.reader() as connection:
        catalog = await load_catalog(connection, MAIN_SCHEMA)
    field = catalog.object(safe).by_name["secret"]
    rotation.CHUNK, chunk = 2, rotation.CHUNK
    try:
        counts = {done.object: done.count async for done in rotation.rotate(database, catalog, ring)}
        again = {done.object: done.count async for done in rotation.rotate(database, catalog, ring)}
    finally:
        rotation.CHUNK = chunk
    assert counts[safe] >= len(made)
    assert again[safe] == 0
    for number, record in enumerate(made):
        stored = await sealed_text(api, safe, record["id"])
        assert keys.open(purpose(field), stored) == f"{SECRET} {number}"
    assert sealer() is not None


class _Ring:
    """A new key in front of those of the installation."""

    def __init__(self, fresh: Vault, old: Vault) -> None:
        self.fresh, self.old = fresh, old

    def seal(self, purpose: str, text: str) -> str:
        return self.fresh.seal(purpose, text)

    def open(self, purpose: str, sealed: str) -> str:
        return (self.fresh if self.is_current(sealed) else self.old).open(purpose, sealed)

    def is_current(self, sealed: str) -> bool:
        return self.fresh.is_current(sealed)
