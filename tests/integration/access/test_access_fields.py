"""Field levels on every path, and that a hidden value changes nothing its reader can observe."""

import csv
import io
from secrets import choice
from typing import Any

import pytest

from factories.api import Api, Person, unique
from factories.company import LOOK, Company

EVERY = dict.fromkeys(("create", "read", "update", "delete", "export", "import", "bulk"), "all")


@pytest.fixture(scope="module")
async def company(api: Api) -> Company:
    return await Company(api).found()


async def reader(
    api: Api, level: str, *, fields: tuple[str, ...] = ("phone",), unmask: bool = False
) -> Person:
    access = {name: {"level": level, "unmask": unmask} for name in fields}
    key = await api.role(
        grants={**LOOK, "account": EVERY, "contact": EVERY, "opportunity": EVERY}, fields={"account": access}
    )
    return await api.person(key)


@pytest.fixture(scope="module")
async def hidden(api: Api) -> Person:
    return await reader(api, "hidden", fields=("phone", "employees", "credit_code", "level", "parent"))


@pytest.fixture(scope="module")
async def masked(api: Api) -> Person:
    return await reader(api, "masked", fields=("phone", "email", "employees"))


def asks(field: str, value: Any) -> list[tuple[str, str, Any]]:
    """Every way to ask something of a field of accounts."""
    where = {"field": field, "op": "eq", "value": value}
    return [
        ("POST", "/records/account/query", {"where": where}),
        ("POST", "/records/account/query", {"where": {"not": where}}),
        ("POST", "/records/account/query", {"where": {"field": field, "op": "is_empty"}}),
        ("POST", "/records/account/query", {"sort": [{"field": field}]}),
        (
            "POST",
            "/records/account/aggregate",
            {"group_by": [{"field": field}], "measures": [{"fn": "count"}]},
        ),
        ("POST", "/records/account/aggregate", {"measures": [{"fn": "count_distinct", "field": field}]}),
        ("POST", "/records/account/export", {"where": where}),
        ("POST", "/records/account/export", {"sort": [{"field": field}]}),
        ("POST", "/records/contact/query", {"where": {**where, "field": f"account.{field}"}}),
        ("POST", "/records/contact/query", {"sort": [{"field": f"account.{field}"}]}),
        ("POST", "/records/user/query", {"where": {"some": {"relation": "account.owner", "where": where}}}),
    ]


async def test_hidden_field_is_unknown_wherever_it_is_named(hidden: Person):
    for method, path, body in asks("phone", "+8613800000000"):
        problem = await hidden.refused(method, path, 422, json=body)
        assert problem["errors"][0]["code"] == "unknown_field", (path, body)
    for path, body in (
        ("/records/account/query", {"select": ["name", "phone"]}),
        ("/records/account/export", {"columns": ["phone"]}),
        ("/records/contact/query", {"select": ["account.phone"]}),
        ("/records/account", {"name": "x", "phone": "+8613800000000"}),
    ):
        problem = await hidden.refused("POST", path, 422, json=body)
        assert problem["errors"][0]["code"] == "unknown_field", (path, body)


async def test_hidden_field_is_in_no_description(hidden: Person):
    catalog = await hidden.catalog()
    (account,) = [obj for obj in catalog["objects"] if obj["api_name"] == "account"]
    assert "phone" not in str(account)
    assert "employees" not in str(account["layout"])
    document = (await hidden.call("GET", "/openapi.json")).json()
    assert "phone" not in document["components"]["schemas"]["Account"]["properties"]
    assert "phone" in document["components"]["schemas"]["Lead"]["properties"] if "Lead" in document else True


