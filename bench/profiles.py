"""Flame graphs of the five hottest routes: py-spy watches the web process while one kind of request is asked."""

import asyncio
import itertools
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bench.beside import places_in
from bench.cases import COLUMNS
from bench.http import drive
from bench.server import Running

FOLDER = Path(__file__).parents[1] / "docs" / "images"
SECONDS, RATE, WARM_S, CONNECTIONS = 12, 200, 2.0, 4
LARGEST = 300_000  # bytes of one picture
MIN_WIDTHS = (
    0.1,
    0.3,
    0.6,
    1.0,
    2.0,
)  # per cent below which a frame is left out, until the picture is small enough
Request = tuple[str, str, Any]


def spy() -> str | None:
    """The profiler, a tool of development: beside this Python or on the path."""
    beside = Path(sys.executable).with_name("py-spy")
    return str(beside) if beside.exists() else shutil.which("py-spy")


async def measure_profiles(place: Running) -> list[Path]:
    """Pictures written; raises where there is no profiler."""
    tool = spy()
    if tool is None:
        raise RuntimeError("py-spy is not installed: uv sync --group dev")
    web = next(each for each in place.processes() if "banyan.worker.web" in " ".join(each.cmdline()))
    FOLDER.mkdir(parents=True, exist_ok=True)
    written = []
    for name, request in (await _routes(place)).items():
        clients = [place.client() for _ in range(CONNECTIONS)]

        def asking(client: Any, request: Callable[[], Request] = request) -> Any:
            return lambda: client.call(*request())

        works = [asking(client) for client in clients]
        await drive(works, WARM_S)
        load = asyncio.create_task(drive(works, SECONDS + 2.0))
        raw = await asyncio.to_thread(_record, tool, web.pid)
        await load
        for client in clients:
            client.close()
        target = FOLDER / f"flame-{name}.svg"
        target.write_text(flame(raw, f"{name}: processor time of the web process"), encoding="utf-8")
        print(f"{target.name}: {target.stat().st_size / 1000:.0f} kB", flush=True)
        written.append(target)
    return written


def _record(tool: str, pid: int) -> str:
    """Collapsed stacks: `outer;inner count` per line."""
    out = FOLDER / ".stacks"
    # Who holds the interpreter works; all other threads wait, whatever they seem to be doing.
    command = [tool, "record", "--gil", "--pid", str(pid), "--duration", str(SECONDS), "--rate", str(RATE)]
    subprocess.run([*command, "--format", "raw", "--output", str(out)], check=True, capture_output=True)
    try:
        return out.read_text("utf-8")
    finally:
        out.unlink()


async def _routes(place: Running) -> dict[str, Callable[[], Request]]:
    ids, _ = await places_in(place, 1)
    turns = itertools.count()
    deal = {"name": "Bench deal", "stage": "engaging", "amount": "1200.50", "close_date": "2026-12-31"}

    def update() -> Request:
        turn = next(turns)
        operation = {"op": "update", "id": ids[turn % len(ids)], "values": {"next_step": f"step {turn}"}}
        return "POST", "/records/opportunity/batch", {"operations": [operation]}

    return {
        "list": lambda: ("POST", "/records/opportunity/query", {"select": COLUMNS, "limit": 80}),
        "read": lambda: ("GET", f"/records/opportunity/{ids[next(turns) % len(ids)]}", None),
        "create": lambda: ("POST", "/records/opportunity", deal),
        "update": update,
        "search": lambda: ("GET", f"/search?objects=account,contact&q={quote('恒远')}", None),
    }


class _Frame:
    """A function within its callers, and the samples it was in."""

    def __init__(self) -> None:
        self.count = 0
        self.inner: dict[str, _Frame] = {}


def flame(raw: str, title: str) -> str:
    """An SVG of collapsed stacks, at most `LARGEST` bytes: outermost at the top, as wide as its share of samples."""
    root = _tree(raw)
    drawn = ""
    for least in MIN_WIDTHS:
        drawn = _drawn(root, title, least)
        if len(drawn.encode()) <= LARGEST:
            break
    return drawn


def _tree(raw: str) -> _Frame:
    root = _Frame()
    for line in raw.splitlines():
        stack, _, count = line.rpartition(" ")
        if not count.isdigit():
            continue
        at, many = root, int(count)
        at.count += many
        for name in stack.split(";"):
            at = at.inner.setdefault(_short(name), _Frame())
            at.count += many
    return root


def _short(name: str) -> str:
    """`function (folder/file.py:12)` without the line and without where things are installed."""
    found = re.match(r"(.+) \((.+?)(?::\d+)?\)$", name)
    if not found:
        return name
    path = re.sub(r".*(?:site-packages|/src|/lib/python[\d.]+)/", "", found[2])
    return f"{found[1]} ({path.rpartition('/home/')[2] if path.startswith('/') else path})"


_STYLE = """
  svg { background: #ffffff; font: 11px ui-monospace, monospace; } text { fill: #1f2937; }
  .head { font: 600 14px system-ui, sans-serif; } .ours { fill: #93b4f8; } .other { fill: #f5c98b; }
  rect { stroke: #ffffff; stroke-width: .5; }
  @media (prefers-color-scheme: dark) {
    svg { background: #14171c; } .head { fill: #e5e7eb; } rect { stroke: #14171c; }
  }
"""
_WIDTH, _ROW, _TOP, _CHAR = 1200.0, 17, 48, 6.7


def _drawn(root: _Frame, title: str, least: float) -> str:
    boxes: list[str] = []
    deepest = 0

    def draw(frame: _Frame, x: float, depth: int) -> None:
        nonlocal deepest
        for name, each in sorted(frame.inner.items()):
            width = _WIDTH * each.count / max(1, root.count)
            if 100 * each.count / max(1, root.count) >= least:
                deepest = max(deepest, depth)
                boxes.append(_box(name, x, depth, width, 100 * each.count / root.count))
                draw(each, x, depth + 1)
            x += width

    draw(root, 0.0, 0)
    height = _TOP + (deepest + 1) * _ROW + 8
    told = f"{root.count:,} samples; blue: Banyan, amber: libraries; frames below {least:g} % are left out"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH:.0f} {height}">\n<style>{_STYLE}</style>\n'
        f'<text class="head" x="4" y="18">{_escaped(title)}</text><text class="head" style="font-weight:400;'
        f'font-size:11px" x="4" y="36">{told}</text>\n' + "\n".join(boxes) + "\n</svg>\n"
    )


def _box(name: str, x: float, depth: int, width: float, share: float) -> str:
    y = _TOP + depth * _ROW
    kind = "ours" if "(banyan/" in name else "other"
    room = int((width - 4) / _CHAR)
    label = f'<text x="{x + 2:.1f}" y="{y + 12}">{_escaped(name[:room])}</text>' if room >= 3 else ""  # noqa: PLR2004
    told = f"<title>{_escaped(name)} {share:.1f} %</title>"
    return f'<g>{told}<rect class="{kind}" x="{x:.1f}" y="{y}" width="{width:.1f}" height="{_ROW - 1}"/>{label}</g>'


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
