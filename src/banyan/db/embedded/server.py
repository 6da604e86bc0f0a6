"""Start, share and stop the embedded PostgreSQL server of one home.

Whoever comes first starts it; it stays while any Banyan process uses it and stops with the last one.
Every start and
stop happens under one lock, so two commands at once, a killed command or a killed server are all
ordinary cases.
"""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

import psutil
from psycopg.conninfo import make_conninfo
from psycopg.pq import PGconn, Ping

from banyan.db.embedded import processes
from banyan.db.embedded.binaries import Binaries, find_binaries
from banyan.db.embedded.configuration import MB, SUPERUSER, write_configuration
from banyan.db.embedded.locks import SharedUse, transition
from banyan.db.embedded.passwords import RolePasswords, load_or_make, were_lost
from banyan.db.embedded.places import PORT, Places, prepare_places
from banyan.db.embedded.service_user import give_to, process_arguments
from banyan.db.inspection import set_passwords
from banyan.db.roles import DATABASE, ConnectionTargets, ensure_roles, target_for
from banyan.kernel.errors import StartRefused
from banyan.kernel.settings import Settings

LEAST_FREE_BYTES = 96 * MB
NO_PROGRESS_S = 180.0
STOP_NO_PROGRESS_S = 60.0
NO_ANSWER_S = 30.0
LOG_KEPT_BYTES = 16 * MB
_POLL_S = 0.01
_TELLING = re.compile("FATAL|PANIC|error:")
_STAMP = re.compile(r"^[\d-]+ [\d:.]+ UTC \[\d+\] [A-Z]+: +")


class EmbeddedServer:
    """The server of one home, as one of its users sees it.

    `options` are PostgreSQL settings that win over the generated ones (tests turn fsync off). They count
    only when
    this call is the one that starts the server.
    """

    def __init__(self, settings: Settings, options: Mapping[str, str] | None = None) -> None:
        self._settings = settings
        self._options = dict(options or {})
        self._places: Places | None = None
        self._use: SharedUse | None = None

    @property
    def places(self) -> Places:
        """The folders in use; made on first access."""
        if self._places is None:
            self._places = prepare_places(self._settings)
        return self._places

    def start(self) -> ConnectionTargets:
        """Attach to the running server or start it; idempotent, also after the server was killed.

        Raises:
            StartRefused: with a code that names the reason (disk full, folder not usable, server gave up, …).
        """
        places = self.places
        with transition(places.locks):
            lost = were_lost(places.secrets) and (places.data / "PG_VERSION").exists()
            passwords = load_or_make(places.secrets)
            targets = _targets(places, passwords)
            if not _answers(places, targets):
                wait_until_ready(places, self._launch(places, passwords))
            if lost:
                set_passwords(own_way_in(places), passwords.superuser, passwords)
            self._finish_first_start(places, passwords, targets)
            if self._use is None:
                self._use = SharedUse(places.locks)
            self._use.hold()
        return targets

    def stop(self) -> None:
        """Leave; the last user stops the server. Idempotent."""
        if self._use is None:
            return
        places = self.places
        with transition(places.locks):
            last = self._use.leave_and_ask_if_last()
            self._use = None
            process = processes.live_postmaster(places.data) if last else None
            if process is not None:
                shut_down(places, process)
            if last and places.sockets.parent != places.database:
                shutil.rmtree(places.sockets, ignore_errors=True)  # It lies in the temporary folder.
                self._places = None

    def __enter__(self) -> ConnectionTargets:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _launch(self, places: Places, passwords: RolePasswords) -> psutil.Process:
        refuse_without_space(places.database)
        binaries = find_binaries(places.user)
        if not (places.data / "PG_VERSION").exists():
            _initialise(binaries, places, passwords)
        processes.remove_stale_files(places.data, places.sockets)
        processes.end_orphans(places.data)
        configuration = write_configuration(places, self._options)
        return spawn(binaries, places, configuration)

    def _finish_first_start(
        self, places: Places, passwords: RolePasswords, targets: ConnectionTargets
    ) -> None:
        """Roles and database are made once; the mark spares every later start a connection."""
        mark = places.data / "banyan-roles"
        if mark.exists():
            return
        ensure_roles(_conninfo(places, SUPERUSER, passwords.superuser, "postgres"), passwords, targets)
        mark.touch(mode=0o600)
        give_to(places.user, mark)


def _answers(places: Places, targets: ConnectionTargets) -> bool:
    """Whether a server of this home runs and answers; waits while one starts or stops.

    A killed process still counts as alive for a moment, so only an answer proves that it runs.
    """
    deadline = time.monotonic() + NO_ANSWER_S
    while (process := processes.live_postmaster(places.data)) is not None:
        _, status = processes.read_status(places.data)
        if status == processes.STOPPING:
            processes.wait_gone(process, STOP_NO_PROGRESS_S)
        elif status != processes.READY:
            wait_until_ready(places, process)
        elif PGconn.ping(targets.superuser.encode()) == Ping.OK:
            return True
        elif time.monotonic() > deadline:
            raise _failure("database_stands_still", places, _log_tail(places, 0))
        else:
            time.sleep(_POLL_S)
    return False


def refuse_without_space(folder: Path) -> None:
    """Raise when the disk has too little room for the server to start and write its first segments."""
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE_BYTES:
        raise StartRefused(
            "disk_full", path=str(folder), free_mb=free // MB, needed_mb=LEAST_FREE_BYTES // MB
        )


