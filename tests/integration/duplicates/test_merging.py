"""Merging: what is chosen, what moves, what stays known of both, and the way back."""

import uuid

import pytest
from stdnum.cn import uscc

from factories.api import Api, unique

pytestmark = pytest.mark.anyio


async def accounts(person, *values: dict) -> list[dict]:
    """Accounts of names of their own."""
    return [await person.create("account", **{"name": unique("并购"), **each}) for each in values]


async def test_children_values_and_histories_come_together_and_go_back(api: Api, admin):
    keep, gone, third = await accounts(
        admin,
        {"tags": ["a"], "city": "长沙"},
        {"tags": ["b", "a"], "phone": "+86 731 8888 1234", "city": "怀化", "note": "from the second"},
        {"website": "https://third.example.cn"},
    )
    contact = await admin.create("contact", name=unique("王"), account=gone["id"])
    deal = await admin.create("opportunity", name=unique("Deal "), account=third["id"])
    task = await admin.create("activity", title=unique("Call "), kind="call", account=gone["id"])
    child = await admin.create("account", name=unique("子公司"), parent=gone["id"])
    await admin.ok(
        "PATCH", f"/records/account/{keep['id']}", {"parent": child["id"], "version": keep["version"]}
    )
    await admin.ok("POST", f"/records/account/{gone['id']}/comments", {"body": "said of the second"})
    shown = await admin.ok("GET", f"/records/account/merge?ids={keep['id']},{gone['id']},{third['id']}")
    by_name = {each["field"]: each for each in shown["fields"]}
    assert by_name["phone"]["chosen"] == gone["id"]  # the survivor has none
    assert by_name["tags"]["chosen"] == "all"
    assert by_name["city"]["chosen"] == keep["id"]
    assert by_name["city"]["differs"]
    counted = {each["object"]: each["counts"] for each in shown["children"]}
    assert counted["contact"] == {gone["id"]: 1}
    assert counted["opportunity"] == {third["id"]: 1}

    body = {"survivor": keep["id"], "others": [gone["id"], third["id"]], "choices": {"city": gone["id"]}}
    done = await admin.ok("POST", "/records/account/merge", body)
    record = done["record"]
    assert (record["city"], sorted(record["tags"]), record["note"]) == ("怀化", ["a", "b"], "from the second")
    assert record["website"] == "https://third.example.cn"
    assert record["phone"]
    assert record["parent"] is None  # its parent was a child of the merged one: that would be a loop
    for name, one in (("contact", contact), ("opportunity", deal), ("activity", task)):
        now = await admin.ok("GET", f"/records/{name}/{one['id']}")
        assert now["account"]["id"] == keep["id"], name
    assert (await admin.ok("GET", f"/records/account/{child['id']}"))["parent"]["id"] == keep["id"]
    # The old id says where it went; the history tells of both.
    problem = await admin.refused("GET", f"/records/account/{gone['id']}", 410, "record_merged")
    assert problem["merged_into"] == keep["id"]
    history = (await admin.ok("GET", f"/records/account/{keep['id']}/history"))["entries"]
    assert {each["action"] for each in history} >= {"create", "merge", "delete", "update"}
    assert gone["name"] in {each["merged"] for each in history}
    items = (await admin.ok("GET", f"/records/account/{keep['id']}/timeline"))["items"]
    assert any(item.get("comment", {}).get("body") == "said of the second" for item in items)
    await admin.refused("POST", f"/records/account/{gone['id']}/restore", 422)

    await what_changed_stays(
        admin, done["merge"], keep, gone, child, deal, [("contact", contact), ("activity", task)]
    )


async def what_changed_stays(admin, merge, keep, gone, child, deal, returning) -> None:
    """What changed since stays, and is told; the rest goes back."""
    now = await admin.ok("GET", f"/records/account/{keep['id']}")
    await admin.ok("PATCH", f"/records/account/{keep['id']}", {"city": "株洲", "version": now["version"]})
    moved = await admin.ok("GET", f"/records/opportunity/{deal['id']}")
    await admin.ok(
        "PATCH", f"/records/opportunity/{deal['id']}", {"account": child["id"], "version": moved["version"]}
    )
    told = await admin.ok("POST", f"/duplicates/merges/{merge}/undo")
    assert told["kept_values"] == ["city"]
    assert told["kept_children"] == {"opportunity": 1}
    back = await admin.ok("GET", f"/records/account/{gone['id']}")
    assert (back["city"], sorted(back["tags"])) == ("怀化", ["a", "b"])
    kept = await admin.ok("GET", f"/records/account/{keep['id']}")
    assert (kept["city"], kept["tags"], kept["website"]) == ("株洲", ["a"], None)
    assert kept["parent"]["id"] == child["id"]
    for name, one in returning:
        now = await admin.ok("GET", f"/records/{name}/{one['id']}")
        assert now["account"]["id"] == gone["id"], name
    assert (await admin.ok("GET", f"/records/account/{child['id']}"))["parent"]["id"] == gone["id"]
    await admin.refused("POST", f"/duplicates/merges/{merge}/undo", 409, "merge_undone")


