"""The sheet as the API tells it."""

from collections.abc import Iterable, Sequence
from datetime import UTC
from decimal import Decimal
from typing import Any
from uuid import UUID

from banyan.db.database import Connection
from banyan.forecasts.judgements import Judgement
from banyan.forecasts.sheet import Cell, Cells, Line, View, read_sheet, text
from banyan.forecasts.targets import Attained, Target, read_rows, standing, target_of
from banyan.records.session import Session
from banyan.records.shares import TargetRow


async def sheet_document(connection: Connection, session: Session, view: View) -> dict[str, Any]:
    """Period, categories, and people in a flat list, each with the one above."""
    tops, since = await read_sheet(connection, session, view)
    rows = await read_rows(connection, session, view, "won_amount")
    lines = [each for top in tops for each in _flat(top, None, 0)]
    currencies = {key[0] for line, _, _ in lines for key in (*line.team, *line.before, *line.forecast)}
    home = session.currency
    return {
        "period": view.period_document(),
        "currency": home,
        "currencies": sorted(currencies | {home}, key=lambda code: (code != home, code)),
        "categories": categories_of(view),
        "since": None if since is None else since.document(),
        "people": [
            {
                **line_document(view, line, above, depth),
                **standing(line_target(view, line, rows), _won(view, session, line)),
            }
            for line, above, depth in lines
        ],
    }


def _flat(line: Line, above: UUID | None, depth: int) -> Iterable[tuple[Line, UUID | None, int]]:
    yield line, above, depth
    for report in line.reports:
        yield from _flat(report, line.person, depth + 1)


def categories_of(view: View) -> list[dict[str, Any]]:
    """Every category from the surest on, as the field's choices call them."""
    deal = view.deal
    choices = {each.key: each for each in getattr(getattr(deal.category, "config", None), "choices", ())}
    found = []
    for key in (deal.closed, *deal.open_categories, deal.omitted):
        choice = choices.get(key)
        kind = "won" if key == deal.closed else "omitted" if key == deal.omitted else "open"
        label = dict(choice.label) if choice else {}
        found.append({"key": key, "kind": kind, "label": label, "color": choice.color if choice else "grey"})
    return found


def line_document(view: View, line: Line, above: UUID | None, depth: int) -> dict[str, Any]:
    member = view.organisation.people.get(line.person) if line.person is not None else None
    return {
        "id": None if line.person is None else str(line.person),
        "name": member.name if member else None,
        "above": None if above is None else str(above),
        "depth": depth,
        "led": line.person in view.led,
        "own": cells_document(line.own),
        "team": cells_document(line.team),
        "before": cells_document(line.before),
        "forecast": _nested({key: text(amount) for key, amount in line.forecast.items()}),
        "judged": _nested({key: judgement_document(view, each) for key, each in line.judged.items()}),
    }


def line_target(view: View, line: Line, rows: Sequence[TargetRow]) -> Target | None:
    """One's own target, which is for one's whole line; without one, what those below have to reach together."""
    own = target_of((row for row in rows if row.person == line.person and row.person), view.period)
    if own is not None:
        return own
    below = [found for each in line.reports if (found := line_target(view, each, rows)) is not None]
    if not below:
        return None
    return Target(sum((each.value for each in below), Decimal(0)), "people", len(below))


def _won(view: View, session: Session, line: Line) -> Attained:
    place = (session.currency, view.deal.closed)
    return Attained(line.team.get(place, Cell()).amount)


def cells_document(cells: Cells) -> dict[str, dict[str, Any]]:
    return _nested({key: cell.document() for key, cell in cells.items() if cell != Cell()})


def _nested(by_place: dict[tuple[str, str], Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for (currency, category), value in by_place.items():
        found.setdefault(currency, {})[category] = value
    return found


def judgement_document(view: View, judgement: Judgement) -> dict[str, Any]:
    by = view.organisation.people.get(judgement.by)
    return {
        "amount": None if judgement.amount is None else text(judgement.amount),
        "was": None if judgement.was is None else text(judgement.was),
        "note": judgement.note,
        "by": {"id": str(judgement.by), "label": by.name if by else None},
        "at": judgement.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
    }
