"""What quotes cost: one of 500 lines worked out and saved, over HTTP, with a price book of as many products."""

import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from bench.http import Client
from bench.pools import Figure
from bench.server import Running

MARK = "## Quotes"
LINES, ROUNDS, REFUSED = 500, 9, 400


async def _ok(client: Client, method: str, path: str, body: Any = None) -> Any:
    answer = await client.call(method, path, body)
    if answer.status >= REFUSED:
        raise RuntimeError(f"{method} {path}: {answer.status} {answer.body[:400]!r}")
    return answer.json()


async def _made(client: Client, object_name: str, rows: Sequence[dict[str, Any]]) -> list[str]:
    """Ids of the records, made a thousand at a time."""
    operations = [{"op": "create", "values": row} for row in rows]
    answer = await _ok(client, "POST", f"/records/{object_name}/batch", {"operations": operations})
    return [each["id"] for each in answer["results"]]


async def _document(client: Client) -> tuple[str, int, list[dict[str, Any]]]:
    """A quote, its version, and its lines as the editor sends them."""
    company = {"name": "Bench", "currency": "CNY", "tax_rate": "13"}
    await _ok(client, "POST", "/records/company", company)
    products = await _made(
        client, "product", [{"name": f"Bench product {number}", "unit": "pc"} for number in range(LINES)]
    )
    book = (await _ok(client, "POST", "/records/price_book", {"name": "Bench", "currency": "CNY"}))["id"]
    prices = [
        {
            "price_book": book,
            "product": product,
            "from_quantity": "0",
            "price": {"amount": f"{number + 1}.35", "currency": "CNY"},
        }
        for number, product in enumerate(products)
    ]
    await _made(client, "price_book_entry", prices)
    account = (await _ok(client, "POST", "/records/account", {"name": "Bench customer"}))["id"]
    values = {"name": "Bench quote", "account": account, "currency": "CNY", "price_book": book}
    quote = await _ok(client, "POST", "/records/quote", values)
    lines = [
        {"position": number + 1, "product": product, "quantity": f"{number % 7 + 1}", "discount": "2.5"}
        for number, product in enumerate(products)
    ]
    return quote["id"], quote["version"], lines


async def _timed(work: Callable[[int], Awaitable[None]]) -> list[float]:
    """Milliseconds of each round, after one to warm up."""
    await work(0)
    spent = []
    for number in range(1, ROUNDS + 1):
        begin = time.perf_counter()
        await work(number)
        spent.append((time.perf_counter() - begin) * 1000)
    return spent


async def measure_quoting(place: Running) -> list[Figure]:
    client = place.client()
    quote, version, lines = await _document(client)
    state: dict[str, Any] = {"version": version, "lines": lines}

    async def calculate(number: int) -> None:
        changed = [{**lines[0], "quantity": str(number + 1)}, *lines[1:]]
        found = await _ok(
            client, "POST", "/documents/quote/calculate", {"header": {"id": quote}, "lines": changed}
        )
        if len(found["lines"]) != LINES:
            raise RuntimeError("lines were lost")

    async def save(number: int, *, every: bool) -> None:
        discount = str(number + 1)
        changed = [
            {**line, "discount": discount} if every or place_ == number else line
            for place_, line in enumerate(state["lines"])
        ]
        body = {"version": state["version"], "lines": changed}
        found = await _ok(client, "PUT", f"/documents/quote/{quote}/lines", body)
        state["version"] = found["document"]["version"]
        known = ("id", "position", "product", "quantity", "discount", "unit_price")
        state["lines"] = [
            {name: _sent(line[name]) for name in known if line.get(name) is not None}
            for line in found["lines"]
        ]

    worked = await _timed(calculate)
    first = time.perf_counter()
    await save(0, every=True)
    written = (time.perf_counter() - first) * 1000
    one = await _timed(lambda number: save(number, every=False))
    all_ = await _timed(lambda number: save(number, every=True))
    client.close()
    return [
        Figure(f"{LINES} lines worked out", _spread(worked), "100 ms"),
        Figure(f"{LINES} new lines saved, once", f"{written:.0f} ms", "300 ms"),
        Figure(f"{LINES} lines saved, one changed", _spread(one), "300 ms"),
        Figure(f"{LINES} lines saved, all changed", _spread(all_), "300 ms"),
    ]


def _sent(value: Any) -> Any:
    """A related record goes back as its id."""
    return value["id"] if isinstance(value, dict) and "id" in value else value


def _spread(values: list[float]) -> str:
    return f"{statistics.median(values):.0f} ms ({min(values):.0f}–{max(values):.0f})"


def section(figures: Sequence[Figure]) -> str:
    """The part of the report, under its own heading."""
    head = [
        MARK,
        "",
        f"Measured on {datetime.now(UTC):%Y-%m-%d} over HTTP; {ROUNDS} rounds, median with smallest and largest.",
        "",
    ]
    table = ["| Work | measured | bound |", "|---|---|---|", *(each.line() for each in figures)]
    return "\n".join([*head, *table, ""])
