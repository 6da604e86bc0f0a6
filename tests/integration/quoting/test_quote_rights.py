"""Who may see and do what with documents and prices, and plans that are carried over by an amendment."""

from decimal import Decimal
from typing import Any

import pytest

from factories.api import Api, Person, unique

Document = dict[str, Any]


@pytest.fixture
async def looker(api: Api) -> Person:
    """Somebody who reads all quotes and may write lines, but changes no quote; and knows no prices."""
    shown = {"read": "all", "export": "all"}
    grants = dict.fromkeys(("quote", "account", "product", "price_book", "user"), shown)
    lines = dict.fromkeys(("read", "create", "update", "delete"), "all")
    return await api.person(await api.role(grants={**grants, "quote_line": lines}))


async def test_whoever_only_reads_a_quote_changes_none_of_its_lines(
    member: Person, looker: Person, quote: Any, book: Document
) -> None:
    made = await quote(member)
    read = await looker.ok("GET", f"/documents/quote/{made['id']}")
    assert read["actions"] == []
    values = {"quote": made["id"], "product": book["small"], "quantity": "1"}
    problem = await looker.refused("POST", "/records/quote_line", 422, json=values)
    assert "document_not_yours" in str(problem)
    line = read["lines"][0]
    body = {"quantity": "9", "version": line["version"]}
    await looker.refused("PATCH", f"/records/quote_line/{line['id']}", 422, json=body)
    await looker.refused("DELETE", f"/records/quote_line/{line['id']}", 422)
    body = {"version": made["version"], "lines": []}
    await looker.refused("PUT", f"/documents/quote/{made['id']}/lines", 403, json=body)
    for move in ("submit", "send", "cancel"):
        await looker.refused("POST", f"/quotes/{made['id']}/{move}", 403, json={"version": made["version"]})


async def test_prices_are_told_to_whoever_may_read_them(
    looker: Person, member: Person, book: Document
) -> None:
    body = {"price_book": book["id"], "lines": [{"product": book["big"]}]}
    await looker.refused("POST", "/prices/find", 403, json=body)
    assert (await member.ok("POST", "/prices/find", body))["lines"][0]["tax_rate"] == "13"


async def test_a_field_out_of_sight_is_in_no_answer(
    api: Api, member: Person, quote: Any, book: Document
) -> None:
    shown = {"read": "all", "update": "all", "export": "all"}
    names = ("quote", "quote_line", "account", "product", "price_book", "price_book_entry", "company", "user")
    fields = [
        {"object": "quote_line", "field": name, "level": "hidden"} for name in ("list_price", "price_reason")
    ]
    fields += [{"object": "quote", "field": "base_total", "level": "hidden"}]
    hidden: dict[str, dict[str, Any]] = {}
    for each in fields:
        hidden.setdefault(each["object"], {})[each["field"]] = {"level": each["level"]}
    person = await api.person(await api.role(grants=dict.fromkeys(names, shown), fields=hidden))
    made = await quote(member)
    lines = [{"product": book["big"], "quantity": "2"}]
    told = await person.ok(
        "POST", "/documents/quote/calculate", {"lines": lines, "header": {"price_book": book["id"]}}
    )
    assert not {"list_price", "price_reason"} & told["lines"][0].keys()
    assert "base_total" not in told["totals"]
    read = await person.ok("GET", f"/documents/quote/{made['id']}")
    assert "list_price" not in read["lines"][0]


async def test_nobody_acts_on_what_they_do_not_see(member: Person, colleague: Person, quote: Any) -> None:
    made = await quote(member)
    body = {"version": made["version"]}
    for path in ("submit", "release", "send", "cancel", "accept", "versions", "contract", "order", "link"):
        await colleague.refused("POST", f"/quotes/{made['id']}/{path}", 404, json=body)
    for path in ("versions", "evidence"):
        await colleague.refused("GET", f"/quotes/{made['id']}/{path}", 404)
    foreign = {"header": {"account": made["account"]["id"]}, "lines": []}
    await colleague.refused("POST", "/documents/quote/calculate", 422, json=foreign)


async def test_an_act_names_the_version_it_is_about(member: Person, quote: Any) -> None:
    made = await quote(member)
    await member.refused("POST", f"/quotes/{made['id']}/send", 409, json={"version": made["version"] + 1})
    await member.refused("POST", f"/quotes/{made['id']}/send", 422, json={})
    assert (await member.ok("GET", f"/records/quote/{made['id']}"))["status"] == "draft"


