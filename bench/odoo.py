"""The same work as Odoo was measured at: same shape of data, same page size, p50 at one connection, requests/s at 16.

Odoo's figures are constants: Odoo Community 19, measured on the same kind of machine (2 cores; client, application and
database together, over HTTP), see docs/performance.md. They are not measured again here.
"""

import itertools
import statistics
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from bench.beside import CONCURRENCY, owner_and_stage, places_in
from bench.cases import COLUMNS
from bench.http import Client, drive
from bench.report import machine
from bench.server import Running
from bench.transfer import measure_import

MARK = "## Beside Odoo"
SIZES = (100_000, 1_000_000)
ROUNDS, REFUSED, SLOW_MS = 3, 400, 500.0
STAGES = ("prospecting", "engaging", "proposal", "negotiation", "won", "lost")
TEN, FIVE = 10.0, 5.0
IMPORT = "import, rows/s"
WHOLE = "create one record, answered with all of it"

# name → (p50 ms, requests/s) at 10⁵ and at 10⁶; None where none was measured. Ranges stand with their better end.
ODOO: dict[str, tuple[tuple[float, float] | None, tuple[float, float] | None]] = {
    "list of 80": ((18.8, 103), (17.2, 120)),
    "list of 80, by amount": ((50.5, 21), (247, 4)),
    "list of 80, owner and stage filter": ((37, 53), (234, 11)),
    "list of 80, 20,000 rows deep": (None, None),
    "read one record": ((11.2, 174), (12.0, 162)),
    "update one record": ((11.3, 147), (13.7, 139)),
    "create one record": ((24, 85), (23.9, 85)),
    WHOLE: ((24, 85), (23.9, 85)),
    "count and sum by stage": ((39.7, 28), (254, 4)),
    "board of all stages": ((65.6, 21), (274, 4)),
    "name lookup": ((344, 8), (388, 7)),
    IMPORT: (None, (0, 135)),
}
AIMS = {
    "list of 80": TEN,
    "list of 80, by amount": TEN,
    "list of 80, owner and stage filter": TEN,
    "list of 80, 20,000 rows deep": TEN,
    "name lookup": TEN,
    IMPORT: TEN,
    "read one record": FIVE,
    "update one record": FIVE,
    "create one record": FIVE,
    WHOLE: FIVE,
}
Request = tuple[Any, ...]


@dataclass(frozen=True)
class Ours:
    """Medians of the rounds; `ms` is 0 where only a rate was measured."""

    name: str
    ms: float
    per_second: float


async def measure_odoo(place: Running, seconds: float, imported: int) -> list[Ours]:
    """All rows of the table on a filled server."""
    found = []
    for name, work in (await _works(place)).items():
        found.append(await _measured(place, name, work, seconds))
        print(found[-1], flush=True)
    figures = await measure_import(place, imported)
    return [*found, Ours(IMPORT, 0.0, figures["per_second"])]


async def _works(place: Running) -> dict[str, Callable[[], Sequence[Request]]]:
    """Each row of the table as the requests that one turn makes, one after the other."""
    ids, deep = await places_in(place)
    turns = itertools.count()
    page: dict[str, Any] = {"select": COLUMNS, "limit": 80}
    groups = {
        "group_by": [{"field": "stage"}],
        "measures": [{"fn": "count"}, {"fn": "sum", "field": "amount"}],
    }
    deal = {"name": "Bench deal", "stage": "engaging", "amount": "1200.50", "close_date": "2026-12-31"}

    def listing(**body: Any) -> Callable[[], Sequence[Request]]:
        return lambda: [("POST", "/records/opportunity/query", {**page, **body})]

    def update() -> Sequence[Request]:
        turn = next(turns)
        operation = {"op": "update", "id": ids[turn % len(ids)], "values": {"next_step": f"step {turn}"}}
        return [("POST", "/records/opportunity/batch", {"operations": [operation]})]

    def board() -> Sequence[Request]:
        columns = [{"field": "stage", "op": "eq", "value": stage} for stage in STAGES]
        return [
            ("POST", "/records/opportunity/aggregate", groups),
            *(("POST", "/records/opportunity/query", {**page, "where": where}) for where in columns),
        ]

    return {
        "list of 80": listing(),
        "list of 80, by amount": listing(sort=[{"field": "amount", "direction": "desc"}]),
        "list of 80, owner and stage filter": listing(where=owner_and_stage(place)),
        "list of 80, 20,000 rows deep": listing(cursor=deep),
        "read one record": lambda: [("GET", f"/records/opportunity/{ids[next(turns) % len(ids)]}", None)],
        "update one record": update,
        "create one record": lambda: [("POST", "/records/opportunity", deal, "Prefer: return=minimal")],
        WHOLE: lambda: [("POST", "/records/opportunity", deal)],
        "count and sum by stage": lambda: [("POST", "/records/opportunity/aggregate", groups)],
        "board of all stages": board,
        "name lookup": lambda: [("GET", f"/search?objects=account&q={quote('恒远')}", None)],
    }


