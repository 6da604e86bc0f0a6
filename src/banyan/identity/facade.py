"""Sign-in of people: credentials, passwords, one-time links. A person's record itself belongs to the object `user`."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.identity import secrets
from banyan.identity.policy import LONGEST_IDLE_DAYS, security_policy
from banyan.identity.sessions import end_sessions
from banyan.identity.tables import identity_tables
from banyan.kernel.errors import Conflict, FieldProblem, InvalidInput, NotSignedIn

# The outer bound of what a workspace may choose; each session carries its own limits.
IDLE_DAYS = LONGEST_IDLE_DAYS
LINK_HOURS, RESET_HOURS, RESET_PAUSE = 72, 2, timedelta(minutes=5)
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
    password_set_at: datetime | None = None


async def find_claim(connection: Connection, schema: str, name: str) -> Claim:
    table = identity_tables(schema).credential
    columns = (table.c.user_id, table.c.sign_in, table.c.language, table.c.state, table.c.password_hash)
    found = await run(
        connection,
        sa.select(*columns, table.c.password_set_at).where(table.c.sign_in == name.strip().lower()),
    )
    row = await found.fetchone()
    if row is None or row[3] != "active":
        return Claim(None, None)
    return Claim(Identity(*row[:4]), row[4], row[5])


async def claim_of(connection: Connection, schema: str, user_id: UUID) -> Claim:
    """The same for a person we know by id."""
    table = identity_tables(schema).credential
    found = await run(connection, sa.select(table.c.sign_in).where(table.c.user_id == user_id))
    row = await found.fetchone()
    return Claim(None, None) if row is None else await find_claim(connection, schema, row[0])


async def verify(claim: Claim, password: str) -> Identity:
    """The person behind a claim. Unknown, disabled and wrong all raise the same, equally late."""
    if not await secrets.verify_password(claim.password_hash, password) or claim.identity is None:
        raise NotSignedIn("invalid_credentials")
    return claim.identity


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
    """A one-time link token to set a password, for new people and for those whom an administrator helps."""
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
    await run(connection, sa.delete(table.one_time_link).where(table.one_time_link.c.user_id == user_id))
    return await _link(connection, schema, workspace_key, user_id, hours=LINK_HOURS)


async def reset_link(connection: Connection, schema: str, workspace_key: str, user_id: UUID) -> str | None:
    """A link for somebody who forgot the password; None when one was sent a moment ago.

    So nobody's mailbox is flooded. Links that an administrator gave go on working.
    """
    table = identity_tables(schema).one_time_link
    moment = sa.func.now() + timedelta(hours=RESET_HOURS) - RESET_PAUSE
    await run(connection, sa.delete(table).where(table.c.expires_at < sa.func.now()))
    recent = await run(
        connection,
        sa.select(table.c.user_id).where(
            table.c.user_id == user_id,
            table.c.used_at.is_(None),
            table.c.expires_at.between(moment, sa.func.now() + timedelta(hours=RESET_HOURS)),
        ),
    )
    if await recent.fetchone() is not None:
        return None
    return (await _link(connection, schema, workspace_key, user_id, hours=RESET_HOURS))[0]


async def password_link(connection: Connection, schema: str, workspace_key: str, user_id: UUID) -> str:
    """A link for somebody whose password has come of age and who has just proved to know it."""
    return (await _link(connection, schema, workspace_key, user_id, hours=RESET_HOURS))[0]


async def _link(
    connection: Connection, schema: str, workspace_key: str, user_id: UUID, *, hours: int
) -> tuple[str, datetime]:
    table = identity_tables(schema).one_time_link
    token, expires = secrets.new_token(workspace_key), datetime.now(UTC) + timedelta(hours=hours)
    await run(
        connection,
        sa.insert(table).values(
            token_hash=secrets.token_hash(token), user_id=user_id, purpose=SET_PASSWORD, expires_at=expires
        ),
    )
    return token, expires


async def set_password(connection: Connection, schema: str, token: str, password: str) -> UUID:
    """Spend a one-time link. Ends the person's sessions. Raises InvalidInput for a spent or unknown link."""
    table = identity_tables(schema).one_time_link
    spent = await run(
        connection,
        sa.update(table)
        .where(
            table.c.token_hash == secrets.token_hash(token),
            table.c.purpose == SET_PASSWORD,
            table.c.used_at.is_(None),
            table.c.expires_at > sa.func.now(),
        )
        .values(used_at=sa.func.now())
        .returning(table.c.user_id),
    )
    row = await spent.fetchone()
    if row is None:
        raise InvalidInput("link_spent")
    await change_password(connection, schema, row[0], password)
    await end_sessions(connection, schema, row[0])
    await run(connection, sa.delete(table).where(table.c.user_id == row[0], table.c.used_at.is_(None)))
    return UUID(str(row[0]))


