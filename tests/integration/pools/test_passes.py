"""What the worker does with pools: assigns, warns, recycles, escalates; and every path of owners leaves its period."""

from datetime import UTC, datetime, timedelta

import pytest

from banyan.pools import passes
from banyan.pools.settings import Hours, Settings
from factories.api import Api, unique

pytestmark = pytest.mark.anyio
NOW = datetime.now(UTC)


async def test_rules_recycle_at_their_hour_and_a_day_long_it_can_be_undone(api: Api, pools):
    seller, other, admin = await api.person(), await api.person(), api.administrator
    target = await pools.make(seller, other)
    rules = [
        {"key": "cold", "kind": "not_contacted", "days": 2, "warn_days": 1, "at": "02:00"},
        {"key": "idle", "kind": "not_followed", "days": 10, "at": "02:00", "target": target["id"]},
    ]
    pool = await pools.make(seller, other, recycle=rules)
    cold, warm, locked, idle = await pools.fill(pool, 4)
    await pools.claim(seller, pool, cold, warm, locked, idle)
    stamp = datetime.now(UTC).isoformat()
    for each in (warm, idle):
        await seller.create("activity", title="call", kind="call", happened_at=stamp, lead=each)
    await admin.ok("POST", f"/pools/{pool['id']}/lock", {"ids": [locked]})
    due = datetime.fromisoformat((await seller.ok("GET", f"/records/lead/{cold}"))["recycle_at"])
    assert (await seller.ok("GET", f"/records/lead/{locked}"))["recycle_at"] is None

    # Told a day before that hour, which is two to three days from now: it depends on the time of day.
    await pools.pass_at(due - timedelta(hours=12))
    await pools.pass_at(due - timedelta(hours=11))
    soon = [each for each in (await seller.ok("GET", "/inbox"))["items"] if each["kind"] == "recycle_soon"]
    assert [(each["record"]["id"], each["count"]) for each in soon] == [(cold, 1)]

    at = due + timedelta(minutes=1)
    await pools.pass_at(at)
    page = await other.ok("POST", f"/pools/{pool['id']}/query", {})
    assert [each["id"] for each in page["records"]] == [cold]
    assert page["records"][0]["pool_reason"]
    runs = (await admin.ok("GET", f"/pools/{pool['id']}/runs"))["runs"]
    assert [(each["kind"], each["rule"], each["count"]) for each in runs] == [("recycle", "cold", 1)]
    await pools.pass_at(NOW + timedelta(days=12))
    page = await other.ok("POST", f"/pools/{target['id']}/query", {})
    assert {each["id"] for each in page["records"]} == {warm, idle}
    assert (await admin.ok("GET", f"/records/lead/{locked}"))["owner"]["id"] == seller.id

    # Nobody's since, so it goes back to whom it was; what somebody has claimed stays theirs.
    await pools.claim(other, target, warm)
    runs = (await admin.ok("GET", f"/pools/{pool['id']}/runs"))["runs"]
    last = runs[0]
    await seller.refused("POST", f"/pools/runs/{last['id']}/undo", 403)
    undone = await admin.ok("POST", f"/pools/runs/{last['id']}/undo")
    assert undone == {"returned": 1, "kept": 1}
    await admin.refused("POST", f"/pools/runs/{last['id']}/undo", 409, "run_undone")
    back = await seller.ok("GET", f"/records/lead/{idle}")
    assert (back["owner"]["id"], back["pool"]["id"]) == (seller.id, pool["id"])
    assert (await other.ok("GET", f"/records/lead/{warm}"))["owner"]["id"] == other.id
    owners = (await admin.ok("GET", f"/records/lead/{idle}/owners"))["owners"]
    assert [(each["began"], each["ended"]) for each in owners] == [
        ("restored", None),
        ("claimed", "recycled"),
    ]


async def test_waiting_records_go_to_those_whose_turn_it_is(api: Api, pools):
    north, south, away = await api.person(), await api.person(), await api.person()
    head = await api.person()
    territory = await api.administrator.create("territory", name=unique("T"), manager=head.id)
    local = NOW.date().isoformat()
    pool = await pools.make(
        north,
        south,
        away,
        assignment={
            "on": True,
            "method": "weighted",
            "capacity": 6,
            "rules": [
                {"territory_head": True, "where": {"field": "territory", "op": "is_not_empty"}},
                {
                    "where": {"field": "city", "op": "eq", "value": "北京"},
                    "people": [
                        {"person": north.id, "weight": 2},
                        {"person": south.id, "weight": 1},
                        {"person": away.id, "weight": 9},
                    ],
                },
            ],
        },
        away=[{"person": away.id, "first": local, "last": (NOW + timedelta(days=9)).date().isoformat()}],
        response_minutes=30,
    )
    await pools.fill(pool, 9, city="北京")
    await pools.fill(pool, 2, city="上海")
    (led,) = await pools.fill(pool, 1, territory=territory["id"])
    await pools.pass_at(NOW + timedelta(minutes=5))
    count = {"where": {"field": "owner", "op": "eq", "value": "me"}, "count": "exact", "limit": 1}
    held = [(await each.page("lead", **count))["count"]["value"] for each in (north, south, away, head)]
    assert held == [6, 3, 0, 1]
    assert (await head.ok("GET", f"/records/lead/{led}"))["id"] == led
    await pools.fill(pool, 6, city="北京")
    await pools.pass_at(NOW + timedelta(minutes=6))
    held = [(await each.page("lead", **count))["count"]["value"] for each in (north, south, away)]
    assert held == [6, 6, 0]  # nobody above their capacity; three wait
    board = await api.administrator.ok("GET", f"/pools/{pool['id']}/dashboard")
    assert (board["stock"], board["owned"]) == (5, 13)
    assert sum(day["given"] for day in board["days"]) == 13
    assert {each["person"]["id"]: each["holds"] for each in board["people"]}[north.id] == 6
    await pools.pass_at(NOW + timedelta(minutes=60))
    late = [e for e in (await api.administrator.ok("GET", "/inbox"))["items"] if e["kind"] == "response_late"]
    assert any(each["params"]["pool_id"] == pool["id"] and each["count"] == 13 for each in late)


