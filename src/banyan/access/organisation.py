"""Further memberships of people and members of groups. The people, departments and groups themselves are records."""

from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa

from banyan.access.holders import touch_policies
from banyan.access.tables import access_tables
from banyan.db.database import Connection
from banyan.db.statements import run

MembershipKind = Literal["member", "deputy"]


async def set_memberships(
    connection: Connection, schema: str, user: UUID, rows: Sequence[tuple[UUID, MembershipKind]]
) -> None:
    """Departments beside the main one, and those the person is a deputy of: the given ones replace all."""
    table = access_tables(schema).membership
    await touch_policies(connection, schema)
    await run(connection, sa.delete(table).where(table.c.user_id == user))
    values = [{"user_id": user, "department_id": key, "kind": kind} for key, kind in dict.fromkeys(rows)]
    if values:
        await run(connection, sa.insert(table).values(values))


async def list_memberships(connection: Connection, schema: str) -> list[dict[str, Any]]:
    table = access_tables(schema).membership.c
    cursor = await run(connection, sa.select(table.user_id, table.department_id, table.kind))
    return [
        {"user": str(row[0]), "department": str(row[1]), "kind": row[2]} for row in await cursor.fetchall()
    ]


async def set_group_members(connection: Connection, schema: str, group: UUID, people: Sequence[UUID]) -> None:
    table = access_tables(schema).group_member
    await touch_policies(connection, schema)
    await run(connection, sa.delete(table).where(table.c.group_id == group))
    values = [{"group_id": group, "user_id": person} for person in dict.fromkeys(people)]
    if values:
        await run(connection, sa.insert(table).values(values))


async def list_group_members(connection: Connection, schema: str) -> list[dict[str, Any]]:
    table = access_tables(schema).group_member.c
    cursor = await run(connection, sa.select(table.group_id, table.user_id))
    return [{"group": str(row[0]), "user": str(row[1])} for row in await cursor.fetchall()]
