"""What was written is judged: rules of the objects first, then the features' checks.

At once, or, of what is right only together, when all of it stands. What is put off belongs to the transaction and not
to one writer: what hooks write meanwhile waits for the same judgement.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from uuid import UUID

from banyan.db.database import Connection
from banyan.extension.writes import CHECKS, Write
from banyan.kernel.errors import Denied, FieldProblem, InvalidInput
from banyan.records.computed import Changed, add_changed
from banyan.records.rules import Asked, check_rules
from banyan.records.session import Session

Places = Mapping[UUID, str]


@dataclass
class _OfSession:
    session: Session
    asked: list[Asked] = field(default_factory=list)
    changed: Changed = field(default_factory=dict)


@dataclass
class _Waiting:
    """What one transaction has put off."""

    connection: Connection
    rules: dict[int, _OfSession] = field(default_factory=dict)
    writes: list[tuple[Write, Places]] = field(default_factory=list)


_WAITING: ContextVar[_Waiting | None] = ContextVar("waiting", default=None)


def _waiting(connection: Connection) -> _Waiting | None:
    found = _WAITING.get()
    return found if found is not None and found.connection is connection else None


@asynccontextmanager
async def judged_together(connection: Connection) -> AsyncIterator[None]:
    """Inside, nothing is judged; at the end all is, in the state in which all stands."""
    if _waiting(connection) is not None:  # A part of something greater.
        yield
        return
    waiting = _Waiting(connection)
    before = _WAITING.set(waiting)
    try:
        yield
    finally:
        _WAITING.reset(before)
    for each in waiting.rules.values():
        await check_rules(connection, each.session, each.asked, each.changed)
    for write, places in waiting.writes:
        await _check(write, places)


async def judge_rules(connection: Connection, session: Session, asked: Asked, changed: Changed) -> None:
    """Raise InvalidInput with every rule that the rows, or those computed from them, break."""
    waiting = _waiting(connection)
    if waiting is None:
        await check_rules(connection, session, [asked], changed)
        return
    known = waiting.rules.setdefault(id(session), _OfSession(session))
    known.asked.append(
        replace(asked, made=None)
    )  # Until then they may stand otherwise than they were written.
    add_changed(known.changed, changed)


async def judge_write(write: Write, places: Places) -> None:
    """Raise InvalidInput with everything that the features' checks find in the rows."""
    waiting = _waiting(write.connection)
    if waiting is None:
        await _check(write, places)
    else:
        waiting.writes.append((write, places))


async def _check(write: Write, places: Places) -> None:
    breaches = [(key, each) for key, found in (await CHECKS.breaches(write)).items() for each in found]
    refuse(
        [
            FieldProblem(
                f"{places.get(key, '')}/{each.field}" if each.field else places.get(key, ""),
                each.code,
                dict(each.params),
            )
            for key, each in breaches
        ],
        [{"pointer": places.get(key, ""), **each.found} for key, each in breaches if each.found],
    )


def refuse(problems: Sequence[FieldProblem], found: Sequence[Mapping[str, object]] = ()) -> None:
    """All problems at once. A field seen but not editable is a matter of rights, not of the value.

    `found` is what checks hand to the client beside their texts.
    """
    if problems and all(problem.code == "field_not_yours" for problem in problems):
        raise Denied("field_not_yours", problems=problems, **problems[0].params)
    if problems:
        raise InvalidInput(problems=problems, extra={"found": list(found)} if found else None)
