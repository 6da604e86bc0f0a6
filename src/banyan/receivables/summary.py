"""The figures at the top of the dashboard: due, overdue, received, to be confirmed, advances, what will come in."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from banyan.db.database import Connection
from banyan.query.receivables_reports import DUE, FORECAST, PAYMENTS
from banyan.receivables.amounts import money, own_amount, rates_of
from banyan.receivables.terms import months_after
from banyan.receivables.working import is_finance
from banyan.records.desk import today_of
from banyan.records.ledgers import ask_readable, require_fields, sees
from banyan.records.session import Session

MONTHS = 6
Rates = dict[str, Decimal]


async def read_summary(connection: Connection, session: Session) -> dict[str, Any]:
    """Payments are told to who may read them; instalments decide who may ask at all."""
    require_fields(session, "payment_plan", "amount", "outstanding", "due_on", "in_force")
    today = today_of(session)
    week_end = today + timedelta(days=7 - today.isoweekday())
    month_end = today.replace(day=monthrange(today.year, today.month)[1])
    until = months_after(today.replace(day=1), MONTHS)
    binds = {"today": today, "week_end": week_end, "month_end": month_end}
    due = await ask_readable(connection, session, "payment_plan", DUE, **binds)
    coming = await ask_readable(connection, session, "payment_plan", FORECAST, today=today, until=until)
    paid = await _payments(connection, session, today)
    currencies = {row[0] for row in (*due, *paid)}
    rates = await rates_of(connection, session, currencies, today)
    return {
        "today": today.isoformat(),
        "week_end": week_end.isoformat(),
        "month_end": month_end.isoformat(),
        "currency": session.currency,
        "finance": is_finance(session),
        "without_rate": sorted(currencies - rates.keys()),
        "overdue": _figure(due, 1, rates, session.currency),
        "due_this_week": _figure(due, 3, rates, session.currency),
        "due_this_month": _figure(due, 5, rates, session.currency),
        "outstanding": _figure(due, 7, rates, session.currency),
        "received_this_month": _figure(paid, 1, rates, session.currency),
        "to_be_confirmed": _figure(paid, 3, rates, session.currency),
        "advances": _figure(paid, 5, rates, session.currency),
        "forecast": _months(coming, today, rates, session.currency),
    }


async def _payments(connection: Connection, session: Session, today: date) -> Sequence[Any]:
    if not sees(session, "payment", "amount", "available", "status", "received_on"):
        return []
    month_start = today.replace(day=1)
    return await ask_readable(connection, session, "payment", PAYMENTS, month_start=month_start, today=today)


def _figure(rows: Sequence[Any], place: int, rates: Rates, own: str) -> dict[str, Any]:
    sums = {row[0]: Decimal(row[place]) for row in rows}
    total, _ = own_amount(sums, rates, own)
    apart = [{"amount": format(each, "f"), "currency": key} for key, each in sorted(sums.items()) if each]
    return {**money(total, own), "count": sum(row[place + 1] for row in rows), "currencies": apart}


def _months(rows: Sequence[Any], today: date, rates: Rates, own: str) -> list[dict[str, Any]]:
    """This month and those after it; what is overdue stands in this month."""
    found = []
    for step in range(MONTHS):
        key = months_after(today.replace(day=1), step).strftime("%Y-%m")
        sums = {row[1]: Decimal(row[2]) for row in rows if row[0] == key}
        found.append({"month": key, **money(own_amount(sums, rates, own)[0], own)})
    return found