async def test_masked_field_is_shown_in_part_and_answers_no_question(company: Company, masked: Person):
    admin = company.api.administrator
    account = await admin.create(
        "account", name=unique("M"), phone="13812345678", email="zoe@example.com", employees=55
    )
    record = await masked.ok("GET", f"/records/account/{account['id']}")
    assert (record["phone"], record["email"], record["employees"]) == (
        "+86138****5678",
        "z***@example.com",
        "***",
    )
    for method, path, body in asks("phone", "+8613812345678"):
        problem = await masked.refused(method, path, 403, "field_masked", body)
        assert "12345678" not in str(problem), (path, body)
    found = await masked.ok("GET", "/search?q=13812345678&objects=account")
    assert account["id"] not in {hit["id"] for hit in found["results"]}
    assert account["id"] in {
        hit["id"] for hit in (await admin.ok("GET", "/search?q=13812345678&objects=account"))["results"]
    }
    change = {"version": record["version"], "phone": "13900000000"}
    await masked.refused("PATCH", f"/records/account/{account['id']}", 403, "field_not_yours", change)
    export = await masked.call(
        "POST", "/records/account/export", json={"columns": ["phone", "employees"], "ids": [account["id"]]}
    )
    assert list(csv.reader(io.StringIO(export.text.removeprefix("\ufeff"))))[1] == ["'+86138****5678", "***"]
    history = await masked.ok("GET", f"/records/account/{account['id']}/history")
    assert "13812345678" not in str(history)
    assert "+86138****5678" in str(history)


async def test_unmasking_needs_the_right_and_a_reason(company: Company):
    admin = company.api.administrator
    account = await admin.create("account", name=unique("U"), phone="13812345678")
    path, ask = (
        f"/records/account/{account['id']}/unmask",
        {"field": "phone", "reason": "customer called back"},
    )
    plain = await reader(company.api, "masked", unmask=True)
    assert (await plain.ok("POST", path, ask))["value"] == "+8613812345678"
    await plain.refused("POST", path, 422, json={**ask, "reason": " "})
    barred = await reader(company.api, "masked")
    await barred.refused("POST", path, 403, "unmask_denied", ask)
    blind = await reader(company.api, "hidden")
    await blind.refused("POST", path, 422, json=ask)
    elsewhere = await company.api.person()
    await elsewhere.refused("POST", path, 404, json=ask)


async def test_read_only_field_can_be_asked_but_not_written(company: Company):
    person = await reader(company.api, "read")
    account = await person.create("account", name=unique("R"))
    change = {"version": 1, "phone": "13900000000"}
    await person.refused("PATCH", f"/records/account/{account['id']}", 403, "field_not_yours", change)
    await person.refused(
        "POST", "/records/account", 403, "field_not_yours", {"name": "x", "phone": "13900000000"}
    )
    await person.page("account", where={"field": "phone", "op": "is_empty"})
    body = {"operations": [{"op": "update", "id": account["id"], "values": {"phone": "13900000000"}}]}
    await person.refused("POST", "/records/account/batch", 403, "field_not_yours", body)


async def test_wider_of_two_roles_counts_and_losing_it_narrows(company: Company):
    api = company.api
    narrow = await api.role(grants={"account": EVERY}, fields={"account": {"phone": {"level": "hidden"}}})
    wide = await api.role(grants={"account": EVERY}, fields={"account": {"phone": {"level": "read"}}})
    person = await api.person(narrow)
    assert "phone" not in await person.create("account", name=unique("W"))
    await api.administrator.ok("POST", f"/users/{person.id}/access", {"roles": [narrow, wide]})
    account = await person.create("account", name=unique("W"))
    assert "phone" in account
    await api.administrator.ok("POST", f"/users/{person.id}/access", {"roles": [narrow]})
    assert "phone" not in await person.ok("GET", f"/records/account/{account['id']}")


async def test_title_and_identity_cannot_be_hidden(api: Api):
    for name in ("name", "id", "version"):
        body = {
            "key": unique("r_"),
            "label": {"en": "x"},
            "grants": {},
            "fields": {"account": {name: {"level": "hidden"}}},
        }
        problem = await api.administrator.refused("POST", "/roles", 422, json=body)
        assert problem["errors"][0]["code"] == "title_stays_open"


async def test_view_that_asks_a_hidden_field_is_not_offered(company: Company, hidden: Person, masked: Person):
    view = {
        "object": "account",
        "name": {"en": unique("view")},
        "visibility": "shared",
        "config": {"columns": ["name"], "where": {"field": "employees", "op": "gt", "value": 5}},
    }
    made = await company.api.administrator.ok("POST", "/views", view)
    for person in (hidden, masked):
        assert made["id"] not in {each["id"] for each in (await person.catalog())["views"]}
    assert made["id"] in {each["id"] for each in (await company.api.administrator.catalog())["views"]}


