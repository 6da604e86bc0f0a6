"""Documents to print, and what a print says before it is set."""

from typing import Any
from uuid import UUID

from banyan.api.caller import caller_of
from banyan.extension.printing import PRINTING
from banyan.printing.facade import Printing
from banyan.printing.sheet import Sheet
from factories.api import Api, Person, unique


async def a_quote(admin: Person, lines: int = 2, **values: Any) -> dict[str, Any]:
    account = await admin.create("account", name=unique("上海智造 "), address="浦东新区 1 号")
    product = await admin.create("product", name=unique("Gateway "))
    values = {"account": account["id"], "currency": "CNY", "payment_terms": "货到付款", **values}
    quote = await admin.create("quote", name="网关项目", **values)
    for place in range(lines):
        line = {"quote": quote["id"], "position": place + 1, "product": product["id"], "quantity": "2"}
        price = {"amount": "1234.5", "currency": values["currency"]}
        await admin.create("quote_line", **line, unit_price=price, name=f"Part {place}")
    found: dict[str, Any] = await admin.ok("GET", f"/records/quote/{quote['id']}")
    return found


async def sheet_of(
    api: Api, person: Person, obj: str, key: str, language: str = "zh-CN", template: str | None = None
) -> Sheet:
    """What would be set: the same way as a print, up to the press."""
    from fastapi import Request

    headers = [(b"authorization", f"Bearer {person.token}".encode())]
    scope = {"type": "http", "method": "GET", "path": "/", "headers": headers, "query_string": b""}
    session = (await caller_of(Request({**scope, "app": api.app}))).session
    printer = PRINTING.printer
    assert isinstance(printer, Printing)
    async with api.runtime.database.reader() as connection:
        prepared = await printer.prepare(
            connection, session, session.catalog.object(obj), UUID(key), template=template, language=language
        )
    return prepared.sheet
