"""The editor's routes, the working calendar and rates of exchange, through the API."""

import pytest

from factories.api import Api, Person, unique
from factories.ledger import FOLDER, LINE, field

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
async def names(admin: Person) -> tuple[str, str]:
    folder, line = unique("folder_")[:30], unique("line_")[:30]
    title = field("name", "text", "名称")
    make = {"kind": "create_object", "title_field": "name"}
    lines = [
        {**each, "config": {"target": folder}} if each["api_name"] == "folder" else each for each in LINE
    ]
    await admin.change({**make, "api_name": folder, "label": {"en": folder}, "fields": [title, *FOLDER]})
    await admin.change({**make, "api_name": line, "label": {"en": line}, "fields": [title, *lines]})
    return folder, line


async def check(person: Person, name: str, formula: str, **more):
    return await person.ok("POST", "/metadata/formulas/check", {"object": name, "formula": formula, **more})


async def test_a_formula_reads_what_only_a_draft_has_and_is_computed_once_that_stands(admin: Person, names):
    folder, _ = names
    weight = {"api_name": "weight", "type": "number", "label": {"en": "Weight"}, "config": {}}
    added = {"kind": "add_field", "object": folder, "field": weight}
    crate = {"kind": "create_object", "api_name": unique("crate_")[:30], "label": {"en": "Crate"}}
    operations = [added, {**crate, "fields": [{"api_name": "name", "type": "text", "label": {"en": "Name"}}]}]
    draft = await admin.ok("POST", "/metadata/change-sets", {"name": "D", "operations": operations})
    record = await admin.create(folder, name="F", qty="3")
    assert (await check(admin, folder, "weight * 2"))["problems"]
    found = await check(admin, folder, "weight * 2", change_set=draft["id"], record_id=record["id"])
    assert (found["type"], found["problems"]) == ("number", [])
    assert "result" not in found
    assert (await check(admin, folder, "qty * 2", change_set=draft["id"], record_id=record["id"]))[
        "result"
    ] == "6"
    named = await check(admin, crate["api_name"], "name", change_set=draft["id"], record_id=record["id"])
    assert named["type"] == "text"
    assert "result" not in named


async def test_a_formula_is_typed_canonical_and_computed_on_a_record(admin: Person, names):
    folder, line = names
    record = await admin.create(folder, name="F", qty="3", stage="won")
    await admin.create(line, name="A", folder=record["id"], price="5", qty="2")
    found = await check(
        admin,
        folder,
        f"如果（{{阶段}} = “赢单”， SUM({line}.price * {line}.qty)， 0）",
        record_id=record["id"],
    )
    assert found["type"] == "number"
    assert found["canonical"] == f'IF(stage = "won", SUM({line}.folder.price * {line}.folder.qty), 0)'
    assert found["result"] == "10"
    assert found["problems"] == []
    hops = {"object": line, "field": "folder", "many": True}
    assert {"hops": [hops], "field": "price"} in found["uses"]
    failed = await check(admin, folder, "qty / 0", record_id=record["id"])
    assert failed["result"] == {"error": "division_by_zero"}


async def test_a_wrong_formula_is_an_answer_with_places_and_words(admin: Person, names):
    found = await check(admin, names[0], "quantity + SUMM(1)")
    assert found["type"] is None
    first, second = found["problems"]
    assert (first["start"], first["end"], first["code"]) == (0, 8, "formula_unknown_field")
    assert (second["start"], second["suggestion"]) == (11, "SUM")
    assert "SUMM" in second["message"]
    typed = (await check(admin, names[0], "ROUND(name)"))["problems"][0]
    assert typed["message"] == "value takes a number, this is a text"
    long = await check(admin, names[0], "(" * 10_000)
    assert long["problems"][0]["code"] == "formula_too_deep"


async def test_only_who_configures_checks_and_only_records_in_sight_are_computed(
    api: Api, admin: Person, member: Person, names
):
    body = {"object": names[0], "formula": "qty"}
    await member.refused("POST", "/metadata/formulas/check", 403, json=body)
    record = await admin.create(names[0], name="secret", qty="3")
    configurer = await api.person("plain_administrator")
    body |= {"record_id": record["id"]}
    answer = await configurer.call("POST", "/metadata/formulas/check", json=body)
    assert answer.status_code in (403, 404)


