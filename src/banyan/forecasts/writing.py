"""Writing targets cell by cell and the splits of a deal as a whole: by commands, under the writer's rights."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from banyan.db.database import Connection
from banyan.db.locks import take_turn
from banyan.events import EventBus
from banyan.forecasts.checks import TARGET
from banyan.kernel.errors import InvalidInput
from banyan.query.deals import DealFields
from banyan.records import queries
from banyan.records.commands import Change, Commands
from banyan.records.session import Session
from banyan.records.shares import TargetRow, splits_of, targets_between


@dataclass(frozen=True)
class TargetCell:
    """One cell of the sheet; `value` None empties it."""

    person: UUID | None
    department: UUID | None
    measure: str
    period: str
    starts_on: date
    value: Decimal | None


async def write_targets(
    connection: Connection, session: Session, bus: EventBus, cells: Sequence[TargetCell]
) -> None:
    """All cells or none. A person's target belongs to that person, so that whoever leads them may mend it."""
    obj = session.catalog.object(TARGET)
    commands = Commands(connection, session, bus)
    # One at a time: of two who fill the same empty cell the second changes what the first has made.
    await take_turn(connection, f"targets {session.full.schema}")
    async with commands.together():
        for index, cell in enumerate(cells):
            known = await _known(connection, session, cell)
            pointer = f"/cells/{index}"
            if known is None and cell.value is not None:
                await commands.create(obj, [_values(cell)], [pointer])
            elif known is not None and cell.value is None:
                await commands.delete(obj, [Change(known.id, {}, pointer=pointer)])
            elif known is not None and known.value != cell.value:
                change = Change(known.id, {"value": str(cell.value)}, known.version, pointer)
                await commands.update(obj, [change])


async def _known(connection: Connection, session: Session, cell: TargetCell) -> TargetRow | None:
    whole = session.full.object(TARGET)
    day = cell.starts_on
    rows = await targets_between(connection, whole, cell.measure, day, day + timedelta(days=1))
    place = (cell.person, cell.department, cell.period)
    return next((row for row in rows if (row.person, row.department, row.period) == place), None)


def _values(cell: TargetCell) -> Mapping[str, Any]:
    values: dict[str, Any] = {
        "measure": cell.measure,
        "period": cell.period,
        "starts_on": cell.starts_on.isoformat(),
        "value": str(cell.value),
    }
    if cell.person is not None:
        values |= {"person": str(cell.person), "owner": str(cell.person)}
    if cell.department is not None:
        values["department"] = str(cell.department)
    return values


async def write_splits(
    connection: Connection,
    session: Session,
    bus: EventBus,
    deal: DealFields,
    record: UUID,
    rows: Sequence[Mapping[str, Any]],
) -> None:
    """The splits of a deal are these from now on. Raises InvalidInput where they do not make 100 %.

    Of two who write at once the later replaces what the earlier wrote.
    """
    if deal.splits is None:
        raise InvalidInput("forecast_fields_gone", object="opportunity_split")
    obj = session.catalog.object(deal.splits.object.api_name)
    await queries.read_record(connection, session, session.catalog.by_id[deal.object.id], record)
    await take_turn(connection, f"splits {session.full.schema} {record}")
    known = await splits_of(connection, deal.splits, record)
    commands = Commands(connection, session, bus)
    kept = {UUID(str(row["id"])): row for row in rows if row.get("id")}
    gone = [Change(each, {}) for each in known if each not in kept]
    # A row that somebody else has replaced meanwhile is one like a new one.
    link = deal.splits.deal.api_name
    new = {
        place: {**{name: value for name, value in row.items() if name != "id"}, link: str(record)}
        for place, row in enumerate(rows)
        if not row.get("id") or UUID(str(row["id"])) not in known
    }
    async with commands.together():
        if gone:
            await commands.delete(obj, gone)
        changes = [
            Change(each, {name: value for name, value in row.items() if name != "id"})
            for each, row in kept.items()
            if each in known
        ]
        if changes:
            await commands.update(obj, changes)
        if new:
            await commands.create(obj, list(new.values()), [f"/splits/{place}" for place in new])
