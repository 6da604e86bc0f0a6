"""Who reads whose commission: one's own, that of people one leads, and finance everybody's. Finance closes a month."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson

from banyan.commissions.rules import Line
from banyan.commissions.shown import documents, person_totals
from banyan.commissions.statement import Month, month_of, statements_of, today_of
from banyan.db.database import Connection
from banyan.kernel.errors import Conflict, Denied
from banyan.kernel.money import NOTHING
from banyan.query import commissions as statements
from banyan.records import queries
from banyan.records.desk import Desk
from banyan.records.ledgers import ask, readable
from banyan.records.session import Session

RULE = "commission_rule"
MOST_PEOPLE = 1_000


def is_finance(session: Session) -> bool:
    """Whoever may make the rules sees what comes of them, everybody's."""
    obj = session.full.by_name.get(RULE)
    return obj is not None and session.policy.allows(obj.grant_key, "create")


async def read_statement(
    connection: Connection, session: Session, person: UUID | None, period: str | None
) -> dict[str, Any]:
    """One person's month; without a person, one's own. Raises Denied for somebody one does not lead."""
    readable(session, RULE)
    me = session.actor.user_id
    whose = person or me
    if whose is None:
        raise Denied("only_in_person")
    if whose != me and not is_finance(session) and whose not in session.policy.standing.subordinates:
        raise Denied("commission_not_yours")
    month = month_of(period, today_of(session))
    expect = month.end > today_of(session)
    found = await statements_of(connection, session, [whose], month, expect=expect)
    return (await documents(connection, session, found))[0]


async def read_team(connection: Connection, session: Session, period: str | None) -> dict[str, Any]:
    """What everybody comes to whom the reader may look at, themself among them."""
    readable(session, RULE)
    month = month_of(period, today_of(session))
    people = await _people(connection, session)
    found = await statements_of(connection, session, people, month)
    obj = session.catalog.by_name.get("user")
    wanted = {str(each.person) for each in found if each.lines}
    names = {} if obj is None else await queries.labels_of(connection, session, obj, wanted)
    told = person_totals(found, {UUID(key): label for key, label in names.items()})
    return {"period": month.key, "finance": is_finance(session), "people": told}


async def _people(connection: Connection, session: Session) -> Sequence[UUID]:
    if is_finance(session):
        rows = await ask(connection, session, statements.PEOPLE, most=MOST_PEOPLE)
        return [row[0] for row in rows]
    me = session.actor.user_id
    return [*([] if me is None else [me]), *session.policy.standing.subordinates]


async def close(desk: Desk, person: UUID, period: str | None) -> dict[str, Any]:
    """The month as it stands is what is paid. Once, after it is over, and in the order of months."""
    session, connection = desk.session, desk.connection
    if not is_finance(session):
        raise Denied("commission_finance")
    month = month_of(period, desk.today)
    if month.end > desk.today:
        raise Conflict("commission_not_over", month=month.key)
    rows = await ask(connection, session, statements.CLOSED, people=[person])
    closed = [row[2] for row in rows]
    if closed and month.start not in closed and Month(max(closed)).end != month.start:
        raise Conflict("commission_order", month=Month(max(closed)).end.isoformat()[:7])
    (found,) = await statements_of(connection, session, [person], month)
    by = session.actor.user_id
    kept = await ask(
        connection, session, statements.CLOSE, person=person, month=month.start, now=desk.now, by=by
    )
    if not kept:
        raise Conflict("commission_closed", month=month.key)
    unpaid = [Line(base, None, "", NOTHING, base.amount, NOTHING) for base in found.unpaid]
    document = orjson.dumps(
        [_row(place, line) for place, line in enumerate((*found.lines, *unpaid))]
    ).decode()
    await ask(connection, session, statements.KEEP_LINES, month=kept[0][0], rows=document)
    return await read_statement(connection, session, person, month.key)


def _row(place: int, line: Line) -> dict[str, Any]:
    base = line.base
    return {
        "position": place,
        "basis": base.basis,
        "source_id": base.source,
        "share_id": base.share,
        "day": base.day,
        "rule_id": line.rule,
        "rule": line.rule_name,
        "rate": str(line.rate),
        "currency": base.currency,
        "base": str(line.part),
        "amount": str(line.amount),
        "adjusts": line.adjusts,
        "places": base.places or {},
    }
