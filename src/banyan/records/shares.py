"""Rows that share a deal out, and targets: what their checks need to know of them, in one statement each."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.metadata.catalog import Field, Object
from banyan.query import writes
from banyan.query.deals import Splits
from banyan.records.session import Session

WHOLE = 100


async def uneven_splits(
    connection: Connection, obj: Object, split: Splits, ids: Sequence[UUID]
) -> dict[UUID, tuple[Decimal | None, bool]]:
    """Of the rows `ids`, those whose deal's counted shares are not 100, or name a person twice for one kind.

    By row: the sum that is not 100 (None: it is), and whether somebody stands there twice.
    """
    table = split.object.table
    await _hold_deals(connection, obj, split, ids)
    row, each = table.alias("i"), table.alias("s")
    deal, person, share = (field.physical() for field in (split.deal, split.person, split.share))
    kind = sa.literal("") if split.kind is None else each.c[split.kind.physical()]
    counts = sa.true() if split.kind is None else kind == split.counted
    touched = row.c.id == sa.any_(sa.bindparam("ids", list(ids), type_=ARRAY(sa.Uuid)))
    lines = (
        sa.select(
            each.c[deal].label("deal"),
            kind.label("kind"),
            sa.func.sum(each.c[share]).label("total"),
            (sa.func.count() > sa.func.count(sa.distinct(each.c[person]))).label("twice"),
            sa.func.bool_or(counts).label("counts"),
        )
        .where(each.c.deleted_at.is_(None), each.c[deal].in_(sa.select(row.c[deal]).where(touched)))
        .group_by(each.c[deal], kind)
        .subquery("t")
    )
    uneven = sa.and_(lines.c.counts, lines.c.total != WHOLE)
    found = await run(
        connection,
        sa.select(row.c.id, sa.case((uneven, lines.c.total)), lines.c.twice)
        .join(lines, lines.c.deal == row.c[deal])
        .where(touched, sa.or_(uneven, lines.c.twice)),
    )
    told: dict[UUID, tuple[Decimal | None, bool]] = {}
    for key, total, twice in await found.fetchall():
        before = told.get(key, (None, False))
        told[key] = (total if total is not None else before[0], twice or before[1])
    return told


async def _hold_deals(connection: Connection, obj: Object, split: Splits, ids: Sequence[UUID]) -> None:
    """Who shares one deal out takes turns: of two writers the later sees what the earlier has committed."""
    row, deal = split.object.table, obj.table
    mine = row.c.id == sa.any_(sa.bindparam("ids", list(ids), type_=ARRAY(sa.Uuid)))
    named = sa.select(row.c[split.deal.physical()]).where(mine)
    held = sa.select(deal.c.id).where(deal.c.id.in_(named)).order_by(deal.c.id)
    await run(connection, held.with_for_update(key_share=True))


async def out_of_hand(
    connection: Connection, session: Session, rows: Object, parent: Field, target: Object, ids: Sequence[UUID]
) -> set[UUID]:
    """Of the rows `ids`, those that are part of a record which the actor may not change."""
    if session.policy.unrestricted(target.grant_key, "update"):
        return set()
    table = rows.table
    mine = table.c.id == sa.any_(sa.bindparam("ids", list(ids), type_=ARRAY(sa.Uuid)))
    column = table.c[parent.physical()]
    parts = await (
        await run(connection, sa.select(table.c.id, column).where(mine, column.is_not(None)))
    ).fetchall()
    allowed = await changeable(connection, session, target, {row[1] for row in parts})
    return {row[0] for row in parts if row[1] not in allowed}


async def changeable(
    connection: Connection, session: Session, target: Object, ids: Collection[UUID]
) -> set[UUID]:
    """Those of the records that the actor may change."""
    known = session.catalog.by_id.get(target.id)
    if known is None or not session.policy.allows(target.grant_key, "update"):
        return set()
    rights = writes.write_predicate(session.policy, session.resolver, known, "update")
    statement, binds = writes.visible_ids(known, rights, include_deleted=True)
    rows = await (await connection.execute(statement, {**binds, "ids": sorted(ids)})).fetchall()
    return {row[0] for row in rows}


async def read_targets(
    connection: Connection, obj: Object, ids: Sequence[UUID]
) -> list[tuple[UUID, bool, bool, str | None, date | None]]:
    """Of the rows `ids`: id, whether a person and a department is named, kind of period, first day."""
    table = obj.table
    place = {name: obj.field(name) for name in ("person", "department", "period", "starts_on")}
    columns = {name: sa.null() if f is None else table.c[f.physical()] for name, f in place.items()}
    found = await run(
        connection,
        sa.select(
            table.c.id,
            columns["person"].is_not(None),
            columns["department"].is_not(None),
            columns["period"],
            columns["starts_on"],
        ).where(table.c.id == sa.any_(sa.bindparam("ids", list(ids), type_=ARRAY(sa.Uuid)))),
    )
    return [(row[0], row[1], row[2], row[3], row[4]) for row in await found.fetchall()]


@dataclass(frozen=True)
class TargetRow:
    """One target as it is stored; either a person or a department."""

    id: UUID
    version: int
    person: UUID | None
    department: UUID | None
    period: str
    starts_on: date
    value: Decimal


async def targets_between(
    connection: Connection, obj: Object, measure: str, start: date, end: date
) -> list[TargetRow]:
    """Live targets of a measure that begin within the days (`end` excluded): for callers that then ask who may see."""
    table = obj.table
    names = ("person", "department", "period", "starts_on", "value", "measure")
    known = {name: field for name in names if (field := obj.field(name)) is not None}
    if len(known) < len(names):
        return []
    column = {name: table.c[field.physical()] for name, field in known.items()}
    asked = sa.select(table.c.id, table.c.version, *(column[name] for name in names[:5])).where(
        table.c.deleted_at.is_(None),
        column["measure"] == measure,
        column["starts_on"] >= start,
        column["starts_on"] < end,
        column["value"].is_not(None),
    )
    return [TargetRow(*row) for row in await (await run(connection, asked)).fetchall()]


async def splits_of(connection: Connection, split: Splits, deal: UUID) -> list[UUID]:
    """Ids of the live rows that share a deal out, locked: who changes them takes turns."""
    table = split.object.table
    asked = sa.select(table.c.id).where(table.c[split.deal.physical()] == deal, table.c.deleted_at.is_(None))
    return [row[0] for row in await (await run(connection, asked.with_for_update())).fetchall()]
