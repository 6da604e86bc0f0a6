"""What a second pair of eyes found about building: paths that went round computed values, rules or rights."""

import asyncio
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from banyan.api.caller import COOKIE, HOME_COOKIE
from banyan.imports import store
from banyan.imports.facade import Imports
from banyan.imports.mapping import ColumnMapping, ImportMapping
from banyan.jobs import MemoryJobQueue
from banyan.kernel.actor import Actor
from banyan.records.commands import Change, Commands
from factories.api import Api, Person, unique
from factories.house import House

pytestmark = pytest.mark.anyio


def field(name: str, kind: str, config: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"api_name": name, "type": kind, "label": {"en": name}, "config": config or {}, **more}


def add(obj: str, one: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "add_field", "object": obj, "field": one}


def create(name: str, *fields: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "create_object", "api_name": name, "label": {"en": name}, "fields": list(fields)}


class Desk:
    """One person who imports files with columns named as fields."""

    def __init__(self, house: House, folder: Path, actor: Actor) -> None:
        self.house, self.actor = house, actor
        self.imports = Imports(house.database, MemoryJobQueue(), house.bus, house.changes, folder)

    async def load(
        self, object_name: str, names: list[str], rows: str, key: str | None = None, *, load: bool = True
    ) -> store.Import:
        session = await self.house.session(self.actor)
        import_id, path = self.imports.new_place(self.house.schema)
        path.write_text(",".join(names) + "\n" + rows)
        obj = session.catalog.object(object_name)
        record = await self.imports.analyse(session, obj, import_id, "file.csv")
        columns = tuple(
            ColumnMapping.model_validate({"column": place, "field": name}) for place, name in enumerate(names)
        )
        await self.imports.set_mapping(session, record, ImportMapping(columns=columns, key=key))
        await self.imports.start(session, await self._again(record), load=load)
        await self.imports.execute(session, await self._again(record), load=load)
        return await self._again(record)

    async def _again(self, record: store.Import) -> store.Import:
        async with self.house.database.reader() as connection:
            return await store.read_import(connection, self.house.schema, record.id, None, all_users=True)


