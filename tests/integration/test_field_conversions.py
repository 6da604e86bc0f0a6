"""Retyping carries values over as the registered edges say, and drops what has no counterpart."""

from typing import Any

import pytest

from factories.house import House

pytestmark = pytest.mark.anyio
CHOICES = {
    "choices": [
        {"key": "vip", "label": {"zh-CN": "贵宾", "en": "VIP"}},
        {"key": "old", "label": {"zh-CN": "老客户"}},
    ]
}
CASES: list[tuple[str, dict[str, Any], str, dict[str, Any], list[tuple[Any, Any]]]] = [
    ("text", {}, "time", {}, [("9:05", "09:05:00"), ("25:00", None), ("soon", None)]),
    ("datetime", {}, "time", {}, [("2026-11-21T01:02:03+00:00", "09:02:03")]),
    ("time", {}, "text", {}, [("09:05", "09:05:00")]),
    ("text", {}, "duration", {}, [("90", 90), ("1:30", 90), ("1小时30分", 90), ("2h", 120), ("x", None)]),
    ("duration", {}, "text", {}, [(90, "1:30"), (5, "0:05")]),
    ("duration", {}, "number", {}, [(90, "90")]),
    ("number", {}, "duration", {}, [("90.4", 90), ("-1", None)]),
    ("text", {}, "rating", {}, [("4", 4), ("★★★", 3), ("9", None)]),
    ("rating", {}, "number", {}, [(4, "4")]),
    ("number", {}, "rating", {}, [("4.6", 5), ("7", None)]),
    (
        "text",
        {},
        "barcode",
        {"format": "ean13"},
        [("6901234567892", "6901234567892"), ("6901234567890", None)],
    ),
    ("text", {}, "barcode", {"format": "upca"}, [("036000291452", "036000291452"), ("036000291453", None)]),
    ("text", {}, "barcode", {"format": "ean8"}, [("96385074", "96385074"), ("96385075", None)]),
    ("barcode", {}, "text", {}, [("A-1", "A-1")]),
    ("text", {}, "json", {}, [('{"a": 1}', {"a": 1}), ("word", None), ("null", None)]),
    (
        "text",
        {},
        "location",
        {},
        [("31.23, 121.47", {"lat": 31.23, "lng": 121.47}), ("91,0", None), ("x", None)],
    ),
    ("location", {}, "text", {}, [({"lat": 31.23, "lng": -1}, "31.23,-1")]),
    ("text", {}, "rich_text", {}, [("a < b & c", "<p>a &lt; b &amp; c</p>")]),
    ("rich_text", {}, "long_text", {}, [("<p>a &lt; b</p><p>c</p>", "a < b\nc")]),
    ("address", {}, "text", {}, [("上海市浦东新区世纪大道1号", "上海市浦东新区世纪大道1号")]),
    ("json", {}, "long_text", {}, [({"a": [1]}, '{"a": [1]}')]),
    ("text", {}, "tags", {}, [("b, A、a;", ["A", "b"]), (";", None)]),
    ("tags", {}, "text", {}, [(["x", "y"], "x; y")]),
    ("single_choice", CHOICES, "tags", {}, [("vip", ["贵宾"]), (None, None)]),
    ("multiple_choice", CHOICES, "tags", {}, [(["vip", "old"], ["老客户", "贵宾"])]),
    ("tags", {}, "single_choice", CHOICES, [(["vip"], "vip"), (["vip", "old"], None)]),
    ("tags", {}, "multiple_choice", CHOICES, [(["VIP", "老客户", "x"], ["old", "vip"]), (["x"], None)]),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}-{case[2]}-{len(case[4])}")
async def test_values_are_carried_over(house: House, case: Any):
    source, config, target, wanted, pairs = case
    name = f"from_{source}_to_{target}_{wanted.get('format', '')}".strip("_")[:40]
    field = {"api_name": "value", "type": source, "label": {"en": "Value"}, "config": config}
    await house.change(
        {
            "kind": "create_object",
            "api_name": name,
            "label": {"en": name},
            "fields": [field],
            "title_field": "name",
        }
    )
    rows = [{"name": str(index), "value": before} for index, (before, _) in enumerate(pairs)]
    await house.create_all(name, rows)
    await house.change(
        {"kind": "retype_field", "object": name, "field": "value", "type": target, "config": wanted}
    )
    found = {record["name"]: record["value"] for record in (await house.page(name))["records"]}
    assert [found[str(index)] for index in range(len(pairs))] == [after for _, after in pairs]


async def test_text_becomes_the_street_of_an_address_that_is_found(house: House):
    field = {"api_name": "place", "type": "text", "label": {"en": "Place"}, "searchable": True}
    await house.change(
        {"kind": "create_object", "api_name": "site", "label": {"en": "Site"}, "fields": [field]}
    )
    await house.create("site", {"name": "a", "place": "上海世纪大道"})
    await house.change({"kind": "retype_field", "object": "site", "field": "place", "type": "address"})
    found = (await house.page("site", search="世纪大道"))["records"]
    assert [record["place"]["street"] for record in found] == ["上海世纪大道"]
