"""The report of a change counts records, and of very many tells about how many there are."""

import pytest

from banyan.metadata.changes import ddl
from factories.api import MAIN_SCHEMA, Api, unique

pytestmark = pytest.mark.anyio
ROWS = 700


async def touched(api: Api, name: str) -> int:
    """How many records adding a field says that it touches."""
    field = unique("note")
    wanted = {"api_name": field, "type": "text", "label": {"en": field}, "config": {}}
    done = await api.administrator.change({"kind": "add_field", "object": name, "field": wanted})
    return done["operations"][0]["rows_affected"]


async def test_of_very_many_about_how_many(api: Api, monkeypatch: pytest.MonkeyPatch):
    name = unique("heap")
    await api.administrator.change({"kind": "create_object", "api_name": name, "label": {"en": name}})
    rows = [{"op": "create", "values": {"name": f"N{i}"}} for i in range(ROWS)]
    await api.administrator.ok("POST", f"/records/{name}/batch", {"operations": rows})
    assert await touched(api, name) == ROWS
    table = (await api.runtime.catalogs.current(MAIN_SCHEMA)).object(name).table_name
    async with api.runtime.database.upkeep() as owner:
        await owner.execute(f'ANALYZE {MAIN_SCHEMA}."{table}"')
    assert await touched(api, name) == ROWS
    monkeypatch.setattr(ddl, "_COUNTED_UP_TO", ROWS)
    assert await touched(api, name) == 1_000  # to the thousand
    monkeypatch.setattr(ddl, "_COUNTED_UP_TO", ROWS + 1)
    assert await touched(api, name) == ROWS
