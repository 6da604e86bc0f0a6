"""Ageing: what is open, by how late it is, per customer, seller or company, per currency and in own currency."""

import heapq
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from banyan.db.database import Connection
from banyan.query.receivables_reports import ageing
from banyan.receivables.amounts import money, own_amount, rates_of
from banyan.records import queries
from banyan.records.desk import today_of
from banyan.records.ledgers import ask_readable, require_fields
from banyan.records.session import Session

By = Literal["account", "owner", "company"]
BUCKETS = ("not_due", "days_30", "days_60", "days_90", "older")
TARGETS = {"account": "account", "owner": "user", "company": "company"}
FIGURES = ("amount", "outstanding", "due_on", "in_force", "account")
MOST = 500
Five = list[Decimal]


def _nothing() -> Five:
    return [Decimal(0)] * len(BUCKETS)


@dataclass
class Line:
    key: UUID | None
    by_currency: dict[str, Five] = field(default_factory=dict)
    count: int = 0

    def add(self, currency: str, five: Five, count: int) -> None:
        known = self.by_currency.setdefault(currency, _nothing())
        self.by_currency[currency] = [one + other for one, other in zip(known, five, strict=True)]
        self.count += count


async def read_ageing(connection: Connection, session: Session, by: By, on: date | None) -> dict[str, Any]:
    """Sums are exact; in own currency each currency of each bucket is rounded once, at the rate of the day."""
    require_fields(session, "payment_plan", *FIGURES)
    day = on or today_of(session)
    rows = await ask_readable(connection, session, "payment_plan", ageing(by), on=day)
    lines: dict[UUID | None, Line] = {}
    whole = Line(None)
    for row in rows:
        key, currency, five, count = row[0], row[1], [Decimal(each) for each in row[2:7]], row[7]
        lines.setdefault(key, Line(key)).add(currency, five, count)
        whole.add(currency, five, count)
    rates = await rates_of(connection, session, whole.by_currency, day)
    total = _shown(whole, rates, session.currency)
    # Only what is shown is rounded and written out: there may be many more customers.
    largest = heapq.nlargest(MOST, lines.values(), key=lambda line: _worth(line, rates))
    shown = [_shown(line, rates, session.currency) for line in largest]
    labels = await _labels(connection, session, by, shown)
    for each in shown:
        each["label"] = labels.get(each["id"] or "")
    return {
        "on": day.isoformat(),
        "by": by,
        "currency": session.currency,
        "buckets": list(BUCKETS),
        "total": total,
        "rows": shown,
        "more": len(lines) - len(shown),
    }


def _worth(line: Line, rates: dict[str, Decimal]) -> Decimal:
    zero = Decimal(0)
    return sum((sum(five, zero) * rates.get(key, zero) for key, five in line.by_currency.items()), zero)


def _shown(line: Line, rates: dict[str, Decimal], own: str) -> dict[str, Any]:
    buckets: list[dict[str, Any]] = []
    missing: set[str] = set()
    whole = Decimal(0)
    for place in range(len(BUCKETS)):
        sums = {currency: five[place] for currency, five in line.by_currency.items()}
        amount, unknown = own_amount(sums, rates, own)
        missing |= set(unknown)
        whole += amount
        buckets.append(money(amount, own))
    return {
        "id": None if line.key is None else str(line.key),
        "buckets": buckets,
        "total": money(whole, own),
        "count": line.count,
        "currencies": [
            {
                "currency": currency,
                "buckets": [format(each, "f") for each in five],
                "total": format(sum(five, Decimal(0)), "f"),
            }
            for currency, five in sorted(line.by_currency.items())
        ],
        "without_rate": sorted(missing),
    }


async def _labels(
    connection: Connection, session: Session, by: By, rows: list[dict[str, Any]]
) -> dict[str, str | None]:
    target = session.catalog.by_name.get(TARGETS[by])
    ids = {each["id"] for each in rows if each["id"]}
    return {} if target is None else await queries.labels_of(connection, session, target, ids)
