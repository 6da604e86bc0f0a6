"""Partners of the sample, and what they register: one protected, one to be decided on, one refused."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from banyan.db.database import Connection
from banyan.partners import registrations
from banyan.partners.hooks import PARTNER, REGISTRATION
from banyan.records.desk import Desk

_PARTNERS = (
    {"name": "华东智联代理有限公司", "kind": "agent", "level": "gold", "protection_days": "120"},
    {"name": "岭南数科经销有限公司", "kind": "dealer", "level": "silver", "protection_days": "90"},
    {"name": "Harbour Systems Ltd", "kind": "integrator", "level": "registered", "protection_days": "60"},
)
_CUSTOMERS = (
    ("宁波海曙精密制造有限公司", 0, "380000.00"),
    ("佛山顺德家电科技有限公司", 1, "126000.00"),
    ("Pearl River Logistics Ltd", 2, "92000.00"),
)


async def sample(connection: Connection, session: Any, bus: Any, made: Mapping[str, Sequence[UUID]]) -> None:
    """Nothing where the objects are gone."""
    desk = Desk(connection, session, bus)
    if any(name not in session.full.by_name for name in (PARTNER, REGISTRATION)):
        return
    owners = [str(each) for each in made.get("user", ())]
    partners = await desk.house.create(desk.full(PARTNER), _PARTNERS, [""] * len(_PARTNERS))
    rows = [
        {
            "customer": customer,
            "partner": str(partners[place].id),
            "amount": {"amount": amount, "currency": session.currency},
            **({"owner": owners[place % len(owners)]} if owners else {}),
        }
        for customer, place, amount in _CUSTOMERS
    ]
    written = await desk.house.create(desk.full(REGISTRATION), rows, [""] * len(rows))
    await registrations.approve(desk, str(written[0].id), None)
    await registrations.reject(desk, str(written[2].id), None, "已有直接联系")
