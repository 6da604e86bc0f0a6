"""What follows from a stage: its period, probability, category, what was won. Set-based; on every path of a write."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from banyan.db.database import Connection
from banyan.extension.writes import Write
from banyan.metadata.catalog import Field, Object
from banyan.metadata.states import Machine, machine_of
from banyan.query import stage_lines, stages, writes
from banyan.query.stage_lines import Lines
from banyan.query.stages import Followers
from banyan.records.following import follow
from banyan.records.session import Session
from banyan.records.values import Stored

# Fields that follow the stage, by their names in the package. What an administrator has made something else of is
# left alone.
_FOLLOWING: dict[str, tuple[str, tuple[str, ...]]] = {
    "begun": ("start_date", ("date",)),
    "entered": ("stage_entered_at", ("datetime",)),
    "probability": ("probability", ("percent",)),
    "category": ("forecast_category", ("single_choice",)),
    "won_amount": ("won_amount", ("currency",)),
    "close_date": ("close_date", ("date",)),
}


@dataclass(frozen=True)
class Writing:
    """One write as the stage sees it: who wrote, when, on which rows, which physical columns (None: new rows).

    `since`: when new rows came into their stage, where that was put in with them, and all that follows from it.
    """

    connection: Connection
    session: Session
    obj: Object
    ids: Sequence[UUID]
    columns: frozenset[str] | None
    since: datetime | None = None

    @property
    def now(self) -> datetime:
        return self.since or self.session.now or datetime.now(UTC)


def followers_of(machine: Machine) -> Followers:
    """Of a machine without pipelines nothing follows but the time it entered."""
    return machine.keep("followers", lambda: _followers(machine))


def _followers(machine: Machine) -> Followers:
    obj = machine.object
    named = _FOLLOWING if machine.pipelines else {}
    found = {part: _typed(obj, name, types) for part, (name, types) in named.items()}
    amount = _typed(obj, obj.definition.board_sum_field, ("currency",)) if machine.pipelines else None
    return Followers(amount=amount, **found)


def fill_stages(session: Session, obj: Object, rows: Sequence[Stored]) -> frozenset[str]:
    """Put in, with rows about to be made, what follows from their stages. Returns the columns.

    Nothing where it takes more than a look at the row: for what was won, or a stage of the past. A column that one
    of the rows was given is not among those returned: history then tells it of all of them.
    """
    machine = machine_of(session.full, session.full.by_id[obj.id])
    if machine is None or not machine.pipelines or session.history:
        return frozenset()
    followers, state, line = followers_of(machine), machine.field.physical(), machine.pipeline_field
    if followers.entered is None or not {row.get(state) for row in rows}.isdisjoint(
        machine.of_category("won")
    ):
        return frozenset()
    entered, now = followers.entered.physical(), (session.now or datetime.now(UTC)).isoformat()
    told = {"probability": followers.probability, "forecast_category": followers.category}
    free = {name: each.physical() for name, each in told.items() if each is not None}
    said = {column for column in free.values() if any(row.get(column) is not None for row in rows)}
    for row in rows:
        if row.get(state) is None:
            continue
        row[entered] = now
        stage = machine.stage(None if line is None else row.get(line.physical()), row[state])
        for name, column in free.items():
            value = getattr(stage, name, None)
            if row.get(column) is None and value is not None:
                row[column] = str(value)
    return frozenset({entered, *free.values()} - said)


def entered_with(session: Session, obj: Object, write: Write) -> datetime | None:
    """When the rows of a write came into their stage, if `fill_stages` has put in all that follows from it."""
    machine = machine_of(session.full, session.full.by_id[obj.id]) if write.filled else None
    entered = None if machine is None else followers_of(machine).entered
    if entered is None or entered.physical() not in write.filled:
        return None
    moments = (row.get(entered.physical()) for row in write.given or ())
    first = next((each for each in moments if each is not None), None)
    return None if first is None else datetime.fromisoformat(first)


def _typed(obj: Object, name: str | None, types: Sequence[str]) -> Field | None:
    field = next((each for each in obj.stored_fields if each.api_name == name), None)
    return field if field is not None and field.definition.type in types else None


def lines_of(session: Session, obj: Object) -> Lines | None:
    """The lines of an object: its sub-table called `lines`, where these have an amount."""
    holder = next((each for each in obj.stored_fields if each.api_name == "lines"), None)
    child_name, link_name = (holder.kind.inverse(holder) if holder is not None else None) or ("", "")
    child = session.full.by_name.get(child_name)
    link = None if child is None else child.field(link_name)
    amount = None if child is None else child.field("amount")
    if child is None or link is None or amount is None or not amount.specs:
        return None
    price = _typed(child, "unit_price", ("currency",))
    outcome = _typed(child, "outcome", ("single_choice",))
    return Lines(child, link, amount, None if price is None else price.physical("__cur"), outcome)


async def follow_stages(writing: Writing) -> None:
    """Periods and what follows, where the write touched the stage, the pipeline or the amount."""
    session, full = writing.session, writing.session.full
    machine = machine_of(full, full.by_id[writing.obj.id])
    if machine is None or not writing.ids:
        return
    followers = followers_of(machine)
    if _touches(writing, [machine.field, machine.pipeline_field]):
        was = await _close(writing, machine)
        entered = await _open(writing, machine, followers)
        if entered and machine.pipelines and writing.since is None:
            changed = await _follow(writing, machine, followers, was, entered)
            columns = {each.physical() for each in vars(followers).values() if each is not None}
            await follow(writing.connection, session, machine.object, changed, columns)
    if followers.amount is not None and _touches(writing, [followers.amount]) and writing.columns is not None:
        await keep_amounts(writing.connection, machine, followers, writing.ids)


def _touches(writing: Writing, fields: Iterable[Field | None]) -> bool:
    columns = {each.physical() for each in fields if each is not None}
    return writing.columns is None or not columns.isdisjoint(writing.columns)


async def _close(writing: Writing, machine: Machine) -> dict[UUID, tuple[str, str | None]]:
    if writing.columns is None:
        return {}
    binds = {"ids": list(writing.ids), "field": machine.field.id, **_by(writing)}
    cursor = await writing.connection.execute(stages.close_periods(machine), binds)
    return {row[0]: (row[1], row[2]) for row in await cursor.fetchall()}


async def _open(writing: Writing, machine: Machine, followers: Followers) -> dict[UUID, datetime]:
    history = writing.session.history and writing.columns is None
    binds = {
        "ids": list(writing.ids),
        "object": machine.object.id,
        "field": machine.field.id,
        "timezone": writing.session.timezone,
        "closed": list(machine.of_category("won", "lost")),
        **_by(writing),
    }
    statement = stages.open_periods(machine, followers, history=history)
    return {row[0]: row[1] for row in await (await writing.connection.execute(statement, binds)).fetchall()}


def _by(writing: Writing) -> dict[str, Any]:
    return {"now": writing.now, "actor": writing.session.actor.user_id}


async def _follow(
    writing: Writing,
    machine: Machine,
    followers: Followers,
    was: dict[UUID, tuple[str, str | None]],
    entered: dict[UUID, datetime],
) -> list[UUID]:
    session = writing.session
    binds = {
        "ids": list(entered),
        "was": [was.get(key, (None, None))[0] for key in entered],
        "was_lines": [was.get(key, (None, None))[1] for key in entered],
        "entered": list(entered.values()),
        "today": writing.now.astimezone(ZoneInfo(session.timezone)).date(),
        **stages.parameters(machine),
        **_trail(session, machine.object),
    }
    lines = lines_of(session, machine.object)
    statement = stages.follow_stage(machine, followers, lines, writing.columns)
    return [row[0] for row in await (await writing.connection.execute(statement, binds)).fetchall()]


def _trail(session: Session, obj: Object) -> dict[str, Any]:
    """Binds of history."""
    return {
        "object": obj.id,
        "actor": session.actor.user_id,
        "kind": session.actor.kind,
        "untracked": list(obj.untracked),
        "companions": writes.as_document(obj.companions),
    }


async def keep_amounts(
    connection: Connection, machine: Machine, followers: Followers, ids: Collection[UUID]
) -> None:
    """Open periods tell the amount that their records have now."""
    binds = {"ids": list(ids), "field": machine.field.id}
    await connection.execute(stages.keep_amounts(machine, followers), binds)


async def follow_lines(connection: Connection, session: Session, child: Object, ids: Sequence[UUID]) -> None:
    """Bring the amounts of the records that the lines `ids` belong to, or did, to the sum of their lines."""
    for machine, lines in _summed(session).get(child.id, ()):
        binds = {"ids": list(ids), "object": child.id}
        rows = await (await connection.execute(stage_lines.parents_of_lines(lines), binds)).fetchall()
        await _sum_up(connection, session, machine, lines, [row[0] for row in rows])


def _summed(session: Session) -> Mapping[UUID, Sequence[tuple[Machine, Lines]]]:
    """What is summed up out of the records of an object, by that object."""
    return session.full.keep("lines of stages", lambda: _find_summed(session))


def _find_summed(session: Session) -> dict[UUID, list[tuple[Machine, Lines]]]:
    found: dict[UUID, list[tuple[Machine, Lines]]] = {}
    for parent in session.full.objects:
        machine = machine_of(session.full, parent)
        lines = lines_of(session, parent) if machine is not None else None
        if machine is not None and lines is not None:
            found.setdefault(lines.object.id, []).append((machine, lines))
    return found


async def _sum_up(
    connection: Connection, session: Session, machine: Machine, lines: Lines, parents: list[UUID]
) -> None:
    followers = followers_of(machine)
    if followers.amount is None or not parents:
        return
    binds = {"ids": parents, "currency": session.currency, **_trail(session, machine.object)}
    statement = stage_lines.amounts_of_lines(machine.object, followers.amount, lines)
    changed = [row[0] for row in await (await connection.execute(statement, binds)).fetchall()]
    await follow(connection, session, machine.object, changed, {followers.amount.physical()})
    if changed:
        await keep_amounts(connection, machine, followers, changed)


async def off_their_lines(
    connection: Connection, session: Session, obj: Object, ids: Sequence[UUID], columns: frozenset[str] | None
) -> tuple[Field, list[UUID]] | None:
    """Records whose amount was written and is not what their lines come to; None where there is nothing to judge."""
    whole = session.full.by_id[obj.id]
    machine, lines = machine_of(session.full, whole), lines_of(session, whole)
    amount = None if machine is None else followers_of(machine).amount
    if lines is None or amount is None or (columns is not None and amount.physical() not in columns):
        return None
    statement = stage_lines.off_their_lines(whole, amount, lines)
    rows = await (await connection.execute(statement, {"ids": list(ids)})).fetchall()
    return amount, [row[0] for row in rows]
