"""Which processes are really our PostgreSQL on this data folder. A number in a pid file proves nothing."""

import contextlib
import os
import signal
import time
from pathlib import Path

import psutil

READY = "ready"
STOPPING = "stopping"
_PID_LINE, _STATUS_LINE = 0, 7
_ORPHAN_PATIENCE_S = 10.0


def pid_file(data: Path) -> Path:
    return data / "postmaster.pid"


def read_status(data: Path) -> tuple[int | None, str]:
    """Return (pid, status) as the server wrote them; status is `starting`, `ready`, `stopping` or empty."""
    try:
        lines = pid_file(data).read_text(encoding="utf-8", errors="replace").splitlines()
        pid = int(lines[_PID_LINE])
    except (OSError, ValueError, IndexError):
        return None, ""
    return pid, lines[_STATUS_LINE].strip() if len(lines) > _STATUS_LINE else ""


def live_postmaster(data: Path) -> psutil.Process | None:
    """Return the running server of this data folder, or None whatever the pid file says."""
    pid, _ = read_status(data)
    if pid is None:
        return None
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid)
        if _is_ours(process, data):
            return process
    return None


def remove_stale_files(data: Path, sockets: Path) -> None:
    """Drop pid and socket lock files of a server that is gone.

    PostgreSQL would believe their pid if it lives.
    """
    pid_file(data).unlink(missing_ok=True)
    for left_over in sockets.glob(".s.PGSQL.*"):
        left_over.unlink(missing_ok=True)


def end_orphans(data: Path) -> None:
    """End backends that outlived a killed postmaster: they hold the shared memory a new server needs.

    They leave by themselves once they notice; the ones busy in a long statement are told to quit, then
    killed.
    """
    orphans = _backends(data)
    for process in orphans:
        _send(process, signal.SIGQUIT)
    _, alive = psutil.wait_procs(orphans, timeout=_ORPHAN_PATIENCE_S)
    for process in alive:
        _send(process, signal.SIGKILL)
    psutil.wait_procs(alive, timeout=_ORPHAN_PATIENCE_S)


def cpu_seconds(process: psutil.Process) -> float:
    """Processor time used by the server and its children: a sign of progress when the log is silent."""
    total = 0.0
    with contextlib.suppress(psutil.Error):
        for part in (process, *process.children()):
            with contextlib.suppress(psutil.Error):
                times = part.cpu_times()
                total += times.user + times.system
    return total


def wait_gone(process: psutil.Process, seconds: float) -> bool:
    """Wait until the process has ended (a zombie has); True when it did in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(process.pid, os.WNOHANG)
        if not process.is_running() or _is_zombie(process):
            return True
        time.sleep(0.01)
    return False


def _is_zombie(process: psutil.Process) -> bool:
    try:
        return bool(process.status() == psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return True


def _send(process: psutil.Process, number: int) -> None:
    with contextlib.suppress(psutil.Error):
        process.send_signal(number)


def _is_ours(process: psutil.Process, data: Path) -> bool:
    try:
        if not process.name().startswith("postgres") or process.status() == psutil.STATUS_ZOMBIE:
            return False
        return Path(process.cwd()).resolve() == data.resolve()
    except psutil.Error:
        return False


def _backends(data: Path) -> list[psutil.Process]:
    return [process for process in psutil.process_iter() if _is_ours(process, data)]
