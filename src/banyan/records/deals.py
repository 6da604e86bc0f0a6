"""Deals as forecasts see them: which fields of an object they are, and the figures a reader may be told.

An administrator may have reshaped the object. Where amount, date or stage is not what it was, or where the reader may
not see one of the fields that a figure is made of, there are no figures: a sum would tell what is hidden.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from banyan.db.database import Connection
from banyan.kernel.errors import Denied, InvalidInput
from banyan.metadata.catalog import Catalog, Field, Object
from banyan.query import deals, writes
from banyan.query.deals import DealFields, Side, Splits
from banyan.records.session import Session

NOW = Side(None)
_DEFAULT_CATEGORIES = (("commit", "best", "pipeline"), "closed", "omitted")


@dataclass(frozen=True)
class DealNames:
    """How a workspace calls what a forecast needs."""

    object: str
    amount: str
    won_amount: str
    close_date: str
    stage: str
    category: str
    probability: str


@dataclass(frozen=True)
class Figure:
    """What one person has in one category, in one currency."""

    person: UUID | None
    currency: str
    category: str
    amount: Decimal
    weighted: Decimal
    count: int


@dataclass(frozen=True)
class Span:
    """Days of a period (`end` is the first after it) and whose deals count; None: everybody's, and nobody's."""

    start: date
    end: date
    people: Sequence[UUID] | None

    def binds(self) -> dict[str, Any]:
        people = None if self.people is None else list(self.people)
        return {"start": self.start, "end": self.end, "people": people}


@dataclass(frozen=True)
class Movement:
    """A sum of one kind of movement; `category` None counts its deals in all of them."""

    currency: str
    kind: str
    category: str | None
    amount: Decimal
    count: int


def deal_fields(catalog: Catalog, names: DealNames, currency: str) -> DealFields:
    """The fields of a deal, whoever asks. Raises InvalidInput where the object is not one of deals any more."""
    return catalog.keep(("deals", names, currency), lambda: _deal_fields(catalog, names, currency))


def _deal_fields(catalog: Catalog, names: DealNames, currency: str) -> DealFields:
    obj = catalog.by_name.get(names.object)
    amount = _typed(obj, names.amount, "currency")
    close = _typed(obj, names.close_date, "date")
    stage = _typed(obj, names.stage, "single_choice")
    if obj is None or amount is None or close is None or stage is None:
        raise InvalidInput("forecast_fields_gone", object=names.object)
    category = _typed(obj, names.category, "single_choice")
    opened, closed, omitted = _categories(category)
    choices = getattr(stage.config, "choices", ())
    odds = {each.key: str(each.probability) for each in choices if each.probability is not None}
    return DealFields(
        object=obj,
        amount=amount,
        close=close,
        stage=stage,
        won=_typed(obj, names.won_amount, "currency"),
        category=category,
        probability=_typed(obj, names.probability, "percent", "number"),
        splits=_splits(catalog, obj),
        currency=currency,
        won_stages=tuple(each.key for each in choices if each.category == "won"),
        lost_stages=tuple(each.key for each in choices if each.category == "lost"),
        stage_odds=odds,
        open_categories=opened,
        closed=closed,
        omitted=omitted,
    )


def _categories(field: Field | None) -> tuple[tuple[str, ...], str, str]:
    """Open categories from the surest on, the one of what is won, the one of what does not count."""
    choices = [each for each in getattr(getattr(field, "config", None), "choices", ()) if not each.archived]
    opened = tuple(each.key for each in choices if each.category not in ("won", "lost"))
    if not opened:
        return _DEFAULT_CATEGORIES
    closed = next((each.key for each in choices if each.category == "won"), "closed")
    omitted = next((each.key for each in choices if each.category == "lost"), "omitted")
    return opened, closed, omitted


def _splits(catalog: Catalog, obj: Object) -> Splits | None:
    """The object whose rows share deals out: it names a deal, a person and a part."""
    shared = catalog.by_name.get("opportunity_split")
    deal, person = _typed(shared, "opportunity", "relation"), _typed(shared, "person", "user")
    share = _typed(shared, "share", "percent", "number")
    if shared is None or deal is None or person is None or share is None or deal.target != obj.api_name:
        return None
    return Splits(shared, deal, person, share, _typed(shared, "kind", "single_choice"))


def _typed(obj: Object | None, name: str, *types: str) -> Field | None:
    field = obj.field(name) if obj is not None else None
    return field if field is not None and field.definition.type in types else None


def require_figures(session: Session, deal: DealFields) -> None:
    """Raise Denied where the reader may not see one of the fields that figures are made of."""
    session.policy.require(deal.object.grant_key, "read")
    asked: list[tuple[Object, Iterable[Field]]] = [(deal.object, deal.fields)]
    if deal.splits is not None:
        split = deal.splits
        session.policy.require(split.object.grant_key, "read")
        asked.append((split.object, (split.deal, split.person, split.share)))
    for obj, fields in asked:
        seen = session.catalog.by_id[obj.id]
        for field in fields:
            known = seen.field(field.api_name)
            if known is None or known.masked:
                raise Denied("forecast_hidden")


def _predicate(session: Session, deal: DealFields) -> Any:
    return writes.write_predicate(session.policy, session.resolver, deal.object, "read")


async def read_figures(
    connection: Connection, session: Session, deal: DealFields, span: Span, side: Side = NOW
) -> list[Figure]:
    """Sums by person, currency and category of what the reader may see. Raises Denied where figures are hidden."""
    require_figures(session, deal)
    statement, binds = deals.figures(deal, side, _predicate(session, deal))
    cursor = await connection.execute(statement, {**binds, **span.binds()})
    return [
        Figure(person, currency, category, Decimal(amount), Decimal(weighted), int(count))
        for person, currency, category, amount, weighted, count in await cursor.fetchall()
    ]


async def take_snapshot(connection: Connection, deal: DealFields, snapshot: UUID, since: date) -> int:
    """Write all open deals down, and those closing since that day; how many."""
    statement, binds = deals.take_snapshot(deal)
    await connection.execute(statement, {**binds, "snapshot": snapshot, "since": since})
    statement, binds = deals.count_kept(deal)
    row = await (await connection.execute(statement, {**binds, "since": since})).fetchone()
    return int(row[0]) if row else 0


async def drop_snapshots(connection: Connection, schema: str, snapshots: Sequence[UUID]) -> None:
    await connection.execute(deals.drop_rows(schema), {"snapshots": list(snapshots)})


async def read_changes(
    connection: Connection,
    session: Session,
    deal: DealFields,
    span: Span,
    sides: tuple[Side, Side],
    taken_at: datetime,
) -> list[Movement]:
    """What lies between two moments, as far as the reader may see the deals today."""
    require_figures(session, deal)
    statement, binds = deals.changes(deal, *sides, _predicate(session, deal))
    cursor = await connection.execute(statement, {**binds, **span.binds(), "taken_at": taken_at})
    return [
        Movement(currency, kind, category, Decimal(amount), int(count))
        for currency, kind, category, amount, count in await cursor.fetchall()
    ]


async def read_changed_deals(
    connection: Connection,
    session: Session,
    deal: DealFields,
    span: Span,
    sides: tuple[Side, Side],
    asked: Mapping[str, Any],
) -> list[dict[str, Any]]:
    """The deals of one kind of movement, largest first. `asked`: taken_at, kind, of_currency, of_category, limit."""
    require_figures(session, deal)
    statement, binds = deals.changed_deals(deal, *sides, _predicate(session, deal))
    cursor = await connection.execute(statement, {**binds, **span.binds(), **asked})
    return [
        {
            "id": str(record),
            "category": [a_cat, b_cat],
            "close_date": [a_close and a_close.isoformat(), b_close and b_close.isoformat()],
            "stage": [a_stage, b_stage],
            "amount": [a_value, b_value],
        }
        for record, a_cat, b_cat, a_close, b_close, a_stage, b_stage, a_value, b_value in await cursor.fetchall()
    ]
