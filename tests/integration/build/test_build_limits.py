"""Limits of building are settings: lowered, they refuse by name what is added, and leave what stands already alone."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from banyan.configuration.document import read_document
from banyan.kernel.errors import BanyanError, InvalidInput
from banyan.kernel.limits import BuildLimits, setting
from banyan.kernel.messages import message
from banyan.kernel.settings import Settings
from banyan.metadata.changes import sets
from banyan.metadata.changes.apply import Changes, read_operations
from factories.api import Api, Person, unique
from factories.house import House

pytestmark = pytest.mark.anyio
BASE = {"object": "lead"}


def field(name: str, kind: str, config: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"api_name": name, "type": kind, "label": {"en": name}, "config": config or {}, **more}


def adding(name: str, kind: str = "text", config: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"kind": "add_field", **BASE, "field": field(name, kind, config)}


async def within(house: House, *operations: dict[str, Any], **limits: int) -> Any:
    changes = Changes(house.database, BuildLimits(**limits))
    return await changes.apply(house.schema, read_operations(operations), house._changer)


async def refused(house: House, *operations: dict[str, Any], **limits: int) -> tuple[str, str]:
    """The code of the refusal, and what it says."""
    with pytest.raises(BanyanError) as found:
        await within(house, *operations, **limits)
    error = found.value
    place = error.problems[0] if error.problems else error
    return place.code, message(place.code, "en", place.params)


def test_settings_come_from_the_environment_with_todays_values():
    assert Settings.from_environment({}).limits == BuildLimits()
    given = Settings.from_environment({"BANYAN_LIMIT_KEPT_DAYS": "7", "BANYAN_LIMIT_OBJECTS": "12"}).limits
    assert (given.kept_days, given.objects, given.operations) == (7, 12, 500)


@pytest.mark.parametrize("page", ["build-limits.en.md", "build-limits.zh-CN.md"])
def test_every_limit_stands_in_the_reference(page: str):
    text = (Path(__file__).resolve().parents[3] / "docs" / "reference" / page).read_text("utf-8")
    lines = [
        [cell.strip() for cell in line.split("|")] for line in text.splitlines() if "BANYAN_LIMIT_" in line
    ]
    written = [(name, *figures) for _, name, _, *figures, _ in lines]
    assert written == [
        (
            f"`{setting(each.name)}`",
            *(f"{n:,}" for n in (each.default, each.metadata["least"], each.metadata["most"])),
        )
        for each in dataclasses.fields(BuildLimits)
    ]


@pytest.mark.parametrize("value", ["0", "-1", "many", "1.5", "99999", "٣"])
def test_a_setting_out_of_its_range_is_refused_by_name(value: str):
    with pytest.raises(InvalidInput) as found:
        Settings.from_environment({"BANYAN_LIMIT_FORMULA_DEPTH": value})
    assert "BANYAN_LIMIT_FORMULA_DEPTH" in message(found.value.code, "en", found.value.params)


async def test_numbers_of_objects_and_fields(house: House):
    objects = len((await house.catalog()).objects)
    new = {"kind": "create_object", "api_name": "one_more", "label": {"en": "One more"}}
    code, said = await refused(house, new, objects=objects)
    assert code == "limit_objects"
    assert str(objects) in said
    assert "BANYAN_LIMIT_OBJECTS" in said
    fields = len((await house.catalog()).object("lead").custom_fields)
    code, said = await refused(house, adding("too_many"), fields=fields)
    assert (code, "BANYAN_LIMIT_FIELDS" in said, "lead" in said) == ("limit_fields", True, True)
    await within(house, new, adding("fits"), objects=objects + 1, fields=fields + 1)


async def test_what_stands_already_is_left_alone_when_a_limit_is_lowered(house: House):
    await house.change(adding("long_one", "formula", {"formula": "1 + 2 + 3 + 4"}))
    low = {"objects": 1, "fields": 1, "rollups": 1, "choices": 1, "rules": 1, "formula_parts": 2}
    renamed = {"kind": "update_field", **BASE, "field": "long_one", "set": {"label": {"en": "Longer"}}}
    await within(house, renamed, **low)
    await within(house, {"kind": "remove_field", **BASE, "field": "long_one"}, **low)


async def test_size_of_formulas_wherever_they_stand(house: House):
    formula = adding("sized", "formula", {"formula": "ROUND(ABS(1 + 2), 1)"})
    assert (await refused(house, formula, formula_length=10))[0] == "formula_too_long"
    assert (await refused(house, formula, formula_depth=3))[0] == "formula_too_deep"
    code, said = await refused(house, formula, formula_parts=3)
    assert (code, "BANYAN_LIMIT_FORMULA_PARTS" in said, "3" in said) == ("formula_too_large", True, True)
    default = {"kind": "add_field", **BASE, "field": field("d1", "text", default_formula='"a" & "b" & "c"')}
    assert (await refused(house, default, formula_parts=3))[0] == "formula_too_large"
    rule = {"key": "r", "error_when": 'company = "aaaaaaaaaaaa"', "message": {"en": "no"}}
    ruled = {"kind": "update_object", **BASE, "set": {"rules": [rule]}}
    assert (await refused(house, ruled, formula_length=10))[0] == "formula_too_long"
    await within(house, formula, formula_length=30, formula_depth=4, formula_parts=6)


async def test_rollups_choices_and_rules(house: House):
    total = {"relation": "opportunity.contact", "function": "count"}
    rolled = {"kind": "add_field", "object": "contact", "field": field("deals", "rollup", total)}
    await within(house, rolled, rollups=1)
    second = {**rolled, "field": field("deals_too", "rollup", total)}
    assert (await refused(house, second, rollups=1))[0] == "limit_rollups"
    choices = [{"key": f"c{n}", "label": {"en": f"c{n}"}} for n in range(3)]
    assert (await refused(house, adding("pick", "single_choice", {"choices": choices}), choices=2))[
        0
    ] == "limit_choices"
    rules = [{"key": f"r{n}", "error_when": "FALSE", "message": {"en": "no"}} for n in range(2)]
    ruled = {"kind": "update_object", **BASE, "set": {"rules": rules}}
    assert (await refused(house, ruled, rules=1))[0] == "limit_rules"


async def test_rows_to_convert_operations_of_a_draft_and_size_of_a_file(house: House):
    await house.change(adding("turned"))
    await house.create_all("lead", [{"name": "a", "turned": "1"}, {"name": "b", "turned": "2"}])
    change = {"kind": "retype_field", **BASE, "field": "turned", "type": "number"}
    code, said = await refused(house, change, convert_rows=1)
    assert (code, "BANYAN_LIMIT_CONVERT_ROWS" in said) == ("too_many_rows_to_convert", True)
    operations = [adding("x1"), adding("x2")]
    async with house.database.transaction() as connection:
        with pytest.raises(InvalidInput, match="change_set_too_large"):
            await sets.create_set(
                connection, house.schema, house._changer, "n", operations, limits=BuildLimits(operations=1)
            )
    large = "format: 1\n" + "# nothing\n" * 110_000
    with pytest.raises(InvalidInput, match="configuration_too_large"):
        read_document(large, BuildLimits(configuration_mb=1))
    assert read_document(large).format == 1


async def test_the_api_keeps_to_the_settings_of_its_installation(
    api: Api, admin: Person, monkeypatch: pytest.MonkeyPatch
):
    low = BuildLimits(operations=1, formula_parts=3, sandboxes=0)
    monkeypatch.setattr(api.runtime.changes, "limits", low)
    operations = [adding(f"l{unique('')}"), adding(f"l{unique('')}")]
    body = {"name": "n", "operations": operations}
    told = await admin.refused("POST", "/metadata/change-sets", 422, "change_set_too_large", json=body)
    assert "BANYAN_LIMIT_OPERATIONS" in str(told)
    draft = await admin.ok("POST", "/metadata/change-sets", {"name": "n"})
    wider = {"version": draft["version"], "operations": operations}
    path = f"/metadata/change-sets/{draft['id']}"
    await admin.refused("PATCH", path, 422, "change_set_too_large", json=wider)
    changes = {"operations": operations}
    await admin.refused("POST", "/metadata/changes", 422, "change_set_too_large", json=changes)
    checked = await admin.ok("POST", "/metadata/formulas/check", {"object": "lead", "formula": "1 + 2 + 3"})
    assert checked["problems"][0]["code"] == "formula_too_large"
    assert "BANYAN_LIMIT_FORMULA_PARTS" in checked["problems"][0]["message"]
    await admin.refused("POST", "/sandboxes", 409, "sandboxes_many", json={"name": "none"})
