"""What duplicates cost: keys and check of a create among a million customers, and the scan of all of them."""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import psutil
import sqlalchemy as sa

from banyan.access.facade import load_policy
from banyan.db.statements import run
from banyan.duplicates import guard
from banyan.duplicates.looking import Looker
from banyan.duplicates.scanning import Scanner, last_scan, start_scan
from banyan.duplicates.tables import duplicate_tables
from banyan.events import EventBus, SubscriberRegistry
from banyan.extension.writes import Write
from banyan.jobs import MemoryJobQueue
from banyan.kernel.actor import Actor
from banyan.metadata.store import load_catalog
from banyan.records.commands import Commands
from banyan.records.session import Session
from banyan.workspaces import load
from bench.server import Running

MARK = "## Duplicates"
ROUNDS = 300


@dataclass(frozen=True)
class Figure:
    name: str
    value: str
    bound: str = ""

    def line(self) -> str:
        return f"| {self.name} | {self.value} | {self.bound} |"


async def _session(place: Running) -> Session:
    async with place.database.reader() as connection:
        space = await load(connection)
        catalog = await load_catalog(connection, space.schema)
        actor = Actor(place.administrator_id, space.schema)
        return Session(actor, await load_policy(connection, actor), catalog, space.currency)


async def measure_duplicates(place: Running, rows: int) -> list[Figure]:
    session = await _session(place)
    found: list[Figure] = []
    async with place.database.transaction() as connection:  # rows that were copied in have no keys yet
        await run(connection, sa.delete(duplicate_tables(session.full.schema).build))
    begin = time.perf_counter()
    await Looker(place.database).build(session.full.schema)
    found.append(Figure(f"keys of {rows:,} customers built", f"{time.perf_counter() - begin:.0f} s"))
    print(found[-1].line(), flush=True)
    times = await _creates(place, session)
    cuts = statistics.quantiles(times, n=100)
    found.append(
        Figure(
            f"keys and check of a create among {rows:,}",
            f"{cuts[49]:.1f} ms (p99 {cuts[98]:.1f} ms)",
            "10 ms",
        )
    )
    print(found[-1].line(), flush=True)
    found += await _scan(place, session, rows)
    return found


async def _creates(place: Running, session: Session) -> list[float]:
    """Milliseconds of the hook and the check, in a transaction that is then taken back."""
    obj = session.full.object("account")
    keeper, check = guard.KeyKeeper(), guard.DuplicateCheck()
    commands_of = EventBus(SubscriberRegistry(), MemoryJobQueue())
    times = []
    for number in range(ROUNDS + 20):
        async with place.database.transaction() as connection, connection.transaction(force_rollback=True):
            commands = Commands(connection, session, commands_of)
            values = {"name": f"杭州{number}华奕人力资源有限公司", "phone": f"1380571{number:04d}"}
            (written,) = await commands.create(obj, [values])
            write = Write(connection, session, obj, [written.id])
            begin = time.perf_counter()
            await keeper(write)
            await check(write)
            times.append((time.perf_counter() - begin) * 1000)
    return times[20:]


async def _scan(place: Running, session: Session, rows: int) -> list[Figure]:
    obj = session.full.object("account")
    async with place.database.transaction() as connection:
        scan_id: UUID = await start_scan(connection, session, MemoryJobQueue(), obj)
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        work = asyncio.create_task(
            Scanner(place.database, Path(folder)).work({"schema": session.full.schema, "scan": str(scan_id)})
        )
        peak = own = 0.0
        while not work.done():
            process = psutil.Process()
            own = max(own, process.memory_info().rss / 2**20)
            for child in process.children(recursive=True):
                try:
                    if "banyan.duplicates.scan_process" in child.cmdline():
                        peak = max(peak, child.memory_info().rss / 2**20)
                except psutil.Error:
                    continue
            await asyncio.sleep(0.2)
        await work
        seconds = time.perf_counter() - begin
    async with place.database.reader() as connection:
        result = await last_scan(connection, session.full.schema, obj)
    if result is None or result["state"] != "done":
        raise RuntimeError(f"the scan did not end: {result}")
    told = result["result"]
    return [
        Figure(f"scan of {rows:,} customers, {told['pairs']:,} pairs found", f"{seconds:.0f} s", "300 s"),
        Figure("memory of its process at most; of the worker", f"{peak:.0f} MB; {own:.0f} MB"),
    ]


def section(figures: Sequence[Figure], day: str) -> str:
    """The part of the report, under its own heading."""
    head = [MARK, "", f"Measured on {day}; {ROUNDS} creates.", ""]
    table = ["| Work | measured | bound |", "|---|---|---|", *(each.line() for each in figures)]
    return "\n".join([*head, *table, ""])