def spawn(binaries: Binaries, places: Places, configuration: Path) -> psutil.Process:
    """Run the server in a session of its own, so that Ctrl-C at the terminal reaches only our process."""
    if places.log.exists() and places.log.stat().st_size > LOG_KEPT_BYTES:
        places.log.rename(places.log.with_suffix(".log.1"))
    with places.log.open("ab") as log:
        places.log.chmod(0o600)
        give_to(places.user, places.log)
        process = subprocess.Popen(  # noqa: S603 - our own binary with paths we made
            [binaries.path("postgres"), "-D", str(places.data), "-c", f"config_file={configuration}"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=places.database,
            start_new_session=True,
            env=_environment(),
            **process_arguments(places.user),
        )
    # The server outlives this object on purpose; without this line Python would warn about a running child.
    process.returncode = 0
    return psutil.Process(process.pid)


def _environment() -> dict[str, str]:
    """Keep only what a program needs.

    PGDATA, PGHOST and the like in the caller's shell must not lead it astray.
    """
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "TMPDIR") if name in os.environ}
    return {**kept, "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _conninfo(places: Places, user: str, password: str, database: str = DATABASE) -> str:
    return target_for(str(places.sockets), PORT, database, user, password)


def own_way_in(places: Places) -> str:
    """Return a superuser conninfo that needs no password but the right system user."""
    return make_conninfo("", host=str(places.sockets), port=PORT, dbname=DATABASE, user=SUPERUSER)


def _targets(places: Places, passwords: RolePasswords) -> ConnectionTargets:
    return ConnectionTargets(
        app=_conninfo(places, "banyan_app", passwords.app),
        owner=_conninfo(places, "banyan_owner", passwords.owner),
        superuser=_conninfo(places, SUPERUSER, passwords.superuser),
    )


def _initialise(binaries: Binaries, places: Places, passwords: RolePasswords) -> None:
    """Run initdb into a folder beside, then rename.

    An interrupted initdb leaves nothing that looks complete.
    """
    if places.data.exists() and any(places.data.iterdir()):
        raise StartRefused("database_folder_broken", path=str(places.data))
    fresh = places.data.with_name(f"{places.data.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    read_end, write_end = os.pipe()
    os.write(write_end, f"{passwords.superuser}\n".encode())
    os.close(write_end)
    if places.user is not None:
        os.fchown(read_end, places.user.uid, places.user.gid)  # initdb opens it anew through /dev/fd.
    try:
        done = subprocess.run(  # noqa: S603 - our own binary with paths we made
            [
                binaries.path("initdb"),
                f"--pgdata={fresh}",
                f"--username={SUPERUSER}",
                f"--pwfile=/dev/fd/{read_end}",
                "--auth-local=scram-sha-256",
                "--auth-host=scram-sha-256",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
                "--data-checksums",
                "--no-instructions",
                *(("--no-sync",) if os.environ.get("BANYAN_TEST_NO_SYNC") else ()),
            ],
            capture_output=True,
            text=True,
            check=False,
            pass_fds=(read_end,),
            cwd=places.database,
            env=_environment(),
            **process_arguments(places.user),
        )
    finally:
        os.close(read_end)
    if done.returncode:
        shutil.rmtree(fresh, ignore_errors=True)
        raise _failure("database_not_created", places, done.stderr)
    if places.data.exists():
        places.data.rmdir()
    fresh.rename(places.data)


def wait_until_ready(places: Places, process: psutil.Process) -> None:
    """Wait as long as the server works (recovery can be long); give up only when it ends or stands still."""
    started_at = places.log.stat().st_size if places.log.exists() else 0
    seen: tuple[int, float] = (-1, -1.0)
    moved = time.monotonic()
    while True:
        _, status = processes.read_status(places.data)
        if status == processes.READY:
            return
        if processes.wait_gone(process, _POLL_S):
            raise _failure("database_not_started", places, _log_tail(places, started_at))
        if time.monotonic() - moved > 1.0:
            now = (places.log.stat().st_size, processes.cpu_seconds(process))
            if now != seen:
                seen, moved = now, time.monotonic()
            elif time.monotonic() - moved > NO_PROGRESS_S:
                raise _failure("database_stands_still", places, _log_tail(places, started_at))


def shut_down(places: Places, process: psutil.Process) -> None:
    """Fast shutdown; a server that makes no progress in writing its last checkpoint is stopped at once."""
    with contextlib.suppress(psutil.NoSuchProcess):
        process.send_signal(signal.SIGINT)
    seen = -1.0
    while not processes.wait_gone(process, STOP_NO_PROGRESS_S):
        now = processes.cpu_seconds(process)
        if now == seen:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGQUIT)
        seen = now
    if processes.live_postmaster(places.data) is None and processes.pid_file(places.data).exists():
        processes.remove_stale_files(places.data, places.sockets)


def _log_tail(places: Places, start: int) -> str:
    with places.log.open("rb") as log:
        log.seek(max(0, min(start, places.log.stat().st_size) - 4096))
        return log.read().decode("utf-8", "replace")


def _failure(code: str, places: Places, output: str) -> StartRefused:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    if any("No space left on device" in line for line in lines):
        return StartRefused("disk_full", path=str(places.database))
    telling = [number for number, line in enumerate(lines) if _TELLING.search(line)]
    found = telling[-1] if telling else len(lines) - 1
    if found > 0 and "configuration file" in lines[found]:
        found -= 1  # The line before names the setting; this one only says that there was something.
    reason = _STAMP.sub("", lines[found]) if lines else "?"
    return StartRefused(code, reason=reason, log=str(places.log))
