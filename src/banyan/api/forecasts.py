"""Routes of forecasts: the sheet, judgements, snapshots and what changed between them, settings."""

from dataclasses import replace
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict
from pydantic import Field as Bound

from banyan.api.caller import Caller, CallerDep
from banyan.api.strict import StrictRoute
from banyan.db.database import Connection
from banyan.forecasts import changes, judgements, shown, snapshots, writing
from banyan.forecasts.changes import Between, Which
from banyan.forecasts.drill import deals_behind
from banyan.forecasts.judgements import Place
from banyan.forecasts.mine import read_mine as read_one
from banyan.forecasts.settings import ForecastSettings, read_settings, write_settings
from banyan.forecasts.sheet import View, view_of
from banyan.kernel.errors import Denied, FieldProblem, InvalidInput
from banyan.query.deals import KINDS
from banyan.records.deals import require_figures

router = APIRouter(prefix="/forecasts", tags=["forecasts"], route_class=StrictRoute)
Period = Annotated[str | None, Query(max_length=8)]
Somebody = Annotated[UUID | None, Query()]
_LARGEST = Decimal(10) ** 15


class SettingsBody(ForecastSettings):
    version: int


class JudgementBody(BaseModel):
    """`amount` None takes back what was said."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    period: str = Bound(max_length=8)
    person: UUID
    category: str = Bound(max_length=40)
    currency: str = Bound(pattern=r"^[A-Z]{3}$")
    amount: Decimal | None = Bound(default=None, gt=-_LARGEST, lt=_LARGEST, decimal_places=2)
    note: str | None = Bound(default=None, max_length=500)


class SplitBody(BaseModel):
    """One line; without an id it is new."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: UUID | None = None
    person: UUID
    kind: str = Bound(default="revenue", max_length=40)
    share: Decimal = Bound(ge=0, le=100, decimal_places=2)
    note: str | None = Bound(default=None, max_length=200)


