"""Routes of tokens: one's own, and those of services."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict
from pydantic import Field as Bound

from banyan.access import roles as access_roles
from banyan.access.facade import installed_roles
from banyan.api.account import person_of
from banyan.api.caller import Caller, CallerDep
from banyan.api.strict import StrictRoute
from banyan.audit.facade import write_audit
from banyan.identity import tokens
from banyan.identity.tokens import LONGEST_DAYS, MOST_SCOPES, NewToken
from banyan.kernel.errors import FieldProblem, InvalidInput, NotFound
from banyan.kernel.ids import parse_id

router = APIRouter(tags=["tokens"], route_class=StrictRoute)


class PersonalToken(BaseModel):
    """Scopes are "object:action" with * for either, or * alone; they narrow what the holder may do."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Bound(min_length=1, max_length=80)
    days: int = Bound(default=90, ge=1, le=LONGEST_DAYS)
    scopes: tuple[str, ...] = Bound(default=("*",), max_length=MOST_SCOPES)


class ServiceToken(PersonalToken):
    roles: tuple[str, ...] = Bound(min_length=1, max_length=20)


@router.get("/account/tokens")
async def my_tokens(caller: CallerDep) -> dict[str, Any]:
    """The caller's live tokens, without the tokens themselves."""
    async with caller.runtime.database.reader() as connection:
        return {"tokens": await tokens.tokens_of(connection, caller.schema, person_of(caller))}


@router.post("/account/tokens", status_code=201)
async def new_token(body: PersonalToken, caller: CallerDep) -> dict[str, Any]:
    """A token that acts as the caller, within its scopes; shown only here."""
    me = person_of(caller)
    return await _create(caller, NewToken(body.name, body.days, body.scopes, user_id=me))


@router.delete("/account/tokens/{token_id}", status_code=204)
async def revoke_my_token(token_id: str, caller: CallerDep) -> Response:
    """End one of the caller's tokens."""
    await _revoke(caller, token_id, person_of(caller))
    return Response(status_code=204)


@router.get("/security/tokens")
async def service_tokens(caller: CallerDep) -> dict[str, Any]:
    """The live tokens of services."""
    caller.require_power("security")
    async with caller.runtime.database.reader() as connection:
        return {"tokens": await tokens.tokens_of(connection, caller.schema, None)}


@router.post("/security/tokens", status_code=201)
async def new_service_token(body: ServiceToken, caller: CallerDep) -> dict[str, Any]:
    """A token of a service: it holds the named roles, nobody's person. Shown only here.

    Whoever gives roles away needs the power to, for a program as for a person.
    """
    caller.require_power("security")
    caller.require_power("roles")
    async with caller.runtime.database.reader() as connection:
        known = await installed_roles(connection, caller.schema)
        problems = [
            FieldProblem(f"/roles/{place}", "unknown_role", {"role": key})
            for place, key in enumerate(body.roles)
            if key not in known
        ]
        if problems:
            raise InvalidInput(problems=problems)
        await access_roles.require_givable(connection, caller.session.policy, set(body.roles))
    return await _create(caller, NewToken(body.name, body.days, body.scopes, role_keys=body.roles))


@router.delete("/security/tokens/{token_id}", status_code=204)
async def revoke_service_token(token_id: str, caller: CallerDep) -> Response:
    """End a service's token."""
    caller.require_power("security")
    await _revoke(caller, token_id, None)
    return Response(status_code=204)


async def _create(caller: Caller, wanted: NewToken) -> dict[str, Any]:
    me = person_of(caller)
    async with caller.runtime.database.transaction() as connection:
        made, token, expires = await tokens.create_token(
            connection, caller.schema, caller.workspace.key, wanted, me
        )
        detail = {"name": wanted.name, "roles": list(wanted.role_keys), "scopes": list(wanted.scopes)}
        await write_audit(connection, caller.actor, "token_created", {"token": str(made)}, detail)
    return {"id": str(made), "token": token, "expires_at": expires.isoformat()}


async def _revoke(caller: Caller, token_id: str, user_id: UUID | None) -> None:
    found = parse_id(token_id)
    if found is None:
        raise NotFound("unknown_token")
    async with caller.runtime.database.transaction() as connection:
        await tokens.revoke_token(connection, caller.schema, found, user_id)
        await write_audit(connection, caller.actor, "token_revoked", {"token": token_id}, {})
