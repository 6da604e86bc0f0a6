"""Invoice requests are decided and issued; invoices are issued and reversed by red ones, in part or in full."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from banyan.kernel.errors import Conflict, FieldProblem, InvalidInput
from banyan.kernel.money import rounded
from banyan.query import receivables as statements
from banyan.receivables.working import Desk, at_work, require_finance
from banyan.records.ledgers import ask
from banyan.records.state_moves import state_words

# 数电票: what the tax office numbers with twenty digits.
DIGITAL = frozenset({"special", "general"})
_TWENTY = re.compile(r"[0-9]{20}")
_COPIED = (
    "account", "contract", "sales_order", "company", "kind", "tax_rate", "title", "tax_id", "bank_name", "bank_account",
    "address", "phone", "email", "content",
)  # fmt: skip


@dataclass(frozen=True)
class Issue:
    """The number that the tax office gave, and its day; no number for what is no digital invoice: its own stays."""

    invoice_number: str | None = None
    issued_on: date | None = None


@dataclass(frozen=True)
class Reversal:
    """`amount` None: all that is left of the invoice."""

    reason: str
    amount: Decimal | None = None
    issue: Issue = Issue()


async def approve(desk: Desk, request: str, version: int | None, note: str | None) -> dict[str, Any]:
    return await _decide(desk, request, version, ("submitted",), "approved", note)


async def reject(desk: Desk, request: str, version: int | None, note: str | None) -> dict[str, Any]:
    return await _decide(desk, request, version, ("submitted", "approved"), "rejected", note)


async def _decide(
    desk: Desk, request: str, version: int | None, before: tuple[str, ...], after: str, note: str | None
) -> dict[str, Any]:
    require_finance(desk.session)
    found = await desk.held("invoice_request", request, version, "update")
    if found["status"] not in before:
        raise Conflict("request_state", status=state_words(desk.full("invoice_request"), found["status"]))
    by = desk.session.actor.user_id
    values = {
        "status": after,
        "decided_by": None if by is None else str(by),
        "decided_at": desk.now.isoformat(),
        "decision_note": note,
    }
    await desk.move("invoice_request", found["id"], values)
    return await desk.answer("invoice_request", found["id"])


async def issue_request(desk: Desk, request: str, version: int | None, issue: Issue) -> dict[str, Any]:
    """An approved request becomes an invoice: issued where its number is known, else a draft."""
    require_finance(desk.session)
    found = await desk.held("invoice_request", request, version, "update")
    if found["status"] != "approved":
        raise Conflict("request_state", status=state_words(desk.full("invoice_request"), found["status"]))
    values = {name: _plain(found.get(name)) for name in _COPIED}
    values |= {"request": found["id"], "total": found["amount"], "owner": _plain(found.get("owner"))}
    async with at_work(desk.connection):
        (made,) = await desk.house.create(desk.full("invoice"), [values])
    await desk.move("invoice_request", found["id"], {"status": "issued"})
    if issue.invoice_number or found.get("kind") not in DIGITAL:
        return await issue_invoice(desk, str(made.id), None, issue)
    return await desk.answer("invoice", made.id)


async def issue_invoice(desk: Desk, invoice: str, version: int | None, issue: Issue) -> dict[str, Any]:
    """From now on it stands as it is; what is wrong is reversed by a red one."""
    require_finance(desk.session)
    found = await desk.held("invoice", invoice, version, "update")
    if found["status"] != "draft":
        raise Conflict("invoice_state", status=str(found["status"]))
    number = issue.invoice_number or found.get("invoice_number")
    _check_number(number, found.get("kind"))
    day = issue.issued_on.isoformat() if issue.issued_on else found.get("issued_on") or desk.today.isoformat()
    await desk.move("invoice", found["id"], {"status": "issued", "invoice_number": number, "issued_on": day})
    return await desk.answer("invoice", found["id"])


def _check_number(number: str | None, kind: str | None) -> None:
    if kind in DIGITAL and not (number and _TWENTY.fullmatch(number)):
        raise InvalidInput(problems=[FieldProblem("/invoice_number", "digital_number")])


async def reverse(desk: Desk, invoice: str, version: int | None, wanted: Reversal) -> dict[str, Any]:
    """A red invoice: the original is reddened when nothing of it is left. Raises Conflict where money hangs on it."""
    require_finance(desk.session)
    await desk.held("invoice", invoice, version, "update")
    (row,) = await ask(desk.connection, desk.session, statements.HOLD_INVOICE, id=UUID(invoice))
    _, _, status, kind, total, currency, red_total, allocated, red_of, _ = row
    if status != "issued" or red_of is not None:
        raise Conflict("invoice_state", status=str(status))
    left = total + (red_total or 0)
    amount = left if wanted.amount is None else wanted.amount
    _check_reversal(amount, left, allocated or Decimal(0), currency)
    _check_number(wanted.issue.invoice_number, kind)
    found = await desk.read("invoice", invoice)
    values = {name: _plain(found.get(name)) for name in _COPIED}
    values |= {
        "total": {"amount": format(-amount, "f"), "currency": currency},
        "red_of": invoice,
        "red_reason": wanted.reason,
        "owner": _plain(found.get("owner")),
    }
    async with at_work(desk.connection):
        (made,) = await desk.house.create(desk.full("invoice"), [values])
    day = (wanted.issue.issued_on or desk.today).isoformat()
    issued = {"status": "issued", "issued_on": day, "invoice_number": wanted.issue.invoice_number}
    await desk.move("invoice", made.id, issued)
    if amount == left:
        await desk.move("invoice", invoice, {"status": "reddened"})
    return {
        "red": await desk.answer("invoice", made.id),
        "invoice": await desk.answer("invoice", invoice),
    }


def _check_reversal(amount: Decimal, left: Decimal, allocated: Decimal, currency: str) -> None:
    params = {"left": format(left, "f"), "currency": currency}
    if amount <= 0 or amount > left:
        raise InvalidInput(problems=[FieldProblem("/amount", "red_above", params)])
    if amount != rounded(amount, currency):
        raise InvalidInput(problems=[FieldProblem("/amount", "money_digits", {"currency": currency})])
    if allocated > left - amount:
        raise Conflict("red_allocated", allocated=format(allocated, "f"), currency=currency)


def _plain(value: Any) -> Any:
    """A relation as its id, anything else as it is."""
    return value["id"] if isinstance(value, dict) and "id" in value else value
