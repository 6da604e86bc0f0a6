"""Notifications by mail, and tasks that come due: a round of the worker, set by set, with each reader's own rights."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from banyan.access.compile import load_policy
from banyan.access.policy import system_policy
from banyan.db import control
from banyan.db.database import Connection, Database
from banyan.db.statements import run
from banyan.db.vault import Vault
from banyan.identity import facade as identity
from banyan.jobs import JobQueue
from banyan.kernel.actor import Actor, system_actor
from banyan.kernel.settings import TIMEZONE
from banyan.metadata.catalog import OWNER
from banyan.metadata.store import CatalogStore
from banyan.notifications import mail
from banyan.notifications.inbox import Notice, notify, read_some
from banyan.notifications.kinds import KINDS
from banyan.notifications.letters import Letter
from banyan.notifications.preferences import Preferences, choice_of, preferences_of
from banyan.notifications.tables import notification_tables
from banyan.query.parsed import ParsedQuery, Sort
from banyan.records import queries
from banyan.records.session import Session

EVERY_S = 30.0
SETTLE = timedelta(seconds=30)  # who reads it at once needs no letter
OLDEST = timedelta(days=3)
MOST_TASKS, MOST_LETTERS, MOST_LINES = 1_000, 500, 30
_TASKS, _FRIDAY = "task_due", 5


@dataclass(frozen=True)
class _Space:
    key: str
    name: str
    schema: str


class Delivery:
    """`round` looks at every workspace. Several workers may do so: rows are locked, marks move in the transaction."""

    def __init__(self, database: Database, queue: JobQueue, vault: Vault, public_url: str | None) -> None:
        self._database = database
        self._queue = queue
        self._vault = vault
        self._public_url = public_url
        self._catalogs = CatalogStore(database)

    async def round(self) -> None:
        async with self._database.reader() as connection:
            found = await control.read_all(connection)
        for row in found:
            if row.is_set_up and row.sandbox_of is None:
                space = _Space(row.key, row.name, row.schema_name)
                await self.tasks(space.schema)
                await self.letters(space)

    async def tasks(self, schema: str, now: datetime | None = None) -> int:
        """Tell owners of tasks that came due since the last look; returns how many tasks."""
        moment = now or datetime.now(UTC)
        async with self._database.transaction() as connection:
            since = await _mark(connection, schema, moment)
            if since is None or since >= moment:
                return 0
            catalog = await self._catalogs.refresh_if_changed(connection, schema)
            session = Session(system_actor(schema), system_policy(system_actor(schema)), catalog, now=moment)
            rows = await _due(connection, session, since, moment)
            notices = [
                Notice(
                    UUID(row[OWNER]["id"]),
                    _TASKS,
                    catalog.object("activity").id,
                    UUID(row["id"]),
                    None,
                    {},
                    same=f"task_due:{row['id']}:{row['due_at']}",
                )
                for row in rows
                if row[OWNER] is not None
            ]
            await notify(connection, schema, notices)
        return len(notices)

    async def letters(self, space: _Space, now: datetime | None = None) -> int:
        """Post what goes at once and the digests that are due; returns how many letters."""
        moment = now or datetime.now(UTC)
        async with self._database.transaction() as connection:
            if not await mail.is_ready(connection, space.schema):
                return 0
            people = await _waiting_for(connection, space.schema, moment)
            posted = 0
            for user in people:
                posted += await self._letters_of(connection, space, user, moment)
        return posted

    async def _letters_of(self, connection: Connection, space: _Space, user: UUID, moment: datetime) -> int:
        stored, digest_on = await preferences_of(connection, space.schema, user)
        person = (await identity.people_to_write_to(connection, space.schema, [user])).get(user)
        sorted_out = _Sorted.of(
            await _unmailed(connection, space.schema, user, moment), stored, person is not None
        )
        await _told(connection, space.schema, sorted_out.never)
        digest = sorted_out.later if _digest_due(stored, digest_on, moment) else []
        if person is None or not (sorted_out.now or digest):
            return 0
        address, language = person
        actor = Actor(user, space.schema, language)
        catalog = await self._catalogs.refresh_if_changed(connection, space.schema)
        session = Session(actor, await load_policy(connection, actor), catalog, now=moment)
        posted = await self._post(connection, space, session, address, sorted_out.now, "notification")
        if digest:
            posted += await self._post(connection, space, session, address, digest, "digest")
            await _digested(connection, space.schema, user, _local(moment).date())
        return posted

    async def _post(
        self,
        connection: Connection,
        space: _Space,
        session: Session,
        address: str,
        ids: Sequence[UUID],
        template: str,
    ) -> int:
        """One letter with a line for each; what the reader may not see any more is left out of it."""
        if not ids:
            return 0
        items = await read_some(connection, session, ids[:MOST_LINES])
        await _told(connection, space.schema, ids)
        lines = [_sentence(item, session.actor.language) for item in items]
        if not lines:
            return 0
        values = {
            "organisation": space.name,
            "first": lines[0][:120],
            "count": str(len(lines)),
            "name": "",
            "lines": "\n".join(lines),
            "link": f"{self._public_url}/inbox" if self._public_url else "",
        }
        letter = Letter(template, address, session.actor.language, values)
        return int(await mail.post(connection, self._queue, self._vault, space.schema, letter))


@dataclass(frozen=True)
class _Sorted:
    """What waits, by how it goes: at once, in the digest, never."""

    now: list[UUID]
    later: list[UUID]
    never: list[UUID]

    @classmethod
    def of(cls, waiting: Sequence[tuple[UUID, str]], stored: Preferences, reachable: bool) -> "_Sorted":
        found = cls([], [], [])
        for key, kind in waiting:
            mail_by = choice_of(stored, kind).mail if kind in KINDS and reachable else "off"
            if mail_by == "now":
                found.now.append(key)
            elif mail_by == "digest" and stored.digest != "off":
                found.later.append(key)
            else:
                found.never.append(key)
        return found


async def _told(connection: Connection, schema: str, ids: Sequence[UUID]) -> None:
    """These have gone, or never will: they are not looked at again."""
    if ids:
        table = notification_tables(schema).notification
        await run(connection, sa.update(table).where(table.c.id.in_(ids)).values(mailed_at=sa.func.now()))


async def _mark(connection: Connection, schema: str, moment: datetime) -> datetime | None:
    """Where the last look ended, and let this one end at `moment`. The first look begins where it stands."""
    table = notification_tables(schema).mark
    asked = sa.select(table.c.at).where(table.c.kind == _TASKS).with_for_update(skip_locked=True)
    row = await (await run(connection, asked)).fetchone()
    if row is None:
        first = insert(table).values(kind=_TASKS, at=moment).on_conflict_do_nothing()
        await run(connection, first)
        return None
    if row[0] < moment:
        await run(connection, sa.update(table).where(table.c.kind == _TASKS).values(at=moment))
    found: datetime = row[0]
    return found


async def _due(
    connection: Connection, session: Session, since: datetime, moment: datetime
) -> list[dict[str, Any]]:
    activity = session.catalog.by_name.get("activity")
    if activity is None or any(activity.field(name) is None for name in ("kind", "done", "due_at")):
        return []
    conditions: list[dict[str, Any]] = [
        {"field": "kind", "op": "eq", "value": "task"},
        {"or": [{"field": "done", "op": "eq", "value": False}, {"field": "done", "op": "is_empty"}]},
        {"field": "due_at", "op": "gt", "value": since.isoformat()},
        {"field": "due_at", "op": "lte", "value": moment.isoformat()},
    ]
    query = ParsedQuery(
        select=("due_at", OWNER),
        where={"and": conditions},
        sort=(Sort(field="due_at"),),
        limit=MOST_TASKS,
    )
    rows: list[dict[str, Any]] = orjson.loads(
        (await queries.query_page(connection, session, activity, query)).rows
    )
    return rows


async def _waiting_for(connection: Connection, schema: str, moment: datetime) -> list[UUID]:
    """People for whom something is unread and not yet mailed."""
    table = notification_tables(schema).notification
    asked = sa.select(table.c.user_id).where(*_open(table, moment)).distinct().limit(MOST_LETTERS)
    return [row[0] for row in await (await run(connection, asked)).fetchall()]


def _open(table: sa.Table, moment: datetime) -> list[sa.ColumnElement[bool]]:
    return [
        table.c.mailed_at.is_(None),
        table.c.read_at.is_(None),
        table.c.archived_at.is_(None),
        table.c.created_at < moment - SETTLE,
        table.c.created_at > moment - OLDEST,
    ]


async def _unmailed(
    connection: Connection, schema: str, user: UUID, moment: datetime
) -> list[tuple[UUID, str]]:
    table = notification_tables(schema).notification
    asked = (
        sa.select(table.c.id, table.c.kind)
        .where(table.c.user_id == user, *_open(table, moment))
        .order_by(table.c.created_at)
        .with_for_update(skip_locked=True)
    )
    return [(row[0], row[1]) for row in await (await run(connection, asked)).fetchall()]


def _local(moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(TIMEZONE))


def _digest_due(stored: Preferences, last: Any, moment: datetime) -> bool:
    here = _local(moment)
    if stored.digest == "off" or (last is not None and last >= here.date()):
        return False
    return here.hour >= stored.digest_hour and (stored.digest == "daily" or here.isoweekday() <= _FRIDAY)


async def _digested(connection: Connection, schema: str, user: UUID, day: Any) -> None:
    table = notification_tables(schema).preference
    await run(connection, sa.update(table).where(table.c.user_id == user).values(digest_on=day))


def _sentence(item: dict[str, Any], language: str) -> str:
    said = KINDS[item["kind"]].said.get(language) or KINDS[item["kind"]].said["en"]
    somebody = "有人" if language == "zh-CN" else "Somebody"
    names: dict[str, Any] = {
        **item["params"],
        "who": (item["actor"] or {}).get("label") or somebody,
        "record": (item["record"] or {}).get("label") or "",
        "text": item["params"].get("text", ""),
        "name": item["params"].get("name", ""),
        "count": item["count"],
    }
    return said.format_map(defaultdict(str, names))
