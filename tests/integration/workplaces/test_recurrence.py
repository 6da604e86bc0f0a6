"""Tasks that repeat: doing one makes the next, once, as far as its rule and its doer's rights go."""

from datetime import UTC, datetime, timedelta

import pytest

from banyan.activities.recurrence import following
from factories.api import Api, Person, unique

pytestmark = pytest.mark.anyio

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def test_the_next_time_keeps_day_and_clock():
    def after(year: int, month: int, day: int, rule: str, now: datetime = LONG_AGO) -> str | None:
        found = following(datetime(year, month, day, 9, 30, tzinfo=UTC), rule, now)
        return None if found is None else found.strftime("%Y-%m-%d %H:%M")

    assert after(2026, 5, 29, "weekdays") == "2026-06-01 09:30"
    assert after(2026, 5, 29, "daily") == "2026-05-30 09:30"
    assert after(2026, 5, 29, "fortnightly") == "2026-06-12 09:30"
    assert after(2026, 1, 31, "monthly") == "2026-02-28 09:30"
    assert after(2024, 2, 29, "yearly") == "2025-02-28 09:30"
    assert after(2026, 5, 1, "weekly", datetime(2026, 5, 20, tzinfo=UTC)) == "2026-05-22 09:30"
    assert after(2026, 5, 1, "none") is None


async def task(seller: Person, **values) -> dict:
    return await seller.create(
        "activity", **{"title": unique("Task "), "kind": "task", "repeats": "weekly", **values}
    )


async def named(seller: Person, title: str) -> list[dict]:
    page = await seller.page(
        "activity",
        select=["title", "due_at", "ends_at", "done", "repeats", "account", "owner"],
        where={"field": "title", "op": "eq", "value": title},
        sort=[{"field": "due_at"}],
    )
    return page["records"]


def soon(days: int = 3, hours: int = 0) -> str:
    at = datetime.now(UTC).replace(microsecond=0, second=0, minute=0) + timedelta(days=days, hours=hours)
    return at.isoformat()


async def test_done_once_makes_the_next_one(member: Person):
    account = await member.create("account", name=unique("Customer"))
    made = await task(member, due_at=soon(), ends_at=soon(hours=1), account=account["id"])
    saved = await member.ok(
        "PATCH", f"/records/activity/{made['id']}", {"done": True, "version": made["version"]}
    )
    assert (saved["done"], saved["repeats"]) == (True, None)
    first, second = await named(member, made["title"])
    assert (first["done"], second["done"], second["repeats"]) == (True, False, "weekly")
    gap = datetime.fromisoformat(second["due_at"]) - datetime.fromisoformat(first["due_at"])
    assert gap == timedelta(days=7)
    assert datetime.fromisoformat(second["ends_at"]) - datetime.fromisoformat(second["due_at"]) == timedelta(
        hours=1
    )
    assert (second["account"]["id"], second["owner"]["id"]) == (account["id"], member.id)
    # Saved again, and undone with the version that was answered, it makes no third.
    for done in (False, True):
        saved = await member.ok(
            "PATCH", f"/records/activity/{made['id']}", {"done": done, "version": saved["version"]}
        )
    assert len(await named(member, made["title"])) == 2


async def test_a_rule_ends_with_its_last_day(member: Person):
    last = (datetime.now(UTC) + timedelta(days=5)).date().isoformat()
    made = await task(member, due_at=soon(), repeat_until=last)
    await member.ok("PATCH", f"/records/activity/{made['id']}", {"done": True, "version": made["version"]})
    (only,) = await named(member, made["title"])
    assert only["repeats"] is None


async def test_what_does_not_repeat_or_is_not_due_makes_nothing(member: Person):
    for values in ({"due_at": soon(), "repeats": "none"}, {"due_at": soon(), "repeats": None}, {}):
        made = await task(member, **values)
        await member.ok(
            "PATCH", f"/records/activity/{made['id']}", {"done": True, "version": made["version"]}
        )
        assert len(await named(member, made["title"])) == 1


async def test_who_may_make_none_may_still_finish(api: Api, member: Person):
    key = await api.role(grants={"activity": {"read": "all", "update": "all"}})
    finisher = await api.person(key)
    made = await task(member, due_at=soon())
    saved = await finisher.ok(
        "PATCH", f"/records/activity/{made['id']}", {"done": True, "version": made["version"]}
    )
    assert (saved["done"], saved["repeats"]) == (True, "weekly")
    assert len(await named(member, made["title"])) == 1


async def test_what_is_sealed_does_not_go_on(api: Api, admin: Person):
    secret = unique("secret_")
    field = {"api_name": secret, "type": "encrypted", "label": {"en": secret}}
    await admin.change({"kind": "add_field", "object": "activity", "field": field})
    made = await task(admin, due_at=soon(), **{secret: "110101199003074514"})
    await admin.ok("PATCH", f"/records/activity/{made['id']}", {"done": True, "version": made["version"]})
    where = {"field": "title", "op": "eq", "value": made["title"]}
    page = await admin.page("activity", select=["done", secret], where=where, sort=[{"field": "done"}])
    assert [(each["done"], each[secret] is None) for each in page["records"]] == [
        (False, True),
        (True, False),
    ]


async def test_one_of_several_objects_goes_on(api: Api, admin: Person):
    about = unique("about_")
    config = {"targets": ["account", "lead"]}
    field = {"api_name": about, "type": "polymorphic", "label": {"en": about}, "config": config}
    await admin.change({"kind": "add_field", "object": "activity", "field": field})
    lead = await admin.create("lead", name=unique("L"))
    made = await task(admin, due_at=soon(), **{about: {"object": "lead", "id": lead["id"]}})
    await admin.ok("PATCH", f"/records/activity/{made['id']}", {"done": True, "version": made["version"]})
    where = {"field": "title", "op": "eq", "value": made["title"]}
    page = await admin.page("activity", select=["done", about], where=where)
    assert [each[about]["id"] for each in page["records"]] == [lead["id"]] * 2
