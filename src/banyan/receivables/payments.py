"""Payments and refunds: what finance says of them."""

from datetime import date
from typing import Any

from banyan.kernel.errors import Conflict
from banyan.receivables.working import Desk, require_finance

CONFIRMED, PENDING, REJECTED = "confirmed", "pending", "rejected"


async def confirm(desk: Desk, payment: str, version: int | None) -> dict[str, Any]:
    """The money is there."""
    return await _decide(desk, payment, version, PENDING, CONFIRMED)


async def reject(desk: Desk, payment: str, version: int | None, note: str | None = None) -> dict[str, Any]:
    """The money did not come."""
    return await _decide(desk, payment, version, PENDING, REJECTED, note)


async def reopen(desk: Desk, payment: str, version: int | None) -> dict[str, Any]:
    """Back to be confirmed, as long as nothing hangs on it."""
    require_finance(desk.session)
    found = await desk.held("payment", payment, version, "update")
    if found["status"] == PENDING:
        raise Conflict("payment_state", status=PENDING)
    if _number(found["allocated"]) or _number(found["refunded"]):
        raise Conflict("payment_in_use")
    values = {"status": PENDING, "confirmed_by": None, "confirmed_at": None}
    await desk.move("payment", found["id"], values)
    return await desk.answer("payment", found["id"])


async def _decide(
    desk: Desk, payment: str, version: int | None, before: str, after: str, note: str | None = None
) -> dict[str, Any]:
    require_finance(desk.session)
    found = await desk.held("payment", payment, version, "update")
    if found["status"] != before:
        raise Conflict("payment_state", status=str(found["status"]))
    by = desk.session.actor.user_id
    values: dict[str, Any] = {
        "status": after,
        "confirmed_by": None if by is None else str(by),
        "confirmed_at": desk.now.isoformat(),
    }
    if note:
        values["note"] = note if not found["note"] else f"{found['note']}\n{note}"
    await desk.move("payment", found["id"], values)
    return await desk.answer("payment", found["id"])


async def pay_refund(desk: Desk, refund: str, version: int | None, on: date | None = None) -> dict[str, Any]:
    """The money went back."""
    require_finance(desk.session)
    found = await desk.held("refund", refund, version, "update")
    if found["status"] != "requested":
        raise Conflict("refund_state", status=str(found["status"]))
    day = (on or desk.today).isoformat()
    await desk.move("refund", found["id"], {"status": "paid", "refunded_on": day})
    return await desk.answer("refund", found["id"])


def _number(value: Any) -> bool:
    """Whether a computed amount is anything but nothing."""
    from decimal import Decimal

    plain = value["amount"] if isinstance(value, dict) else value
    return plain is not None and Decimal(str(plain)) != 0
