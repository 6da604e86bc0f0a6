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
