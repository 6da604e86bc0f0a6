"""Expenses 费用: approved or rejected by somebody else who may change them, paid back by finance, then frozen."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from banyan.db.database import Connection
from banyan.extension.writes import CHECKS, Breach, Write
from banyan.kernel.errors import Conflict, Denied
from banyan.notifications.inbox import Notice, notify
from banyan.query.commissions import APPROVED_AMONG
from banyan.records.desk import Desk
from banyan.records.ledgers import ask
from banyan.records.state_moves import state_words

EXPENSE = "expense"
SUBMITTED, APPROVED, REJECTED, REIMBURSED = "submitted", "approved", "rejected", "reimbursed"


async def approve(desk: Desk, record: str, version: int | None, note: str | None = None) -> dict[str, Any]:
    found = await _held(desk, record, version, SUBMITTED)
    return await _decide(desk, found, APPROVED, note)


async def reject(desk: Desk, record: str, version: int | None, note: str | None = None) -> dict[str, Any]:
    """Before it is paid back; whoever had it approved hears of it."""
    found = await _held(desk, record, version, SUBMITTED, APPROVED)
    return await _decide(desk, found, REJECTED, note)


async def reimburse(desk: Desk, record: str, version: int | None) -> dict[str, Any]:
    """The money went back to whoever laid it out; finance says so."""
    found = await _held(desk, record, version, APPROVED)
    if not desk.session.policy.unrestricted(desk.full(EXPENSE).grant_key, "update"):
        raise Denied("expense_finance")
    await desk.move(EXPENSE, found["id"], {"status": REIMBURSED})
    return await desk.answer(EXPENSE, found["id"])


async def _held(desk: Desk, record: str, version: int | None, *states: str) -> dict[str, Any]:
    found = await desk.held(EXPENSE, record, version)
    if found["status"] not in states:
        raise Conflict("expense_state", status=state_words(desk.full(EXPENSE), found["status"]))
    return found


async def _decide(desk: Desk, found: Mapping[str, Any], state: str, note: str | None) -> dict[str, Any]:
    owner = (found.get("owner") or {}).get("id")
    if owner is not None and owner == desk.me:
        raise Denied("expense_own")
    values = {
        "status": state,
        "decided_by": desk.me,
        "decided_at": desk.now.isoformat(),
        "decision_note": note or None,
    }
    await desk.move(EXPENSE, found["id"], values)
    if owner is not None:
        notice = Notice(
            UUID(owner),
            "expense_decided",
            desk.full(EXPENSE).id,
            UUID(found["id"]),
            desk.session.actor.user_id,
        )
        await notify(desk.connection, desk.session.full.schema, [notice])
    return await desk.answer(EXPENSE, found["id"])


class Frozen:
    """What was approved is not thrown away."""

    judges_removal = True

    async def applies(self, connection: Connection, session: Any, obj: Any) -> bool:
        del connection, session, obj
        return False

    async def __call__(self, write: Write) -> Mapping[UUID, Sequence[Breach]]:
        if not write.removed:
            return {}
        return {key: [Breach("expense_frozen")] for key in await _approved(write)}


async def _approved(write: Write) -> list[UUID]:
    rows = await ask(write.connection, write.session, APPROVED_AMONG, ids=list(write.ids))
    return [row[0] for row in rows]


def register_checks() -> None:
    CHECKS.register(EXPENSE, "commissions", Frozen())
