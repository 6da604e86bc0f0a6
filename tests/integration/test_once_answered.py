"""What was written stands, whatever becomes of the answer: the request is not tried anew."""

import pytest

from banyan.kernel.errors import BanyanError, Conflict, Unavailable
from banyan.records import queries
from factories.api import unique

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "error", [Conflict("serialization_failure"), Unavailable("database_busy")], ids=["conflict", "busy"]
)
async def test_a_record_is_created_once_where_its_answer_cannot_be_read(
    admin, monkeypatch, error: BanyanError
):
    name = unique("once")

    async def broken(*_: object) -> bytes:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(queries, "read_record", broken)
        made = await admin.ok("POST", "/records/lead", {"name": name})
    assert set(made) == {"id", "version"}
    found = await admin.page("lead", where={"field": "name", "op": "eq", "value": name})
    assert [each["id"] for each in found["records"]] == [made["id"]]


async def test_who_prefers_little_is_answered_with_id_and_version(admin):
    name = unique("little")
    prefer = {"Prefer": "respond-async, return=minimal", "Idempotency-Key": unique("key")}
    asked = [await admin.call("POST", "/records/lead", json={"name": name}, headers=prefer) for _ in range(2)]
    made = asked[0].json()
    assert set(made) == {"id", "version"}
    assert [each.status_code for each in asked] == [201, 201]
    assert asked[1].json() == made  # A repetition is answered as it asks to be.
    assert {each.headers["Preference-Applied"] for each in asked} == {"return=minimal"}
    whole = await admin.call("POST", "/records/lead", json={"name": name}, headers={**prefer, "Prefer": ""})
    assert whole.json()["name"] == name
    assert whole.json()["id"] == made["id"]
    assert "Preference-Applied" not in whole.headers
    for said in ('RETURN="minimal"', "wait=10, return=minimal; foo=bar", "return = minimal;q=1"):
        told = await admin.call("POST", "/records/lead", json={"name": unique("l")}, headers={"Prefer": said})
        assert set(told.json()) == {"id", "version"}, said
    for said in ("return=representation", "return=minimally", "x-return=minimal", 'return="minimal'):
        told = await admin.call("POST", "/records/lead", json={"name": unique("l")}, headers={"Prefer": said})
        assert "name" in told.json(), said
    path = f"/records/lead/{made['id']}"
    changed = await admin.call("PATCH", path, json={"note": "x", "version": 1}, headers=prefer)
    assert changed.json() == {"id": made["id"], "version": 2}
    lost = await admin.call("PATCH", path, json={"note": "y", "version": 1}, headers=prefer)
    assert lost.status_code == 409
    assert lost.json()["current"]["note"] == "x"