async def test_functions_are_listed_for_completion(member: Person):
    found = await member.ok("GET", "/metadata/formulas/functions")
    functions = {each["key"]: each for each in found["functions"]}
    assert functions["IF"]["aliases"] == ["如果"]
    assert functions["SUMIF"]["ways"][0]["over_rows"] is True
    assert functions["TODAY"]["ways"][0]["volatile"] == "daily"


async def test_the_calendar_of_china_moves_working_days(admin: Person, member: Person, names):
    await as_at_first(admin, 2026)
    record = await admin.create(names[0], name="F")
    golden_week = "NETWORKDAYS(DATE(2026, 10, 1), DATE(2026, 10, 10))"
    before = await check(admin, names[0], golden_week, record_id=record["id"])
    assert before["result"] == "7"
    loaded = await admin.ok("POST", "/calendar/china", {"year": 2026})
    assert loaded["days"] > 20
    after = await check(admin, names[0], golden_week, record_id=record["id"])
    assert after["result"] == "3"
    week = await admin.ok("GET", "/calendar", params={"year": 2026})
    assert week["week"] == [1, 2, 3, 4, 5]
    worked = {"day": "2026-10-10", "working": True, "label": "National Day"}
    assert worked in week["days"]
    await admin.ok("DELETE", "/calendar/days/2026-10-10")
    await admin.refused("DELETE", "/calendar/days/2026-10-10", 404, "unknown_calendar_day")
    await admin.ok("PUT", "/calendar/week", {"days": [1, 2, 3, 4]})
    fewer = await check(admin, names[0], golden_week, record_id=record["id"])
    assert fewer["result"] == "1"
    await admin.ok("PUT", "/calendar/week", {"days": [1, 2, 3, 4, 5]})
    await admin.ok("PUT", "/calendar/days", {"days": [{"day": "2026-10-10", "working": True}]})
    await admin.refused("POST", "/calendar/china", 422, "holidays_unknown", {"year": 2150})
    await member.refused("PUT", "/calendar/week", 403, json={"days": [1]})
    await admin.refused("PUT", "/calendar/week", 422, json={"days": []})
    await as_at_first(admin, 2026)


async def as_at_first(admin: Person, year: int) -> None:
    """The calendar is one for all tests of the workspace: Monday to Friday, no other day."""
    await admin.ok("PUT", "/calendar/week", {"days": [1, 2, 3, 4, 5]})
    for each in (await admin.ok("GET", "/calendar", params={"year": year}))["days"]:
        await admin.ok("DELETE", f"/calendar/days/{each['day']}")


async def test_rates_hold_from_their_day_on(admin: Person, member: Person, names):
    rates = [
        {"currency": "EUR", "day": "2026-01-01", "rate": "8"},
        {"currency": "EUR", "day": "2026-02-01", "rate": "7.5"},
    ]
    await admin.ok("PUT", "/exchange-rates", {"rates": rates})
    found = await member.ok("GET", "/exchange-rates", params={"currency": "EUR"})
    assert [each["rate"] for each in found["rates"]] == ["7.5", "8"]
    record = await admin.create(names[0], name="F", amount={"amount": "15", "currency": "EUR"})
    january = 'CONVERT(amount, "CNY", DATE(2026, 1, 31))'
    assert (await check(admin, names[0], january, record_id=record["id"]))["result"] == "120"
    february = 'CONVERT(amount, "CNY", DATE(2026, 2, 1))'
    assert (await check(admin, names[0], february, record_id=record["id"]))["result"] == "112.5"
    await admin.ok("DELETE", "/exchange-rates/EUR/2026-02-01")
    assert (await check(admin, names[0], february, record_id=record["id"]))["result"] == "120"
    own = {"rates": [{"currency": "CNY", "day": "2026-01-01", "rate": "2"}]}
    await admin.refused("PUT", "/exchange-rates", 409, "rate_of_own_currency", own)
    await member.refused("PUT", "/exchange-rates", 403, json={"rates": rates})
