"""Mine: one's own target, what is attained, what is expected, and which deals could bring what is missing."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson

from banyan.db.database import Connection
from banyan.forecasts.drill import deals_behind
from banyan.forecasts.judgements import read_judgements
from banyan.forecasts.sheet import Cell, Cells, View, text
from banyan.forecasts.shown import categories_of, cells_document, judgement_document
from banyan.forecasts.targets import Attained, read_attained, read_rows, standing, target_of
from banyan.query.parsed import ParsedQuery, Sort
from banyan.records import deals, queries
from banyan.records.session import Session

MOST_DEALS = 30


async def read_mine(connection: Connection, session: Session, view: View, me: UUID) -> dict[str, Any]:
    """Everything about one person, for themself. `view` is of this one person."""
    rows = [row for row in await read_rows(connection, session, view, "won_amount") if row.person == me]
    attained = (await read_attained(connection, session, view, "won_amount")).get(me, Attained())
    cells: Cells = {}
    for figure in await deals.read_figures(connection, session, view.deal, view.span):
        if figure.person == me:
            key = (figure.currency, figure.category)
            cells[key] = cells.get(key, Cell()) + Cell(figure.amount, figure.weighted, figure.count)
    target = target_of(rows, view.period)
    judged = (await read_judgements(connection, session.full.schema, view.period.key, [me])).get(me, [])
    missing = None if target is None else max(Decimal(0), target.value - attained.value)
    return {
        "period": view.period_document(),
        "currency": session.currency,
        "categories": categories_of(view),
        **standing(target, attained),
        "figures": cells_document(cells),
        "expected": _expected(view, session, cells, attained),
        "judged": [
            {"category": each.category, "currency": each.currency, **judgement_document(view, each)}
            for each in judged
            if each.amount is not None
        ],
        "deals": await _deals(connection, session, view, me, missing),
    }


def _expected(view: View, session: Session, cells: Cells, attained: Attained) -> dict[str, str]:
    """What is won with what is sure, and with everything by its probability."""
    here = {category: cell for (currency, category), cell in cells.items() if currency == session.currency}
    sure = here.get(view.deal.open_categories[0], Cell()).amount
    weighted = sum((here.get(key, Cell()).weighted for key in view.deal.open_categories), Decimal(0))
    return {"sure": text(attained.value + sure), "weighted": text(attained.value + weighted)}


async def _deals(
    connection: Connection, session: Session, view: View, me: UUID, missing: Decimal | None
) -> list[dict[str, Any]]:
    """Open deals of the period, the surest category first and in it the largest; which of them fill the gap."""
    deal, obj = view.deal, session.catalog.by_id[view.deal.object.id]
    names = {"amount": deal.amount, "close": deal.close, "stage": deal.stage}
    names |= {key: f for key, f in (("category", deal.category), ("probability", deal.probability)) if f}
    query = ParsedQuery(
        select=(obj.title.api_name, *(field.api_name for field in names.values())),
        where=deals_behind(view, [me], None),
        sort=(Sort(field=deal.amount.api_name, direction="desc"),),
        limit=MOST_DEALS,
    )
    rows = orjson.loads((await queries.query_page(connection, session, obj, query)).rows)
    order = {key: place for place, key in enumerate(deal.open_categories)}
    found = [
        {
            "id": row["id"],
            "title": row[obj.title.api_name],
            **{key: row[f.api_name] for key, f in names.items()},
        }
        for row in rows
    ]
    found.sort(key=lambda row: order.get(row.get("category") or "", len(order)))
    left = missing or Decimal(0)
    for row in found:
        row["fills"] = left > 0
        amount = row["amount"]
        if amount is not None and amount["currency"] == session.currency:
            left -= Decimal(amount["amount"])
    return found
