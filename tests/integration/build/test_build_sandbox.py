"""Sandboxes: a copy made in one step, entered and left, changed without touching home, brought back as a draft."""

from typing import Any

import pytest

from banyan.api import caller as caller_module
from factories.api import Api, Person, unique

pytestmark = pytest.mark.anyio


def field(name: str, kind: str, config: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"api_name": name, "type": kind, "label": {"en": name}, "config": config or {}}


async def enter(api: Api, admin: Person, key: str) -> Person:
    opened = await admin.ok("POST", f"/sandboxes/{key}/enter")
    return Person(api.client(opened["token"]), admin.user, opened["token"])


async def test_what_is_tried_in_a_sandbox_comes_back_as_a_change_set(api: Api, admin: Person):
    name, obj = unique("f"), f"trial{unique('')}"
    await admin.change({"kind": "create_object", "api_name": obj, "label": {"en": obj}})
    secret = unique("Secret Name ")
    await admin.create("contact", name=secret, mobile="13912345678", email="who@secret.example.com")
    await admin.create("account", name=unique("A"), phone="13912345678")
    await admin.create("lead", name=unique("L"), phone="13912345678")
    await admin.create("opportunity", name=unique("D"), amount={"amount": "5", "currency": "CNY"})
    made = await admin.ok("POST", "/sandboxes", {"name": "Try", "rows": 5})
    assert made["key"] in [each["key"] for each in (await admin.ok("GET", "/sandboxes"))["sandboxes"]]
    inside = await enter(api, admin, made["key"])
    assert (await inside.catalog())["workspace"]["name"] == "Try"
    people = (await inside.page("contact"))["records"]
    assert 0 < len(people) <= 5
    # What the house keeps of a record is no reason to leave it out, nor that made up telephones look alike.
    for kept in ("account", "lead", "opportunity"):
        assert (await inside.page(kept))["records"], kept
    assert secret not in str(people)
    assert "13912345678" not in str(people)
    assert "secret.example.com" not in str(people)
    await inside.change(
        {"kind": "add_field", "object": obj, "field": field(name, "number")},
        {
            "kind": "add_field",
            "object": obj,
            "field": field(f"{name}x", "formula", {"formula": f"{name} * 2"}),
        },
    )
    assert name not in [
        each["api_name"] for each in (await admin.ok("GET", f"/metadata/objects/{obj}"))["fields"]
    ]
    told = await admin.ok("GET", f"/sandboxes/{made['key']}/difference")
    assert [each["kind"] for each in told["operations"]] == ["add_field", "add_field"]
    draft = await admin.ok("POST", f"/sandboxes/{made['key']}/bring-back", {})
    await admin.ok("POST", f"/metadata/change-sets/{draft['change_set']}/publish", {"version": 1})
    record = await admin.ok("POST", f"/records/{obj}", {"name": "x", name: "4"})
    assert (await admin.ok("GET", f"/records/{obj}/{record['id']}"))[f"{name}x"] == "8.00"
    await admin.refused("POST", f"/sandboxes/{made['key']}/bring-back", 409, "sandbox_unchanged", json={})
    await inside.refused("POST", "/sandboxes", 409, "sandbox_of_sandbox", json={"name": "deeper"})
    await admin.ok("DELETE", f"/sandboxes/{made['key']}")
    await admin.refused("GET", f"/sandboxes/{made['key']}/difference", 404, "unknown_sandbox")
    await inside.refused("GET", "/metadata/catalog", 401)


async def test_sandboxes_are_for_those_who_configure_and_of_their_own_workspace(
    admin: Person, member: Person
):
    for method, path, body in (
        ("GET", "/sandboxes", None),
        ("POST", "/sandboxes", {"name": "x"}),
        ("POST", "/sandboxes/main/enter", None),
        ("DELETE", "/sandboxes/main", None),
    ):
        await member.refused(method, path, 403, "power_needed", json=body)
    await admin.refused("DELETE", "/sandboxes/main", 404, "unknown_sandbox")
    await admin.refused("POST", "/sandboxes/main/enter", 404, "unknown_sandbox")
    await admin.refused("POST", "/sandboxes", 422, json={"name": "x", "rows": 100_000})


async def test_a_sandbox_closes_to_whoever_may_no_longer_configure_at_home(api: Api, admin: Person):
    other = await api.person(role="administrator")
    made = await other.ok("POST", "/sandboxes", {"name": "Theirs"})
    inside = await enter(api, other, made["key"])
    await inside.ok("GET", "/metadata/catalog")
    for person, enterable in ((admin, False), (other, True)):
        found = {each["key"]: each for each in (await person.ok("GET", "/sandboxes"))["sandboxes"]}
        assert found[made["key"]] == {"key": made["key"], "name": "Theirs", "enterable": enterable}
    await admin.refused("POST", f"/sandboxes/{made['key']}/enter", 403, "sandbox_of_another")
    for person, home in ((inside, "main"), (admin, None)):
        assert (await person.ok("GET", "/sessions/current"))["workspace"]["sandbox_of"] == home
    await admin.ok("DELETE", f"/users/{other.id}/access")
    await inside.refused("GET", "/metadata/catalog", 401)
    await admin.ok("DELETE", f"/sandboxes/{made['key']}")


async def test_in_a_sandbox_that_another_process_has_removed_nobody_is_signed_in(api: Api, admin: Person):
    """This process holds it still: workspace, catalog and session."""
    made = await admin.ok("POST", "/sandboxes", {"name": "Gone", "rows": 1})
    inside = await enter(api, admin, made["key"])
    token = (await inside.ok("POST", "/account/tokens", {"name": "t", "scopes": ["*"]}))["token"]
    program = Person(api.client(token), inside.user, token)
    await inside.page("account", limit=1)
    await program.page("account", limit=1)
    runtime = api.runtime
    space, catalog = runtime._workspaces[made["key"]], await runtime.catalogs.current(f"ws_{made['key']}")
    await admin.ok("DELETE", f"/sandboxes/{made['key']}")
    for person in (inside, program):
        runtime._workspaces[made["key"]] = space
        runtime.catalogs._current[space.schema] = catalog
        await person.refused("GET", "/metadata/catalog", 401, "not_signed_in")
        assert made["key"] not in runtime._workspaces
    runtime._workspaces[made["key"]] = space
    runtime.catalogs._current[space.schema] = catalog
    await inside.refused("POST", "/records/account/query", 401, "not_signed_in", {"limit": 1})
    await inside.refused("POST", "/records/account", 401, "not_signed_in", {"name": "x"})


async def test_a_sandbox_removed_while_it_is_asked_signs_out(api: Api, admin: Person, monkeypatch):
    made = await admin.ok("POST", "/sandboxes", {"name": "Going", "rows": 1})
    inside = await enter(api, admin, made["key"])
    resolve = caller_module._resolved

    async def removed_then(*given: Any, **named: Any) -> Any:
        found = await resolve(*given, **named)
        if found.workspace.key == made["key"] and made["key"] in api.runtime._workspaces:
            await admin.ok("DELETE", f"/sandboxes/{made['key']}")
        return found

    with monkeypatch.context() as patched:
        patched.setattr(caller_module, "_resolved", removed_then)
        await inside.refused("GET", "/metadata/usage/fields/account", 401, "not_signed_in")
    await inside.refused("GET", "/metadata/catalog", 401, "not_signed_in")
