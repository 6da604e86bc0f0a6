"""Routes of commissions 提成 and expenses 费用."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict
from pydantic import Field as Bound

from banyan.api.caller import CallerDep
from banyan.api.registrations import DecisionBody, acting
from banyan.api.strict import StrictRoute
from banyan.commissions import expenses, reading
from banyan.kernel.ids import LARGEST_VERSION

router = APIRouter(tags=["commissions"], route_class=StrictRoute)
Period = Annotated[str | None, Query(max_length=7)]


class CloseBody(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    person: UUID
    period: str = Bound(max_length=7)


class VersionBody(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int | None = Bound(default=None, ge=1, le=LARGEST_VERSION)


@router.get("/commissions/mine")
async def read_mine(caller: CallerDep, period: Period = None) -> dict[str, Any]:
    """One's own month: each line with its deal and document, and what open instalments would bring."""
    async with caller.runtime.database.reader() as connection:
        return await reading.read_statement(connection, caller.session, None, period)


@router.get("/commissions/statement")
async def read_statement(
    caller: CallerDep, person: Annotated[UUID, Query()], period: Period = None
) -> dict[str, Any]:
    """The month of somebody one leads; finance reads everybody's."""
    async with caller.runtime.database.reader() as connection:
        return await reading.read_statement(connection, caller.session, person, period)


@router.get("/commissions/team")
async def read_team(caller: CallerDep, period: Period = None) -> dict[str, Any]:
    """What each comes to, of all whom the caller may look at."""
    async with caller.runtime.database.reader() as connection:
        return await reading.read_team(connection, caller.session, period)


@router.post("/commissions/close")
async def close(body: CloseBody, request: Request, caller: CallerDep) -> Response:
    """What a month comes to is paid and stays so; what changes later is told in a later month."""
    return await acting(request, caller, lambda desk: reading.close(desk, body.person, body.period))


@router.post("/expenses/{expense}/approve")
async def approve(expense: str, body: DecisionBody, request: Request, caller: CallerDep) -> Response:
    """By whoever may change it and does not own it."""
    return await acting(
        request, caller, lambda desk: expenses.approve(desk, expense, body.version, body.note)
    )


@router.post("/expenses/{expense}/reject")
async def reject(expense: str, body: DecisionBody, request: Request, caller: CallerDep) -> Response:
    return await acting(request, caller, lambda desk: expenses.reject(desk, expense, body.version, body.note))


@router.post("/expenses/{expense}/reimburse")
async def reimburse(expense: str, body: VersionBody, request: Request, caller: CallerDep) -> Response:
    """The money went back to whoever laid it out; finance says so."""
    return await acting(request, caller, lambda desk: expenses.reimburse(desk, expense, body.version))
