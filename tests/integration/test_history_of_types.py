"""Every field type in a record's history and timeline, as it was written and as it was changed."""

from typing import Any

import pytest

from factories.api import Person, unique

pytestmark = pytest.mark.anyio
VALUES: dict[str, tuple[Any, Any]] = {
    "time": ("09:30", "10:00:00"),
    "duration": (90, 30),
    "rating": (4, 5),
    "tags": (["VIP", "a"], ["b"]),
    "barcode": ("6901234567892", "x"),
    "json": ({"a": [1, 2.5, "3"]}, {"a": None}),
    "users": (["me"], None),
    "address": ("上海市浦东新区世纪大道100号", {"street": "x"}),
    "location": ("31.23,121.47", {"lat": 1, "lng": 2}),
    "rich_text": ("<p>a</p>", "<p>b</p>"),
    "encrypted": ("secret", "other"),
}


async def test_history_tells_both_sides_as_the_api_does(admin: Person):
    name = unique("trail")[:30]
    fields = [{"api_name": f"v_{kind}", "type": kind, "label": {"en": kind}} for kind in VALUES]
    await admin.change({"kind": "create_object", "api_name": name, "label": {"en": name}, "fields": fields})
    made = await admin.create(name, name="x", **{f"v_{kind}": pair[0] for kind, pair in VALUES.items()})
    path = f"/records/{name}/{made['id']}"
    before = await admin.ok("GET", path)
    after = await admin.ok("PATCH", path, {"version": 1, **{f"v_{k}": pair[1] for k, pair in VALUES.items()}})
    assert (await admin.ok("GET", f"{path}/timeline"))["items"]
    changed, created = (await admin.ok("GET", f"{path}/history"))["entries"]
    told = {change["field"]: change["to"] for change in created["changes"]}
    assert {field: told[field] for field in told if field.startswith("v_")} == {
        f"v_{kind}": before[f"v_{kind}"] for kind in VALUES
    }
    for change in changed["changes"]:
        assert change["from"] == before[change["field"]], change
        assert change["to"] == after[change["field"]], change
    assert len(changed["changes"]) == len(VALUES)
