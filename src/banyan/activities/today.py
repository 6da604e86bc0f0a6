"""Today: what a person should do now and why, as a list to finish. Each reason is an authorised query for the owner."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from banyan.activities.reasons import REASONS, Moment, Reason
from banyan.activities.tables import activity_tables
from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.kernel.errors import BanyanError, Denied, FieldProblem, InvalidInput
from banyan.metadata.catalog import OWNER, Object
from banyan.query.parsed import Group, ParsedAggregate, ParsedQuery, Sort
from banyan.records import queries
from banyan.records.session import Session

MOST_OF_ONE = 50
MOST_PEOPLE = 500


def moment_of(session: Session, now: datetime | None = None) -> Moment:
    """Today begins and ends at midnight of the workspace's time zone."""
    at = (now or session.now or datetime.now(UTC)).astimezone(ZoneInfo(session.timezone))
    start = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return Moment(at, start, start + timedelta(days=1), session.full)


async def read_today(
    connection: Connection, session: Session, person: UUID, now: datetime | None = None
) -> dict[str, Any]:
    """{items, done, reasons, more}: items of one person, the most pressing reason first, each record once.

    Raises Denied for somebody the reader does not lead.
    """
    me = session.actor.user_id
    if person != me and person not in session.policy.standing.subordinates:
        raise Denied("not_led_by_you")
    moment = moment_of(session, now)
    asleep = await _asleep(connection, session, person)
    items: list[dict[str, Any]] = []
    more: list[str] = []
    seen: set[str] = set()
    for reason in REASONS.values():
        rows = await _rows(connection, session, reason, person, moment)
        if len(rows) > MOST_OF_ONE:
            more.append(reason.key)
        for row in rows[:MOST_OF_ONE]:
            if row["id"] not in seen and (UUID(row["id"]), reason.key) not in asleep:
                seen.add(row["id"])
                items.append(_item(reason, row, moment))
    labels = {key: dict(reason.label) for key, reason in REASONS.items()}
    done = await _done_today(connection, session, person, moment)
    return {"items": items, "done": done, "reasons": labels, "more": more, "snoozed": len(asleep)}


def _item(reason: Reason, row: dict[str, Any], moment: Moment) -> dict[str, Any]:
    since = row.get(reason.since)
    planned = reason.since in ("due_at", "next_follow_up")
    overdue = planned and isinstance(since, str) and datetime.fromisoformat(since) < moment.today
    return {
        "object": reason.object,
        "reason": reason.key,
        "since": since,
        "overdue": overdue,
        "record": row,
        "actions": list(reason.actions),
    }


async def _rows(
    connection: Connection, session: Session, reason: Reason, person: UUID, moment: Moment
) -> list[dict[str, Any]]:
    """Records of one reason, longest first; none where object or fields are not there for the reader."""
    obj = _asked(session, reason)
    if obj is None:
        return []
    shown = [name for name in (*reason.fields, reason.since) if _readable(obj, name)]
    conditions = [*reason.where(moment), {"field": OWNER, "op": "eq", "value": str(person)}]
    query = ParsedQuery(
        select=tuple(dict.fromkeys([obj.title.api_name, *shown])),
        where={"and": conditions},
        sort=(Sort(field=reason.since),),
        limit=MOST_OF_ONE + 1,
    )
    try:
        page = await queries.query_page(connection, session, obj, query)
    except BanyanError as error:
        if error.code == "invalid_query":  # An administrator has reshaped what this reason is about.
            return []
        raise
    rows: list[dict[str, Any]] = orjson.loads(page.rows)
    return [{**row, "title": row[obj.title.api_name]} for row in rows]


def _asked(session: Session, reason: Reason) -> Object | None:
    obj = session.catalog.by_name.get(reason.object)
    if obj is None or not session.policy.allows(obj.grant_key, "read"):
        return None
    return obj if _readable(obj, reason.since) and _readable(obj, OWNER) else None


def _readable(obj: Object, name: str) -> bool:
    field = obj.field(name)
    return field is not None and not field.masked


