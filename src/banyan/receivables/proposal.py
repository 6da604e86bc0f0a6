"""Where a payment would go: what matches it exactly, else its own contract's instalments, else the oldest due. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class OpenPlan:
    id: str
    outstanding: Decimal
    due_on: str | None = None
    document: str | None = None


@dataclass(frozen=True)
class OpenInvoice:
    id: str
    outstanding: Decimal
    document: str | None = None


@dataclass(frozen=True)
class Part:
    amount: Decimal
    plan: str | None
    invoice: str | None = None


def propose(
    available: Decimal,
    plans: Sequence[OpenPlan],
    invoices: Sequence[OpenInvoice],
    document: str | None = None,
) -> list[Part]:
    """Never more than is available, nor than an instalment or invoice takes. `document`: what the payment is for."""
    if available <= 0:
        return []
    rest = {each.id: each.outstanding for each in invoices}
    found: list[Part] = []
    for plan in _ordered(available, plans, document):
        amount = min(available, plan.outstanding)
        if amount <= 0:
            continue
        available -= amount
        found += _invoiced(plan, amount, invoices, rest)
        if available == 0:
            break
    for invoice in invoices if not plans else ():
        amount = min(available, rest[invoice.id])
        if amount > 0:
            available -= amount
            found.append(Part(amount, None, invoice.id))
    return found


def _ordered(available: Decimal, plans: Sequence[OpenPlan], document: str | None) -> list[OpenPlan]:
    """`plans` come oldest first. One of exactly this amount is meant; then those of the payment's own document."""
    mine = [each for each in plans if document is not None and each.document == document]
    for group in (mine, plans):
        exact = [each for each in group if each.outstanding == available]
        if exact:
            return exact[:1]
    others = [each for each in plans if each not in mine]
    return [*mine, *others]


def _invoiced(
    plan: OpenPlan, amount: Decimal, invoices: Sequence[OpenInvoice], rest: dict[str, Decimal]
) -> list[Part]:
    """The part of an instalment, together with open invoices of the same document."""
    found: list[Part] = []
    for invoice in invoices:
        if invoice.document is None or invoice.document != plan.document:
            continue
        piece = min(amount, rest[invoice.id])
        if piece > 0:
            rest[invoice.id] -= piece
            amount -= piece
            found.append(Part(piece, plan.id, invoice.id))
    return [*found, Part(amount, plan.id)] if amount > 0 else found
