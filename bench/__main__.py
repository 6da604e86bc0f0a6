"""`make bench`: figures at 10⁴ and 10⁶ rows beside the bare database, written to bench/RESULTS.md.

`--quick` measures 10⁴ rows with short rounds; `--sizes 10000,1000000` chooses sizes.
"""

import argparse
import asyncio
import csv
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
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
from bench.build import measure_building, replaced, section
from bench.client import MARK as CLIENT
from bench.client import measure_client
from bench.client import section as client_section
from bench.duplicates import MARK as DUPLICATES
from bench.duplicates import measure_duplicates
from bench.duplicates import section as duplicates_section
from bench.forecast import MARK as FORECAST
from bench.forecast import measure_forecast
from bench.forecast import section as forecast_section
from bench.http import Client, drive
from bench.pools import MARK as POOLS
from bench.pools import measure_pools
from bench.pools import section as pools_section
from bench.pressure import MARK as PRESSURE
from bench.pressure import measure_pressure, pressure_section
from bench.printing import MARK as PRINTING
from bench.printing import measure_printing
from bench.printing import section as printing_section
from bench.quoting import MARK as QUOTES
from bench.quoting import measure_quoting
from bench.quoting import section as quoting_section
from bench.receivables import MARK as RECEIVABLES
from bench.receivables import measure_receivables
from bench.receivables import section as receivables_section
from bench.report import Row, write_report
from bench.rights import measure_policy, measure_rights
from bench.server import Running, fill, running

ROUNDS, CONCURRENCY, REFUSED = 3, 16, 400


async def _session(place: Running, *, member: bool) -> Session:
    async with place.database.reader() as connection:
        space = await load(connection)
        catalog = await load_catalog(connection, space.schema)
        user = place.member_id if member else place.administrator_id
        actor = Actor(user, space.schema)
        return Session(actor, await load_policy(connection, actor), catalog, space.currency)


