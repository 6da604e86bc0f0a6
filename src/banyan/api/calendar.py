"""Routes of what formulas read beside records: the working calendar and the rates of exchange."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, ConfigDict
from pydantic import Field as Bound

from banyan.api.caller import Caller, CallerDep
from banyan.api.strict import StrictRoute
from banyan.audit.facade import write_audit
from banyan.db.database import Connection
from banyan.kernel.errors import Conflict, NotFound
from banyan.metadata.computing import computed_of
from banyan.metadata.formulas import calendar
from banyan.records.recalculating import recalculate

router = APIRouter(tags=["calendar"], route_class=StrictRoute)
_MOST_RATES = 5_000
_MOST_AT_ONCE = 1_000
_LEAST_YEAR, _LAST_YEAR = 1900, 2200
Currency = Annotated[str, Bound(pattern=r"^[A-Z]{3}$")]
Year = Annotated[int, Bound(ge=_LEAST_YEAR, le=_LAST_YEAR)]


def _configurer(caller: CallerDep) -> Caller:
    caller.require_power("configure")
    return caller


Configurer = Annotated[Caller, Depends(_configurer)]


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class WeekBody(_Body):
    """Weekdays that are worked, Monday 1 to Sunday 7."""

    days: tuple[Annotated[int, Bound(ge=1, le=7)], ...] = Bound(min_length=1, max_length=7)


class DayBody(_Body):
    day: date
    working: bool
    label: str | None = Bound(default=None, max_length=80)


class DaysBody(_Body):
    days: tuple[DayBody, ...] = Bound(min_length=1, max_length=_MOST_AT_ONCE)


class ChinaBody(_Body):
    year: Year


class RateBody(_Body):
    currency: Currency
    day: date
    rate: Decimal = Bound(gt=0, lt=10**12, max_digits=30, decimal_places=12)


class RatesBody(_Body):
    rates: tuple[RateBody, ...] = Bound(min_length=1, max_length=_MOST_AT_ONCE)


@router.get("/calendar")
async def read_calendar(caller: CallerDep, year: Annotated[Year, Query()]) -> dict[str, Any]:
    """The working week, and the days of a year that differ from it."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    async with caller.runtime.database.reader() as connection:
        week = await calendar.read_week(connection, caller.schema)
        days = await calendar.read_days(connection, caller.schema, first, last)
    shown = [{"day": each.day.isoformat(), "working": each.working, "label": each.label} for each in days]
    return {"week": week, "days": shown}


@router.put("/calendar/week", status_code=204)
async def set_week(body: WeekBody, caller: Configurer) -> Response:
    """Say which weekdays are worked."""
    async with caller.runtime.database.transaction() as connection:
        before = await calendar.read_week(connection, caller.schema)
        await calendar.write_week(connection, caller.schema, body.days)
        await _changed(connection, caller, "calendar", {"before": before, "after": sorted(set(body.days))})
    return Response(status_code=204)


@router.put("/calendar/days", status_code=204)
async def set_days(body: DaysBody, caller: Configurer) -> Response:
    """Say which days are worked or not whatever their weekday; known ones are overwritten."""
    days = [calendar.Day(each.day, each.working, each.label) for each in body.days]
    async with caller.runtime.database.transaction() as connection:
        await _write_days(connection, caller, days, {"days": len(days)})
    return Response(status_code=204)


@router.post("/calendar/china")
async def load_china(body: ChinaBody, caller: Configurer) -> dict[str, Any]:
    """Take over the days off of mainland China for a year, and the days worked instead."""
    days = list({each.day: each for each in calendar.holidays_of_china(body.year)}.values())
    async with caller.runtime.database.transaction() as connection:
        await _write_days(connection, caller, days, {"year": body.year, "days": len(days)})
    return {"days": len(days)}


@router.delete("/calendar/days/{day}", status_code=204)
async def remove_day(day: date, caller: Configurer) -> Response:
    """The day is as its weekday again."""
    async with caller.runtime.database.transaction() as connection:
        if not await calendar.remove_day(connection, caller.schema, day):
            raise NotFound("unknown_calendar_day", day=day.isoformat())
        await _changed(connection, caller, "calendar", {"removed": day.isoformat()})
    return Response(status_code=204)


@router.get("/exchange-rates")
async def read_rates(
    caller: CallerDep, currency: Annotated[Currency | None, Query()] = None
) -> dict[str, Any]:
    """Rates to the workspace's currency, newest first."""
    async with caller.runtime.database.reader() as connection:
        found = await calendar.read_rates(connection, caller.schema, currency, _MOST_RATES)
    rates = [
        {"currency": each.currency, "day": each.day.isoformat(), "rate": format(each.rate.normalize(), "f")}
        for each in found
    ]
    return {"currency": caller.workspace.currency, "rates": rates}


@router.put("/exchange-rates", status_code=204)
async def set_rates(body: RatesBody, caller: Configurer) -> Response:
    """Say what one unit of a currency is worth from a day on; known ones are overwritten."""
    home = caller.workspace.currency
    if any(each.currency == home for each in body.rates):
        raise Conflict("rate_of_own_currency", currency=home)
    rates = {
        (each.currency, each.day): calendar.Rate(each.currency, each.day, each.rate) for each in body.rates
    }
    async with caller.runtime.database.transaction() as connection:
        await calendar.write_rates(connection, caller.schema, list(rates.values()))
        currencies = sorted({each.currency for each in body.rates})
        await _changed(connection, caller, "rates", {"currencies": currencies, "rates": len(rates)})
    return Response(status_code=204)


@router.delete("/exchange-rates/{currency}/{day}", status_code=204)
async def remove_rate(
    currency: Annotated[str, Path(pattern=r"^[A-Z]{3}$")], day: date, caller: Configurer
) -> Response:
    """Forget a rate; the one before it holds on."""
    async with caller.runtime.database.transaction() as connection:
        if not await calendar.remove_rate(connection, caller.schema, currency, day):
            raise NotFound("unknown_rate", currency=currency, day=day.isoformat())
        await _changed(connection, caller, "rates", {"removed": f"{currency} {day.isoformat()}"})
    return Response(status_code=204)


async def _write_days(
    connection: Connection, caller: Caller, days: list[calendar.Day], detail: dict[str, Any]
) -> None:
    unique = list({each.day: each for each in days}.values())
    await calendar.write_days(connection, caller.schema, unique)
    await _changed(connection, caller, "calendar", detail)


async def _changed(connection: Connection, caller: Caller, source: str, detail: dict[str, Any]) -> None:
    """Written down, and what was computed from it is set anew by the worker."""
    catalog = caller.session.full
    nodes = computed_of(catalog).reading(sources={source})
    if nodes:
        await recalculate(connection, catalog, nodes, source)
    if source == "rates":
        await write_audit(connection, caller.actor, "rates_changed", {}, detail)
    else:
        await write_audit(connection, caller.actor, "calendar_changed", {}, detail)