# Two worlds that differ in hidden values only. What may differ is listed: nothing here.
async def observed(person: Person, ids: list[str], mark: str) -> list[bytes]:
    """Everything a reader can get of these records, as bytes."""
    where = {"field": "name", "op": "starts_with", "value": mark}
    related, count = {**where, "field": "account.name"}, [{"fn": "count"}]
    answers = []
    for method, path, body in (
        ("POST", "/records/account/query", {"where": where, "count": "exact"}),
        ("POST", "/records/account/query", {"where": where, "sort": [{"field": "name"}]}),
        ("POST", "/records/account/query", {"where": where, "search": mark}),
        ("POST", "/records/contact/query", {"where": related}),
        ("POST", "/records/contact/query", {"where": related, "sort": [{"field": "account"}]}),
        ("POST", "/records/account/aggregate", {"where": where, "measures": count}),
        ("POST", "/records/account/aggregate", {"where": where, "group_by": [{"field": "city"}], "measures": count}),
        ("POST", "/records/account/export", {"where": where}),
        ("POST", "/records/account/export", {"where": where, "labels": False}),
        ("GET", f"/search?q={mark}", None),
        ("GET", "/search?q=13911112222", None),
        ("GET", "/search?q=4321", None),
        ("GET", "/metadata/catalog", None),
        ("GET", "/openapi.json", None),
        *((("GET", f"/records/account/{key}", None)) for key in ids),
        *((("GET", f"/records/account/{key}?include=timeline", None)) for key in ids),
        *((("GET", f"/records/account/{key}/history", None)) for key in ids),
        *((("GET", f"/records/account/{key}/timeline", None)) for key in ids),
        *((("POST", f"/records/account/{key}/unmask", {"field": "phone", "reason": "why"})) for key in ids),
    ):  # fmt: skip
        response = await person.call(method, path, **({"json": body} if body is not None else {}))
        content = response.content
        if response.status_code >= 400:
            content = b"|".join((str(response.status_code).encode(), response.json()["code"].encode()))
        answers.append(content)
    return answers


async def test_hidden_values_change_nothing_that_can_be_observed(company: Company, hidden: Person):
    """The same rows twice, each with other hidden values, set below the API so that no act differs, only the value."""
    admin, mark = company.api.administrator, unique("NI")
    parent = await admin.create("account", name=unique("parent"))
    ids = []
    for index in range(3):
        account = await admin.create(
            "account", name=f"{mark}{index}", city="c", phone=f"1391111222{index}", employees=1
        )
        await admin.create("contact", name=f"{mark}c{index}", account=account["id"])
        ids.append(account["id"])
    before = await observed(hidden, ids, mark)
    database = company.api.runtime.database
    async with database.transaction() as connection:
        await connection.execute(
            "UPDATE ws_main.r_account SET f_phone = '+8613800004321', f_employees = 99999, f_level = 'a', "
            "f_credit_code = '91000000MA00000000', f_parent = %s WHERE id = %s",
            (parent["id"], ids[0]),
        )
        await connection.execute(
            "UPDATE ws_main.r_account SET f_phone = NULL, f_employees = NULL WHERE id = %s", (ids[1],)
        )
    after = await observed(hidden, ids, mark)
    assert before == after
    assert await observed(admin, ids, mark) != before


async def test_import_ignores_what_is_hidden_and_keeps_it(company: Company, hidden: Person):
    admin, name = company.api.administrator, unique("Imp")
    files = {"file": ("a.csv", f"客户名称,电话,员工人数\n{name},13812345678,5\n".encode())}
    made = await hidden.ok("POST", "/imports", files=files, data={"object": "account"})
    assert [column["field"] for column in made["mapping"]["columns"] if column.get("field")] == ["name"]
    await hidden.ok("POST", f"/imports/{made['id']}/run")
    await company.api.run_jobs()
    (record,) = (await admin.page("account", where={"field": "name", "op": "eq", "value": name}))["records"]
    assert record["phone"] is None
    mapping = {**made["mapping"], "columns": [{**made["mapping"]["columns"][0], "field": "phone"}]}
    await hidden.refused("PUT", f"/imports/{made['id']}/mapping", 422, json=mapping)


