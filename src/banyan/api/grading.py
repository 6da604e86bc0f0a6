"""Routes of rules for level and tags, of what they hold of a record, and of completeness."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict
from pydantic import Field as Bound

from banyan.api.caller import Caller, CallerDep
from banyan.api.strict import StrictRoute
from banyan.grading import completeness, passes, store
from banyan.grading.store import RuleSettings, StoredRule, checked, find_rule, new_rule, rules_of, save_rule
from banyan.metadata.catalog import Object
from banyan.records import grading, queries
from banyan.records.people import house_session

router = APIRouter(tags=["grading"], route_class=StrictRoute)


class RuleBody(RuleSettings):
    """A rule; `owner` answers for it."""

    active: bool = False
    position: int = Bound(default=0, ge=0, le=10_000)
    owner: UUID | None = None


class NewRuleBody(RuleBody):
    object: str = Bound(max_length=40)


class ChangedRuleBody(RuleBody):
    version: int


class PreviewBody(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    object: str = Bound(max_length=40)
    condition: Mapping[str, Any]
    field: str = Bound(max_length=40)
    value: str = Bound(min_length=1, max_length=80)


class Weight(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    field: str = Bound(max_length=40)
    weight: int = Bound(default=1, ge=1, le=100)


class RequiredBody(BaseModel):
    """No fields: those the layout leads with, again."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fields: tuple[Weight, ...] = Bound(max_length=completeness.MOST_FIELDS)
    version: int


def _settings(body: RuleBody) -> RuleSettings:
    return RuleSettings.model_validate(body.model_dump(include=set(RuleSettings.model_fields)))


def _known(caller: Caller, object_name: str) -> Object:
    """The object, whatever the administrator may read of its records."""
    return caller.session.full.object(object_name)


def _document(rule: StoredRule, caller: Caller, held: int, owner: str | None) -> dict[str, Any]:
    return {
        "id": str(rule.id),
        "object": caller.session.full.by_id[rule.object].api_name,
        **rule.settings.model_dump(mode="json"),
        "active": rule.active,
        "position": rule.position,
        "owner": None if rule.owner is None else {"id": str(rule.owner), "label": owner},
        "version": rule.version,
        "held": held,
        "broken": store.placing_of(house_session(caller.session), rule) is None,
    }


@router.get("/grading/rules")
async def read_rules(caller: CallerDep, object: Annotated[str, Query(max_length=40)]) -> dict[str, Any]:  # noqa: A002 - the parameter's name in the API
    """Rules of an object in their order, with how many records each holds."""
    caller.require_power("configure")
    obj = _known(caller, object)
    house = house_session(caller.session)
    async with caller.runtime.database.reader() as connection:
        rules = await rules_of(connection, caller.schema, obj.id)
        held = await grading.held_counts(connection, obj)
        owners = {str(rule.owner) for rule in rules if rule.owner}
        names = await queries.labels_of(connection, house, house.catalog.object("user"), owners)
    return {
        "rules": [_document(rule, caller, held.get(rule.id, 0), names.get(str(rule.owner))) for rule in rules]
    }


@router.post("/grading/rules", status_code=201)
async def create_rule(body: NewRuleBody, caller: CallerDep) -> dict[str, Any]:
    """A new rule; one that is active is applied to every record at once."""
    caller.require_power("configure")
    obj = _known(caller, body.object)
    rule = new_rule(
        obj, _settings(body), body.owner or caller.actor.user_id, body.position, active=body.active
    )
    return await _save(caller, rule, None)


@router.put("/grading/rules/{key}")
async def change_rule(key: UUID, body: ChangedRuleBody, caller: CallerDep) -> dict[str, Any]:
    """Change, switch on or off. What it no longer says it lets go of."""
    caller.require_power("configure")
    async with caller.runtime.database.reader() as connection:
        before = await find_rule(connection, caller.schema, key)
    after = replace(
        before,
        settings=_settings(body),
        owner=body.owner,
        position=body.position,
        active=body.active,
        version=body.version,
    )
    return await _save(caller, after, before)