async def _cases(place: Running, bus: EventBus) -> list[cases.Case]:
    client = place.client()
    first = (
        await client.call("POST", "/records/opportunity/query", {"select": ["name"], "limit": 1000})
    ).json()
    ids = [item["id"] for item in first["records"]]
    deep = first["next_cursor"]
    for _ in range(20):
        page = (
            await client.call(
                "POST", "/records/opportunity/query", {"select": ["name"], "limit": 1000, "cursor": deep}
            )
        ).json()
        deep = page["next_cursor"] or deep
    client.close()
    by_amount = [{"field": "amount", "direction": "desc"}]
    where = {"and": [{"field": "owner", "op": "eq", "value": str(place.member_id)},
                     {"field": "stage", "op": "eq", "value": "engaging"}]}  # fmt: skip
    return [
        cases.list_case("list of 80, newest first"),
        cases.list_case("list of 80, by amount", sort=by_amount),
        cases.list_case("list of 80, owner and stage filter", where=where),
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


async def measure(place: Running, case: cases.Case, seconds: float) -> Row:
    """Rounds of server and bare database in turn; medians of the rounds."""
    session = await _session(place, member=case.member)
    statements = await record(place.database, case.work(session))
    bare = [await BareConnection.open(place.targets) for _ in range(CONCURRENCY)]
    clients = [place.client(place.member if case.member else None) for _ in range(CONCURRENCY)]
    works = {
        "http": [_asking(case, client) for client in clients],
        "bare": [_running(connection, statements) for connection in bare],
    }
    found: dict[tuple[str, int], list[Any]] = {}
    for each in works.values():
        await drive(each[:2], seconds / 4)  # warm-up
    for _ in range(ROUNDS):
        for count in (1, CONCURRENCY):
            for side, each in works.items():
                found.setdefault((side, count), []).append(await drive(each[:count], seconds))
    for client in clients:
        client.close()
    for connection in bare:
        await connection.close()
    return Row(
        case.name,
        _spread([sample.p50_ms for sample in found["http", 1]]),
        _spread([sample.per_second for sample in found["http", CONCURRENCY]]),
        _spread([sample.p50_ms for sample in found["bare", 1]]),
        _spread([sample.per_second for sample in found["bare", CONCURRENCY]]),
    )


def _asking(case: cases.Case, client: Client) -> Any:
    async def work() -> None:
        answer = await client.call(*case.request())
        if answer.status >= REFUSED:
            raise RuntimeError(f"{case.name}: {answer.status} {answer.body[:300]!r}")

    return work


def _running(connection: BareConnection, statements: list[tuple[str, Any]]) -> Any:
    return lambda: connection.run(statements)


def _spread(values: list[float]) -> tuple[float, float, float]:
    return min(values), statistics.median(values), max(values)


async def measure_import(place: Running, rows: int) -> dict[str, float]:
    """A CSV of companies through the API, with validation, a unique key, history and search."""
    from stdnum.cn import uscc

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "companies.csv"
        with path.open("w", encoding="utf-8", newline="") as target:
            writer = csv.writer(target)
            writer.writerow(["客户名称", "统一社会信用代码", "电话", "城市", "年营业额"])
            for index in range(rows):
                code = f"91310000MA{index:07d}"
                code += uscc.calc_check_digit(code)
                writer.writerow(
                    [f"测试第{index}贸易有限公司", code, f"138{index:08d}", "上海", f"{index % 900}万"]
                )
        payload = path.read_bytes()
    client = place.client()
    begin = time.perf_counter()
    made = (await client.send(_multipart(client, payload))).json()
    await client.call("POST", f"/imports/{made['id']}/run")
    peak = 0.0
    while True:
        state = (await client.call("GET", f"/imports/{made['id']}")).json()
        peak = max(peak, place.memory_mb())
        if state["state"] not in ("loading", "analysed"):
            break
        await asyncio.sleep(0.5)
    seconds = time.perf_counter() - begin
    client.close()
    if state["state"] != "done" or state["report"]["created"] != rows:
        raise RuntimeError(f"the import did not load: {state['state']} {state['error']} {state['report']}")
    return {"rows": rows, "seconds": seconds, "per_second": rows / seconds, "memory_mb": peak}


def _multipart(client: Any, payload: bytes) -> bytes:
    edge = b"bench-boundary"
    body = b'--%b\r\nContent-Disposition: form-data; name="object"\r\n\r\naccount\r\n' % edge
    body += b'--%b\r\nContent-Disposition: form-data; name="file"; filename="c.csv"\r\n\r\n' % edge
    body += payload + b"\r\n--%b--\r\n" % edge
    raw = client.request("POST", "/imports").replace(
        b"Content-Length: 0",
        b"Content-Length: %d\r\nContent-Type: multipart/form-data; boundary=%b" % (len(body), edge),
    )
    return bytes(raw + body)


async def measure_export(place: Running) -> dict[str, float]:
    client = place.client()
    begin = time.perf_counter()
    body = {"format": "csv", "columns": ["name", "account", "stage", "amount", "close_date", "owner"]}
    answer = await client.call("POST", "/records/opportunity/export", body)
    seconds = time.perf_counter() - begin
    client.close()
    rows = answer.body.count(b"\r\n") - 1
    return {"rows": rows, "seconds": seconds, "per_second": rows / seconds, "memory_mb": place.memory_mb()}


def _options() -> argparse.Namespace:
    options = argparse.ArgumentParser()
    options.add_argument("--quick", action="store_true")
    options.add_argument("--sizes", default="10000,1000000")
    options.add_argument("--imports", type=int, default=200_000)
    options.add_argument("--seconds", type=float, default=2.0)
    options.add_argument(
        "--only",
        choices=[
            "build",
            "client",
            "duplicates",
            "forecast",
            "pools",
            "pressure",
            "printing",
            "quotes",
            "receivables",
        ],
        help="measure and replace one part of the report",
    )
    options.add_argument("--wide", type=int, default=10_000_000, help="rows of the table that gets a field")
    return options.parse_args()


async def main() -> None:
    chosen = _options()
    sizes = [10_000] if chosen.quick else [int(size) for size in chosen.sizes.split(",")]
    seconds = 0.6 if chosen.quick else chosen.seconds
    bus = EventBus(SubscriberRegistry(), MemoryJobQueue())
    report = Path(__file__).parent / "RESULTS.md"
    parts: dict[str, Callable[[], Awaitable[None]]] = {
        "build": lambda: _report_building(report, 10_000 if chosen.quick else chosen.wide, seconds),
        "client": lambda: _report_client(report, sizes[-1]),
        "pools": lambda: _report_pools(report, sizes[-1]),
        "duplicates": lambda: _report_duplicates(report, sizes[-1]),
        "forecast": lambda: _report_forecast(report, sizes[-1]),
        "pressure": lambda: _report_pressure(report, sizes[-1], 8.0),
        "quotes": lambda: _report_quoting(report),
        "printing": lambda: _report_printing(report),
        "receivables": lambda: _report_receivables(report, sizes[-1]),
    }
    if chosen.only:
        await parts[chosen.only]()
        return
    results = []
    for size in sizes:
        async with running() as place:
            idle = place.memory_mb()
            filled = await fill(place, size)
            rows = []
            for case in await _cases(place, bus):
                rows.append(await measure(place, case, seconds))
                print(rows[-1].line(), flush=True)
            rights = await measure_rights(place, seconds)
            extra = {
                "start": {"seconds": place.start_s, "idle_mb": idle},
                "fill": {"rows": size * 4, "seconds": filled, "per_second": size * 4 / filled},
                "export": await measure_export(place),
                "import": await measure_import(place, min(chosen.imports, size)),
                "policy": await measure_policy(place),
            }
            print(extra, flush=True)
            results.append((size, rows, extra, rights))
    write_report(report, results, quick=chosen.quick)
    for part in parts.values():
        await part()


async def _report_client(report: Path, rows: int) -> None:
    async with running() as place:
        await fill(place, rows)
        figures = await measure_client(place)
    text = replaced(report.read_text("utf-8"), client_section(figures, rows), CLIENT)
    report.write_text(text, encoding="utf-8")


async def _report_duplicates(report: Path, rows: int) -> None:
    async with running() as place:
        await fill(place, rows)
        figures = await measure_duplicates(place, rows)
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    text = replaced(report.read_text("utf-8"), duplicates_section(figures, day), DUPLICATES)
    report.write_text(text, encoding="utf-8")


async def _report_pools(report: Path, rows: int) -> None:
    async with running() as place:
        figures = await measure_pools(place, rows)
    text = replaced(report.read_text("utf-8"), pools_section(figures, f"{datetime.now(UTC):%Y-%m-%d}"), POOLS)
    report.write_text(text, encoding="utf-8")


async def _report_forecast(report: Path, rows: int) -> None:
    async with running() as place:
        figures = await measure_forecast(place, rows)
    text = replaced(report.read_text("utf-8"), forecast_section(figures, rows), FORECAST)
    report.write_text(text, encoding="utf-8")


async def _report_receivables(report: Path, rows: int) -> None:
    async with running() as place:
        figures = await measure_receivables(place, rows)
    text = replaced(report.read_text("utf-8"), receivables_section(figures, rows), RECEIVABLES)
    report.write_text(text, encoding="utf-8")


async def _report_pressure(report: Path, rows: int, seconds: float) -> None:
    async with running() as place:
        await fill(place, rows)
        figures = await measure_pressure(place, seconds)
    text = replaced(report.read_text("utf-8"), pressure_section(figures, rows), PRESSURE)
    report.write_text(text, encoding="utf-8")


async def _report_printing(report: Path) -> None:
    async with running() as place:
        figures = await measure_printing(place)
    text = replaced(report.read_text("utf-8"), printing_section(figures), PRINTING)
    report.write_text(text, encoding="utf-8")


async def _report_quoting(report: Path) -> None:
    async with running() as place:
        figures = await measure_quoting(place)
    text = replaced(report.read_text("utf-8"), quoting_section(figures), QUOTES)
    report.write_text(text, encoding="utf-8")


async def _report_building(report: Path, rows: int, seconds: float) -> None:
    async with running() as place:
        figures = await measure_building(place, rows, seconds)
    text = replaced(report.read_text("utf-8"), section(figures, f"{datetime.now(UTC):%Y-%m-%d}"))
    report.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main())
