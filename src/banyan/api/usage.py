"""Routes of "where is this used?" and of how full fields are."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from banyan.api.caller import CallerDep
from banyan.api.strict import StrictRoute
from banyan.configuration.usage import fields_filled, target_of, uses_everywhere, uses_of_role

router = APIRouter(prefix="/metadata/usage", tags=["metadata"], route_class=StrictRoute)


@router.get("")
async def usage(
    caller: CallerDep,
    object: Annotated[str, Query(max_length=40)],  # noqa: A002 - the name the API gives it
    field: Annotated[str | None, Query(max_length=40)] = None,
    choice: Annotated[str | None, Query(max_length=40)] = None,
) -> dict[str, Any]:
    """What uses an object, a field, or a choice of a field (power `configure`)."""
    caller.require_power("configure")
    catalog = caller.session.full
    target = target_of(catalog, object, field, choice)
    async with caller.runtime.database.reader() as connection:
        return {"uses": await uses_everywhere(connection, catalog, target)}


@router.get("/roles/{key}")
async def role_usage(key: str, caller: CallerDep) -> dict[str, Any]:
    """What is for a role: views, layouts, sharing rules, holders (power `configure` or `roles`)."""
    caller.require_any("configure", "roles")
    async with caller.runtime.database.reader() as connection:
        return {"uses": await uses_of_role(connection, caller.session.full, key)}


@router.get("/fields/{object_name}")
async def filled(object_name: str, caller: CallerDep) -> dict[str, Any]:
    """Per field how many records have a value, when one was last written, how often it is used (power `configure`)."""
    caller.require_power("configure")
    catalog = caller.session.full
    async with caller.runtime.database.reader() as connection:
        found = await fields_filled(connection, catalog, catalog.object(object_name))
    return {"total": found.total, "sampled": found.sampled, "fields": found.fields}
