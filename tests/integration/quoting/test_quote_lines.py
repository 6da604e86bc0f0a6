"""A quote is what its lines come to, on every path."""

from datetime import date
from decimal import Decimal
from typing import Any

from factories.api import Api, Person, unique

Document = dict[str, Any]


def money(amount: str, currency: str = "CNY") -> Document:
    return {"amount": amount, "currency": currency}


async def quote(person: Person, book: Document, **values: Any) -> Document:
    account = await person.create("account", name=unique("Acme "))
    return await person.create(
        "quote", name=unique("Q "), account=account["id"], price_book=book["id"], **values
    )


async def test_lines_written_as_a_whole_are_priced(admin: Person, book: Document) -> None:
    made = await quote(admin, book)
    lines = [
        {"product": book["big"], "quantity": "12"},
        {"product": book["small"], "quantity": "3", "discount": "5"},
    ]
    body = {"version": made["version"], "header": {"discount": "10"}, "lines": lines}
    found = await admin.ok("PUT", f"/documents/quote/{made['id']}/lines", body)
    first, second = found["lines"]
    assert first["unit_price"] == money("90.00")
    assert first["unit"] == "台"
    assert Decimal(first["tax_rate"]) == 13
    assert Decimal(first["amount"]["amount"]) == Decimal("1080.00")
    assert Decimal(second["amount"]["amount"]) == Decimal("56.97")
    head = found["document"]
    assert Decimal(head["subtotal"]) == Decimal("1136.97")
    assert Decimal(head["discount_total"]) == Decimal("113.70")
    assert Decimal(head["total"]) == Decimal("1023.27")
    assert Decimal(head["net_total"]) + Decimal(head["tax_total"]) == Decimal("1023.27")
    assert head["currency"] == "CNY"
    assert head["version_no"] == "1"
    assert head["version"] == made["version"] + 1
    assert Decimal(head["base_total"]["amount"]) == Decimal("1023.27")
    assert found["locked"] is False
    assert "send" in found["actions"]


async def test_calculated_is_what_is_saved(admin: Person, book: Document) -> None:
    made = await quote(admin, book)
    lines = [{"product": book["small"], "quantity": str(n), "discount": "3.3"} for n in range(1, 30)]
    header = {"discount": "7.77", "price_book": book["id"], "account": made["account"], "tax_mode": "total"}
    told = await admin.ok("POST", "/documents/quote/calculate", {"header": header, "lines": lines})
    assert told["problems"] == []
    body = {"version": made["version"], "header": header, "lines": lines}
    saved = await admin.ok("PUT", f"/documents/quote/{made['id']}/lines", body)
    for name, value in told["totals"].items():
        if name.endswith("total") and name != "base_total":
            assert Decimal(saved["document"][name]) == Decimal(value["amount"]), name
    for one, other in zip(told["lines"], saved["lines"], strict=True):
        assert Decimal(one["total"]["amount"]) == Decimal(other["total"]["amount"])
        assert one["price_reason"] == other["price_reason"]


async def test_a_line_written_by_any_path_reprices(admin: Person, book: Document) -> None:
    made = await quote(admin, book, lines=[{"product": book["big"], "quantity": "1"}])
    read = await admin.ok("GET", f"/documents/quote/{made['id']}")
    assert Decimal(read["document"]["total"]) == 100
    line = read["lines"][0]
    await admin.ok(
        "PATCH", f"/records/quote_line/{line['id']}", {"quantity": "2", "version": line["version"]}
    )
    await admin.create("quote_line", quote=made["id"], product=book["small"], quantity="1")
    read = await admin.ok("GET", f"/documents/quote/{made['id']}")
    assert Decimal(read["document"]["total"]) == Decimal("219.99")
    await admin.ok("DELETE", f"/records/quote_line/{line['id']}")
    read = await admin.ok("GET", f"/documents/quote/{made['id']}")
    assert Decimal(read["document"]["total"]) == Decimal("19.99")


