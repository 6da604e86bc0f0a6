"""Routes of one record's rights: who can see it and why, shares and team, unmasking; and seeing as somebody."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Query, Response
from pydantic import BaseModel, ConfigDict
from pydantic import Field as Bound

from banyan.access import sharing
from banyan.access.compile import load_policy
from banyan.access.sharing import ShareBody
from banyan.api.caller import Caller, CallerDep
from banyan.api.metering import roles_of
from banyan.api.strict import StrictRoute
from banyan.audit.facade import write_audit
from banyan.db.database import Connection
from banyan.identity import seeing
from banyan.kernel.actor import Actor
from banyan.kernel.errors import Conflict, Denied, FieldProblem, InvalidInput, NotFound
from banyan.kernel.ids import parse_id
from banyan.metadata.catalog import Object
from banyan.notifications.inbox import Notice, notify
from banyan.records import queries
from banyan.records.audience import audience
from banyan.records.explain import explain, is_open
from banyan.records.people import house_session, person_of
from banyan.records.principals import principal_labels
from banyan.records.session import Session
from banyan.records.unmask import unmask

router = APIRouter(tags=["access"], route_class=StrictRoute)


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Unmask(_Body):
    field: str = Bound(max_length=80)
    reason: str = Bound(max_length=500)


class SeeAs(_Body):
    user: str
    reason: str = Bound(min_length=2, max_length=500)


@router.get("/access/explain")
async def explain_access(
    name: Annotated[str, Query(alias="object", max_length=80)],
    caller: CallerDep,
    key: Annotated[str | None, Query(alias="id")] = None,
    user: str | None = None,
) -> dict[str, Any]:
    """What a person may do with an object or one of its records, and why: the caller, or anybody for `roles`."""
    async with caller.runtime.database.reader() as connection:
        session = await _asked_about(connection, caller, user)
        obj = caller.session.full.object(name) if user else caller.object(name)
        record = None
        if key is not None:
            record = await _record(connection, caller, obj, key)
        manages = caller.session.policy.has("roles") or caller.session.policy.has("audit")
        found = await explain(connection, session, obj, record, hidden=manages)
    return {"object": obj.api_name, "id": key, **found}


async def _asked_about(connection: Connection, caller: Caller, user: str | None) -> Session:
    if user is None or user == str(caller.actor.user_id):
        return caller.session
    caller.require_any("roles", "audit")
    await person_of(connection, caller.session, user)
    actor = Actor(parse_id(user), caller.schema, caller.actor.language)
    policy = await load_policy(connection, actor)
    return Session(actor, policy, caller.session.full, caller.session.currency)


async def _record(connection: Connection, caller: Caller, obj: Object, record_id: str) -> UUID:
    """A record the caller may read, or any there is for those who manage roles: they are told rights, not values."""
    found = parse_id(record_id)
    session = house_session(caller.session) if caller.session.policy.has("roles") else caller.session
    await queries.read_record(
        connection, session, session.catalog.by_id[obj.id], record_id, include_deleted=True
    )
    if found is None:
        raise NotFound("record_not_found", object=obj.api_name, id=record_id)
    return found


@router.get("/records/{object_name}/{record_id}/access")
async def who_can_see(object_name: str, record_id: str, caller: CallerDep) -> dict[str, Any]:
    """Who can see this record and why; how it is shared; what the caller may do."""
    obj = caller.object(object_name)
    async with caller.runtime.database.reader() as connection:
        await queries.read_record(connection, caller.session, obj, record_id)
        found = UUID(record_id)
        seen = await audience(connection, caller.session, obj, found)
        shares = await sharing.list_shares(connection, obj, found)
        names = await principal_labels(
            connection, house_session(caller.session), {share["principal"] for share in shares}
        )
        may_share = await _may_share(connection, caller, obj, found)
    for share in shares:
        share["label"] = names.get(share["principal"])
    return {**seen, "shares": shares, "may_share": may_share}


async def _may_share(connection: Connection, caller: Caller, obj: Object, record: UUID) -> bool:
    """Whoever may change a record by a right of their own may share it: what was shared is not passed on."""
    return await is_open(connection, caller.session, obj, record, "update")


@router.post("/records/{object_name}/{record_id}/shares", status_code=204)
async def share(
    object_name: str, record_id: str, body: Annotated[ShareBody, Body()], caller: CallerDep
) -> Response:
    """Share a record or add to its team; again with other access to change it."""
    obj, found = caller.object(object_name), parse_id(record_id)
    async with caller.runtime.database.transaction() as connection:
        await queries.read_record(connection, caller.session, obj, record_id)
        if found is None or not await _may_share(connection, caller, obj, found):
            raise Denied("share_denied", object=obj.api_name)
        names = await principal_labels(connection, house_session(caller.session), _spoken(body.principals))
        problems = [
            FieldProblem(f"/principals/{index}", "not_principal")
            for index, principal in enumerate(body.principals)
            if principal not in names
        ]
        if problems:
            raise InvalidInput(problems=problems)
        await sharing.share_record(connection, obj, found, body, caller.actor.user_id)
        target = {"object": obj.api_name, "record": record_id}
        me = caller.actor.user_id
        people = [
            UUID(name[5:]) for name in body.principals if name.startswith("user:") and name[5:] != str(me)
        ]
        await notify(
            connection, caller.schema, [Notice(each, "shared", obj.id, found, me) for each in people]
        )
        await write_audit(connection, caller.actor, "shared", target, body.model_dump(mode="json"))
    return Response(status_code=204)


def _spoken(principals: tuple[str, ...]) -> list[str]:
    """Those that are principals at all; the others are refused by the caller with their place."""
    return [each for each in principals if each.partition(":")[0] in sharing.KINDS]


@router.delete("/records/{object_name}/{record_id}/shares/{share_id}", status_code=204)
async def unshare(object_name: str, record_id: str, share_id: str, caller: CallerDep) -> Response:
    """End a share; acts from the next request."""
    obj, found, share_key = caller.object(object_name), parse_id(record_id), parse_id(share_id)
    async with caller.runtime.database.transaction() as connection:
        await queries.read_record(connection, caller.session, obj, record_id)
        if found is None or not await _may_share(connection, caller, obj, found):
            raise Denied("share_denied", object=obj.api_name)
        if share_key is None:
            raise NotFound("unknown_share", share=share_id)
        ended = await sharing.unshare_record(connection, obj, found, share_key)
        target = {"object": obj.api_name, "record": record_id}
        await write_audit(connection, caller.actor, "unshared", target, ended)
    return Response(status_code=204)


@router.post("/records/{object_name}/{record_id}/unmask")
async def unmask_value(
    object_name: str, record_id: str, body: Annotated[Unmask, Body()], caller: CallerDep
) -> dict[str, Any]:
    """One masked value in plain, for a reason that is written down."""
    obj = caller.object(object_name)
    meter, roles = caller.runtime.meter, roles_of(caller)
    await meter.check(caller.actor, "unmask", roles)
    async with caller.runtime.database.transaction() as connection:
        value = await unmask(connection, caller.session, obj, record_id, body.field, body.reason)
    await meter.book(caller.actor, "unmask", roles)
    return {"field": body.field, "value": value}


@router.post("/access/see-as", status_code=201)
async def see_as(body: Annotated[SeeAs, Body()], caller: CallerDep) -> dict[str, Any]:
    """A read-only session through somebody's eyes for half an hour. Audited, and the person is told."""
    caller.require_power("roles")
    person = parse_id(body.user)
    if person is None or person == caller.actor.user_id:
        raise Conflict("not_oneself")
    async with caller.runtime.database.transaction() as connection:
        await person_of(connection, caller.session, body.user)
        made = await seeing.open_seeing(
            connection,
            caller.schema,
            caller.workspace.key,
            person=person,
            by=caller.actor.user_id,
            origin=caller.actor.origin,
            reason=body.reason,
        )
        await write_audit(connection, caller.actor, "see_as", {"user": body.user}, {"reason": body.reason})
    return {"token": made.token, "expires_at": made.expires_at.isoformat()}


@router.get("/account/seen-by")
async def seen_by(caller: CallerDep) -> dict[str, Any]:
    """Who has looked through the caller's eyes, when and why."""
    async with caller.runtime.database.reader() as connection:
        found = await seeing.list_seeings(connection, caller.schema, caller.actor.user_id)
        names = await principal_labels(
            connection, house_session(caller.session), {f"user:{each['by']}" for each in found}
        )
    for each in found:
        each["by"] = {"id": each["by"], "label": names.get(f"user:{each['by']}")}
    return {"seen": found}
