"""Sums by currency, and what they make in the workspace's own."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from banyan.db.database import Connection
from banyan.kernel.money import rounded
from banyan.query.receivables_reports import RATES
from banyan.records.ledgers import ask
from banyan.records.session import Session


async def rates_of(
    connection: Connection, session: Session, currencies: Iterable[str], on: date
) -> dict[str, Decimal]:
    """What one unit of each is worth in the workspace's own; those without a rate are missing."""
    others = sorted({each for each in currencies if each and each != session.currency})
    rows = await ask(connection, session, RATES, currencies=others, on=on) if others else []
    return {session.currency: Decimal(1), **{row[0]: row[1] for row in rows}}


def own_amount(
    sums: Mapping[str, Decimal], rates: Mapping[str, Decimal], own: str
) -> tuple[Decimal, list[str]]:
    """All of it in own currency, each currency rounded once, and the currencies that no rate is known of."""
    total = Decimal(0)
    for currency, amount in sums.items():
        if currency in rates:
            total += rounded(amount * rates[currency], own)
    return total, sorted(each for each in sums if each not in rates and sums[each])


def money(amount: Decimal, currency: str) -> dict[str, Any]:
    return {"amount": format(rounded(amount, currency), "f"), "currency": currency}
