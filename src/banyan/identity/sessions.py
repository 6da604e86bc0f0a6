"""Sessions: opened, listed, ended. A session's id may be shown; its token is known to its holder alone.

`expires_at` is always the nearer of two limits, idle and absolute, so that finding a session compares one column.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.identity import secrets
from banyan.identity.policy import lacks_second_factor, security_policy
from banyan.identity.tables import identity_tables
from banyan.kernel.actor import Origin
from banyan.kernel.errors import NotFound

METHODS = ("password", "totp", "recovery", "passkey", "oidc", "ldap", "setup")


@dataclass(frozen=True)
class Opened:
    token: str
    id: UUID
    powers_withheld: bool
    lasts_s: int


async def open_session(
    connection: Connection, schema: str, workspace_key: str, user_id: UUID, origin: Origin, method: str
) -> Opened:
    """A new session; of its token only the hash is stored."""
    policy = await security_policy(connection, schema)
    token, table, now = secrets.new_token(workspace_key), identity_tables(schema).session, sa.func.now()
    # Sessions that have ended by themselves go when a new one begins.
    await run(connection, sa.delete(table).where(table.c.expires_at < now))
    withheld = sa.literal(value=False)
    if policy.require_second_factor:
        withheld = lacks_second_factor(schema, sa.literal(user_id, sa.Uuid))  # type: ignore[assignment]
    made = await run(
        connection,
        sa.insert(table)
        .values(
            token_hash=secrets.token_hash(token),
            user_id=user_id,
            last_seen_at=now,
            ends_at=now + policy.absolute,
            expires_at=now + min(policy.absolute, policy.idle),
            address=origin.address,
            client=origin.client or "",
            method=method,
            powers_withheld=withheld,
        )
        .returning(table.c.id, table.c.powers_withheld),
    )
    row = await made.fetchone()
    if row is None:
        raise LookupError(schema)
    return Opened(token, row[0], row[1], int(policy.absolute.total_seconds()))


async def close_session(connection: Connection, schema: str, token: str) -> None:
    table = identity_tables(schema).session
    await run(connection, sa.delete(table).where(table.c.token_hash == secrets.token_hash(token)))


async def touch_session(connection: Connection, schema: str, token: str) -> None:
    """Note that the session is in use; called about once a minute, not per request."""
    policy, table = await security_policy(connection, schema), identity_tables(schema).session
    await run(
        connection,
        sa.update(table)
        .where(table.c.token_hash == secrets.token_hash(token))
        .values(
            last_seen_at=sa.func.now(),
            expires_at=sa.func.least(table.c.ends_at, sa.func.now() + policy.idle),
        ),
    )


async def withholds_powers(connection: Connection, schema: str, token: str) -> bool:
    table = identity_tables(schema).session
    found = await run(
        connection,
        sa.select(table.c.powers_withheld).where(table.c.token_hash == secrets.token_hash(token)),
    )
    row = await found.fetchone()
    return row is not None and bool(row[0])


async def sessions_of(
    connection: Connection, schema: str, user_id: UUID, current: str
) -> list[dict[str, Any]]:
    """A person's live sessions, the one in use first."""
    table = identity_tables(schema).session
    here = table.c.token_hash == secrets.token_hash(current)
    found = await run(
        connection,
        sa.select(
            table.c.id,
            table.c.created_at,
            table.c.last_seen_at,
            table.c.expires_at,
            sa.func.host(table.c.address),
            table.c.client,
            table.c.method,
            here,
        )
        .where(table.c.user_id == user_id, table.c.expires_at > sa.func.now())
        .order_by(here.desc(), table.c.last_seen_at.desc())
        .limit(200),
    )
    names = ("id", "created_at", "last_seen_at", "expires_at", "address", "client", "method", "current")
    return [_plain(zip(names, row, strict=True)) for row in await found.fetchall()]


async def end_session(connection: Connection, schema: str, user_id: UUID, session_id: UUID) -> None:
    """End one session of a person. Raises NotFound for an unknown one or somebody else's."""
    table = identity_tables(schema).session
    gone = await run(
        connection,
        sa.delete(table).where(table.c.id == session_id, table.c.user_id == user_id).returning(table.c.id),
    )
    if await gone.fetchone() is None:
        raise NotFound("unknown_session")


async def end_sessions(
    connection: Connection, schema: str, user_id: UUID, *, except_token: str | None = None
) -> int:
    """End all sessions of a person (but one), their looks through other eyes too; returns how many ended."""
    table = identity_tables(schema).session
    which = sa.or_(table.c.user_id == user_id, table.c.real_user_id == user_id)
    if except_token is not None:
        which &= table.c.token_hash != secrets.token_hash(except_token)
    gone = await run(connection, sa.delete(table).where(which))
    return gone.rowcount


async def hold_powers(connection: Connection, schema: str, user_id: UUID) -> None:
    """After a second factor was added or removed: what the policy withholds from the person's sessions."""
    policy, table = await security_policy(connection, schema), identity_tables(schema).session
    withheld = lacks_second_factor(schema, table.c.user_id) if policy.require_second_factor else sa.false()
    await run(connection, sa.update(table).where(table.c.user_id == user_id).values(powers_withheld=withheld))


def _plain(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    return {
        name: value.isoformat()
        if isinstance(value, datetime)
        else str(value)
        if isinstance(value, UUID)
        else value
        for name, value in pairs
    }
