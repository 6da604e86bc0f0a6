"""`make bench`: figures at 10⁴, 10⁶ and 10⁷ rows beside the bare database, written to bench/RESULTS.md.

`--only main` (and other parts) replaces one part of the report; `--quick` prints ratios at 10⁴ rows within three
minutes and writes no report, `--check` compares them with bench/ratios.json, `--record` writes that file.
"""

import argparse
import asyncio
import sys
import traceback

import uvloop

from bench.parts import ALONE, PARTS, Options
from bench.quick import quick
from bench.report import FAILED, drop, failures, put


def _arguments(given: list[str] | None = None) -> argparse.Namespace:
    options = argparse.ArgumentParser(prog="python -m bench")
    options.add_argument("--quick", action="store_true", help="ratios at 10⁴ rows; writes no report")
    options.add_argument("--check", action="store_true", help="quick; fails on a gross regression")
    options.add_argument("--record", action="store_true", help="quick; writes bench/ratios.json")
    options.add_argument("--sizes", default="10000,1000000,10000000", help="of the main part")
    options.add_argument("--rows", type=int, help="of another part, instead of its own number")
    options.add_argument("--imports", type=int, default=200_000, help="rows of the largest file")
    options.add_argument("--seconds", type=float, default=1.5, help="of each round")
    options.add_argument("--minutes", type=float, default=30.0, help="of the long run")
    options.add_argument("--only", choices=list(PARTS), help="measure and replace one part of the report")
    options.add_argument("--wide", type=int, default=10_000_000, help="rows of the table that gets a field")
    return options.parse_args(given)


async def run(names: list[str], options: Options) -> list[str]:
    """Each part in turn; what failed, for the parts after it are measured all the same."""
    failed: list[str] = []
    for name in names:
        print(f"== {name}", flush=True)
        try:
            failed += [f"{name}: {line}" for line in await PARTS[name](options)]
        except Exception as error:  # noqa: BLE001 - whatever it is, the other parts are measured
            traceback.print_exc()
            failed.append(f"{name}: {type(error).__name__}: {str(error)[:300]}")
    if failed:
        put(options.report, failures(failed))
    else:
        drop(options.report, FAILED)
    for line in failed:
        print("FAILED", line, file=sys.stderr)
    return failed


async def main() -> int:
    """The exit code: 1 where a part failed, or a ratio has become grossly worse."""
    chosen = _arguments()
    if chosen.quick or chosen.check or chosen.record:
        return await quick(check=chosen.check, record=chosen.record)
    sizes = tuple(int(size) for size in chosen.sizes.split(","))
    options = Options(sizes, chosen.seconds, chosen.imports, chosen.wide, chosen.minutes, chosen.rows)
    names = [chosen.only] if chosen.only else [name for name in PARTS if name not in ALONE]
    return 1 if await run(names, options) else 0


if __name__ == "__main__":
    with asyncio.Runner(
        loop_factory=uvloop.new_event_loop
    ) as runner:  # The client must cost little beside the server.
        sys.exit(runner.run(main()))
