"""Denials, written down apart from the transaction they ended.

Of each actor, action, object and minute the first is written within a second, the rest as one line with their number
when the minute is over: a loop that is refused a thousand times a second leaves two entries a minute.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from psycopg.errors import UndefinedTable

from banyan.audit.facade import write_audit
from banyan.db.database import Database
from banyan.kernel.actor import Actor

ACTION = "denied"
_MINUTE_S = 60.0
_MOST_KEYS = 5_000
_log = structlog.get_logger("banyan.audit")


@dataclass(frozen=True)
class _What:
    """What is counted together. The route is the declared one: nothing a caller makes up is in it."""

    actor: Actor
    code: str
    action: str
    object: str
    route: str


@dataclass
class _Count:
    since: float
    waiting: int = 0
    told: bool = False
    params: Mapping[str, Any] = field(default_factory=dict)


class Denials:
    """Counts in this process; `flush` writes. What was counted in the last second is lost with the process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._counts: dict[_What, _Count] = {}
        self._one_at_a_time = asyncio.Lock()

    def note(self, actor: Actor, code: str, params: Mapping[str, Any], route: str) -> None:
        """Remember one refusal; costs no input or output."""
        what = _What(actor, code, str(params.get("action", "")), str(params.get("object", ""))[:100], route)
        count = self._counts.get(what)
        if count is None:
            if len(self._counts) >= _MOST_KEYS:
                return
            count = self._counts[what] = _Count(time.monotonic(), params=_plain(params))
        count.waiting += 1

    async def flush(self, *, everything: bool = False) -> None:
        """Write what is due; `everything` at the end of the process."""
        async with self._one_at_a_time:
            await self._flush(everything=everything)

    async def _flush(self, *, everything: bool) -> None:
        now = time.monotonic()
        over = [what for what, count in self._counts.items() if now - count.since >= _MINUTE_S]
        due = [
            (what, count)
            for what, count in self._counts.items()
            if count.waiting and (everything or not count.told or what in over)
        ]
        for schema in {what.actor.workspace for what, _ in due}:
            await self._write(
                schema, [(what, count) for what, count in due if what.actor.workspace == schema]
            )
        for what in [what for what in over if not self._counts[what].waiting]:
            del self._counts[what]

    async def _write(self, schema: str, due: Sequence[tuple[_What, _Count]]) -> None:
        """Entries of one workspace; of one that is gone nothing is kept."""
        written = {what: count.waiting for what, count in due}
        try:
            async with self._database.transaction() as connection:
                for what, count in due:
                    await write_audit(
                        connection,
                        what.actor,
                        ACTION,
                        {"object": what.object, "route": what.route},
                        {"code": what.code, "count": written[what], **count.params},
                        outcome="denied",
                    )
        except UndefinedTable:
            _log.warning("workspace_gone", schema=schema)
        for what, count in due:  # More may have come while this was written.
            count.waiting, count.told = count.waiting - written[what], True


def _plain(params: Mapping[str, Any]) -> dict[str, Any]:
    """Names only: a refusal's parameters hold no values of records, and this keeps it so."""
    return {
        name: str(params[name])[:100] for name in ("action", "object", "field", "power") if name in params
    }
