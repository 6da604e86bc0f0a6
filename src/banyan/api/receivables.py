"""Routes of receivables: ageing, figures, statements, balances, reconciliation."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query

from banyan.api.caller import CallerDep
from banyan.api.payments import desk_of
from banyan.api.strict import StrictRoute
from banyan.receivables.ageing import By
from banyan.receivables.ageing import read_ageing as ageing
from banyan.receivables.reconciliation import read_report, reconcile
from banyan.receivables.statement import read_balance as balance
from banyan.receivables.statement import read_statement as statement
from banyan.receivables.summary import read_summary as summary
from banyan.receivables.working import require_finance

router = APIRouter(prefix="/receivables", tags=["receivables"], route_class=StrictRoute)


@router.get("/ageing")
async def read_ageing(
    caller: CallerDep, by: Annotated[By, Query()] = "account", on: Annotated[date | None, Query()] = None
) -> dict[str, Any]:
    """What is open by how late it is, as far as the caller sees the instalments."""
    async with caller.runtime.database.reader() as connection:
        return await ageing(connection, caller.session, by, on)


@router.get("/summary")
async def read_summary(caller: CallerDep) -> dict[str, Any]:
    """Due, overdue, received, to be confirmed, advances, and what will come in."""
    async with caller.runtime.database.reader() as connection:
        return await summary(connection, caller.session)


@router.get("/statement/{account}")
async def read_statement(
    account: str,
    caller: CallerDep,
    since: Annotated[date, Query(alias="from")],
    until: Annotated[date, Query(alias="to")],
    currency: Annotated[str | None, Query(pattern="^[A-Z]{3}$")] = None,
) -> dict[str, Any]:
    """Opening balance, movements and closing balance of a customer in one currency."""
    async with caller.runtime.database.reader() as connection:
        return await statement(connection, caller.session, account, (since, until), currency)


@router.get("/balance/{account}")
async def read_balance(account: str, caller: CallerDep) -> dict[str, Any]:
    """What a customer owes less what was paid in advance, beside the credit limit."""
    async with caller.runtime.database.reader() as connection:
        return await balance(connection, caller.session, account)


@router.get("/reconciliation")
async def read_reconciliation(caller: CallerDep) -> dict[str, Any]:
    """The last check of all money against its rows, with what it found."""
    require_finance(caller.session)
    async with caller.runtime.database.reader() as connection:
        return await read_report(connection, caller.session)


@router.post("/reconciliation/run")
async def run_reconciliation(caller: CallerDep) -> dict[str, Any]:
    """Check now."""
    require_finance(caller.session)
    async with caller.runtime.database.transaction() as connection:
        await reconcile(desk_of(connection, caller))
    async with caller.runtime.database.reader() as connection:
        return await read_report(connection, caller.session)
