"""Seeing as somebody: a short, read-only session through another person's eyes, which that person is told of."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa

from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.identity import secrets
from banyan.identity.tables import identity_tables
from banyan.kernel.actor import Origin
from banyan.kernel.errors import Conflict

MINUTES = 30


@dataclass(frozen=True)
class Seeing:
    token: str
    expires_at: datetime


def _notes(schema: str) -> sa.Table:
    columns = ("user_id", "by_user", "reason", "at")
    return sa.Table("seen_as", sa.MetaData(schema=schema), *(sa.Column(name) for name in columns))


async def open_seeing(
    connection: Connection,
    schema: str,
    workspace_key: str,
    *,
    person: UUID,
    by: UUID | None,
    origin: Origin,
    reason: str,
) -> Seeing:
    """Raises Conflict for somebody who cannot sign in: there is nothing they would see."""
    tables = identity_tables(schema)
    active = sa.select(tables.credential.c.user_id).where(
        tables.credential.c.user_id == person, tables.credential.c.state == "active"
    )
    if await (await run(connection, active)).fetchone() is None:
        raise Conflict("person_without_access")
    token, ends = secrets.new_token(workspace_key), datetime.now(UTC) + timedelta(minutes=MINUTES)
    await run(
        connection,
        sa.insert(tables.session).values(
            token_hash=secrets.token_hash(token),
            user_id=person,
            real_user_id=by,
            last_seen_at=datetime.now(UTC),
            expires_at=ends,
            ends_at=ends,
            method="see_as",
            address=origin.address,
            client=origin.client,
        ),
    )
    await run(connection, sa.insert(_notes(schema)).values(user_id=person, by_user=by, reason=reason))
    return Seeing(token, ends)


async def list_seeings(connection: Connection, schema: str, person: UUID | None) -> list[dict[str, Any]]:
    """The last fifty times somebody looked through this person's eyes."""
    table = _notes(schema).c
    cursor = await run(
        connection,
        sa.select(table.by_user, table.reason, sa.func.to_json(table.at))
        .where(table.user_id == person)
        .order_by(table.at.desc())
        .limit(50),
    )
    return [
        {"by": str(row[0]), "reason": row[1], "at": orjson.loads(row[2])} for row in await cursor.fetchall()
    ]