async def _measured(place: Running, name: str, work: Callable[[], Sequence[Request]], seconds: float) -> Ours:
    clients = [place.client() for _ in range(CONCURRENCY)]
    works = [_turn(name, client, work) for client in clients]
    try:
        slow = (await drive(works[:1], seconds / 4)).p50_ms > SLOW_MS
        alone, together = [], []
        for _ in range(1 if slow else ROUNDS):
            alone.append((await drive(works[:1], seconds)).p50_ms)
            together.append((await drive(works, seconds)).per_second)
    finally:
        for client in clients:
            client.close()
    return Ours(name, statistics.median(alone), statistics.median(together))


def _turn(name: str, client: Client, work: Callable[[], Sequence[Request]]) -> Callable[[], Awaitable[None]]:
    async def turn() -> None:
        for request in work():
            answer = await client.call(*request)
            if answer.status >= REFUSED:
                raise RuntimeError(f"{name}: {answer.status} {answer.body[:200]!r}")

    return turn


def section(found: Sequence[tuple[int, Sequence[Ours]]]) -> str:
    """The part of the report."""
    lines = [
        MARK,
        "",
        machine(),
        "",
        (
            "p50 in ms at one connection / requests per second at 16. Odoo: Odoo Community 19, measured on the same "
            "kind of machine, see [docs/performance.md](../docs/performance.md); a dash where it was not measured. "
            "*Factor* is requests per second, ours to Odoo's. Odoo's create answers with an id, and so does ours where "
            "asked to (`Prefer: return=minimal`, id and version). A board is its totals and the first 80 cards of each "
            "of six stages, seven requests one after the other. Lookup is part of a name (two Chinese characters) "
            "among all accounts."
        ),
        "",
    ]
    for size, rows in found:
        beside = "" if size in SIZES else f" (Odoo's figures are of {SIZES[0]:,})"
        lines += [
            f"### {size:,} records{beside}",
            "",
            "| Work | ours | Odoo | factor | aim | met |",
            "|---|---|---|---|---|---|",
        ]
        lines += [_line(row, SIZES.index(size) if size in SIZES else 0) for row in rows]
        lines.append("")
    return "\n".join(lines)


def _line(row: Ours, place: int) -> str:
    theirs, aim = ODOO[row.name][place], AIMS.get(row.name)
    ours = f"{row.per_second:,.0f}" if row.name == IMPORT else f"{row.ms:.1f} / {row.per_second:,.0f}"
    wanted = "–" if aim is None else f"{aim:.0f} ×"
    if theirs is None:
        return f"| {row.name} | {ours} | – | – | {wanted} | – |"
    factor = row.per_second / theirs[1]
    known = f"{theirs[1]:,.0f}" if row.name == IMPORT else f"{theirs[0]:g} / {theirs[1]:,.0f}"
    met = "–" if aim is None else "yes" if factor >= aim else "**no**"
    return f"| {row.name} | {ours} | {known} | {factor:.1f} × | {wanted} | {met} |"
