"""Routes of pipelines: where a record stands, what stands still, how deals flow; and of leads that become customers."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict
from pydantic import Field as Bound

from banyan.api.caller import AcceptsDep, Caller, CallerDep
from banyan.api.once import Answer, once
from banyan.api.strict import StrictRoute
from banyan.db.database import Connection
from banyan.kernel.errors import InvalidInput, NotFound
from banyan.kernel.ids import LARGEST_VERSION, parse_id
from banyan.pipelines import flow, proposal, standing, stuck, unconversion
from banyan.pipelines.conversion import Converting, Part, Wish, require_lead
from banyan.records.stage_flow import Asked

router = APIRouter(tags=["pipelines"], route_class=StrictRoute)


class Tick(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    done: bool


class PartBody(BaseModel):
    """`id` of a record that is there, or `values` of a new one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str | None = Bound(default=None, max_length=40)
    values: dict[str, Any] = Bound(default_factory=dict)

    def part(self) -> Part:
        return Part(self.id, self.values)


class Conversion(BaseModel):
    """`contact` and `opportunity` none: there is none. `owner`: of what is made; none: the caller."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    account: PartBody
    contact: PartBody | None = None
    opportunity: PartBody | None = None
    owner: UUID | None = None
    version: int | None = Bound(default=None, ge=1, le=LARGEST_VERSION)

    def wish(self) -> Wish:
        return Wish(
            self.account.part(),
            None if self.contact is None else self.contact.part(),
            None if self.opportunity is None else self.opportunity.part(),
            None if self.owner is None else str(self.owner),
            self.version,
        )


@router.get("/pipelines/{object_name}/stuck")
async def read_stuck(
    object_name: str,
    caller: CallerDep,
    owner: Annotated[UUID | None, Query()] = None,
    pipeline: Annotated[str | None, Query(max_length=40)] = None,
    why: Annotated[Literal["rotten", "no_step"] | None, Query()] = None,
) -> dict[str, Any]:
    """Open records that stand still, among those the caller may read; and at whom."""
    obj = caller.object(object_name)
    wish = stuck.Wish(None if owner is None else str(owner), pipeline, why)
    async with caller.runtime.database.reader() as connection:
        return await stuck.read_stuck(connection, caller.session, obj, wish)


@router.get("/pipelines/{object_name}/flow")
async def read_flow(
    object_name: str,
    caller: CallerDep,
    since: Annotated[date, Query(alias="from")],
    until: Annotated[date, Query(alias="to")],
    pipeline: Annotated[str | None, Query(max_length=40)] = None,
    owner: Annotated[UUID | None, Query()] = None,
) -> dict[str, Any]:
    """Per stage who came in, went on and was lost from one day to another; and the velocity of the whole."""
    obj = caller.object(object_name)
    machine = stuck.require_machine(caller.session, obj)
    if until < since:
        raise InvalidInput("days_turned")
    chosen = standing.pipeline_named(machine, pipeline)
    asked = Asked(machine, chosen, since, until, None if owner is None else str(owner))
    async with caller.runtime.database.reader() as connection:
        return await flow.read_flow(connection, caller.session, obj, asked)


@router.get("/pipelines/{object_name}/{record_id}")
async def read_standing(object_name: str, record_id: str, caller: CallerDep) -> dict[str, Any]:
    """Where a record stands: stage, since when, where it may go, its checklist, how it came here."""
    obj = caller.object(object_name)
    async with caller.runtime.database.reader() as connection:
        return await standing.read_standing(connection, caller.session, obj, record_id)


@router.put("/pipelines/{object_name}/{record_id}/checks/{stage}/{item}", status_code=204)
async def tick(
    object_name: str, record_id: str, stage: str, item: str, body: Tick, caller: CallerDep
) -> Response:
    """Tick an item of a stage's checklist off, or take the tick back."""
    obj = caller.object(object_name)
    async with caller.runtime.database.transaction() as connection:
        await standing.tick(connection, caller.session, obj, record_id, stage, item, done=body.done)
    return Response(status_code=204)


@router.get("/leads/{lead_id}/conversion")
async def propose(lead_id: str, caller: CallerDep) -> dict[str, Any]:
    """What the lead would become: values of account, contact and opportunity; none of what one may not make."""
    obj = caller.object(proposal.LEAD)
    async with caller.runtime.database.reader() as connection:
        return await proposal.propose(connection, caller.session, obj, lead_id)


@router.post("/leads/{lead_id}/convert", status_code=201, dependencies=[AcceptsDep])
async def convert(lead_id: str, body: Conversion, request: Request, caller: CallerDep) -> Response:
    """Make an account, a contact and an opportunity of a lead, or join it to those there are: all of it or nothing."""

    async def work(connection: Connection) -> Answer:
        became = await _converting(connection, caller, lead_id).run(body.wish())
        return Answer(orjson.dumps(became), 201)

    return await once(request, caller, work)


@router.delete("/leads/{lead_id}/conversion", status_code=204)
async def take_back(lead_id: str, caller: CallerDep) -> Response:
    """Take a conversion back, within a day and as long as nothing was added to what it made."""
    async with caller.runtime.database.transaction() as connection:
        await unconversion.undo(_converting(connection, caller, lead_id))
    return Response(status_code=204)


def _converting(connection: Connection, caller: Caller, lead_id: str) -> Converting:
    obj = require_lead(caller.session)
    key = parse_id(lead_id)
    if key is None:
        raise NotFound("record_not_found", object=obj.api_name, id=lead_id)
    return Converting(connection, caller.session, caller.runtime.bus, obj, key)