async def test_nobody_merges_what_they_may_not_change(api: Api, admin):
    key = await api.role(
        grants={"account": {"create": "own", "read": "all", "update": "own", "delete": "none"}}
    )
    seller = await api.person(key)
    mine, other = await accounts(seller, {}, {})
    (theirs,) = await accounts(admin, {})
    body = {"survivor": mine["id"], "others": [theirs["id"]]}
    await seller.refused("POST", "/records/account/merge", 403, "merge_needs_update", body)
    body = {"survivor": mine["id"], "others": [other["id"]]}
    await seller.refused("POST", "/records/account/merge", 403, "merge_needs_delete", body)
    await admin.refused(
        "POST", "/records/account/merge", 422, json={"survivor": mine["id"], "others": [mine["id"]]}
    )
    stranger = await api.person(
        await api.role(grants={"account": {"read": "own", "update": "own", "delete": "own"}})
    )
    await stranger.refused("POST", "/records/account/merge", 404, json=body)
    await stranger.refused("GET", f"/records/account/merge?ids={mine['id']},{other['id']}", 404)


async def test_a_unique_value_goes_over(api: Api, admin):
    stem = f"9131011{uuid.uuid4().int % 10**10:010d}"
    code = f"{stem}{uscc.calc_check_digit(stem)}"
    plain, coded = await accounts(admin, {}, {"credit_code": code})
    body = {"survivor": plain["id"], "others": [coded["id"]]}
    done = await admin.ok("POST", "/records/account/merge", body)
    assert done["record"]["credit_code"] == code
    await admin.ok("POST", f"/duplicates/merges/{done['merge']}/undo")
    assert (await admin.ok("GET", f"/records/account/{coded['id']}"))["credit_code"] == code
    assert (await admin.ok("GET", f"/records/account/{plain['id']}"))["credit_code"] is None


async def test_pairs_follow_the_record_that_stays(api: Api, admin):
    """Of three alike two are merged: the third waits beside the one that stays; undoing says that the two differ."""
    brand = unique("三")
    one, two, three = [
        await admin.ok(
            "POST", "/records/account?accept_duplicates=true", {"name": f"苏州{brand}贸易有限公司"}
        )
        for _ in range(3)
    ]
    merged = await admin.ok("POST", "/records/account/merge", {"survivor": one["id"], "others": [two["id"]]})
    assert await tied(admin, brand) == {(one["id"], three["id"])}
    await admin.ok("POST", f"/duplicates/merges/{merged['merge']}/undo")
    assert await tied(admin, brand) == {(one["id"], three["id"]), (two["id"], three["id"])}


async def tied(admin, brand: str) -> set[tuple[str, str]]:
    pairs = (await admin.ok("GET", "/duplicates/pairs?object=account&limit=200"))["pairs"]
    return {(pair["record"]["id"], pair["other"]["id"]) for pair in pairs if brand in pair["record"]["title"]}


async def test_what_somebody_told_apart_is_not_accepted_together(api: Api, admin):
    """A third record that resembles both does not make them one; and a group out of sight is no group."""
    seller, brand = await api.person(), unique("分")
    before = await groups(admin), await groups(seller)
    for _ in range(3):
        await admin.ok(
            "POST", "/records/account?accept_duplicates=true", {"name": f"无锡{brand}贸易有限公司"}
        )
    assert (await groups(admin), await groups(seller)) == (before[0] + 1, before[1])
    pairs = (await admin.ok("GET", "/duplicates/pairs?object=account&limit=200"))["pairs"]
    mine = [pair for pair in pairs if brand in pair["record"]["title"]]
    await admin.ok("PUT", f"/duplicates/pairs/{mine[0]['id']}", {"state": "different"})
    assert len(mine) == 3
    assert (await seller.ok("GET", "/duplicates/pairs?object=account")) == {"pairs": [], "total": 0}
    assert await groups(admin) == before[0]


async def groups(person) -> int:
    return (await person.ok("GET", "/duplicates/pairs/above?object=account&score=0.95"))["groups"]


async def test_a_merge_passes_on_no_record_that_was_only_shared(api: Api):
    """Who got a record to change it merges their own into it; those they had shared theirs with do not get it too."""
    seller, helper, stranger = await api.person(), await api.person(), await api.person()
    (kept,), (mine,) = await accounts(seller, {}), await accounts(helper, {})
    for owner, record, to, access in ((seller, kept, helper, "edit"), (helper, mine, stranger, "read")):
        body = {"principals": [f"user:{to.id}"], "access": access}
        await owner.ok("POST", f"/records/account/{record['id']}/shares", body)
    body = {"survivor": kept["id"], "others": [mine["id"]], "choices": {"owner": kept["id"]}}
    await helper.ok("POST", "/records/account/merge", body)
    await stranger.refused("GET", f"/records/account/{kept['id']}", 404)
