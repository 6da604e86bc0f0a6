"""What a payment may go to, as its reader sees it, with a proposal."""

from decimal import Decimal
from typing import Any

from banyan.kernel.errors import NotFound
from banyan.kernel.ids import parse_id
from banyan.query import receivables as statements
from banyan.receivables.proposal import OpenInvoice, OpenPlan, propose
from banyan.receivables.working import Desk, is_finance
from banyan.records import queries
from banyan.records.ledgers import ask, ask_readable, require_fields, sees

MOST = 200


async def read_open(desk: Desk, payment: str) -> dict[str, Any]:
    """Instalments and invoices that are open, of the account and of those above and below it."""
    session, key = desk.session, parse_id(payment)
    if key is None:
        raise NotFound("record_not_found", object="payment", id=payment)
    require_fields(session, "payment", "amount", "available", "status")
    require_fields(session, "payment_plan", "amount", "outstanding")
    shown = await desk.answer("payment", key)
    found = await desk.read("payment", key)
    currency, account = found["amount"]["currency"], found["account"]["id"]
    family = [row[0] for row in await ask(desk.connection, session, statements.FAMILY, id=account)]
    binds = {"accounts": family, "currency": currency, "limit": MOST}
    plans = [_plan(row) for row in await _readable(desk, "payment_plan", statements.OPEN_PLANS, binds)]
    labels = await _labels(desk, plans)
    for each in plans:
        each["document"] = labels.get(_document(each) or "")
    invoices = [_invoice(row) for row in await _readable(desk, "invoice", statements.OPEN_INVOICES, binds)]
    available = _amount(found["available"])
    contract = found.get("contract") or {}
    parts = propose(
        available if found["status"] == "confirmed" else Decimal(0),
        [
            OpenPlan(each["id"], Decimal(each["outstanding"]), each["due_on"], _document(each))
            for each in plans
        ],
        [OpenInvoice(each["id"], Decimal(each["outstanding"]), _document(each)) for each in invoices],
        contract.get("id"),
    )
    return {
        "payment": {
            "id": str(key),
            "number": shown.get("number"),
            "version": found["version"],
            "status": found["status"],
            "account": shown.get("account"),
            "amount": found["amount"],
            "available": {"amount": format(available, "f"), "currency": currency},
        },
        "may_allocate": is_finance(session),
        "plans": plans,
        "invoices": invoices,
        "more": len(plans) == MOST or len(invoices) == MOST,
        "proposal": [
            {"payment_plan": part.plan, "invoice": part.invoice, "amount": format(part.amount, "f")}
            for part in parts
        ],
    }


# Without these there is nothing to tell of one.
_NEEDED = {
    "payment_plan": ("amount", "outstanding", "due_on"),
    "invoice": ("total", "outstanding", "account"),
}


async def _readable(desk: Desk, name: str, statement: str, binds: dict[str, Any]) -> list[Any]:
    if not sees(desk.session, name, *_NEEDED[name]):
        return []
    return await ask_readable(desk.connection, desk.session, name, statement, **binds)


async def _labels(desk: Desk, plans: list[dict[str, Any]]) -> dict[str, str | None]:
    """Contracts and orders by the names under which the reader may see them."""
    found: dict[str, str | None] = {}
    for name in ("contract", "sales_order"):
        obj, ids = desk.session.catalog.by_name.get(name), {each[name] for each in plans if each[name]}
        if obj is not None and ids:
            found |= await queries.labels_of(desk.connection, desk.session, obj, ids)
    return found


def _amount(value: Any) -> Decimal:
    plain = value["amount"] if isinstance(value, dict) else value
    return Decimal(str(plain)) if plain is not None else Decimal(0)


def _document(item: dict[str, Any]) -> str | None:
    found = item["contract"] or item["sales_order"]
    return None if found is None else str(found)


def _plan(row: Any) -> dict[str, Any]:
    return {
        "id": str(row[0]),
        "name": row[1],
        "due_on": row[2],
        "amount": row[3],
        "outstanding": row[4],
        "contract": None if row[5] is None else str(row[5]),
        "sales_order": None if row[6] is None else str(row[6]),
        "account": None if row[7] is None else str(row[7]),
        "milestone": row[8],
    }


def _invoice(row: Any) -> dict[str, Any]:
    return {
        "id": str(row[0]),
        "number": row[1],
        "invoice_number": row[2],
        "issued_on": row[3],
        "total": row[4],
        "outstanding": row[5],
        "contract": None if row[6] is None else str(row[6]),
        "sales_order": None if row[7] is None else str(row[7]),
        "account": None if row[8] is None else str(row[8]),
    }