@pytest.fixture(scope="module")
async def desk(house: House, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(house, tmp_path_factory.mktemp("uploads"), await house.administrator())


@pytest.fixture(scope="module")
async def parts(house: House) -> House:
    """Orders whose lines are counted and summed."""
    await house.change(
        create("basket", field("code", "text", unique=True)),
        create(
            "piece",
            field("basket", "relation", {"target": "basket"}),
            field("code", "text", unique=True),
            field("amount", "number", {"scale": 0}),
            field("closed", "boolean"),
            field("note", "text", readonly_when={"field": "closed", "op": "eq", "value": True}),
        ),
        add("basket", field("pieces", "rollup", {"relation": "piece.basket", "function": "count"})),
    )
    return house


async def pieces(house: House, basket: UUID) -> str:
    return str((await house.read("basket", basket))["pieces"])


async def test_an_import_taken_back_takes_its_rows_out_of_the_totals(parts: House, desk: Desk):
    basket = (await parts.create("basket", {"name": "B-1", "code": "B-1"})).id
    done = await desk.load("piece", ["name", "basket"], "a,B-1\nb,B-1\n")
    assert await pieces(parts, basket) == "2"
    assert await desk.imports.undo(await parts.session(desk.actor), done) == {"removed": 2, "kept": 0}
    assert await pieces(parts, basket) == "0"


async def test_an_import_does_not_write_what_a_record_locks(parts: House, desk: Desk):
    for code, closed in (("L-1", True), ("L-2", False)):
        await parts.create("piece", {"name": code, "code": code, "closed": closed, "note": "old"})
    done = await desk.load("piece", ["name", "code", "note"], "L-1,L-1,new\nL-2,L-2,new\n", "code")
    assert done.report is not None
    assert (done.report["updated"], done.report["rejected"]) == (1, 1)
    found = await parts.page("piece", where={"field": "code", "op": "starts_with", "value": "L-"})
    assert {each["code"]: each["note"] for each in found["records"]} == {"L-1": "old", "L-2": "new"}


async def test_of_two_who_move_a_record_both_totals_left_behind_are_right(parts: House):
    first, second, third = [(await parts.create("basket", {"name": unique("b")})).id for _ in range(3)]
    piece = (await parts.create("piece", {"name": "p", "basket": str(first)})).id
    session = await parts.session()
    obj = session.catalog.object("piece")

    async def move(target: UUID, moved: asyncio.Event | None = None) -> None:
        async with parts.database.transaction() as connection:
            await Commands(connection, session, parts.bus).update(
                obj, [Change(piece, {"basket": str(target)})]
            )
            if moved is not None:
                moved.set()
                await asyncio.sleep(0.3)  # the other one is at the record by now

    moved = asyncio.Event()
    one = asyncio.create_task(move(second, moved))
    await moved.wait()
    await asyncio.gather(one, move(third))
    assert [await pieces(parts, each) for each in (first, second, third)] == ["0", "0", "1"]


async def test_what_is_computed_from_an_owner_follows_a_handover_and_its_undoing(api: Api, admin: Person):
    obj, name = unique("thing"), unique("owned")
    await admin.change(create(obj), add(obj, field("whose", "lookup", {"path": "owner.email"})))
    leaver, heir = await api.person(), await api.person()
    record = await admin.ok("POST", f"/records/{obj}", {"name": name, "owner": leaver.id})

    async def whose() -> str:
        return str((await admin.ok("GET", f"/records/{obj}/{record['id']}"))["whose"])

    assert await whose() == leaver.user["email"]
    ask = {"from_user": leaver.id, "to_user": heir.id}
    done = await admin.ok("POST", "/organisation/handovers", ask)
    assert await whose() == heir.user["email"]
    await admin.ok("POST", f"/organisation/handovers/{done['id']}/undo")
    assert await whose() == leaver.user["email"]


async def test_a_formula_is_not_tried_on_what_one_may_not_read(api: Api, admin: Person):
    secret, obj = unique("secret"), unique("open")
    await admin.change(create(secret), create(obj, field("link", "relation", {"target": secret})))
    hidden = await admin.ok("POST", f"/records/{secret}", {"name": "Codeword"})
    record = await admin.ok("POST", f"/records/{obj}", {"name": "x", "link": hidden["id"]})
    role = await api.role(grants={obj: {"read": "all"}}, powers=["configure"])
    builder = await api.person(role)
    body = {"object": obj, "formula": "link.name", "record_id": record["id"]}
    assert (await admin.ok("POST", "/metadata/formulas/check", body))["result"] == "Codeword"
    refused = await builder.call("POST", "/metadata/formulas/check", json=body)
    assert "Codeword" not in refused.text
    assert refused.status_code == 403


async def test_signing_out_in_a_sandbox_signs_out_at_home(api: Api, admin: Person):
    builder = await api.person("administrator")
    made = await builder.ok("POST", "/sandboxes", {"name": "Out"})
    entered = await builder.call("POST", f"/sandboxes/{made['key']}/enter")
    cookies = {COOKIE: entered.json()["token"], HOME_COOKIE: builder.token}
    client = api.client()
    client.cookies.update(cookies)
    left = await client.delete("/api/v1/sessions/current")
    assert left.status_code == 204
    await builder.refused("GET", "/metadata/catalog", 401)
    # And the cookie alone leads nobody home.
    other = await api.person()
    client.cookies.clear()
    client.cookies.update({COOKIE: other.token, HOME_COOKIE: admin.token})
    assert (await client.post("/api/v1/sandboxes/leave")).status_code == 404
    await admin.ok("DELETE", f"/sandboxes/{made['key']}")


async def test_defaults_by_formula_are_given_to_imported_rows_as_to_typed_ones(house: House, desk: Desk):
    obj = unique("given")
    await house.change(
        create(
            obj,
            field("price", "currency", default_formula="5"),
            field(
                "kind",
                "single_choice",
                {"choices": [{"key": "a", "label": {"en": "A"}}]},
                default_formula='"z"',
            ),
            field("count", "number", default_formula='"many"'),
            field("short", "text", {"max_length": 3}, default_formula='"abcdef"'),
            field("sum", "text", default_formula="1 + 1"),
        )
    )
    await house.create(obj, {"name": "typed"})
    assert (await desk.load(obj, ["name"], "imported\nimported too\n")).state == "done"
    records = (await house.page(obj))["records"]
    given = [{key: each[key] for key in ("price", "kind", "count", "short", "sum")} for each in records]
    expected = {
        "price": {"amount": "5.00", "currency": "CNY"},
        "kind": None,
        "count": None,
        "short": None,
        "sum": "2",
    }
    assert given == [expected] * 3


async def test_a_record_is_judged_together_with_its_rows(admin: Person):
    parent, child = unique("parent"), unique("child")
    await admin.change(
        create(parent),
        create(child, field("up", "relation", {"target": parent})),
        add(parent, field("rows", "sub_table", {"relation": f"{child}.up"})),
        add(parent, field("count", "rollup", {"relation": f"{child}.up", "function": "count"})),
        {
            "kind": "update_object",
            "object": parent,
            "set": {"rules": [{"key": "some", "error_when": "count = 0", "message": {"en": "No rows"}}]},
        },
    )
    made = await admin.ok("POST", f"/records/{parent}", {"name": "x", "rows": [{"name": "first"}]})
    assert (await admin.ok("GET", f"/records/{parent}/{made['id']}"))["count"] == "1"
    await admin.refused("POST", f"/records/{parent}", 422, json={"name": "x", "rows": []})
    await admin.refused("POST", f"/records/{parent}", 422, json={"name": "x"})


async def test_a_clash_is_found_behind_a_renaming(admin: Person):
    obj, renamed = unique("clash"), unique("other")
    await admin.change(create(obj, field("first", "text"), field("second", "text")))

    def label(place: str, name: str, text: str) -> dict[str, Any]:
        return {"kind": "update_field", "object": place, "field": name, "set": {"label": {"en": text}}}

    drafts = [
        await admin.ok(
            "POST", "/metadata/change-sets", {"name": name, "operations": [label(obj, name, "Mine")]}
        )
        for name in ("first", "second")
    ]
    await admin.change(
        {"kind": "update_field", "object": obj, "field": "first", "set": {"api_name": "third"}},
        {"kind": "update_object", "object": obj, "set": {"api_name": renamed}},
    )
    await admin.change(label(renamed, "third", "Theirs"))
    first, second = (f"/metadata/change-sets/{draft['id']}/publish" for draft in drafts)
    await admin.refused("POST", first, 409, "change_set_clash", json={"version": 1})
    await admin.ok("POST", second, {"version": 1})


async def test_rows_alike_another_in_several_fields_are_rejected_one_by_one(house: House, desk: Desk):
    obj = f"seat{unique('')}"
    text = [{"api_name": name, "type": "text", "label": {"en": name}} for name in ("hall", "place")]
    unique_seat = [{"key": "seat", "fields": ["hall", "place"]}]
    await house.change(
        {"kind": "create_object", "api_name": obj, "label": {"en": obj}, "fields": text},
        {"kind": "update_object", "object": obj, "set": {"unique_together": unique_seat}},
    )
    await house.create(obj, {"name": "there", "hall": "A", "place": "1"})
    done = await desk.load(obj, ["name", "hall", "place"], "a,A,1\nb,A,2\nc,A,2\nd,B,1\ne,,2\nf,,2\n")
    assert done.state == "done", done.error
    assert (done.report or {})["created"] == 4
    assert (done.report or {})["to_reject"] == 2
    assert {each["code"] for each in (done.report or {})["problems"]} == {"not_unique_together"}
