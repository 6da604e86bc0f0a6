"""Pools of the sample: leads that wait, that were claimed and called, and a few that would go back tonight."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from banyan.db.database import Connection
from banyan.events import EventBus
from banyan.pools import administering
from banyan.pools.settings import EVERYONE, Settings
from banyan.pools.store import Pool, read_pool
from banyan.records.commands import Commands
from banyan.records.owning import Given, Owning
from banyan.records.session import Session

WAITING, CLAIMED, ACCOUNTS = 36, 30, 14
_WORDS = {
    "zh-CN": {
        "lead": ("线索公海", "官网和展会来的线索，谁有空谁领取"),
        "account": ("客户公海", "90 天没有跟进的客户回到这里"),
        "call": "首次电话联系",
        "reason": "长期未跟进",
    },
    "en": {
        "lead": ("Open leads", "Leads from the website and fairs, for whoever has time"),
        "account": ("Open accounts", "Accounts nobody followed for 90 days come back here"),
        "call": "First call",
        "reason": "Not followed for long",
    },
}
_LEADS: dict[str, Any] = {
    "members": [EVERYONE],
    "hidden": ["phone", "email"],
    "limits": {"claims_per_day": 20, "claims_per_batch": 10, "held": 60, "cooling_hours": 48},
    "response_minutes": 240,
    "hours": {},
    "recycle": [
        {"key": "cold", "kind": "not_contacted", "days": 7, "warn_days": 2},
        {"key": "idle", "kind": "not_followed", "days": 30, "warn_days": 3},
    ],
}
_ACCOUNTS: dict[str, Any] = {
    "members": [EVERYONE],
    "hidden": ["phone", "email"],
    "limits": {"claims_per_day": 5, "held": 200, "cooling_hours": 168},
    "approval": True,
    "recycle": [{"key": "idle", "kind": "not_followed", "days": 90, "warn_days": 7}],
}


async def sample(
    connection: Connection, session: Session, bus: EventBus, made: Mapping[str, Sequence[UUID]]
) -> None:
    words = _WORDS.get(session.actor.language, _WORDS["en"])
    first, people = made["user"][0], made["user"]
    now, chance = session.now or datetime.now(UTC), random.Random(11)  # noqa: S311 - sample data
    leads = await _pool(connection, session, bus, "lead", words["lead"], _LEADS, first)
    accounts = await _pool(connection, session, bus, "account", words["account"], _ACCOUNTS, first)
    waiting, taken = made["lead"][:WAITING], made["lead"][WAITING : WAITING + CLAIMED]
    await _put(connection, session, bus, leads, [*waiting, *taken], None, now - timedelta(days=12))
    called = []
    for key in taken:
        at = now - timedelta(days=chance.randint(0, 9), hours=chance.randint(1, 8))
        who = people[chance.randrange(len(people))]
        obj, kept = leads.of(session)
        how = Given("claimed", at, respond=leads.settings.respond_by(at, session.timezone))
        await Owning(connection, session, bus, obj, kept).give(leads.id, [(key, who)], how)
        if chance.random() < 0.6:  # noqa: PLR2004 - most are called
            moment = min(now, at + timedelta(hours=chance.randint(1, 30)))
            called.append(
                {
                    "title": words["call"],
                    "kind": "call",
                    "happened_at": moment.isoformat(),
                    "lead": str(key),
                    "owner": str(who),
                }
            )
    obj = session.catalog.object("activity")
    await Commands(connection, session, bus).create(obj, called, [""] * len(called))
    await _put(connection, session, bus, accounts, made["account"][-ACCOUNTS:], str(words["reason"]), now)


async def _pool(
    connection: Connection,
    session: Session,
    bus: EventBus,
    holds: str,
    named: Sequence[str],
    settings: Mapping[str, Any],
    manager: UUID,
) -> Pool:
    chosen = Settings.model_validate({**settings, "managers": [f"user:{manager}"]})
    values = {"name": named[0], "description": named[1], "applies_to": holds}
    return await read_pool(
        connection, session, await administering.create_pool(connection, session, bus, values, chosen)
    )


async def _put(
    connection: Connection,
    session: Session,
    bus: EventBus,
    pool: Pool,
    ids: Sequence[UUID],
    reason: str | None,
    at: datetime,
) -> None:
    obj, kept = pool.of(session)
    hands = Owning(connection, replace(session, now=at), bus, obj, kept)
    await hands.take(pool.id, ids, reason, "taken", at, owned=False)
