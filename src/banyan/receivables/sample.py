"""Receivables of the sample: plans of its contracts, payments of most, one more than was due, one to be confirmed."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import cycle
from typing import Any
from uuid import UUID

from banyan.db.database import Connection
from banyan.kernel.money import rounded
from banyan.receivables import allocating, payments, plans, terms
from banyan.receivables.allocating import Wish
from banyan.receivables.hooks import LIVE_CONTRACT
from banyan.receivables.working import Desk

# One after the other: the template, how much of the first instalment comes in, and whether finance has confirmed it.
_COURSES = (
    ("three_steps", "1", True),
    ("halves", "1.1", True),
    ("quarterly", "0", False),
    ("three_steps", "1", False),
    ("monthly", "0.6", True),
)


async def sample(connection: Connection, session: Any, bus: Any, made: Mapping[str, Sequence[UUID]]) -> None:
    """Nothing where the sample has no contracts."""
    desk = Desk(connection, session, bus)
    for key, course in zip(made.get("contract", ()), cycle(_COURSES), strict=False):
        document = await desk.read("contract", key)
        if document.get("amount") and not int(document.get("plan_count") or 0):
            await _course(desk, document, *course)


async def _course(desk: Desk, document: dict[str, Any], template: str, share: str, confirmed: bool) -> None:
    signed = document.get("signed_on")
    begins = date.fromisoformat(signed) if signed else desk.today
    rows = terms.from_template(terms.Wanted(template, begins, 4, desk.session.actor.language))
    plan = await plans.write_plan(desk, "contract", document["id"], document["version"], rows)
    first = plan["instalments"][0]
    currency, due = first["amount"]["currency"], Decimal(first["amount"]["amount"])
    paid = rounded(due * Decimal(share), currency)
    received = begins + timedelta(days=9)
    if document["status"] not in LIVE_CONTRACT or not paid or received > desk.today:
        return
    owner = document.get("owner") or {}
    values = {
        "account": document["account"]["id"],
        "company": (document.get("company") or {}).get("id"),
        "contract": document["id"],
        "owner": owner.get("id"),
        "received_on": received.isoformat(),
        "amount": {"amount": format(paid, "f"), "currency": currency},
        "payer": document["account"].get("label"),
    }
    (payment,) = await desk.house.create(desk.full("payment"), [values])
    if confirmed:
        await payments.confirm(desk, str(payment.id), None)
        await allocating.allocate(desk, str(payment.id), None, [Wish(min(paid, due), UUID(first["id"]))])
