"""A server on a restored data folder: replays the archive up to a point, then answers on a private socket."""

import contextlib
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

from banyan.db.embedded.binaries import find_binaries
from banyan.db.embedded.configuration import quoted_for_shell, write_configuration
from banyan.db.embedded.places import MAJOR_FOLDER, Places
from banyan.db.embedded.server import own_way_in, shut_down, spawn, wait_until_ready
from banyan.db.embedded.service_user import give_to

# Copies one segment out of the archive; the exit code tells the server whether there is such a segment.
_FETCH_SCRIPT = r"""#!/bin/sh
# Usage: fetch-wal ARCHIVE NAME TARGET
if [ -e "$1/$2" ]; then exec cp "$1/$2" "$3"; fi
if [ -e "$1/$2.gz" ]; then gzip -dc "$1/$2.gz" > "$3.part" && exec mv "$3.part" "$3"; fi
exit 1
"""


@contextlib.contextmanager
def restoring_places(places: Places, beside: Path) -> Iterator[Places]:
    """Yield folders for a restored server under `beside` (same disk, so a rename can put it in service)."""
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(mode=0o700)
    give_to(places.user, beside)
    sockets = Path(tempfile.mkdtemp(prefix="banyan-"))
    give_to(places.user, sockets)
    try:
        yield Places(places.home, beside, sockets, places.backups, places.user)
    finally:
        shutil.rmtree(sockets, ignore_errors=True)
        shutil.rmtree(beside, ignore_errors=True)


def unpack_base(base: Path, restoring: Places) -> None:
    """Unpack a base backup (base.tar.gz and pg_wal.tar.gz) into the data folder.

    Owned by the server's user.
    """
    data = restoring.data
    data.mkdir(mode=0o700)
    for archive, folder in (("base.tar.gz", data), ("pg_wal.tar.gz", data / "pg_wal")):
        with tarfile.open(base / archive) as tar:
            tar.extractall(folder, filter="data")
    for parent, folders, files in os.walk(data):
        for name in folders:
            (Path(parent) / name).chmod(0o700)
            give_to(restoring.user, Path(parent) / name)
        for name in files:
            (Path(parent) / name).chmod(0o600)
            give_to(restoring.user, Path(parent) / name)
    give_to(restoring.user, data)


def add_last_segments(old_data: Path, restoring: Places) -> None:
    """Give the restored server the segments that were written but not yet archived when the old one stopped."""
    source, target = old_data / "pg_wal", restoring.data / "pg_wal"
    if not source.is_dir():
        return
    for segment in source.iterdir():
        if len(segment.name) == _SEGMENT_NAME and segment.is_file():
            shutil.copyfile(segment, target / segment.name)
            (target / segment.name).chmod(0o600)
            give_to(restoring.user, target / segment.name)


_SEGMENT_NAME = 24


@contextlib.contextmanager
def recovered_server(restoring: Places, target: dict[str, str], *, keep_archiving: bool) -> Iterator[str]:
    """Start the server, wait for the end of recovery, yield a superuser conninfo, stop it again.

    `target` holds PostgreSQL's recovery_target_* settings; empty means to the end of the archive.
    """
    fetch = restoring.database / "fetch-wal"
    fetch.write_text(_FETCH_SCRIPT, encoding="utf-8")
    fetch.chmod(0o700)
    give_to(restoring.user, fetch)
    signal_file = restoring.data / "recovery.signal"
    signal_file.touch(mode=0o600)
    give_to(restoring.user, signal_file)
    options = {
        "restore_command": f"{quoted_for_shell(fetch)} {quoted_for_shell(restoring.wal_archive)} %f %p",
        "recovery_target_action": "promote",
        "hot_standby": "off",
        "archive_mode": "on" if keep_archiving else "off",
        "shared_buffers": "128MB",
        "autovacuum": "off",
        **target,
    }
    configuration = write_configuration(restoring, options)
    process = spawn(find_binaries(restoring.user), restoring, configuration)
    try:
        wait_until_ready(restoring, process)
        yield own_way_in(restoring)
    finally:
        shut_down(restoring, process)


def put_in_service(restoring: Places, places: Places, stamp: str) -> Path | None:
    """Swap the restored data folder in; return where the former one is kept, if there was one."""
    kept = None
    if places.data.exists():
        kept = places.data.with_name(f"{MAJOR_FOLDER}.before-{stamp}")
        places.data.rename(kept)
    restoring.data.rename(places.data)
    return kept