@pytest.mark.parametrize("level", ["hidden", "masked"])
async def test_search_tells_nothing_of_a_withheld_value(company: Company, level: str):
    person = await reader(company.api, level)
    mark = "Zed" + "".join(choice("qwvj") for _ in range(8))
    await company.api.administrator.create("account", name=f"{mark}+", phone="13812345678")
    for tail, wrong in (
        ("12345678", "99999999"),
        ("1", "9"),
        ("138", "977"),
        ("5678", "9999"),
        ("+86", "+99"),
    ):
        for head in (mark, " ".join([mark] * 5), f"{mark} {mark}"):
            assert await found_by(person, f"{head} {tail}") == await found_by(person, f"{head} {wrong}")
    assert await found_by(person, f"{mark} +") == (1, 1)  # the name itself holds it


async def found_by(person: Person, text: str) -> tuple[int, int]:
    page = await person.page("account", search=text)
    hits = await person.ok("GET", "/search", params={"q": text, "objects": "account"})
    return len(page["records"]), len(hits["results"])


async def test_search_where_every_searched_field_is_withheld_finds_nothing(company: Company):
    api, name = company.api, unique("o")
    fields = [
        {"api_name": "name", "type": "text", "label": {"en": "Name"}},
        {"api_name": "secret", "type": "text", "label": {"en": "Secret"}, "searchable": True},
    ]
    await api.administrator.change(
        {"kind": "create_object", "api_name": name, "label": {"en": name}, "fields": fields}
    )
    await api.administrator.create(name, name="plain", secret="topsecretvalue")
    key = await api.role(
        grants={**LOOK, name: {"read": "all"}}, fields={name: {"secret": {"level": "hidden"}}}
    )
    person = await api.person(key)
    assert (await person.page(name, search="topsecretvalue"))["records"] == []
    assert len((await api.administrator.page(name, search="topsecretvalue"))["records"]) == 1


async def test_masked_relation_answers_no_question_and_breaks_no_page(company: Company):
    api = company.api
    links = {"contact": {"account": {"level": "masked"}}, "activity": {"account": {"level": "masked"}}}
    key = await api.role(grants={**LOOK, "account": EVERY, "contact": EVERY, "activity": EVERY}, fields=links)
    person = await api.person(key)
    account = await api.administrator.create("account", name=unique("Rel"))
    contact = await api.administrator.create("contact", name=unique("Rel"), account=account["id"])
    assert (await person.ok("GET", f"/records/contact/{contact['id']}"))["account"] == "***"
    here = {"field": "id", "op": "eq", "value": contact["id"]}
    for kind in ("some", "none"):
        where = {kind: {"relation": "contact.account", "where": here}}
        await person.refused("POST", "/records/account/query", 403, "field_masked", {"where": where})
    await person.ok("GET", f"/records/account/{account['id']}/timeline")
    await person.ok("GET", f"/records/account/{account['id']}?include=timeline")


async def test_who_can_see_tells_nothing_of_a_withheld_value(company: Company):
    api = company.api
    condition = {"field": "phone", "op": "eq", "value": "+8613812345678"}
    grant = {"read": {"scope": "filter", "condition": condition}}
    await api.person(await api.role(grants={**LOOK, "account": grant}))
    blind = await reader(api, "hidden")
    one = await api.administrator.create("account", name=unique("A"), phone="13812345678", owner=blind.id)
    two = await api.administrator.create("account", name=unique("A"), phone="13999999999", owner=blind.id)
    seen = [await blind.ok("GET", f"/records/account/{record['id']}/access") for record in (one, two)]
    assert seen[0] == seen[1]
    assert seen[0]["complete"] is False
    told = await api.administrator.ok("GET", f"/records/account/{one['id']}/access")
    assert told["count"] > seen[0]["count"]
    fields = (await blind.ok("GET", f"/access/explain?object=account&id={one['id']}"))["fields"]
    assert fields == []