async def test_prices_are_told_with_their_reason(admin: Person, book: Document) -> None:
    body = {"price_book": book["id"], "lines": [{"product": book["big"], "quantity": "10"}]}
    found = (await admin.ok("POST", "/prices/find", body))["lines"][0]
    assert found["price"] == money("90.00")
    assert found["from_quantity"] == "10"
    assert found["reason"]["code"] == "price_from_tier"
    assert found["active"] is True


async def test_a_currency_without_a_rate_is_refused_by_name_and_day(admin: Person, book: Document) -> None:
    account = await admin.create("account", name=unique("Acme "))
    values = {"name": "x", "account": account["id"], "currency": "ZAR", "issued_on": "2026-03-01"}
    problem = await admin.refused("POST", "/records/quote", 422, json=values)
    (told,) = problem["problems"] if "problems" in problem else problem["errors"]
    assert told["code"] == "no_exchange_rate"
    assert "ZAR" in told["message"]
    assert "2026-03-01" in told["message"]


async def test_a_dated_rate_gives_the_amount_in_own_currency(admin: Person, book: Document) -> None:
    del book
    account = await admin.create("account", name=unique("Acme "))
    rates = [
        {"currency": "NOK", "day": "2026-01-01", "rate": "0.7"},
        {"currency": "NOK", "day": "2026-02-01", "rate": "0.65"},
    ]
    await admin.ok("PUT", "/exchange-rates", {"rates": rates})
    line = {"name": "Work", "quantity": "3", "unit_price": money("33.33", "NOK")}
    made = await admin.create(
        "quote", name="x", account=account["id"], currency="NOK", issued_on="2026-01-20", lines=[line]
    )
    read = (await admin.ok("GET", f"/documents/quote/{made['id']}"))["document"]
    assert Decimal(read["total"]) == Decimal("99.99")
    assert read["rate_on"] == "2026-01-01"
    assert read["base_total"]["currency"] == "CNY"
    assert Decimal(read["base_total"]["amount"]) == Decimal("69.99")


async def test_what_cannot_be_is_refused_with_its_place(admin: Person, book: Document) -> None:
    made = await quote(admin, book)
    for bad in ("0", "-1", "1000000000"):
        body = {"version": made["version"], "lines": [{"product": book["big"], "quantity": bad}]}
        problem = await admin.refused("PUT", f"/documents/quote/{made['id']}/lines", 422, json=body)
        assert "/lines/0/quantity" in str(problem), problem
    body = {
        "version": made["version"],
        "lines": [{"product": book["big"], "quantity": "1", "discount": "101"}],
    }
    await admin.refused("PUT", f"/documents/quote/{made['id']}/lines", 422, json=body)
    body = {
        "version": made["version"],
        "header": {"reduction": "500"},
        "lines": [{"product": book["big"], "quantity": "1"}],
    }
    problem = await admin.refused("PUT", f"/documents/quote/{made['id']}/lines", 422, json=body)
    assert "reduction_too_large" in str(problem)
    read = await admin.ok("GET", f"/documents/quote/{made['id']}")
    assert read["lines"] == []
    assert read["document"]["version"] == made["version"]
    assert date.fromisoformat(read["document"]["issued_on"])


async def test_another_sees_and_changes_nothing(
    api: Api, admin: Person, member: Person, colleague: Person, book: Document
) -> None:
    del api, admin
    made = await quote(member, book)
    await colleague.refused("GET", f"/documents/quote/{made['id']}", 404)
    body = {"version": made["version"], "lines": []}
    await colleague.refused("PUT", f"/documents/quote/{made['id']}/lines", 404, json=body)
    assert (await member.ok("GET", f"/documents/quote/{made['id']}"))["locked"] is False


async def test_of_two_who_write_the_lines_one_is_told(admin: Person, book: Document) -> None:
    made = await quote(admin, book)
    body = {"version": made["version"], "lines": [{"product": book["big"], "quantity": "1"}]}
    await admin.ok("PUT", f"/documents/quote/{made['id']}/lines", body)
    await admin.refused("PUT", f"/documents/quote/{made['id']}/lines", 409, json=body)
