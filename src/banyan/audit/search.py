"""Search over the trail: entries and changes of records in one order, newest first."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from banyan.audit.facade import entry_table
from banyan.db.database import Connection
from banyan.db.statements import run

Source = Literal["entry", "change"]
_LONGEST_TRANSACTION = timedelta(days=1)
_EPOCH_SHIFT = 80


@dataclass(frozen=True)
class Filters:
    """What is asked for; `text` looks into target and detail of entries, so it leaves changes of records out."""

    since: datetime | None = None
    until: datetime | None = None
    actor: UUID | None = None
    action: str | None = None
    object_id: UUID | None = None
    object_name: str | None = None
    record: UUID | None = None
    outcome: str | None = None
    source: Source | None = None
    text: str | None = None


@dataclass(frozen=True)
class Row:
    """One line of the trail. `detail` is JSON text; of a change it holds the columns, old and new."""

    id: UUID
    source: Source
    at: datetime
    actor_id: UUID | None
    actor_kind: str
    real_user_id: UUID | None
    action: str
    outcome: str
    object_id: UUID | None
    record_id: UUID | None
    target: bytes
    detail: bytes
    address: str | None
    client: str | None
    session: str | None
    version: int | None = field(default=None)


async def search(
    connection: Connection, schema: str, filters: Filters, *, limit: int, before: UUID | None = None
) -> list[Row]:
    """`limit` rows older than `before`. Ids are made in the order of time, so they are the order and the cursor."""
    parts = [part for part in (_entries(schema, filters), _changes(schema, filters)) if part is not None]
    if not parts:
        return []
    bounded = []
    for part in parts:
        key = part.selected_columns.id
        limited = part if before is None else part.where(key < before)
        bounded.append(limited.order_by(key.desc()).limit(limit).subquery().select())
    union = sa.union_all(*bounded).subquery()
    cursor = await run(connection, sa.select(union).order_by(union.c.id.desc()).limit(limit))
    return [Row(*row) for row in await cursor.fetchall()]


async def find(connection: Connection, schema: str, entry: UUID) -> Row | None:
    """One line by id."""
    parts = [
        part.where(part.selected_columns.id == entry)
        for part in (_entries(schema, Filters()), _changes(schema, Filters()))
        if part is not None
    ]
    cursor = await run(connection, sa.union_all(*parts))
    row = await cursor.fetchone()
    return None if row is None else Row(*row)


@lru_cache(maxsize=256)
def _history(schema: str) -> sa.Table:
    return sa.Table(
        "record_history",
        sa.MetaData(schema=schema),
        sa.Column("id", sa.Uuid),
        sa.Column("object_id", sa.Uuid),
        sa.Column("record_id", sa.Uuid),
        sa.Column("version", sa.Integer),
        sa.Column("action", sa.Text),
        sa.Column("actor_id", sa.Uuid),
        sa.Column("actor_kind", sa.Text),
        sa.Column("at", sa.DateTime(timezone=True)),
        sa.Column("changes", JSONB),
        sa.Column("import_id", sa.Uuid),
        sa.Column("origin", JSONB),
    )


def _entries(schema: str, filters: Filters) -> sa.Select[Any] | None:
    if filters.source == "change":
        return None
    table = entry_table(schema).c
    statement = sa.select(
        table.id,
        sa.literal_column("'entry'").label("source"),
        table.at,
        table.actor_id,
        table.actor_kind,
        table.real_user_id,
        table.action,
        table.outcome,
        table.object_id,
        table.record_id,
        table.target,
        table.detail,
        sa.func.host(table.address).label("address"),
        table.client,
        table.session,
        sa.cast(sa.null(), sa.Integer).label("version"),
    )
    if filters.outcome is not None:
        statement = statement.where(table.outcome == filters.outcome)
    if filters.object_name is not None or filters.object_id is not None:
        named = table.target["object"].astext == (filters.object_name or "")
        statement = statement.where(sa.or_(table.object_id == filters.object_id, named))
    if filters.text is not None:
        text = sa.cast(table.target, sa.Text).op("||")(sa.literal_column("' '"))
        grams = sa.func.control.bigrams(text.op("||")(sa.cast(table.detail, sa.Text)))
        statement = statement.where(grams.op("@>")(sa.func.control.search_grams(filters.text)))
    return _narrowed(statement, table, filters)


def _changes(schema: str, filters: Filters) -> sa.Select[Any] | None:
    if filters.source == "entry" or filters.text is not None or filters.outcome not in (None, "done"):
        return None
    table = _history(schema).c
    nothing = sa.cast(sa.literal_column("'{}'"), JSONB)
    origin = table.origin
    target = sa.case(
        (table.import_id.is_(None), nothing),
        else_=sa.func.jsonb_build_object(sa.literal_column("'import'"), table.import_id),
    )
    statement = sa.select(
        table.id,
        sa.literal_column("'change'").label("source"),
        table.at,
        table.actor_id,
        table.actor_kind,
        sa.cast(origin["real_user"].astext, sa.Uuid).label("real_user_id"),
        table.action,
        sa.literal_column("'done'").label("outcome"),
        table.object_id,
        table.record_id,
        target.label("target"),
        table.changes.label("detail"),
        origin["address"].astext.label("address"),
        origin["client"].astext.label("client"),
        origin["session"].astext.label("session"),
        table.version,
    )
    if filters.object_id is not None or filters.object_name is not None:
        statement = statement.where(table.object_id == filters.object_id)
    return _narrowed(statement, table, filters)


def _narrowed(statement: sa.Select[Any], table: Any, filters: Filters) -> sa.Select[Any]:
    """What both kinds are filtered by. Bounds of time are bounds of ids too, which the order runs along."""
    if filters.since is not None:
        statement = statement.where(table.at >= filters.since, table.id >= _id_at(filters.since))
    if filters.until is not None:
        last = _id_at(filters.until + _LONGEST_TRANSACTION)
        statement = statement.where(table.at < filters.until, table.id <= last)
    if filters.actor is not None:
        statement = statement.where(table.actor_id == filters.actor)
    if filters.action is not None:
        statement = statement.where(table.action == filters.action)
    if filters.record is not None:
        statement = statement.where(table.record_id == filters.record)
    return statement


def _id_at(moment: datetime) -> UUID:
    """The least id made at a moment; an entry's time is the begin of its transaction, so its id is never earlier."""
    milliseconds = max(0, int(moment.timestamp() * 1_000) - 1)
    return UUID(int=min(milliseconds, (1 << 48) - 1) << _EPOCH_SHIFT)
