"""bench/RESULTS.md: sections that are written alone, each under a heading of its own."""

import platform
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

if TYPE_CHECKING:
    from bench.beside import Result
    from bench.rights import Cost

Spread = tuple[float, float, float]
MARK = "## Beside the bare database"
FAILED = "## What failed"
# In this order in the report, whatever was measured last; others follow.
ORDER = (MARK, "## Beside Odoo", "## A long run", "## Back-pressure", "## Building", "## The web client")
_OLD = re.compile(r"## ([\d,]+ records of each object|Growth from )")
CHART = "../docs/images/bench-growth.svg"


@dataclass(frozen=True)
class Row:
    """Minimum, median and maximum of the rounds; rates at `concurrency`."""

    name: str
    http_ms: Spread
    http_rate: Spread
    bare_ms: Spread
    bare_rate: Spread
    concurrency: int = 16

    @property
    def ratio(self) -> float:
        """Server throughput as a share of the bare database's at equal concurrency."""
        return self.http_rate[1] / self.bare_rate[1]

    def line(self) -> str:
        few = "" if self.concurrency == 16 else f" (at {self.concurrency})"  # noqa: PLR2004 - what all others have
        return (
            f"| {self.name}{few} | {_ms(self.http_ms)} | {_rate(self.http_rate)} | {_ms(self.bare_ms)} "
            f"| {_rate(self.bare_rate)} | {self.ratio:.2f} | {self.http_ms[1] / self.bare_ms[1]:.1f} |"
        )


@dataclass(frozen=True)
class Route:
    """Medians of one request: milliseconds in the server, of them in the database, statements."""

    name: str
    server_ms: float
    database_ms: float
    statements: float

    def line(self) -> str:
        rest = self.server_ms - self.database_ms
        return f"| {self.name} | {self.server_ms:.1f} | {self.database_ms:.1f} | {rest:.1f} | {self.statements:.0f} |"


def _ms(spread: Spread) -> str:
    return f"{spread[1]:,.2f} ({spread[0]:,.2f}–{spread[2]:,.2f})"


def _rate(spread: Spread) -> str:
    digits = 0 if spread[1] >= 10 else 1  # noqa: PLR2004 - below that a whole number says little
    return f"{spread[1]:,.{digits}f} ({spread[0]:,.{digits}f}–{spread[2]:,.{digits}f})"


def machine() -> str:
    """The day and what it was measured on; how busy it was stands beside, for absolute figures depend on it."""
    load = ", ".join(f"{each:.1f}" for each in psutil.getloadavg())
    return (
        f"Measured on {datetime.now(UTC):%Y-%m-%d}: {psutil.cpu_count()} cores, "
        f"{psutil.virtual_memory().total / 1024**3:.0f} GB, {platform.system()}, Python {platform.python_version()}, "
        f"embedded PostgreSQL 18; client, server and database on one machine; load average at the end {load}."
    )


def put(path: Path, section: str) -> None:
    """Exchange the section under the heading that `section` begins with; the others stay."""
    sections = _read(path)
    heading = section.partition("\n")[0]
    sections[heading] = section.rstrip() + "\n"
    _write(path, sections)


def drop(path: Path, heading: str) -> None:
    sections = _read(path)
    if sections.pop(heading, None) is not None:
        _write(path, sections)


def _read(path: Path) -> dict[str, str]:
    text = path.read_text("utf-8") if path.exists() else ""
    parts = re.split(r"(?m)^(?=## )", text)
    found = {part.partition("\n")[0]: part.rstrip() + "\n" for part in parts if part.startswith("## ")}
    return {heading: part for heading, part in found.items() if not _OLD.match(heading)}


def _write(path: Path, sections: Mapping[str, str]) -> None:
    first = [each for each in (FAILED, *ORDER) if each in sections]
    rest = [each for each in sections if each not in first]
    head = (
        "# Measured figures\n\nWritten by `make bench`; each section tells when and on what it was measured. "
        "How they came about, and where the limits are: [docs/performance.md](../docs/performance.md).\n"
    )
    path.write_text("\n".join([head, *(sections[each] for each in (*first, *rest))]), encoding="utf-8")


def failures(found: Sequence[str]) -> str:
    return "\n".join(
        [FAILED, "", "In the last run; the figures below it are of runs before.", "", *_bullets(found)]
    )


def _bullets(lines: Sequence[str]) -> list[str]:
    return [f"- {' '.join(line.replace('|', '/').split())}" for line in lines]


