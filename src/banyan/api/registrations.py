"""Routes of deal registrations 报备: looked up, decided on, won, prolonged."""

from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict
from pydantic import Field as Bound

from banyan.api.caller import Caller, CallerDep
from banyan.api.once import Answer, once
from banyan.api.strict import StrictRoute
from banyan.db.database import Connection
from banyan.kernel.ids import LARGEST_VERSION
from banyan.partners import registrations
from banyan.records.desk import Desk

router = APIRouter(prefix="/registrations", tags=["registrations"], route_class=StrictRoute)


class CheckBody(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    customer: str = Bound(max_length=255)
    credit_code: str | None = Bound(default=None, max_length=50)


class DecisionBody(BaseModel):
    """`version` None acts on whatever version is there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int | None = Bound(default=None, ge=1, le=LARGEST_VERSION)
    note: str | None = Bound(default=None, max_length=255)


class ExtendBody(DecisionBody):
    days: int | None = Bound(default=None, ge=1, le=registrations.MOST_DAYS)


class WinBody(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int | None = Bound(default=None, ge=1, le=LARGEST_VERSION)
    opportunity: str | None = Bound(default=None, max_length=40)


async def acting(request: Request, caller: Caller, act: Callable[[Desk], Awaitable[Any]]) -> Response:
    """One command in one transaction, at most once per Idempotency-Key."""

    async def work(connection: Connection) -> Answer:
        return Answer(orjson.dumps(await act(Desk(connection, caller.session, caller.runtime.bus))), 200)

    return await once(request, caller, work)


@router.post("/check")
async def check(body: CheckBody, caller: CallerDep) -> dict[str, Any]:
    """Whether a customer is free: who protects it until when, whose customer it is, who works on a deal with it."""
    async with caller.runtime.database.reader() as connection:
        desk = Desk(connection, caller.session, caller.runtime.bus)
        return await registrations.check(desk, body.customer, body.credit_code)


@router.post("/{registration}/approve")
async def approve(registration: str, body: DecisionBody, request: Request, caller: CallerDep) -> Response:
    """Protected from today; of two registrations of one customer by two partners one is approved."""
    return await acting(
        request, caller, lambda desk: registrations.approve(desk, registration, body.version, body.note)
    )


@router.post("/{registration}/reject")
async def reject(registration: str, body: DecisionBody, request: Request, caller: CallerDep) -> Response:
    return await acting(
        request, caller, lambda desk: registrations.reject(desk, registration, body.version, body.note)
    )


@router.post("/{registration}/extend")
async def extend(registration: str, body: ExtendBody, request: Request, caller: CallerDep) -> Response:
    """Protected for longer: by the days given, else by as many as the partner has."""
    return await acting(
        request,
        caller,
        lambda desk: registrations.extend(desk, registration, body.version, body.days, body.note),
    )


@router.post("/{registration}/win")
async def win(registration: str, body: WinBody, request: Request, caller: CallerDep) -> Response:
    """The partner brought the deal; `opportunity` links it."""
    return await acting(
        request, caller, lambda desk: registrations.win(desk, registration, body.version, body.opportunity)
    )
