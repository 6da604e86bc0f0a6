"""From a draft to a contract, orders, amendments and returns: each step once, each refusal clear."""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from banyan.quoting.expiring import Expiry
from factories.api import Api, Person, unique

Document = dict[str, Any]


async def patch(person: Person, path: str, **values: Any) -> Any:
    """Write over what is there now."""
    version = (await person.ok("GET", f"/records/{path}"))["version"]
    return await person.call("PATCH", f"/records/{path}", json={**values, "version": version})


async def change(person: Person, path: str, **values: Any) -> None:
    answer = await patch(person, path, **values)
    assert answer.is_success, answer.text


async def sent(person: Person, quote: Any, **values: Any) -> Document:
    made = await quote(person, **values)
    body = {"version": made["version"]}
    return (await person.ok("POST", f"/quotes/{made['id']}/send", body))["document"]


async def accepted(person: Person, quote: Any, **values: Any) -> Document:
    found = await sent(person, quote, **values)
    body = {"version": found["version"], "note": "Ms Li, by telephone"}
    return (await person.ok("POST", f"/quotes/{found['id']}/accept", body))["document"]


async def signed(person: Person, quote: Any, **values: Any) -> Document:
    """A contract that was signed."""
    found = await accepted(person, quote, **values)
    made = await person.ok("POST", f"/quotes/{found['id']}/contract", {"version": found["version"]})
    contract = await person.ok("GET", f"/records/contract/{made['id']}")
    body = {"status": "signed", "signed_on": "2026-11-20", "version": contract["version"]}
    await person.ok("PATCH", f"/records/contract/{made['id']}", body)
    return await person.ok("GET", f"/records/contract/{made['id']}")


async def test_a_quote_becomes_a_contract_and_an_order(member: Person, quote: Any) -> None:
    contract = await signed(member, quote)
    assert Decimal(contract["amount"]["amount"]) == Decimal(contract["total"]) == 200
    made = await member.ok("POST", f"/contracts/{contract['id']}/orders", {"version": contract["version"]})
    order = await member.ok("GET", f"/documents/sales_order/{made['id']}")
    assert Decimal(order["document"]["total"]) == 200
    assert order["document"]["contract"]["id"] == contract["id"]
    again = await member.refused(
        "POST", f"/contracts/{contract['id']}/orders", 409, "contract_ordered",
        json={"version": (await member.ok("GET", f"/records/contract/{contract['id']}"))["version"]},
    )  # fmt: skip
    assert again["status"] == 409


async def test_a_second_version_takes_the_place_of_the_first_when_it_is_sent(
    member: Person, quote: Any, book: Document
) -> None:
    first = await sent(member, quote)
    made = await member.ok("POST", f"/quotes/{first['id']}/versions", {"version": first["version"]})
    second = await member.ok("GET", f"/documents/quote/{made['id']}")
    assert second["document"]["version_no"] == "2"
    assert second["document"]["status"] == "draft"
    assert (await member.ok("GET", f"/records/quote/{first['id']}"))["status"] == "sent"
    await member.refused(
        "POST", f"/quotes/{first['id']}/versions", 409, "version_exists", json={"version": first["version"]}
    )
    lines = [{**second["lines"][0], "quantity": "3"}, {"product": book["small"], "quantity": "1"}]
    body = {"version": second["document"]["version"], "lines": lines}
    saved = await member.ok("PUT", f"/documents/quote/{made['id']}/lines", body)
    await member.ok("POST", f"/quotes/{made['id']}/send", {"version": saved["document"]["version"]})
    assert (await member.ok("GET", f"/records/quote/{first['id']}"))["status"] == "superseded"
    told = (await member.ok("GET", f"/quotes/{first['id']}/versions"))["versions"]
    assert [each["version_no"] for each in told] == ["2", "1"]
    assert {(each["kind"], each["field"]) for each in told[0]["differences"]} >= {
        ("changed", "quantity"), ("added", "total"), ("changed", "total"),
    }  # fmt: skip
    await member.refused(
        "POST", f"/quotes/{first['id']}/accept", 409, "document_state",
        json={"version": (await member.ok("GET", f"/records/quote/{first['id']}"))["version"]},
    )  # fmt: skip


