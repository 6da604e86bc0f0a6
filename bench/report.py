"""bench/RESULTS.md: medians with their spread, ratios to the bare database, growth between sizes."""

import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from bench.rights import Cost

Spread = tuple[float, float, float]


@dataclass(frozen=True)
class Row:
    """Minimum, median and maximum of the rounds."""

    name: str
    http_ms: Spread
    http_rate: Spread
    bare_ms: Spread
    bare_rate: Spread

    @property
    def ratio(self) -> float:
        """Server throughput as a share of the bare database's at equal concurrency."""
        return self.http_rate[1] / self.bare_rate[1]

    def line(self) -> str:
        return (
            f"| {self.name} | {_ms(self.http_ms)} | {_rate(self.http_rate)} | {_ms(self.bare_ms)} "
            f"| {_rate(self.bare_rate)} | {self.ratio:.2f} |"
        )


def _ms(spread: Spread) -> str:
    return f"{spread[1]:.2f} ({spread[0]:.2f}–{spread[2]:.2f})"


def _rate(spread: Spread) -> str:
    return f"{spread[1]:,.0f} ({spread[0]:,.0f}–{spread[2]:,.0f})"


Result = tuple[int, list[Row], dict[str, dict[str, float]], list[Cost]]


def write_report(path: Path, results: list[Result], *, quick: bool) -> None:
    lines = [
        "# Measured figures",
        "",
        (
            f"Made by `make bench`{' (quick)' if quick else ''} on {datetime.now(UTC):%Y-%m-%d}: "
            f"{psutil.cpu_count()} cores, {psutil.virtual_memory().total / 1024**3:.0f} GB, {platform.system()}, "
            f"Python {platform.python_version()}, embedded PostgreSQL 18; client, server and database on one machine."
        ),
        "",
        (
            "Each figure is the median of three rounds with minimum and maximum. p50 is at one connection, requests "
            "per second at 16. *Bare* is the same SQL through the bare driver in the same run, in turn with the "
            "server; the last column is the server's throughput as a share of it. The machine is shared: compare "
            "ratios."
        ),
        "",
    ]
    for size, rows, extra, rights in results:
        lines += [f"## {size:,} records of each object", ""]
        lines += [
            "| Work | p50 ms | requests/s | bare p50 ms | bare /s | share |",
            "|---|---|---|---|---|---|",
        ]
        lines += [row.line() for row in rows]
        lines += ["", *_extra(extra), "", *_rights(rights), ""]
    lines += _growth(results)
    path.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


def _extra(extra: dict[str, dict[str, Any]]) -> list[str]:
    start, fill, export, load, policy = (
        extra[name] for name in ("start", "fill", "export", "import", "policy")
    )
    return [
        f"- First start: {start['seconds']:.1f} s; idle memory without PostgreSQL: {start['idle_mb']:.0f} MB.",
        f"- Demo data: {fill['rows']:,.0f} records in {fill['seconds']:.0f} s ({fill['per_second']:,.0f}/s).",
        f"- Export of {export['rows']:,.0f} rows as CSV: {export['seconds']:.1f} s ({export['per_second']:,.0f}/s).",
        (
            f"- Import of {load['rows']:,.0f} rows (upload, analysis, validation, unique key with checksum, history, "
            f"search index): {load['seconds']:.1f} s ({load['per_second']:,.0f}/s), "
            f"largest memory {load['memory_mb']:.0f} MB."
        ),
        (
            f"- Policy of a person: compiled in {policy['cold_ms']:.1f} ms (worst of 50: {policy['worst_ms']:.1f})."
        ),
    ]


def _rights(costs: list[Cost]) -> list[str]:
    return [
        (
            "What rights cost: p50 in ms at one connection, 5,000 people in 400 departments. × is against who sees "
            "everything; readers take turns within each round."
        ),
        "",
        "| Work | everything | 5 of 400 departments | × | own records | × |",
        "|---|---|---|---|---|---|",
        *(cost.line() for cost in costs),
    ]


def _growth(results: list[Result]) -> list[str]:
    if len(results) < 2:  # noqa: PLR2004 - growth needs two sizes
        return []
    (small, first, *_), (large, last, *_) = results[0], results[-1]
    lines = [
        f"## Growth from {small:,} to {large:,} records",
        "",
        "| Work | p50 × | requests/s × |",
        "|---|---|---|",
    ]
    for before, after in zip(first, last, strict=True):
        slower, rate = after.http_ms[1] / before.http_ms[1], after.http_rate[1] / before.http_rate[1]
        lines.append(f"| {after.name} | {slower:.2f} | {rate:.2f} |")
    return lines
