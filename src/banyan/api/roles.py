"""Routes of roles, their holders and sharing rules."""

from datetime import datetime
from typing import Annotated, Any, get_args

from fastapi import APIRouter, Body, Response
from pydantic import BaseModel, ConfigDict

from banyan.access import holders, sharing
from banyan.access import roles as access_roles
from banyan.access.model import ACTIONS, LEVELS, POWERS, SCOPES, HolderKind
from banyan.access.roles import RoleBody
from banyan.access.sharing import RuleBody
from banyan.api.caller import Caller, CallerDep
from banyan.api.strict import StrictRoute
from banyan.audit.facade import write_audit
from banyan.kernel.errors import FieldProblem, InvalidInput, NotFound
from banyan.kernel.ids import parse_id
from banyan.records.people import house_session
from banyan.records.principals import holder_labels, principal_labels

router = APIRouter(tags=["roles"], route_class=StrictRoute)


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class NewRole(RoleBody):
    key: str


class ChangedRole(RoleBody):
    version: int


class NewHolder(_Body):
    kind: HolderKind
    id: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@router.get("/roles")
async def list_roles(caller: CallerDep) -> dict[str, Any]:
    """All roles, and the words roles are made of."""
    caller.require_any("roles", "people", "audit")
    async with caller.runtime.database.reader() as connection:
        found = await access_roles.list_roles(connection, caller.schema)
    words = {"actions": ACTIONS, "scopes": SCOPES, "levels": LEVELS, "powers": POWERS}
    return {"roles": found, **words, "holder_kinds": get_args(HolderKind)}


@router.get("/roles/{key}")
async def read_role(key: str, caller: CallerDep) -> dict[str, Any]:
    """One role whole: grants by object and action, fields that are not fully open."""
    caller.require_any("roles", "audit")
    async with caller.runtime.database.reader() as connection:
        return await access_roles.read_role(connection, caller.session.full, key)


@router.post("/roles", status_code=201)
async def create_role(body: Annotated[NewRole, Body()], caller: CallerDep) -> dict[str, Any]:
    """A new role."""
    return await _write(caller, body.key, body, None)


@router.put("/roles/{key}")
async def change_role(key: str, body: Annotated[ChangedRole, Body()], caller: CallerDep) -> dict[str, Any]:
    """Replace a role; acts from everybody's next request."""
    return await _write(caller, key, body, body.version)


async def _write(caller: Caller, key: str, body: RoleBody, version: int | None) -> dict[str, Any]:
    caller.require_power("roles")
    catalog, policy = caller.session.full, caller.session.policy
    _check_conditions(caller, body)
    async with caller.runtime.database.transaction() as connection:
        before = None if version is None else await access_roles.read_role(connection, catalog, key)
        await access_roles.write_role(connection, catalog, policy, key, body, version=version)
        after = await access_roles.read_role(connection, catalog, key)
        detail = {"before": before, "after": after}
        await write_audit(connection, caller.actor, "role_written", {"role": key}, detail)
    return after


def _check_conditions(caller: Caller, body: RoleBody) -> None:
    """A wrong name in a condition is told now, and not by opening nothing later."""
    house = house_session(caller.session)
    for name, actions in body.grants.items():
        for action, grant in actions.items():
            if grant.condition is not None and name in house.catalog.by_name:
                place = f"/grants/{name}/{action}/condition"
                house.resolver.document(house.catalog.object(name), grant.condition, place)


@router.delete("/roles/{key}", status_code=204)
async def remove_role(key: str, caller: CallerDep) -> Response:
    """Remove a role nobody holds."""
    caller.require_power("roles")
    async with caller.runtime.database.transaction() as connection:
        before = await access_roles.read_role(connection, caller.session.full, key)
        await access_roles.remove_role(connection, caller.schema, caller.session.policy, key)
        await write_audit(connection, caller.actor, "role_removed", {"role": key}, {"before": before})
    return Response(status_code=204)


@router.get("/role-holders")
async def list_holders(caller: CallerDep, role: str | None = None) -> dict[str, Any]:
    """Who holds what through which, as one list."""
    caller.require_any("roles", "people", "audit")
    async with caller.runtime.database.reader() as connection:
        found = await holders.list_holders(connection, caller.schema, role=role)
        await holder_labels(connection, house_session(caller.session), found)
    return {"holders": found}


