"""The web client as people feel it: a scripted trace of the built client in headless Chromium, on a real server."""

import asyncio
import gzip
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.build import Figure
from bench.server import Running

MARK = "## The web client"
ROUNDS, SLOWER, ITEMS = 5, 4, 10_000
ROOT = Path(__file__).resolve().parents[1]
DESK = {"width": 1440, "height": 900}
_PAINT = """() => new Promise(resolve => {
  let last = 0;
  new PerformanceObserver(list => { for (const entry of list.getEntries()) last = entry.startTime; })
    .observe({type: 'largest-contentful-paint', buffered: true});
  setTimeout(() => resolve(last), 1500);
})"""
# How long each drawn frame took while the list was scrolled by a wheel, then by jumps over the whole.
_FRAMES = """async (grid) => {
  const frames = []; let last = performance.now(); let going = true;
  const tick = now => { frames.push(now - last); last = now; if (going) requestAnimationFrame(tick); };
  requestAnimationFrame(tick);
  for (let step = 0; step < 120; step++) { grid.scrollTop += 180; await new Promise(requestAnimationFrame); }
  for (const share of [0.2, 0.5, 0.9, 0.1]) {
    grid.scrollTop = share * (grid.scrollHeight - grid.clientHeight);
    for (let wait = 0; wait < 30; wait++) await new Promise(requestAnimationFrame);
  }
  going = false;
  return frames.slice(1);
}"""


