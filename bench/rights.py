"""What rights cost: the same requests as somebody who sees everything, five departments of 400, their own alone."""

import statistics
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from banyan.access.compile import load_policy
from banyan.kernel.actor import Actor
from banyan.workspaces import load
from bench.cases import COLUMNS
from bench.http import drive
from bench.server import Running

ROUNDS, HTTP_OK = 5, 200
_PAGE = {"select": COLUMNS, "limit": 80}
_GROUPS = {"group_by": [{"field": "stage"}], "measures": [{"fn": "count"}, {"fn": "sum", "field": "amount"}]}
_SEARCH = "/search?objects=account,contact&q="
REQUESTS: dict[str, tuple[str, str, Any]] = {
    "list of 80, newest first": ("POST", "/records/opportunity/query", _PAGE),
    "list of 80, by amount": (
        "POST",
        "/records/opportunity/query",
        {**_PAGE, "sort": [{"field": "amount", "direction": "desc"}]},
    ),
    "list of 80 with capped count": ("POST", "/records/opportunity/query", {**_PAGE, "count": "capped"}),
    "count and sum by stage": ("POST", "/records/opportunity/aggregate", _GROUPS),
    "search: two Chinese characters": ("GET", _SEARCH + quote("恒远"), None),
    "search: pinyin initials": ("GET", _SEARCH + "szhy", None),
    "search: phone tail": ("GET", _SEARCH + "86420", None),
}


@dataclass(frozen=True)
class Cost:
    """Median p50 in ms of each reader, with the smallest and largest of the rounds."""

    name: str
    everything: tuple[float, float, float]
    departments: tuple[float, float, float]
    own: tuple[float, float, float]

    def line(self) -> str:
        base = self.everything[1]
        parts = [_ms(self.everything)]
        for each in (self.departments, self.own):
            parts += [_ms(each), f"{each[1] / base:.2f}"]
        return f"| {self.name} | {' | '.join(parts)} |"


def _ms(spread: tuple[float, float, float]) -> str:
    return f"{spread[1]:.2f} ({spread[0]:.2f}–{spread[2]:.2f})"


async def measure_rights(place: Running, seconds: float) -> list[Cost]:
    """The three readers in turn, so that a noisy moment meets all of them."""
    found = []
    readers = [place.administrator, place.head, place.member]
    for name, request in REQUESTS.items():
        clients = [place.client(token) for token in readers]
        works = [_asking(client, request) for client in clients]
        for work in works:
            await drive([work], seconds / 4)
        rounds: list[list[float]] = [[], [], []]
        for _ in range(ROUNDS):
            for index, work in enumerate(works):
                rounds[index].append((await drive([work], seconds / 2)).p50_ms)
        for client in clients:
            client.close()
        spreads = [(min(each), statistics.median(each), max(each)) for each in rounds]
        found.append(Cost(name, *spreads))
        print(found[-1].line(), flush=True)
    return found


def _asking(client: Any, request: tuple[str, str, Any]) -> Any:
    async def work() -> None:
        answer = await client.call(*request)
        if answer.status != HTTP_OK:
            raise RuntimeError(f"{request}: {answer.status} {answer.body[:300]!r}")

    return work


async def measure_policy(place: Running) -> dict[str, float]:
    """Milliseconds to compile the policy of somebody with roles; kept by person and version, it is then a look-up."""
    async with place.database.reader() as connection:
        space = await load(connection)
        taken = []
        for _ in range(50):
            begin = time.perf_counter()
            policy = await load_policy(connection, Actor(place.head_id, space.schema))
            policy.rows("opportunity", "read")
            taken.append((time.perf_counter() - begin) * 1000)
    return {"cold_ms": statistics.median(taken[1:]), "worst_ms": max(taken)}
