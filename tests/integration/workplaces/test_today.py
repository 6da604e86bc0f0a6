"""Today: each reason, once per record, snoozed, for oneself and for whom one leads."""

from datetime import UTC, datetime, timedelta

import pytest

from factories.api import Api, Person, unique

pytestmark = pytest.mark.anyio


def moment(**ahead) -> str:
    return (datetime.now(UTC) + timedelta(**ahead)).isoformat()


async def today(reader: Person, **params) -> dict[str, str]:
    """Reasons by the id of the record."""
    found = await reader.ok("GET", "/today", params=params)
    return {item["record"]["id"]: item["reason"] for item in found["items"]}


async def test_every_reason_names_its_records(api: Api):
    seller = await api.person()
    account = await seller.create("account", name=unique("A"), next_follow_up=moment(days=-2))
    task = await seller.create("activity", title="send the offer", kind="task", due_at=moment(days=-1))
    done = await seller.create("activity", title="done", kind="task", due_at=moment(days=-1), done=True)
    far = await seller.create("activity", title="later", kind="task", due_at=moment(days=9))
    lead = await seller.create("lead", name=unique("L"), next_follow_up=moment(hours=-1))
    lost = await seller.create("lead", name=unique("L"), status="invalid", next_follow_up=moment(hours=-1))
    bare = await seller.create("opportunity", name=unique("O"))
    planned = await seller.create("opportunity", name=unique("O"))
    await seller.create(
        "activity", title="call", kind="call", due_at=moment(days=3), opportunity=planned["id"]
    )
    stepped = await seller.create("opportunity", name=unique("O"), next_step="send the contract")
    ended = {"stage": "won", "amount": {"amount": "1", "currency": "CNY"}, "close_date": "2026-01-31"}
    won = await seller.create("opportunity", name=unique("O"), **ended)
    found = await today(seller)
    assert found == {
        account["id"]: "follow_up_due",
        task["id"]: "task_due",
        lead["id"]: "lead_follow_up_due",
        bare["id"]: "no_next_step",
    }
    for other in (done, far, lost, planned, stepped, won):
        assert other["id"] not in found
    document = await seller.ok("GET", "/today")
    assert [item["overdue"] for item in document["items"] if item["reason"] == "follow_up_due"] == [True]
    assert document["done"] == 1


async def test_what_is_snoozed_comes_back(api: Api):
    seller = await api.person()
    task = await seller.create("activity", title="task", kind="task", due_at=moment(hours=-1))
    body = {"record": task["id"], "reason": "task_due"}
    await seller.refused("POST", "/today/snooze", 422, json={**body, "until": "2020-01-01T00:00:00Z"})
    await seller.refused(
        "POST", "/today/snooze", 422, json={**body, "reason": "boredom", "until": moment(days=1)}
    )
    await seller.ok("POST", "/today/snooze", {**body, "until": moment(days=1)})
    assert await today(seller) == {}
    await seller.ok("POST", "/today/snooze", body)
    assert await today(seller) == {task["id"]: "task_due"}


async def test_a_lead_looks_after_the_team_and_nobody_else(api: Api):
    boss = await api.person()
    seller = await api.person(manager=boss.id)
    stranger = await api.person()
    await seller.create("activity", title="task", kind="task", due_at=moment(hours=-1))
    team = await boss.ok("GET", "/today/team")
    assert [each["id"] for each in team["people"]] == [seller.id]
    assert (await stranger.ok("GET", "/today/team"))["people"] == []
    await stranger.refused("GET", "/today", 403, "not_led_by_you", params={"person": seller.id})
    # The boss sees of it what the boss may read: a member reads own records only.
    assert await today(boss, person=seller.id) == {}


async def test_a_manager_with_the_teams_data_sees_what_waits(api: Api):
    grants = {name: {"read": "subordinates"} for name in ("activity", "account", "lead", "opportunity")}
    key = await api.role(grants={**grants, "user": {"read": "all"}})
    boss = await api.person(key)
    seller = await api.person(manager=boss.id)
    task = await seller.create("activity", title="task", kind="task", due_at=moment(hours=-1))
    team = await boss.ok("GET", "/today/team")
    assert [(each["id"], each["counts"]) for each in team["people"]] == [(seller.id, {"task_due": 1})]
    assert await today(boss, person=seller.id) == {task["id"]: "task_due"}


async def test_what_was_opened_comes_first_and_only_while_one_may_see_it(api: Api, admin: Person):
    seller = await api.person()
    mine = [await seller.create("account", name=unique("R")) for _ in range(3)]
    for each in (mine[0], mine[1], mine[1], mine[2]):
        await seller.ok("POST", "/recents", {"object": "account", "id": each["id"]})
    found = await seller.ok("GET", "/recents")
    assert [each["id"] for each in found["recent"]] == [mine[2]["id"], mine[1]["id"], mine[0]["id"]]
    assert [each["id"] for each in found["frequent"]] == [mine[1]["id"]]
    name = unique("Same")
    twins = [await seller.create("account", name=f"{name} {number}") for number in (1, 2)]
    await seller.ok("POST", "/recents", {"object": "account", "id": twins[1]["id"]})
    hits = await seller.ok("GET", "/search", params={"q": name})
    assert [hit["id"] for hit in hits["results"]] == [twins[1]["id"], twins[0]["id"]]
    await seller.ok("DELETE", f"/records/account/{twins[1]['id']}")
    foreign = await admin.create("account", name=unique("R"))
    await seller.refused("POST", "/recents", 404, json={"object": "account", "id": foreign["id"]})
    await admin.ok("PATCH", f"/records/account/{mine[2]['id']}", {"owner": admin.id, "version": 1})
    found = await seller.ok("GET", "/recents")
    assert [each["id"] for each in found["recent"]] == [mine[1]["id"], mine[0]["id"]]
