"""核销: a payment goes to instalments and invoices, in one command; and back.

Documents, payment, instalments and invoices are locked in this order and each by id, so that of two who allocate the
same payment the later sees what the earlier took: both fit, or the later is told what is left.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from banyan.kernel.errors import Conflict, FieldProblem, InvalidInput, NotFound
from banyan.kernel.ids import parse_id
from banyan.kernel.money import rounded
from banyan.query import receivables as statements
from banyan.receivables.working import Desk, at_work, require_finance
from banyan.records.commands import Change
from banyan.records.ledgers import ask
from banyan.records.reach import visible_to

MOST = 200


@dataclass(frozen=True)
class Wish:
    """So much of the payment, to an instalment, to an invoice, or to both."""

    amount: Decimal
    payment_plan: UUID | None = None
    invoice: UUID | None = None


@dataclass(frozen=True)
class Target:
    """What an instalment or invoice still takes."""

    account: UUID | None
    currency: str
    outstanding: Decimal
    taking: bool
    state: str = ""


@dataclass(frozen=True)
class Payment:
    id: UUID
    version: int
    status: str
    account: UUID
    currency: str
    available: Decimal
    owner: UUID | None


async def hold_payment(desk: Desk, payment: str) -> Payment:
    """Raises NotFound where it is out of the actor's sight."""
    key = parse_id(payment)
    seen = set() if key is None else await visible_to(desk.connection, desk.session, "payment", [key], "read")
    if key is None or key not in seen:
        raise NotFound("record_not_found", object="payment", id=payment)
    rows = await ask(desk.connection, desk.session, statements.HOLD_PAYMENT, id=key)
    if not rows:
        raise NotFound("record_not_found", object="payment", id=payment)
    row = rows[0]
    return Payment(row[0], row[1], row[2], row[3], row[4], row[5] or Decimal(0), row[6])


async def allocate(
    desk: Desk, payment: str, version: int | None, wishes: Sequence[Wish]
) -> list[dict[str, Any]]:
    """Raises InvalidInput with everything that does not fit, each with how much would."""
    require_finance(desk.session)
    if not 1 <= len(wishes) <= MOST:
        raise InvalidInput("allocations_number", limit=MOST)
    plans = sorted({each.payment_plan for each in wishes if each.payment_plan})
    invoices = sorted({each.invoice for each in wishes if each.invoice})
    await _hold_documents(desk, plans)
    held = await hold_payment(desk, payment)
    if version is not None and version != held.version:
        raise Conflict("version_conflict", object="payment", id=payment, version=held.version)
    if held.status != "confirmed":
        raise Conflict("payment_unconfirmed")
    found_plans = await _targets(desk, "payment_plan", statements.HOLD_PLANS, plans)
    found_invoices = await _targets(desk, "invoice", statements.HOLD_INVOICES, invoices)
    family = {row[0] for row in await ask(desk.connection, desk.session, statements.FAMILY, id=held.account)}
    judging = Judging(held, family, found_plans, found_invoices)
    problems, extra = judging.problems(wishes)
    if problems:
        raise InvalidInput(problems=problems, extra=extra)
    owner = None if held.owner is None else str(held.owner)
    rows = [
        {
            "payment": str(held.id),
            "payment_plan": None if each.payment_plan is None else str(each.payment_plan),
            "invoice": None if each.invoice is None else str(each.invoice),
            "account": str(held.account),
            "amount": {"amount": format(each.amount, "f"), "currency": held.currency},
            "allocated_on": desk.today.isoformat(),
            "owner": owner,
        }
        for each in wishes
    ]
    obj = desk.full("allocation")
    async with at_work(desk.connection):
        made = await desk.house.create(obj, rows, [f"/allocations/{place}" for place in range(len(rows))])
    return [await desk.answer("allocation", each.id) for each in made]


async def _hold_documents(desk: Desk, plans: Sequence[UUID]) -> None:
    """Their sums follow in the same transaction; taken first, as by whoever writes a plan."""
    if not plans:
        return
    rows = await ask(desk.connection, desk.session, statements.DOCUMENTS_OF, ids=list(plans))
    contracts = sorted({row[0] for row in rows if row[0]})
    orders = sorted({row[1] for row in rows if row[1]})
    if contracts:
        await ask(desk.connection, desk.session, statements.HOLD_CONTRACTS, ids=contracts)
    if orders:
        await ask(desk.connection, desk.session, statements.HOLD_ORDERS, ids=orders)


async def _targets(desk: Desk, name: str, statement: str, ids: Sequence[UUID]) -> dict[UUID, Target]:
    """What of it is in the actor's sight, locked."""
    if not ids:
        return {}
    seen = await visible_to(desk.connection, desk.session, name, ids, "read")
    rows = await ask(desk.connection, desk.session, statement, ids=sorted(seen))
    return {
        row[0]: Target(row[1], row[2], row[3] or Decimal(0), bool(row[4]), str(row[5]) if row[5:] else "")
        for row in rows
    }


