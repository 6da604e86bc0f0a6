"""Passkeys (WebAuthn). A challenge is kept here, spent once, and bound to what it was drawn for.

The library stands behind `ceremonies`, which is imported where a passkey is used: few starts need it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.identity import tickets
from banyan.identity.factors import after_removal
from banyan.identity.sessions import hold_powers
from banyan.identity.tables import identity_tables
from banyan.kernel.errors import Conflict, InvalidInput, NotFound, NotSignedIn

REGISTER, SIGN_IN = "passkey_register", "passkey_sign_in"
MOST = 20
Document = Mapping[str, Any]


@dataclass(frozen=True)
class Party:
    """Whom a passkey is for: the host of our address, and the origin its pages have."""

    host: str
    origin: str
    name: str


async def start_registration(
    connection: Connection, schema: str, key: str, party: Party, user_id: UUID, name: str
) -> dict[str, Any]:
    """What the browser needs to make a passkey, and the ticket to bring back with it."""
    table = identity_tables(schema).passkey
    found = await run(connection, sa.select(table.c.credential_id).where(table.c.user_id == user_id))
    known = [bytes(row[0]) for row in await found.fetchall()]
    if len(known) >= MOST:
        raise Conflict("too_many_passkeys", limit=MOST)
    challenge, options = _ceremonies().registration(party.host, party.name, user_id.bytes, name, known)
    ticket = await tickets.issue(connection, schema, key, REGISTER, user_id, {"challenge": challenge})
    return {"ticket": ticket, "options": options}


async def register(
    connection: Connection,
    schema: str,
    party: Party,
    user_id: UUID,
    ticket: str,
    credential: Document,
    name: str,
) -> UUID:
    """Keep a passkey the browser made. Raises InvalidInput `passkey_refused`."""
    spent = await tickets.spend(connection, schema, REGISTER, ticket)
    if spent is None or spent.user_id != user_id:
        raise InvalidInput("ticket_spent")
    ceremonies = _ceremonies()
    try:
        made = ceremonies.registered(credential, spent.data["challenge"], party.host, party.origin)
    except ceremonies.REFUSALS as error:
        raise InvalidInput("passkey_refused") from error
    table = identity_tables(schema).passkey
    written = await run(
        connection,
        sa.insert(table)
        .values(
            user_id=user_id,
            credential_id=made.credential_id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            name=name,
        )
        .returning(table.c.id),
    )
    row = await written.fetchone()
    await hold_powers(connection, schema, user_id)
    return UUID(str(row[0])) if row else user_id


async def start_sign_in(
    connection: Connection, schema: str, key: str, party: Party, user_id: UUID | None
) -> dict[str, Any]:
    """A challenge: for one person's passkeys as the second step, or for any passkey that names its owner."""
    known: list[bytes] = []
    if user_id is not None:
        table = identity_tables(schema).passkey
        found = await run(connection, sa.select(table.c.credential_id).where(table.c.user_id == user_id))
        known = [bytes(row[0]) for row in await found.fetchall()]
    challenge, options = _ceremonies().sign_in(party.host, known)
    ticket = await tickets.issue(connection, schema, key, SIGN_IN, user_id, {"challenge": challenge})
    return {"ticket": ticket, "options": options}


async def verify(
    connection: Connection, schema: str, party: Party, ticket: tickets.Ticket, credential: Document
) -> UUID:
    """The person whose passkey answered the (already spent) ticket's challenge. Raises NotSignedIn."""
    tables = identity_tables(schema)
    table, person = tables.passkey, tables.credential
    found = await run(
        connection,
        sa.select(table.c.id, table.c.user_id, table.c.public_key, table.c.sign_count, table.c.credential_id)
        .join_from(table, person, person.c.user_id == table.c.user_id)
        .where(table.c.credential_id == _raw_id(credential), person.c.state == "active")
        .with_for_update(of=table),
    )
    row = await found.fetchone()
    if row is None or (ticket.user_id is not None and row[1] != ticket.user_id):
        raise NotSignedIn("passkey_refused")
    ceremonies = _ceremonies()
    try:
        answer = ceremonies.signed_in(
            credential,
            ticket.data["challenge"],
            party.host,
            party.origin,
            public_key=bytes(row[2]),
            sign_count=row[3],
        )
    except ceremonies.REFUSALS as error:
        raise NotSignedIn("passkey_refused") from error
    await run(
        connection,
        sa.update(table)
        .where(table.c.id == row[0])
        .values(sign_count=answer.new_sign_count, last_used_at=sa.func.now()),
    )
    return UUID(str(row[1]))


async def passkeys_of(connection: Connection, schema: str, user_id: UUID) -> list[dict[str, Any]]:
    table = identity_tables(schema).passkey
    found = await run(
        connection,
        sa.select(table.c.id, table.c.name, table.c.created_at, table.c.last_used_at)
        .where(table.c.user_id == user_id)
        .order_by(table.c.created_at),
    )
    return [
        {
            "id": str(row[0]),
            "name": row[1],
            "created_at": row[2].isoformat(),
            "last_used_at": row[3] and row[3].isoformat(),
        }
        for row in await found.fetchall()
    ]


async def rename(connection: Connection, schema: str, user_id: UUID, passkey: UUID, name: str) -> None:
    table = identity_tables(schema).passkey
    mine = (table.c.id == passkey, table.c.user_id == user_id)
    done = await run(connection, sa.update(table).where(*mine).values(name=name).returning(table.c.id))
    if await done.fetchone() is None:
        raise NotFound("unknown_factor")


async def remove(connection: Connection, schema: str, user_id: UUID, passkey: UUID) -> None:
    table = identity_tables(schema).passkey
    mine = (table.c.id == passkey, table.c.user_id == user_id)
    done = await run(connection, sa.delete(table).where(*mine).returning(table.c.id))
    if await done.fetchone() is None:
        raise NotFound("unknown_factor")
    await after_removal(connection, schema, user_id)


def _ceremonies() -> ModuleType:
    from banyan.identity import ceremonies

    return ceremonies


def _raw_id(credential: Document) -> bytes:
    try:
        raw: bytes = _ceremonies().raw_id(str(credential["id"]))
    except (KeyError, ValueError) as error:
        raise NotSignedIn("passkey_refused") from error
    return raw
