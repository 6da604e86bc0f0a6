"""Routes of duplicates: rules, hints, 查重."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict
from pydantic import Field as Bound

from banyan.api.caller import Caller, CallerDep
from banyan.api.strict import StrictRoute
from banyan.audit.facade import write_audit
from banyan.duplicates import asking, rules
from banyan.kernel.errors import NotFound
from banyan.metadata.catalog import Object

router = APIRouter(prefix="/duplicates", tags=["duplicates"], route_class=StrictRoute)


class Proposed(BaseModel):
    """Values of a form that is not saved yet; `id` of the record they are meant for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    object: str = Bound(max_length=63)
    values: dict[str, Any] = Bound(max_length=1_000)
    id: UUID | None = None


class Question(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = Bound(min_length=1, max_length=200)


class RulesBody(BaseModel):
    """`version` as it was read; 0 where the house's own rules were in force."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rules: list[dict[str, Any]] = Bound(max_length=rules.MOST_RULES)
    version: int = Bound(ge=0)


class LimitBody(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    per_day: int = Bound(ge=1, le=10_000)


@router.post("/check")
async def check(body: Proposed, caller: CallerDep) -> dict[str, Any]:
    """What the rules would say of these values: hints while a form is filled in."""
    obj = caller.object(body.object)
    async with caller.runtime.database.transaction() as connection:
        found = await asking.hints(connection, caller.session, obj, body.values, body.id)
    return {"matches": found}


@router.post("/ask")
async def ask(body: Question, caller: CallerDep) -> dict[str, Any]:
    """查重: whether there is such a customer, who has it and where it lies. So often a day, and audited."""
    async with caller.runtime.database.transaction() as connection:
        return await asking.ask(connection, caller.session, body.text)


@router.get("/rules")
async def read_rules(caller: CallerDep) -> dict[str, Any]:
    """Rules of every object, the limit of 查重, and how far keys are built."""
    caller.require_power("configure")
    catalog = caller.session.full
    async with caller.runtime.database.reader() as connection:
        kept = await rules.read_settings(connection, catalog)
        limit = await asking.read_limit(connection, caller.schema)
        building = await rules.read_building(connection, catalog)
    found = [
        {
            "object": obj.api_name,
            "version": kept[obj.id].version if obj.id in kept else 0,
            "rules": [body.model_dump(mode="json") for body in kept[obj.id].rules] if obj.id in kept else [],
            "building": building.get(obj.id),
        }
        for obj in catalog.objects
    ]
    return {"objects": found, "per_day": limit}


@router.put("/rules/{object_name}")
async def save_rules(object_name: str, body: RulesBody, caller: CallerDep) -> dict[str, Any]:
    """Replace the rules of an object. Keys they need are built in the background."""
    caller.require_power("configure")
    obj = _whole(caller, object_name)
    async with caller.runtime.database.transaction() as connection:
        version = await rules.save_rules(connection, caller.session, obj, body.rules, body.version)
        target = {"object": obj.api_name}
        await write_audit(
            connection, caller.actor, "duplicate_rules", target, {"rules": body.rules}, object_id=obj.id
        )
    return {"version": version}


@router.delete("/rules/{object_name}", status_code=204)
async def forget_rules(object_name: str, caller: CallerDep) -> Response:
    """Back to the rules that come with the house."""
    caller.require_power("configure")
    obj = _whole(caller, object_name)
    async with caller.runtime.database.transaction() as connection:
        await rules.forget_rules(connection, caller.session, obj)
        target = {"object": obj.api_name}
        await write_audit(
            connection, caller.actor, "duplicate_rules", target, {"rules": None}, object_id=obj.id
        )
    return Response(status_code=204)


@router.put("/limit", status_code=204)
async def set_limit(body: LimitBody, caller: CallerDep) -> Response:
    """How often a person may ask 查重 in a day."""
    caller.require_power("configure")
    async with caller.runtime.database.transaction() as connection:
        await asking.set_limit(connection, caller.schema, body.per_day)
        detail = {"per_day": body.per_day}
        await write_audit(connection, caller.actor, "duplicate_rules", {"limit": True}, detail)
    return Response(status_code=204)


def _whole(caller: Caller, name: str) -> Object:
    obj = caller.session.full.by_name.get(name)
    if obj is None:
        raise NotFound("unknown_object", object=name)
    return obj