@router.post("/roles/{key}/holders", status_code=201)
async def give_role(key: str, body: Annotated[NewHolder, Body()], caller: CallerDep) -> dict[str, Any]:
    """Give a role to a person, position, department or group, from and until when."""
    holder = parse_id(body.id)
    for name, moment in (("starts_at", body.starts_at), ("ends_at", body.ends_at)):
        if moment is not None and moment.tzinfo is None:
            raise InvalidInput(problems=[FieldProblem(f"/{name}", "datetime_without_offset")])
    async with caller.runtime.database.transaction() as connection:
        shown = [{"kind": body.kind, "holder": {"id": body.id, "label": None}}]
        await holder_labels(connection, house_session(caller.session), shown)
        if holder is None or shown[0]["holder"]["label"] is None:  # type: ignore[index]
            raise InvalidInput(problems=[FieldProblem("/id", "unknown_holder")])
        await access_roles.require_givable(connection, caller.session.policy, [key])
        made = await holders.give(
            connection,
            caller.schema,
            role=key,
            kind=body.kind,
            holder=holder,
            starts_at=body.starts_at,
            ends_at=body.ends_at,
            by=caller.actor.user_id,
        )
        detail = body.model_dump(mode="json")
        await write_audit(connection, caller.actor, "role_given", {"role": key}, detail)
    return {"id": str(made)}


@router.delete("/roles/{key}/holders/{holding}", status_code=204)
async def take_role(key: str, holding: str, caller: CallerDep) -> Response:
    """Take a role back; acts from the next request."""
    found = parse_id(holding)
    if found is None:
        raise NotFound("unknown_role", role=key)
    async with caller.runtime.database.transaction() as connection:
        await access_roles.require_givable(connection, caller.session.policy, [key])
        taken = await holders.take(connection, caller.schema, key, found)
        await write_audit(connection, caller.actor, "role_taken", {"role": key}, taken)
    return Response(status_code=204)


@router.get("/sharing-rules")
async def list_rules(caller: CallerDep) -> dict[str, Any]:
    """All sharing rules."""
    caller.require_any("roles", "audit")
    async with caller.runtime.database.reader() as connection:
        rules = await sharing.list_rules(connection, caller.session.full)
        names = await principal_labels(
            connection, house_session(caller.session), [p for rule in rules for p in rule["principals"]]
        )
    for rule in rules:
        rule["principals"] = [{"principal": p, "label": names.get(p)} for p in rule["principals"]]
    return {"rules": rules}


@router.post("/sharing-rules", status_code=201)
async def create_rule(body: Annotated[RuleBody, Body()], caller: CallerDep) -> dict[str, Any]:
    """A new sharing rule."""
    return await _write_rule(caller, body, None)


@router.put("/sharing-rules/{rule_id}")
async def change_rule(rule_id: str, body: Annotated[RuleBody, Body()], caller: CallerDep) -> dict[str, Any]:
    """Replace a sharing rule."""
    return await _write_rule(caller, body, rule_id)


async def _write_rule(caller: Caller, body: RuleBody, rule_id: str | None) -> dict[str, Any]:
    caller.require_power("roles")
    found = None if rule_id is None else parse_id(rule_id)
    if rule_id is not None and found is None:
        raise NotFound("unknown_rule", rule=rule_id)
    # Resolved once with everything there is, so that a wrong name is told now and not when it opens nothing.
    full = house_session(caller.session)
    full.resolver.document(full.catalog.object(body.object), body.condition, "/condition")
    async with caller.runtime.database.transaction() as connection:
        written = await sharing.write_rule(
            connection, caller.session.full, body, rule_id=found, by=caller.actor.user_id
        )
        detail = body.model_dump(mode="json")
        await write_audit(connection, caller.actor, "sharing_rule_written", {"rule": str(written)}, detail)
    return {"id": str(written)}


@router.delete("/sharing-rules/{rule_id}", status_code=204)
async def remove_rule(rule_id: str, caller: CallerDep) -> Response:
    """Remove a sharing rule; what it opened is closed from the next request."""
    caller.require_power("roles")
    found = parse_id(rule_id)
    if found is None:
        raise NotFound("unknown_rule", rule=rule_id)
    async with caller.runtime.database.transaction() as connection:
        await sharing.remove_rule(connection, caller.schema, found)
        await write_audit(connection, caller.actor, "sharing_rule_removed", {"rule": rule_id}, {})
    return Response(status_code=204)
