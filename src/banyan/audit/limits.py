"""Limits on unusual use: how many pages a person reads an hour, how many rows they export or unmask a day.

Counting pages costs a request no write: each process counts by itself and adds up every few seconds, and then learns
what the person did elsewhere. Rows that leave and values unmasked are rare and written down at once. Past the first
mark an alarm is raised, past the second the use is refused unless somebody approved it.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

import psycopg
from psycopg.errors import UndefinedTable

from banyan.audit.facade import write_audit
from banyan.db import usage as store
from banyan.db.database import Connection, Database
from banyan.db.usage import Limit, Total, Use
from banyan.extension import Approvals, NoApprovals
from banyan.kernel.actor import Actor
from banyan.kernel.errors import BanyanError, TooMany

Kind = Literal["read", "export", "unmask", "claim"]
KINDS: tuple[Kind, ...] = ("read", "export", "unmask", "claim")
Hold = Callable[[Connection, str, UUID], Awaitable[object]]
_HOURLY = "read"
_HOUR_S, _DAY_S = 3_600, 86_400
_LEAST_UNUSUAL = 60  # a quiet person's tenth page is not unusual
_LIMITS_KEPT_S = 10.0


@dataclass
class _Known:
    """What this process knows of one person's use of one kind."""

    actor: Actor
    roles: frozenset[str]
    pending: int = 0
    total: Total = field(default_factory=Total)
    refused: bool = False
    hour: int = 0

    def amount(self, kind: str) -> int:
        return (self.total.hour if kind == _HOURLY else self.total.day) + self.pending


@dataclass(frozen=True)
class _Limits:
    """Limits of a workspace by kind and role (None: everybody's), as they were read, and what was made of them."""

    read_at: float
    by_role: Mapping[tuple[str, str | None], Limit]
    _widest: dict[tuple[str, frozenset[str]], Limit] = field(default_factory=dict)

    def of(self, kind: str, roles: frozenset[str]) -> Limit:
        """The widest limit of the roles held; that of everybody where no role has one."""
        found = self._widest.get((kind, roles))
        if found is None:
            found = self._widest[kind, roles] = self._find(kind, roles)
        return found

    def _find(self, kind: str, roles: frozenset[str]) -> Limit:
        own = [limit for (name, role), limit in self.by_role.items() if name == kind and role in roles]
        if not own:
            return self.by_role.get((kind, None), Limit())
        return max(own, key=lambda limit: float("inf") if limit.refuse_at is None else limit.refuse_at)


