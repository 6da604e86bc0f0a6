"""Child processes of `banyan serve`: started, watched, restarted with growing pauses, never left behind."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from banyan.kernel.settings import METRICS_FOLDER, Settings

# The composition root stands above commands: it is named here and imported by the child.
APPLICATION = "banyan.app:create_app"
PAUSES_S = (0.2, 1.0, 2.0, 5.0, 10.0, 30.0)
STEADY_AFTER_S = 60.0
STOP_PATIENCE_S = 10.0
FIRST_TRIES = 3


@dataclass(frozen=True)
class SharedListener:
    """What web processes share: the listening socket, and a file in which each tells how many connections it has.

    See `worker.door`, of which four bytes of ones are a process that takes none.
    """

    listener: socket.socket
    counts: IO[bytes]

    def nobody(self, number: int) -> None:
        """The process of this number is not there."""
        os.pwrite(self.counts.fileno(), b"\xff" * 4, 4 * number)


def open_counts() -> IO[bytes]:
    """A file in memory where there are such: each process writes in it often, and might wait for a disk."""
    in_memory = getattr(os, "memfd_create", None)  # not on macOS
    return tempfile.TemporaryFile() if in_memory is None else os.fdopen(in_memory("connections"), "w+b")


class Child:
    """One process. It is ready when it says so on a pipe, and ends by itself when its input closes."""

    def __init__(
        self,
        name: str,
        module: str,
        settings: Settings,
        shared: SharedListener | None = None,
        application: str = APPLICATION,
        *,
        number: int = 0,
        is_needed: bool = True,
    ) -> None:
        """`number` is which of several that share a listener it is. Who `is_needed` has nobody to take its place."""
        self.name = name
        self.is_needed = is_needed
        self.is_missed = False  # it was told that the rest goes on without it
        self._module = module
        self._application = application
        self._environment = _environment(settings)
        self._shared_listener = shared
        self._number = number
        self._process: subprocess.Popen[bytes] | None = None
        self._ready_pipe: int | None = None
        self._ready = False
        self._failures = 0
        self._started = 0.0
        self._not_before = 0.0
        self._stopping = False
        self._released = False

    def start(self) -> None:
        """Start the process; its standard input stays open for as long as we live."""
        read_end, write_end = os.pipe()
        passed, listener, rest = [write_end], "-", list[str]()
        if self._shared_listener is not None:
            counts = self._shared_listener.counts.fileno()
            passed += [self._shared_listener.listener.fileno(), counts]
            listener, rest = str(self._shared_listener.listener.fileno()), [str(counts), str(self._number)]
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", self._module, listener, str(write_end), self._application, *rest],
            stdin=subprocess.PIPE,
            pass_fds=passed,
            env=self._environment,
            # Ctrl-C reaches the parent alone, which then ends its children in order.
            start_new_session=True,
        )
        os.close(write_end)
        self._close_pipe()
        self._ready_pipe = read_end
        os.set_blocking(read_end, False)
        self._started = time.monotonic()
        if self._released:
            self.let_go()

    def let_go(self) -> None:
        """Say that the database is ready; from now on restarts need no word any more."""
        self._released = True
        if self._process is not None and self._process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.write(b"1")
                self._process.stdin.flush()

    def is_ready(self) -> bool:
        """Whether the process has said so since it was first started."""
        if not self._ready and self._ready_pipe is not None:
            try:
                self._ready = bool(os.read(self._ready_pipe, 1))
            except BlockingIOError:
                return False
            if self._ready:
                self._close_pipe()
        return self._ready

    def failed_to_start(self) -> bool:
        """Whether it ended too often without ever being ready: trying on would only repeat its error."""
        return not self._ready and self._failures >= FIRST_TRIES

    def keep_running(self) -> None:
        """Restart an ended process after a pause that grows while it keeps ending early."""
        if self._stopping or self._process is None or self._process.poll() is None:
            return
        now = time.monotonic()
        if self._not_before == 0.0:
            self._tell_gone()
            self._failures = 0 if now - self._started > STEADY_AFTER_S else self._failures + 1
            self._not_before = now + PAUSES_S[min(self._failures, len(PAUSES_S) - 1)]
            self._close_input()
        elif now >= self._not_before:
            self._not_before = 0.0
            self.start()

    def restart(self) -> None:
        """End the process and start it anew (the source has changed)."""
        self.ask_to_stop()
        self.wait_stopped()
        self._stopping = False
        self.start()

    def ask_to_stop(self) -> None:
        """Send SIGTERM; the process finishes what it is doing."""
        self._stopping = True
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)

    def wait_stopped(self) -> None:
        """Wait for the end, and force it after a while."""
        if self._process is None:
            return
        try:
            self._process.wait(STOP_PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._tell_gone()
        self._close_input()
        self._close_pipe()

    def _tell_gone(self) -> None:
        """Who was killed could not say so itself."""
        if self._shared_listener is not None:
            self._shared_listener.nobody(self._number)

    def _close_input(self) -> None:
        if self._process is not None and self._process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()

    def _close_pipe(self) -> None:
        if self._ready_pipe is not None:
            os.close(self._ready_pipe)
            self._ready_pipe = None


def web_child(settings: Settings, shared: SharedListener, number: int, application: str) -> Child:
    """Return a web process that serves the shared socket."""
    return Child(
        f"web-{number + 1}",
        "banyan.worker.web",
        settings,
        shared,
        application,
        number=number,
        is_needed=number == 0,
    )


def worker_child(settings: Settings, application: str) -> Child:
    """Return the process that runs background jobs."""
    return Child("worker", "banyan.worker", settings, application=application)


def _environment(settings: Settings) -> dict[str, str]:
    """Hand the settings down as the variables they are read from, so that options of the parent count too."""
    given = {
        "BANYAN_HOME": str(settings.home),
        "BANYAN_BACKUPS": str(settings.backups),
        "BANYAN_HOST": settings.host,
        "BANYAN_PORT": str(settings.port),
        "BANYAN_WEB_WORKERS": str(settings.web_workers),
        "PYTHONPATH": os.pathsep.join(part for part in (os.environ.get("PYTHONPATH"), _source()) if part),
    }
    if settings.observing.server_timing:
        given["BANYAN_SERVER_TIMING"] = "1"
    if settings.observing.metrics:  # by the name the library reads: processes count into files of one folder
        given["PROMETHEUS_MULTIPROC_DIR"] = str(settings.home / METRICS_FOLDER)
    if settings.database_url:
        given["BANYAN_DATABASE_URL"] = settings.database_url
    return {**os.environ, **given}


def _source() -> str:
    return str(Path(__file__).resolve().parents[2])
