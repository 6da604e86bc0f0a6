"""Rights that change while an answer is still being written act on the rest of it."""

import pytest

from banyan.kernel.actor import Actor
from banyan.kernel.errors import Denied
from banyan.kernel.ids import new_id
from banyan.records import export
from banyan.records.export import Export, ExportBody

pytestmark = pytest.mark.anyio


async def test_an_export_ends_when_the_right_to_it_does(house, monkeypatch):
    monkeypatch.setattr(export, "PAGE", 1)
    await house.create_all("product", [{"name": f"Under way {n}"} for n in range(3)])
    mighty, nobody = await house.session(await house.administrator()), Actor(new_id(), house.schema)
    body = ExportBody(columns=("name",), search="Under way")

    async def renew():
        return await house.session(nobody)

    obj = mighty.full.object("product")
    whole = [chunk async for chunk in Export(house.database, mighty, obj, body).csv()]
    assert sum(chunk.count(b"Under way") for chunk in whole) == 3
    with pytest.raises(Denied):
        [chunk async for chunk in Export(house.database, mighty, obj, body, renew).csv()]
