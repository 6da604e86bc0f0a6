"""Tickets: what lasts minutes and is spent once - a sign-in between its steps, a challenge, a journey elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa

from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.identity import secrets
from banyan.identity.tables import identity_tables

LASTS = timedelta(minutes=10)
MOST_ATTEMPTS = 5


@dataclass(frozen=True)
class Ticket:
    user_id: UUID | None
    data: Mapping[str, Any]


async def issue(
    connection: Connection,
    schema: str,
    workspace_key: str,
    purpose: str,
    user_id: UUID | None = None,
    data: Mapping[str, Any] | None = None,
) -> str:
    """A new ticket; only its hash is stored."""
    token, table = secrets.new_token(workspace_key), identity_tables(schema).ticket
    await run(connection, sa.delete(table).where(table.c.expires_at < sa.func.now()))
    await run(
        connection,
        sa.insert(table).values(
            token_hash=secrets.token_hash(token),
            purpose=purpose,
            user_id=user_id,
            data=dict(data or {}),
            expires_at=sa.func.now() + LASTS,
        ),
    )
    return token


async def attempt(connection: Connection, schema: str, purpose: str, token: str) -> Ticket | None:
    """The ticket, with one of its few attempts used up; commit before judging the answer."""
    table = identity_tables(schema).ticket
    found = await run(
        connection,
        sa.update(table)
        .where(*_live(table, purpose, token), table.c.attempts < MOST_ATTEMPTS)
        .values(attempts=table.c.attempts + 1)
        .returning(table.c.user_id, table.c.data),
    )
    return _ticket(await found.fetchone())


async def look(connection: Connection, schema: str, purpose: str, token: str) -> Ticket | None:
    """The ticket as it stands; nothing is used up."""
    table = identity_tables(schema).ticket
    found = await run(
        connection, sa.select(table.c.user_id, table.c.data).where(*_live(table, purpose, token))
    )
    return _ticket(await found.fetchone())


async def spend(connection: Connection, schema: str, purpose: str, token: str) -> Ticket | None:
    """The ticket, which is gone from now on; None when unknown, expired or spent."""
    table = identity_tables(schema).ticket
    found = await run(
        connection,
        sa.delete(table).where(*_live(table, purpose, token)).returning(table.c.user_id, table.c.data),
    )
    return _ticket(await found.fetchone())


def _live(table: sa.Table, purpose: str, token: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        table.c.token_hash == secrets.token_hash(token),
        table.c.purpose == purpose,
        table.c.expires_at > sa.func.now(),
    )


def _ticket(row: tuple[Any, ...] | None) -> Ticket | None:
    return None if row is None else Ticket(row[0], orjson.loads(row[1]))