async def test_a_member_does_not_release_what_is_beyond_their_limit(
    api: Api, admin: Person, member: Person, quote: Any
) -> None:
    del api
    made = await quote(member, discount="15")
    assert made["needs_approval"] is True
    assert Decimal(made["largest_discount"]) == 15
    path = f"/quotes/{made['id']}"
    await member.refused(
        "POST", f"{path}/send", 409, "quote_needs_approval", json={"version": made["version"]}
    )
    waiting = (await member.ok("POST", f"{path}/submit", {"version": made["version"]}))["document"]
    body = {"version": waiting["version"]}
    await member.refused("POST", f"{path}/release", 403, "release_beyond_limit", json=body)
    read = f"/documents/quote/{made['id']}"
    assert "release" not in (await member.ok("GET", read))["actions"]
    assert "release" in (await admin.ok("GET", read))["actions"]
    body = {"version": waiting["version"], "note": "for once"}
    released = (await admin.ok("POST", f"{path}/release", body))["document"]
    assert released["status"] == "released"
    assert released["released_by"]["id"] == admin.id
    # A change takes the release back.
    lines = (await member.ok("GET", f"/documents/quote/{made['id']}"))["lines"]
    await change(member, f"quote_line/{lines[0]['id']}", quantity="5")
    now = await member.ok("GET", f"/records/quote/{made['id']}")
    assert now["status"] == "draft"
    assert now["released_by"] is None
    await member.refused(
        "POST", f"{path}/send", 409, "quote_needs_approval", json={"version": now["version"]}
    )


