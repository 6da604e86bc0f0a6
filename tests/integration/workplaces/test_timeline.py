"""The timeline of a customer: everything of it and of what belongs to it, once, in order, as far as one may see."""

import pytest

from factories.api import Api, Person, unique
from factories.company import LOOK

pytestmark = pytest.mark.anyio


async def customer(person: Person) -> dict[str, str]:
    """An account with a contact and a deal, each with an activity; their ids."""
    account = await person.create("account", name=unique("Customer"))
    contact = await person.create("contact", name=unique("Mei"), account=account["id"])
    deal = await person.create("opportunity", name=unique("Deal"), account=account["id"])
    ids = {"account": account["id"], "contact": contact["id"], "opportunity": deal["id"]}
    for number, (name, key) in enumerate([*ids.items()]):
        when = f"2026-0{number + 1}-01T08:00:00Z"
        values = {"title": f"about {name}", "kind": "call", "happened_at": when, name: key}
        ids[f"call_{name}"] = (await person.create("activity", **values))["id"]
    return ids


async def timeline(reader: Person, key: str, **query) -> dict:
    return await reader.ok("GET", f"/records/account/{key}/timeline", params=query)


async def test_an_account_tells_of_its_contacts_and_deals(member: Person):
    ids = await customer(member)
    found = await timeline(member, ids["account"], kinds="call")
    assert [item["record"]["id"] for item in found["items"]] == [
        ids["call_opportunity"],
        ids["call_contact"],
        ids["call_account"],
    ]
    via = [item["via"] and item["via"]["object"] for item in found["items"]]
    assert via == ["opportunity", "contact", None]
    everything = await timeline(member, ids["account"])
    kinds = [item["kind"] for item in everything["items"]]
    assert kinds.count("activity") == 3
    assert kinds.count("record") == 2
    assert "history" in kinds


