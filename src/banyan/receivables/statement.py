"""The statement of a customer (对账单): opening balance, movements, closing balance, exact; and what is owed now."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson

from banyan.db.database import Connection
from banyan.kernel.errors import InvalidInput, NotFound
from banyan.kernel.ids import parse_id
from banyan.query import receivables_reports as reports
from banyan.receivables.amounts import money, own_amount, rates_of
from banyan.records import queries
from banyan.records.desk import today_of
from banyan.records.ledgers import Row, ask_readable, readable, require_fields, sees
from banyan.records.session import Session

_ORDER = {"instalment": 0, "payment": 1, "refund": 2}
_SOURCES = (
    ("payment_plan", reports.PLAN_MOVEMENTS),
    ("payment", reports.PAYMENT_MOVEMENTS),
    ("refund", reports.REFUND_MOVEMENTS),
)
_NEEDED = {
    "payment_plan": ("amount", "allocated", "due_on", "in_force", "account"),
    "payment": ("amount", "received_on", "status"),
    "refund": ("amount", "refunded_on", "status"),
}
# What a line says besides its figures: where the reader may not see the field it says nothing.
_SAID = {
    "instalment": (("contract", "number"), ("payment_plan", "name")),
    "payment": (("payment", "number"), ("payment", "reference")),
    "refund": (("refund", "number"), ("refund", "reason")),
}


async def _customer(connection: Connection, session: Session, account: str) -> UUID:
    key = parse_id(account)
    if key is None:
        raise NotFound("record_not_found", object="account", id=account)
    await queries.read_record(connection, session, readable(session, "account"), key)
    return key


async def read_statement(
    connection: Connection, session: Session, account: str, span: tuple[date, date], currency: str | None
) -> dict[str, Any]:
    """Opening + movements = closing, to the cent. Raises NotFound for an account out of sight."""
    since, until = span
    if until < since:
        raise InvalidInput("days_turned")
    key = await _customer(connection, session, account)
    for name, fields in _NEEDED.items():
        require_fields(session, name, *fields)
    found = await ask_readable(connection, session, "payment_plan", reports.CURRENCIES, account=key)
    dealt = sorted({row[0] for row in found if row[0]})
    currencies = sorted({*dealt, session.currency})
    # Who deals in dollars only is not shown an empty page of own currency.
    own = session.currency in dealt or not dealt
    chosen = currency or (session.currency if own else dealt[0])
    rows: list[Row] = []
    for name, statement in _SOURCES:
        rows += await ask_readable(
            connection, session, name, statement, account=key, currency=chosen, until=until
        )
    rows.sort(key=lambda row: (row[0], _ORDER[row[1]], row[2]))
    opening = sum((row[5] for row in rows if row[0] < since), Decimal(0))
    balance, movements = opening, []
    said = {kind: [sees(session, *field) for field in fields] for kind, fields in _SAID.items()}
    for day, kind, record, number, text, amount in (row for row in rows if row[0] >= since):
        balance += amount
        movements.append(
            {
                "day": day.isoformat(),
                "kind": kind,
                "object": "payment_plan" if kind == "instalment" else kind,
                "id": str(record),
                "number": number if said[kind][0] else None,
                "text": text if said[kind][1] else "",
                "due": money(amount, chosen)["amount"] if amount > 0 and kind != "refund" else None,
                "paid": money(-amount, chosen)["amount"] if kind == "payment" else None,
                "refunded": money(amount, chosen)["amount"] if kind == "refund" else None,
                "balance": money(balance, chosen)["amount"],
            }
        )
    return {
        "account": str(key),
        "from": since.isoformat(),
        "to": until.isoformat(),
        "currency": chosen,
        "currencies": currencies,
        "opening": money(opening, chosen)["amount"],
        "closing": money(balance, chosen)["amount"],
        "movements": movements,
    }


async def read_balance(connection: Connection, session: Session, account: str) -> dict[str, Any]:
    """Outstanding less advances, per currency and in own currency, beside the credit limit, as the reader sees them."""
    require_fields(session, "payment_plan", "amount", "outstanding", "due_on", "in_force", "account")
    key = await _customer(connection, session, account)
    today = today_of(session)
    body = await queries.read_record(connection, session, readable(session, "account"), key)
    limit = orjson.loads(body).get("credit_limit") if sees(session, "account", "credit_limit") else None
    owed = await ask_readable(connection, session, "payment_plan", reports.OWED, account=key, today=today)
    paid: list[Row] = []
    if sees(session, "payment", "amount", "available", "status", "account"):
        paid = await ask_readable(connection, session, "payment", reports.ADVANCES, account=key)
    outstanding = {row[0]: Decimal(row[1]) for row in owed}
    overdue = {row[0]: Decimal(row[2]) for row in owed}
    advances = {row[0]: Decimal(row[1]) for row in paid}
    currencies = sorted({*outstanding, *advances})
    asked = [*currencies, *([limit["currency"]] if limit else [])]
    rates = await rates_of(connection, session, asked, today)
    balance = {
        each: outstanding.get(each, Decimal(0)) - advances.get(each, Decimal(0)) for each in currencies
    }
    own = session.currency
    total, missing = own_amount(balance, rates, own)
    room = None
    if limit and limit["currency"] in rates:
        most, _ = own_amount({limit["currency"]: Decimal(limit["amount"])}, rates, own)
        room = money(most - total, own)
    return {
        "account": str(key),
        "currencies": [
            {
                "currency": each,
                "outstanding": money(outstanding.get(each, Decimal(0)), each)["amount"],
                "overdue": money(overdue.get(each, Decimal(0)), each)["amount"],
                "advance": money(advances.get(each, Decimal(0)), each)["amount"],
                "balance": money(balance[each], each)["amount"],
            }
            for each in currencies
        ],
        "outstanding": money(own_amount(outstanding, rates, own)[0], own),
        "overdue": money(own_amount(overdue, rates, own)[0], own),
        "advance": money(own_amount(advances, rates, own)[0], own),
        "balance": money(total, own),
        "limit": limit,
        "room": room,
        "over": room is not None and Decimal(room["amount"]) < 0,
        "without_rate": missing,
    }
