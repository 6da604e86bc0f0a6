"""Routes of invoice requests and invoices: decided, issued, reversed."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import Field as Bound

from banyan.api.caller import CallerDep
from banyan.api.payments import LARGEST, NotedBody, Versioned, acting
from banyan.api.strict import StrictRoute
from banyan.receivables import invoicing
from banyan.receivables.invoicing import Issue, Reversal

router = APIRouter(tags=["receivables"], route_class=StrictRoute)
Number = Annotated[str | None, Bound(default=None, min_length=6, max_length=30, pattern=r"^[0-9A-Za-z-]+$")]


class IssueBody(Versioned):
    """Twenty digits of a 数电票; no number keeps the one that stands on the invoice."""

    invoice_number: Number = None
    issued_on: date | None = None

    def issue(self) -> Issue:
        return Issue(self.invoice_number, self.issued_on)


class RedBody(IssueBody):
    """`amount` None reverses all that is left."""

    amount: Decimal | None = Bound(default=None, gt=0, lt=LARGEST)
    reason: str = Bound(min_length=1, max_length=255)


@router.post("/invoice-requests/{request_id}/approve")
async def approve(request_id: str, body: NotedBody, request: Request, caller: CallerDep) -> Response:
    """May be issued."""
    return await acting(
        request, caller, lambda desk: invoicing.approve(desk, request_id, body.version, body.note)
    )


@router.post("/invoice-requests/{request_id}/reject")
async def reject(request_id: str, body: NotedBody, request: Request, caller: CallerDep) -> Response:
    """Back to whoever asked."""
    return await acting(
        request, caller, lambda desk: invoicing.reject(desk, request_id, body.version, body.note)
    )


@router.post("/invoice-requests/{request_id}/issue", status_code=201)
async def issue_request(request_id: str, body: IssueBody, request: Request, caller: CallerDep) -> Response:
    """Becomes an invoice: issued where its number is given, else a draft."""
    return await acting(
        request,
        caller,
        lambda desk: invoicing.issue_request(desk, request_id, body.version, body.issue()),
        201,
    )


@router.post("/invoices/{invoice}/issue")
async def issue_invoice(invoice: str, body: IssueBody, request: Request, caller: CallerDep) -> Response:
    """From now on the invoice stands as it is."""
    return await acting(
        request, caller, lambda desk: invoicing.issue_invoice(desk, invoice, body.version, body.issue())
    )


@router.post("/invoices/{invoice}/red", status_code=201)
async def reverse(invoice: str, body: RedBody, request: Request, caller: CallerDep) -> Response:
    """A red invoice over a part or all that is left."""
    wanted = Reversal(body.reason, body.amount, body.issue())
    return await acting(
        request, caller, lambda desk: invoicing.reverse(desk, invoice, body.version, wanted), 201
    )
