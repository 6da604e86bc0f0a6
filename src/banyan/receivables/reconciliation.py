"""The check of every night: all sums anew from rows, and what differs written down for finance to see."""

import time
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from banyan.db.database import Connection
from banyan.db.statements import as_text, run
from banyan.kernel.errors import InvalidInput
from banyan.kernel.ids import new_id
from banyan.kernel.messages import message
from banyan.query.reconciliation import RULES, finding
from banyan.receivables.tables import receivables_tables
from banyan.receivables.working import Desk
from banyan.records import queries
from banyan.records.ledgers import ask
from banyan.records.people import house_session
from banyan.records.session import Session

MOST = 1_000  # of one rule: whoever sees a thousand has another task than reading on
KEPT = timedelta(days=90)


async def reconcile(desk: Desk, night: date | None = None) -> UUID | None:
    """Ask every rule of all rows. None where this night's check is there already."""
    session, table = desk.session, receivables_tables(desk.session.full.schema).check
    key, began = new_id(), time.monotonic()
    values = {"id": key, "at": desk.now, "night": night, "run_by": session.actor.user_id}
    taken = await run(
        desk.connection,
        insert(table).values(**values).on_conflict_do_nothing().returning(table.c.id),
    )
    if await taken.fetchone() is None:
        return None
    found = asked = 0
    for rule in RULES:
        obj = session.full.by_name.get(rule.object)
        if obj is None:
            continue
        try:
            rows = await ask(desk.connection, session, finding(rule), check=key, object=obj.id, most=MOST)
        except InvalidInput:  # An administrator has taken a field away: there is nothing to compare.
            continue
        found += len(rows)
        asked += 1
    took = round((time.monotonic() - began) * 1000)
    done = sa.update(table).where(table.c.id == key).values(rules=asked, findings=found, took_ms=took)
    await run(desk.connection, done)
    await run(desk.connection, sa.delete(table).where(table.c.at < desk.now - KEPT))
    return key


async def read_report(connection: Connection, session: Session) -> dict[str, Any]:
    """The last check with what it found, and those before it. Only after finance has been asked for."""
    tables = receivables_tables(session.full.schema)
    check = tables.check
    asked = (
        sa.select(
            check.c.id,
            as_text(check.c.at),
            check.c.run_by,
            check.c.rules,
            check.c.findings,
            check.c.took_ms,
        )
        .order_by(check.c.id.desc())  # as they were made: ids are dated
        .limit(30)
    )
    rows = await (await run(connection, asked)).fetchall()
    checks = [
        {
            "id": str(row[0]),
            "at": row[1],
            "by_hand": row[2] is not None,
            "rules": row[3],
            "findings": row[4],
            "took_ms": row[5],
        }
        for row in rows
    ]
    findings = await _findings(connection, session, rows[0][0]) if rows else []
    return {"last": checks[0] if checks else None, "checks": checks, "findings": findings}


async def _findings(connection: Connection, session: Session, check: UUID) -> list[dict[str, Any]]:
    table = receivables_tables(session.full.schema).finding
    columns = (table.c.rule, table.c.object_id, table.c.record_id, table.c.expected, table.c.found)
    wanted = sa.select(*columns).where(table.c.check_id == check).order_by(table.c.rule, table.c.record_id)
    rows = await (await run(connection, wanted.limit(MOST))).fetchall()
    house = house_session(session)
    labels: dict[str, str | None] = {}
    for object_id in {row[1] for row in rows}:
        obj = session.full.by_id.get(object_id)
        if obj is not None:
            ids = {str(row[2]) for row in rows if row[1] == object_id}
            labels |= await queries.labels_of(connection, house, obj, ids)
    return [
        {
            "rule": rule,
            "text": message(f"reconciliation.{rule}", session.actor.language, {}),
            "object": obj.api_name if (obj := session.full.by_id.get(object_id)) else None,
            "id": str(record),
            "label": labels.get(str(record)),
            "expected": None if expected is None else format(expected, "f"),
            "found": None if found is None else format(found, "f"),
        }
        for rule, object_id, record, expected, found in rows
    ]
