"""Pipelines are part of the configuration: drafted, judged, written to a file and read back, renamed, taken back."""

from typing import Any
from uuid import UUID

import pytest
import yaml

from banyan.kernel.errors import Conflict, InvalidInput
from banyan.setup.packages import package_operations
from factories.api import Api, Person, unique
from factories.house import House

pytestmark = pytest.mark.anyio


def stages(**values: Any) -> list[dict[str, Any]]:
    return [{"key": "open", **values}, {"key": "done"}, {"key": "gone"}]


def field(name: str, type_: str = "text", **rest: Any) -> dict[str, Any]:
    return {"api_name": name, "type": type_, "label": {"en": name}, **rest}


CHOICES = [
    {"key": "open", "label": {"en": "Open"}, "category": "open"},
    {"key": "done", "label": {"en": "Done"}, "category": "won"},
    {"key": "gone", "label": {"en": "Gone"}, "category": "lost"},
]


async def with_pipeline(person: Person, **values: Any) -> str:
    """A new object with a stage, a text to require and one pipeline."""
    name = unique("p").lower()
    made = {
        "kind": "create_object",
        "api_name": name,
        "label": {"en": name},
        "fields": [field("step", "single_choice", config={"choices": CHOICES}), field("proof")],
    }
    pipeline = {"key": "only", "label": {"en": "Only"}, "stages": stages(required=["proof"], **values)}
    settings = {"stage_field": "step", "pipelines": [pipeline]}
    await person.change(made, {"kind": "update_object", "object": name, "set": settings})
    return name


async def test_a_pipeline_goes_by_file_and_comes_back_the_same(admin: Person):
    condition = {"field": "proof", "op": "is_not_empty"}
    name = await with_pipeline(admin, exit=condition, rot_days=3, probability=20)
    response = await admin.call("GET", f"/metadata/configuration?objects={name}")
    document = yaml.safe_load(response.text)
    written = next(each for each in document["objects"] if each["api_name"] == name)
    assert written["pipelines"][0]["stages"][0]["exit"] == condition
    again = await admin.ok("POST", "/metadata/configuration", {"document": response.text, "dry_run": True})
    assert again["operations"] == []


async def test_a_renamed_field_is_followed_and_a_used_one_is_kept(admin: Person):
    name = await with_pipeline(admin, entry={"field": "proof", "op": "is_not_empty"})
    await admin.change(
        {"kind": "update_field", "object": name, "field": "proof", "set": {"api_name": "evidence"}}
    )
    described = await admin.ok("GET", f"/metadata/objects/{name}")
    stage = described["pipelines"][0]["stages"][0]
    assert (stage["required"], stage["entry"]["field"]) == (["evidence"], "evidence")
    for gone in ("evidence", "step"):
        operation = {"kind": "remove_field", "object": name, "field": gone}
        body = {"operations": [operation]}
        problem = await admin.refused("POST", "/metadata/changes", 409, "used_elsewhere", body)
        assert f"{name}: pipelines" in problem["detail"]


async def test_what_a_pipeline_names_wrongly_is_told_at_its_place(house: House):
    def change(**pipeline: Any) -> dict[str, Any]:
        found = {"key": "standard", "label": {"en": "P"}, "stages": [{"key": "prospecting"}], **pipeline}
        return {"kind": "update_object", "object": "opportunity", "set": {"pipelines": [found]}}

    for wrong, pointer in (
        ({"stages": [{"key": "prospecting"}, {"key": "nowhere"}]}, "/set/pipelines/0/stages/1/key"),
        ({"stages": [{"key": "won"}]}, "/set/pipelines/0/stages"),
        ({"key": "other"}, "/set/pipelines/0/key"),
        ({"stages": [{"key": "prospecting", "required": ["none"]}]}, "/set/pipelines/0/stages/0/required/0"),
        (
            {"stages": [{"key": "prospecting", "entry": {"field": "none", "op": "is_empty"}}]},
            "/set/pipelines/0/stages/0/entry/field",
        ),
        (
            {"stages": [{"key": "prospecting", "forecast_category": "no"}]},
            "/set/pipelines/0/stages/0/forecast_category",
        ),
    ):
        with pytest.raises(InvalidInput) as refused:
            await house.change(change(**wrong))
        assert [problem.pointer for problem in refused.value.problems] == [pointer]
    other = {"choices": [{"key": "a", "label": {"en": "A"}}], "transitions": {"a": ["b"]}}
    with pytest.raises(InvalidInput):
        await house.change(
            {"kind": "add_field", "object": "account", "field": field("m", "single_choice", config=other)}
        )