async def change_password(connection: Connection, schema: str, user_id: UUID, password: str) -> None:
    """Store a new password after the workspace's policy; raises InvalidInput where it does not hold to it."""
    tables, policy = identity_tables(schema), await security_policy(connection, schema)
    credential, past = tables.credential, tables.password_history
    found = await run(
        connection,
        sa.select(credential.c.sign_in, credential.c.password_hash).where(credential.c.user_id == user_id),
    )
    name, current = await found.fetchone() or ("", None)
    secrets.check_password(password, name, policy=policy)
    if policy.remembered:
        earlier = await run(
            connection,
            sa.select(past.c.password_hash)
            .where(past.c.user_id == user_id)
            .order_by(past.c.id.desc())
            .limit(policy.remembered - 1),
        )
        for known in (current, *(row[0] for row in await earlier.fetchall())):
            if known is not None and await secrets.verify_password(known, password):
                raise InvalidInput(
                    problems=[FieldProblem("/password", "password_used_before", {"limit": policy.remembered})]
                )
        if current is not None:
            await run(connection, sa.insert(past).values(user_id=user_id, password_hash=current))
    written = await run(
        connection,
        sa.update(credential)
        # Access may end while the password is hashed: an ended account stays ended.
        .where(credential.c.user_id == user_id, credential.c.state != "disabled")
        .values(
            password_hash=await secrets.hash_password(password), state="active", password_set_at=sa.func.now()
        )
        .returning(credential.c.user_id),
    )
    if await written.fetchone() is None:
        raise Conflict("access_ended")


async def end_access(connection: Connection, schema: str, user_id: UUID) -> None:
    """Disable sign-in and end every session, token, link and journey of the person at once.

    So do their looks through other people's eyes.
    """
    tables = identity_tables(schema)
    await run(
        connection,
        sa.update(tables.credential).where(tables.credential.c.user_id == user_id).values(state="disabled"),
    )
    await run(
        connection,
        sa.update(tables.api_token)
        .where(tables.api_token.c.user_id == user_id, tables.api_token.c.revoked_at.is_(None))
        .values(revoked_at=sa.func.now()),
    )
    for table in (tables.session, tables.one_time_link, tables.ticket, tables.known_device):
        await run(connection, sa.delete(table).where(table.c.user_id == user_id))
    await run(connection, sa.delete(tables.session).where(tables.session.c.real_user_id == user_id))


async def is_active(connection: Connection, schema: str, user_id: UUID) -> bool:
    """Whether the person may sign in."""
    table = identity_tables(schema).credential
    found = await run(
        connection, sa.select(table.c.user_id).where(table.c.user_id == user_id, table.c.state == "active")
    )
    return await found.fetchone() is not None


async def find_user(connection: Connection, schema: str, name: str) -> UUID | None:
    """Whose sign-in name this is, whatever the state of their access."""
    table = identity_tables(schema).credential
    found = await run(connection, sa.select(table.c.user_id).where(table.c.sign_in == name.strip().lower()))
    row = await found.fetchone()
    return None if row is None else UUID(str(row[0]))


async def is_known(connection: Connection, schema: str, user_id: UUID) -> bool:
    """Whether the person has, or had, a sign-in."""
    table = identity_tables(schema).credential
    found = await run(connection, sa.select(table.c.user_id).where(table.c.user_id == user_id))
    return await found.fetchone() is not None


async def people_to_write_to(
    connection: Connection, schema: str, users: Collection[UUID]
) -> dict[UUID, tuple[str, str]]:
    """Address (their sign-in name, where it is one) and language of those who can sign in."""
    table = identity_tables(schema).credential
    asked = sa.select(table.c.user_id, table.c.sign_in, table.c.language)
    wanted = (table.c.user_id.in_(users), table.c.state == "active", table.c.sign_in.contains("@"))
    rows = await (await run(connection, asked.where(*wanted))).fetchall()
    return {row[0]: (row[1], row[2]) for row in rows}


async def people_with_access(connection: Connection, schema: str) -> dict[UUID, tuple[str, str]]:
    """Sign-in name and state by user id."""
    table = identity_tables(schema).credential
    cursor = await run(connection, sa.select(table.c.user_id, table.c.sign_in, table.c.state))
    return {row[0]: (row[1], row[2]) for row in await cursor.fetchall()}
