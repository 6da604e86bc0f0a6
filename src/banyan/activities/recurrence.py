"""A task that repeats comes again when it is done: the next one is made, and the rule goes on with it.

The one that was done keeps no rule, so that it is done once however often it is saved, and a calendar shows the
series from the one that is still to do. Where its doer may not make the next one, the rule stays where it is.
"""

from calendar import monthrange
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson

from banyan.activities.related import ACTIVITY
from banyan.db.database import Connection
from banyan.events import EventBus
from banyan.extension.writes import HOOKS, Write
from banyan.kernel.errors import Conflict, Denied, InvalidInput, NotFound
from banyan.metadata.catalog import Field, Object
from banyan.query.parsed import ParsedQuery, Sort
from banyan.records import queries
from banyan.records.commands import Change, Commands
from banyan.records.session import Session

RULE, UNTIL, DONE, DUE, ENDS = "repeats", "repeat_until", "done", "due_at", "ends_at"
# An administrator may have reshaped activities: what is not as we know it is not asked, and stops no writing.
_NEEDED = {RULE: "single_choice", UNTIL: "date", DONE: "boolean", DUE: "datetime"}
_STAYS = {DONE, "happened_at"}
_DAYS = {"daily": 1, "weekdays": 1, "weekly": 7, "fortnightly": 14}
_MONTHS = {"monthly": 1, "yearly": 12}
_MOST = 500
_MOST_STEPS = 20_000
_SATURDAY = 5


def following(due: datetime, rule: str, after: datetime) -> datetime | None:
    """The first time after both `due` and `after`, at the same time of day by the clock of `due`."""
    for step in range(1, _MOST_STEPS):
        at = _plus_months(due, _MONTHS[rule] * step) if rule in _MONTHS else None
        if at is None and rule in _DAYS:
            at = due + timedelta(days=_DAYS[rule] * step)
        if at is None:
            return None
        if at > after and not (rule == "weekdays" and at.weekday() >= _SATURDAY):
            return at
    return None


def _plus_months(at: datetime, months: int) -> datetime:
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    return at.replace(year=year, month=month + 1, day=min(at.day, monthrange(year, month + 1)[1]))


async def _go_on(bus: EventBus, write: Write) -> None:
    connection, session = write.connection, write.session
    known = session.catalog.by_name.get(write.obj.api_name)
    if known is None or not session.policy.allows(known.grant_key, "read"):
        return
    rules = _rules(known)
    if not rules or not all(_is(known, name, kind) for name, kind in _NEEDED.items()):
        return
    done = await _done(connection, session, known, write.ids, rules)
    now = session.now or datetime.now(UTC)
    changes = Commands(connection, session, bus)
    for row in done:
        values = _next(session, known, row, now)
        try:
            # A savepoint: what the doer may not make leaves what they did standing.
            async with connection.transaction():
                if values is not None:
                    await changes.create(known, [values])
                await changes.update(known, [Change(UUID(row["id"]), {RULE: None})])
        except (Conflict, Denied, InvalidInput, NotFound):
            continue


def _is(obj: Object, name: str, kind: str) -> bool:
    field = obj.field(name)
    return field is not None and not field.masked and field.definition.type == kind


def _rules(obj: Object) -> list[str]:
    """The rules that may still be chosen."""
    field = obj.field(RULE)
    choices = () if field is None else getattr(field.config, "choices", ())
    return [choice.key for choice in choices if choice.key in _DAYS or choice.key in _MONTHS]


async def _done(
    connection: Connection, session: Session, obj: Object, ids: Sequence[UUID], rules: list[str]
) -> list[dict[str, Any]]:
    """Of these, the ones that are done and have a rule, with all that goes on to the next."""
    query = ParsedQuery(
        select=tuple(field.api_name for field in _going_on(obj)),
        where={
            "and": [
                {"field": "id", "op": "in", "value": [str(key) for key in ids[:_MOST]]},
                {"field": DONE, "op": "eq", "value": True},
                {"field": RULE, "op": "in", "value": rules},
                {"field": DUE, "op": "is_not_empty"},
            ]
        },
        sort=(Sort(field="id"),),
        limit=_MOST,
    )
    page = await queries.query_page(connection, session, obj, query)
    found: list[dict[str, Any]] = orjson.loads(page.rows)
    return found


def _going_on(obj: Object) -> list[Field]:
    """Fields whose values the next one begins with."""
    owner = obj.field("owner")
    fields = [*obj.custom_fields, *([owner] if owner else [])]
    return [field for field in fields if not (field.masked or field.readonly or _is_its_own(field))]


def _is_its_own(field: Field) -> bool:
    """Computed, sealed, unique, or files that lie with the one that was done."""
    kind, written = field.kind, field.definition
    return kind.virtual or kind.computed or kind.sealed or written.unique or written.type in ("file", "image")


def _next(session: Session, obj: Object, row: dict[str, Any], now: datetime) -> dict[str, Any] | None:
    """What the next one says; nothing where the rule has come to its end."""
    zone = ZoneInfo(session.timezone)
    due = datetime.fromisoformat(row[DUE]).astimezone(zone)
    at = following(due, row[RULE], now.astimezone(zone))
    if at is None or (row[UNTIL] and at.date().isoformat() > row[UNTIL]):
        return None
    values = {name: _written(value) for name, value in row.items() if name not in ("id", "version", *_STAYS)}
    values = {name: value for name, value in values.items() if value is not None and obj.field(name)}
    if values.get(ENDS) and _is(obj, ENDS, _NEEDED[DUE]):
        lasting = datetime.fromisoformat(values[ENDS]) - due
        values[ENDS] = (at + lasting).isoformat()
    return {**values, DUE: at.isoformat(), DONE: False}


def _written(value: Any) -> Any:
    """A value as it is written, from as it is read: references by their id."""
    if isinstance(value, list):
        return [_written(each) for each in value]
    if isinstance(value, dict) and "id" in value:
        # One of several objects is named with its object.
        return {"object": value["object"], "id": value["id"]} if "object" in value else value["id"]
    return value


def register_hooks(bus: EventBus) -> None:
    HOOKS.register(ACTIVITY, "recurrence", partial(_go_on, bus))
