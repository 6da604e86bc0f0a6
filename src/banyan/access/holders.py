"""Who holds which role, through what and for how long; and that somebody always can give roles."""

from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert

from banyan.access.everybody import read_everybody
from banyan.access.model import HolderKind
from banyan.access.tables import AccessTables, access_tables
from banyan.db.database import Connection
from banyan.db.kept import step
from banyan.db.statements import run
from banyan.identity.tables import identity_tables
from banyan.kernel.errors import Conflict, InvalidInput, NotFound

# Each set has one person who holds all of it, can sign in, in person and without an end. A power is given by who holds
# it: were they scattered or gone, nobody could ever give them again.
NEVER_VACANT = (frozenset({"configure", "people", "roles", "security"}), frozenset({"audit"}))


async def touch_policies(connection: Connection, schema: str) -> int:
    """Every policy of the workspace is compiled anew from the next request on. Also the lock of all such changes.

    Settings that writes ask of are read anew too (`db.kept`): whoever changes one calls this.
    """
    table = access_tables(schema).version
    step(connection)
    cursor = await run(
        connection, sa.update(table).values(version=table.c.version + 1).returning(table.c.version)
    )
    row = await cursor.fetchone()
    return int(row[0]) if row else 0


async def check_somebody_rules(connection: Connection, schema: str) -> None:
    """Raise Conflict when the change at hand would leave nobody who can give roles and manage people.

    Before anybody can sign in there is nobody to lose.
    """
    credential = identity_tables(schema).credential
    active = sa.select(credential.c.user_id).where(credential.c.state == "active")
    if await (await run(connection, active.limit(1))).fetchone() is None:
        return
    cursor = await run(connection, _rulers(access_tables(schema), active))
    held: dict[Any, set[str]] = {}
    for person, powers in await cursor.fetchall():
        held.setdefault(person, set()).update(powers)
    for together in NEVER_VACANT:
        if not any(together <= powers for powers in held.values()):
            raise Conflict("last_administrator", power=", ".join(sorted(together)))


def _rulers(tables: AccessTables, active: sa.Select[Any]) -> sa.Select[Any]:
    """Powers held in person and without an end by people who can sign in."""
    person = tables.user.c
    return (
        sa.select(tables.holder.c.holder_id, tables.role.c.powers)
        .join_from(tables.holder, tables.role, tables.role.c.key == tables.holder.c.role_key)
        .join(tables.user, person.id == tables.holder.c.holder_id)
        .where(
            tables.holder.c.kind == "user",
            tables.holder.c.ends_at.is_(None),
            sa.or_(tables.holder.c.starts_at.is_(None), tables.holder.c.starts_at <= sa.func.now()),
            tables.role.c.powers != sa.cast(sa.literal_column("'{}'"), ARRAY(sa.Text())),
            tables.holder.c.holder_id.in_(active),
            person.deleted_at.is_(None),
        )
    )


async def list_holders(
    connection: Connection, schema: str, *, role: str | None = None
) -> list[dict[str, Any]]:
    """Who holds what through which, as one list: {id, role, kind, holder, starts_at, ends_at, people}."""
    tables = access_tables(schema)
    holder = tables.holder.c
    query = sa.select(
        holder.id,
        holder.role_key,
        holder.kind,
        holder.holder_id,
        sa.func.to_json(holder.starts_at),
        sa.func.to_json(holder.ends_at),
    ).order_by(holder.role_key, holder.kind, holder.id)
    if role is not None:
        query = query.where(holder.role_key == role)
    cursor = await run(connection, query)
    people = (await read_everybody(connection, schema)).counts()
    return [
        {
            "id": str(row[0]),
            "role": row[1],
            "kind": row[2],
            "holder": {"id": str(row[3]), "label": None},
            "starts_at": orjson.loads(row[4]) if row[4] else None,
            "ends_at": orjson.loads(row[5]) if row[5] else None,
            "people": people.get(f"{row[2]}:{row[3]}", 0),
        }
        for row in await cursor.fetchall()
    ]


async def give(
    connection: Connection,
    schema: str,
    *,
    role: str,
    kind: HolderKind,
    holder: UUID,
    starts_at: datetime | None,
    ends_at: datetime | None,
    by: UUID | None,
) -> UUID:
    """Give a role, or change the times of one that is held."""
    if starts_at is not None and ends_at is not None and ends_at <= starts_at:
        raise InvalidInput("role_ends_before_start")
    tables = access_tables(schema)
    await touch_policies(connection, schema)
    if (
        await (
            await run(connection, sa.select(tables.role.c.key).where(tables.role.c.key == role))
        ).fetchone()
        is None
    ):
        raise NotFound("unknown_role", role=role)
    times = {"starts_at": starts_at, "ends_at": ends_at}
    cursor = await run(
        connection,
        insert(tables.holder)
        .values(role_key=role, kind=kind, holder_id=holder, created_by=by, **times)
        .on_conflict_do_update(constraint="uq_role_holder", set_=times)
        .returning(tables.holder.c.id),
    )
    row = await cursor.fetchone()
    await check_somebody_rules(connection, schema)
    return UUID(str(row[0])) if row else UUID(int=0)


async def take(connection: Connection, schema: str, role: str, holding: UUID) -> dict[str, Any]:
    """Take a role back. Raises NotFound, and Conflict for the last administrator."""
    table = access_tables(schema).holder
    await touch_policies(connection, schema)
    cursor = await run(
        connection,
        sa.delete(table)
        .where(table.c.id == holding, table.c.role_key == role)
        .returning(table.c.kind, table.c.holder_id),
    )
    row = await cursor.fetchone()
    if row is None:
        raise NotFound("unknown_role", role=role)
    await check_somebody_rules(connection, schema)
    return {"kind": row[0], "id": str(row[1])}