async def test_of_two_who_convert_at_once_one_makes_the_contract(member: Person, quote: Any) -> None:
    found = await accepted(member, quote)
    path, body = f"/quotes/{found['id']}/contract", {"version": found["version"]}
    answers = await asyncio.gather(*(member.call("POST", path, json=body) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    where = {"field": "quote", "op": "eq", "value": found["id"]}
    assert len((await member.page("contract", where=where))["records"]) == 1


async def test_what_was_sent_or_signed_stays_as_it_is(member: Person, quote: Any, book: Document) -> None:
    found = await sent(member, quote)
    body = {"version": found["version"], "lines": []}
    problem = await member.refused("PUT", f"/documents/quote/{found['id']}/lines", 422, json=body)
    assert "quote_frozen" in str(problem)
    answer = await patch(member, f"quote/{found['id']}", discount="1")
    assert answer.status_code == 422
    assert "quote_frozen" in answer.text
    await member.refused("DELETE", f"/records/quote/{found['id']}", 422)
    values = {"quote": found["id"], "product": book["small"], "quantity": "1"}
    await member.refused("POST", "/records/quote_line", 422, json=values)
    line = (await member.ok("GET", f"/documents/quote/{found['id']}"))["lines"][0]
    await member.refused("DELETE", f"/records/quote_line/{line['id']}", 422)
    await change(member, f"quote/{found['id']}", note="called")
    contract = await signed(member, quote)
    for values in ({"discount": "5"}, {"account": found["account"]["id"]}, {"signed_on": "2026-11-01"}):
        answer = await patch(member, f"contract/{contract['id']}", **values)
        assert answer.status_code == 422
        assert "contract_frozen" in answer.text, answer.text
    lines = (await member.ok("GET", f"/documents/contract/{contract['id']}"))["lines"]
    answer = await patch(member, f"contract_line/{lines[0]['id']}", quantity="9")
    assert answer.status_code == 422
    still = await member.ok("GET", f"/documents/contract/{contract['id']}")
    assert Decimal(still["document"]["total"]) == 200
    assert still["locked"] is True


async def test_what_documents_hang_on_is_not_deleted(admin: Person, quote: Any, book: Document) -> None:
    made = await quote(admin)
    problem = await admin.refused("DELETE", f"/records/account/{made['account']['id']}", 422)
    assert problem["errors"][0]["code"] == "has_documents"
    assert "Quotes 1" in problem["errors"][0]["message"]
    await admin.refused("DELETE", f"/records/product/{book['big']}", 422)


async def test_a_discount_within_ones_own_limit_stays_so_whatever_the_house_does(
    member: Person, quote: Any
) -> None:
    """Sending writes in the seller's name with the house's rights; the limit is the seller's all the same."""
    made = await quote(member, discount="5")
    assert made["needs_approval"] is False
    found = await member.ok("POST", f"/quotes/{made['id']}/send", {"version": made["version"]})
    assert found["document"]["needs_approval"] is False
    assert Decimal(found["document"]["largest_discount"]) == 5


async def test_a_product_withdrawn_between_draft_and_sending_is_told(
    admin: Person, quote: Any, book: Document
) -> None:
    product = await admin.create("product", name=unique("Old "), unit="台")
    values = {"price_book": book["id"], "product": product["id"], "price": "10", "valid_until": "2099-01-01"}
    entry = await admin.create("price_book_entry", **values)
    made = await quote(admin, lines=[{"product": product["id"], "quantity": "1"}])
    path, body = f"/quotes/{made['id']}/send", {"version": made["version"]}
    await change(admin, f"product/{product['id']}", active=False)
    problem = await admin.refused("POST", path, 422, json=body)
    assert [each["code"] for each in problem["errors"]] == ["product_withdrawn"]
    await change(admin, f"product/{product['id']}", active=True)
    await change(admin, f"price_book_entry/{entry['id']}", valid_from="2020-01-01", valid_until="2020-12-31")
    problem = await admin.refused("POST", path, 422, json=body)
    assert [each["code"] for each in problem["errors"]] == ["price_expired"]


async def test_an_amendment_replaces_its_contract_when_it_is_signed(member: Person, quote: Any) -> None:
    contract = await signed(member, quote)
    path = f"/contracts/{contract['id']}/amendments"
    made = await member.ok("POST", path, {"version": contract["version"]})
    body = {"version": contract["version"]}
    await member.refused("POST", path, 409, "already_made", json=body)
    draft = await member.ok("GET", f"/documents/contract/{made['id']}")
    lines = [{**draft["lines"][0], "quantity": "5"}]
    body = {"version": draft["document"]["version"], "lines": lines}
    saved = await member.ok("PUT", f"/documents/contract/{made['id']}/lines", body)
    assert Decimal(saved["document"]["amount"]["amount"]) == 500
    body = {"status": "signed", "signed_on": "2026-11-21", "version": saved["document"]["version"]}
    await member.ok("PATCH", f"/records/contract/{made['id']}", body)
    assert (await member.ok("GET", f"/records/contract/{contract['id']}"))["status"] == "amended"


async def test_a_renewal_begins_the_day_after(member: Person, quote: Any) -> None:
    contract = await signed(member, quote)
    assert contract["starts_on"] is None
    made = await member.ok("POST", f"/contracts/{contract['id']}/renewal", {"version": contract["version"]})
    renewal = await member.ok("GET", f"/records/contract/{made['id']}")
    assert renewal["kind"] == "renewal"
    assert renewal["renews"]["id"] == contract["id"]


async def test_a_return_is_worth_its_part_and_no_more_than_was_ordered(
    member: Person, quote: Any, book: Document
) -> None:
    del book
    lines = [{"name": "Work", "quantity": "3", "unit_price": "3.33"}]
    found = await accepted(member, quote, lines=lines, discount="0.1")
    made = await member.ok("POST", f"/quotes/{found['id']}/order", {"version": found["version"]})
    order = await member.ok("GET", f"/documents/sales_order/{made['id']}")
    line = order["lines"][0]
    path = f"/orders/{made['id']}/returns"
    wish = {"lines": [{"order_line": line["id"], "quantity": "1"}], "reason": "broken"}
    await member.refused("POST", path, 409, "document_state", json=wish)
    await change(member, f"sales_order/{made['id']}", status="confirmed")
    worth = Decimal(0)
    for _ in range(3):
        back = await member.ok("POST", path, wish)
        worth += Decimal((await member.ok("GET", f"/records/order_return/{back['id']}"))["total"])
    assert worth == Decimal(line["total"]["amount"])
    problem = await member.refused("POST", path, 422, json=wish)
    assert "returned" in str(problem)
    stranger = {"lines": [{"order_line": found["id"], "quantity": "1"}], "reason": "broken"}
    problem = await member.refused("POST", path, 422, json=stranger)
    assert "line_of_another_order" in str(problem)


async def test_quotes_past_their_day_expire(api: Api, member: Person, quote: Any) -> None:
    found = await sent(member, quote)
    expiry = Expiry(api.runtime.database, api.runtime.bus)
    assert (await member.ok("GET", f"/records/quote/{found['id']}"))["status"] == "sent"
    await expiry.work("ws_main", datetime.now(UTC) + timedelta(days=60))
    now = await member.ok("GET", f"/records/quote/{found['id']}")
    assert now["status"] == "expired"
    body = {"version": now["version"]}
    await member.refused(
        "POST", f"/quotes/{found['id']}/send", 422, json={**body, "valid_until": "2020-01-01"}
    )
    until = (datetime.now(UTC) + timedelta(days=20)).date().isoformat()
    again = await member.ok("POST", f"/quotes/{found['id']}/send", {**body, "valid_until": until})
    assert again["document"]["status"] == "sent"
    assert again["document"]["valid_until"] == until


async def test_no_line_leaves_what_was_signed_or_sent(member: Person, quote: Any) -> None:
    contract = await signed(member, quote)
    account = contract["account"]["id"]
    line = (await member.ok("GET", f"/documents/contract/{contract['id']}"))["lines"][0]
    other = await member.create("contract", name=unique("C "), account=account)
    answer = await patch(member, f"contract_line/{line['id']}", contract=other["id"])
    assert "contract_frozen" in answer.text
    assert (await member.ok("GET", f"/records/contract/{contract['id']}"))["amount"]["amount"] == "200.00"
    draft = await quote(member)
    line = (await member.ok("GET", f"/documents/quote/{draft['id']}"))["lines"][0]
    another = await quote(member)
    await change(member, f"quote_line/{line['id']}", quote=another["id"])
    assert Decimal((await member.ok("GET", f"/records/quote/{draft['id']}"))["total"]) == 0


async def test_a_return_is_of_one_order(member: Person, quote: Any) -> None:
    orders = []
    for _ in range(2):
        found = await accepted(member, quote)
        made = await member.ok("POST", f"/quotes/{found['id']}/order", {"version": found["version"]})
        await change(member, f"sales_order/{made['id']}", status="confirmed")
        orders.append(await member.ok("GET", f"/documents/sales_order/{made['id']}"))
    one, other = orders
    back = await member.create("order_return", sales_order=one["document"]["id"], reason="broken")
    line = {"order_return": back["id"], "order_line": other["lines"][0]["id"], "quantity": "1"}
    answer = await member.call("POST", "/records/return_line", json=line)
    assert "line_of_another_order" in answer.text
    await member.create("return_line", **{**line, "order_line": one["lines"][0]["id"]})
    answer = await patch(member, f"order_return/{back['id']}", sales_order=other["document"]["id"])
    assert "line_of_another_order" in answer.text


async def test_no_version_is_sent_after_an_older_one_was_accepted(member: Person, quote: Any) -> None:
    first = await sent(member, quote)
    made = await member.ok("POST", f"/quotes/{first['id']}/versions", {"version": first["version"]})
    version = (await member.ok("GET", f"/records/quote/{first['id']}"))["version"]
    await member.ok("POST", f"/quotes/{first['id']}/accept", {"version": version, "note": "Ms Li"})
    draft = await member.ok("GET", f"/records/quote/{made['id']}")
    body = {"version": draft["version"]}
    await member.refused("POST", f"/quotes/{made['id']}/send", 409, "older_version_accepted", json=body)


async def test_a_reduction_is_given_once_over_all_orders(member: Person, quote: Any) -> None:
    contract = await signed(member, quote, reduction={"amount": "20", "currency": "CNY"})
    path = f"/contracts/{contract['id']}/orders"
    totals = []
    for quantity in ("1", None):
        version = (await member.ok("GET", f"/records/contract/{contract['id']}"))["version"]
        made = await member.ok("POST", path, {"version": version})
        order = await member.ok("GET", f"/documents/sales_order/{made['id']}")
        if quantity is not None:
            lines = [{**order["lines"][0], "quantity": quantity}]
            body = {"version": order["document"]["version"], "lines": lines}
            order = await member.ok("PUT", f"/documents/sales_order/{made['id']}/lines", body)
        totals.append(Decimal(order["document"]["total"]))
    assert sum(totals) == Decimal(contract["amount"]["amount"]) == 180


async def test_of_one_quote_no_second_document_comes_back(member: Person, quote: Any) -> None:
    found = await accepted(member, quote)
    made = await member.ok("POST", f"/quotes/{found['id']}/contract", {"version": found["version"]})
    path = f"/records/contract/{made['id']}"
    await member.ok("DELETE", path)
    version = (await member.ok("GET", f"/records/quote/{found['id']}"))["version"]
    order = await member.ok("POST", f"/quotes/{found['id']}/order", {"version": version})
    answer = await member.call("POST", f"{path}/restore", json={"version": 2})
    assert "already_made" in answer.text
    await member.ok("DELETE", f"/records/sales_order/{order['id']}")
    await member.ok("POST", f"{path}/restore", {"version": 2})


async def test_the_nearest_leader_who_may_is_asked_and_the_owner_is_told(
    admin: Person, api: Api, quote: Any
) -> None:
    lead = await api.person("team_lead")
    senior = await api.person("member", manager=lead.id)
    seller = await api.person("member", manager=senior.id)
    made = await quote(seller, discount="15")
    waiting = (await seller.ok("POST", f"/quotes/{made['id']}/submit", {"version": made["version"]}))[
        "document"
    ]
    asked = {"senior": senior, "lead": lead}
    told = {
        name: [item["kind"] for item in (await each.ok("GET", "/inbox"))["items"]]
        for name, each in asked.items()
    }
    assert told == {"senior": [], "lead": ["release_asked"]}
    body = {"version": waiting["version"], "note": "too much"}
    await admin.ok("POST", f"/quotes/{made['id']}/refuse", body)
    (item,) = (await seller.ok("GET", "/inbox"))["items"]
    assert (item["kind"], item["params"]["text"]) == ("release_refused", "too much")
