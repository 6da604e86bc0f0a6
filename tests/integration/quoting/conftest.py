"""What quotes are made of in these tests."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from factories.api import Person, unique

Document = dict[str, Any]
Quote = Callable[..., Awaitable[Document]]


@pytest.fixture(scope="session")
async def book(admin: Person) -> Document:
    """A price book of its own with two products: 100 each, 90 from ten on; and 19.99."""
    book = await admin.create("price_book", name=unique("Book "), currency="CNY")
    big = await admin.create("product", name=unique("Pump "), unit="台", tax_rate="13")
    small = await admin.create("product", name=unique("Seal "), unit="个", tax_rate="13")
    for product, quantity, price in ((big, "0", "100"), (big, "10", "90"), (small, "0", "19.99")):
        values = {
            "price_book": book["id"],
            "product": product["id"],
            "from_quantity": quantity,
            "price": price,
        }
        await admin.create("price_book_entry", **values)
    return {"id": book["id"], "big": big["id"], "small": small["id"]}


@pytest.fixture
def quote(book: Document) -> Quote:
    """A draft of one person over two pumps at the list's price, unless said otherwise."""

    async def make(person: Person, **values: Any) -> Document:
        if "account" not in values:
            values["account"] = (await person.create("account", name=unique("Acme ")))["id"]
        lines = values.pop("lines", [{"product": book["big"], "quantity": "2"}])
        made = await person.create(
            "quote", **{"name": unique("Q "), "price_book": book["id"], "lines": lines, **values}
        )
        found: Document = await person.ok("GET", f"/documents/quote/{made['id']}")
        return found["document"]

    return make
