"""What changed between two snapshots: every kind of movement, told exactly, by whoever may see the deals."""

from decimal import Decimal

import pytest

from factories.api import Api, Person, unique

pytestmark = pytest.mark.anyio
PERIOD, IN, LATER = "2031-Q2", "2031-05-15", "2031-08-01"


async def deal(seller: Person, amount: str = "100.10", **values) -> dict:
    values = {"close_date": IN, "forecast_category": "pipeline", **values}
    return await seller.create("opportunity", name=unique("D"), amount=amount, **values)


async def change(seller: Person, record: dict, **values) -> None:
    await seller.ok("PATCH", f"/records/opportunity/{record['id']}", {"version": record["version"], **values})


async def snapshot(admin: Person) -> str:
    return (await admin.ok("POST", "/forecasts/snapshots"))["id"]


async def changes(reader: Person, since: str, **params) -> dict:
    params = {"from": since, "period": PERIOD, **params}
    return (await reader.ok("GET", "/forecasts/changes", params=params))["currencies"]


def check(report: dict) -> dict[str, tuple[str, int]]:
    """That everything adds up; the kinds with their amount and count."""
    for figures in report.values():
        for category in figures["categories"].values():
            moved = sum(Decimal(each["amount"]) for each in category["kinds"].values())
            assert Decimal(category["opening"]) + moved == Decimal(category["closing"])
        moved = sum(Decimal(each["amount"]) for each in figures["kinds"])
        assert Decimal(figures["opening"]) + moved == Decimal(figures["closing"])
    return {
        each["kind"]: (each["turned"] if each["amount"] == "0" else each["amount"], each["count"])
        for each in report.get("CNY", {"kinds": []})["kinds"]
    }


async def test_each_kind_of_change_is_told_to_the_cent(api: Api, admin: Person):
    boss = await api.person("team_lead")
    seller, other = await api.person(manager=boss.id), await api.person(manager=boss.id)
    names = ("pushed", "raised", "lowered", "up", "down", "won", "lost", "gone", "handed", "still")
    known = {name: await deal(seller, forecast_category="best") for name in names}
    known["pulled"] = await deal(seller, close_date=LATER)
    known["reopened"] = await deal(seller, stage="lost", loss_reason="price")
    since = await snapshot(admin)
    await change(seller, known["pushed"], close_date=LATER)
    await change(seller, known["pulled"], close_date=IN)
    await change(seller, known["raised"], amount="150.15")
    await change(seller, known["lowered"], amount="0.01")
    await change(seller, known["up"], forecast_category="commit")
    await change(seller, known["down"], forecast_category="pipeline")
    await change(seller, known["won"], stage="won", won_amount="90.05", close_date=IN)
    await change(seller, known["lost"], stage="lost", loss_reason="price")
    await change(seller, known["reopened"], stage="engaging")
    await change(boss, known["handed"], owner=other.id)
    await seller.ok("DELETE", f"/records/opportunity/{known['gone']['id']}")
    await deal(seller, "7.77")
    expected = {
        "new": ("7.77", 1),
        "pulled_in": ("100.1", 1),
        "raised": ("50.05", 1),
        "won": ("90.05", 1),
        "category_up": ("100.1", 1),
        "category_down": ("100.1", 1),
        "reopened": ("100.1", 1),
        "lost": ("-100.1", 1),
        "pushed_out": ("-100.1", 1),
        "gone": ("-100.1", 1),
    }
    told = check(await changes(boss, since))
    # The deal won is first lowered to what it brought, then won; within the team a handed deal is no movement.
    assert told == {**expected, "lowered": ("-110.14", 2)}
    by_seller = check(await changes(boss, since, person=seller.id))
    assert by_seller["went"] == ("-100.1", 1)
    assert check(await changes(boss, since, person=other.id)) == {"came": ("100.1", 1)}
    # Whoever cannot see a deal today is told nothing of it: the seller has given one away.
    assert check(await changes(seller, since)) == {**expected, "lowered": ("-110.14", 2)}
    assert await changes(await api.person(), since) == {}
    params = {"from": since, "period": PERIOD, "kind": "won", "currency": "CNY"}
    (found,) = (await boss.ok("GET", "/forecasts/changes/deals", params=params))["deals"]
    assert (found["id"], found["amount"]) == (known["won"]["id"], ["100.1", "90.05"])
    gone = await boss.ok("GET", "/forecasts/changes/deals", params={**params, "kind": "gone"})
    assert gone["deals"] == []
