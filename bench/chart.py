"""p50 by number of records as an SVG: small panels, logarithmic both ways, legible on light and on dark."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from bench.beside import Result

WIDE, HIGH, LEFT, TOP, GAP, ACROSS = 250, 170, 52, 84, 26, 4
_STYLE = """
  svg { background: #ffffff; color: #1f2937; font: 12px system-ui, "Noto Sans CJK SC", sans-serif; }
  text { fill: currentColor; } .soft { opacity: .62; font-size: 10px; } .name { font-weight: 600; }
  .grid { stroke: currentColor; opacity: .12; } .ours { stroke: #2563eb; fill: #2563eb; }
  .bare { stroke: #94a3b8; fill: #94a3b8; } polyline { fill: none !important; stroke-width: 2; }
  @media (prefers-color-scheme: dark) {
    svg { background: #14171c; color: #e5e7eb; } .ours { stroke: #7aa7ff; fill: #7aa7ff; }
    .bare { stroke: #8793a5; fill: #8793a5; }
  }
"""
Series = Mapping[str, Mapping[int, tuple[float, float]]]


def write_chart(path: Path, results: Sequence["Result"]) -> None:
    """The chart of `results` into `path`."""
    series: dict[str, dict[int, tuple[float, float]]] = {}
    for result in results:
        for row in result.rows:
            series.setdefault(row.name, {})[result.size] = (row.http_ms[1], row.bare_ms[1])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(drawn(series), encoding="utf-8")


def drawn(series: Series) -> str:
    """One panel per kind of work: milliseconds of the server and of the bare database at each size."""
    sizes = sorted({size for points in series.values() for size in points})
    values = [value for points in series.values() for pair in points.values() for value in pair]
    low, high = _decades(values)
    down = math.ceil(len(series) / ACROSS)
    width, height = ACROSS * (WIDE + GAP) + GAP, TOP + down * (HIGH + 2 * GAP)
    body = [
        f'<text x="{GAP}" y="28" class="name" style="font-size:16px">p50 of a request by number of records</text>',
        f'<text x="{GAP}" y="48" class="soft">ms at one connection, logarithmic both ways; lower is better</text>',
        f'<circle class="ours" cx="{GAP + 4}" cy="64" r="4"/><text x="{GAP + 14}" y="68">Banyan over HTTP</text>',
        f'<circle class="bare" cx="{GAP + 144}" cy="64" r="4"/>',
        f'<text x="{GAP + 154}" y="68">the same SQL through the bare driver</text>',
    ]
    for place, (name, points) in enumerate(series.items()):
        x = GAP + (place % ACROSS) * (WIDE + GAP)
        y = TOP + GAP + (place // ACROSS) * (HIGH + 2 * GAP)
        body += [f'<g transform="translate({x},{y})">', *_panel(name, points, sizes, (low, high)), "</g>"]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="p50 of a request by number of records">\n<style>{_STYLE}</style>\n'
        + "\n".join(body)
        + "\n</svg>\n"
    )


def _decades(values: Sequence[float]) -> tuple[int, int]:
    found = [math.log10(value) for value in values if value > 0] or [0.0, 1.0]
    low, high = math.floor(min(found)), math.ceil(max(found))
    return low, max(high, low + 1)


def _panel(
    name: str, points: Mapping[int, tuple[float, float]], sizes: Sequence[int], decades: tuple[int, int]
) -> list[str]:
    low, high = decades
    first, last = math.log10(sizes[0]), math.log10(sizes[-1])
    inner, floor = WIDE - LEFT, HIGH - 20

    def at(size: int, value: float) -> tuple[float, float]:
        across = 0.5 if last == first else (math.log10(size) - first) / (last - first)
        share = (math.log10(max(value, 10.0**low)) - low) / (high - low)
        return LEFT + across * (inner - 20) + 6, floor - share * (floor - 14)

    lines = [f'<text class="name" x="0" y="2">{escape(name)}</text>']
    for decade in range(low, high + 1):
        _, y = at(sizes[0], 10.0**decade)
        lines.append(f'<line class="grid" x1="{LEFT}" x2="{WIDE}" y1="{y:.1f}" y2="{y:.1f}"/>')
        lines.append(
            f'<text class="soft" text-anchor="end" x="{LEFT - 6}" y="{y + 3:.1f}">{_number(10.0**decade)}</text>'
        )
    for size in sizes:
        x, _ = at(size, 1)
        lines.append(
            f'<text class="soft" text-anchor="middle" x="{x:.1f}" y="{HIGH - 2}">{_power(size)}</text>'
        )
    for side, kind in ((1, "bare"), (0, "ours")):
        places = [at(size, points[size][side]) for size in sizes if size in points]
        drawn_line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        lines.append(f'<polyline class="{kind}" points="{drawn_line}"/>')
        lines += [f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in places]
    if points:
        biggest = max(points)
        x, y = at(biggest, points[biggest][0])
        lines.append(
            f'<text x="{x:.1f}" y="{y - 7:.1f}" text-anchor="end">{_number(points[biggest][0])}</text>'
        )
    return lines


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.3g}"  # noqa: PLR2004 - three figures are enough


def _power(size: int) -> str:
    exponent = math.log10(size)
    raised = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
    return f"10{str(round(exponent)).translate(raised)}" if exponent == round(exponent) else f"{size:,}"
