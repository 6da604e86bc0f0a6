"""Routes of payments and refunds: confirmed, allocated, taken back, paid out."""

from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict
from pydantic import Field as Bound

from banyan.api.caller import Caller, CallerDep
from banyan.api.once import Answer, once
from banyan.api.strict import StrictRoute
from banyan.db.database import Connection
from banyan.kernel.ids import LARGEST_VERSION
from banyan.receivables import allocating, payments
from banyan.receivables.opened import read_open
from banyan.receivables.working import Desk

router = APIRouter(tags=["receivables"], route_class=StrictRoute)
LARGEST = Decimal(10) ** 15


class Versioned(BaseModel):
    """`version` None acts on whatever version is there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int | None = Bound(default=None, ge=1, le=LARGEST_VERSION)


class NotedBody(Versioned):
    note: str | None = Bound(default=None, max_length=500)


class AllocationBody(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    payment_plan: UUID | None = None
    invoice: UUID | None = None
    amount: Decimal = Bound(gt=-LARGEST, lt=LARGEST)


class AllocationsBody(Versioned):
    allocations: tuple[AllocationBody, ...] = Bound(max_length=allocating.MOST)


class UndoBody(Versioned):
    reason: str = Bound(min_length=1, max_length=255)


class RefundBody(Versioned):
    refunded_on: date | None = None


def desk_of(connection: Connection, caller: Caller) -> Desk:
    return Desk(connection, caller.session, caller.runtime.bus)


async def acting(
    request: Request, caller: Caller, act: Callable[[Desk], Awaitable[Any]], status: int = 200
) -> Response:
    """One command in one transaction, at most once per Idempotency-Key."""

    async def work(connection: Connection) -> Answer:
        return Answer(orjson.dumps(await act(desk_of(connection, caller))), status)

    return await once(request, caller, work)


@router.post("/payments/{payment}/confirm")
async def confirm(payment: str, body: Versioned, request: Request, caller: CallerDep) -> Response:
    """The money is there; finance says so."""
    return await acting(request, caller, lambda desk: payments.confirm(desk, payment, body.version))


@router.post("/payments/{payment}/reject")
async def reject(payment: str, body: NotedBody, request: Request, caller: CallerDep) -> Response:
    """The money did not come."""
    return await acting(request, caller, lambda desk: payments.reject(desk, payment, body.version, body.note))


@router.post("/payments/{payment}/reopen")
async def reopen(payment: str, body: Versioned, request: Request, caller: CallerDep) -> Response:
    """Back to be confirmed, as long as nothing is allocated or refunded."""
    return await acting(request, caller, lambda desk: payments.reopen(desk, payment, body.version))


@router.get("/payments/{payment}/open")
async def read_open_items(payment: str, caller: CallerDep) -> dict[str, Any]:
    """What the payment may go to, oldest first, with a proposal."""
    async with caller.runtime.database.reader() as connection:
        return await read_open(desk_of(connection, caller), payment)


@router.post("/payments/{payment}/allocations", status_code=201)
async def allocate(payment: str, body: AllocationsBody, request: Request, caller: CallerDep) -> Response:
    """All of it or nothing; of what does not fit the answer says how much does."""
    wishes = [allocating.Wish(each.amount, each.payment_plan, each.invoice) for each in body.allocations]

    async def act(desk: Desk) -> dict[str, Any]:
        return {"allocations": await allocating.allocate(desk, payment, body.version, wishes)}

    return await acting(request, caller, act, 201)


@router.post("/allocations/{allocation}/undo")
async def undo(allocation: str, body: UndoBody, request: Request, caller: CallerDep) -> Response:
    """The money is free again; who undid it and why stays to be read."""
    return await acting(
        request, caller, lambda desk: allocating.undo(desk, allocation, body.version, body.reason)
    )


@router.post("/refunds/{refund}/pay")
async def pay_refund(refund: str, body: RefundBody, request: Request, caller: CallerDep) -> Response:
    """The money went back."""
    return await acting(
        request, caller, lambda desk: payments.pay_refund(desk, refund, body.version, body.refunded_on)
    )
