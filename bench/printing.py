"""What paper costs: a quote as PDF and as Word over HTTP, and numbers without gaps taken by sixteen writers at once."""

import re
import statistics
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from bench.http import Client, drive
from bench.pools import Figure
from bench.server import Running

MARK = "## Printing and numbers"
ROUNDS, REFUSED, WRITERS, SECONDS = 9, 400, 16, 5.0
TOGETHER = (1, 20)  # quotes in one request
SIZES = ((10, "one page"), (125, "five pages"), (500, "500 lines"))


async def _ok(client: Client, method: str, path: str, body: Any = None) -> Any:
    answer = await client.call(method, path, body)
    if answer.status >= REFUSED:
        raise RuntimeError(f"{method} {path}: {answer.status} {answer.body[:400]!r}")
    return answer


async def _quote(client: Client, account: str, product: str, lines: int) -> str:
    price = {"amount": "1280.5", "currency": "CNY"}
    rows = [
        {"position": place + 1, "product": product, "quantity": "3", "unit_price": price}
        for place in range(lines)
    ]
    values = {"name": "Bench quote", "account": account, "currency": "CNY", "lines": rows}
    return str((await _ok(client, "POST", "/records/quote", values)).json()["id"])


async def _timed(client: Client, path: str) -> tuple[list[float], bytes]:
    spent, body = [], b""
    for number in range(ROUNDS + 1):
        begin = time.perf_counter()
        body = (await _ok(client, "GET", path)).body
        if number:
            spent.append((time.perf_counter() - begin) * 1000)
    return spent, body


async def measure_printing(place: Running) -> list[Figure]:
    client = place.client()
    account = (await _ok(client, "POST", "/records/account", {"name": "苏州恒远精密机械有限公司"})).json()[
        "id"
    ]
    product = (await _ok(client, "POST", "/records/product", {"name": "工业物联网网关 GW-200"})).json()["id"]
    figures = []
    for lines, said in SIZES:
        quote = await _quote(client, account, product, lines)
        spent, body = await _timed(client, f"/prints/quote/{quote}?language=zh-CN")
        pages = len(re.findall(rb"/Type\s*/Page\b", body))
        bound = "1000 ms" if "five" in said else ""
        figures.append(Figure(f"PDF of a quote, {lines} lines, {pages} pages", _spread(spent), bound))
    word, _ = await _timed(client, f"/prints/quote/{quote}?language=zh-CN&format=docx")
    figures.append(Figure(f"Word of a quote, {SIZES[-1][0]} lines", _spread(word), ""))
    client.close()
    return [*figures, *[await _numbers(place, account, together) for together in TOGETHER]]


async def _numbers(place: Running, account: str, together: int) -> Figure:
    """All of one counter, with rules, history and hooks of a quote; every seventh is refused after it was numbered."""
    clients = [place.client() for _ in range(WRITERS)]
    good = {"name": "Bench", "account": account, "currency": "CNY"}
    # Refused by a rule of the object, which is asked of the row that stands, with its number.
    bad = {**good, "issued_on": "2026-12-01", "valid_until": "2026-01-01"}
    written = 0

    def writing(client: Client) -> Any:
        state = {"count": 0}

        async def work() -> None:
            nonlocal written
            state["count"] += 1
            values = bad if state["count"] % 7 == 0 else good
            operations = [{"op": "create", "values": good}] * (together - 1) + [
                {"op": "create", "values": values}
            ]
            if together == 1:
                answer = await client.call("POST", "/records/quote", values)
            else:
                answer = await client.call("POST", "/records/quote/batch", {"operations": operations})
            if answer.status < REFUSED:
                written += together

        return work

    sample = await drive([writing(client) for client in clients], SECONDS)
    body = {
        "select": ["number"],
        "sort": [{"field": "number", "direction": "desc"}],
        "limit": 1,
        "count": "exact",
    }
    page = (await _ok(clients[0], "POST", "/records/quote/query", body)).json()
    for client in clients:
        client.close()
    if int(page["records"][0]["number"].rpartition("-")[2]) != page["count"]["value"]:
        raise RuntimeError("a number is missing or was given twice")
    each = "one in a request" if together == 1 else f"{together} in a request"
    rate = written / sample.seconds
    name = f"Quotes numbered by {WRITERS} writers, one counter, {each}, refusals between"
    return Figure(name, f"{rate:.0f}/s", "≥ 200/s")


def _spread(values: list[float]) -> str:
    return f"{statistics.median(values):.0f} ms ({min(values):.0f}–{max(values):.0f})"


def section(figures: Sequence[Figure]) -> str:
    """The part of the report, under its own heading."""
    head = [
        MARK,
        "",
        f"Measured on {datetime.now(UTC):%Y-%m-%d} over HTTP; {ROUNDS} rounds, median with smallest and largest.",
        "No number is missing or given twice: checked by the run itself.",
        "",
    ]
    table = ["| Work | measured | bound |", "|---|---|---|", *(each.line() for each in figures)]
    return "\n".join([*head, *table, ""])
