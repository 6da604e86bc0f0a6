"""What boards, calendars, timelines and split lists keep of how they are drawn, and what of it is refused."""

import pytest

from factories.api import Api, Person, unique

pytestmark = pytest.mark.anyio


async def shown(reader: Person, view_id: str) -> dict | None:
    views = (await reader.catalog())["views"]
    return next((view for view in views if view["id"] == view_id), None)


async def test_a_board_keeps_limits_lanes_and_the_face_of_its_cards(api: Api):
    seller = await api.person()
    config = {
        "group_by": "stage",
        "lane_field": "owner",
        "blocked_field": "blocked",
        "card_fields": ["amount", "next_step"],
        "wip": {"proposal": 3},
        "age_days": [1, 2, 3],
    }
    body = {"object": "opportunity", "name": {"en": unique("V")}, "kind": "board", "config": config}
    view = await seller.ok("POST", "/views", body)
    found = await shown(seller, view["id"])
    assert found is not None
    assert {name: found["config"][name] for name in config} == config
    for wrong in (
        {"wip": {"proposal": 0}},
        {"wip": {"proposal": "many"}},
        {"age_days": [7, 14]},
        {"age_days": [14, 7, 30]},
        {"card_fields": ["a", "b", "c", "d", "e"]},
    ):
        await seller.refused("POST", "/views", 422, json={**body, "config": {**config, **wrong}})


async def test_timelines_and_split_lists_are_ways_to_look(api: Api):
    seller = await api.person()
    for kind, config in (
        ("timeline", {"date_field": "start_date", "end_field": "close_date", "group_by": "stage"}),
        ("split", {"line_field": "amount"}),
    ):
        body = {"object": "opportunity", "name": {"en": unique("V")}, "kind": kind, "config": config}
        view = await seller.ok("POST", "/views", body)
        found = await shown(seller, view["id"])
        assert found is not None
        assert found["kind"] == kind
        assert {name: found["config"][name] for name in config} == config
    await seller.refused("POST", "/views", 422, json={**body, "kind": "spreadsheet"})


async def test_a_view_whose_lanes_ask_of_a_hidden_field_is_not_offered(api: Api):
    config = {"group_by": "stage", "lane_field": "source"}
    body = {"object": "opportunity", "name": {"en": unique("V")}, "kind": "board", "visibility": "shared"}
    view = await api.administrator.ok("POST", "/views", {**body, "config": config})
    fields = {"opportunity": {"source": {"level": "hidden"}}}
    key = await api.role(grants={"opportunity": {"read": "all"}}, fields=fields)
    narrow = await api.person(key)
    assert await shown(api.administrator, view["id"]) is not None
    assert await shown(narrow, view["id"]) is None


async def test_part_of_a_configuration_leaves_a_view_that_reads(api: Api):
    seller = await api.person()
    body = {"object": "opportunity", "name": {"en": unique("V")}, "kind": "board"}
    view = await seller.ok("POST", "/views", body)
    await seller.ok("PATCH", f"/views/{view['id']}", {"config": {"wip": {"won": 2}}})
    found = await shown(seller, view["id"])
    assert found is not None
    assert (found["config"]["wip"], found["config"]["age_days"]) == ({"won": 2}, [7, 14, 30])


@pytest.mark.parametrize(
    ("config", "code", "pointer"),
    [
        ({"sort": [{"field": "note"}]}, "not_sortable", "/config/sort/0/field"),
        ({"where": {"field": "note", "op": "eq", "value": "x"}}, "unknown_operator", "/config/where/op"),
        ({"where": {"field": "nothing", "op": "eq", "value": "x"}}, "unknown_field", "/config/where/field"),
        (
            {"colors": [{"where": {"field": "note", "op": "gt", "value": 1}, "color": "red"}]},
            "unknown_operator",
            "/config/colors/0/where/op",
        ),
    ],
    ids=["order", "operator", "field", "color"],
)
async def test_a_view_that_would_not_open_is_not_kept(api: Api, config, code, pointer):
    body = {"object": "lead", "name": {"en": unique("V")}, "config": config}
    seller = await api.person()
    problem = await seller.refused("POST", "/views", 422, json=body)
    assert [(each["code"], each["pointer"]) for each in problem["errors"]] == [(code, pointer)]
    view = await seller.ok("POST", "/views", {**body, "config": {}})
    await seller.refused("PATCH", f"/views/{view['id']}", 422, json={"config": config})
    kept = await shown(seller, view["id"])
    assert kept is not None
    assert (kept["config"]["where"], kept["config"]["sort"], kept["config"]["colors"]) == (None, [], [])
    # A column or an order whose field is gone is passed over when the view is shown.
    gone = {"columns": ["name", "gone"], "sort": [{"field": "gone"}]}
    await seller.ok("PATCH", f"/views/{view['id']}", {"config": gone})
