"""Contracts that follow a contract: an amendment, which takes its place when it is signed, and a renewal after its end.

When an amendment is signed the contract it amends becomes `amended`, and its payment plan is carried over with all that
was received: instalments move as they are, and what the amount has changed by is added as one, or taken off the last.
Invoices and requests for them go over too: what was invoiced of the deal is not invoiced again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson

from banyan.events import EventBus
from banyan.extension.writes import HOOKS, Write
from banyan.kernel.errors import Conflict, FieldProblem, InvalidInput
from banyan.kernel.messages import message
from banyan.metadata.catalog import Object
from banyan.query.parsed import ParsedQuery, Sort
from banyan.quoting.copying import make
from banyan.quoting.moving import Act, id_of
from banyan.quoting.repricing import on_behalf
from banyan.quoting.sheets import Place
from banyan.records import documents, queries
from banyan.records.commands import Change, Commands
from banyan.records.session import Session

NAME = "quoting"
IN_FORCE = ("signed", "performing")
PLAN = "payment_plan"
INVOICED = ("invoice_request", "invoice")
_MOST = 1_000


async def amend(act: Act) -> dict[str, Any]:
    """A draft that is to take the contract's place. Raises Conflict where one is being made already."""
    found = await act.held(*IN_FORCE)
    await _require_none(act, "amends")
    number = Decimal(found.get("amendment_no") or 0) + 1
    kept = ("kind", "amount", "signed_by")
    values = {name: found[name] for name in kept if found.get(name) is not None}
    more = {"amends": str(act.id), "amendment_no": f"{number:f}", "quote": found.get("quote")}
    return await make(act, act.kind, {**values, **more})


async def renew(act: Act) -> dict[str, Any]:
    """A draft for the time after the contract, as long as that was."""
    found = await act.held(*IN_FORCE, "completed")
    await _require_none(act, "renews")
    values: dict[str, Any] = {"kind": "renewal", "renews": str(act.id)}
    start = date.fromisoformat(found["starts_on"]) if found.get("starts_on") else None
    end = date.fromisoformat(found["ends_on"]) if found.get("ends_on") else None
    values |= {"starts_on": (end + timedelta(days=1)).isoformat()} if end else {}
    values |= {"ends_on": _as_long(start, end).isoformat()} if start and end else {"ends_on": None}
    if found.get("amount") is not None:
        values["amount"] = found["amount"]
    return await make(act, act.kind, values)


def _as_long(start: date, end: date) -> date:
    """The end of the next time: whole years stay whole years, anything else as many days."""
    after = end + timedelta(days=1)
    if (after.month, after.day) == (start.month, start.day) and after.year > start.year:
        return after.replace(year=after.year + (after.year - start.year)) - timedelta(days=1)
    return end + (after - start)


async def _require_none(act: Act, link: str) -> None:
    where = {
        "and": [
            {"field": link, "op": "eq", "value": str(act.id)},
            {"not": {"field": "status", "op": "in", "value": ["cancelled"]}},
        ]
    }
    house = act.house_place()
    query = ParsedQuery(select=("number",), where=where, limit=1)
    found = orjson.loads((await queries.query_page(act.connection, house.session, house.head, query)).rows)
    if found:
        extra = {"object": "contract", "id": found[0]["id"]}
        raise Conflict("already_made", extra=extra, number=found[0].get("number") or "")


@dataclass(frozen=True)
class Signing:
    """The hook on contracts: an amendment that comes into force replaces what it amends."""

    bus: EventBus

    async def __call__(self, write: Write) -> None:
        session: Session = write.session
        kind = documents.document_kind(session.full, "contract")
        amends = None if kind is None else kind.head.field("amends")
        if kind is None or amends is None or session.history or not write.touches([kind.column("status")]):
            return
        place = Place(write.connection, on_behalf(session), self.bus, kind)
        for head in await _signed(place, write.ids):
            older = id_of(head.get("amends"))
            if older is not None:
                await _replace(Act(place, older), head)


