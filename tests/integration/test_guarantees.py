"""Promises that a review found broken once, each held by a test of its own."""

import pytest

from factories.api import Api, Person, unique

pytestmark = pytest.mark.anyio


def choice(key: str) -> dict[str, object]:
    return {"key": key, "label": {"en": key}}


async def test_a_choice_added_since_survives_the_revert_of_an_earlier_change(admin: Person):
    name = f"c{unique('')}"
    field = {
        "api_name": name,
        "type": "single_choice",
        "label": {"en": name},
        "config": {"choices": [choice("x")]},
    }
    await admin.change({"kind": "add_field", "object": "account", "field": field})

    async def set_choices(*keys: str) -> str:
        config = {"choices": [choice(key) for key in keys]}
        operation = {"kind": "update_field", "object": "account", "field": name, "set": {"config": config}}
        return str((await admin.change(operation))["id"])

    first = await set_choices("x", "y")
    second = await set_choices("x", "y", "z")
    await admin.refused("POST", f"/metadata/changes/{first}/revert", 409, "changed_since")
    await admin.ok("POST", f"/metadata/changes/{second}/revert")
    await admin.ok("POST", f"/metadata/changes/{first}/revert")
    await admin.refused("POST", f"/metadata/changes/{first}/revert", 409, "already_reverted")


async def test_a_relation_cannot_be_pointed_at_another_object(admin: Person):
    config = {"config": {"target": "product"}}
    operation = {"kind": "update_field", "object": "contact", "field": "account", "set": config}
    await admin.refused(
        "POST", "/metadata/changes", 409, "relation_target_fixed", {"operations": [operation]}
    )


async def test_an_export_names_a_foreign_currency_and_history_keeps_it(admin: Person):
    name = unique("Abroad ")
    made = await admin.create("account", name=name, annual_revenue={"amount": "5.00", "currency": "USD"})
    body = {"columns": ["name", "annual_revenue"], "ids": [made["id"]]}
    answer = await admin.call("POST", "/records/account/export", json=body)
    assert "5.00 USD" in answer.text
    dearer = {"version": 1, "annual_revenue": {"amount": "7.00", "currency": "USD"}}
    await admin.ok("PATCH", f"/records/account/{made['id']}", dearer)
    history = await admin.ok("GET", f"/records/account/{made['id']}/history")
    (change,) = history["entries"][0]["changes"]
    assert change["from"] == {"amount": "5.00", "currency": "USD"}
    assert change["to"] == {"amount": "7.00", "currency": "USD"}


async def test_a_person_in_the_trash_is_out_at_once(api: Api, admin: Person):
    person = await api.person()
    await person.ok("GET", "/records/account")
    record = await admin.ok("GET", f"/records/user/{person.id}")
    await admin.call("DELETE", f"/records/user/{person.id}", params={"version": record["version"]})
    await person.refused("GET", "/records/account", 401, "not_signed_in")


async def test_guesses_over_many_names_are_slowed_for_their_address(api: Api):
    client = api.client()
    statuses = [
        (
            await client.post(
                "/api/v1/sessions", json={"email": f"{unique('n')}@x.cn", "password": "wrong-one"}
            )
        ).status_code
        for _ in range(62)
    ]
    assert statuses[0] == 401
    assert statuses[-1] == 429
    await api.forget_attempts()


async def test_an_import_says_missing_rights_before_it_starts(member: Person):
    file = {"file": ("a.csv", f"客户名称,行业\n{unique('R')},从未有过\n".encode())}
    made = await member.ok("POST", "/imports", data={"object": "account"}, files=file)
    columns = [{"column": 0, "field": "name"}, {"column": 1, "field": "industry", "create_choices": True}]
    await member.ok("PUT", f"/imports/{made['id']}/mapping", {"columns": columns})
    await member.refused("POST", f"/imports/{made['id']}/check", 403, "administrators_only")
