"""What back-pressure keeps: twice the sustainable load beside a tenth of it, and lists while reports fill their lane.

Requests come as in life, at random moments whether earlier ones are answered or not (an open loop): clients that wait
for an answer before they ask again would hide the queue.
"""

import asyncio
import random
import time
from dataclasses import dataclass, field
from typing import Any

from bench.http import Client, drive
from bench.server import Running

MARK = "## Back-pressure"
SETTLE_S = 3.0
CLOSED, MOST = 16, 400  # connections that find out what is sustainable; the most that a flood opens
TENTH, TWICE = 0.1, 2.0
OK, REFUSALS = 200, (429, 503)
LIST = ("POST", "/records/opportunity/query", {"select": ["name", "amount", "stage", "owner"], "limit": 80})
REPORT = (
    "POST",
    "/records/opportunity/aggregate",
    {
        "group_by": [{"field": "stage"}, {"field": "close_date", "bucket": "month"}],
        "measures": [{"fn": "count"}, {"fn": "sum", "field": "amount"}],
    },
)


@dataclass
class Flood:
    """What became of requests that came at `rate` per second."""

    rate: float
    accepted: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    other: int = 0

    @property
    def p50_ms(self) -> float:
        return _quantile(self.accepted, 0.5)

    @property
    def p99_ms(self) -> float:
        return _quantile(self.accepted, 0.99)

    @property
    def share_refused(self) -> float:
        return len(self.refused) / max(1, len(self.accepted) + len(self.refused) + self.other)

    def line(self, name: str, unloaded: "Flood", seconds: float) -> str:
        ratio = self.p99_ms / unloaded.p99_ms
        return (
            f"| {name} | {self.rate:,.0f} | {len(self.accepted) / seconds:,.0f} | {self.share_refused:.0%} | "
            f"{self.p50_ms:.1f} | {self.p99_ms:.1f} | {ratio:.1f} × | {_quantile(self.refused, 0.99):.1f} |"
        )


@dataclass
class Figures:
    """`seconds` of each flood, what is sustainable, and the floods."""

    seconds: float
    sustainable: float
    unloaded: Flood
    twice: Flood
    beside_reports: Flood
    reports: int


async def measure_pressure(place: Running, seconds: float = 8.0) -> Figures:
    """Find what is sustainable, then flood."""
    await _warm(place)
    clients = [place.client() for _ in range(CLOSED)]
    sustainable = (await drive([_closed(each) for each in clients], seconds)).per_second
    for each in clients:
        each.close()
    unloaded = await flood(place, sustainable * TENTH, seconds)
    twice = await flood(place, sustainable * TWICE, seconds)
    await asyncio.sleep(2.0)  # What waits is over, and the lane is no longer pressed.
    stop = asyncio.Event()
    reports = [asyncio.create_task(_report(place, stop)) for _ in range(4)]
    beside = await flood(place, sustainable * TENTH, seconds)
    stop.set()
    return Figures(seconds, sustainable, unloaded, twice, beside, sum(await asyncio.gather(*reports)))


async def flood(place: Running, rate: float, seconds: float) -> Flood:
    """Ask for lists at `rate` for `seconds`."""
    found, rush, dice = Flood(rate), Flood(rate), random.Random(7)  # the same moments in every run
    idle: list[Client] = []
    tasks: set[asyncio.Task[None]] = set()
    start = time.perf_counter()
    due = start
    while due < start + SETTLE_S + seconds:
        due += dice.expovariate(rate)
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        into = found if due > start + SETTLE_S else rush
        if len(tasks) >= MOST:
            into.other += 1  # So many without an answer, not even a refusal.
            continue
        task = asyncio.create_task(_ask(idle.pop() if idle else place.client(), idle, into))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    await asyncio.gather(*tasks)
    for each in idle:
        each.close()
    return found


async def _ask(client: Client, idle: list[Client], found: Flood) -> None:
    begin = time.perf_counter()
    status = (await client.call(*LIST)).status
    took = time.perf_counter() - begin
    if status == OK:
        found.accepted.append(took)
    elif status in REFUSALS:
        found.refused.append(took)
    else:
        found.other += 1
    idle.append(client)


async def _warm(place: Running) -> None:
    client = place.client()
    for _ in range(50):
        await client.call(*LIST)
    await client.call(*REPORT)
    client.close()


def _closed(client: Client) -> Any:
    async def work() -> None:
        answer = await client.call(*LIST)
        if answer.status != OK:
            raise RuntimeError(f"refused at {CLOSED} connections: {answer.body[:200]!r}")

    return work


async def _report(place: Running, stop: asyncio.Event) -> int:
    client, done = place.client(), 0
    while not stop.is_set():
        done += (await client.call(*REPORT)).status == OK
    client.close()
    return done


def _quantile(seconds: list[float], share: float) -> float:
    ordered = sorted(seconds) or [0.0]
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


def pressure_section(figures: Figures, rows: int) -> str:
    """The section of the report."""
    lines = [
        MARK,
        "",
        (
            f"Lists of 80 over {rows:,} opportunities, arriving at random moments for {figures.seconds:.0f} s each "
            f"(open loop) after {SETTLE_S:.0f} s of rush; sustainable is what {CLOSED} connections in turn get: "
            f"{figures.sustainable:,.0f}/s. Bound: p99 of what is accepted at twice that ≤ 3 × the unloaded one."
        ),
        "",
        "| Load | asked /s | accepted /s | refused | p50 ms | p99 ms | p99 : unloaded | p99 of refusals ms |",
        "|---|---|---|---|---|---|---|---|",
        figures.unloaded.line("a tenth (unloaded)", figures.unloaded, figures.seconds),
        figures.twice.line("twice", figures.unloaded, figures.seconds),
        figures.beside_reports.line(
            "a tenth, beside four callers of a report", figures.unloaded, figures.seconds
        ),
        "",
        f"Reports answered meanwhile: {figures.reports}. Answered otherwise or not sent: {figures.twice.other}.",
        "",
    ]
    return "\n".join(lines)
