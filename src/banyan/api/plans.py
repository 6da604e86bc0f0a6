"""Routes of payment plans: templates, a preview with exact amounts, and the plan of a document as a whole."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from pydantic import Field as Bound

from banyan.api.caller import CallerDep
from banyan.api.payments import LARGEST, desk_of
from banyan.api.strict import StrictRoute
from banyan.kernel.ids import LARGEST_VERSION
from banyan.receivables import plans, terms
from banyan.receivables.plans import Whole
from banyan.receivables.terms import Instalment, Wanted
from banyan.records.desk import today_of

router = APIRouter(prefix="/plans", tags=["receivables"], route_class=StrictRoute)
Document = Literal["contract", "sales_order"]
Money = Annotated[Decimal | None, Bound(default=None, gt=0, lt=LARGEST)]


class InstalmentBody(BaseModel):
    """Due on a day or after a milestone; so much, or so many percent of the whole."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str | None = Bound(default=None, max_length=40)
    name: str = Bound(min_length=1, max_length=100)
    due_on: date | None = None
    milestone: str | None = Bound(default=None, max_length=100)
    days_after: int | None = Bound(default=None, ge=0, le=720)
    percent: Decimal | None = Bound(default=None, gt=0, le=100, decimal_places=4)
    amount: Money = None
    note: str | None = Bound(default=None, max_length=2000)

    def instalment(self) -> Instalment:
        found = Instalment(**self.model_dump())
        return replace(found, milestone=(found.milestone or "").strip() or None)


class PlanBody(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = Bound(ge=1, le=LARGEST_VERSION)
    instalments: tuple[InstalmentBody, ...] = Bound(min_length=1, max_length=terms.MOST)


LAST_DAY = date(2199, 12, 31)  # the calendar of this server ends in 9999: terms are counted from here on


class PreviewBody(BaseModel):
    """`template`, or instalments of one's own; amounts of the named document, or `total` in `currency`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    document: Document | None = None
    id: str | None = Bound(default=None, max_length=40)
    total: Money = None
    currency: str | None = Bound(default=None, pattern=r"^[A-Z]{3}$")
    template: str | None = Bound(default=None, max_length=40)
    count: int = Bound(default=3, ge=1, le=terms.MOST)
    starts_on: date | None = Bound(default=None, le=LAST_DAY)
    instalments: tuple[InstalmentBody, ...] = Bound(default=(), max_length=terms.MOST)


@router.get("/templates")
async def read_templates(caller: CallerDep) -> dict[str, Any]:
    """Terms to begin with; `counted` ones ask for a number of parts."""
    del caller
    found = [
        {"key": each.key, "label": each.label, "counted": not each.steps} for each in terms.TEMPLATES.values()
    ]
    return {"templates": found}


@router.post("/preview")
async def preview(body: PreviewBody, caller: CallerDep) -> dict[str, Any]:
    """What a plan would be; nothing is written."""
    session = caller.session
    async with caller.runtime.database.reader() as connection:
        desk = desk_of(connection, caller)
        if body.document is not None and body.id is not None and body.total is None:
            document = await plans.document_of(desk, body.document, body.id)
            whole = plans.whole_of(desk, body.document, document)
        else:
            whole = Whole(body.total or Decimal(0), body.currency or session.currency)
    rows = [each.instalment() for each in body.instalments]
    if body.template is not None:
        begins = body.starts_on or today_of(session)
        rows = terms.from_template(Wanted(body.template, begins, body.count, session.actor.language))
    return plans.shown(whole, terms.valued(whole.total, whole.currency, rows))


@router.get("/{document}/{record_id}")
async def read_plan(document: Document, record_id: str, caller: CallerDep) -> dict[str, Any]:
    """The instalments of a contract or order in order, and the document's version."""
    async with caller.runtime.database.reader() as connection:
        return await plans.read_plan(desk_of(connection, caller), document, record_id)


@router.put("/{document}/{record_id}")
async def write_plan(document: Document, record_id: str, body: PlanBody, caller: CallerDep) -> dict[str, Any]:
    """The plan is this from now on: all of it in one transaction, and exactly the document's amount."""
    rows = [each.instalment() for each in body.instalments]
    async with caller.runtime.database.transaction() as connection:
        return await plans.write_plan(desk_of(connection, caller), document, record_id, body.version, rows)
