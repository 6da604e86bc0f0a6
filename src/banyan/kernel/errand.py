"""What a task is about: the request or the job behind a statement. Set once, asked only when something is kept."""

from contextvars import ContextVar, Token
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Place:
    """Where time was spent, in words that name nobody: `schema` is the workspace, `view` an id the client gave."""

    kind: Literal["request", "job"]
    route: str
    schema: str | None = None
    object: str | None = None
    view: str | None = None
    roles: tuple[str, ...] = ()


@dataclass
class Errand:
    """One request or job, and what its statements have taken so far."""

    statements: int = field(default=0, init=False)
    database_s: float = field(default=0.0, init=False)

    def place(self) -> Place:
        """Where this is, as far as it is known by now."""
        raise NotImplementedError


@dataclass
class JobErrand(Errand):
    """A job of the queue."""

    name: str
    schema: str | None

    def place(self) -> Place:
        return Place("job", self.name, self.schema)


_errand: ContextVar[Errand | None] = ContextVar("banyan_errand", default=None)


def begin_errand(errand: Errand) -> Token[Errand | None]:
    """Say what the current task is about; give the token to `end_errand`."""
    return _errand.set(errand)


def end_errand(token: Token[Errand | None]) -> None:
    _errand.reset(token)


def current_errand() -> Errand | None:
    return _errand.get()
