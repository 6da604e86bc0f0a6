"""The sheet, judgements, splits, targets and mine: what each reader is told, and that it adds up."""

import asyncio
from decimal import Decimal
from uuid import uuid4

import pytest

from factories.api import Api, Person, unique

pytestmark = pytest.mark.anyio
PERIOD, DAY = "2032-Q3", "2032-08-10"


async def deal(seller: Person, amount: str, category: str = "commit", **values) -> dict:
    values = {"close_date": DAY, "forecast_category": category, **values}
    return await seller.create("opportunity", name=unique("S"), amount=amount, **values)


async def sheet(reader: Person, **params) -> dict[str, dict]:
    found = await reader.ok("GET", "/forecasts", params={"period": PERIOD, **params})
    return {line["id"]: line for line in found["people"]}


def amount(line: dict, part: str, category: str, currency: str = "CNY") -> str | None:
    return line[part].get(currency, {}).get(category, {}).get("amount")


async def test_figures_roll_up_and_judgements_change_no_deal(api: Api):
    chief = await api.person("team_lead")
    boss = await api.person("team_lead", manager=chief.id)
    seller = await api.person(manager=boss.id)
    peer = await api.person()
    kept = await deal(seller, "1000.50", probability="60")
    await deal(seller, "20", "best", probability="25")
    await deal(boss, "300", "commit")
    dollars = {"amount": "9.99", "currency": "USD"}
    await seller.create("opportunity", name=unique("S"), amount=dollars, close_date=DAY)
    lines = await sheet(chief)
    assert set(lines) == {chief.id, boss.id, seller.id}
    assert [lines[each.id]["depth"] for each in (chief, boss, seller)] == [0, 1, 2]
    assert amount(lines[chief.id], "team", "commit") == "1300.5"
    assert amount(lines[seller.id], "own", "pipeline", "USD") == "9.99"
    assert lines[seller.id]["own"]["CNY"]["best"]["weighted"] == "5"
    # Each sees what their rights open: the seller themself, the peer nothing.
    assert set(await sheet(seller)) == {seller.id}
    assert (await sheet(peer))[peer.id]["team"] == {}
    await peer.refused("GET", "/forecasts", 404, "forecast_person", params={"person": seller.id})
    body = {"period": PERIOD, "person": seller.id, "category": "commit", "currency": "CNY"}
    await peer.refused("PUT", "/forecasts/judgements", 403, "not_led_by_you", json={**body, "amount": "5"})
    await boss.ok("PUT", "/forecasts/judgements", {**body, "amount": "800.25", "note": "one slips"})
    await chief.ok("PUT", "/forecasts/judgements", {**body, "amount": "700", "note": "two slip"})
    lines = await sheet(chief)
    assert lines[seller.id]["forecast"]["CNY"]["commit"] == "700"
    assert lines[boss.id]["forecast"]["CNY"]["commit"] == "1000"
    assert lines[chief.id]["forecast"]["CNY"]["commit"] == "1000"
    assert amount(lines[chief.id], "team", "commit") == "1300.5"
    history = (await seller.ok("GET", "/forecasts/judgements", params=body))["history"]
    assert [(each["was"], each["amount"], each["by"]["id"]) for each in history] == [
        ("800.25", "700", chief.id),
        (None, "800.25", boss.id),
    ]
    after = await seller.ok("GET", f"/records/opportunity/{kept['id']}")
    assert (after["version"], after["amount"]) == (kept["version"], kept["amount"])
    await chief.ok("PUT", "/forecasts/judgements", {**body, "amount": None})
    assert (await sheet(chief))[boss.id]["forecast"]["CNY"]["commit"] == "1300.5"


async def test_the_filter_behind_a_figure_finds_its_deals(api: Api):
    seller = await api.person()
    mine = await deal(seller, "5", "best")
    won = await deal(seller, "6", stage="won")
    await deal(seller, "7", "commit", close_date="2032-11-01")
    bare = await seller.create("opportunity", name=unique("S"), amount="8", close_date=DAY)
    for category, expected in (("best", {mine["id"]}), ("closed", {won["id"]}), ("pipeline", {bare["id"]})):
        params = {"period": PERIOD, "category": category, "person": seller.id}
        found = await seller.ok("GET", "/forecasts/deals", params=params)
        page = await seller.page("opportunity", where=found["where"], select=["name"])
        assert {each["id"] for each in page["records"]} == expected, category


