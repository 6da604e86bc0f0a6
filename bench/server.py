"""A real `banyan serve` on loopback with a workspace of a given size."""

import asyncio
import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psutil
from psycopg import sql

from banyan.db.database import Database
from banyan.db.roles import ConnectionTargets
from banyan.db.targets import resolve_targets
from banyan.duplicates.looking import Looker
from banyan.kernel.settings import Settings
from banyan.metadata.changes.indexing import Indexer
from banyan.metadata.store import load_catalog
from banyan.setup.scale import Scale, load_scaled
from banyan.workspaces import load
from bench.http import Client

PASSWORD = "bench-password-1"  # noqa: S105 - a throw-away server
MEMBERS, DEPARTMENTS, BELOW = 5_000, 400, 4  # every fifth department stands above the next four
KINDS = {
    "web": "banyan.worker.web",
    "worker": "banyan.worker",
}  # modules that processes run, the longer name first
# What passes for a quiet machine: per cent of all processors, and for how many seconds; and how long is waited for it.
QUIET, QUIET_FOR_S, SETTLE_S = 8.0, 4, 120.0
FILLED = ("account", "contact", "opportunity", "activity")
CUSTOMERS = 1_000_000  # most accounts and contacts


@dataclass
class Running:
    port: int
    settings: Settings
    targets: ConnectionTargets
    database: Database
    administrator: str
    member: str
    head: str
    member_id: UUID
    head_id: UUID
    administrator_id: UUID
    process: subprocess.Popen[bytes]
    start_s: float

    def client(self, token: str | None = None) -> Client:
        return Client("127.0.0.1", self.port, token or self.administrator)

    @contextlib.contextmanager
    def without_archive(self) -> Iterator[None]:
        """No copies of the log while data is generated: at ten million rows they would fill the disk."""
        script = self.settings.home / "database" / "archive-wal"
        kept = script.read_text("utf-8")
        script.write_text("#!/bin/sh\nexit 0\n", "utf-8")
        try:
            yield
        finally:
            script.write_text(kept, "utf-8")

    def processes(self) -> list[psutil.Process]:
        """The supervisor and its children, PostgreSQL left out."""
        parent = psutil.Process(self.process.pid)
        found = []
        for process in (parent, *parent.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                if "postgres" not in process.name():
                    found.append(process)
        return found

    def memory(self) -> dict[str, tuple[float, float]]:
        """RSS and PSS in MB of each process of ours, by what it is; the numbers tell processes of a kind apart."""
        found: dict[str, tuple[float, float]] = {}
        for process in self.processes():
            with contextlib.suppress(psutil.Error):
                used = process.memory_full_info()
                kind = _kind(process)
                name = kind if kind not in found else f"{kind} {process.pid}"
                found[name] = (used.rss / 1024**2, used.pss / 1024**2)
        return found

    def memory_mb(self) -> float:
        """Resident memory of our own processes (shared pages counted once), PostgreSQL left out."""
        return sum(pss for _, pss in self.memory().values())


def _kind(process: psutil.Process) -> str:
    """What a process of ours is, by its command."""
    words = " ".join(process.cmdline())
    return next((kind for kind, mark in KINDS.items() if mark in words), "supervisor")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.asynccontextmanager
async def running(people: int = MEMBERS, **settings: str) -> AsyncIterator[Running]:
    """Start, set up with one administrator, one member and one head among `people`, and stop again.

    `settings` are added to the server's environment.
    """
    folder = Path(tempfile.mkdtemp(prefix="banyan-bench-"))
    folder.chmod(0o711)
    port = _free_port()
    env = {
        **os.environ,
        "BANYAN_HOME": str(folder / "home"),
        "BANYAN_BACKUPS": str(folder / "backups"),
        "BANYAN_PORT": str(port),
        "BANYAN_LANGUAGE": "en",
        **settings,
    }
    begin = time.perf_counter()
    # A file and no pipe: a pipe that nobody reads is full after some minutes of warnings, and whoever writes waits.
    said = folder / "server.log"
    with said.open("w", encoding="utf-8") as log:
        process = subprocess.Popen([sys.executable, "-m", "banyan.cli", "serve"], env=env, stdout=log)
    try:
        link = _first_link(process, said)
        started = time.perf_counter() - begin
        settings = Settings.from_environment(env)
        with resolve_targets(settings) as targets:
            database = await Database.open(targets, statement_timeout_ms=0)
            try:
                tokens = await _set_up(port, link, people)
                yield Running(port, settings, targets, database, *tokens, process, started)
            finally:
                await database.close()
    finally:
        _stop(process)
        shutil.rmtree(folder, ignore_errors=True)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask it to end; a database of ten million rows may have much to write down."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=300)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _first_link(process: subprocess.Popen[bytes], said: Path) -> str:
    while process.poll() is None:
        found = re.search(r"token=(\S+)\s", said.read_text("utf-8"))
        if found:
            return found[1]
        time.sleep(0.01)
    raise RuntimeError(f"the server did not start: {said.read_text('utf-8')[-2_000:]}")


async def _set_up(port: int, token: str, count: int) -> tuple[str, str, str, UUID, UUID, UUID]:
    anonymous = Client("127.0.0.1", port)
    body = {"token": token, "organisation": "Bench", "name": "Admin", "email": "admin@example.com"}
    answer = await anonymous.call("POST", "/setup", {**body, "password": PASSWORD, "currency": "CNY"})
    session = answer.json()
    admin = Client("127.0.0.1", port, session["token"])
    for kind in ("read", "export"):  # A bench reads more than any person: no limit holds it back.
        await admin.call("PUT", "/audit/limits", {"kind": kind})
    departments = await _departments(admin)
    people = [
        {"name": f"Seller {i}", "email": f"s{i}@example.com", "department": departments[i % DEPARTMENTS]}
        for i in range(count)
    ]
    made = await _create(admin, "user", people)
    member = await _signed_in(admin, anonymous, made[0], "s0@example.com", "member")
    # Somebody in the tenth region's top department sees five departments of four hundred.
    index = 10 * (BELOW + 1)
    head = await _signed_in(admin, anonymous, made[index], f"s{index}@example.com", "department_head")
    anonymous.close()
    admin.close()
    return session["token"], member, head, UUID(made[0]), UUID(made[index]), UUID(session["user"]["id"])


async def _departments(admin: Client) -> list[str]:
    tops = await _create(
        admin, "department", [{"name": f"Region {i}"} for i in range(DEPARTMENTS // (BELOW + 1))]
    )
    below = await _create(
        admin,
        "department",
        [
            {"name": f"Office {top}-{i}", "parent": tops[top]}
            for top in range(len(tops))
            for i in range(BELOW)
        ],
    )
    return [key for top, first in enumerate(tops) for key in (first, *below[top * BELOW : (top + 1) * BELOW])]


async def _create(admin: Client, name: str, rows: list[dict[str, Any]]) -> list[str]:
    made: list[str] = []
    for start in range(0, len(rows), 1000):
        part = [{"op": "create", "values": values} for values in rows[start : start + 1000]]
        answer = await admin.call("POST", f"/records/{name}/batch", {"operations": part})
        made += [item["id"] for item in answer.json()["results"]]
    return made


async def _signed_in(admin: Client, anonymous: Client, person: str, email: str, role: str) -> str:
    link = (await admin.call("POST", f"/users/{person}/access", {"roles": [role]})).json()["link"]
    secret = {"token": link.partition("token=")[2], "password": PASSWORD}
    await anonymous.call("POST", "/set-password", secret)
    signed = await anonymous.call("POST", "/sessions", {"email": email, "password": PASSWORD})
    return str(signed.json()["token"])


async def fill(place: Running, rows: int, settle_s: float = SETTLE_S) -> float:
    """Load demo data; a member owns a part of it. Returns seconds, without those until the machine is quiet again.

    Accounts and contacts stay at a million: disk and memory of a small machine go to what grows, deals and follow-ups.
    """
    async with place.database.reader() as connection:
        space = await load(connection)
        catalog = await load_catalog(connection, space.schema)
    departments = await _owners(place)
    owners = sorted(departments)
    # The measured member is the twentieth-largest owner: neither the king nor a beginner.
    owners.remove(place.member_id)
    owners.insert(20, place.member_id)
    # Copied rows have no keys of duplicates, and nobody is to make them in the background of what is measured.
    await Looker(place.database).build(space.schema)
    scale = Scale(rows, tuple(owners), departments=departments, customers=CUSTOMERS)
    begin = time.perf_counter()
    with place.without_archive():
        await load_scaled(place.database, catalog, scale)
        await Indexer(place.database).fit(space.schema)  # What the worker's next round would do.
    spent = time.perf_counter() - begin
    async with (
        place.database.upkeep() as connection
    ):  # Else the server's own would come in the midst of a case.
        for obj in (catalog.object(name) for name in (*FILLED, "user", "department")):
            table = sql.Identifier(obj.schema, obj.table_name)
            await connection.execute(sql.SQL("VACUUM (ANALYZE) {}").format(table))
    await _settled(settle_s)
    return spent


async def _settled(most_s: float) -> None:
    """Wait for what follows a load: statistics, a checkpoint, the worker's rounds. On a busy machine not for ever."""
    quiet, end = 0, time.perf_counter() + most_s
    psutil.cpu_percent()
    while quiet < QUIET_FOR_S and time.perf_counter() < end:
        await asyncio.sleep(1)
        quiet = quiet + 1 if psutil.cpu_percent() < QUIET else 0


def filled(rows: int) -> int:
    """How many records `fill` makes."""
    return 2 * rows + 2 * min(rows, CUSTOMERS)


async def _owners(place: Running) -> dict[UUID, UUID]:
    """Everybody with a department, and which."""
    people, found, cursor = place.client(), dict[UUID, UUID](), None
    while True:
        ask = {"select": ["department"], "limit": 1000, "cursor": cursor, "sort": [{"field": "name"}]}
        page = (await people.call("POST", "/records/user/query", ask)).json()
        found |= {
            UUID(item["id"]): UUID(item["department"]["id"]) for item in page["records"] if item["department"]
        }
        cursor = page["next_cursor"]
        if cursor is None:
            people.close()
            return found
