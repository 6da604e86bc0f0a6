"""Statements as documents: each line with its deal, document and customer, as far as the reader may see them."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from banyan.commissions.rules import Line
from banyan.commissions.statement import Statement
from banyan.db.database import Connection
from banyan.kernel.money import rounded
from banyan.records import queries
from banyan.records.session import Session

PLACES = ("opportunity", "contract", "sales_order", "payment", "payment_plan", "account")
Labels = dict[tuple[str, str], str | None]


def money(amount: Decimal, currency: str) -> dict[str, str]:
    return {"amount": format(rounded(amount, currency), "f"), "currency": currency}


async def documents(
    connection: Connection, session: Session, found: Sequence[Statement]
) -> list[dict[str, Any]]:
    """Whole statements, in their order."""
    labels = await _labels(connection, session, found)
    return [_document(each, labels) for each in found]


def _document(found: Statement, labels: Labels) -> dict[str, Any]:
    closed = found.closed
    return {
        "person": _place("user", str(found.person), labels),
        "period": found.month.key,
        "closed": closed
        and {
            "at": closed.at.isoformat(),
            "by": _place("user", str(closed.by), labels) if closed.by else None,
        },
        "totals": totals(found.lines),
        "expected": [
            money(amount, currency) for currency, amount in sorted(found.expected.items()) if amount
        ],
        "lines": [_line(line, labels) for line in found.lines],
    }


def totals(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """By currency: what it was paid on by each basis, and the commission."""
    base: dict[str, Decimal] = defaultdict(Decimal)
    amount: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        base[line.base.currency] += line.part
        amount[line.base.currency] += line.amount
    return [
        {
            "currency": key,
            **{name: money(of[key], key)["amount"] for name, of in (("base", base), ("amount", amount))},
        }
        for key in sorted(amount)
    ]


def _line(line: Line, labels: Labels) -> dict[str, Any]:
    places = line.base.places or {}
    return {
        "basis": line.base.basis,
        "day": line.base.day.isoformat(),
        "rule": line.rule_name,
        "rate": format(line.rate.normalize(), "f"),
        "base": money(line.part, line.base.currency),
        "amount": money(line.amount, line.base.currency),
        "adjusts": line.adjusts,
        **{name: _place(name, places.get(name), labels) for name in PLACES},
    }


def _place(name: str, key: str | None, labels: Labels) -> dict[str, Any] | None:
    """None where there is none, or where the reader may not see it."""
    return {"id": key, "label": labels[name, key]} if key is not None and (name, key) in labels else None


async def _labels(connection: Connection, session: Session, found: Sequence[Statement]) -> Labels:
    wanted: dict[str, set[str]] = defaultdict(set)
    for each in found:
        wanted["user"].add(str(each.person))
        if each.closed is not None and each.closed.by is not None:
            wanted["user"].add(str(each.closed.by))
        for line in each.lines:
            for name, key in (line.base.places or {}).items():
                if key is not None:
                    wanted[name].add(str(key))
    labels: Labels = {}
    for name, keys in wanted.items():
        obj = session.catalog.by_name.get(name)
        if obj is not None:
            told = await queries.labels_of(connection, session, obj, keys)
            labels |= {(name, key): label for key, label in told.items()}
    return labels


def person_totals(found: Sequence[Statement], names: dict[UUID, str | None]) -> list[dict[str, Any]]:
    """One line for each person who has anything."""
    return [
        {
            "person": {"id": str(each.person), "label": names.get(each.person)},
            "closed": each.closed is not None,
            "totals": totals(each.lines),
        }
        for each in found
        if each.lines
    ]