class Meter:
    """Counters of every workspace in this process."""

    def __init__(
        self, database: Database, approvals: Approvals | None = None, hold: Hold | None = None
    ) -> None:
        self._database = database
        self._approvals: Approvals = approvals or NoApprovals()
        self._hold = hold
        self._known: dict[tuple[str, UUID, str], _Known] = {}
        self._one_at_a_time = asyncio.Lock()
        self._limits: dict[str, _Limits] = {}

    def count(self, actor: Actor, kind: Kind, roles: Iterable[str] = (), amount: int = 1) -> None:
        """Add to a person's use; the installation itself is not counted."""
        known = self._of(actor, kind, roles)
        if known is not None:
            known.pending += amount

    async def book(self, actor: Actor, kind: Kind, roles: Iterable[str] = (), amount: int = 1) -> None:
        """As `count`, written down at once: another process that is asked next knows of it."""
        self.count(actor, kind, roles, amount)
        with contextlib.suppress(
            BanyanError, psycopg.Error
        ):  # What was done is done; it is written down later.
            await self.flush()

    async def check(self, actor: Actor, kind: Kind, roles: Iterable[str] = (), amount: int = 1) -> None:
        """Raise TooMany where `amount` more would be over the limit. Of reading, what is known here is enough."""
        known = self._of(actor, kind, roles)
        if known is None:
            return
        if kind != _HOURLY:
            await self._learn(actor.workspace, [known.actor.user_id])
        limit = self._limit(actor.workspace, kind, known.roles)
        most = limit.refuse_at
        if most is None or known.amount(kind) + amount <= most:
            return
        if await self._approvals.granted(actor, kind, amount):
            return
        known.refused = True
        seconds = _HOUR_S if kind == _HOURLY else _DAY_S
        raise TooMany(
            "use_limit_reached", kind=kind, most=most, retry_after=seconds - int(time.time()) % seconds
        )

    def forget_limits(self, schema: str) -> None:
        self._limits.pop(schema, None)

    async def flush(self) -> None:
        """Add up, learn what other processes counted, raise alarms."""
        async with self._one_at_a_time:
            await self._flush()

    async def _flush(self) -> None:
        for schema in {place[0] for place in self._known}:
            parts = {place: known for place, known in self._known.items() if place[0] == schema}
            amounts: dict[Use, int] = {
                (user, kind): known.pending for (_, user, kind), known in parts.items() if known.pending
            }
            asked = [user for (_, user, _), known in parts.items() if known.pending or known.refused]
            if not asked:
                self._drop_old(parts)
                continue
            if amounts:
                try:
                    async with self._database.transaction() as connection:
                        await store.add_use(connection, schema, amounts)
                except UndefinedTable:  # The workspace is gone, and with it whoever was counted.
                    for place in parts:
                        self._known.pop(place, None)
                    continue
                for (_, user, kind), known in parts.items():
                    known.pending -= amounts.get((user, kind), 0)
            await self._learn(schema, asked)
            for (_, user, kind), known in parts.items():
                if user in asked:
                    await self._judge(schema, (user, kind), known)

    def _drop_old(self, parts: dict[tuple[str, UUID, str], _Known]) -> None:
        hour = int(time.time()) // _HOUR_S
        for place, known in parts.items():
            if known.hour < hour and not known.pending:
                self._known.pop(place, None)

    def _of(self, actor: Actor, kind: str, roles: Iterable[str]) -> _Known | None:
        if actor.user_id is None or actor.kind == "system":
            return None
        hour = int(time.time()) // _HOUR_S
        place = (actor.workspace, actor.user_id, kind)
        known = self._known.get(place)
        if known is None:
            known = self._known[place] = _Known(actor, frozenset(roles), hour=hour)
        elif known.hour != hour:
            known.hour, known.total = hour, Total(0, known.total.day, known.total.usual)
        known.actor, known.roles = actor, frozenset(roles)
        return known

    async def _learn(self, schema: str, people: Iterable[UUID | None]) -> None:
        async with self._database.reader() as connection:
            found = await store.totals(connection, schema, [user for user in people if user is not None])
            kept = self._limits.get(schema)
            if kept is None or time.monotonic() - kept.read_at > _LIMITS_KEPT_S:
                self._limits[schema] = _Limits(time.monotonic(), await store.read_limits(connection, schema))
        for (user, kind), total in found.items():
            known = self._known.get((schema, user, kind))
            if known is not None:
                known.total = total

    def _limit(self, schema: str, kind: str, roles: frozenset[str]) -> Limit:
        kept = self._limits.get(schema)
        return Limit() if kept is None else kept.of(kind, roles)

    async def _judge(self, schema: str, use: Use, known: _Known) -> None:
        """Raise what the totals call for, each once in its period."""
        kind, amount = use[1], known.amount(use[1])
        limit = self._limit(schema, kind, known.roles)
        reasons: list[tuple[str, int]] = []
        if limit.alarm_at is not None and amount >= limit.alarm_at:
            reasons.append(("limit", limit.alarm_at))
        usual = known.total.usual
        if limit.habit_factor is not None and usual is not None and kind == _HOURLY:
            unusual = max(int(usual * limit.habit_factor), _LEAST_UNUSUAL)
            if known.total.hour >= unusual:
                reasons.append(("habit", unusual))
        if known.refused:
            reasons.append(("refused", limit.refuse_at or amount))
        known.refused = False
        if reasons:
            await self._tell(schema, use, known, reasons, amount)

    async def _tell(
        self, schema: str, use: Use, known: _Known, reasons: list[tuple[str, int]], amount: int
    ) -> None:
        now = datetime.now(UTC)
        period = now.replace(minute=0, second=0, microsecond=0)
        if use[1] != _HOURLY:
            period = period.replace(hour=0)
        async with self._database.transaction() as connection:
            _, hold, _ = await store.read_settings(connection, schema)
            for reason, most in reasons:
                new = await store.raise_alarm(
                    connection, schema, use, period=period, amount=amount, most=most, reason=reason
                )
                if not new:
                    continue
                held = hold and reason == "refused" and self._hold is not None
                detail = {"kind": use[1], "reason": reason, "amount": amount, "most": most, "held": held}
                await write_audit(connection, known.actor, "alarm_raised", {"user": str(use[0])}, detail)
                if held and self._hold is not None:
                    await self._hold(connection, schema, use[0])