async def test_splits_make_a_hundred_or_there_are_none(api: Api):
    boss = await api.person("team_lead")
    seller, helper = await api.person(manager=boss.id), await api.person(manager=boss.id)
    shared = await deal(seller, "99.99")
    path = f"/forecasts/splits/{shared['id']}"
    thirds = [
        {"person": seller.id, "share": "66.67"},
        {"person": helper.id, "share": "33.33"},
        {"person": helper.id, "share": "50", "kind": "overlay"},
    ]
    uneven = [{**thirds[0], "share": "66.66"}, thirds[1]]
    problem = await seller.refused("PUT", path, 422, json={"splits": uneven})
    assert {each["code"] for each in problem["errors"]} == {"splits_uneven"}
    twice = [{"person": seller.id, "share": "50"}, {"person": seller.id, "share": "50"}]
    problem = await seller.refused("PUT", path, 422, json={"splits": twice})
    assert {each["code"] for each in problem["errors"]} == {"split_person_twice"}
    await seller.ok("PUT", path, {"splits": thirds})
    lines = await sheet(boss)
    shares = [Decimal(amount(lines[each.id], "own", "commit") or 0) for each in (seller, helper)]
    assert shares == [Decimal("66.663333"), Decimal("33.326667")]
    assert amount(lines[boss.id], "team", "commit") == "99.99"
    relation = {"field": "opportunity", "op": "eq", "value": shared["id"]}
    stored = (await seller.page("opportunity_split", where=relation))["records"]
    first = next(each for each in stored if each["share"] == "66.67")
    # No side door: one row alone, its removal, a batch of one.
    await seller.refused("PATCH", f"/records/opportunity_split/{first['id']}", 422, json={"share": "1"})
    await seller.refused("DELETE", f"/records/opportunity_split/{first['id']}", 422)
    second = next(each for each in stored if each["share"] == "33.33")
    moved = [
        {"op": "update", "id": first["id"], "version": first["version"], "values": {"share": "10"}},
        {"op": "update", "id": second["id"], "version": second["version"], "values": {"share": "90"}},
    ]
    await seller.refused("POST", "/records/opportunity_split/batch", 422, json={"operations": moved[:1]})
    await seller.ok("POST", "/records/opportunity_split/batch", {"operations": moved})
    await seller.ok("PUT", path, {"splits": []})
    assert amount((await sheet(boss))[seller.id], "own", "commit") == "99.99"


async def test_a_hidden_amount_leaves_no_figures(api: Api, admin: Person):
    levels = {"opportunity": {"amount": {"level": "hidden", "unmask": False}}}
    key = await api.role(grants={"*": {"read": "all"}}, fields=levels)
    reader = await api.person(key)
    await reader.refused("GET", "/forecasts", 403, "forecast_hidden", params={"period": PERIOD})
    await reader.refused("GET", "/targets/attainment", 403, "forecast_hidden", params={"period": PERIOD})
    taken = await admin.ok("POST", "/forecasts/snapshots")
    await reader.refused("GET", "/forecasts/changes", 403, "forecast_hidden", params={"from": taken["id"]})
    await reader.refused("POST", "/forecasts/snapshots", 403, "power_needed")


async def test_targets_are_somebodys_and_mine_tells_what_is_missing(api: Api, admin: Person):
    head = await api.person("department_head")
    department = await admin.create("department", name=unique("Dept"), head=head.id)
    seller = await api.person(department=department["id"])
    stranger = await api.person("department_head")
    cell = {"measure": "won_amount", "period": "month", "value": "1000"}
    cells = [
        {**cell, "person": seller.id, "starts_on": "2032-07-01"},
        {**cell, "person": seller.id, "starts_on": "2032-08-01", "value": "500.5"},
        {
            **cell,
            "department": department["id"],
            "period": "quarter",
            "starts_on": "2032-07-01",
            "value": "4000",
        },
    ]
    await head.ok("PUT", "/targets", {"cells": cells})
    both = [{**cell, "person": seller.id, "department": department["id"], "starts_on": "2032-09-01"}]
    await head.refused("PUT", "/targets", 422, json={"cells": both})
    problem = await head.refused(
        "PUT", "/targets", 422, json={"cells": [{**cells[0], "starts_on": "2032-07-02"}]}
    )
    assert problem["errors"][0]["code"] == "target_not_aligned"
    await stranger.refused("PUT", "/targets", 403, json={"cells": [{**cells[0], "starts_on": "2032-09-01"}]})
    await seller.refused("PUT", "/targets", 403, json={"cells": [{**cells[0], "starts_on": "2032-09-01"}]})
    await deal(seller, "900", stage="won", won_amount="600.25")
    sure = await deal(seller, "700")
    later = await deal(seller, "800", "best")
    mine = await seller.ok("GET", "/forecasts/mine", params={"period": PERIOD})
    assert (mine["target"], mine["attained"], mine["missing"]) == ("1500.5", "600.25", "900.25")
    assert mine["expected"]["sure"] == "1300.25"
    assert [(each["id"], each["fills"]) for each in mine["deals"]] == [
        (sure["id"], True),
        (later["id"], True),
    ]
    found = await head.ok("GET", "/targets/attainment", params={"period": PERIOD})
    line = next(each for each in found["people"] if each["id"] == seller.id)
    assert (line["target"], line["attained"], line["share"]) == ("1500.5", "600.25", "40")
    (line,) = found["departments"]
    assert (line["target"], line["of_people"], line["attained"]) == ("4000", "1500.5", "600.25")
    hers = await stranger.ok("GET", "/targets/attainment", params={"period": PERIOD})
    assert hers["departments"] == []
    assert seller.id not in {each["id"] for each in hers["people"]}
    await head.ok("PUT", "/targets", {"cells": [{**cells[0], "value": None}]})
    assert (await seller.ok("GET", "/forecasts/mine", params={"period": PERIOD}))["target"] == "500.5"


