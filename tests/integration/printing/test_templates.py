"""Templates of a workspace: checked before they are kept, chosen by company and language, versioned, previewed."""

import base64
from typing import Any

import orjson
import pytest
import sqlalchemy as sa

from banyan.audit.facade import entry_table
from banyan.db.statements import run
from factories.api import MAIN_SCHEMA, Api, Person, unique
from factories.prints import a_quote, sheet_of

pytestmark = pytest.mark.anyio


async def begun(admin: Person, **changes: Any) -> dict[str, Any]:
    asked = {"object": "quote", "language": "en"}
    shipped = await admin.ok("GET", "/print-templates/shipped", params=asked)
    document = {**shipped["document"], **changes}
    return {"object": "quote", "language": "en", "name": unique("T "), "document": document}


async def test_an_own_template_prints_instead_of_what_ships_and_the_companys_goes_first(
    api: Api, admin: Person
):
    # Of two companies neither is taken for granted.
    mine, _ = [await admin.create("company", name=unique("Co ")) for _ in range(2)]
    quote, other = await a_quote(admin, 1, company=mine["id"]), await a_quote(admin, 1)
    general = await admin.ok("POST", "/print-templates", await begun(admin, title="Offer"))
    special = await admin.ok(
        "POST", "/print-templates", {**await begun(admin, title="Proposal"), "company": mine["id"]}
    )
    assert (await sheet_of(api, admin, "quote", quote["id"], "en")).title == "Proposal"
    assert (await sheet_of(api, admin, "quote", other["id"], "en")).title == "Offer"
    assert (await sheet_of(api, admin, "quote", quote["id"], "en", "shipped")).title == "Quotation"
    assert (await sheet_of(api, admin, "quote", quote["id"], "en", general["id"])).title == "Offer"
    body = {name: general[name] for name in ("language", "name", "document")}
    off = await admin.ok("PUT", f"/print-templates/{general['id']}", {**body, "active": False, "version": 1})
    assert off["version"] == 2
    assert (await sheet_of(api, admin, "quote", other["id"], "en")).title == "Quotation"
    stale = {**body, "active": True, "version": 1}
    await admin.refused("PUT", f"/print-templates/{general['id']}", 409, "print_template_changed", json=stale)
    for each, version in ((general, 2), (special, 1)):
        await admin.ok("DELETE", f"/print-templates/{each['id']}", params={"version": version})
    assert (await sheet_of(api, admin, "quote", quote["id"], "en")).title == "Quotation"
    async with api.runtime.database.reader() as connection:
        table = entry_table(MAIN_SCHEMA)
        wanted = sa.select(table.c.detail).where(
            table.c.action == "print_template", table.c.target["template"].astext == general["id"]
        )
        kept = [orjson.loads(row[0]) for row in await (await run(connection, wanted)).fetchall()]
    assert [each.get("version") for each in kept].count(None) == 1
    assert {each["document"]["title"] for each in kept if "document" in each} == {"Offer"}


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"intro": "{{ document.secret }}"}, "/intro", "print_name"),
        ({"intro": "{{ account.owner.email }}"}, "/intro", "print_name"),
        ({"intro": "{{ document.number"}, "/intro", "print_text"),
        ({"intro": "{% include 'x' %}"}, "/intro", "print_text"),
        ({"intro": "{% for a in document %}x{% endfor %}"}, "/intro", "print_text"),
        ({"intro": "{{ document.number | base64_encode }}"}, "/intro", "print_text"),
        ({"facts": [{"label": "{{ x.y }}", "value": ""}]}, "/facts/0/label", "print_name"),
        ({"totals": [{"field": "nothing"}]}, "/totals/0/field", "unknown_field"),
        (
            {"tables": [{"source": "account", "columns": [{"field": "no"}]}]},
            "/tables/0/source",
            "print_table",
        ),
        (
            {"tables": [{"source": "lines", "columns": [{"field": "nothing"}]}]},
            "/tables/0/columns/0/field",
            "unknown_field",
        ),
    ],
    ids=["name", "deep", "open", "include", "loop", "filter", "label", "total", "table", "column"],
)
async def test_what_a_template_cannot_say_is_refused_at_its_place(
    admin: Person, change: dict[str, Any], pointer: str, code: str
):
    told = await admin.refused("POST", "/print-templates", 422, json=await begun(admin, **change))
    assert (told["errors"][0]["pointer"], told["errors"][0]["code"]) == (pointer, code)


async def test_a_preview_shows_a_record_or_invented_values_and_keeps_nothing(admin: Person):
    await a_quote(admin, 1)
    before = await admin.ok("GET", "/print-templates")
    for name in ("quote", "contract"):
        shipped = await admin.ok(
            "GET", "/print-templates/shipped", params={"object": name, "language": "zh-CN"}
        )
        shown = await admin.ok("POST", "/print-templates/preview", shipped)
        assert base64.b64decode(shown["pages"][0]).startswith(b"\x89PNG")
    assert await admin.ok("GET", "/print-templates") == before


async def test_every_template_that_ships_names_only_what_is_there(admin: Person):
    shipped = [
        each for each in (await admin.ok("GET", "/print-templates"))["templates"] if each["version"] == 0
    ]
    assert {each["object"] for each in shipped} == {"quote", "contract", "sales_order", "payment"}
    for each in shipped:
        asked = {"object": each["object"], "language": each["language"]}
        body = await admin.ok("GET", "/print-templates/shipped", params=asked)
        saved = await admin.ok("POST", "/print-templates", {**body, "name": unique("S "), "active": False})
        await admin.ok("DELETE", f"/print-templates/{saved['id']}", params={"version": 1})


async def test_templates_are_for_whoever_configures(admin: Person, member: Person):
    body = await begun(admin)
    await member.refused("POST", "/print-templates", 403, "power_needed", json=body)
    await member.refused("GET", "/print-templates", 403, "power_needed")
    preview = {name: body[name] for name in ("object", "language", "document")}
    await member.refused("POST", "/print-templates/preview", 403, "power_needed", json=preview)
    seen = await member.ok("GET", "/print-templates", params={"object": "quote"})
    assert {each["language"] for each in seen["templates"]} == {"zh-CN", "en"}


async def test_no_text_grows_without_bound(admin: Person):
    grown = "{{ document.payment_terms" + " | replace: 'Q', 'QQQQQQQQQQ'" * 15 + " }}"
    quote = await a_quote(admin, 1, payment_terms="Q")
    body = {**await begun(admin, intro=grown), "record": quote["id"]}
    body.pop("name")
    await admin.refused("POST", "/print-templates/preview", 422, json=body)
    body["document"]["intro"] = "{{ document.payment_terms | replace: 'Q', 'Quote' }}"
    assert (await admin.ok("POST", "/print-templates/preview", body))["pages"]


async def test_versions_beyond_all_numbers_are_refused(admin: Person):
    body = {**await begun(admin), "version": 10**12}
    body.pop("object")
    key = "0190b3a0-0000-7000-8000-000000000000"
    await admin.refused("PUT", f"/print-templates/{key}", 422, json=body)
    await admin.refused("DELETE", f"/print-templates/{key}", 422, params={"version": 10**12})