@dataclass
class _Trace:
    """One browser on one server, as the administrator."""

    page: Any
    base: str

    def go(self, path: str, part: str) -> None:
        self.page.goto(f"{self.base}{path}")
        self.page.get_by_test_id(part).first.wait_for()

    def timed(self, act: Callable[[], None]) -> float:
        begin = time.perf_counter()
        act()
        return (time.perf_counter() - begin) * 1000

    def slowed(self, times: int) -> None:
        session = self.page.context.new_cdp_session(self.page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": times})

    def paint(self, path: str) -> float:
        """Largest contentful paint of a first load, in ms after navigation began."""
        session = self.page.context.new_cdp_session(self.page)
        session.send("Network.clearBrowserCache")
        self.page.goto(f"{self.base}{path}")
        found: float = self.page.evaluate(_PAINT)
        return found

    def frames(self) -> list[float]:
        grid = self.page.get_by_test_id("list-grid")
        found: list[float] = grid.evaluate(_FRAMES)
        return found

    def open_warm(self) -> float:
        """From the key press in a list to the record's name and timeline."""
        self.go("/o/account", "list-grid")
        self.page.locator('[data-cell="1:0"]').wait_for()
        self.page.get_by_test_id("list-grid").focus()
        self.page.keyboard.press("ArrowDown")

        def act() -> None:
            self.page.keyboard.press("Enter")
            self.page.get_by_test_id("record-title").wait_for()

        return self.timed(act)

    def move_card(self) -> float:
        """From the drop (by keyboard) to the card's standing in the other column."""
        self.go("/o/opportunity/board", "board-card")
        columns = self.page.locator("[data-testid^=board-column-]")
        card = columns.nth(0).get_by_test_id("board-card").first
        name = card.inner_text().split("\n")[0]
        card.focus()
        for key in ("Space", "ArrowRight"):
            self.page.keyboard.press(key)
            self.page.wait_for_timeout(300)  # the keyboard's sensor measures between two keys

        def act() -> None:
            self.page.keyboard.press("Space")
            columns.nth(1).get_by_text(name, exact=True).first.wait_for()

        return self.timed(act)

    def long_timeline(self, account: str) -> float:
        begin = time.perf_counter()
        self.page.goto(f"{self.base}/o/account/{account}")
        self.page.get_by_test_id("timeline-item").first.wait_for()
        return (time.perf_counter() - begin) * 1000


def initial_kilobytes() -> float:
    """Gzipped size of the scripts that the first page needs, by the build's own manifest."""
    dist = ROOT / "web" / "dist"
    manifest = json.loads((dist / ".vite" / "manifest.json").read_text("utf-8"))
    wanted, todo = set(), [manifest["index.html"]]
    while todo:
        each = todo.pop()
        if each["file"] not in wanted:
            wanted.add(each["file"])
            todo += [manifest[name] for name in each.get("imports", ())]
    return sum(len(gzip.compress((dist / name).read_bytes(), 9)) for name in wanted) / 1000


def _spread(values: list[float]) -> tuple[float, float, float]:
    return min(values), statistics.median(values), max(values)


def _figures(base: str, token: str, account: str, browser_path: str) -> list[Figure]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        context = browser.new_context(viewport=DESK, locale="en-US")
        context.add_init_script("localStorage.setItem('banyan.language', 'en')")
        context.add_cookies([{"name": "banyan_session", "value": token, "url": base}])
        trace = _Trace(context.new_page(), base)
        found = [Figure("initial JavaScript, gzip", (initial_kilobytes(),) * 3, "kB; budget 350")]
        trace.slowed(SLOWER)
        for name, path in (
            ("today", "/today"),
            ("a list", "/o/account"),
            ("a board", "/o/opportunity/board"),
        ):
            paints = [trace.paint(path) for _ in range(ROUNDS)]
            found.append(
                Figure(
                    f"largest paint of {name}, cold cache, CPU {SLOWER} × slower",
                    _spread(paints),
                    "budget 1,500",
                )
            )
        trace.slowed(1)
        trace.go("/o/account", "list-grid")
        frames = trace.frames()
        late = sum(frame > 50 for frame in frames)  # noqa: PLR2004 - the budget itself
        share = f"{late} of {len(frames)} frames over 50 ms"
        found.append(Figure("a frame while scrolling and jumping", _spread(frames), share))
        found.append(
            Figure(
                "open a record from a list, warm",
                _spread([trace.open_warm() for _ in range(ROUNDS)]),
                "budget 200",
            )
        )
        found.append(
            Figure(
                "drop a card on a board", _spread([trace.move_card() for _ in range(ROUNDS)]), "budget 100"
            )
        )
        timelines = [trace.long_timeline(account) for _ in range(ROUNDS)]
        found.append(
            Figure(
                f"page of an account with {ITEMS:,} activities, first load",
                _spread(timelines),
                "budget 1,000",
            )
        )
        browser.close()
    return found


async def measure_client(place: Running) -> list[Figure]:
    """Everything in one browser, one after the other; the account with the long story is made first."""
    sys.path.insert(0, str(ROOT / "tools"))
    import chromium

    path = chromium.find(os.environ)
    if path is None:
        raise RuntimeError("the trace needs Chromium: install it, or name it with BANYAN_CHROMIUM")
    account = await _storied(place)
    base = f"http://127.0.0.1:{place.port}"
    return await asyncio.to_thread(_figures, base, place.administrator, account, path)


async def _storied(place: Running) -> str:
    """An account to which very much has happened; its id."""
    client = place.client()
    made = (await client.call("POST", "/records/account", {"name": "A long story"})).json()
    now = datetime.now(UTC)
    for start in range(0, ITEMS, 1000):
        rows = [
            {
                "op": "create",
                "values": {
                    "title": f"Call {number}",
                    "kind": "call",
                    "happened_at": (now - timedelta(hours=number)).isoformat(),
                    "account": made["id"],
                },
            }
            for number in range(start, start + 1000)
        ]
        await client.call("POST", "/records/activity/batch", {"operations": rows})
    client.close()
    return str(made["id"])


def section(figures: list[Figure], rows: int) -> str:
    """The part of the report, under its own heading."""
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    head = [
        MARK,
        "",
        (
            f"Measured on {day} with {rows:,} records of each object: the built client in headless Chromium, the "
            f"server on the same machine; medians of {ROUNDS} rounds with smallest and largest, in ms unless said."
        ),
        "",
    ]
    table = ["| What | median | spread | |", "|---|---|---|---|", *(each.line() for each in figures)]
    return "\n".join([*head, *table, ""])
