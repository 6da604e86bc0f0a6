"""What changed between two moments: from what a forecast opened with to what it closes with, movement by movement.

Opening, movements and closing are made of the same deals, those the reader may see today, so that they add up exactly.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from banyan.db.database import Connection
from banyan.forecasts.sheet import Cell, Cells, View, text
from banyan.forecasts.snapshots import Snapshot
from banyan.query.deals import KINDS, Side
from banyan.records import deals, queries
from banyan.records.deals import NOW, Movement
from banyan.records.session import Session

MOST_DEALS = 200


@dataclass(frozen=True)
class Between:
    """Two snapshots, or one and now."""

    before: Snapshot
    after: Snapshot | None

    @property
    def sides(self) -> tuple[Side, Side]:
        return Side(self.before.id), NOW if self.after is None else Side(self.after.id)


@dataclass(frozen=True)
class Which:
    """One figure of the report."""

    kind: str
    currency: str
    category: str | None = None


async def read_changes(
    connection: Connection, session: Session, view: View, between: Between
) -> dict[str, Any]:
    """{currencies: {CNY: {opening, closing, categories, kinds}}}; the total leaves out what is omitted."""
    before, after = between.sides
    opening = _cells(await deals.read_figures(connection, session, view.deal, view.span, before))
    closing = _cells(await deals.read_figures(connection, session, view.deal, view.span, after))
    moves = await deals.read_changes(
        connection, session, view.deal, view.span, between.sides, between.before.taken_at
    )
    currencies = sorted({key[0] for key in (*opening, *closing)} | {move.currency for move in moves})
    return {currency: _of_currency(view, currency, opening, closing, moves) for currency in currencies}


def _cells(figures: Sequence[deals.Figure]) -> Cells:
    found: Cells = {}
    for each in figures:
        key = (each.currency, each.category)
        found[key] = found.get(key, Cell()) + Cell(each.amount, each.weighted, each.count)
    return found


def _of_currency(
    view: View, currency: str, opening: Cells, closing: Cells, moves: Sequence[Movement]
) -> dict[str, Any]:
    mine = [move for move in moves if move.currency == currency]
    categories = {
        category: {
            "opening": text(opening.get((currency, category), Cell()).amount),
            "closing": text(closing.get((currency, category), Cell()).amount),
            "kinds": {
                move.kind: {"amount": text(move.amount), "count": move.count}
                for move in mine
                if move.category == category
            },
        }
        for category in (*view.deal.open_categories, view.deal.closed, view.deal.omitted)
    }
    counted = [key for key in categories if key != view.deal.omitted]
    return {
        "opening": text(_total(opening, currency, counted)),
        "closing": text(_total(closing, currency, counted)),
        "kinds": [
            {
                "kind": move.kind,
                "count": move.count,
                "amount": text(_sum(mine, move.kind, counted)),
                # What turned within the total: a deal won takes its amount along from one category to another.
                "turned": text(_turned(mine, move.kind)),
            }
            for move in sorted(mine, key=lambda each: KINDS.index(each.kind))
            if move.category is None
        ],
        "categories": categories,
    }


def _total(cells: Cells, currency: str, categories: Sequence[str]) -> Decimal:
    return sum((cells.get((currency, each), Cell()).amount for each in categories), Decimal(0))


def _sum(moves: Sequence[Movement], kind: str, categories: Sequence[str]) -> Decimal:
    return sum((m.amount for m in moves if m.kind == kind and m.category in categories), Decimal(0))


def _turned(moves: Sequence[Movement], kind: str) -> Decimal:
    return sum((m.amount for m in moves if m.kind == kind and m.category and m.amount > 0), Decimal(0))


async def read_changed_deals(
    connection: Connection, session: Session, view: View, between: Between, which: Which
) -> list[dict[str, Any]]:
    """The deals behind one figure with their names; what is in the trash is told by number only."""
    asked: Mapping[str, Any] = {
        "taken_at": between.before.taken_at,
        "kind": which.kind,
        "of_currency": which.currency,
        "of_category": which.category,
        "limit": MOST_DEALS,
    }
    found = await deals.read_changed_deals(connection, session, view.deal, view.span, between.sides, asked)
    obj = session.catalog.by_id[view.deal.object.id]
    names = await queries.labels_of(connection, session, obj, {each["id"] for each in found})
    return [{**each, "title": names[each["id"]]} for each in found if each["id"] in names]
