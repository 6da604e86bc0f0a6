"""The main part: each case over HTTP beside the same statements through the bare driver, in turn, at every size."""

import math
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from banyan.access.facade import load_policy
from banyan.events import EventBus, SubscriberRegistry
from banyan.jobs import MemoryJobQueue
from banyan.kernel.actor import Actor
from banyan.metadata.store import load_catalog
from banyan.records.session import Session
from banyan.workspaces import load
from bench import cases
from bench.bare import BareConnection, record
from bench.http import Client, drive
from bench.report import Route, Row, Spread
from bench.rights import Cost, measure_policy, measure_rights
from bench.server import Running, fill, filled, running
from bench.transfer import measure_export, measure_import

ROUNDS, CONCURRENCY, REFUSED = 3, 16, 400
SLOW_MS, SLOW_CONCURRENCY = (
    500.0,
    2,
)  # such a request is asked in one round and by two, or it would take all day
EXPORTED = 1_000_000  # above that many rows the file is not asked for
TIMED = 30  # requests whose Server-Timing is read


@dataclass
class Result:
    """What one size gave; a part that failed is missing and told in `failed`."""

    size: int
    rows: list[Row] = field(default_factory=list)
    routes: list[Route] = field(default_factory=list)
    rights: list[Cost] = field(default_factory=list)
    extra: dict[str, dict[str, Any]] = field(default_factory=dict)
    memory: dict[str, dict[str, tuple[float, float]]] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)


async def measure_size(size: int, seconds: float, imports: int) -> Result:
    """A server of its own with `size` records of each object."""
    found = Result(size)
    bus = EventBus(SubscriberRegistry(), MemoryJobQueue())
    async with running(BANYAN_SERVER_TIMING="1") as place:
        found.memory["idle"] = place.memory()
        found.extra["start"] = {"seconds": place.start_s}
        spent = await fill(place, size)
        count = filled(size)
        found.extra["fill"] = {"rows": count, "seconds": spent, "per_second": count / spent}
        for case in await cases_of(place, bus):
            await _guarded(found, case.name, lambda case=case: _case(place, case, seconds, found))  # type: ignore[misc]
        await _guarded(found, "rights", lambda: _rights(place, seconds, found))
        for name, work in (
            ("policy", lambda: measure_policy(place)),
            *([("export", lambda: measure_export(place))] if size <= EXPORTED else []),
            ("import", lambda: measure_import(place, min(imports, size))),
        ):
            await _guarded(found, name, lambda name=name, work=work: _extra(name, work, found))  # type: ignore[misc]
        found.memory["after work"] = place.memory()
    return found


async def _guarded(found: Result, name: str, work: Callable[[], Awaitable[None]]) -> None:
    """What fails is told, and the rest is measured all the same."""
    try:
        await work()
    except Exception as error:  # noqa: BLE001 - whatever it is, the other figures stand
        found.failed.append(f"{found.size:,} records, {name}: {type(error).__name__}: {str(error)[:200]}")
        print("FAILED", found.failed[-1], file=sys.stderr, flush=True)


async def _case(place: Running, case: cases.Case, seconds: float, found: Result) -> None:
    found.rows.append(await measure(place, case, seconds))
    print(found.rows[-1].line(), flush=True)
    found.routes.append(await _route(place, case))


async def _rights(place: Running, seconds: float, found: Result) -> None:
    found.rights += await measure_rights(place, seconds)


async def _extra(name: str, work: Callable[[], Awaitable[dict[str, Any]]], found: Result) -> None:
    found.extra[name] = await work()
    print(name, found.extra[name], flush=True)


async def session_of(place: Running, *, member: bool) -> Session:
    async with place.database.reader() as connection:
        space = await load(connection)
        catalog = await load_catalog(connection, space.schema)
        user = place.member_id if member else place.administrator_id
        actor = Actor(user, space.schema)
        return Session(actor, await load_policy(connection, actor), catalog, space.currency)


async def places_in(place: Running, pages: int = 20) -> tuple[list[str], str]:
    """Ids of a thousand deals, and the cursor `pages` thousand rows deep."""
    client = place.client()
    body: dict[str, Any] = {"select": ["name"], "limit": 1000}
    first = (await client.call("POST", "/records/opportunity/query", body)).json()
    deep = first["next_cursor"]
    for _ in range(pages):
        page = (await client.call("POST", "/records/opportunity/query", {**body, "cursor": deep})).json()
        deep = page["next_cursor"] or deep
    client.close()
    return [item["id"] for item in first["records"]], deep


