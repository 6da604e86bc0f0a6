"""The payment plan of a contract or an order: previewed, read, and written as a whole in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson

from banyan.kernel.errors import InvalidInput, NotFound
from banyan.kernel.ids import parse_id
from banyan.query.parsed import ParsedQuery, Sort
from banyan.receivables.terms import Instalment, left_over, valued
from banyan.receivables.working import Desk
from banyan.records import queries
from banyan.records.commands import Change, Commands
from banyan.records.ledgers import readable
from banyan.records.people import house_session

DOCUMENTS = {"contract": "amount", "sales_order": "total"}
_SHOWN = (
    "name", "position", "due_on", "milestone", "milestone_reached_on", "days_after", "percent", "amount", "allocated",
    "outstanding", "in_force", "paid_on", "note",
)  # fmt: skip


@dataclass(frozen=True)
class Whole:
    """What a plan has to make, exactly."""

    total: Decimal
    currency: str


def whole_of(desk: Desk, name: str, document: dict[str, Any]) -> Whole:
    """Raises InvalidInput where the document amounts to nothing yet."""
    value = document.get(DOCUMENTS[name])
    plain = value["amount"] if isinstance(value, dict) else value
    if plain is None or Decimal(str(plain)) <= 0:
        raise InvalidInput("plan_without_amount")
    own = value.get("currency") if isinstance(value, dict) else None
    return Whole(Decimal(str(plain)), own or document.get("currency") or desk.session.currency)


async def document_of(desk: Desk, name: str, record_id: str) -> dict[str, Any]:
    if name not in DOCUMENTS or parse_id(record_id) is None:
        raise NotFound("record_not_found", object=name, id=record_id)
    return await desk.answer(name, record_id)


def shown(whole: Whole, rows: Sequence[Instalment]) -> dict[str, Any]:
    """A plan that is not written yet."""
    return {
        "currency": whole.currency,
        "total": format(whole.total, "f"),
        "left": format(left_over(whole.total, rows), "f"),
        "instalments": [
            {
                "id": row.id,
                "name": row.name,
                "due_on": None if row.due_on is None else row.due_on.isoformat(),
                "milestone": row.milestone,
                "days_after": row.days_after,
                "percent": None if row.percent is None else format(row.percent.normalize(), "f"),
                "amount": None if row.amount is None else format(row.amount, "f"),
                "note": row.note,
            }
            for row in rows
        ],
    }


async def read_plan(desk: Desk, name: str, record_id: str) -> dict[str, Any]:
    """The instalments of a document as the reader sees them, in order."""
    document = await document_of(desk, name, record_id)
    obj = readable(desk.session, "payment_plan")
    query = ParsedQuery(
        select=tuple(each for each in (*_SHOWN, "version") if obj.field(each) is not None),
        where={"field": name, "op": "eq", "value": record_id},
        sort=(Sort(field="position"), Sort(field="id")),
        limit=200,
    )
    page = await queries.query_page(desk.connection, desk.session, obj, query)
    try:
        whole: dict[str, Any] = {
            "total": format((found := whole_of(desk, name, document)).total, "f"),
            "currency": found.currency,
        }
    except InvalidInput:
        whole = {"total": None, "currency": document.get("currency") or desk.session.currency}
    return {**whole, "version": document["version"], "instalments": orjson.loads(page.rows)}


async def write_plan(
    desk: Desk, name: str, record_id: str, version: int, rows: Sequence[Instalment]
) -> dict[str, Any]:
    """The instalments are these from now on. Judged when all of them stand: together they make the whole."""
    if name not in DOCUMENTS:
        raise NotFound("record_not_found", object=name, id=record_id)
    plan = readable(desk.session, "payment_plan")
    # Who keeps all plans keeps them of documents too that are not theirs to change.
    keeps_all = desk.session.policy.unrestricted(plan.grant_key, "update")
    document = await desk.held(name, record_id, version, None if keeps_all else "update")
    whole = whole_of(desk, name, document)
    priced = valued(whole.total, whole.currency, rows)
    before = {each["id"]: each for each in (await read_plan(desk, name, record_id))["instalments"]}
    commands = Commands(desk.connection, desk.session, desk.bus)
    new: list[dict[str, Any]] = []
    places: list[str] = []
    changes: list[Change] = []
    for place, row in enumerate(priced):
        values, pointer = _values(row, whole, place), f"/instalments/{place}"
        if row.id is None:
            new.append({**values, name: record_id, "owner": _id(document.get("owner"))})
            places.append(pointer)
        elif row.id not in before:
            raise NotFound("record_not_found", object="payment_plan", id=row.id)
        else:
            changes.append(Change(UUID(row.id), values, pointer=pointer))
    kept = {row.id for row in priced}
    gone = [Change(UUID(key), {}) for key in before if key not in kept]
    async with commands.together():
        # The document's version moves with its plan: of two who plan at once the later is told.
        moved = replace(desk.session, policy=house_session(desk.session).policy)
        document_writes = Commands(desk.connection, moved, desk.bus)
        await document_writes.update(desk.full(name), [Change(UUID(record_id), {}, version)])
        if gone:
            await commands.delete(plan, gone)
        if changes:
            await commands.update(plan, changes)
        if new:
            await commands.create(plan, new, places)
    return await read_plan(desk, name, record_id)


def _values(row: Instalment, whole: Whole, place: int) -> dict[str, Any]:
    values: dict[str, Any] = {
        "name": row.name,
        "position": str(place + 1),
        "milestone": row.milestone,
        "days_after": None if row.days_after is None else str(row.days_after),
        "percent": None if row.percent is None else format(row.percent, "f"),
        "amount": {"amount": format(row.amount or Decimal(0), "f"), "currency": whole.currency},
        "note": row.note,
    }
    if not row.milestone:  # Of a milestone the day follows from when it is reached.
        values["due_on"] = None if row.due_on is None else row.due_on.isoformat()
    return values


def _id(value: Any) -> str | None:
    found = value["id"] if isinstance(value, dict) else value
    return None if found is None else str(found)
