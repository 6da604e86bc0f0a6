"""Which people a list of principals stands for: by name, by group, by department and everything below it."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from banyan.access.tables import access_tables
from banyan.db.database import Connection
from banyan.db.statements import run
from banyan.identity.tables import identity_tables


async def people_of(connection: Connection, schema: str, principals: Iterable[str]) -> list[UUID]:
    """Live people whose access has not been ended, each once. `everyone` is everybody."""
    by_kind: dict[str, list[UUID]] = {}
    everyone = False
    for principal in principals:
        kind, _, key = principal.partition(":")
        everyone = everyone or kind == "everyone"
        if key:
            by_kind.setdefault(kind, []).append(UUID(key))
    tables = access_tables(schema)
    user, credential = tables.user.c, identity_tables(schema).credential.c
    ended = sa.select(credential.user_id).where(credential.state == "disabled")
    query = sa.select(user.id).where(user.deleted_at.is_(None), user.id.not_in(ended)).order_by(user.id)
    if not everyone:
        ways: list[Any] = [user.id.in_(by_kind.get("user", []))]
        if groups := by_kind.get("group"):
            member = tables.group_member.c
            ways.append(user.id.in_(sa.select(member.user_id).where(member.group_id.in_(groups))))
        if departments := by_kind.get("department"):
            ways += _in_departments(tables, departments)
        query = query.where(sa.or_(*ways))
    return [row[0] for row in await (await run(connection, query)).fetchall()]


def _in_departments(tables: Any, departments: list[UUID]) -> list[Any]:
    """Of a department and below: by main department, by membership, and who heads one."""
    department = tables.department
    below = sa.select(department.c.id).where(department.c.id.in_(departments)).cte("below", recursive=True)
    below = below.union(sa.select(department.c.id).where(department.c.parent == below.c.id))
    reached = sa.select(below.c.id)
    member = tables.membership.c
    return [
        tables.user.c.department.in_(reached),
        tables.user.c.id.in_(sa.select(member.user_id).where(member.department_id.in_(reached))),
        tables.user.c.id.in_(sa.select(department.c.head).where(department.c.id.in_(reached))),
    ]