async def test_every_path_leaves_its_period(api: Api, pools):
    boss, seller, other = api.administrator, await api.person(), await api.person()
    pool = await pools.make(
        seller, other, intake=True, intake_where={"field": "city", "op": "eq", "value": "广州"}
    )
    made = await seller.create("lead", name=unique("L"))
    await boss.ok("PATCH", f"/records/lead/{made['id']}", {"owner": other.id, "version": made["version"]})
    owners = (await boss.ok("GET", f"/records/lead/{made['id']}/owners"))["owners"]
    assert [(e["person"]["id"], e["began"], e["ended"]) for e in owners] == [
        (other.id, "changed", None),
        (seller.id, "created", "changed"),
    ]
    # Nobody's, and of the city that the pool lets in: by form, API or file alike.
    fresh = await boss.create("lead", name=unique("L"), city="广州", owner=None)
    assert fresh["pool"]["id"] == pool["id"]
    given = {"from_user": other.id, "to_user": seller.id, "dry_run": False}
    assert (await boss.ok("POST", "/organisation/handovers", given))["records"]["lead"] == 1
    owners = (await boss.ok("GET", f"/records/lead/{made['id']}/owners"))["owners"]
    assert [e["person"]["id"] for e in owners] == [seller.id, other.id, seller.id]
    names = [unique("Import") for _ in range(3)]
    await _import(api, names)
    page = await boss.page("lead", where={"field": "name", "op": "in", "value": names})
    for record in page["records"]:
        owners = (await boss.ok("GET", f"/records/lead/{record['id']}/owners"))["owners"]
        assert [(e["person"]["id"], e["began"]) for e in owners] == [(boss.id, "created")]
    # Whose access ends leaves what they had of a pool that takes it back.
    await pools.change(pool, take_from_leavers=True)
    await pools.claim(other, pool, fresh["id"])
    await boss.ok("DELETE", f"/users/{other.id}/access")
    await pools.pass_at(NOW + timedelta(minutes=1))
    owners = (await boss.ok("GET", f"/records/lead/{fresh['id']}/owners"))["owners"]
    assert [(e["ended"], e["until"] is not None) for e in owners] == [("owner_left", True)]


async def _import(api: Api, names: list[str]) -> None:
    boss = api.administrator
    content = "姓名\n" + "\n".join(names) + "\n"
    started = await boss.ok(
        "POST",
        "/imports",
        files={"file": ("leads.csv", content.encode(), "text/csv")},
        data={"object": "lead"},
    )
    key = started["id"]
    await boss.ok("POST", f"/imports/{key}/check", {})
    await api.run_jobs()
    await boss.ok("POST", f"/imports/{key}/run", {})
    await api.run_jobs()


def test_time_to_respond_runs_while_people_work():
    monday = datetime(2026, 11, 23, 17, 50, tzinfo=UTC)
    hours = Hours(days=(0, 1, 2, 3, 4), start="09:00", end="18:00")
    assert hours.after(monday, 30) == datetime(2026, 11, 24, 9, 20, tzinfo=UTC)
    friday = monday + timedelta(days=4)
    assert hours.after(friday, 30) == datetime(2026, 11, 30, 9, 20, tzinfo=UTC)
    saturday = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
    assert not hours.open_at(saturday)
    assert Settings(response_minutes=30).respond_by(monday, "UTC") == monday + timedelta(minutes=30)


async def test_what_nobody_can_take_holds_up_nobody_else(api: Api, pools, monkeypatch):
    monkeypatch.setattr(passes, "AT_ONCE", 2)
    full, free = await api.person(), await api.person()
    rules = [
        {"where": {"field": "city", "op": "eq", "value": city}, "people": [{"person": person.id}]}
        for city, person in (("a", full), ("b", free))
    ]
    assignment = {"on": True, "rules": rules, "capacities": {full.id: 1}}
    pool = await pools.make(full, free, assignment=assignment)
    await pools.fill(pool, 3, city="of no rule")
    await pools.fill(pool, 4, city="a")
    (last,) = await pools.fill(pool, 1, city="b")
    await pools.pass_at(NOW)
    assert (await api.administrator.ok("GET", f"/records/lead/{last}"))["owner"]["id"] == free.id
    where = {"field": "owner", "op": "eq", "value": full.id}
    assert len((await api.administrator.page("lead", where=where))["records"]) == 1
