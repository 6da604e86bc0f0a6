"""The server's configuration, written anew at each start from the machine it runs on.

It lives beside the data folder, so a restored data folder never brings old settings back.
"""

import os
import pwd
import shlex
import shutil
from collections.abc import Mapping
from pathlib import Path

import psutil

from banyan.db.embedded.places import PORT, Places
from banyan.db.embedded.service_user import give_to

MB = 1024 * 1024
MAX_CONNECTIONS = 100
SUPERUSER = "postgres"
_SMALL_SHM = 512 * MB

# Full segments are copied as they are (cheap while an import runs); a segment that archive_timeout closed
# early ends in zeros and shrinks to almost nothing. Written beside, synced, renamed: never half a segment.
ARCHIVE_SCRIPT = r"""#!/bin/sh
# Usage: archive-wal SOURCE NAME TARGET_FOLDER
set -eu
source=$1 name=$2 folder=$3
same() { [ "$(cksum)" = "$(cksum < "$source")" ]; }
# The same segment comes again after a crash; a different one under its name must never replace it.
if [ -e "$folder/$name.gz" ]; then gzip -dc "$folder/$name.gz" | same; exit; fi
if [ -e "$folder/$name" ]; then same < "$folder/$name"; exit; fi
part="$folder/.$name.part"
target="$folder/$name"
if [ -z "$(tail -c 65536 "$source" | tr -d '\0' | od -An -c | head -n 1)" ] && command -v gzip > /dev/null
then
  target="$target.gz"
  gzip -1 -c "$source" > "$part"
else
  cp "$source" "$part"
fi
sync "$part" 2> /dev/null || sync
mv "$part" "$target"
sync "$folder" 2> /dev/null || sync
"""


def write_configuration(places: Places, options: Mapping[str, str]) -> Path:
    """Write postgresql.conf, pg_hba.conf and the archive script; return the path of the first.

    The system user we run as may sign in as the superuser without a password: the only way in when a restored
    data folder has the passwords of its own time. The socket is open to nobody else.
    """
    folder = places.database
    script = folder / "archive-wal"
    _write(places, script, ARCHIVE_SCRIPT, 0o700)
    hba = folder / "pg_hba.conf"
    first = f"local all {SUPERUSER} peer map=banyan\n"
    _write(places, hba, f"{first}local all all scram-sha-256\nlocal replication all scram-sha-256\n", 0o600)
    ident = folder / "pg_ident.conf"
    _write(places, ident, f"banyan {pwd.getpwuid(os.geteuid()).pw_name} {SUPERUSER}\n", 0o600)
    values = {
        **_fixed(places),
        **_tuned(),
        "hba_file": str(hba),
        "ident_file": str(ident),
        "archive_mode": "on",
        "archive_command": f"{quoted_for_shell(script)} %p %f {quoted_for_shell(places.wal_archive)}",
        "archive_timeout": "60s",
        **options,
    }
    lines = [f"{name} = {_quoted(value)}\n" for name, value in sorted(values.items())]
    main = folder / "postgresql.conf"
    _write(places, main, "".join(lines), 0o600)
    return main


def _fixed(places: Places) -> dict[str, str]:
    return {
        "listen_addresses": "",
        "port": str(PORT),
        "unix_socket_directories": str(places.sockets),
        "unix_socket_permissions": "0700",
        "password_encryption": "scram-sha-256",
        "max_connections": str(MAX_CONNECTIONS),
        "wal_level": "replica",
        "max_wal_senders": "4",
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "datestyle": "ISO, YMD",
        "default_text_search_config": "pg_catalog.simple",
        # The log must not become a copy of personal data: neither values nor statements go there.
        "log_error_verbosity": "terse",
        "log_min_error_statement": "panic",
        "log_startup_progress_interval": "5s",
        "log_checkpoints": "off",
        "lc_messages": "C.UTF-8",
        "idle_in_transaction_session_timeout": "5min",
        # A statement whose process has died or gone away ends, instead of reading on for nobody.
        "client_connection_check_interval": "5s",
        # Sums over the same records may wait for each other in a circle; one is broken off soon and done again.
        "deadlock_timeout": "100ms",
        "autovacuum_vacuum_scale_factor": "0.05",
        "autovacuum_vacuum_insert_scale_factor": "0.1",
        "autovacuum_analyze_scale_factor": "0.02",
        "autovacuum_naptime": "30s",
        "autovacuum_vacuum_cost_limit": "1000",
    }


def _tuned() -> dict[str, str]:
    memory = usable_memory()
    shared = min(max(memory // 4, 128 * MB), 8192 * MB)
    return {
        "shared_buffers": _megabytes(shared),
        "effective_cache_size": _megabytes(max(memory * 5 // 8, 256 * MB)),
        "work_mem": _megabytes(min(max(memory // 512, 8 * MB), 64 * MB)),
        "maintenance_work_mem": _megabytes(min(max(memory // 16, 64 * MB), 1024 * MB)),
        "wal_buffers": "16MB",
        "wal_compression": "pglz",
        "min_wal_size": "256MB",
        "max_wal_size": _megabytes(min(max(memory // 4, 1024 * MB), 8192 * MB)),
        "checkpoint_timeout": "15min",
        "checkpoint_completion_target": "0.9",
        "random_page_cost": "1.1",
        "effective_io_concurrency": "64",
        "max_worker_processes": str(max(8, (os.cpu_count() or 2) * 2)),
        "max_parallel_workers": str(os.cpu_count() or 2),
        "max_parallel_workers_per_gather": str(max(1, min(4, (os.cpu_count() or 2) // 2))),
        "dynamic_shared_memory_type": _dynamic_memory(),
    }


def usable_memory() -> int:
    """Bytes this machine, or the container we are in, may use."""
    total = int(psutil.virtual_memory().total)
    for limit in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            text = Path(limit).read_text(encoding="ascii").strip()
        except OSError:
            continue
        if text.isdigit():
            total = min(total, int(text))
    return total


def _dynamic_memory() -> str:
    """Containers often give /dev/shm only 64 MB, on which a parallel query fails.

    System V memory is not bound.
    """
    shm = Path("/dev/shm")  # noqa: S108 - only its size is looked at
    if shm.is_dir() and shutil.disk_usage(shm).total < _SMALL_SHM:
        return "sysv"
    return "posix"


def _megabytes(size: int) -> str:
    return f"{size // MB}MB"


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def quoted_for_shell(path: Path) -> str:
    # archive_command expands %-sequences itself before the shell sees the line.
    return shlex.quote(str(path)).replace("%", "%%")


def _write(places: Places, path: Path, text: str, mode: int) -> None:
    staging = path.with_name(f"{path.name}.tmp")
    staging.unlink(missing_ok=True)
    staging.write_text(text, encoding="utf-8")
    staging.chmod(mode)
    give_to(places.user, staging)
    staging.rename(path)
