"""Base backups: whole copies of the data folder, each with a manifest of what its tables held."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from banyan.db.embedded.binaries import find_binaries
from banyan.db.embedded.places import Places
from banyan.db.embedded.server import refuse_without_space
from banyan.db.embedded.service_user import give_to, process_arguments
from banyan.db.inspection import Mark, close_segment, mark_with_sums, server_version
from banyan.db.roles import ConnectionTargets
from banyan.kernel.errors import StartRefused

MANIFEST = "banyan-manifest.json"
BASES_KEPT = 7
_STAMP = "%Y%m%dT%H%M%SZ"
_SEGMENT_BYTES = 16 * 1024 * 1024
_SEGMENTS_PER_ID = 0x100000000 // _SEGMENT_BYTES
_SEGMENT_NAME = 24


@dataclass(frozen=True)
class BaseBackup:
    """One finished base backup. `restore_point` names the moment its table sums belong to."""

    folder: Path
    stamp: str
    started_at: datetime
    finished_at: datetime
    restore_point: str
    exact: bool
    tables: dict[str, dict[str, Any]]
    size: int
    seconds: float


def take_base(places: Places, targets: ConnectionTargets) -> BaseBackup:
    """Copy the running server into the backup folder, sum its tables, drop what is no longer needed.

    Raises:
        StartRefused: `backup_failed` with the reason, or `disk_full`.
    """
    refuse_without_space(places.bases)
    started = datetime.now(UTC)
    stamp = started.strftime(_STAMP)
    part = places.bases / f"{stamp}.part"
    _remove_unfinished(places)
    _copy(places, targets, part)
    mark = mark_with_sums(targets.superuser, f"banyan-{stamp}")
    if not close_segment(targets.superuser):
        raise StartRefused("backup_failed", reason=f"{places.wal_archive}: archive_command")
    finished = datetime.now(UTC)
    _write_manifest(places, part, _facts(targets, stamp, (started, finished), mark, part))
    part.rename(places.bases / stamp)
    prune(places)
    return read_base(places.bases / stamp)


def list_bases(places: Places) -> list[BaseBackup]:
    """Return finished base backups, oldest first."""
    if not places.bases.is_dir():
        return []
    folders = sorted(
        path for path in places.bases.iterdir() if (path / MANIFEST).is_file() and not path.suffix
    )
    return [read_base(path) for path in folders]


def read_base(folder: Path) -> BaseBackup:
    """Read one base backup's manifest."""
    facts = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    started, finished = (datetime.fromisoformat(facts[name]) for name in ("started_at", "finished_at"))
    return BaseBackup(
        folder=folder,
        stamp=facts["stamp"],
        started_at=started,
        finished_at=finished,
        restore_point=facts["restore_point"],
        exact=facts["exact"],
        tables=facts["tables"],
        size=facts["size"],
        seconds=(finished - started).total_seconds(),
    )


def prune(places: Places, keep: int = BASES_KEPT) -> list[str]:
    """Remove all but the newest base backups, and the log segments older than the oldest one kept."""
    bases = list_bases(places)
    for base in bases[:-keep]:
        shutil.rmtree(base.folder)
    kept = bases[-keep:]
    if not kept:
        return []
    oldest = first_segment(kept[0].folder)
    removed = []
    for file in places.wal_archive.iterdir():
        # Without the timeline (8 characters), as segments of all timelines before this point are unneeded.
        name = file.name.removesuffix(".gz")
        if len(name) == _SEGMENT_NAME and name[8:] < oldest[8:]:
            file.unlink()
            removed.append(file.name)
    return removed


def first_segment(folder: Path) -> str:
    """Return the name of the first log segment a base backup needs, from the server's own manifest."""
    ranges = json.loads((folder / "backup_manifest").read_text(encoding="utf-8"))["WAL-Ranges"]
    first = min(ranges, key=lambda item: item["Timeline"])
    high, low = (int(part, 16) for part in first["Start-LSN"].split("/"))
    number = ((high << 32) + low) // _SEGMENT_BYTES
    return f"{first['Timeline']:08X}{number // _SEGMENTS_PER_ID:08X}{number % _SEGMENTS_PER_ID:08X}"


def _remove_unfinished(places: Places) -> None:
    for left_over in places.bases.glob("*.part"):
        shutil.rmtree(left_over, ignore_errors=True)


def _copy(places: Places, targets: ConnectionTargets, part: Path) -> None:
    """Run pg_basebackup as the server's own user, so that every file stays readable to it."""
    parts = conninfo_to_dict(targets.superuser)
    command = [
        find_binaries(places.user).path("pg_basebackup"),
        f"--pgdata={part}",
        "--format=tar",
        "--compress=client-gzip:1",
        "--wal-method=stream",
        "--checkpoint=fast",
        "--no-password",
        f"--host={parts['host']}",
        f"--port={parts['port']}",
        f"--username={parts['user']}",
    ]
    done = subprocess.run(  # noqa: S603 - our own binary with paths we made
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=places.database,
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "PGPASSWORD": str(parts["password"])},
        **process_arguments(places.user),
    )
    if done.returncode:
        shutil.rmtree(part, ignore_errors=True)
        reason = (done.stderr.strip().splitlines() or ["pg_basebackup"])[-1]
        if "No space left" in done.stderr:
            raise StartRefused("disk_full", path=str(places.bases))
        raise StartRefused("backup_failed", reason=reason)


def _facts(
    targets: ConnectionTargets, stamp: str, span: tuple[datetime, datetime], mark: Mark, part: Path
) -> dict[str, Any]:
    return {
        "stamp": stamp,
        "started_at": span[0].isoformat(),
        "finished_at": span[1].isoformat(),
        "server_version": server_version(targets.superuser),
        "restore_point": mark.name,
        "exact": mark.exact,
        "size": sum(file.stat().st_size for file in part.iterdir()),
        "tables": {
            name: {"rows": each.rows, "checksum": each.checksum} for name, each in mark.tables.items()
        },
    }


def _write_manifest(places: Places, part: Path, facts: dict[str, Any]) -> None:
    path = part / MANIFEST
    with path.open("w", encoding="utf-8") as file:
        json.dump(facts, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(0o600)
    give_to(places.user, path)
