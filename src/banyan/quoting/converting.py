"""A quote becomes a contract or an order, a contract becomes orders: one command under the lock of what is converted.

Of one quote there is one contract, or one order: of two who convert it at once the second is told what the first has
made.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson

from banyan.db.database import Connection
from banyan.extension.writes import CHECKS, Breach, Write
from banyan.kernel.errors import Conflict
from banyan.query.parsed import ParsedQuery
from banyan.quoting.copying import make, remaining
from banyan.quoting.differences import sold
from banyan.quoting.moving import Act, id_of
from banyan.quoting.sheets import Place, read_lines
from banyan.records import queries
from banyan.records.people import house_session
from banyan.records.session import Session

_GIVEN_UP = ("cancelled",)


async def to_contract(act: Act) -> dict[str, Any]:
    """The contract of an accepted quote."""
    await act.held("accepted")
    await _require_unconverted(act)
    return await make(act, act.kind_of("contract"), {"quote": str(act.id), "kind": "new"})


async def to_order(act: Act) -> dict[str, Any]:
    """The order of an accepted quote that has no contract."""
    await act.held("accepted")
    await _require_unconverted(act)
    return await make(act, act.kind_of("sales_order"), {"quote": str(act.id)})


async def order_of_contract(act: Act) -> dict[str, Any]:
    """An order over what of the contract is not ordered yet."""
    found = await act.held("signed", "performing")
    taken: dict[Any, Decimal] = {}
    reduced = _amount(found)
    kind = act.kind_of("sales_order")
    house = Place(act.connection, act.house_place().session, act.bus, kind)
    for order in await _made(act, "sales_order", "contract", await _lineage(act, found)):
        reduced -= _amount(order)
        for line in await read_lines(house, order["id"]):
            taken[sold(line)] = taken.get(sold(line), Decimal(0)) + Decimal(line["quantity"])
    lines = await read_lines(act.house_place(), act.id)
    if lines and not remaining(taken, lines):
        raise Conflict("contract_ordered")
    quote = found.get("quote")
    values: dict[str, Any] = {"contract": str(act.id), **({"quote": quote} if quote else {})}
    # What orders before have taken of the reduction is not given again.
    if found.get("reduction"):
        left = {**found["reduction"], "amount": f"{reduced:f}"}
        values["reduction"] = left if reduced > 0 else None
    return await make(act, kind, values, lines=lambda rows: remaining(taken, rows))


def _amount(document: dict[str, Any]) -> Decimal:
    """The reduction of a document."""
    return Decimal((document.get("reduction") or {}).get("amount") or 0)


async def _require_unconverted(act: Act) -> None:
    for name in ("contract", "sales_order"):
        made = await _made(act, name, "quote")
        if name == "contract":
            made = [each for each in made if not each.get("amends")]
        if made:
            first = made[0]
            extra = {"object": name, "id": first["id"]}
            raise Conflict("already_made", extra=extra, number=first.get("number") or "")


async def _lineage(act: Act, found: dict[str, Any]) -> list[str]:
    """The contract and those that it amends: what was ordered of these counts."""
    chain = [str(act.id)]
    while (older := id_of(found.get("amends"))) and str(older) not in chain:
        chain.append(str(older))
        found = await Act(act.place, older).read()
    return chain


async def _made(act: Act, name: str, link: str, of: list[str] | None = None) -> list[dict[str, Any]]:
    """Documents made of this one (or of these) that are not given up."""
    place = act.house_place(act.kind_of(name))
    where = {
        "and": [
            {"field": link, "op": "in", "value": of or [str(act.id)]},
            {"not": {"field": "status", "op": "in", "value": list(_GIVEN_UP)}},
        ]
    }
    select = ("number", "amends") if name == "contract" else ("number", "reduction")
    query = ParsedQuery(select=select, where=where, limit=1_000)
    page = await queries.query_page(act.connection, place.session, place.head, query)
    found: list[dict[str, Any]] = orjson.loads(page.rows)
    return found


class ConvertedOnce:
    """What comes back from the trash is not a second contract or order of its quote."""

    async def applies(self, connection: Connection, session: Any, obj: Any) -> bool:
        del connection, session, obj
        return False  # A load brings nothing back.

    async def __call__(self, write: Write) -> Mapping[UUID, Sequence[Breach]]:
        if not write.restored:
            return {}
        house = house_session(write.session)
        back = await _first_of(write.connection, house, write.obj.api_name, "id", list(map(str, write.ids)))
        quotes = sorted({str(each["quote"]["id"]) for each in back})
        made = [
            each
            for name in ("contract", "sales_order")
            for each in await _first_of(write.connection, house, name, "quote", quotes)
        ]
        found: dict[UUID, Sequence[Breach]] = {}
        for each in back:
            others = [
                one for one in made if one["quote"]["id"] == each["quote"]["id"] and one["id"] != each["id"]
            ]
            if others:
                found[UUID(each["id"])] = [
                    Breach("already_made", None, {"number": others[0].get("number") or ""})
                ]
        return found


async def _first_of(
    connection: Connection, house: Session, name: str, field: str, values: list[str]
) -> list[dict[str, Any]]:
    """Contracts or orders that were made of a quote itself: no amendment, no order of a contract, not given up."""
    obj = house.full.by_name.get(name)
    between = "amends" if name == "contract" else "contract"
    if obj is None or not values or any(obj.field(each) is None for each in (between, "quote", "status")):
        return []
    where = {
        "and": [
            {"field": field, "op": "in", "value": values},
            {"field": "quote", "op": "is_not_empty"},
            {"field": between, "op": "is_empty"},
            {"not": {"field": "status", "op": "in", "value": list(_GIVEN_UP)}},
        ]
    }
    query = ParsedQuery(select=("number", "quote"), where=where, limit=1_000)
    found: list[dict[str, Any]] = orjson.loads((await queries.query_page(connection, house, obj, query)).rows)
    return found


def register_checks() -> None:
    for name in ("contract", "sales_order"):
        CHECKS.register(name, "converted_once", ConvertedOnce())