class SplitsBody(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    splits: tuple[SplitBody, ...] = Bound(max_length=50)


@router.get("")
async def read_sheet(
    caller: CallerDep, period: Period = None, person: Somebody = None, department: Somebody = None
) -> dict[str, Any]:
    """The sheet of whoever the caller sees: people by reporting line, figures by currency and category."""
    async with caller.runtime.database.reader() as connection:
        view = await view_of(connection, caller.session, period, person=person, department=department)
        return await shown.sheet_document(connection, caller.session, view)


@router.get("/mine")
async def read_mine(caller: CallerDep, period: Period = None) -> dict[str, Any]:
    """One's own target, attainment, forecast, and the deals that could bring what is missing."""
    me = caller.actor.user_id
    if me is None:
        raise Denied("only_in_person")
    async with caller.runtime.database.reader() as connection:
        view = await view_of(connection, caller.session, period, person=me)
        mine = replace(view, people=frozenset({me}))
        return await read_one(connection, caller.session, mine, me)


@router.get("/deals")
async def read_deals(
    caller: CallerDep,
    category: Annotated[str, Query(max_length=40)],
    period: Period = None,
    person: Somebody = None,
    own: Annotated[bool, Query()] = False,
) -> dict[str, Any]:
    """The filter behind a figure, for a list to open."""
    async with caller.runtime.database.reader() as connection:
        view = await view_of(connection, caller.session, period, person=person)
    people = [person] if own and person is not None else view.people
    return {"object": view.deal.object.api_name, "where": deals_behind(view, people, category)}


@router.put("/splits/{record}", status_code=204)
async def write_splits(record: UUID, body: SplitsBody, caller: CallerDep) -> Response:
    """The splits of a deal as a whole: the revenue shares make 100 %, or there are none."""
    async with caller.runtime.database.transaction() as connection:
        found, _ = await read_settings(connection, caller.schema)
        deal = snapshots.deals_of(caller.session, found)
        rows = [row.model_dump(mode="json", exclude_none=True) for row in body.splits]
        await writing.write_splits(connection, caller.session, caller.runtime.bus, deal, record, rows)
    return Response(status_code=204)


@router.get("/settings")
async def settings(caller: CallerDep) -> dict[str, Any]:
    """How this workspace forecasts."""
    async with caller.runtime.database.reader() as connection:
        found, version = await read_settings(connection, caller.schema)
    return {**found.model_dump(mode="json"), "version": version}


@router.put("/settings")
async def change_settings(body: SettingsBody, caller: CallerDep) -> dict[str, Any]:
    caller.require_power("configure")
    wanted = ForecastSettings.model_validate(body.model_dump(exclude={"version"}))
    snapshots.deals_of(caller.session, wanted)
    async with caller.runtime.database.transaction() as connection:
        version = await write_settings(connection, caller.session, wanted, body.version)
    return {**wanted.model_dump(mode="json"), "version": version}


@router.get("/snapshots")
async def read_snapshots(caller: CallerDep) -> dict[str, Any]:
    """Moments that a comparison may begin or end with, newest first."""
    async with caller.runtime.database.reader() as connection:
        found = await snapshots.list_snapshots(connection, caller.schema)
    return {"snapshots": [each.document() for each in found]}


@router.post("/snapshots", status_code=201)
async def take_snapshot(caller: CallerDep) -> dict[str, Any]:
    """Take one now, by hand."""
    caller.require_power("configure")
    async with caller.runtime.database.transaction() as connection:
        taken = await snapshots.take_snapshot(connection, caller.session, "by_hand")
    if taken is None:  # Only one that is due for a day can be there already.
        raise AssertionError
    return taken.document()


@router.get("/changes")
async def read_changes(
    caller: CallerDep,
    since: Annotated[UUID, Query(alias="from")],
    to: Annotated[UUID | None, Query()] = None,
    period: Period = None,
    person: Somebody = None,
    department: Somebody = None,
) -> dict[str, Any]:
    """What lies between two snapshots, or one and now: movements whose sums are the difference."""
    async with caller.runtime.database.reader() as connection:
        view = await view_of(connection, caller.session, period, person=person, department=department)
        between = await _between(connection, caller, since, to)
        found = await changes.read_changes(connection, caller.session, view, between)
    return {"period": view.period_document(), **_sides(between), "currencies": found}


@router.get("/changes/deals")
async def read_changed_deals(
    caller: CallerDep,
    since: Annotated[UUID, Query(alias="from")],
    kind: Annotated[str, Query(max_length=40)],
    currency: Annotated[str, Query(pattern="^[A-Z]{3}$")],
    category: Annotated[str | None, Query(max_length=40)] = None,
    to: Annotated[UUID | None, Query()] = None,
    period: Period = None,
    person: Somebody = None,
    department: Somebody = None,
) -> dict[str, Any]:
    """The deals behind one figure of the report."""
    if kind not in KINDS:
        raise InvalidInput(problems=[FieldProblem("/kind", "unknown_movement", {"kind": kind})])
    async with caller.runtime.database.reader() as connection:
        view = await view_of(connection, caller.session, period, person=person, department=department)
        between = await _between(connection, caller, since, to)
        which = Which(kind, currency, category)
        found = await changes.read_changed_deals(connection, caller.session, view, between, which)
    return {"deals": found}


@router.put("/judgements", status_code=204)
async def judge(body: JudgementBody, caller: CallerDep) -> Response:
    """Say what a person's line will bring in a category. Deals stay as they are."""
    async with caller.runtime.database.transaction() as connection:
        view = await view_of(connection, caller.session, body.period)
        by = _judging(caller, view, body.person)
        if caller.actor.kind == "token":  # A program that may only read deals says nothing of them either.
            caller.session.policy.require(view.deal.object.grant_key, "update")
        place = _place(view, body.person, body.category, body.currency)
        await judgements.judge(connection, caller.schema, place, body.amount, body.note, by)
    return Response(status_code=204)


@router.get("/judgements")
async def judgement_history(
    caller: CallerDep,
    period: Annotated[str, Query(max_length=8)],
    person: Annotated[UUID, Query()],
    category: Annotated[str, Query(max_length=40)],
    currency: Annotated[str, Query(pattern="^[A-Z]{3}$")],
) -> dict[str, Any]:
    """Who expected what of a person's line, newest first."""
    async with caller.runtime.database.reader() as connection:
        view = await view_of(connection, caller.session, period)
        _judging(caller, view, person)
        place = _place(view, person, category, currency)
        found = await judgements.read_history(connection, caller.schema, place)
        return {"history": [shown.judgement_document(view, each) for each in found]}


def _judging(caller: Caller, view: View, person: UUID) -> UUID:
    """Who judges. Raises Denied about somebody the caller does not lead."""
    require_figures(caller.session, view.deal)
    if caller.actor.user_id is None:
        raise Denied("only_in_person")
    if person not in view.led:
        raise Denied("not_led_by_you")
    return caller.actor.user_id


def _place(view: View, person: UUID, category: str, currency: str) -> Place:
    if category not in view.deal.open_categories:
        raise InvalidInput(problems=[FieldProblem("/category", "unknown_category", {"category": category})])
    return Place(view.period.key, person, category, currency)


async def _between(connection: Connection, caller: Caller, since: UUID, to: UUID | None) -> Between:
    before = await snapshots.find_snapshot(connection, caller.schema, since)
    after = None if to is None else await snapshots.find_snapshot(connection, caller.schema, to)
    if after is not None and after.taken_at < before.taken_at:
        raise InvalidInput(problems=[FieldProblem("/to", "snapshots_reversed")])
    return Between(before, after)


def _sides(between: Between) -> dict[str, Any]:
    after = None if between.after is None else between.after.document()
    return {"from": between.before.document(), "to": after}
