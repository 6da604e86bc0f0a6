"""The parts of the report: each measured on a server of its own and written under its own heading."""

import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench import (
    build,
    client,
    duplicates,
    forecast,
    odoo,
    pools,
    pressure,
    printing,
    profiles,
    quoting,
    receivables,
    soak,
)
from bench.beside import Result, measure_size
from bench.chart import write_chart
from bench.report import main_section, put
from bench.server import fill, running

ROOT = Path(__file__).parents[1]
REPORT, GROWTH = ROOT / "bench" / "RESULTS.md", ROOT / "docs" / "images" / "bench-growth.svg"
MILLION = 1_000_000


@dataclass(frozen=True)
class Options:
    """`rows` replaces a part's own number of rows where it has one."""

    sizes: tuple[int, ...]
    seconds: float
    imports: int
    wide: int
    minutes: float
    rows: int | None = None
    report: Path = REPORT
    chart: Path = GROWTH

    def rows_or(self, usual: int) -> int:
        return self.rows or usual


Part = Callable[[Options], Awaitable[list[str]]]


async def _main(options: Options) -> list[str]:
    results: list[Result] = []
    failed: list[str] = []
    for size in options.sizes:
        try:
            results.append(await measure_size(size, options.seconds, options.imports))
        except Exception as error:  # noqa: BLE001 - the other sizes are measured all the same
            failed.append(f"{size:,} records: {type(error).__name__}: {str(error)[:200]}")
    if results:
        write_chart(options.chart, results)
        told = main_section(results)
        if failed:
            told = told.rstrip() + "\n\nNot measured: " + "; ".join(failed) + "\n"
        put(options.report, told)
    return [*failed, *(line for result in results for line in result.failed)]


async def _odoo(options: Options) -> list[str]:
    found, failed = [], []
    for size in (options.rows,) if options.rows else odoo.SIZES:
        try:
            async with running() as place:
                await fill(place, size)
                imported = min(options.imports, size)
                found.append((size, await odoo.measure_odoo(place, options.seconds, imported)))
        except Exception as error:  # noqa: BLE001 - the other size is measured all the same
            failed.append(f"{size:,} records: {type(error).__name__}: {str(error)[:200]}")
    if found:
        put(options.report, odoo.section(found))
    return failed


async def _soak(options: Options) -> list[str]:
    rows = options.rows_or(100_000)
    async with running() as place:
        await fill(place, rows)
        figures = await soak.measure_soak(place, options.minutes)
    put(options.report, soak.section(figures, rows))
    return [] if soak.holds(figures) else ["the long run did not hold: see its section"]


async def _profiles(options: Options) -> list[str]:
    async with running() as place:
        await fill(place, options.rows_or(100_000))
        await profiles.measure_profiles(place)
    return []


async def _client(options: Options) -> list[str]:
    rows = options.rows_or(30_000)
    async with running() as place:
        await fill(place, rows)
        figures = await client.measure_client(place)
    put(options.report, client.section(figures, rows))
    return []


async def _duplicates(options: Options) -> list[str]:
    rows = options.rows_or(100_000)
    async with running() as place:
        await fill(place, rows)
        figures = await duplicates.measure_duplicates(place, rows)
    put(options.report, duplicates.section(figures, _day()))
    return []


async def _pools(options: Options) -> list[str]:
    async with running() as place:
        figures = await pools.measure_pools(place, options.rows_or(MILLION))
    put(options.report, pools.section(figures, _day()))
    return []


async def _forecast(options: Options) -> list[str]:
    rows = options.rows_or(100_000)
    async with running() as place:
        figures = await forecast.measure_forecast(place, rows)
    put(options.report, forecast.section(figures, rows))
    return []


async def _receivables(options: Options) -> list[str]:
    rows = options.rows_or(MILLION)
    async with running() as place:
        figures = await receivables.measure_receivables(place, rows)
    put(options.report, receivables.section(figures, rows))
    return []


async def _pressure(options: Options) -> list[str]:
    rows = options.rows_or(10_000)
    async with running() as place:
        await fill(place, rows)
        figures = await pressure.measure_pressure(place, 8.0)
    put(options.report, pressure.pressure_section(figures, rows))
    return []


async def _printing(options: Options) -> list[str]:
    async with running() as place:
        figures = await printing.measure_printing(place)
    put(options.report, printing.section(figures))
    return []


async def _quoting(options: Options) -> list[str]:
    async with running() as place:
        figures = await quoting.measure_quoting(place)
    put(options.report, quoting.section(figures))
    return []


async def _building(options: Options) -> list[str]:
    async with running() as place:
        figures = await build.measure_building(place, options.wide, options.seconds)
    put(options.report, build.section(figures, _day()))
    return []


def _day() -> str:
    """The day, and how busy the machine was: absolute figures depend on it."""
    return f"{datetime.now(UTC):%Y-%m-%d} (load average {os.getloadavg()[0]:.1f})"


PARTS: dict[str, Part] = {
    "main": _main,
    "odoo": _odoo,
    "pressure": _pressure,
    "build": _building,
    "client": _client,
    "pools": _pools,
    "duplicates": _duplicates,
    "forecast": _forecast,
    "quotes": _quoting,
    "printing": _printing,
    "receivables": _receivables,
    "profiles": _profiles,
    "soak": _soak,
}
# Half an hour of load, and pictures that a profiler disturbs: only when asked for.
ALONE = frozenset({"profiles", "soak"})
