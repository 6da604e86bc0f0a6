"""A planned operation: the new state, the statements that bring the tables there, and how to take it back."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg import sql

from banyan.db.database import Connection
from banyan.metadata.changes.operations import Operation
from banyan.metadata.changes.state import State

Statement = sql.Composed
Work = Callable[[Connection], Awaitable[None]]
Count = Callable[[Connection], Awaitable[int]]


async def _nothing(_connection: Connection) -> int:
    return 0


@dataclass(frozen=True)
class Step:
    """`statements` run first, then `fill`, then `finish`; all in the change's one transaction.

    `rows_affected` and `values_lost` are counted for the impact report before anything runs.
    """

    operation: Operation
    state: State
    summary: dict[str, str]
    inverse: Sequence[Operation]
    statements: Sequence[Statement] = ()
    fill: Work | None = None
    finish: Sequence[Statement] = ()
    rows_affected: Count = _nothing
    values_lost: Count = _nothing
    reversible: bool = True


@dataclass(frozen=True)
class Impact:
    """What one operation of a change does, for the report.

    `breaking`: records that break a rule the database is to hold from now on; while there are any, it is refused.
    """

    kind: str
    summary: dict[str, str]
    rows_affected: int
    values_lost: int
    reversible: bool
    lock: str = "none"
    seconds: float = 0.0
    breaking: int = 0

    def document(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "summary": self.summary,
            "rows_affected": self.rows_affected,
            "values_lost": self.values_lost,
            "reversible": self.reversible,
            "lock": self.lock,
            "seconds": self.seconds,
            "breaking": self.breaking,
        }


@dataclass
class Plan:
    """All steps of a change; `state` is where the last one arrives."""

    state: State
    steps: list[Step] = field(default_factory=list)
