"""Two advisory locks in the home: one for start and stop, one that every user of the server shares.

The kernel drops a lock when its process ends in whatever way, so a killed command never leaves one behind.
"""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from banyan.kernel.errors import StartRefused

TRANSITION_PATIENCE_S = 900.0


class SharedUse:
    """Held (shared) for as long as a process uses the server; the last holder may stop it."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "users.lock"
        self._descriptor: int | None = None

    def hold(self) -> None:
        """Count ourselves as a user. Idempotent."""
        if self._descriptor is None:
            self._descriptor = _open(self._path)
            fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def leave_and_ask_if_last(self) -> bool:
        """Stop counting; True when nobody else uses the server. Call inside `transition` only."""
        if self._descriptor is None:
            return False
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        else:
            return True
        finally:
            os.close(self._descriptor)
            self._descriptor = None


def someone_uses(folder: Path) -> bool:
    """Whether any process counts as a user of the server right now."""
    probe = SharedUse(folder)
    probe.hold()
    return not probe.leave_and_ask_if_last()


@contextlib.contextmanager
def transition(folder: Path) -> Iterator[None]:
    """Hold the right to start or stop the server; waits while another command does so."""
    descriptor = _open(folder / "transition.lock")
    try:
        deadline = time.monotonic() + TRANSITION_PATIENCE_S
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise StartRefused("database_transition_stuck", path=str(folder)) from None
                time.sleep(0.02)
        yield
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def exclusive(path: Path, code: str) -> Iterator[None]:
    """Hold `path` alone or refuse with `code` at once (one `banyan serve` per home)."""
    descriptor = _open(path)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StartRefused(code, path=str(path.parent.parent)) from None
        yield
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    owner = path.parent.stat()
    if os.fstat(descriptor).st_uid != owner.st_uid and os.geteuid() == 0:
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
    return descriptor
