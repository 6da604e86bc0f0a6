"""How a child of `banyan serve` starts, says it is ready, and ends when its parent is gone in whatever way."""

import contextlib
import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator

LAST_WORDS_S = 12.0


@contextlib.contextmanager
def importing() -> Iterator[None]:
    """While modules are imported nothing becomes garbage, and looking for it again and again is a tenth of a start."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def say_ready(descriptor: int | None) -> None:
    """Tell the parent, once, that this process does its work."""
    if descriptor is not None:
        os.write(descriptor, b"1")
        os.close(descriptor)


def wait_for_parent() -> None:
    """Wait for the parent's word that the database is ready; what is imported before costs no time then."""
    if not sys.stdin.buffer.raw.read(1):  # type: ignore[union-attr]
        sys.exit(0)


def end_with_parent() -> None:
    """Watch standard input: the parent holds its other end open and writes nothing more.

    When it closes, this process gets SIGTERM as from a clean stop, and is ended if that does not help.
    """

    def watch() -> None:
        while sys.stdin.buffer.raw.read(1):  # type: ignore[union-attr]
            pass
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(LAST_WORDS_S)
        os._exit(1)

    threading.Thread(target=watch, name="lifeline", daemon=True).start()
