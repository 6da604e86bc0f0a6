"""The port through which values reach the installation's keys: wired once per process by the composition root."""

from collections.abc import Callable

from banyan.metadata.field_types.base import Sealer


class _Port:
    """Opens the keys when the first value asks for them: most installations seal nothing for long."""

    def __init__(self) -> None:
        self.find: Callable[[], Sealer] | None = None

    def seal(self, purpose: str, text: str) -> str:
        return self._found().seal(purpose, text)

    def open(self, purpose: str, sealed: str) -> str:
        return self._found().open(purpose, sealed)

    def _found(self) -> Sealer:
        if self.find is None:
            raise RuntimeError("no keys are wired")
        return self.find()


_PORT = _Port()


def wire(find: Callable[[], Sealer] | None) -> None:
    _PORT.find = find


def wired() -> Callable[[], Sealer] | None:
    """What finds the keys in this process."""
    return _PORT.find


def sealer() -> Sealer | None:
    """What seals values in this process; None where nobody wired keys."""
    return _PORT if _PORT.find is not None else None