async def test_two_at_once_neither_share_a_deal_out_twice_nor_fill_a_cell_twice(api: Api, admin: Person):
    boss = await api.person("team_lead")
    one, other = await api.person(manager=boss.id), await api.person(manager=boss.id)
    for _ in range(3):
        shared = (await deal(boss, "100"))["id"]
        rows = [{"person": each.id, "share": "100"} for each in (one, other)]
        calls = [boss.call("PUT", f"/forecasts/splits/{shared}", json={"splits": [row]}) for row in rows]
        assert [each.status_code for each in await asyncio.gather(*calls)] == [204, 204]
        relation = {"field": "opportunity", "op": "eq", "value": shared}
        (kept,) = (await boss.page("opportunity_split", where=relation))["records"]
        assert kept["share"] == "100.00"
        # Nor is anything lost of who saves over rows that another has replaced meanwhile.
        stale = [{**row, "id": str(uuid4())} for row in rows[:1]]
        await boss.ok("PUT", f"/forecasts/splits/{shared}", {"splits": stale})
        (kept,) = (await boss.page("opportunity_split", where=relation))["records"]
        assert kept["person"]["id"] == one.id
        # Row by row there is nothing to replace: the second is one too many.
        values = {"opportunity": (await deal(boss, "100"))["id"], "kind": "revenue"}
        calls = [boss.call("POST", "/records/opportunity_split", json={**values, **row}) for row in rows]
        assert sorted(each.status_code for each in await asyncio.gather(*calls)) == [201, 422]
    place = {"person": one.id, "starts_on": "2032-08-01"}
    cells = [{"cells": [{**place, "value": str(value)}]} for value in (10, 20, 30)]
    done = await asyncio.gather(*(admin.call("PUT", "/targets", json=body) for body in cells))
    assert {each.status_code for each in done} == {204}
    found = await admin.ok("GET", "/targets", params={"period": PERIOD})
    (kept,) = [each for each in found["cells"] if each["person"] == one.id]
    assert kept["value"] in {"10", "20", "30"}
    # The last day there is and the first are days like others.
    for day in ("9999-12-01", "0001-01-01"):
        values = {
            "measure": "won_amount",
            "period": "quarter",
            "value": "1",
            "person": one.id,
            "starts_on": day,
        }
        assert (await admin.call("POST", "/records/sales_target", json=values)).status_code < 500
        body = {"cells": [{"person": one.id, "starts_on": day, "value": "1"}]}
        await admin.refused("PUT", "/targets", 422, json=body)


async def test_deals_that_are_shared_out_both_are_not_merged(api: Api, admin: Person):
    one, other = await deal(admin, "10"), await deal(admin, "20")
    for each in (one, other):
        whole = {"splits": [{"person": admin.id, "share": "100"}]}
        await admin.ok("PUT", f"/forecasts/splits/{each['id']}", whole)
    body = {"survivor": one["id"], "others": [other["id"]]}
    problem = await admin.refused("POST", "/records/opportunity/merge", 422, json=body)
    assert {each["code"] for each in problem["errors"]} == {"splits_uneven", "split_person_twice"}
    await admin.ok("PUT", f"/forecasts/splits/{other['id']}", {"splits": []})
    await admin.ok("POST", "/records/opportunity/merge", body)


async def test_who_only_reads_a_deal_changes_neither_its_lines_nor_whose_it_is(api: Api):
    seller, peer = await api.person(), await api.person()
    open_to_peer = await deal(seller, "100")
    path = f"/records/opportunity/{open_to_peer['id']}/shares"
    await seller.ok("POST", path, {"principals": [f"user:{peer.id}"], "access": "read"})
    line = {"opportunity": open_to_peer["id"], "name": unique("L"), "quantity": "1", "unit_price": "1"}
    split = {"opportunity": open_to_peer["id"], "person": peer.id, "share": "100", "kind": "revenue"}
    whole = f"/forecasts/splits/{open_to_peer['id']}", {"splits": [{"person": peer.id, "share": "100"}]}
    for name, values in (("opportunity_line", line), ("opportunity_split", split)):
        many = {"operations": [{"op": "create", "values": values}]}
        for place, body in ((f"/records/{name}", values), (f"/records/{name}/batch", many)):
            problem = await peer.refused("POST", place, 422, json=body)
            assert {each["code"] for each in problem["errors"]} == {"deal_not_yours"}
    await peer.refused("PUT", whole[0], 422, json=whole[1])
    # Whoever may change it may; and what stands there is not taken away by the other.
    made = await seller.create("opportunity_line", **line)
    await seller.ok("PUT", *whole)
    assert (await peer.call("PUT", whole[0], json={"splits": []})).status_code in (404, 422)
    assert (await peer.call("DELETE", f"/records/opportunity_line/{made['id']}")).status_code in (
        403,
        404,
        422,
    )
