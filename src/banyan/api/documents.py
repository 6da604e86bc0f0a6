"""Routes of documents of money: quote, contract, order with their lines, and what they would come to."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict
from pydantic import Field as Bound

from banyan.api.caller import AcceptsDep, Caller, CallerDep
from banyan.api.once import Answer, once
from banyan.api.strict import StrictRoute
from banyan.db.database import Connection
from banyan.kernel.ids import LARGEST_VERSION
from banyan.quoting import proposing, sheets
from banyan.quoting.sheets import MOST_LINES, Place

router = APIRouter(prefix="/documents/{object_name}", tags=["quoting"], route_class=StrictRoute)
Lines = Annotated[tuple[dict[str, Any], ...], Bound(max_length=MOST_LINES)]


class ProposalBody(BaseModel):
    """Fields as a record has them; what nobody writes is passed over."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    header: dict[str, Any] = Bound(default_factory=dict)
    lines: Lines = ()


class LinesBody(BaseModel):
    """The whole set of lines: one with an id is changed, one without is new, one that is missing goes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = Bound(ge=1, le=LARGEST_VERSION)
    header: dict[str, Any] = Bound(default_factory=dict)
    lines: Lines


def place_of(connection: Connection, caller: Caller, name: str) -> Place:
    """The document called `name`, as the caller may know it."""
    kind = sheets.require_kind(caller.session, name)
    return Place(connection, caller.session, caller.runtime.bus, kind)


@router.post("/calculate")
async def calculate(object_name: str, body: ProposalBody, caller: CallerDep) -> dict[str, Any]:
    """What header and lines come to; nothing is written."""
    async with caller.runtime.database.reader() as connection:
        place = place_of(connection, caller, object_name)
        return await proposing.calculate(place, body.header, body.lines)


@router.get("/{record_id}")
async def read_document(object_name: str, record_id: str, caller: CallerDep) -> dict[str, Any]:
    """A document with its lines, what may be done with it now, and whether it may still be changed."""
    async with caller.runtime.database.reader() as connection:
        return await sheets.read_document(place_of(connection, caller, object_name), record_id)


@router.put("/{record_id}/lines", dependencies=[AcceptsDep])
async def put_lines(
    object_name: str, record_id: str, body: LinesBody, request: Request, caller: CallerDep
) -> Response:
    """Write header and all lines in one transaction; answers as the document is read."""

    async def work(connection: Connection) -> Answer:
        place = place_of(connection, caller, object_name)
        await sheets.put_lines(place, record_id, body.version, body.header, body.lines)
        return Answer(orjson.dumps(await sheets.read_document(place, record_id)))

    return await once(request, caller, work)
