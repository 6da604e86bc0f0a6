"""Every function does on PostgreSQL what its example says."""

from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa

from banyan.db.statements import run
from banyan.metadata.formulas.functions.registry import ENTRIES
from banyan.metadata.formulas.tables import formula_tables
from factories.house import House
from factories.ledger import build, values

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
async def folder(house: House):
    await build(house)
    account = await house.create("account", {"name": "榕树"})
    folder = await house.create(
        "folder",
        {
            "name": "F1",
            "account": str(account.id),
            "amount": {"amount": "100", "currency": "USD"},
            "qty": "2",
            "stage": "won",
            "colours": ["new", "won"],
        },
    )
    line = {"folder": str(folder.id)}
    for name, qty, price in (("A", "1", None), ("B", "2", "10"), ("B", "3", "5")):
        await house.create("line", {"name": name, "qty": qty, "price": price, **line})
    async with house.database.transaction() as connection:
        rates = formula_tables(house.schema).rate
        await run(
            connection, sa.insert(rates).values(currency="USD", day=date(2026, 1, 1), rate=Decimal("7.2"))
        )
    return folder.id


@pytest.mark.parametrize("key", list(ENTRIES))
async def test_examples_are_true(house: House, folder, key: str):
    entry = ENTRIES[key]
    assert entry.examples
    found = await values(house, [formula for formula, _ in entry.examples], folder)
    assert found == [expected for _, expected in entry.examples]
