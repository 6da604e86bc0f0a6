"""Applying rules: to records that were just written, and to all of them by a pass. Both do the same, set by set.

Rules come in an order in which each follows those that write what it asks, and every rule is asked once: nothing goes
round. What the rules write goes through the record commands, with history, in the name of the house.
"""

from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog

from banyan.access.policy import system_policy
from banyan.db import control
from banyan.db.database import Connection, Database
from banyan.db.kept import kept
from banyan.events import EventBus
from banyan.extension.writes import EVERY, HOOKS, Write
from banyan.grading.rules import Decision, Mark, decide_one, decide_tags
from banyan.grading.store import StoredRule, ordered, placing_of, rules_of
from banyan.kernel.actor import system_actor
from banyan.metadata.catalog import Field, Object
from banyan.metadata.store import load_catalog
from banyan.records import grading
from banyan.records.commands import Change, Commands
from banyan.records.grading import Placing
from banyan.records.people import house_session
from banyan.records.session import Session

EVERY_S = 900.0
NIGHT_HOUR = 2
CHUNK = 1_000
_log = structlog.get_logger("banyan.grading")
# The rules' own writes are followed by the pass that makes them.
_grading: ContextVar[bool] = ContextVar("banyan_grading", default=False)


@dataclass(frozen=True)
class Applied:
    """How many records came out differently."""

    changed: int


async def apply(
    connection: Connection,
    session: Session,
    bus: EventBus,
    rules: Sequence[StoredRule],
    ids: Sequence[UUID] | None,
) -> Applied:
    """Ask active rules of one object of the records (None: all), in the caller's transaction."""
    house = house_session(session)
    now = session.now or datetime.now(UTC)
    days = {rule.id: rule.settings.days for rule in rules}
    changed: set[UUID] = set()
    waiting = ordered(house, rules)
    for field in dict.fromkeys(placing.field for placing in waiting):
        together = [placing for placing in waiting if placing.field is field]
        touched: set[UUID] = set(ids or ())
        for placing in together:
            last = days[placing.rule]
            until = None if last is None else now + timedelta(days=last)
            touched |= await grading.advance(connection, placing, ids, now, until)
        changed |= await reconcile(connection, house, bus, together[0].object, field, touched)
    return Applied(len(changed))


async def reconcile(
    connection: Connection, house: Session, bus: EventBus, obj: Object, field: Field, ids: Iterable[UUID]
) -> set[UUID]:
    """Bring the field of each record to what its marks make of it; those that changed."""
    changed: set[UUID] = set()
    waiting = sorted(ids)
    for start in range(0, len(waiting), CHUNK):
        part = waiting[start : start + CHUNK]
        changes, placed = [], list[tuple[UUID, UUID, bool]]()
        for each in await grading.read_marked(connection, obj, field, part):
            decision = decide(field, each)
            if decision is None:
                continue
            placed += [(rule, each.id, flag) for rule, flag in decision.placed.items()]
            value = list(decision.value) if isinstance(decision.value, tuple) else decision.value
            if value != (each.value or [] if field.definition.type == "tags" else _plain(each.value)):
                changes.append(Change(each.id, {field.api_name: value or None}))
        if changes:
            token = _grading.set(True)
            try:
                await Commands(connection, house, bus, house=True).update(obj, changes)
            finally:
                _grading.reset(token)
            changed |= {change.id for change in changes}
        await grading.settle(connection, obj.schema, field, part, placed)
    return changed


def decide(field: Field, record: grading.Marked) -> Decision | None:
    """None where no rule has anything to do with the record."""
    if not record.marks:
        return None
    marks = [Mark(*mark) for mark in record.marks]
    if field.definition.type == "tags":
        return decide_tags(list(record.value or ()), marks)
    return decide_one(_plain(record.value), marks)


def _plain(value: Any) -> str | None:
    return None if value is None else str(value)


async def release(
    connection: Connection, session: Session, bus: EventBus, rule: StoredRule, placing: Placing | None
) -> None:
    """A rule lets go of everything it holds."""
    held = await grading.let_go(connection, session.full.schema, rule.id)
    if placing is not None and held:
        await reconcile(connection, house_session(session), bus, placing.object, placing.field, held)


async def _after_write(bus: EventBus, write: Write) -> None:
    if _grading.get():
        return
    schema = write.session.full.schema
    known = await kept(
        write.connection, schema, "grading", lambda: rules_of(write.connection, schema, active=True)
    )
    rules = [rule for rule in known if rule.object == write.obj.id]
    if rules:
        await apply(write.connection, write.session, bus, rules, list(write.ids))


def register_hooks(bus: EventBus) -> None:
    HOOKS.register(EVERY, "grading", partial(_after_write, bus))


class Nightly:
    """The worker's round: once a night every rule is asked of every record, for what time alone has changed."""

    def __init__(self, database: Database, bus: EventBus) -> None:
        self._database = database
        self._bus = bus
        self._done: dict[str, str] = {}

    async def work(self, schema: str, now: datetime | None = None) -> int:
        """Records that came out differently; nothing before the night, or twice in one."""
        async with self._database.reader() as connection:
            session = await _house(connection, schema, now)
            rules = await rules_of(connection, schema, active=True)
        local = (session.now or datetime.now(UTC)).astimezone(ZoneInfo(session.timezone))
        night = local.date().isoformat()
        if not rules or local.hour < NIGHT_HOUR or self._done.get(schema) == night:
            return 0
        self._done[schema] = night
        changed = 0
        for object_id in dict.fromkeys(rule.object for rule in rules):
            mine = [rule for rule in rules if rule.object == object_id and placing_of(session, rule)]
            async with self._database.transaction() as connection:
                changed += (await apply(connection, session, self._bus, mine, None)).changed
        return changed


async def _house(connection: Connection, schema: str, now: datetime | None) -> Session:
    actor = system_actor(schema)
    catalog = await load_catalog(connection, schema)
    currency = await control.read_currency(connection, schema)
    session = Session(actor, system_policy(actor), catalog, currency=currency)
    return replace(session, now=now or datetime.now(UTC))
