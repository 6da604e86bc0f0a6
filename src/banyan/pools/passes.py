"""Passes of the worker over every pool: assign what waits, warn, recycle at the rule's time, tell of late responses.

Each is a few statements over all records of a pool; rows somebody is working on are passed over. `now` is given, so a
test moves the clock. Two workers at once share the work: what one has locked the other does not see.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
import structlog

from banyan.db.database import Database
from banyan.events import EventBus
from banyan.kernel.errors import BanyanError
from banyan.kernel.ids import new_id
from banyan.kernel.messages import message
from banyan.pools import limits
from banyan.pools.assignment import Chooser, people_in
from banyan.pools.conditions import condition
from banyan.pools.people import managers_of, tell
from banyan.pools.recycling import compiled, refresh
from banyan.pools.responses import late_periods, left_behind
from banyan.pools.runs import note_run
from banyan.pools.settings import RecycleRule
from banyan.pools.store import Pool, note_state, read_pool, read_pools
from banyan.query.recycling import due_now
from banyan.records import recycling
from banyan.records.house import HouseSessions
from banyan.records.owning import Given, Owning, unhurried
from banyan.records.recycling import Waiting
from banyan.records.session import Session

EVERY_S = 20.0
CHUNK = 20_000
AT_ONCE = 500
MOST_PAGES = 40  # of one round: what nobody can take now is looked at again in the next
WARN_EVERY = timedelta(minutes=10)
_FIRST = UUID(int=0)
_log = structlog.get_logger("banyan.pools")
Step = Callable[[Session, Pool], Awaitable[None]]


class Passes:
    """All pools of every workspace, one after the other."""

    def __init__(self, database: Database, bus: EventBus) -> None:
        self._database = database
        self._bus = bus
        self._sessions = HouseSessions()

    async def work(self, schema: str, now: datetime | None = None) -> None:
        """One round of a workspace at the moment `now`."""
        async with self._database.reader() as connection:
            session = replace(await self._sessions.of(connection, schema), now=now or datetime.now(UTC))
            pools = await read_pools(connection, session)
        steps: Sequence[Step] = (self.leavers, self.recycle, self.warn, self.assign, self.escalate)
        for pool in pools:
            for step in steps if pool.active else ():
                try:
                    await step(session, pool)
                except (BanyanError, psycopg.Error) as error:  # One pool's trouble is not the others'.
                    _log.warning("pool_pass_failed", schema=schema, pool=str(pool.id), error=str(error))

    async def leavers(self, session: Session, pool: Pool) -> None:
        """What those have whose access was ended comes back, where the pool says so."""
        if not pool.settings.take_from_leavers:
            return
        obj, kept = pool.of(session)
        reason = message("owner_left", session.actor.language, {})
        async with self._database.transaction() as connection:
            await unhurried(connection)
            ids = await left_behind(connection, session, pool, CHUNK)
            if ids:
                hands = Owning(connection, session, self._bus, obj, kept)
                await hands.take(pool.id, ids, reason, "owner_left", _now(session))

    async def recycle(self, session: Session, pool: Pool) -> None:
        """Each rule whose time of day has come since it last ran."""
        now = _now(session)
        for rule in pool.settings.active_rules:
            if _last_time(rule, now, session.timezone) > _ran(pool, rule.key):
                await self.recycle_by(session, pool, rule)

    async def recycle_by(self, session: Session, pool: Pool, rule: RecycleRule) -> int:
        """All that is due by one rule, in chunks: none holds its rows for long. Returns how many went back."""
        now, key, total = _now(session), new_id(), 0
        obj, kept = pool.of(session)
        due = compiled(session, pool)
        reason = message("recycled_by", session.actor.language, {"rule": rule.kind, "days": rule.days})
        binds: dict[str, Any] = {
            **due.values,
            "source": pool.id,
            "pool": rule.target or pool.id,
            "now": now,
            "reason": reason,
            "ended": "recycled",
            "run": key,
            "limit": CHUNK,
        }
        last, lost = _FIRST, dict[UUID, int]()
        while True:
            async with self._database.transaction() as connection:
                await unhurried(connection)
                hands = Owning(connection, session, self._bus, obj, kept)
                moved = await hands.take_due(due_now(due, rule.key), {**binds, "last": last})
                for each in moved:
                    if each.person is not None:
                        lost[each.person] = lost.get(each.person, 0) + 1
                total += len(moved)
                if moved:
                    await note_run(
                        connection, session.full.schema, pool.id, key, "recycle", rule.key, now, len(moved)
                    )
                if len(moved) < CHUNK:
                    fresh = await read_pool(connection, session, pool.id)
                    ran = {**fresh.state.get("ran", {}), rule.key: now.isoformat()}
                    await note_state(connection, session, pool.id, ran=ran)
                    for person, count in lost.items():
                        await tell(connection, session, [person], "recycled", None, None, pool, count)
                    return total
            last = max(each.id for each in moved)

    async def warn(self, session: Session, pool: Pool) -> None:
        """Owners are told once of each moment at which something goes back; `recycle_at` is right again for all."""
        now = _now(session)
        if not pool.settings.active_rules or now - _moment(pool.state.get("warned")) < WARN_EVERY:
            return
        obj, kept = pool.of(session)
        async with self._database.transaction() as connection:
            await unhurried(connection)
            await refresh(connection, session, pool)
            due = compiled(session, pool)
            for person, record, count, at in await recycling.warn(connection, obj, kept, pool.id, due, now):
                told = {"at": at.isoformat()}
                await tell(connection, session, [person], "recycle_soon", obj, record, pool, count, **told)
            await note_state(connection, session, pool.id, warned=now.isoformat())

    async def assign(self, session: Session, pool: Pool) -> None:
        """What waits, to those whose turn it is, while people work."""
        settings, now = pool.settings, _now(session)
        local = now.astimezone(ZoneInfo(session.timezone))
        if not settings.assignment.on or (settings.hours is not None and not settings.hours.open_at(local)):
            return
        last: Waiting | None = None
        for _ in range(MOST_PAGES):
            last = await self._assign_some(session, pool, local, last)
            if last is None:
                return

    async def _assign_some(
        self, session: Session, pool: Pool, local: datetime, last: Waiting | None
    ) -> Waiting | None:
        """A page after `last`; its end where there may be more. What nobody can take now holds up nobody else's."""
        assignment, settings, now = pool.settings.assignment, pool.settings, _now(session)
        obj, kept = pool.of(session)
        nodes = [condition(session, obj, rule.where) for rule in assignment.rules]
        level = limits.level_of(session, pool)
        async with self._database.transaction() as connection:
            people = people_in(assignment, [])
            await limits.lock_people(connection, people)
            found = await recycling.waiting(
                connection, session, obj, kept, pool.id, nodes, level, AT_ONCE, last
            )
            # Who is claiming just now waits for these rows perhaps: they get theirs in the next round.
            heads = await limits.try_people(connection, people_in(assignment, found) - people)
            fresh = await read_pool(connection, session, pool.id)
            rooms = await limits.rooms(connection, session, pool, sorted(people | heads), now)
            absent = frozenset(each for each in rooms if settings.is_away(each, local.date()))
            chooser = Chooser(assignment, rooms, dict(fresh.state.get("turns", {})), absent)
            pairs = [(each.id, person) for each in found if (person := chooser.choose(each)) is not None]
            more = found[-1] if len(found) == AT_ONCE else None
            if not pairs:
                return more
            how = Given(
                "automatic", now, settings.protected_until(now), settings.respond_by(now, session.timezone)
            )
            hands = Owning(connection, session, self._bus, obj, kept)
            moved = await hands.give(pool.id, pairs, how)
            await note_state(connection, session, pool.id, turns=chooser.turns)
            await note_run(
                connection, session.full.schema, pool.id, new_id(), "assign", None, now, len(moved)
            )
            for person in {each.person for each in moved if each.person is not None}:
                theirs = [each.id for each in moved if each.person == person]
                await tell(connection, session, [person], "pool_given", obj, theirs[0], pool, len(theirs))
        return more

    async def escalate(self, session: Session, pool: Pool) -> None:
        """Managers hear once of each record whose first response is late."""
        if pool.settings.response_minutes is None:
            return
        async with self._database.transaction() as connection:
            late = await late_periods(connection, session, pool, _now(session))
            if late:
                managers = await managers_of(connection, session, pool)
                await tell(connection, session, managers, "response_late", None, None, pool, len(late))


def _now(session: Session) -> datetime:
    return session.now or datetime.now(UTC)


def _last_time(rule: RecycleRule, now: datetime, timezone: str) -> datetime:
    """When the rule's time of day was last."""
    local = now.astimezone(ZoneInfo(timezone))
    hour, minute = map(int, rule.at.split(":"))
    today = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return today if today <= local else today - timedelta(days=1)


def _ran(pool: Pool, rule: str) -> datetime:
    return _moment(pool.state.get("ran", {}).get(rule))


def _moment(text: str | None) -> datetime:
    return datetime.min.replace(tzinfo=UTC) if text is None else datetime.fromisoformat(text)