@dataclass(frozen=True)
class Judging:
    """What is wrong with wishes: pure, asked under the locks."""

    payment: Payment
    family: set[UUID]
    plans: Mapping[UUID, Target]
    invoices: Mapping[UUID, Target]

    def problems(self, wishes: Sequence[Wish]) -> tuple[list[FieldProblem], dict[str, Any] | None]:
        """The problems, and what of the money would stay as an advance payment."""
        found: list[FieldProblem] = []
        taken: dict[UUID, Decimal] = {}
        above = Decimal(0)
        for place, wish in enumerate(wishes):
            pointer = f"/allocations/{place}"
            problem = self._amount(wish, pointer) or self._target(wish, pointer)
            if problem is not None:
                found.append(problem)
                continue
            for name, key, targets in (
                ("payment_plan", wish.payment_plan, self.plans),
                ("invoice", wish.invoice, self.invoices),
            ):
                if key is None:
                    continue
                taken[key] = taken.get(key, Decimal(0)) + wish.amount
                over = taken[key] - targets[key].outstanding
                if over > 0:
                    above += (
                        min(over, wish.amount) if name == "payment_plan" or wish.payment_plan is None else 0
                    )
                    params = {"open": _text(targets[key].outstanding), "above": _text(over)}
                    code = "above_due" if name == "payment_plan" else "above_invoice"
                    found.append(FieldProblem(f"{pointer}/amount", code, params))
        total = sum((each.amount for each in wishes), Decimal(0))
        if total > self.payment.available:
            told = {
                "available": _text(self.payment.available),
                "above": _text(total - self.payment.available),
            }
            found.append(FieldProblem("/allocations", "above_available", told))
        advance = {"amount": _text(above), "currency": self.payment.currency}
        return found, {"advance": advance} if above > 0 else None

    def _amount(self, wish: Wish, pointer: str) -> FieldProblem | None:
        if not wish.amount.is_finite() or wish.amount <= 0:
            return FieldProblem(f"{pointer}/amount", "allocation_positive")
        if rounded(wish.amount, self.payment.currency) != wish.amount:
            return FieldProblem(f"{pointer}/amount", "money_digits", {"currency": self.payment.currency})
        return None

    def _target(self, wish: Wish, pointer: str) -> FieldProblem | None:
        if wish.payment_plan is None and wish.invoice is None:
            return FieldProblem(pointer, "allocation_target")
        for name, key, targets in (
            ("payment_plan", wish.payment_plan, self.plans),
            ("invoice", wish.invoice, self.invoices),
        ):
            if key is None:
                continue
            target = targets.get(key)
            if target is None:
                return FieldProblem(f"{pointer}/{name}", "related_not_found", {"object": name})
            if target.account not in self.family:
                return FieldProblem(f"{pointer}/{name}", "allocation_account")
            if target.currency != self.payment.currency:
                params = {"paid": self.payment.currency, "due": target.currency}
                return FieldProblem(f"{pointer}/{name}", "allocation_currency", params)
            if not target.taking:
                code = "plan_not_in_force" if name == "payment_plan" else "invoice_not_open"
                return FieldProblem(f"{pointer}/{name}", code)
        return None


def _text(number: Decimal) -> str:
    return format(number, "f")


async def undo(desk: Desk, allocation: str, version: int | None, reason: str) -> dict[str, Any]:
    """The money is free again; the allocation stays to be read, with who undid it and why."""
    require_finance(desk.session)
    key = parse_id(allocation)
    rows = [] if key is None else await ask(desk.connection, desk.session, statements.HOLD_ALLOCATION, id=key)
    if rows:  # In the order in which they are taken: documents, payment, what it went to.
        row = rows[0]
        await _hold_documents(desk, [row[4]] if row[4] else [])
        await ask(desk.connection, desk.session, statements.HOLD_PAYMENT, id=row[3])
        await ask(desk.connection, desk.session, statements.HOLD_PLANS, ids=[row[4]] if row[4] else [])
        await ask(desk.connection, desk.session, statements.HOLD_INVOICES, ids=[row[5]] if row[5] else [])
    found = await desk.held("allocation", allocation, version, "update")
    if found["status"] != "active":
        raise Conflict("allocation_undone")
    by = desk.session.actor.user_id
    values = {
        "status": "undone",
        "undone_at": desk.now.isoformat(),
        "undone_by": None if by is None else str(by),
        "undo_reason": reason,
    }
    async with at_work(desk.connection):
        await desk.house.update(desk.full("allocation"), [Change(UUID(str(found["id"])), values)])
    return await desk.answer("allocation", found["id"])
