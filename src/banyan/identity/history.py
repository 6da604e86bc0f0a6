"""Who signed in, from where, and who tried: read by the person and by administrators. Kept half a year."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.identity import secrets
from banyan.identity.tables import identity_tables
from banyan.kernel.actor import Origin

KEPT = timedelta(days=180)
PAGE = 100


async def note_failure(
    connection: Connection, schema: str, user_id: UUID, method: str, origin: Origin
) -> None:
    table = identity_tables(schema).sign_in_event
    await run(
        connection,
        sa.insert(table).values(
            user_id=user_id, outcome="failure", method=method, address=origin.address, client=origin.client
        ),
    )


async def note_success(
    connection: Connection,
    schema: str,
    user_id: UUID,
    method: str,
    origin: Origin,
    session_id: UUID,
    device: str,
) -> bool:
    """Write down a sign-in and remember its device. Returns whether the person should hear of it.

    That is: neither the device nor this pair of address and program was seen before, and it is not the first
    sign-in at all.
    """
    tables = identity_tables(schema)
    event, known = tables.sign_in_event, tables.known_device
    mine = sa.and_(event.c.user_id == user_id, event.c.outcome == "success")
    seen = await run(
        connection,
        sa.select(
            sa.exists().where(mine),
            sa.exists().where(
                mine,
                event.c.address == sa.cast(origin.address, event.c.address.type),
                event.c.client == origin.client,
            )
            | sa.exists().where(
                known.c.user_id == user_id, known.c.device_hash == secrets.token_hash(device)
            ),
        ),
    )
    before, familiar = await seen.fetchone() or (False, False)
    alert = before and not familiar
    await run(connection, sa.delete(event).where(event.c.at < sa.func.now() - KEPT))
    await run(
        connection,
        sa.insert(event).values(
            user_id=user_id,
            outcome="success",
            method=method,
            address=origin.address,
            client=origin.client,
            session_id=session_id,
            new_device=alert,
        ),
    )
    remembered = insert(known).values(user_id=user_id, device_hash=secrets.token_hash(device))
    await run(
        connection,
        remembered.on_conflict_do_update(
            index_elements=[known.c.user_id, known.c.device_hash], set_={"last_seen_at": sa.func.now()}
        ),
    )
    return bool(alert)


async def knows_device(connection: Connection, schema: str, name: str, device: str | None) -> bool:
    """Whether the person called `name` has signed in from this device before."""
    if device is None:
        return False
    tables = identity_tables(schema)
    found = await run(
        connection,
        sa.select(sa.literal(1))
        .join_from(
            tables.known_device,
            tables.credential,
            tables.credential.c.user_id == tables.known_device.c.user_id,
        )
        .where(
            tables.credential.c.sign_in == name,
            tables.known_device.c.device_hash == secrets.token_hash(device),
        ),
    )
    return await found.fetchone() is not None


async def history_of(connection: Connection, schema: str, user_id: UUID) -> list[dict[str, Any]]:
    """The newest sign-ins and failed attempts of a person."""
    table = identity_tables(schema).sign_in_event
    found = await run(
        connection,
        sa.select(
            table.c.at,
            table.c.outcome,
            table.c.method,
            sa.func.host(table.c.address),
            table.c.client,
            table.c.new_device,
        )
        .where(table.c.user_id == user_id)
        .order_by(table.c.at.desc(), table.c.id.desc())
        .limit(PAGE),
    )
    names = ("at", "outcome", "method", "address", "client", "new_device")
    rows = [dict(zip(names, row, strict=True)) for row in await found.fetchall()]
    return [row | {"at": row["at"].isoformat()} for row in rows]