def main_section(results: Sequence["Result"]) -> str:
    """All sizes, what rights cost, memory, where requests spend their time, and growth."""
    lines = [
        MARK,
        "",
        machine(),
        "",
        (
            "Each figure is the median of three rounds with minimum and maximum. p50 is at one connection, requests "
            "per second at 16 (where a request takes half a second or more: one round, at 2). *Bare* is the same SQL "
            "through the bare driver in the same run, in turn with the server; *share* is the server's throughput as "
            "a share of it, × its p50 to that one's. Accounts and contacts stay at a million, opportunities and "
            "activities grow. A busy machine moves absolute figures: compare ratios."
        ),
        "",
        f"![p50 of each kind of work by the number of records]({CHART})",
        "",
    ]
    for result in results:
        lines += [f"### {result.size:,} records of each object", ""]
        lines += [
            "| Work | p50 ms | requests/s | bare p50 ms | bare /s | share | × |",
            "|---|---|---|---|---|---|---|",
        ]
        lines += [row.line() for row in result.rows]
        lines += ["", *_extra(result.extra), ""]
        lines += _rights(result.rights)
        lines += _routes(result.routes)
        lines += _memory(result.memory)
        if result.failed:
            lines += ["Failed:", "", *_bullets(result.failed), ""]
    return "\n".join([*lines, *_growth(results)]).rstrip() + "\n"


def _extra(extra: Mapping[str, Mapping[str, Any]]) -> list[str]:
    texts = {
        "start": "First start: {seconds:.1f} s.",
        "fill": "Data generated, with all indexes: {rows:,.0f} records in {seconds:.0f} s ({per_second:,.0f}/s).",
        "export": "Export of {rows:,.0f} rows as CSV: {seconds:.1f} s ({per_second:,.0f}/s).",
        "import": (
            "Import of {rows:,.0f} rows (upload, analysis, validation, unique key with checksum, history, "
            "search index): {seconds:.1f} s ({per_second:,.0f}/s), largest memory {memory_mb:.0f} MB."
        ),
        "policy": "Policy of a person: compiled in {cold_ms:.1f} ms (worst of 50: {worst_ms:.1f}).",
    }
    return [f"- {text.format(**extra[name])}" for name, text in texts.items() if name in extra]


def _rights(costs: Sequence["Cost"]) -> list[str]:
    if not costs:
        return []
    return [
        (
            "What rights cost: p50 in ms at one connection, 5,000 people in 400 departments. × is against who sees "
            "everything; readers take turns within each round."
        ),
        "",
        "| Work | everything | 5 of 400 departments | × | own records | × |",
        "|---|---|---|---|---|---|",
        *(cost.line() for cost in costs),
        "",
    ]


def _routes(routes: Sequence[Route]) -> list[str]:
    return [
        "Where a request spends its time, as the server tells it (`Server-Timing`, median ms at one connection; the",
        "COMMIT counts as rest):",
        "",
        "| Work | server | database | rest | statements |",
        "|---|---|---|---|---|",
        *(route.line() for route in routes),
        "",
    ]


def _memory(memory: Mapping[str, Mapping[str, tuple[float, float]]]) -> list[str]:
    lines = [
        "Memory without PostgreSQL, MB (PSS counts shared pages once):",
        "",
        "| Process | when | RSS | PSS |",
        "|---|---|---|---|",
    ]
    for moment, processes in memory.items():
        lines += [f"| {name} | {moment} | {rss:.0f} | {pss:.0f} |" for name, (rss, pss) in processes.items()]
        lines.append(f"| all | {moment} | | {sum(pss for _, pss in processes.values()):.0f} |")
        one = sum(pss for name, (_, pss) in processes.items() if name.isalpha())
        lines.append(f"| with one web process only | {moment} | | {one:.0f} |")
    return [*lines, ""]


def _growth(results: Sequence["Result"]) -> list[str]:
    """Each size against the smallest."""
    if len(results) < 2:  # noqa: PLR2004 - growth needs two sizes
        return []
    first, *others = results
    head = " | ".join(f"{each.size:,}: p50 × | requests/s ×" for each in others)
    lines = [
        f"### Growth from {first.size:,} records",
        "",
        f"| Work | {head} |",
        "|---" * (1 + 2 * len(others)) + "|",
    ]
    for before in first.rows:
        cells = []
        for other in others:
            after = next((row for row in other.rows if row.name == before.name), None)
            cells.append(
                " | "
                if after is None
                else f"{after.http_ms[1] / before.http_ms[1]:.2f} | {after.http_rate[1] / before.http_rate[1]:.2f}"
            )
        lines.append(f"| {before.name} | {' | '.join(cells)} |")
    return lines