async def test_taken_back_a_pipeline_holds_nothing_any_more(house: House):
    deal = await house.create("opportunity", {"name": "D"})
    strict = {"key": "standard", "label": {"en": "P"}, "skipping": False}
    keys = ("prospecting", "engaging", "proposal", "negotiation", "won", "lost")
    strict["stages"] = [{"key": key} for key in keys]
    change = await house.change(
        {"kind": "update_object", "object": "opportunity", "set": {"pipelines": [strict]}}
    )
    with pytest.raises(InvalidInput, match="move_not_allowed"):
        await house.update("opportunity", deal.id, {"stage": "proposal"})
    await house.update("opportunity", deal.id, {"stage": "engaging"})
    await house.revert(change)
    with pytest.raises(InvalidInput, match="stage_needs"):
        await house.update("opportunity", deal.id, {"stage": "proposal"})
    none = {"stage_field": None, "pipeline_field": None, "pipelines": []}
    gone = await house.change({"kind": "update_object", "object": "opportunity", "set": none})
    await house.update("opportunity", deal.id, {"stage": "negotiation"})
    await house.update("opportunity", deal.id, {"stage": "won"})
    # A package that comes anew brings its pipelines back where there are none.
    operations = package_operations("crm", await house.catalog())
    assert [(each.kind, getattr(each, "object", "")) for each in operations] == [
        ("update_object", "opportunity")
    ]
    assert isinstance(gone, UUID)
    await house.revert(gone)
    assert package_operations("crm", await house.catalog()) == []
    with pytest.raises((InvalidInput, Conflict), match="move_not_allowed"):
        await house.update("opportunity", deal.id, {"stage": "lost"})


async def test_what_a_stage_asks_on_leaving_and_who_may_take_up_again(api: Api, admin: Person):
    asked = {"checklist": [{"key": "seen", "label": {"en": "Seen"}, "required": True}]}
    name = await with_pipeline(admin, exit={"field": "proof", "op": "eq", "value": "good"}, **asked)
    grants = {name: {"create": "all", "read": "all", "update": "all"}, "user": {"read": "all"}}
    role = await api.role(grants=grants)
    owner, other = await api.person(role), await api.person(role)
    made = await owner.create(name, name="R", step="open", proof="poor")
    path = f"/records/{name}/{made['id']}"
    now = {"version": 1}
    problem = await owner.refused("PATCH", path, 422, None, {"step": "done", **now})
    assert {each["code"] for each in problem["errors"]} == {"stage_exit", "stage_checklist"}
    await owner.ok("PUT", f"/pipelines/{name}/{made['id']}/checks/open/seen", {"done": True})
    await owner.refused("PUT", f"/pipelines/{name}/{made['id']}/checks/open/none", 404, None, {"done": True})
    problem = await owner.refused("PATCH", path, 422, None, {"step": "done", **now})
    assert [each["code"] for each in problem["errors"]] == ["stage_exit"]
    now = {"version": (await owner.ok("PATCH", path, {"step": "done", "proof": "good", **now}))["version"]}
    problem = await other.refused("PATCH", path, 422, None, {"step": "open", **now})
    assert [each["code"] for each in problem["errors"]] == ["reopen_not_yours"]
    now = {"version": (await owner.ok("PATCH", path, {"step": "open", **now}))["version"]}
    # Giving up asks nothing of the stage that is left.
    await owner.ok("PATCH", path, {"step": "gone", "proof": "poor", **now})
