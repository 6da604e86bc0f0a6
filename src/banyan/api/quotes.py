"""Routes of what is done with quotes, contracts and orders: versions, release, sending, answers, making, returns."""

from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal
from urllib.parse import quote as quoted
from uuid import UUID

import orjson
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict
from pydantic import Field as Bound

from banyan.api.caller import AcceptsDep, Caller, CallerDep
from banyan.api.documents import place_of
from banyan.api.once import Answer, once
from banyan.api.strict import StrictRoute
from banyan.audit.facade import write_audit
from banyan.db.database import Connection
from banyan.kernel.ids import LARGEST_VERSION
from banyan.quoting import amending, approving, converting, links, returning, sending, versions
from banyan.quoting.moving import Act, act_on
from banyan.quoting.sheets import read_document

router = APIRouter(tags=["quoting"], route_class=StrictRoute)
Version = Annotated[int, Bound(ge=1, le=LARGEST_VERSION)]
Note = Annotated[str | None, Bound(max_length=500)]
Moves = Literal["submit", "release", "refuse", "recall", "accept", "decline", "cancel"]
Acting = Callable[[Act], Awaitable[None]]
Making = Callable[[Act], Awaitable[dict[str, Any]]]
_MOVES: dict[str, Acting] = {
    "submit": approving.submit,
    "release": approving.release,
    "refuse": approving.refuse,
    "recall": approving.recall,
    "accept": sending.accept,
    "decline": sending.decline,
    "cancel": sending.cancel,
}


class ActBody(BaseModel):
    """`version`: of the document as the caller knows it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Version
    note: Note = None


class SendBody(ActBody):
    """`valid_until`: instead of the day that the quote names; an expired one needs a new day."""

    valid_until: date | None = Bound(default=None, ge=date(1900, 1, 1), le=date(9990, 12, 31))


class ReturnedBody(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    order_line: UUID
    quantity: Annotated[Decimal, Bound(gt=0, le=999_999_999, decimal_places=3)]


class ReturnBody(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Version | None = None
    lines: tuple[ReturnedBody, ...] = Bound(min_length=1, max_length=500)
    reason: Annotated[str, Bound(min_length=1, max_length=500)]


async def _moved(
    request: Request, caller: Caller, name: str, key: str, body: ActBody, move: Acting
) -> Response:
    async def work(connection: Connection) -> Answer:
        act = act_on(place_of(connection, caller, name), key, body.version, body.note)
        await move(act)
        return Answer(orjson.dumps(await read_document(act.place, act.id)))

    return await once(request, caller, work)


async def _made(
    request: Request, caller: Caller, name: str, key: str, version: int | None, making: Making
) -> Response:
    async def work(connection: Connection) -> Answer:
        act = act_on(place_of(connection, caller, name), key, version)
        return Answer(orjson.dumps(await making(act)), 201)

    return await once(request, caller, work)


@router.get("/quotes/{record_id}/versions")
async def read_versions(record_id: str, caller: CallerDep) -> dict[str, Any]:
    """Every version of a quote, each with what differs from the one before."""
    async with caller.runtime.database.reader() as connection:
        place = place_of(connection, caller, "quote")
        return {"versions": await versions.read_versions(place, record_id)}


@router.post("/quotes/{record_id}/versions", status_code=201, dependencies=[AcceptsDep])
async def make_version(record_id: str, body: ActBody, request: Request, caller: CallerDep) -> Response:
    """A draft that is to take the quote's place."""
    return await _made(request, caller, "quote", record_id, body.version, versions.new_version)


@router.get("/quotes/{record_id}/evidence")
async def read_evidence(record_id: str, caller: CallerDep) -> dict[str, Any]:
    """What is kept of the customer's answer."""
    async with caller.runtime.database.reader() as connection:
        place = place_of(connection, caller, "quote")
        document = await read_document(place, record_id)
        return await sending.read_evidence(act_on(place, document["document"]["id"]))


@router.post("/quotes/{record_id}/send")
async def send(record_id: str, body: SendBody, request: Request, caller: CallerDep) -> Response:
    """The quote goes out as it is; what was sent is kept with its hash."""

    async def move(act: Act) -> None:
        await sending.send(act, body.valid_until)

    return await _moved(request, caller, "quote", record_id, body, move)


@router.post("/quotes/{record_id}/link")
async def make_link(record_id: str, body: ActBody, caller: CallerDep) -> dict[str, str]:
    """The address under which the customer answers; it is told once. An address given before ends."""
    async with caller.runtime.database.transaction() as connection:
        act = act_on(place_of(connection, caller, "quote"), record_id, body.version)
        token, ends = await links.make_link(act)
        about = {"object": "quote", "record": str(act.id)}
        await write_audit(connection, caller.actor, "quote_link_made", about, {"until": ends.isoformat()})
    base = (caller.runtime.settings.public_url or "").rstrip("/")
    return {"url": f"{base}/accept/{quoted(token)}", "expires_at": ends.isoformat()}


@router.post("/quotes/{record_id}/contract", status_code=201, dependencies=[AcceptsDep])
async def make_contract(record_id: str, body: ActBody, request: Request, caller: CallerDep) -> Response:
    """The contract of an accepted quote."""
    return await _made(request, caller, "quote", record_id, body.version, converting.to_contract)


@router.post("/quotes/{record_id}/order", status_code=201, dependencies=[AcceptsDep])
async def make_order(record_id: str, body: ActBody, request: Request, caller: CallerDep) -> Response:
    """The order of an accepted quote."""
    return await _made(request, caller, "quote", record_id, body.version, converting.to_order)


@router.post("/quotes/{record_id}/{move}")
async def move_quote(
    record_id: str, move: Moves, body: ActBody, request: Request, caller: CallerDep
) -> Response:
    """Submit, release, refuse, recall, accept, decline or cancel a quote."""
    return await _moved(request, caller, "quote", record_id, body, _MOVES[move])


@router.post("/contracts/{record_id}/amendments", status_code=201, dependencies=[AcceptsDep])
async def make_amendment(record_id: str, body: ActBody, request: Request, caller: CallerDep) -> Response:
    """A draft that takes the contract's place when it is signed."""
    return await _made(request, caller, "contract", record_id, body.version, amending.amend)


@router.post("/contracts/{record_id}/orders", status_code=201, dependencies=[AcceptsDep])
async def order_contract(record_id: str, body: ActBody, request: Request, caller: CallerDep) -> Response:
    """An order over what of the contract is not ordered yet."""
    return await _made(request, caller, "contract", record_id, body.version, converting.order_of_contract)


@router.post("/contracts/{record_id}/renewal", status_code=201, dependencies=[AcceptsDep])
async def renew_contract(record_id: str, body: ActBody, request: Request, caller: CallerDep) -> Response:
    """A draft for the time after the contract."""
    return await _made(request, caller, "contract", record_id, body.version, amending.renew)


@router.post("/orders/{record_id}/returns", status_code=201, dependencies=[AcceptsDep])
async def return_goods(record_id: str, body: ReturnBody, request: Request, caller: CallerDep) -> Response:
    """A return of goods of an order."""
    lines = [(line.order_line, line.quantity) for line in body.lines]

    async def making(act: Act) -> dict[str, Any]:
        return await returning.take_back(act, lines, body.reason)

    return await _made(request, caller, "sales_order", record_id, body.version, making)
