"""Versions of a quote: each is a quote of its own with its own number, and names the one before it.

The one before stays as it is, and open, until the new one is sent: then it is superseded. So a customer who holds it
may accept it as long as nothing better is on the table.
"""

from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson

from banyan.kernel.errors import Conflict
from banyan.query.parsed import ParsedQuery, Sort
from banyan.quoting.copying import make
from banyan.quoting.differences import between
from banyan.quoting.moving import Act, id_of
from banyan.quoting.sheets import Place, read_head, read_lines
from banyan.records import queries

OVER = ("cancelled", "superseded")
_MOST = 50


async def new_version(act: Act) -> dict[str, Any]:
    """A draft that is to take the quote's place. Raises Conflict where one is being made already."""
    found = await act.held("sent", "declined", "expired")
    later = await _later(act)
    if later is not None:
        raise Conflict("version_exists", extra={"id": str(later["id"])}, number=later.get("number") or "")
    number = Decimal(found.get("version_no") or 1) + 1
    return await make(act, act.kind, {"previous": str(act.id), "version_no": f"{number:f}"})


async def _later(act: Act) -> dict[str, Any] | None:
    """The version that follows and is not given up."""
    house = act.house_place()
    where = {
        "and": [
            {"field": "previous", "op": "eq", "value": str(act.id)},
            {"not": {"field": "status", "op": "in", "value": list(OVER)}},
        ]
    }
    query = ParsedQuery(select=("number",), where=where, limit=1)
    page = await queries.query_page(act.connection, house.session, house.head, query)
    found = orjson.loads(page.rows)
    return found[0] if found else None


async def read_versions(place: Place, record_id: str) -> list[dict[str, Any]]:
    """Every version of a quote, the latest first, each with what differs from the one before."""
    chain = await _chain(place, record_id)
    told = []
    before: tuple[dict[str, Any], list[dict[str, Any]]] | None = None
    for head in chain:
        now = head, await read_lines(place, head["id"])
        total = {"amount": head.get("total"), "currency": head.get("currency")}
        told.append(
            {
                "id": head["id"],
                "version_no": head.get("version_no"),
                "number": head.get("number"),
                "status": head.get("status"),
                "total": total if head.get("total") is not None else None,
                "sent_at": head.get("sent_at"),
                "differences": [] if before is None else between(place.head, place.line, before, now),
            }
        )
        before = now
    return told[::-1]


async def _chain(place: Place, record_id: str) -> list[dict[str, Any]]:
    """From the first version on; a version out of sight ends the chain."""
    chain = [await read_head(place, record_id)]
    seen = {chain[0]["id"]}
    while (key := id_of(chain[0].get("previous"))) and str(key) not in seen and len(chain) < _MOST:
        found = await _find(place, "id", key)
        if found is None:
            break
        seen.add(found["id"])
        chain.insert(0, found)
    while len(chain) < _MOST:
        found = await _find(place, "previous", UUID(chain[-1]["id"]))
        if found is None or found["id"] in seen:
            break
        seen.add(found["id"])
        chain.append(found)
    return chain


async def _find(place: Place, field: str, value: UUID) -> dict[str, Any] | None:
    if place.head.field(field) is None:
        return None
    where = {"field": field, "op": "eq", "value": str(value)}
    query = ParsedQuery(where=where, limit=1, sort=(Sort(field="id", direction="desc"),))
    page = await queries.query_page(place.connection, place.session, place.head, query)
    found: list[dict[str, Any]] = orjson.loads(page.rows)
    return found[0] if found else None
