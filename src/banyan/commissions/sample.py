"""Commission rules of the sample, and a few expenses of its people."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from banyan.commissions.expenses import EXPENSE
from banyan.commissions.reading import RULE
from banyan.db.database import Connection
from banyan.records.desk import Desk

_RULES = (
    {"name": "回款提成", "basis": "received", "rate": "3", "from_amount": "0"},
    {"name": "回款提成（月超 20 万）", "basis": "received", "rate": "4.5", "from_amount": "200000"},
    {"name": "签约奖励", "basis": "signed", "rate": "0.5", "from_amount": "0"},
)
_EXPENSES = (
    ("拜访客户往返高铁", "travel", "553.00", 12, "submitted"),
    ("客户午餐", "meals", "286.50", 6, "submitted"),
    ("Trade show stand", "exhibition", "4800.00", 20, "draft"),
    ("市内打车", "transport", "64.80", 2, "draft"),
)


async def sample(connection: Connection, session: Any, bus: Any, made: Mapping[str, Sequence[UUID]]) -> None:
    """Nothing where the objects are gone."""
    desk = Desk(connection, session, bus)
    if any(name not in session.full.by_name for name in (RULE, EXPENSE)):
        return
    await desk.house.create(desk.full(RULE), _RULES, [""] * len(_RULES))
    people, accounts = ([str(each) for each in made.get(name, ())] for name in ("user", "account"))
    rows = [
        {
            "name": name,
            "kind": kind,
            "amount": {"amount": amount, "currency": session.currency},
            "spent_on": (desk.today - timedelta(days=ago)).isoformat(),
            "status": status,
            **({"owner": people[place % len(people)]} if people else {}),
            **({"account": accounts[place % len(accounts)]} if accounts else {}),
        }
        for place, (name, kind, amount, ago, status) in enumerate(_EXPENSES)
    ]
    await desk.house.create(desk.full(EXPENSE), rows, [""] * len(rows))