async def test_pages_hold_each_item_once(member: Person):
    ids = await customer(member)
    for number in range(7):
        await member.create("activity", title=f"n{number}", kind="note", account=ids["account"])
    whole = [item["key"] for item in (await timeline(member, ids["account"], limit=100))["items"]]
    paged, cursor = [], None
    while True:
        query = {"limit": 3, **({"cursor": cursor} if cursor else {})}
        page = await timeline(member, ids["account"], **query)
        paged += [item["key"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert paged == whole
    assert len(set(paged)) == len(paged)


async def test_words_people_and_kinds_narrow_it(member: Person, admin: Person):
    ids = await customer(member)
    await admin.create("activity", title="a visit in Suzhou", kind="visit", account=ids["account"])
    assert len((await timeline(admin, ids["account"], q="Suzhou"))["items"]) == 1
    theirs = await timeline(admin, ids["account"], person=member.id, kinds="call,visit")
    assert len(theirs["items"]) == 3
    made = await timeline(member, ids["account"], kinds="record:opportunity")
    assert [(item["kind"], item["object"]) for item in made["items"]] == [("record", "opportunity")]
    assert {item["kind"] for item in (await timeline(member, ids["account"], kinds="record"))["items"]} == {
        "record"
    }
    await member.refused("GET", f"/records/account/{ids['account']}/timeline", 422, params={"person": "x"})
    await member.refused("GET", f"/records/account/{ids['account']}/timeline", 422, params={"cursor": "e30x"})


async def test_comments_are_for_readers_and_changed_by_their_writers(
    member: Person, colleague: Person, admin: Person
):
    ids = await customer(member)
    path = f"/records/account/{ids['account']}/comments"
    await colleague.refused("POST", path, 404, json={"body": "let me in"})
    said = await member.ok("POST", path, {"body": f"ask @[Ada]({admin.id}) and @[Bo]({colleague.id})"})
    assert said["unreached"] == [colleague.id]
    inbox = await admin.ok("GET", "/inbox", params={"state": "unread"})
    mention = next(item for item in inbox["items"] if item["params"].get("comment") == said["id"])
    assert mention["kind"] == "mention"
    assert mention["record"]["id"] == ids["account"]
    nothing = await colleague.ok("GET", "/inbox")
    assert all(item["params"].get("comment") != said["id"] for item in nothing["items"])
    await admin.refused(
        "PATCH", f"/comments/{said['id']}", 403, "comment_not_yours", {"body": "x", "version": 1}
    )
    await member.ok("PATCH", f"/comments/{said['id']}", {"body": "never mind", "version": 1})
    await member.refused(
        "PATCH", f"/comments/{said['id']}", 409, "comment_changed", {"body": "x", "version": 1}
    )
    await colleague.refused("DELETE", f"/comments/{said['id']}", 404)
    shown = await timeline(admin, ids["account"], kinds="comment")
    assert [item["comment"]["body"] for item in shown["items"]] == ["never mind"]
    await member.ok("DELETE", f"/comments/{said['id']}")
    assert (await timeline(admin, ids["account"], kinds="comment"))["items"] == []
    await member.refused("POST", path, 422, json={"body": "  "})


async def test_what_is_pinned_stays_on_top(member: Person, api: Api):
    ids = await customer(member)
    said = await member.ok("POST", f"/records/account/{ids['account']}/comments", {"body": "read me first"})
    for key in (f"comment:{said['id']}", f"activity:{ids['call_contact']}"):
        await member.ok("PUT", f"/records/account/{ids['account']}/pins/{key}")
    first = await timeline(member, ids["account"])
    assert [item["key"] for item in first["pinned"]] == [
        f"activity:{ids['call_contact']}",
        f"comment:{said['id']}",
    ]
    reader = await api.person(await api.role(grants={**LOOK, "account": {"read": "all"}}))
    assert [item["kind"] for item in (await timeline(reader, ids["account"]))["pinned"]] == ["comment"]
    path = f"/records/account/{ids['account']}/pins/comment:{said['id']}"
    await reader.refused("DELETE", path, 403)
    await member.ok("DELETE", path)
    assert len((await timeline(member, ids["account"]))["pinned"]) == 1


async def test_only_what_is_in_the_timeline_is_pinned_to_it(member: Person, admin: Person):
    ids, other = await customer(member), await customer(admin)
    pins = f"/records/account/{ids['account']}/pins"
    path = f"/records/account/{other['account']}/comments"
    theirs = await admin.ok("POST", path, {"body": "not for you"})
    elsewhere = await customer(member)
    for key in (
        f"comment:{theirs['id']}",
        f"comment:{ids['account']}",
        f"activity:{other['call_account']}",
        f"activity:{elsewhere['call_account']}",
    ):
        await member.refused("PUT", f"{pins}/{key}", 404, "unknown_timeline_item")
    own = f"/records/account/{ids['account']}/comments"
    for _ in range(11):  # a comment that is gone takes no place among the ten
        said = await member.ok("POST", own, {"body": "for a while"})
        await member.ok("PUT", f"{pins}/comment:{said['id']}")
        await member.ok("DELETE", f"/comments/{said['id']}")


async def test_others_comments_are_removed_only_where_the_record_could_be(member: Person, api: Api):
    key = await api.role(grants={**LOOK, "account": {"read": "all", "delete": "own"}})
    reader = await api.person(key)
    ids = await customer(member)
    said = await member.ok("POST", f"/records/account/{ids['account']}/comments", {"body": "stays"})
    await reader.refused("DELETE", f"/comments/{said['id']}", 403, "comment_not_yours")


async def test_a_reader_without_the_object_sees_nothing_of_it(member: Person, api: Api):
    ids = await customer(member)
    key = await api.role(grants={**LOOK, "account": {"read": "all"}, "contact": {"read": "all"}})
    reader = await api.person(key)
    shown = await timeline(reader, ids["account"])
    assert {item["kind"] for item in shown["items"]} <= {"history", "record"}
    assert all(item.get("object") in (None, "contact") for item in shown["items"])
    assert ids["opportunity"] not in str(shown)


async def test_a_follow_up_shows_on_whom_it_was_for(member: Person):
    ids = await customer(member)
    account = await member.ok("GET", f"/records/account/{ids['account']}")
    assert account["last_followed_at"].startswith("2026-01-01")
    version = {"version": account["version"]}
    await member.ok(
        "PATCH", f"/records/account/{ids['account']}", {"next_follow_up": "2026-02-01T00:00:00Z", **version}
    )
    happened = {"kind": "visit", "happened_at": "2026-03-01T00:00:00Z", "account": ids["account"]}
    await member.create("activity", title="seen", **happened)
    await member.create(
        "activity", title="to do", kind="task", happened_at="2026-04-01T00:00:00Z", account=ids["account"]
    )
    account = await member.ok("GET", f"/records/account/{ids['account']}")
    assert account["last_followed_at"].startswith("2026-03-01")
    assert account["next_follow_up"] is None
    assert account["version"] == version["version"] + 1
