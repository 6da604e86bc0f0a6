"""The inbox: told once, counted, read with today's rights, put off, put away; preferences."""

from datetime import UTC, datetime, timedelta

import pytest

from factories.api import Api, Person, unique

pytestmark = pytest.mark.anyio


async def unread(person: Person) -> list[dict]:
    return (await person.ok("GET", "/inbox", params={"state": "unread"}))["items"]


async def test_records_that_come_to_one_are_told_in_one_line(admin: Person, api: Api):
    seller = await api.person()
    for _ in range(2):
        await admin.create("lead", name=unique("Lead"), owner=seller.id)
    lead = await admin.create("lead", name=unique("Lead"))
    await admin.ok("PATCH", f"/records/lead/{lead['id']}", {"owner": seller.id, "version": lead["version"]})
    await seller.create("lead", name=unique("Own"))
    await api.deliver()
    (item,) = await unread(seller)
    assert (item["kind"], item["count"]) == ("assigned", 3)
    assert item["record"]["id"] == lead["id"]
    assert await seller.ok("GET", "/inbox/count") == {"unread": 1}
    assert await seller.ok("POST", "/inbox/read", {"ids": [item["id"]]}) == {"changed": 1}
    assert await unread(seller) == []
    await admin.create("lead", name=unique("Lead"), owner=seller.id)
    await api.deliver()
    assert [each["count"] for each in await unread(seller)] == [1]
    # The old one can be unread again only while no equal one is.
    assert await seller.ok("POST", "/inbox/unread", {"ids": [item["id"]]}) == {"changed": 0}


async def test_a_record_one_may_not_see_any_more_is_not_in_the_inbox(admin: Person, api: Api):
    seller = await api.person()
    lead = await admin.create("lead", name=unique("Secret"), owner=seller.id)
    await api.deliver()
    assert len(await unread(seller)) == 1
    record = await admin.ok("GET", f"/records/lead/{lead['id']}")
    await admin.ok("PATCH", f"/records/lead/{lead['id']}", {"owner": admin.id, "version": record["version"]})
    assert await unread(seller) == []
    assert lead["name"] not in str(await seller.ok("GET", "/inbox"))


async def test_what_is_put_off_comes_back_and_what_is_put_away_does_not(admin: Person, api: Api):
    seller = await api.person()
    await admin.create("lead", name=unique("Lead"), owner=seller.id)
    await api.deliver()
    (item,) = await unread(seller)
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    await seller.refused(
        "POST", "/inbox/snooze", 422, json={"ids": [item["id"]], "until": "2020-01-01T00:00:00Z"}
    )
    await seller.ok("POST", "/inbox/snooze", {"ids": [item["id"]], "until": later})
    assert await unread(seller) == []
    snoozed = await seller.ok("GET", "/inbox", params={"state": "snoozed"})
    assert [each["id"] for each in snoozed["items"]] == [item["id"]]
    await seller.ok("POST", "/inbox/archive", {"ids": [item["id"]]})
    assert (await seller.ok("GET", "/inbox", params={"state": "all"}))["items"] == []
    # Nobody reaches into another's.
    assert await admin.ok("POST", "/inbox/unread", {"ids": [item["id"]]}) == {"changed": 0}


async def test_pages_of_the_inbox_hold_each_item_once(admin: Person, api: Api):
    seller = await api.person()
    account = await seller.create("account", name=unique("A"))
    for _ in range(5):
        body = {"body": f"@[S]({seller.id}) look"}
        await admin.ok("POST", f"/records/account/{account['id']}/comments", body)
    whole = [item["id"] for item in (await seller.ok("GET", "/inbox"))["items"]]
    assert len(whole) == 5
    found, cursor = [], None
    while True:
        params = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = await seller.ok("GET", "/inbox", params=params)
        found += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == whole
    await seller.refused("GET", "/inbox", 422, params={"cursor": "nonsense"})


async def test_a_kind_switched_off_stays_out_of_the_inbox(admin: Person, api: Api):
    seller = await api.person()
    account = await seller.create("account", name=unique("A"))
    await seller.ok("PUT", "/inbox/preferences", {"kinds": {"mention": {"inbox": False, "mail": "off"}}})
    kinds = {each["key"]: each for each in (await seller.ok("GET", "/inbox/preferences"))["kinds"]}
    assert kinds["mention"]["inbox"] is False
    assert kinds["assigned"]["mail"] == "digest"
    await seller.refused("PUT", "/inbox/preferences", 422, json={"kinds": {"unheard_of": {}}})
    await seller.refused("PUT", "/inbox/preferences", 422, json={"digest_hour": 24})
    await admin.ok("POST", f"/records/account/{account['id']}/comments", {"body": f"@[S]({seller.id}) hello"})
    assert await unread(seller) == []
    await admin.ok("POST", f"/records/account/{account['id']}/comments", {"body": "as its owner"})
    assert [item["kind"] for item in await unread(seller)] == ["comment"]
