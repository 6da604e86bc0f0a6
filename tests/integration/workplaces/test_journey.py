"""The journey of a customer: steps that there are, with figures no larger than the reader's rights."""

import pytest

from factories.api import Api, Person, unique
from factories.company import LOOK

pytestmark = pytest.mark.anyio
AFTER = ("quote", "contract", "sales_order", "payment")


async def steps(reader: Person, key: str, name: str = "account") -> dict[str, dict]:
    found = await reader.ok("GET", f"/records/{name}/{key}/journey")
    return {step["object"]: step for step in found["steps"]}


async def customer(person: Person) -> str:
    account = await person.create("account", name=unique("Customer"))
    for amount, stage in (("100.50", "proposal"), ("200", "won"), ("999", "lost")):
        money = {"amount": amount, "currency": "CNY"}
        ended = {"close_date": "2026-01-31", "loss_reason": "price"}
        await person.create(
            "opportunity", name=unique("Deal"), account=account["id"], amount=money, stage=stage, **ended
        )
    return account["id"]


async def test_a_step_counts_and_sums_what_is_not_lost(member: Person):
    key = await customer(member)
    found = await steps(member, key)
    # Cases are not there yet: no step of zero. (Another test gives leads an account.)
    assert list(found)[-5:] == ["opportunity", *AFTER]
    assert all((found[name]["count"], found[name]["amount"]) == (0, None) for name in AFTER)
    deals = found["opportunity"]
    assert (deals["count"], deals["field"], deals["days"]) == (3, "account", None)
    assert (float(deals["amount"]["amount"]), deals["amount"]["currency"]) == (300.5, "CNY")
    assert deals["first"] <= deals["latest"]


async def test_nothing_yet_is_said_as_nothing(member: Person):
    account = await member.create("account", name=unique("Customer"))
    deals = (await steps(member, account["id"]))["opportunity"]
    assert (deals["count"], deals["latest"], deals["amount"]) == (0, None, None)


async def test_others_deals_are_not_counted(member: Person, admin: Person, api: Api):
    key = await customer(member)
    money = {"amount": "5000", "currency": "CNY"}
    won = {"stage": "won", "close_date": "2026-01-31"}
    await admin.create("opportunity", name=unique("Hidden"), account=key, amount=money, **won)
    own = await api.role(
        grants={**LOOK, "account": {"read": "all"}, "opportunity": {"read": "own", "create": "own"}}
    )
    reader = await api.person(own)
    assert (await steps(reader, key))["opportunity"]["count"] == 0
    mine = {"account": key, "amount": {"amount": "7", "currency": "CNY"}}
    await reader.create("opportunity", name=unique("Mine"), **mine)
    seen = (await steps(reader, key))["opportunity"]
    assert (seen["count"], float(seen["amount"]["amount"])) == (1, 7.0)
    assert (await steps(admin, key))["opportunity"]["count"] == 5


async def test_what_is_withheld_is_neither_step_nor_sum(member: Person, colleague: Person, api: Api):
    key = await customer(member)
    blind = await api.person(await api.role(grants={**LOOK, "account": {"read": "all"}}))
    assert await steps(blind, key) == {}
    hidden = {"opportunity": {"amount": {"level": "hidden"}}}
    grants = {**LOOK, "account": {"read": "all"}, "opportunity": {"read": "all"}}
    for fields in (hidden, {"opportunity": {"amount": {"level": "masked"}}}):
        reader = await api.person(await api.role(grants=grants, fields=fields))
        deals = (await steps(reader, key))["opportunity"]
        assert (deals["count"], deals["amount"]) == (3, None)
    unlinked = {"opportunity": {"account": {"level": "hidden"}}}
    assert await steps(await api.person(await api.role(grants=grants, fields=unlinked)), key) == {}
    await colleague.refused("GET", f"/records/account/{key}/journey", 404)


async def test_steps_tell_the_days_between_them(admin: Person):
    """What a lead became begins with the lead."""
    lead = await admin.create("lead", name=unique("Lead"))
    parts = {
        "account": {"values": {"name": unique("Customer")}},
        "opportunity": {"values": {"name": unique("D")}},
    }
    became = await admin.ok("POST", f"/leads/{lead['id']}/convert", parts)
    found = await steps(admin, became["account"])
    assert list(found) == ["lead", "opportunity", *AFTER]
    assert (found["lead"]["days"], found["opportunity"]["days"]) == (None, 0)
    assert found["lead"]["amount"] is None


async def test_a_document_counts_with_its_total_in_own_currency(admin: Person):
    account = await admin.create("account", name=unique("Customer"))
    line = {"name": "Work", "quantity": "2", "unit_price": "50.25"}
    await admin.create(
        "quote", name=unique("Quote"), account=account["id"], lines=[line], prices_with_tax=True
    )
    quotes = (await steps(admin, account["id"]))["quote"]
    assert (quotes["count"], quotes["amount"]) == (1, {"amount": "100.50", "currency": "CNY"})
