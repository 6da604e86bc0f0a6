"""Routes of targets: the sheet of one's people and departments, and what was attained."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict
from pydantic import Field as Bound

from banyan.api.caller import CallerDep
from banyan.api.strict import StrictRoute
from banyan.forecasts import targets, writing
from banyan.forecasts.periods import months_of
from banyan.forecasts.sheet import text, view_of
from banyan.forecasts.writing import TargetCell

router = APIRouter(prefix="/targets", tags=["forecasts"], route_class=StrictRoute)
Measure = Literal["won_amount", "won_count", "new_accounts", "activities"]
Period = Annotated[str | None, Query(max_length=8)]
_LARGEST = Decimal(10) ** 15


class CellBody(BaseModel):
    """One cell; `value` None empties it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    person: UUID | None = None
    department: UUID | None = None
    measure: Measure = "won_amount"
    period: Literal["month", "quarter", "year"] = "month"
    starts_on: date = Bound(ge=date(1900, 1, 1), le=date(9990, 12, 31))
    value: Decimal | None = Bound(ge=0, lt=_LARGEST, decimal_places=2)


class CellsBody(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    cells: tuple[CellBody, ...] = Bound(min_length=1, max_length=500)


@router.get("")
async def read_targets(
    caller: CallerDep, period: Period = None, measure: Annotated[Measure, Query()] = "won_amount"
) -> dict[str, Any]:
    """Every target within the period, person by person and department by department, with its months."""
    async with caller.runtime.database.reader() as connection:
        view = await view_of(connection, caller.session, period)
        rows = await targets.read_rows(connection, caller.session, view, measure)
        found = await targets.attainment(connection, caller.session, view, measure)
    headed = targets.led_departments(caller.session, view)
    return {
        "period": view.period_document(),
        "months": [each.document() for each in months_of(view.period)],
        "measure": measure,
        "currency": caller.session.currency,
        **found,
        "led_departments": [
            {"id": str(key), "name": view.organisation.departments[key].name}
            for key in sorted(headed, key=str)
        ],
        "cells": [
            {
                "person": row.person and str(row.person),
                "department": row.department and str(row.department),
                "period": row.period,
                "starts_on": row.starts_on.isoformat(),
                "value": text(row.value),
            }
            for row in rows
        ],
        "editable": caller.session.policy.allows("sales_target", "update"),
    }


@router.put("", status_code=204)
async def write_targets(body: CellsBody, caller: CallerDep) -> Response:
    """Set or empty cells, all or none, under the caller's rights on targets."""
    cells = [TargetCell(**each.model_dump()) for each in body.cells]
    async with caller.runtime.database.transaction() as connection:
        await writing.write_targets(connection, caller.session, caller.runtime.bus, cells)
    return Response(status_code=204)


@router.get("/attainment")
async def attainment(
    caller: CallerDep,
    period: Period = None,
    measure: Annotated[Measure, Query()] = "won_amount",
    person: Annotated[UUID | None, Query()] = None,
    department: Annotated[UUID | None, Query()] = None,
) -> dict[str, Any]:
    """Target, attained and missing: one's own, one's people's, and of departments against their people's sum."""
    async with caller.runtime.database.reader() as connection:
        view = await view_of(connection, caller.session, period, person=person, department=department)
        found = await targets.attainment(connection, caller.session, view, measure)
    return {
        "period": view.period_document(),
        "measure": measure,
        "currency": caller.session.currency,
        **found,
    }