async def contract_with_plan(admin: Person, amounts: tuple[str, ...]) -> Document:
    account = await admin.create("account", name=unique("Acme "))
    total = sum(map(Decimal, amounts))
    lines = [{"name": "Work", "quantity": "1", "unit_price": str(total)}]
    made = await admin.create("contract", name=unique("C "), account=account["id"], lines=lines)
    version = (await admin.ok("GET", f"/records/contract/{made['id']}"))["version"]
    rows = [{"name": f"{n}", "due_on": "2027-01-01", "amount": amount} for n, amount in enumerate(amounts)]
    body = {"version": version, "instalments": rows}
    await admin.ok("PUT", f"/plans/contract/{made['id']}", body)
    version = (await admin.ok("GET", f"/records/contract/{made['id']}"))["version"]
    body = {"status": "signed", "signed_on": "2026-11-20", "version": version}
    await admin.ok("PATCH", f"/records/contract/{made['id']}", body)
    found: Document = await admin.ok("GET", f"/records/contract/{made['id']}")
    return found


@pytest.mark.parametrize(
    ("price", "left"),
    [("150", ["60", "40", "50"]), ("70", ["60", "10"]), ("55", ["55"])],
    ids=["more", "less", "less than the first"],
)
async def test_the_plan_goes_over_to_the_amendment(admin: Person, price: str, left: list[str]) -> None:
    contract = await contract_with_plan(admin, ("60", "40"))
    path = f"/contracts/{contract['id']}/amendments"
    made = await admin.ok("POST", path, {"version": contract["version"]})
    draft = await admin.ok("GET", f"/documents/contract/{made['id']}")
    lines = [{**draft["lines"][0], "unit_price": price}]
    body = {"version": draft["document"]["version"], "lines": lines}
    saved = await admin.ok("PUT", f"/documents/contract/{made['id']}/lines", body)
    body = {"status": "signed", "signed_on": "2026-11-21", "version": saved["document"]["version"]}
    await admin.ok("PATCH", f"/records/contract/{made['id']}", body)
    sort = [{"field": "position"}]
    where = {"field": "contract", "op": "eq", "value": made["id"]}
    plan = (await admin.page("payment_plan", where=where, sort=sort))["records"]
    assert [Decimal(row["amount"]["amount"]) for row in plan] == [Decimal(each) for each in left]
    old = await admin.ok("GET", f"/records/contract/{contract['id']}")
    assert (old["status"], old["plan_count"]) == ("amended", "0")


async def test_a_discount_is_measured_by_the_list_of_the_day_it_goes_out(
    admin: Person, member: Person
) -> None:
    book = await admin.create("price_book", name=unique("Book "), currency="CNY")
    product = await admin.create("product", name=unique("Pump "))
    values = {"price_book": book["id"], "product": product["id"], "from_quantity": "0", "price": "100"}
    entry = await admin.create("price_book_entry", **values)
    account = await member.create("account", name=unique("Acme "))
    lines = [{"product": product["id"], "quantity": "1", "unit_price": "95"}]
    head = {"name": unique("Q "), "account": account["id"], "price_book": book["id"]}
    made = await member.create("quote", **head, lines=lines)
    assert made["needs_approval"] is False
    body = {"price": {"amount": "200", "currency": "CNY"}, "version": 1}
    await admin.ok("PATCH", f"/records/price_book_entry/{entry['id']}", body)
    version = {"version": (await member.ok("GET", f"/records/quote/{made['id']}"))["version"]}
    await member.refused("POST", f"/quotes/{made['id']}/send", 409, "quote_needs_approval", json=version)
    asked = await member.ok("POST", f"/quotes/{made['id']}/submit", version)
    assert asked["document"]["status"] == "pending"


async def test_no_more_comes_with_a_bundle_than_it_holds(admin: Person, member: Person) -> None:
    book = await admin.create("price_book", name=unique("Book "), currency="CNY")
    bundle = await admin.create("product", name=unique("Set "), kind="bundle")
    part = await admin.create("product", name=unique("Part "))
    await admin.create("product_component", bundle=bundle["id"], product=part["id"], quantity="2")
    for product in (bundle, part):
        values = {"price_book": book["id"], "product": product["id"], "from_quantity": "0", "price": "100"}
        await admin.create("price_book_entry", **values)
    account = await member.create("account", name=unique("Acme "))
    for quantity, asks in (("2", False), ("3", True)):
        lines = [
            {"product": bundle["id"], "quantity": "1", "position": 1},
            {
                "product": part["id"],
                "quantity": quantity,
                "position": 2,
                "bundle_position": 1,
                "unit_price": "0",
            },
        ]
        head = {"name": unique("Q "), "account": account["id"], "price_book": book["id"]}
        made = await member.create("quote", **head, lines=lines)
        assert made["needs_approval"] is asks