async def _signed(place: Place, ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Those of the contracts that amend another and are in force."""
    where = {
        "and": [
            {"field": "id", "op": "in", "value": [str(key) for key in ids]},
            {"field": "amends", "op": "is_not_empty"},
            {"field": "status", "op": "in", "value": list(IN_FORCE)},
        ]
    }
    query = ParsedQuery(where=where, limit=min(_MOST, max(1, len(ids))))
    page = await queries.query_page(place.connection, place.session, place.kind.head, query)
    found: list[dict[str, Any]] = orjson.loads(page.rows)
    return found


async def _replace(act: Act, head: Mapping[str, Any]) -> None:
    old = await act.read()
    await _require_replaceable(act, old, head)
    if old["status"] == "amended":
        return
    commands = Commands(act.connection, act.session, act.bus, house=True)
    async with commands.together():
        await act.move({"status": "amended"})
        plan = act.session.full.by_name.get(PLAN)
        if plan is not None and Decimal(head.get("plan_count") or 0) == 0:
            await _carry(act, commands, plan, head)
        for name in INVOICED:
            await _carry_invoiced(act, commands, name, head)


async def _require_replaceable(act: Act, old: Mapping[str, Any], head: Mapping[str, Any]) -> None:
    """Raise InvalidInput where the amendment cannot take the place of what it amends: money would be counted twice."""
    number = old.get("number") or ""
    if old["status"] not in IN_FORCE and (old["status"] != "amended" or await _replaced(act, head)):
        raise InvalidInput("amends_not_in_force", number=number)
    if id_of(old.get("account")) != id_of(head.get("account")):
        problem = FieldProblem("/account", "amendment_other_account", {"number": number})
        raise InvalidInput(problems=[problem])
    own_plan = Decimal(head.get("plan_count") or 0) > 0
    if old["status"] in IN_FORCE and own_plan and Decimal(old.get("received") or 0) > 0:
        raise InvalidInput("amendment_with_plan", number=number)


async def _replaced(act: Act, head: Mapping[str, Any]) -> bool:
    """Whether another amendment than this one has taken the contract's place."""
    where = {
        "and": [
            {"field": "amends", "op": "eq", "value": str(act.id)},
            {"field": "id", "op": "ne", "value": str(head["id"])},
            {"not": {"field": "status", "op": "in", "value": ["draft", "cancelled"]}},
        ]
    }
    query = ParsedQuery(select=("number",), where=where, limit=1)
    page = await queries.query_page(act.connection, act.session, act.kind.head, query)
    return page.size > 0


async def _carry_invoiced(act: Act, commands: Commands, name: str, head: Mapping[str, Any]) -> None:
    obj = act.session.full.by_name.get(name)
    if obj is None or obj.field("contract") is None:
        return
    where = {"field": "contract", "op": "eq", "value": str(act.id)}
    query = ParsedQuery(select=("id",), where=where, limit=_MOST)
    rows = orjson.loads((await queries.query_page(act.connection, act.session, obj, query)).rows)
    if rows:
        values = {"contract": str(head["id"])}
        await commands.update(obj, [Change(UUID(row["id"]), values) for row in rows])


async def _carry(act: Act, commands: Commands, plan: Object, head: Mapping[str, Any]) -> None:
    where = {"field": "contract", "op": "eq", "value": str(act.id)}
    query = ParsedQuery(where=where, sort=(Sort(field="position"), Sort(field="id")), limit=_MOST)
    page = await queries.query_page(act.connection, act.session, plan, query)
    rows: list[dict[str, Any]] = orjson.loads(page.rows)
    if not rows:
        return
    amount, currency = Decimal(head["amount"]["amount"]), head["amount"]["currency"]
    change = amount - sum((Decimal(row["amount"]["amount"]) for row in rows), Decimal(0))
    left = lessened(rows, -change) if change < 0 else {}
    changes, gone = [], []
    for row in rows:
        rest = left.get(row["id"])
        values: dict[str, Any] = {"contract": str(head["id"])}
        if rest is not None:
            values |= {"amount": {"amount": f"{rest:f}", "currency": currency}, "percent": None}
        changes.append(Change(UUID(row["id"]), values))
        gone += [Change(UUID(row["id"]), {})] if rest == 0 else []
    if gone:
        await commands.delete(plan, gone)
    removed = {each.id for each in gone}
    await commands.update(plan, [each for each in changes if each.id not in removed])
    if change > 0:
        await commands.create(plan, [_addition(act.session, rows, head, change, currency)])


def lessened(rows: Sequence[Mapping[str, Any]], less: Decimal) -> dict[str, Decimal]:
    """New amounts of instalments, by id: taken off the last first, and never below what was received for it."""
    found: dict[str, Decimal] = {}
    for row in reversed(rows):
        amount, received = Decimal(row["amount"]["amount"]), Decimal(row.get("allocated") or 0)
        off = min(less, amount - received)
        if off > 0:
            found[row["id"]] = amount - off
            less -= off
    if less > 0:
        raise InvalidInput("amendment_below_received")
    return found


def _addition(
    session: Session,
    rows: Sequence[Mapping[str, Any]],
    head: Mapping[str, Any],
    change: Decimal,
    currency: str,
) -> dict[str, Any]:
    last = rows[-1]
    return {
        "name": message(
            "instalment_of_amendment", session.actor.language, {"number": head.get("number") or ""}
        ),
        "contract": str(head["id"]),
        "position": len(rows) + 1,
        "due_on": last.get("due_on"),
        "amount": {"amount": f"{change:f}", "currency": currency},
        "owner": head.get("owner"),
    }


def register_hooks(bus: EventBus) -> None:
    HOOKS.register("contract", NAME, Signing(bus))
