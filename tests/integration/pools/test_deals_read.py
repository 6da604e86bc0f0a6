"""Of a deal pools read its account, its stage and the moment of it; of other changes they ask nothing."""

import pytest

from banyan.records import owning
from factories.api import Api, unique

pytestmark = pytest.mark.anyio


async def test_only_what_pools_read_of_a_deal_has_them_asked(api: Api, monkeypatch: pytest.MonkeyPatch):
    asked: list[object] = []
    whole = owning.pools_of_parents

    async def noted(connection, obj, *given):
        asked.append(obj.api_name)
        return await whole(connection, obj, *given)

    monkeypatch.setattr(owning, "pools_of_parents", noted)
    admin = api.administrator
    account = await admin.create("account", name=unique("Read "))
    deal = await admin.create("opportunity", name=unique("Deal "), account=account["id"])
    assert "account" in asked

    async def change(**values: object) -> list[object]:
        asked.clear()
        current = await admin.ok("GET", f"/records/opportunity/{deal['id']}")
        await admin.ok(
            "PATCH", f"/records/opportunity/{deal['id']}", {**values, "version": current["version"]}
        )
        return list(asked)

    assert await change(next_step="call", close_date="2027-01-31") == []
    assert await change(amount={"amount": "5", "currency": "CNY"}) == []
    assert "account" in await change(stage="engaging")
    assert "account" in await change(account=None)
