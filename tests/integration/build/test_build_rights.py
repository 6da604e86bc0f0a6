"""What is computed from something withheld is withheld: nothing computed tells what its reader may not see."""

from typing import Any

import pytest

from factories.api import Api, Person, unique

pytestmark = pytest.mark.anyio


def field(name: str, kind: str, config: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"api_name": name, "type": kind, "label": {"en": name}, "config": config or {}, **more}


class Vault:
    def __init__(self) -> None:
        tag = unique("")
        self.deal, self.cost = f"deal{tag}", f"cost{tag}"

    async def build(self, admin: Person) -> "Vault":
        deal, cost = self.deal, self.cost
        await admin.change(
            {"kind": "create_object", "api_name": deal, "label": {"en": deal}},
            {"kind": "create_object", "api_name": cost, "label": {"en": cost}},
            *(
                {"kind": "add_field", "object": name, "field": one}
                for name, one in (
                    (deal, field("price", "number")),
                    (deal, field("secret", "number")),
                    (deal, field("margin", "formula", {"formula": "price - secret"})),
                    (deal, field("twice", "formula", {"formula": "margin * 2"})),
                    (deal, field("open", "formula", {"formula": "price * 2"})),
                    (cost, field("deal", "relation", {"target": deal})),
                    (cost, field("amount", "number")),
                    (cost, field("margin", "lookup", {"path": "deal.margin"})),
                    (
                        deal,
                        field(
                            "spent",
                            "rollup",
                            {"relation": f"{cost}.deal", "function": "sum", "field": "amount"},
                        ),
                    ),
                    (deal, field("press", "button", {"action": "set", "values": {"secret": "9"}})),
                    (
                        deal,
                        field("go", "button", {"action": "open", "url": "https://x.example.com/{secret}"}),
                    ),
                    (deal, field("plain", "button", {"action": "set", "values": {"price": "9"}})),
                    (deal, field("hint", "text", visible_when={"field": "secret", "op": "is_not_empty"})),
                )
            ),
        )
        made = await admin.ok("POST", f"/records/{deal}", {"name": "d", "price": "10", "secret": "4"})
        self.id = made["id"]
        await admin.ok("POST", f"/records/{cost}", {"name": "c", "deal": self.id, "amount": "3"})
        return self


@pytest.fixture(scope="module")
async def vault(admin: Person) -> Vault:
    return await Vault().build(admin)


@pytest.fixture(scope="module")
async def reader(api: Api, admin: Person, vault: Vault) -> Person:
    """Reads every deal but not `secret`, and nothing of costs."""
    key = f"r{unique('')}"
    grants = {vault.deal: {action: {"scope": "all"} for action in ("create", "read", "update", "export")}}
    fields = {vault.deal: {"secret": {"level": "hidden"}}}
    body = {"label": {"en": key}, "grants": grants, "fields": fields}
    await admin.ok("POST", "/roles", {"key": key, **body})
    return await api.person(role=key)


async def test_nothing_computed_from_the_withheld_is_there(admin: Person, reader: Person, vault: Vault):
    assert (await admin.ok("GET", f"/records/{vault.deal}/{vault.id}"))["margin"] == "6.00"
    found = await reader.ok("GET", f"/records/{vault.deal}/{vault.id}")
    assert found["open"] == "20.00"
    assert not {"secret", "margin", "twice", "spent"} & found.keys()
    described = await reader.ok("GET", f"/metadata/objects/{vault.deal}")
    names = {each["api_name"]: each for each in described["fields"]}
    assert not {"secret", "margin", "twice", "spent"} & names.keys()
    assert names["hint"]["visible_when"] is None
    assert not {"press", "go"} & names.keys()
    assert "plain" in names
    assert "secret" not in str(await reader.ok("GET", "/metadata/catalog"))
    for name in ("margin", "twice", "spent"):
        where = {"field": name, "op": "gt", "value": "0"}
        for body in ({"where": where}, {"sort": [{"field": name}]}, {"select": [name]}):
            await reader.refused("POST", f"/records/{vault.deal}/query", 422, json=body)
        measures = {"measures": [{"fn": "sum", "field": name}]}
        await reader.refused("POST", f"/records/{vault.deal}/aggregate", 422, json=measures)
    history = await reader.ok("GET", f"/records/{vault.deal}/{vault.id}/history")
    assert "secret" not in str(history)
    document = await reader.ok("GET", "/openapi.json")
    assert "margin" not in str(document)


async def test_writing_keeps_true_what_the_writer_does_not_see(admin: Person, reader: Person, vault: Vault):
    now = await reader.ok("GET", f"/records/{vault.deal}/{vault.id}")
    await reader.ok("PATCH", f"/records/{vault.deal}/{vault.id}", {"version": now["version"], "price": "30"})
    whole = await admin.ok("GET", f"/records/{vault.deal}/{vault.id}")
    assert (whole["margin"], whole["twice"], whole["spent"]) == ("26.00", "52.00", "3.00")
    await admin.ok("PATCH", f"/records/{vault.deal}/{vault.id}", {"version": whole["version"], "price": "10"})


async def test_formulas_are_not_tried_by_those_who_do_not_configure(reader: Person, vault: Vault):
    body = {"object": vault.deal, "formula": "secret", "record_id": vault.id}
    await reader.refused("POST", "/metadata/formulas/check", 403, json=body)


async def test_a_default_does_not_show_the_writer_what_they_may_not_read(
    admin: Person, reader: Person, vault: Vault
):
    copied, plain = f"c{unique('')}", f"p{unique('')}"
    parent = field("parent", "relation", {"target": vault.deal})
    await admin.change(
        {"kind": "add_field", "object": vault.deal, "field": parent},
        {
            "kind": "add_field",
            "object": vault.deal,
            "field": field(copied, "number", default_formula="parent.secret"),
        },
        {
            "kind": "add_field",
            "object": vault.deal,
            "field": field(plain, "number", default_formula="price + 1"),
        },
    )
    values = {"name": "x", "price": "1", "parent": vault.id}
    for person, told in ((admin, "4"), (reader, None)):
        made = await person.ok("POST", f"/records/{vault.deal}", values)
        found = await admin.ok("GET", f"/records/{vault.deal}/{made['id']}")
        assert (found[copied], found[plain]) == (told, "2")
