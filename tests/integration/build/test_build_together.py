"""Rows that are right only together are judged together, at the end; and each breach is told where it was written."""

from typing import Any

import pytest

from factories.api import Person, unique

pytestmark = pytest.mark.anyio


def cny(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "CNY"}


async def contract(admin: Person, amount: str, *parts: str) -> tuple[str, list[str]]:
    account = await admin.create("account", name=unique("Together "))
    plan = [{"name": f"No. {index}", "amount": cny(part)} for index, part in enumerate(parts)]
    made = await admin.create(
        "contract", name=unique("C"), account=account["id"], amount=cny(amount), plan=plan
    )
    return made["id"], [row["id"] for row in await rows(admin, made["id"])]


async def rows(admin: Person, contract_id: str) -> list[dict[str, Any]]:
    where = {"field": "contract", "op": "eq", "value": contract_id}
    page = await admin.page("payment_plan", where=where)
    found: list[dict[str, Any]] = page["records"]
    return found


def creating(contract_id: str, *parts: str) -> list[dict[str, Any]]:
    return [
        {"op": "create", "values": {"name": f"New {part}", "contract": contract_id, "amount": cny(part)}}
        for part in parts
    ]


async def test_a_plan_is_replaced_as_a_whole(admin: Person):
    made, old = await contract(admin, "1000.00", "400.00", "600.00")
    operations = [
        *({"op": "delete", "id": key} for key in old),
        *creating(made, "100.00", "200.00", "700.00"),
    ]
    await admin.ok("POST", "/records/payment_plan/batch", {"operations": operations})
    assert sorted(row["amount"]["amount"] for row in await rows(admin, made)) == [
        "100.00",
        "200.00",
        "700.00",
    ]


async def test_a_plan_that_does_not_add_up_at_the_end_is_refused_whole(admin: Person):
    made, old = await contract(admin, "1000.00", "400.00", "600.00")
    operations = [*({"op": "delete", "id": key} for key in old), *creating(made, "100.00", "899.99")]
    problem = await admin.refused("POST", "/records/payment_plan/batch", 422, json={"operations": operations})
    assert [each["code"] for each in problem["errors"]] == ["rule_broken"]
    assert "The payment plan does not add up" in problem["errors"][0]["message"]
    assert sorted(row["id"] for row in await rows(admin, made)) == sorted(old)


async def test_a_parent_is_asked_when_a_part_is_removed(admin: Person):
    made, old = await contract(admin, "1000.00", "400.00", "600.00")
    problem = await admin.refused("DELETE", f"/records/payment_plan/{old[0]}", 422)
    assert "The payment plan does not add up" in problem["errors"][0]["message"]
    assert len(await rows(admin, made)) == 2


async def test_every_breach_stands_at_the_row_that_was_written(admin: Person):
    made, old = await contract(admin, "1000.00", "1000.00")
    operations = [{"op": "delete", "id": old[0]}, *creating(made, "1000.00", "-5.00", "5.00")]
    problem = await admin.refused("POST", "/records/payment_plan/batch", 422, json={"operations": operations})
    # Of nothing allocated there is more than of -5.
    assert {each["pointer"] for each in problem["errors"]} == {
        "/operations/2/values/amount",
        "/operations/2/values/allocated",
    }
