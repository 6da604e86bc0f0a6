"""Writing and reading records: every path keeps the rules, races have one winner, history tells exactly."""

import asyncio
from typing import Any

import pytest

from factories.api import Api, Person, unique

pytestmark = pytest.mark.anyio
CODE = "91321181MA1W7DWJ03"


async def test_record_goes_through_its_whole_life(admin: Person):
    made = await admin.create("account", name=unique("Life"), annual_revenue="1200.5")
    path = f"/records/account/{made['id']}"
    assert made["annual_revenue"] == {"amount": "1200.50", "currency": "CNY"}
    changed = await admin.ok("PATCH", path, {"version": 1, "city": "上海"})
    assert (changed["version"], changed["city"]) == (2, "上海")
    await admin.ok("DELETE", f"{path}?version=2")
    await admin.refused("GET", path, 404)
    assert (await admin.ok("POST", f"{path}/restore"))["version"] == 4


async def test_change_of_nothing_is_no_error(admin: Person):
    made = await admin.create("account", name=unique("N"))
    same = await admin.ok("PATCH", f"/records/account/{made['id']}", {"version": 1})
    assert same["name"] == made["name"]


async def test_lost_race_shows_the_record_as_it_is(admin: Person):
    made = await admin.create("account", name=unique("R"))
    path = f"/records/account/{made['id']}"
    await admin.ok("PATCH", path, {"version": 1, "city": "A"})
    problem = await admin.refused("PATCH", path, 409, "version_conflict", {"version": 1, "city": "B"})
    assert (problem["current"]["city"], problem["current"]["version"]) == ("A", 2)


async def test_no_update_is_lost_among_twenty_at_once(admin: Person):
    made = await admin.create("account", name=unique("C"), employees=0)
    path = f"/records/account/{made['id']}"

    async def add_one() -> None:
        while True:
            now = await admin.ok("GET", path)
            body = {"version": now["version"], "employees": int(now["employees"]) + 1}
            if (await admin.call("PATCH", path, json=body)).status_code == 200:
                return

    await asyncio.gather(*(add_one() for _ in range(20)))
    assert (await admin.ok("GET", path))["employees"] == "20"
    history = await admin.ok("GET", f"{path}/history?limit=100")
    assert len(history["entries"]) == 21


async def test_two_upserts_at_once_make_one_record(admin: Person):
    name = unique("product ")
    body = {"key": "name", "values": {"name": name, "code": "x"}}
    answers = await asyncio.gather(
        *(admin.call("POST", "/records/product/upsert", json=body) for _ in range(6))
    )
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [201]
    assert (
        len((await admin.page("product", where={"field": "name", "op": "eq", "value": name}))["records"]) == 1
    )