async def _done_today(connection: Connection, session: Session, person: UUID, moment: Moment) -> int:
    """How many activities of the person happened or were done since midnight."""
    obj = session.catalog.by_name.get("activity")
    if obj is None or not session.policy.allows(obj.grant_key, "read"):
        return 0
    since = moment.text(moment.today)
    happened = {"field": "happened_at", "op": "gte", "value": since}
    done = [
        {"field": "done", "op": "eq", "value": True},
        {"field": "updated_at", "op": "gte", "value": since},
    ]
    mine = {"field": OWNER, "op": "eq", "value": str(person)}
    query = ParsedAggregate(where={"and": [mine, {"or": [happened, {"and": done}]}]})
    try:
        found = orjson.loads(await queries.aggregate(connection, session, obj, query))
    except BanyanError as error:
        if error.code == "invalid_query":
            return 0
        raise
    return int(found["groups"][0]["values"][0]) if found["groups"] else 0


async def read_team(connection: Connection, session: Session, now: datetime | None = None) -> dict[str, Any]:
    """{people: [{id, label, counts, total}], reasons}: how much of what waits for whom the reader leads."""
    led = session.policy.standing.subordinates[:MOST_PEOPLE]
    moment = moment_of(session, now)
    counts: dict[str, dict[str, int]] = {str(person): {} for person in led}
    for reason in REASONS.values() if led else ():
        for person, count in (await _by_owner(connection, session, reason, led, moment)).items():
            counts.setdefault(person, {})[reason.key] = count
    users = session.catalog.by_name.get("user")
    names: dict[str, str | None] = {}
    if users is not None:
        names = await queries.labels_of(connection, session, users, set(counts))
    people: list[dict[str, Any]] = [
        {"id": person, "label": names[person], "counts": found, "total": sum(found.values())}
        for person, found in counts.items()
        if person in names
    ]
    people.sort(key=lambda each: (-each["total"], str(each["label"])))
    return {"people": people, "reasons": {key: dict(reason.label) for key, reason in REASONS.items()}}


async def _by_owner(
    connection: Connection, session: Session, reason: Reason, led: Sequence[UUID], moment: Moment
) -> dict[str, int]:
    obj = _asked(session, reason)
    if obj is None:
        return {}
    conditions = [*reason.where(moment), {"field": OWNER, "op": "in", "value": [str(each) for each in led]}]
    query = ParsedAggregate(where={"and": conditions}, group_by=(Group(field=OWNER),))
    try:
        found = orjson.loads(await queries.aggregate(connection, session, obj, query))
    except BanyanError as error:
        if error.code == "invalid_query":
            return {}
        raise
    return {row["key"][0]["id"]: int(row["values"][0]) for row in found["groups"] if row["key"][0]}


async def _asleep(connection: Connection, session: Session, person: UUID) -> set[tuple[UUID, str]]:
    table = activity_tables(session.full.schema).snooze
    asked = sa.select(table.c.record_id, table.c.reason)
    found = await run(connection, asked.where(table.c.user_id == person, table.c.until > sa.func.now()))
    return {(row[0], row[1]) for row in await found.fetchall()}


async def snooze(
    connection: Connection, session: Session, record_id: UUID, reason: str, until: datetime | None
) -> None:
    """Out of one's own list until then; `until` None brings it back. Raises InvalidInput."""
    if reason not in REASONS:
        raise InvalidInput(problems=[FieldProblem("/reason", "unknown_reason", {"reason": reason})])
    if until is not None and until <= datetime.now(UTC):
        raise InvalidInput(problems=[FieldProblem("/until", "snooze_past")])
    table = activity_tables(session.full.schema).snooze
    user = session.actor.user_id
    if user is None:
        raise Denied("only_in_person")
    # What has woken up goes with the next nap.
    over = sa.or_(
        table.c.until <= sa.func.now(), sa.and_(table.c.record_id == record_id, table.c.reason == reason)
    )
    await run(connection, sa.delete(table).where(table.c.user_id == user, over))
    if until is not None:
        values = {"user_id": user, "record_id": record_id, "reason": reason, "until": until}
        await run(
            connection,
            insert(table)
            .values(**values)
            .on_conflict_do_update(index_elements=["user_id", "record_id", "reason"], set_={"until": until}),
        )