def owner_and_stage(place: Running) -> dict[str, Any]:
    return {"and": [{"field": "owner", "op": "eq", "value": str(place.member_id)},
                    {"field": "stage", "op": "eq", "value": "engaging"}]}  # fmt: skip


async def cases_of(place: Running, bus: EventBus, pages: int = 20) -> list[cases.Case]:
    ids, deep = await places_in(place, pages)
    by_amount = [{"field": "amount", "direction": "desc"}]
    return [
        cases.list_case("list of 80, newest first"),
        cases.list_case("list of 80, by amount", sort=by_amount),
        cases.list_case("list of 80, owner and stage filter", where=owner_and_stage(place)),
        cases.list_case("list of 80, a member's own", member=True),
        cases.list_case("list of 80, a member's own by amount", member=True, sort=by_amount),
        cases.list_case("list of 80, 20,000 rows deep", cursor=deep),
        cases.read_case(ids),
        cases.aggregate_case(),
        cases.search_case("search: two Chinese characters", "恒远"),
        cases.search_case("search: pinyin initials", "szhy"),
        cases.search_case("search: phone tail", "86420"),
        cases.create_case(bus),
        cases.update_case(bus, ids),
    ]


async def measure(place: Running, case: cases.Case, seconds: float, rounds: int = ROUNDS) -> Row:
    """Rounds of server and bare database in turn; medians of the rounds."""
    session = await session_of(place, member=case.member)
    statements = await record(place.database, case.work(session))
    bare = [await BareConnection.open(place.targets) for _ in range(CONCURRENCY)]
    clients = [place.client(place.member if case.member else None) for _ in range(CONCURRENCY)]
    works = {
        "http": [asking(case, client) for client in clients],
        "bare": [_running(connection, statements) for connection in bare],
    }
    try:
        most = CONCURRENCY
        for each in works.values():
            if (await drive(each[:2], seconds / 4)).p50_ms > SLOW_MS:
                rounds, most = 1, SLOW_CONCURRENCY
        found: dict[tuple[str, bool], list[Any]] = {}
        for _ in range(rounds):
            for many in (False, True):
                for side, each in works.items():
                    sample = await drive(each[: most if many else 1], seconds)
                    found.setdefault((side, many), []).append(sample)
    finally:
        for client in clients:
            client.close()
        for connection in bare:
            await connection.close()
    return Row(
        case.name,
        _spread([sample.p50_ms for sample in found["http", False]]),
        _spread([sample.per_second for sample in found["http", True]]),
        _spread([sample.p50_ms for sample in found["bare", False]]),
        _spread([sample.per_second for sample in found["bare", True]]),
        most,
    )


async def share(place: Running, case: cases.Case, seconds: float, rounds: int) -> float:
    """Throughput as a share of the bare database's: the median of rounds in turn."""
    session = await session_of(place, member=case.member)
    statements = await record(place.database, case.work(session))
    bare = [await BareConnection.open(place.targets) for _ in range(CONCURRENCY)]
    clients = [place.client(place.member if case.member else None) for _ in range(CONCURRENCY)]
    asked = [asking(case, client) for client in clients]
    run = [_running(connection, statements) for connection in bare]
    try:
        for works in (asked, run):
            await drive(works, seconds / 2)
        shares = []
        for _ in range(rounds):
            ours, theirs = await drive(asked, seconds), await drive(run, seconds)
            shares.append(ours.per_second / theirs.per_second)
    finally:
        for client in clients:
            client.close()
        for connection in bare:
            await connection.close()
    return statistics.median(shares)


async def _route(place: Running, case: cases.Case) -> Route:
    """Where the time of a request goes, as the server tells it."""
    client = place.client(place.member if case.member else None)
    told: list[tuple[float, float, int]] = []
    begin = time.perf_counter()
    while len(told) < TIMED and time.perf_counter() - begin < 5 * SLOW_MS / 1000:
        answer = await client.call(*case.request())
        if (timing := answer.timing()) is not None:
            told.append(timing)
    client.close()
    columns = list(zip(*told, strict=True)) or [(math.nan,)] * 3
    return Route(case.name, *(statistics.median(column) for column in columns))


def asking(case: cases.Case, client: Client) -> Any:
    async def work() -> None:
        answer = await client.call(*case.request())
        if answer.status >= REFUSED:
            raise RuntimeError(f"{case.name}: {answer.status} {answer.body[:300]!r}")

    return work


def _running(connection: BareConnection, statements: list[tuple[str, Any]]) -> Any:
    return lambda: connection.run(statements)


def _spread(values: list[float]) -> Spread:
    return min(values), statistics.median(values), max(values)
