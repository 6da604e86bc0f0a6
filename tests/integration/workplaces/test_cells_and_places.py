"""What the grid asks of the server: pasted texts as values, places in a long list, what a view keeps."""

import pytest

from factories.api import Api, Person, unique

pytestmark = pytest.mark.anyio


async def cells(reader: Person, field: str, *texts: str, obj="opportunity") -> list:
    """Values, and codes of problems."""
    body = {"columns": [{"field": field, "texts": list(texts)}]}
    (column,) = (await reader.ok("POST", f"/records/{obj}/cells", body))["columns"]
    return [cell["problem"]["code"] if "problem" in cell else cell["value"] for cell in column]


async def test_texts_are_read_as_people_write_them(api: Api):
    seller = await api.person()
    assert await cells(seller, "stage", "赢单", "won", "no such stage", "") == [
        "won",
        "won",
        "unknown_choice",
        "required",
    ]
    assert await cells(seller, "close_date", "2026-05-01", "2026年5月1日", "yesterday-ish") == [
        "2026-05-01",
        "2026-05-01",
        "not_date",
    ]
    money, euros, nothing = await cells(seller, "amount", "1,234.50", "€ 20", "much")
    assert (money["amount"], euros["currency"]) == ("1234.50", "EUR")
    assert nothing == "not_number"
    assert await cells(seller, "done", "是", "No", "maybe", obj="activity") == [True, False, "not_boolean"]
    assert await cells(seller, "next_step", "", "x") == [None, "x"]


async def test_names_are_matched_among_what_the_reader_may_read(api: Api):
    seller, other = await api.person(), await api.person()
    name, twice = unique("Acme "), unique("Twice ")
    mine = await seller.create("account", name=name)
    for _ in range(2):
        await seller.ok("POST", "/records/account?accept_duplicates=true", {"name": twice})
    found = await cells(seller, "account", name, f"  {name} ", twice, "Nobody")
    assert found == [{"id": mine["id"], "label": name}] * 2 + ["related_ambiguous", "related_not_matched"]
    key = await api.role(grants={"account": {"read": "own"}, "opportunity": {"read": "all", "update": "all"}})
    narrow = await api.person(key)
    assert await cells(narrow, "account", name) == ["related_not_matched"]
    assert (await cells(seller, "owner", other.user["name"]))[0] in (
        {"id": other.id, "label": other.user["name"]},
        "field_not_yours",
    )


async def test_what_nobody_may_write_is_refused_cell_by_cell(api: Api):
    seller = await api.person()
    assert await cells(seller, "created_at", "2026-01-01", "x") == ["readonly_field"] * 2
    body = {"columns": [{"field": "nothing", "texts": ["x"]}]}
    await seller.refused("POST", "/records/opportunity/cells", 422, json=body)
    key = await api.role(grants={"opportunity": {"read": "all", "update": "all"}})
    keeper = await api.person(key)
    assert await cells(keeper, "owner", "Somebody") == ["field_not_yours"]


async def walk(reader: Person, where, sort, every) -> tuple[list[str], list[str]]:
    """Ids by places, a window after each, and ids page by page."""
    places = await reader.ok(
        "POST", "/records/account/anchors", {"where": where, "sort": sort, "every": every}
    )
    by_place = []
    for cursor in (None, *places["cursors"]):
        asked = {"cursor": cursor} if cursor else {}
        page = await reader.page("account", where=where, sort=sort, limit=every, **asked)
        by_place += [record["id"] for record in page["records"]]
    whole = await reader.page("account", where=where, sort=sort, limit=500)
    divided = await reader.ok("POST", "/records/account/anchors", {"where": where, "sort": sort})
    assert divided["count"] == len(whole["records"])
    assert len(divided["cursors"]) == divided["count"]  # fewer than the most places: one each
    return by_place, [record["id"] for record in whole["records"]]


@pytest.mark.parametrize(
    "sort",
    [
        [],
        [{"field": "industry", "direction": "asc"}],
        [{"field": "industry", "direction": "desc", "nulls": "first"}],
        [{"field": "industry"}, {"field": "name", "direction": "desc"}],
    ],
)
async def test_places_lead_to_every_row_once(api: Api, sort):
    seller = await api.person()
    mark = unique("M")
    for number in range(23):
        industry = {"industry": ("technology", "software")[number % 2]} if number % 3 else {}
        await seller.create("account", name=f"{mark} {number:02}", **industry)
    where = {"field": "name", "op": "starts_with", "value": mark}
    by_place, whole = await walk(seller, where, sort, 5)
    assert by_place == whole
    assert len(whole) == 23
    further = await seller.ok("POST", "/records/account/anchors", {"where": where, "sort": sort, "every": 5})
    rest = await seller.ok(
        "POST",
        "/records/account/anchors",
        {"where": where, "sort": sort, "every": 5, "cursor": further["cursors"][1]},
    )
    assert rest["cursors"] == further["cursors"][2:]


async def test_places_are_those_of_what_one_may_read(api: Api):
    seller, mark = await api.person(), unique("M")
    key = await api.role(grants={"account": {"read": "own", "create": "all"}})
    narrow = await api.person(key)
    for number in range(6):
        await (seller if number % 2 else narrow).create("account", name=f"{mark} {number}")
    where = {"field": "name", "op": "starts_with", "value": mark}
    body = {"where": where}
    assert (await narrow.ok("POST", "/records/account/anchors", body))["count"] == 3
    await narrow.refused("POST", "/records/lead/anchors", 404, json=body)
    bad = {"where": where, "cursor": "bm9uZQ"}
    await narrow.refused("POST", "/records/account/anchors", 422, json=bad)


async def test_a_view_keeps_pins_and_colours(api: Api):
    seller = await api.person()
    rule = {"where": {"field": "stage", "op": "eq", "value": "won"}, "color": "green"}
    config = {"columns": ["name", "stage"], "pinned": 2, "colors": [rule], "group_by": "stage"}
    body = {"object": "opportunity", "name": {"en": unique("V")}, "config": config}
    view = await seller.ok("POST", "/views", body)
    shown = next(each for each in (await seller.catalog())["views"] if each["id"] == view["id"])
    assert shown["config"]["pinned"] == 2
    assert shown["config"]["colors"] == [{**rule, "field": None}]
    for wrong in (
        {"pinned": -1},
        {"colors": [{**rule, "color": "#ff0000"}]},
        {"colors": [{**rule, "where": {"a": 1}}]},
    ):
        await seller.refused("POST", "/views", 422, json={**body, "config": {**config, **wrong}})
