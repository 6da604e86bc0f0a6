"""What an administrator makes of activities stops nobody from writing one."""

import pytest

from banyan.activities import follow_ups, recurrence
from banyan.extension.writes import HOOKS
from factories.house import House

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def hooks(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HOOKS, "by_object", {})
    follow_ups.register_hooks()
    recurrence.register_hooks(house.bus)


async def written(house: House, **values) -> None:
    made = await house.create("activity", {"title": "task", "kind": "task", **values})
    assert (await house.read("activity", made.id))["title"] == "task"


async def add(house: House, target: str, *fields: dict) -> None:
    named = [{**field, "label": {"en": field["api_name"]}} for field in fields]
    await house.change(*({"kind": "add_field", "object": target, "field": field} for field in named))


async def test_a_rule_that_may_not_be_chosen_any_more(house: House):
    few = {"choices": [{"key": "weekly", "label": {"en": "Weekly"}}]}
    change = {"kind": "update_field", "object": "activity", "field": "repeats", "set": {"config": few}}
    narrowed = await house.change(change)
    at = "2026-05-01T09:00:00Z"
    await written(house, done=True, repeats="weekly", due_at=at, body="narrowed")
    where = {"field": "body", "op": "contains", "value": "narrowed"}
    page = await house.page("activity", select=["done", "repeats"], where=where, sort=[{"field": "done"}])
    assert [(each["done"], each["repeats"]) for each in page["records"]] == [(False, "weekly"), (True, None)]
    await house.revert(narrowed)


@pytest.mark.parametrize("kind", ["text", "date", "boolean"])
async def test_a_last_follow_up_that_is_no_time(house: House, kind: str):
    name = f"place_{kind}"
    await house.change({"kind": "create_object", "api_name": name, "label": {"en": name}})
    await add(house, name, {"api_name": "last_followed_at", "type": kind})
    await add(house, "activity", {"api_name": name, "type": "relation", "config": {"target": name}})
    target = await house.create(name, {"name": "x"})
    await written(house, kind="call", happened_at="2026-05-01T09:00:00Z", **{name: str(target.id)})
    said = (await house.read(name, target.id))["last_followed_at"]
    assert said == ("2026-05-01" if kind == "date" else None)


async def test_a_relation_to_many(house: House):
    await add(
        house, "activity", {"api_name": "others", "type": "relation_many", "config": {"target": "account"}}
    )
    account = await house.create("account", {"name": "x"})
    await written(house, kind="call", happened_at="2026-05-01T09:00:00Z", others=[str(account.id)])


@pytest.mark.parametrize("field", ["happened_at", "due_at", "ends_at", "repeats", "done"])
async def test_a_field_that_became_a_text(house: House, field: str):
    retyped = await house.change(
        {"kind": "retype_field", "object": "activity", "field": field, "type": "text"}
    )
    values = {"done": True, "repeats": "weekly", "due_at": "2026-05-01T09:00:00Z", field: "later"}
    await written(house, **values)
    await house.revert(retyped)
