"""Sign-in of people: credentials, sessions, one-time links. A person's record itself belongs to the object `user`."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.identity import secrets
from banyan.identity.tables import identity_tables
from banyan.kernel.errors import Conflict, InvalidInput, NotSignedIn

SESSION_DAYS, IDLE_DAYS, LINK_HOURS = 30, 7, 72
SET_PASSWORD = "set_password"  # noqa: S105 - the purpose of a link


@dataclass(frozen=True)
class Identity:
    user_id: UUID
    sign_in: str
    language: str
    state: str


@dataclass(frozen=True)
class Claim:
    """What a name says of itself before its password is verified; `identity` None for an unknown or disabled one."""

    identity: Identity | None
    password_hash: str | None


async def find_claim(connection: Connection, schema: str, name: str) -> Claim:
    table = identity_tables(schema).credential
    columns = (table.c.user_id, table.c.sign_in, table.c.language, table.c.state, table.c.password_hash)
    found = await run(connection, sa.select(*columns).where(table.c.sign_in == name.strip().lower()))
    row = await found.fetchone()
    if row is None or row[3] != "active":
        return Claim(None, None)
    return Claim(Identity(*row[:4]), row[4])


async def verify(claim: Claim, password: str) -> Identity:
    """The person behind a claim. Unknown, disabled and wrong all raise the same, equally late."""
    if not await secrets.verify_password(claim.password_hash, password) or claim.identity is None:
        raise NotSignedIn("invalid_credentials")
    return claim.identity


async def open_session(
    connection: Connection,
    schema: str,
    workspace_key: str,
    user_id: UUID,
    *,
    address: str | None,
    client: str | None,
) -> str:
    """A new session; returns its token, of which only the hash is stored."""
    token = secrets.new_token(workspace_key)
    now = datetime.now(UTC)
    # Sessions that have ended by themselves go when a new one begins.
    table = identity_tables(schema).session
    await run(connection, sa.delete(table).where(table.c.expires_at < now))
    await run(
        connection,
        sa.insert(identity_tables(schema).session).values(
            token_hash=secrets.token_hash(token),
            user_id=user_id,
            last_seen_at=now,
            expires_at=now + timedelta(days=SESSION_DAYS),
            address=address,
            client=(client or "")[:200],
        ),
    )
    return token


async def close_session(connection: Connection, schema: str, token: str) -> None:
    table = identity_tables(schema).session
    await run(connection, sa.delete(table).where(table.c.token_hash == secrets.token_hash(token)))


async def touch_session(connection: Connection, schema: str, token: str) -> None:
    """Note that the session is in use; called about once a minute, not per request."""
    table = identity_tables(schema).session
    await run(
        connection,
        sa.update(table)
        .where(table.c.token_hash == secrets.token_hash(token))
        .values(last_seen_at=datetime.now(UTC)),
    )


async def set_language(connection: Connection, schema: str, user_id: UUID, language: str) -> None:
    table = identity_tables(schema).credential
    await run(connection, sa.update(table).where(table.c.user_id == user_id).values(language=language))


async def create_credential(
    connection: Connection, schema: str, user_id: UUID, name: str, *, password: str | None, language: str
) -> None:
    """Let a person sign in under `name`: at once with a password, else after following a one-time link."""
    table = identity_tables(schema).credential
    hashed = None if password is None else await secrets.hash_password(password)
    state = "invited" if password is None else "active"
    written = await run(
        connection,
        insert(table)
        .values(
            user_id=user_id,
            sign_in=name.strip().lower(),
            password_hash=hashed,
            state=state,
            language=language,
        )
        .on_conflict_do_nothing()
        .returning(table.c.user_id),
    )
    if await written.fetchone() is None:
        raise Conflict("sign_in_taken", name=name)


async def invite(
    connection: Connection, schema: str, workspace_key: str, user_id: UUID, name: str
) -> tuple[str, datetime]:
    """A one-time link token to set a password, for new people and for those who forgot theirs."""
    table = identity_tables(schema)
    found = await run(
        connection, sa.select(table.credential.c.user_id).where(table.credential.c.user_id == user_id)
    )
    if await found.fetchone() is None:
        await create_credential(connection, schema, user_id, name, password=None, language="zh-CN")
    else:
        await run(
            connection,
            sa.update(table.credential)
            .where(table.credential.c.user_id == user_id, table.credential.c.state == "disabled")
            .values(state="invited", password_hash=None),
        )
    token, expires = secrets.new_token(workspace_key), datetime.now(UTC) + timedelta(hours=LINK_HOURS)
    await run(connection, sa.delete(table.link).where(table.link.c.user_id == user_id))
    await run(
        connection,
        sa.insert(table.link).values(
            token_hash=secrets.token_hash(token), user_id=user_id, purpose=SET_PASSWORD, expires_at=expires
        ),
    )
    return token, expires


async def set_password(connection: Connection, schema: str, token: str, password: str) -> UUID:
    """Spend a one-time link. Ends the person's other sessions. Raises InvalidInput for a spent or unknown link."""
    tables = identity_tables(schema)
    spent = await run(
        connection,
        sa.update(tables.link)
        .where(
            tables.link.c.token_hash == secrets.token_hash(token),
            tables.link.c.purpose == SET_PASSWORD,
            tables.link.c.used_at.is_(None),
            tables.link.c.expires_at > sa.func.now(),
        )
        .values(used_at=sa.func.now())
        .returning(tables.link.c.user_id),
    )
    row = await spent.fetchone()
    if row is None:
        raise InvalidInput("link_spent")
    names = await run(
        connection, sa.select(tables.credential.c.sign_in).where(tables.credential.c.user_id == row[0])
    )
    secrets.check_password(password, *(name for (name,) in await names.fetchall()))
    await run(
        connection,
        sa.update(tables.credential)
        .where(tables.credential.c.user_id == row[0])
        .values(password_hash=await secrets.hash_password(password), state="active"),
    )
    await run(connection, sa.delete(tables.session).where(tables.session.c.user_id == row[0]))
    return UUID(str(row[0]))


async def end_access(connection: Connection, schema: str, user_id: UUID) -> None:
    """Disable sign-in and end every session at once."""
    tables = identity_tables(schema)
    await run(
        connection,
        sa.update(tables.credential).where(tables.credential.c.user_id == user_id).values(state="disabled"),
    )
    await run(connection, sa.delete(tables.session).where(tables.session.c.user_id == user_id))
    await run(connection, sa.delete(tables.link).where(tables.link.c.user_id == user_id))


async def is_active(connection: Connection, schema: str, user_id: UUID) -> bool:
    """Whether the person may sign in."""
    table = identity_tables(schema).credential
    found = await run(
        connection, sa.select(table.c.user_id).where(table.c.user_id == user_id, table.c.state == "active")
    )
    return await found.fetchone() is not None


async def people_with_access(connection: Connection, schema: str) -> dict[UUID, tuple[str, str]]:
    """Sign-in name and state by user id."""
    table = identity_tables(schema).credential
    cursor = await run(connection, sa.select(table.c.user_id, table.c.sign_in, table.c.state))
    return {row[0]: (row[1], row[2]) for row in await cursor.fetchall()}