async def _save(caller: Caller, rule: StoredRule, before: StoredRule | None) -> dict[str, Any]:
    session, bus = caller.session, caller.runtime.bus
    house = house_session(session)
    async with caller.runtime.database.transaction() as connection:
        saved = await save_rule(connection, house, rule, new=before is None)
        if before is not None and before.active:
            said, says = before.settings, saved.settings
            placed_the_same = (said.field, said.value, said.days) == (says.field, says.value, says.days)
            if not saved.active or not placed_the_same:
                await passes.release(connection, session, bus, before, store.placing_of(house, before))
        changed = 0
        if saved.active:
            rules = await rules_of(connection, caller.schema, saved.object, active=True)
            changed = (await passes.apply(connection, session, bus, rules, None)).changed
    return {**_document(saved, caller, 0, None), "changed": changed}


@router.delete("/grading/rules/{key}", status_code=204)
async def remove_rule(key: UUID, caller: CallerDep) -> Response:
    """Gone, with what it held."""
    caller.require_power("configure")
    house = house_session(caller.session)
    async with caller.runtime.database.transaction() as connection:
        rule = await find_rule(connection, caller.schema, key)
        placing = store.placing_of(house, rule)
        await passes.release(connection, caller.session, caller.runtime.bus, rule, placing)
        await store.remove_rule(connection, caller.schema, key)
    return Response(status_code=204)


@router.post("/grading/preview")
async def preview(body: PreviewBody, caller: CallerDep) -> dict[str, Any]:
    """How many records a rule would touch, before it is switched on."""
    caller.require_power("configure")
    house = house_session(caller.session)
    settings = RuleSettings(name="?", condition=body.condition, field=body.field, value=body.value)
    placing = checked(house, _known(caller, body.object), UUID(int=0), settings)
    async with caller.runtime.database.reader() as connection:
        return await grading.preview(connection, placing)


@router.post("/grading/apply")
async def apply(caller: CallerDep, object: Annotated[str, Query(max_length=40)]) -> dict[str, Any]:  # noqa: A002 - the parameter's name in the API
    """Ask every active rule of every record of an object now."""
    caller.require_power("configure")
    obj = _known(caller, object)
    async with caller.runtime.database.transaction() as connection:
        rules = await rules_of(connection, caller.schema, obj.id, active=True)
        done = await passes.apply(connection, caller.session, caller.runtime.bus, rules, None)
    return {"changed": done.changed}


@router.get("/records/{object_name}/{record_id}/grading")
async def record_grading(object_name: str, record_id: UUID, caller: CallerDep) -> dict[str, Any]:
    """Which rules hold what of a record, since when and until when; and how complete it is."""
    obj = caller.object(object_name)
    async with caller.runtime.database.reader() as connection:
        await queries.read_record(connection, caller.session, obj, record_id)
        rules = {rule.id: rule for rule in await rules_of(connection, caller.schema, obj.id)}
        marks = await grading.marks_of(connection, caller.schema, record_id)
        required = await completeness.required_of(connection, obj)
    fields = {field.id: field for field in obj.fields if not field.masked}
    return {
        "marks": [
            {
                "rule": {"id": str(rule), "label": rules[rule].settings.name},
                "field": fields[field].api_name,
                "value": value,
                "since": since,
                "until": until,
                "placed": bool(placed),
            }
            for rule, field, value, since, until, placed in marks
            if rule in rules and field in fields
        ],
        "completeness": completeness.required_document(required),
    }


@router.get("/completeness/{object_name}")
async def read_completeness(
    object_name: str, caller: CallerDep, by: Annotated[str, Query(max_length=40)] = "owner"
) -> dict[str, Any]:
    """Filled ÷ required per owner, department or choice, of what the caller may see."""
    obj = caller.object(object_name)
    async with caller.runtime.database.reader() as connection:
        return await completeness.figures(connection, caller.session, obj, by)


@router.get("/completeness/{object_name}/records")
async def least_complete(
    object_name: str, caller: CallerDep, owner: Annotated[UUID | None, Query()] = None
) -> dict[str, Any]:
    """The records that lack most, with what they lack."""
    obj = caller.object(object_name)
    async with caller.runtime.database.reader() as connection:
        return {"records": await completeness.least(connection, caller.session, obj, owner)}


@router.put("/completeness/{object_name}", status_code=204)
async def write_completeness(object_name: str, body: RequiredBody, caller: CallerDep) -> Response:
    """Which fields make a record of this object complete, and how much each counts."""
    caller.require_power("configure")
    obj = _known(caller, object_name)
    named = [(each.field, each.weight) for each in body.fields]
    async with caller.runtime.database.transaction() as connection:
        await completeness.write_required(connection, caller.session, obj, named, body.version)
    return Response(status_code=204)
