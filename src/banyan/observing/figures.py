"""What is read for a scrape or a look at the health page: the queue, the outbox, disks, backups, processes."""

import asyncio
import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from banyan.db import control
from banyan.db.database import Database
from banyan.db.figures import (
    DatabaseFigures,
    OutboxFigures,
    QueueFigures,
    database_figures,
    outbox_figures,
    queue_figures,
)
from banyan.kernel.settings import Settings

if TYPE_CHECKING:
    import psutil

_ROLES = (("web", "banyan.worker.web"), ("worker", "banyan.worker"))


@dataclass(frozen=True)
class Process:
    """All processes of one role together."""

    role: str
    count: int
    memory: int
    cpu_s: float


@dataclass(frozen=True)
class Space:
    """A disk by what is kept on it."""

    free: int
    total: int


@dataclass(frozen=True)
class Backups:
    """The newest base backup and the last proof that one restores. None at all for a managed database."""

    base_at: datetime | None
    base_size: int | None
    proof_at: datetime | None


@dataclass(frozen=True)
class Figures:
    """One reading of the whole installation, for metrics."""

    database: DatabaseFigures
    queue: QueueFigures
    outbox: OutboxFigures
    processes: tuple[Process, ...]
    backup_age_s: float | None
    verified_age_s: float | None


async def read_figures(database: Database, settings: Settings) -> Figures:
    """Read everything; files and processes in a thread."""
    async with database.reader() as connection:
        server = await database_figures(connection)
        queue = await queue_figures(connection)
        workspaces = await control.read_all(connection)
        outbox = await outbox_figures(connection, [each.schema_name for each in workspaces])
    backups = await asyncio.to_thread(read_backups, settings)
    now = datetime.now(UTC)
    return Figures(
        server,
        queue,
        outbox,
        await asyncio.to_thread(read_processes),
        _age(now, backups.base_at if backups else None),
        _age(now, backups.proof_at if backups else None),
    )


def _age(now: datetime, moment: datetime | None) -> float | None:
    return None if moment is None else (now - moment).total_seconds()


def read_backups(settings: Settings) -> Backups | None:
    """What the backup folder says; None where somebody else backs up the database. Makes no folder."""
    if settings.database_url:
        return None
    from banyan.backup import last_proof, list_bases
    from banyan.db.embedded.places import Places

    home = settings.home
    places = Places(home, home / "database", home / "database" / "run", settings.backups, None)
    try:
        bases, proof = list_bases(places), last_proof(places)
    except (OSError, ValueError, KeyError):  # being written, or not readable: as good as missing
        return Backups(None, None, None)
    newest = bases[-1] if bases else None
    return Backups(
        newest.finished_at if newest else None, newest.size if newest else None, proof.at if proof else None
    )


def read_space(folder: Path) -> Space | None:
    """The disk that a folder is on, or will be."""
    for place in (folder, *folder.parents):
        if place.exists():
            found = shutil.disk_usage(place)
            return Space(found.free, found.total)
    return None


def read_processes() -> tuple[Process, ...]:
    """The processes of this `banyan serve` by role; this one alone where nobody supervises it."""
    import psutil

    found: dict[str, list[psutil.Process]] = {}
    try:
        parent = psutil.Process(os.getppid())
        for child in parent.children():
            if role := _role(child):
                found.setdefault(role, []).append(child)
        if found:
            found["supervisor"] = [parent]
    except psutil.Error:
        found = {}
    return tuple(_sum(role, each) for role, each in (found or {"web": [psutil.Process()]}).items())


def _role(process: "psutil.Process") -> str | None:
    import psutil

    try:
        words = process.cmdline()
    except psutil.Error:
        return None
    return next((role for role, module in _ROLES if module in words), None)


def _sum(role: str, processes: "list[psutil.Process]") -> Process:
    import psutil

    memory, cpu = 0, 0.0
    for process in processes:
        try:
            # Pages that several share are counted once, where the system tells (Linux).
            used = process.memory_full_info()
            memory += getattr(used, "pss", used.rss)
            times = process.cpu_times()
        except psutil.Error:
            continue
        cpu += times.user + times.system
    return Process(role, len(processes), memory, cpu)