async def test_two_creates_of_one_unique_value_have_one_winner(admin: Person):
    body = {"name": unique("product ")}
    answers = await asyncio.gather(*(admin.call("POST", "/records/product", json=body) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5


async def test_autonumbers_of_creates_at_once_are_all_different(admin: Person):
    made = await asyncio.gather(*(admin.create("opportunity", name=unique("O")) for _ in range(12)))
    assert len({record["number"] for record in made}) == 12


async def test_atomic_batch_is_whole_or_nothing_and_rows_stand_alone(admin: Person):
    name = unique("B")
    operations = [{"op": "create", "values": {"name": name}}, {"op": "create", "values": {"city": "no name"}}]
    body: dict[str, Any] = {"mode": "atomic", "operations": operations}
    problem = await admin.refused("POST", "/records/account/batch", 422, json=body)
    assert problem["errors"][0]["pointer"] == "/operations/1/values/name"
    where = {"field": "name", "op": "eq", "value": name}
    assert (await admin.page("account", where=where))["records"] == []
    results = (await admin.ok("POST", "/records/account/batch", body | {"mode": "per_row"}))["results"]
    assert [result["status"] for result in results] == ["ok", "error"]
    assert len((await admin.page("account", where=where))["records"]) == 1


async def test_an_atomic_batch_says_which_operation_was_refused(admin: Person):
    kept, other = [await admin.create("account", name=unique("batch")) for _ in range(2)]
    gone = "01a2091d-24e0-759b-9d32-950c516af900"
    told = {"op": "update", "id": kept["id"], "values": {"city": "Oslo"}}
    for wrong, status, code in (
        ({"op": "update", "id": gone, "values": {"city": "Bergen"}}, 404, "record_not_found"),
        ({"op": "delete", "id": gone}, 404, "record_not_found"),
        (
            {"op": "update", "id": other["id"], "version": 99, "values": {"city": "B"}},
            409,
            "version_conflict",
        ),
    ):
        problem = await admin.refused(
            "POST", "/records/account/batch", status, json={"operations": [told, wrong]}
        )
        assert [(each["pointer"], each["code"]) for each in problem["errors"]] == [("/operations/1", code)]
    assert (await admin.ok("GET", f"/records/account/{kept['id']}"))["city"] is None


@pytest.mark.parametrize("path", ["create", "update", "batch", "upsert"])
async def test_rules_hold_on_every_path(admin: Person, path: str):
    made = await admin.create("product", name=unique("P"))
    bad = {"name": "", "price": "1.234"}
    calls = {
        "create": ("POST", "/records/product", bad),
        "update": ("PATCH", f"/records/product/{made['id']}", {"version": 1, **bad}),
        "batch": ("POST", "/records/product/batch", {"operations": [{"op": "create", "values": bad}]}),
        "upsert": (
            "POST",
            "/records/product/upsert",
            {"key": "name", "values": {**bad, "name": unique("P")}},
        ),
    }
    method, address, body = calls[path]
    problem = await admin.refused(method, address, 422, "validation_failed", body)
    codes = {item["code"] for item in problem["errors"]}
    assert codes == ({"too_many_decimals"} if path == "upsert" else {"required", "too_many_decimals"})


async def test_history_shows_exact_decimals_and_both_sides(admin: Person):
    made = await admin.create("account", name=unique("H"), annual_revenue="12345678901234567.89", employees=1)
    path = f"/records/account/{made['id']}"
    await admin.ok("PATCH", path, {"version": 1, "annual_revenue": "0.10", "employees": None})
    entry = (await admin.ok("GET", f"{path}/history"))["entries"][0]
    changes = {change["field"]: (change["from"], change["to"]) for change in entry["changes"]}
    assert [side["amount"] for side in changes["annual_revenue"]] == ["12345678901234567.89", "0.10"]
    assert changes["employees"] == ("1", None)


async def test_idempotency_key_gives_the_first_answer_again_and_is_not_reused(admin: Person):
    key, body = {"idempotency-key": unique("k")}, {"name": unique("I")}
    answers = await asyncio.gather(
        *(admin.call("POST", "/records/account", json=body, headers=key) for _ in range(4))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    await admin.refused("POST", "/records/account", 409, "idempotency_key_reused", {"name": "z"}, headers=key)


async def test_repeated_request_is_answered_with_the_rights_of_now(api: Api, admin: Person):
    grants = {"account": {"read": "all", "create": "all"}}
    key, role = {"idempotency-key": unique("k")}, await api.role(grants=grants)
    person = await api.person(role)
    body = {"name": unique("I"), "phone": "13812345678"}
    first = (await person.call("POST", "/records/account", json=body, headers=key)).json()
    assert first["phone"]
    hidden = await api.role(grants=grants, fields={"account": {"phone": {"level": "hidden"}}})
    await admin.ok("POST", f"/users/{person.id}/access", {"roles": [hidden]})
    again = await person.call("POST", "/records/account", json=body, headers=key)
    assert (again.status_code, again.json()["id"]) == (201, first["id"])
    assert "phone" not in again.json()
    await admin.ok("DELETE", f"/records/account/{first['id']}?version=1")
    gone = await person.call("POST", "/records/account", json=body, headers=key)
    assert gone.json() == {"id": first["id"], "version": 1}


async def test_key_of_a_token_is_not_its_persons(admin: Person, api: Api):
    scopes = ["account:read", "account:create"]
    made = await admin.ok("POST", "/account/tokens", {"name": unique("t"), "scopes": scopes})
    key, body = {"idempotency-key": unique("k")}, {"name": unique("I")}
    first = await admin.call("POST", "/records/account", json=body, headers=key)
    async with api.client(made["token"]) as client:
        again = "/api/v1/records/account?accept_duplicates=true"
        second = await client.post(again, json=body, headers=key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] != second.json()["id"]


async def test_pages_stay_in_place_while_records_are_added(admin: Person):
    city = unique("city")
    for index in range(7):
        await admin.create("account", name=f"{index}", city=city)
    query: dict[str, Any] = {
        "where": {"field": "city", "op": "eq", "value": city},
        "sort": [{"field": "name"}],
        "limit": 3,
    }
    first = await admin.page("account", **query)
    await admin.create("account", name="0a", city=city)
    second = await admin.page("account", **query, cursor=first["next_cursor"])
    assert [record["name"] for record in second["records"]] == ["3", "4", "5"]


async def test_list_sorted_by_a_relation_pages_by_its_label(admin: Person):
    city, parents = unique("city"), {}
    for name in ("王五", "李四", "张三"):
        parents[name] = await admin.create("account", name=name)
        await admin.create("account", name=f"child of {name}", city=city, parent=parents[name]["id"])
    await admin.create("account", name="child of nobody", city=city)
    query: dict[str, Any] = {
        "select": ["name"],
        "where": {"field": "city", "op": "eq", "value": city},
        "sort": [{"field": "parent"}],
        "limit": 1,
    }
    found, cursor = [], None
    while len(found) < 4:
        page = await admin.page("account", **query, cursor=cursor)
        found += [record["name"].removeprefix("child of ") for record in page["records"]]
        cursor = page["next_cursor"]
    assert found == ["李四", "王五", "张三", "nobody"]


async def test_dates_fall_into_buckets_and_currencies_are_not_added_up(admin: Person):
    mark = unique("deal")
    for day, amount in (
        ("2026-01-05", "1.10"),
        ("2026-01-31", "2.20"),
        ("2026-02-01", {"amount": "5", "currency": "USD"}),
        ("2026-02-02", "5"),
    ):
        await admin.create("opportunity", name=mark, close_date=day, amount=amount)
    body = {
        "where": {"field": "name", "op": "eq", "value": mark},
        "group_by": [{"field": "close_date", "bucket": "month"}],
        "measures": [{"fn": "count"}, {"fn": "sum", "field": "amount"}, {"fn": "max", "field": "created_at"}],
    }
    first, second = (await admin.ok("POST", "/records/opportunity/aggregate", body))["groups"]
    assert first["key"] == ["2026-01-01"]
    assert first["values"][:2] == [2, {"amount": "3.30", "currency": "CNY"}]
    assert "T" in first["values"][2]
    assert second["values"][1]["amount"] is None


@pytest.mark.parametrize(
    ("text", "found"),
    [("杭州", True), ("银行", True), ("hangzhou", True), ("hzcx", True), ("9137", True), ("8000", True),
     ("cx@exa", True), ("%", False), ("_", False), ("杭银", False)],
)  # fmt: skip
async def test_search_finds_by_characters_pinyin_initials_code_phone_and_mail(
    api: Api, admin: Person, text: str, found: bool
):
    name = "杭州长兴银行"
    values = {"name": name, "phone": "13812348000", "email": "cx@example.com", "credit_code": CODE}
    await admin.ok("POST", "/records/account/upsert", {"key": "credit_code", "values": values})
    text = CODE[:4] if text == "9137" else text
    hits = (await admin.ok("GET", "/search", params={"q": text, "objects": "account", "limit": 50}))[
        "results"
    ]
    assert (name in [hit["title"] for hit in hits]) is found
